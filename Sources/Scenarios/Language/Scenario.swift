package import FakeVendors
package import Simulation

/// One kind of world: how many bookings, how they arrive, what goes wrong, when it ends.
///
/// Every property has a default that makes sense: a name and a number of bookings are enough.
package struct Scenario: Sendable, Hashable {
  package var name: String
  package var about: String
  /// How many trips are booked.
  package var bookings: Int
  package var arrivals = Arrivals.poisson(perSecond: 20)
  /// How long after the world's beginning, at midnight UTC, the first client may come, in seconds.
  package var firstArrival: Double = 0
  package var trips = Trips()
  package var clients = Clients()
  package var operators = Operators()
  package var orchestrators = Orchestrators()
  package var services = Services()
  package var outages: [Outage] = []
  /// Seconds after the world began until which things go wrong at least.
  package var chaos: Double = 0
  /// Sometimes-marks that must be reached over the seeds of a check.
  package var mustReach: [RequiredMark] = []
  package var limits = Limits()

  /// Creates a scenario in which nothing goes wrong.
  package init(name: String, about: String = "", bookings: Int) {
    self.name = name
    self.about = about
    self.bookings = bookings
  }
}

/// A probability in whole parts per million: 0.2 % is 2,000.
package struct Share: Sendable, Hashable {
  package var partsPerMillion: Int
  package static let never = Share(partsPerMillion: 0)
  package init(partsPerMillion: Int) { self.partsPerMillion = partsPerMillion }
}

/// Something that happens with a probability and takes a time drawn from a distribution.
package struct Chance: Sendable, Hashable {
  package var share: Share
  /// In seconds.
  package var after: Distribution
  package init(share: Share, after: Distribution) {
    self.share = share
    self.after = after
  }
}

extension Scenario {
  /// When clients come.
  package enum Arrivals: Sendable, Hashable {
    /// Independent arrivals with exponential gaps.
    case poisson(perSecond: Double)
    /// All at the same moment.
    case burst
  }

  /// What is booked.
  package struct Trips: Sendable, Hashable {
    /// Poisson mean of the number of activities.
    package var activitiesMean = 1.5
    /// Most activities a trip has.
    package var activitiesMost = 4
    /// Currency code → weight, in the file's order.
    package var currencies: [(code: String, weight: Double)] = [("USD", 6), ("EUR", 3), ("JPY", 1)]
    /// How much there is of everything, relative to what is asked for: plenty, or scarce.
    package var seats = Supply.plenty
    package var rooms = Supply.plenty
    package var places = Supply.plenty
    /// Share of trips whose flight, hotel or (each) activity is gone before it is validated.
    package var gone = Share.never
    /// Share of trips whose option asks to be paid when the trip is booked.
    package var captureWhenBooked = Share.never
    /// Share of trips whose flight goes there and back.
    package var wayBack = Share.never

    package enum Supply: String, Sendable, Hashable { case plenty, scarce }
    package init() {}
    package static func == (a: Self, b: Self) -> Bool {
      a.activitiesMean == b.activitiesMean && a.activitiesMost == b.activitiesMost
        && a.currencies.elementsEqual(b.currencies, by: ==) && a.seats == b.seats
        && a.rooms == b.rooms && a.places == b.places && a.gone == b.gone
        && a.captureWhenBooked == b.captureWhenBooked && a.wayBack == b.wayBack
    }
    package func hash(into hasher: inout Hasher) {
      hasher.combine(activitiesMean)
      hasher.combine(activitiesMost)
    }
  }

  /// What clients do.
  package struct Clients: Sendable, Hashable {
    /// How long a client waits for an answer, in seconds.
    package var patience = Distribution.constant(90)
    /// Sends the same request a second time, moments later.
    package var doubleClick = Share.never
    /// Sends the same request again after a time-out or a broken connection (else looks it up).
    package var retryAfterTimeout = Share(partsPerMillion: 800_000)
    /// Sends the same key with another body, and registers its option again with another price.
    package var otherBody = Share.never
    /// Sends a body that is not quite JSON first, under the key of its booking.
    package var malformed = Share.never
    /// Books its option under another key as well, as from another window, this long after it was registered.
    package var rival = Chance(share: .never, after: .exponential(mean: 60))
    /// Hangs up in the middle of the request and looks later.
    package var hangUp = Share.never
    /// Cancels the trip, this long after it was asked for.
    package var cancel = Chance(share: .never, after: .exponential(mean: 30))
    /// Changes the trip into another one, this long after it was confirmed.
    package var modify = Chance(share: .never, after: .exponential(mean: 60))
    /// Of those that changed it: changes it once more, three times at most, each time as long after the
    /// last.
    package var modifyAgain = Share.never
    /// Of those that change it: asks for the same change again under another key, moments later.
    package var modifyTwice = Share.never
    /// Of those that change it: cancels the trip moments after asking for the change.
    package var cancelWhileModifying = Share.never
    /// How many names the clients have among them, as businesses have; each uses the same keys.
    package var names = 1
    /// Reads and tries to cancel a booking of another name.
    package var foreignReads = Share.never
    /// Asks by HEAD, and by a method that a path does not have.
    package var probe = Share.never
    /// Asks for another party, amount or currency than the trip was priced for.
    package var badParty = Share.never
    /// Names people, addresses or numbers that no vendor could take.
    package var badPerson = Share.never
    /// Has names and addresses that are valid and hard to write.
    package var awkwardPerson = Share.never
    /// Pays with a card of somebody else, who has an address of their own.
    package var otherPayer = Share.never
    /// Makes links to its itinerary, opens them, and takes some back.
    package var share = Share.never
    /// Where clients are told of their bookings, and what goes wrong there.
    package var hooks = Hooks()
    /// What goes wrong between clients and the orchestrator.
    package var network = Network()
    package init() {}
  }

  /// How clients' receivers of events behave; everything but who has one is per event that comes.
  package struct Hooks: Sendable, Hashable {
    /// Share of the clients' names that have a receiver.
    package var share = Share.never
    /// Share of the receivers that take nothing, from the world's beginning on and for so long, whether
    /// or not the faults are healed; what they do instead is each one's own.
    package var dead = Chance(share: .never, after: .constant(30 * 3_600))
    /// Processing time of an event, in seconds.
    package var latency = Distribution.lognormal(median: 0.1, sigma: 0.6)
    /// Events that are taken, and answered only after this long.
    package var slow = Chance(share: .never, after: .uniform(low: 11, high: 40))
    /// Answers 500, before it has taken the event or after.
    package var error500 = Share.never
    /// Answers 503, and asks to wait so long.
    package var unavailable = Chance(share: .never, after: .uniform(low: 1, high: 900))
    /// Answers with a redirect.
    package var redirect = Share.never
    /// Answers 410 once, as one does whose route was missing for a moment.
    package var gone = Share.never
    /// What goes wrong on the way to receivers.
    package var network = Network()
    package init() {}
  }

  /// What operators decide about what is parked; of an item that is parked, one of these at most.
  package struct Operators: Sendable, Hashable {
    /// Has it tried again.
    package var retry = Chance(share: .never, after: .exponential(mean: 600))
    /// Settles it with the vendor by hand, and says so.
    package var markDone = Chance(share: .never, after: .exponential(mean: 600))
    /// Says that nothing more will be done.
    package var abandon = Chance(share: .never, after: .exponential(mean: 600))
    /// Decides with a word that only a newer version knows.
    package var newer = Chance(share: .never, after: .exponential(mean: 600))
    /// Decisions that a second operator takes as well, moments later.
    package var twice = Share.never
    /// Has an event that a client was not told sent again, this long after it was given up.
    package var resend = Chance(share: .never, after: .exponential(mean: 3_600))
    package init() {}

    /// Whether anybody decides anything.
    package var act: Bool {
      [retry, markDone, abandon, newer, resend].contains { $0.share != .never }
    }
  }

  /// The orchestrator's process.
  package struct Orchestrators: Sendable, Hashable {
    /// How many run side by side on one database.
    package var instances = 1
    /// Gaps between pauses at random moments, in seconds; nil: none.
    package var pauseEvery: Distribution?
    /// How long a process stands still, in seconds.
    package var pauseFor = Distribution.uniform(low: 1, high: 600)
    /// Gaps between crashes at random moments, in seconds; nil: none.
    package var crashEvery: Distribution?
    /// Crash at a commit (half before, half after it).
    package var crashAtCommit = Share.never
    /// Crash as a request is sent (half before, half after it is on the wire).
    package var crashAtSend = Share.never
    /// From a start to the stop in good order that ends it, in seconds; nil: none.
    package var stopAfter: Distribution?
    /// From a crash or a stop to the next start, in seconds.
    package var restartAfter = Distribution.uniform(low: 1, high: 30)
    /// Time of one transaction on disk, in seconds.
    package var commitLatency = Distribution.lognormal(median: 0.0004, sigma: 0.4)
    package init() {}
  }

  /// What the network does to the calls of one service; everything is per call.
  package struct Network: Sendable, Hashable {
    /// One way, in seconds.
    package var latency = Distribution.lognormal(median: 0.02, sigma: 0.4)
    /// What goes wrong.
    package var faults = FaultShares(NetworkFault.declarations)
    package init() {}
  }

  /// The outside services.
  package struct Services: Sendable, Hashable {
    package var stripe = Stripe()
    package var flight = Flight()
    package var hotel = Hotel()
    package var activity = Activity()
    package var mail = Mail()
    package init() {}

    /// What every service has, by the service's name; looked up by name only.
    package var all: [String: Common] {
      [
        "stripe": stripe.common, "flight": flight.common, "hotel": hotel.common,
        "activity": activity.common, "mail": mail.common,
      ]
    }
  }

  /// What every service has.
  package struct Common: Sendable, Hashable {
    /// Processing time of a call, in seconds.
    package var latency: Distribution
    /// Calls that take this long instead.
    package var slow: Chance
    package var network = Network()
    /// Answers that succeed and lack what is optional by the vendor's documents.
    package var incomplete = Share.never
    /// Answers that succeed and write what is optional in another form, and more than is known.
    package var oddForms = Share.never
    /// Answers that succeed and lack what decides, or say it in words that nobody knows.
    package var hollow = Share.never
    package init(latency: Distribution, slow: Chance) {
      self.latency = latency
      self.slow = slow
    }
  }

  /// Where the latencies come from: `scenarios/README.md`, "Where the numbers come from".
  package struct Stripe: ScenarioService {
    package typealias Fault = StripeFault
    package var common = Common(
      latency: .lognormal(median: 1.24, sigma: 0.29),
      slow: Chance(share: .never, after: .uniform(low: 30, high: 70)))
    package var faults = FaultShares(StripeFault.declarations)
    package var webhooks = Webhooks()
    package init() {}
  }

  /// How Stripe's events reach the orchestrator.
  package struct Webhooks: Sendable, Hashable {
    /// From an event to its first delivery.
    package var delay = Distribution.lognormal(median: 2, sigma: 1)
    /// How many events meet each fault; looked up by fault only.
    private var shares: [StripeEventFault: Share] = [:]
    package init() {}

    /// How many events meet a fault.
    package subscript(fault: StripeEventFault) -> Share {
      get { shares[fault] ?? Share(partsPerMillion: fault.usualPartsPerMillion) }
      set { shares[fault] = newValue }
    }
  }

  package struct Flight: ScenarioService {
    package typealias Fault = AmadeusFault
    package var common = Common(
      latency: .lognormal(median: 3, sigma: 0.8),
      slow: Chance(share: .never, after: .uniform(low: 60, high: 88)))
    package var faults = FaultShares(AmadeusFault.declarations)
    package init() {}
  }

  package struct Hotel: ScenarioService {
    package typealias Fault = BookingComFault
    package var common = Common(
      latency: .lognormal(median: 2, sigma: 0.7),
      slow: Chance(share: .never, after: .uniform(low: 60, high: 88)))
    package var faults = FaultShares(BookingComFault.declarations)
    /// How long a new order is invisible to look-ups, in seconds.
    package var lookupLag = Distribution.uniform(low: 0, high: 120)
    /// How many orders a page of a look-up shows at most.
    package var pageSize = 100
    /// Share of properties that have another currency than the traveller's.
    package var localCurrency = Share.never
    /// Share of products whose cancellation costs something at once.
    package var penalty = Share(partsPerMillion: 300_000)
    package init() {}
  }

  package struct Activity: ScenarioService {
    package typealias Fault = ViatorFault
    package var common = Common(
      latency: .lognormal(median: 4, sigma: 0.9),
      slow: Chance(share: .never, after: .uniform(low: 90, high: 130)))
    package var faults = FaultShares(ViatorFault.declarations)
    /// Share of products whose cancellation costs something.
    package var penalty = Share(partsPerMillion: 300_000)
    package init() {}
  }

  package struct Mail: ScenarioService {
    package typealias Fault = MailFault
    package var common = Common(
      latency: .lognormal(median: 0.2, sigma: 0.5),
      slow: Chance(share: .never, after: .uniform(low: 10, high: 25)))
    package var faults = FaultShares(MailFault.declarations)
    package init() {}
  }

  /// A time in which a service does not answer as it should.
  package struct Outage: Sendable, Hashable {
    /// `stripe`, `flight`, `hotel`, `activity`, `mail`, `hooks`.
    package var service: String
    /// Seconds after the world began.
    package var from: Double
    /// Seconds.
    package var length: Double
    package var mode: Mode

    package enum Mode: String, Sendable, Hashable, CaseIterable {
      /// Connections are refused.
      case refused
      /// Requests vanish.
      case requestLost = "request-lost"
      /// Requests take effect, answers vanish.
      case responseLost = "response-lost"
      /// A proxy answers 502 for the service.
      case badGateway = "bad-gateway"
    }
    package init(service: String, from: Double, length: Double, mode: Mode) {
      self.service = service
      self.from = from
      self.length = length
      self.mode = mode
    }
  }

  /// What ends a run that does not end by itself.
  package struct Limits: Sendable, Hashable {
    /// Seconds of virtual time, the quiet included.
    package var virtualTime: Double = 30 * 86_400
    package var events = 100_000_000
    /// Seconds that the quiet may take until every booking is finished.
    package var quiet: Double = 10 * 86_400
    package init() {}
  }
}

/// The section of one outside service.
package protocol ScenarioService<Fault>: Sendable, Hashable {
  /// The vendor's own faults.
  associatedtype Fault: VendorFault
  /// What every service has.
  var common: Scenario.Common { get set }
  /// How often each of the vendor's faults happens.
  var faults: FaultShares { get set }
}

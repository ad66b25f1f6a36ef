import Audit
import BookingOrchestrator
import FakeVendors
import HTTPService
import Scenarios
import Simulation

/// The outside services of a world, each on a node of its own.
final class WorldVendors: @unchecked Sendable {
  /// The events that the orchestrator's webhook endpoint is registered for, as an operator would
  /// register it: those that tell it something.
  static let subscribedEvents = [
    "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled",
    "refund.created", "refund.updated", "refund.failed",
    "charge.dispute.created", "charge.dispute.closed",
  ]

  /// What opens the doors of the fakes.
  private static let keys = VendorKeys()

  // Unchecked: confined to the simulator's thread.
  /// Nil only while it is being made.
  private var fakes: VendorSet!
  /// Flights and stocks whose capacity is set.
  private var known: Set<String> = []

  init(
    _ scenario: Scenario, recorder: Recorder, network: SimulatedNetwork, webhooks: WebhookFaults,
    epochMicroseconds: Int64
  ) {
    let simulator = recorder.simulator
    let services = scenario.services
    let endpoint = { (process: SimulatedProcess) in
      WebhookEndpoint(
        transport: network.transport(for: process),
        url: "http://\(Authority.orchestrator)/webhooks/stripe", secret: Self.keys.stripeWebhook,
        types: Self.subscribedEvents,
        plan: { webhooks.plan($0, $1) }, rewrite: { webhooks.rewritten($0, $1) })
    }
    var nodes: [VendorName: Node] = [:]
    fakes = VendorSet(
      keys: Self.keys, seed: simulator.seed, faults: FaultInjectors(services, recorder)
    ) { vendor in
      let node = simulator.makeNode(vendor.rawValue)
      nodes[vendor] = node
      // A process lives on without a main; what runs in it begins once the world does.
      let process = node.start { _ in }
      switch vendor {
      case .stripe:
        let endpoint = endpoint(process)
        process.spawn { [self] in try await fakes.stripe.run(webhooks: endpoint) }
      case .amadeus:
        if services.flight.faults["cancelled-by-airline"].share != .never {
          process.spawn { [self] in try await fakes.amadeus.run() }
        }
      case .bookingcom: process.spawn { [self] in try await fakes.bookingCom.run() }
      case .viator: process.spawn { [self] in try await fakes.viator.run() }
      case .mail: break
      }
      return ServiceEnvironment(
        clock: process.clock, now: { epochMicroseconds + simulator.now.microseconds },
        watch: { recorder.changed($0) })
    }
    for vendor in VendorName.allCases {
      guard let node = nodes[vendor], let common = services.all[vendor.service] else { continue }
      let fake = BentAnswers.of(
        fakes[vendor], vendor.service, authority: vendor.authority, common, recorder)
      network.attach(fake, to: vendor.authority, on: node)
    }
  }

  var stripe: FakeStripe { fakes.stripe }
  var amadeus: FakeAmadeus { fakes.amadeus }
  var bookingCom: FakeBookingCom { fakes.bookingCom }
  var viator: FakeViator { fakes.viator }
  var mail: FakeMail { fakes.mail }

  /// When the first thing is due that a vendor does by itself, in microseconds since 1970.
  var nextDue: Int64? { fakes.nextDue }

  /// Puts a trip on sale, and writes the flight's offer into it.
  func offer(_ trip: inout TripGenerator.Trip) {
    for flight in [trip.flight.flight, trip.flight.back].compactMap(\.self)
    where known.insert(flight).inserted {
      amadeus.setCapacity(flight: flight, seats: trip.seats)
    }
    amadeus.add(trip.flight)
    if known.insert(trip.hotel.stock).inserted {
      bookingCom.setCapacity(stock: trip.hotel.stock, rooms: trip.rooms)
    }
    bookingCom.add(trip.hotel)
    for (activity, places) in zip(trip.activities, trip.places) {
      if known.insert(activity.stock).inserted {
        viator.setCapacity(stock: activity.stock, places: places)
      }
      viator.add(activity)
    }
    trip.offered.option.flight.offer = String(
      decoding: amadeus.offerJSON(id: trip.flight.id), as: UTF8.self)
    // The others leave it to the offer.
    if trip.client % 2 == 1 {
      trip.offered.option.flight.segments = Places.segments(
        ofOffer: trip.offered.option.flight.offer)
    }
    var old = (trip.flight.id, trip.hotel.id, trip.activities.map(\.code))
    for index in trip.changes.indices {
      offer(&trip.changes[index], after: old)
      let change = trip.changes[index]
      old = (change.flight.id, change.hotel.id, old.2 + change.activities.map(\.code))
    }
  }

  /// Puts what is new in a change on sale, as much as is wanted of it.
  private func offer(
    _ change: inout TripGenerator.Change,
    after old: (flight: String, hotel: String, activities: [String])
  ) {
    if change.flight.id != old.flight {
      amadeus.setCapacity(flight: change.flight.flight, seats: 100 * change.flight.seats)
      amadeus.add(change.flight)
    }
    if change.hotel.id != old.hotel {
      bookingCom.setCapacity(stock: change.hotel.stock, rooms: 100)
      bookingCom.add(change.hotel)
    }
    for activity in change.activities where !old.activities.contains(activity.code) {
      viator.setCapacity(stock: activity.stock, places: 100)
      viator.add(activity)
    }
    change.option.flight.offer = String(
      decoding: amadeus.offerJSON(id: change.flight.id), as: UTF8.self)
  }

  /// What the orchestrator is told about these vendors.
  static var configuration: OrchestratorConfiguration {
    var configuration = OrchestratorConfiguration()
    configuration.vendors.stripeURL = "http://\(Authority.stripe)"
    configuration.vendors.amadeusURL = "http://\(Authority.amadeus)"
    configuration.vendors.bookingComURL = "http://\(Authority.bookingCom)"
    configuration.vendors.viatorURL = "http://\(Authority.viator)"
    configuration.vendors.mailURL = "http://\(Authority.mail)"
    configuration.vendors.stripeSecretKey = keys.stripe
    configuration.vendors.stripeWebhookSecret = keys.stripeWebhook
    configuration.vendors.amadeusClientID = keys.amadeusID
    configuration.vendors.amadeusClientSecret = keys.amadeusSecret
    configuration.vendors.bookingComAPIKey = keys.bookingCom
    configuration.vendors.bookingComAffiliateID = keys.affiliate
    configuration.vendors.viatorAPIKey = keys.viator
    configuration.vendors.mailToken = keys.mail
    return configuration
  }
}

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

  // Unchecked: confined to the simulator's thread.
  let stripe: FakeStripe
  let amadeus: FakeAmadeus
  let bookingCom: FakeBookingCom
  let viator: FakeViator
  let mail: FakeMail
  /// Flights and stocks whose capacity is set.
  private var known: Set<String> = []

  init(
    _ scenario: Scenario, recorder: Recorder, network: SimulatedNetwork, webhooks: WebhookFaults,
    epochMicroseconds: Int64
  ) {
    let simulator = recorder.simulator
    let seed = simulator.seed
    let services = scenario.services
    func environment(_ process: SimulatedProcess) -> ServiceEnvironment {
      ServiceEnvironment(
        clock: process.clock,
        now: { epochMicroseconds + simulator.now.microseconds },
        watch: { recorder.changed($0) })
    }
    // A process lives on without a main; those that have work of their own get it below.
    func boot(_ name: String) -> (Node, SimulatedProcess) {
      let node = simulator.makeNode(name)
      return (node, node.start { _ in })
    }

    func attach(
      _ fake: any HTTPService, _ service: String, _ authority: String, _ common: Scenario.Common,
      on node: Node
    ) {
      let service = BentAnswers.of(fake, service, authority: authority, common, recorder)
      network.attach(service, to: authority, on: node)
    }

    let (stripeNode, stripeProcess) = boot("stripe")
    let stripe = FakeStripe(
      environment: environment(stripeProcess),
      conduct: ScenarioFaults(services.stripe, recorder),
      apiKey: Secrets.stripeKey, seed: seed)
    attach(stripe, "stripe", Authority.stripe, services.stripe.common, on: stripeNode)
    let endpoint = WebhookEndpoint(
      transport: network.transport(for: stripeProcess),
      url: "http://\(Authority.orchestrator)/webhooks/stripe", secret: Secrets.webhook,
      types: Self.subscribedEvents,
      plan: { webhooks.plan($0, $1) }, rewrite: { webhooks.rewritten($0, $1) })
    stripeProcess.spawn { try await stripe.run(webhooks: endpoint) }

    let (amadeusNode, amadeusProcess) = boot("amadeus")
    let amadeus = FakeAmadeus(
      environment: environment(amadeusProcess),
      conduct: ScenarioFaults(services.flight, recorder),
      clientID: Secrets.amadeusID, clientSecret: Secrets.amadeusSecret, seed: seed)
    attach(amadeus, "flight", Authority.amadeus, services.flight.common, on: amadeusNode)
    if services.flight.faults["cancelled-by-airline"].share != .never {
      amadeusProcess.spawn { try await amadeus.run() }
    }

    let (bookingComNode, bookingComProcess) = boot("bookingcom")
    let bookingCom = FakeBookingCom(
      environment: environment(bookingComProcess),
      conduct: ScenarioFaults(services.hotel, recorder),
      apiKey: Secrets.bookingComKey, affiliateID: Secrets.affiliate, seed: seed,
      lookupLag: services.hotel.lookupLag(recorder))
    attach(bookingCom, "hotel", Authority.bookingCom, services.hotel.common, on: bookingComNode)
    bookingComProcess.spawn { try await bookingCom.run() }

    let (viatorNode, viatorProcess) = boot("viator")
    let viator = FakeViator(
      environment: environment(viatorProcess),
      conduct: ScenarioFaults(services.activity, recorder),
      apiKey: Secrets.viatorKey, seed: seed)
    attach(viator, "activity", Authority.viator, services.activity.common, on: viatorNode)
    viatorProcess.spawn { try await viator.run() }

    let (mailNode, mailProcess) = boot("mail")
    mail = FakeMail(
      environment: environment(mailProcess), conduct: ScenarioFaults(services.mail, recorder),
      serverToken: Secrets.mailToken, seed: seed)
    network.attach(mail, to: Authority.mail, on: mailNode)

    self.stripe = stripe
    self.amadeus = amadeus
    self.bookingCom = bookingCom
    self.viator = viator
  }

  /// When the first thing is due that a vendor does by itself, in microseconds since 1970.
  var nextDue: Int64? {
    [stripe.nextDue, amadeus.nextDue, bookingCom.nextDue, viator.nextDue].compactMap(\.self).min()
  }

  /// Puts a trip on sale, and writes the flight's offer into it.
  func offer(_ trip: inout TripGenerator.Trip) {
    if known.insert(trip.flight.flight).inserted {
      amadeus.setCapacity(flight: trip.flight.flight, seats: trip.seats)
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
  }

  /// What the orchestrator is told about these vendors.
  static var configuration: OrchestratorConfiguration {
    var configuration = OrchestratorConfiguration()
    configuration.vendors.stripeURL = "http://\(Authority.stripe)"
    configuration.vendors.amadeusURL = "http://\(Authority.amadeus)"
    configuration.vendors.bookingComURL = "http://\(Authority.bookingCom)"
    configuration.vendors.viatorURL = "http://\(Authority.viator)"
    configuration.vendors.mailURL = "http://\(Authority.mail)"
    configuration.vendors.stripeSecretKey = Secrets.stripeKey
    configuration.vendors.stripeWebhookSecret = Secrets.webhook
    configuration.vendors.amadeusClientID = Secrets.amadeusID
    configuration.vendors.amadeusClientSecret = Secrets.amadeusSecret
    configuration.vendors.bookingComAPIKey = Secrets.bookingComKey
    configuration.vendors.bookingComAffiliateID = Secrets.affiliate
    configuration.vendors.viatorAPIKey = Secrets.viatorKey
    configuration.vendors.mailToken = Secrets.mailToken
    return configuration
  }
}

/// What opens the doors of the fakes, and nothing else.
private enum Secrets {
  static let stripeKey = "sk_test_turbulence"
  static let webhook = "whsec_turbulence"
  static let amadeusID = "turbulence"
  static let amadeusSecret = "amadeus-secret"
  static let bookingComKey = "bookingcom-key"
  static let affiliate = 1_234_567
  static let viatorKey = "viator-key"
  static let mailToken = "mail-token"
}

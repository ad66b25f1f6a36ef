import BookingOrchestrator
import FakeVendors
import HTTPService
import HTTPSockets
import Logging
import Synchronization

@testable import BookingServer

/// How a fake's calls go, as a test decides.
final class Script<Fault: Sendable>: FaultInjector {
  private let decide = Mutex<@Sendable (ServiceCall) -> CallPlan<Fault>>({ _ in CallPlan() })

  func plan(for call: ServiceCall) -> CallPlan<Fault> { decide.withLock { $0 }(call) }

  /// Decides by the operation's name; all other calls succeed at once.
  func on(_ operation: String, _ plan: CallPlan<Fault>) {
    decide.withLock { $0 = { $0.operation == operation ? plan : CallPlan() } }
  }

  /// Lets everything succeed at once.
  func calm() { decide.withLock { $0 = { _ in CallPlan() } } }
}

/// The five fakes on loopback ports of their own.
final class VendorRig: Sendable {
  let stripe: FakeStripe
  let amadeus: FakeAmadeus
  let bookingCom: FakeBookingCom
  let viator: FakeViator
  let mail: FakeMail
  let stripeScript = Script<StripeFault>()
  let amadeusScript = Script<AmadeusFault>()
  let bookingComScript = Script<BookingComFault>()
  let viatorScript = Script<ViatorFault>()

  init() {
    let environment = ServiceEnvironment(
      clock: ContinuousClock(), now: { SystemWallClock().now().microseconds })
    stripe = FakeStripe(
      environment: environment, conduct: stripeScript, apiKey: "sk_test_1", seed: 1)
    amadeus = FakeAmadeus(
      environment: environment, conduct: amadeusScript, clientID: "a", clientSecret: "b", seed: 1)
    bookingCom = FakeBookingCom(
      environment: environment, conduct: bookingComScript, apiKey: "c", affiliateID: 7, seed: 1)
    viator = FakeViator(environment: environment, conduct: viatorScript, apiKey: "d", seed: 1)
    mail = FakeMail(
      environment: environment, conduct: NoFaults<MailFault>(), serverToken: "e", seed: 1)
  }

  /// Serves the fakes while the body runs, and tells the settings where they are.
  func serve(_ body: @escaping @Sendable (Settings) async throws -> Void) async throws {
    try await withThrowingTaskGroup { group in
      var urls: [String] = []
      for service in [stripe, amadeus, bookingCom, viator, mail] as [any HTTPService] {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        group.addTask {
          try await SocketServer(port: 0, service: service, logger: quiet) { port.yield($0) }.run()
        }
        var iterator = ports.makeAsyncIterator()
        urls.append("http://127.0.0.1:\(await iterator.next() ?? 0)")
      }
      group.addTask { [stripe, bookingCom, viator] in
        try await withThrowingDiscardingTaskGroup { own in
          own.addTask { try await stripe.run(webhooks: nil) }
          own.addTask { try await bookingCom.run() }
          own.addTask { try await viator.run() }
        }
      }
      var settings = Settings()
      settings.clientKeys = [
        ClientKey(Keys.client), ClientKey(Keys.other, client: ClientName("other")),
      ]
      settings.operatorKey = Keys.operator
      settings.stopWithin = .seconds(20)
      settings.orchestrator.vendors.stripeURL = urls[0]
      settings.orchestrator.vendors.amadeusURL = urls[1]
      settings.orchestrator.vendors.bookingComURL = urls[2]
      settings.orchestrator.vendors.viatorURL = urls[3]
      settings.orchestrator.vendors.mailURL = urls[4]
      settings.orchestrator.vendors.stripeSecretKey = "sk_test_1"
      settings.orchestrator.vendors.stripeWebhookSecret = Keys.webhook
      settings.orchestrator.vendors.amadeusClientID = "a"
      settings.orchestrator.vendors.amadeusClientSecret = "b"
      settings.orchestrator.vendors.bookingComAPIKey = "c"
      settings.orchestrator.vendors.bookingComAffiliateID = 7
      settings.orchestrator.vendors.viatorAPIKey = "d"
      settings.orchestrator.vendors.mailToken = "e"
      try await body(settings)
      group.cancelAll()
    }
  }
}

/// What opens doors in tests.
enum Keys {
  static let client = "client-key-0123456789"
  /// Of another client.
  static let other = "other-key-0123456789"
  static let `operator` = "operator-key-0123456789"
  static let webhook = "whsec_test"
}

/// A logger that nobody hears.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

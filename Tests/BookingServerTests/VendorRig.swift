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
  private let fakes: VendorSet
  private let keys = VendorKeys()
  let stripeScript = Script<StripeFault>()
  let amadeusScript = Script<AmadeusFault>()
  let bookingComScript = Script<BookingComFault>()
  let viatorScript = Script<ViatorFault>()

  init() {
    let environment = ServiceEnvironment(
      clock: ContinuousClock(), now: { SystemWallClock().now().microseconds })
    var faults = FaultInjectors()
    faults.stripe = stripeScript
    faults.amadeus = amadeusScript
    faults.bookingCom = bookingComScript
    faults.viator = viatorScript
    fakes = VendorSet(keys: keys, seed: 1, faults: faults) { _ in environment }
  }

  var stripe: FakeStripe { fakes.stripe }
  var amadeus: FakeAmadeus { fakes.amadeus }
  var bookingCom: FakeBookingCom { fakes.bookingCom }
  var viator: FakeViator { fakes.viator }
  var mail: FakeMail { fakes.mail }

  /// Serves the fakes while the body runs, and tells the settings where they are.
  func serve(_ body: @escaping @Sendable (Settings) async throws -> Void) async throws {
    try await withThrowingTaskGroup { group in
      var urls: [String] = []
      for service in VendorName.allCases.map({ fakes[$0] }) {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        group.addTask {
          try await SocketServer(port: 0, service: service, logger: quiet) { port.yield($0) }.run()
        }
        var iterator = ports.makeAsyncIterator()
        urls.append("http://127.0.0.1:\(await iterator.next() ?? 0)")
      }
      group.addTask { [fakes] in
        try await withThrowingDiscardingTaskGroup { own in
          own.addTask { try await fakes.stripe.run(webhooks: nil) }
          own.addTask { try await fakes.bookingCom.run() }
          own.addTask { try await fakes.viator.run() }
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
      settings.orchestrator.vendors.stripeSecretKey = keys.stripe
      settings.orchestrator.vendors.stripeWebhookSecret = Keys.webhook
      settings.orchestrator.vendors.amadeusClientID = keys.amadeusID
      settings.orchestrator.vendors.amadeusClientSecret = keys.amadeusSecret
      settings.orchestrator.vendors.bookingComAPIKey = keys.bookingCom
      settings.orchestrator.vendors.bookingComAffiliateID = keys.affiliate
      settings.orchestrator.vendors.viatorAPIKey = keys.viator
      settings.orchestrator.vendors.mailToken = keys.mail
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

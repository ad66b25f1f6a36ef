package import ArgumentParser
import FakeVendors
import HTTPSockets
import Logging
import Scenarios
import ServiceLifecycle
import Synchronization
import UnixSignals

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `fake-vendors`: all fakes on loopback until a signal stops them.
package struct FakeVendorsCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "fake-vendors",
    abstract: "Serve fakes of Stripe, Amadeus, Booking.com, Viator and a mail API on loopback.",
    discussion: """
      Prints one line per service once all of them listen, such as

        stripe http://127.0.0.1:12111

      and serves until SIGINT or SIGTERM. Each port also serves the control endpoints: /_faults,
      /_clock, /_ledger, /_catalogue, /_webhook, /_authenticate,
      /_checkout, /_dispute.

      Exit codes: 0 stopped by a signal, 64 bad arguments, 70 a port is taken.
      """)

  @Option(name: .customLong("stripe-port"), help: "Stripe's port; 0 picks a free one.")
  var stripePort = 12111
  @Option(name: .customLong("amadeus-port"), help: "Amadeus's port; 0 picks a free one.")
  var amadeusPort = 12112
  @Option(name: .customLong("bookingcom-port"), help: "Booking.com's port; 0 picks a free one.")
  var bookingComPort = 12113
  @Option(name: .customLong("viator-port"), help: "Viator's port; 0 picks a free one.")
  var viatorPort = 12114
  @Option(name: .customLong("mail-port"), help: "The mail API's port; 0 picks a free one.")
  var mailPort = 12115

  @Option(
    help: "A scenario file as `turbulence run` reads it: latency, failures, outages.",
    completion: .file())
  var scenario: String?
  @Option(help: "What ids and a scenario's draws are derived from.")
  var seed: UInt64 = 1
  @Option(help: "How time passes: real, or steered (only by POST /_clock/advance).")
  var time = VendorClock.Mode.real
  @Option(name: .customLong("webhook-url"), help: "Where Stripe's events are sent.")
  var webhookURL: String?
  @Option(name: .customLong("webhook-secret"), help: "What Stripe's events are signed with.")
  var webhookSecret = WebhookTarget.usualSecret

  @Option(
    name: .customLong("stripe-key"),
    help: "Stripe's only secret key. (default: every key that begins with sk_test_)")
  var stripeKey: String?
  @Option(name: .customLong("amadeus-id"), help: "Amadeus's client id.")
  var amadeusID = VendorKeys().amadeusID
  @Option(name: .customLong("amadeus-secret"), help: "Amadeus's client secret.")
  var amadeusSecret = VendorKeys().amadeusSecret
  @Option(name: .customLong("bookingcom-key"), help: "Booking.com's API key.")
  var bookingComKey = VendorKeys().bookingCom
  @Option(name: .customLong("affiliate-id"), help: "Booking.com's affiliate id.")
  var affiliate = VendorKeys().affiliate
  @Option(name: .customLong("viator-key"), help: "Viator's API key.")
  var viatorKey = VendorKeys().viator
  @Option(name: .customLong("mail-token"), help: "The mail API's server token.")
  var mailToken = VendorKeys().mail

  package init() {}

  /// Runs the command with the process's arguments, and ends the process with its exit code.
  package static func start() async { await main() }

  private var ports: [(VendorName, Int)] {
    [
      (.stripe, stripePort), (.amadeus, amadeusPort), (.bookingcom, bookingComPort),
      (.viator, viatorPort), (.mail, mailPort),
    ]
  }

  package func validate() throws {
    var taken: Set<Int> = []
    for (vendor, port) in ports {
      guard (0...65_535).contains(port) else {
        throw ValidationError("--\(vendor.rawValue)-port: found \(port), expected 0 to 65535")
      }
      guard port == 0 || taken.insert(port).inserted else {
        throw ValidationError(
          "--\(vendor.rawValue)-port: found \(port), which another service has; expected a port "
            + "of its own, or 0")
      }
    }
    if let webhookURL, !WebhookTarget.isURL(webhookURL) {
      throw ValidationError(
        "--webhook-url: found '\(webhookURL)', expected a URL that begins with http://")
    }
    guard webhookSecret.hasPrefix("whsec_") else {
      throw ValidationError("--webhook-secret: expected a secret that begins with whsec_")
    }
  }

  package func run() async throws {
    var configuration = VendorServer.Configuration()
    for (vendor, port) in ports { configuration.ports[vendor] = port }
    configuration.seed = seed
    configuration.time = time
    configuration.webhook = webhookURL.map { WebhookTarget(url: $0, secret: webhookSecret) }
    configuration.onlyStripeKey = stripeKey
    configuration.keys.amadeusID = amadeusID
    configuration.keys.amadeusSecret = amadeusSecret
    configuration.keys.bookingCom = bookingComKey
    configuration.keys.affiliate = affiliate
    configuration.keys.viator = viatorKey
    configuration.keys.mail = mailToken

    if let scenario {
      do throws(ScenarioError) {
        configuration.scenario = try ScenarioDecoder.load(scenario)
      } catch {
        complain("\(error)", prefix: "")
        throw ExitCode(64)
      }
      complain(
        "\(scenario): only 'services' and 'outages' count here; who books what and when is up to "
          + "the callers")
    }

    let rules = ListeningBoard()
    let vendors = VendorServer(configuration) { vendor, port in rules.note(vendor, port) }
    var logger = Logger(label: "fake-vendors")
    logger.logLevel = .error
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: vendors, successTerminationBehavior: .gracefullyShutdownGroup)],
        cancellationSignals: [.sigint, .sigterm], logger: logger))
    do {
      try await group.run()
    } catch is CancellationError {
      // A signal stopped it, as it should.
    } catch let error as PortTaken {
      complain("\(error)")
      throw ExitCode(70)
    }
  }
}

/// Writes a line to standard error.
private func complain(_ message: String, prefix: String = "fake-vendors: ") {
  _ = "\(prefix)\(message)\n".withCString { write(2, $0, strlen($0)) }
}

extension VendorClock.Mode: ExpressibleByArgument {}

/// Prints where the services listen once all of them do, in a fixed order.
private final class ListeningBoard: Sendable {
  private let ports = Mutex<[VendorName: Int]>([:])

  func note(_ vendor: VendorName, _ port: Int) {
    let known = ports.withLock { ports in
      ports[vendor] = port
      return ports
    }
    guard known.count == VendorName.allCases.count else { return }
    for vendor in VendorName.allCases {
      print("\(vendor.rawValue) http://127.0.0.1:\(known[vendor] ?? 0)")
    }
    fflush(nil)  // All streams: a reader of the pipe waits for these lines.
  }
}

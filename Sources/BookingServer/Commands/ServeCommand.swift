package import ArgumentParser
import Foundation
import HTTPSockets
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals

/// `booking-server serve`
package struct ServeCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serves until SIGTERM or SIGINT.",
    discussion: """
      A stop loses nothing: no new requests, answers for those under way, then an end at a step
      boundary. TLS is a proxy's work: put one in front of whatever is not loopback.

      Each setting is a flag, a variable (--stripe-secret-key is STRIPE_SECRET_KEY) or a member of the
      JSON file of --config ({"stripe": {"secretKey": "..."}}). Keep secrets out of flags: others can
      read them in the list of processes.

      \(SettingOptions.table)
      """)

  @OptionGroup package var options: SettingOptions

  /// Creates the command.
  package init() {}

  package func run() async throws {
    let settings: Settings
    do {
      settings = try Settings(try await options.source())
    } catch {
      complain(error)
      throw Exit.usage
    }
    let level = settings.logLevel
    let logger = Logger(label: "booking-server") { JSONLineHandler(label: $0, level: level) }
    let registry = PrometheusRegistry()
    MetricsSystem.bootstrap(registry)
    var group = ServiceGroupConfiguration(
      services: [
        .init(
          service: ServerProcess(settings, logger: logger, metrics: registry),
          successTerminationBehavior: .gracefullyShutdownGroup)
      ],
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: Logger(label: "lifecycle") {
        JSONLineHandler(label: $0, level: .warning)
      })
    group.maximumGracefulShutdownDuration = settings.stopWithin + .seconds(10)
    do {
      try await ServiceGroup(configuration: group).run()
    } catch {
      complain(error)
      throw Exit.unavailable
    }
  }
}

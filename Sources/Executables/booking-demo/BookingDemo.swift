import ArgumentParser
import FakeVendorServer
import Foundation
import HTTPSockets
import Logging
import ServiceLifecycle
import UnixSignals

/// `booking-demo`: the booking server and all fakes in one process on loopback.
@main
struct BookingDemo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "booking-demo",
    abstract: "Book trips with curl: the real server, fake vendors, no account anywhere.",
    discussion: """
      Starts the fakes on free ports and the server beside them, puts a few trips on sale and prints
      the command lines that book, show and cancel one. The bookings are forgotten at the end.

      Exit codes: 0 stopped by a signal, 64 bad arguments, 70 the port is taken.
      """)

  @Option(help: "The server's port; 0 picks a free one.")
  var port = 8080
  @Option(help: "How many trips are put on sale, 1 to 12.")
  var trips = 3

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port: found \(port), expected 0 to 65535")
    }
    guard (1...12).contains(trips) else {
      throw ValidationError("--trips: found \(trips), expected 1 to 12")
    }
  }

  func run() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "booking-demo-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }  // Of no use if it stays, either.

    let doors = VendorDoors()
    var fakes = VendorServer.Configuration()
    // The card of the published example of a booking request.
    fakes.paymentMethods = [("pm_1234567890", "pm_card_visa")]
    let vendors = VendorServer(fakes) { doors.opened($0, port: $1) }
    let shop = Shop(
      vendors: vendors, doors: doors, port: port, tripCount: trips, folder: folder)
    // A stop goes from the last to the first: the server ends its bookings while the fakes answer.
    var configuration = ServiceGroupConfiguration(
      services: [
        .init(service: vendors, successTerminationBehavior: .gracefullyShutdownGroup),
        .init(service: shop, successTerminationBehavior: .gracefullyShutdownGroup),
      ],
      gracefulShutdownSignals: [.sigint, .sigterm], logger: Logger(label: "booking-demo").silent)
    configuration.maximumGracefulShutdownDuration = .seconds(15)
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch let error as PortTaken {
      FileHandle.standardError.write(Data("booking-demo: \(error)\n".utf8))
      throw ExitCode(70)
    }
  }
}

extension Logger {
  /// The logger, for nothing but what must not be missed.
  var silent: Logger {
    var logger = self
    logger.logLevel = .critical
    return logger
  }
}

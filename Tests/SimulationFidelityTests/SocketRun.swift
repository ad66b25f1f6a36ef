import BookingOrchestrator
import FakeVendors
import Foundation
import GRDB
import HTTPService
import HTTPSockets
import HTTPTypes
import Logging
import Scenarios
import Simulation
import Testing

@testable import Audit
@testable import BookingServer
@testable import FakeVendorServer
@testable import Worlds

/// One case on real sockets: the fakes, the real server with a real database, and clients.
struct SocketRun: Sendable {
  let played: PairedCase
  let vendors: VendorServer
  let database: GroupCommitDatabase
  let transport: TimingTransport
  let sockets: SocketTransport
  let port: Int

  static let clientKey = "client-key-0123456789"
  static let quiet = Logger(label: "paired") { _ in SwiftLogNoOpLogHandler() }

  /// Plays a case to its end.
  static func play(_ played: PairedCase) async throws -> PairedRun {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "paired-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let pool = try GroupCommitDatabase.open(folder.appending(path: "bookings.sqlite").path())
    let database = GroupCommitDatabase(pool)
    let sockets = SocketTransport()
    var configuration = VendorServer.Configuration()
    configuration.seed = played.seed
    configuration.scenario = played.scenario
    configuration.speed = played.speed
    configuration.onlyStripeKey = WorldVendors.configuration.vendors.stripeSecretKey
    let (stream, opened) = AsyncStream.makeStream(of: (VendorName, Int).self)
    let vendors = VendorServer(configuration) { opened.yield(($0, $1)) }
    let run = try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await watched { try await vendors.run() } }
      var urls: [VendorName: String] = [:]
      for await (vendor, port) in stream {
        urls[vendor] = "127.0.0.1:\(port)"
        if urls.count == VendorName.allCases.count { break }
      }
      let transport = TimingTransport(
        sockets, speed: played.speed, clock: vendors.clock, authorities: authorities(urls))
      let orchestrator = Orchestrator(
        configuration: orchestratorConfiguration(urls), clock: vendors.clock,
        wallClock: FasterWallClock(clock: vendors.clock), ids: NumberedIdentifiers(),
        jitter: KeyedJitter(streams: Streams(seed: played.seed)),
        secrets: KeyedSecrets(streams: Streams(seed: played.seed)), transport: transport,
        database: database, renderer: PlainItineraries())
      let door = AccessControl(
        keys: APIKeys(clientKeys: [ClientKey(clientKey)], operatorKey: nil),
        orchestrator: orchestrator,
        operators: orchestrator, shared: orchestrator)
      let (ports, listening) = AsyncStream.makeStream(of: Int.self)
      group.addTask { try await watched { try await orchestrator.run() } }
      group.addTask {
        try await watched {
          try await SocketServer(port: 0, service: door, logger: quiet) { listening.yield($0) }
            .run()
        }
      }
      var iterator = ports.makeAsyncIterator()
      let port = try #require(await iterator.next())
      vendors.sendEvents(
        to: WebhookTarget(
          url: "http://127.0.0.1:\(port)/webhooks/stripe",
          secret: WorldVendors.configuration.vendors.stripeWebhookSecret,
          types: WorldVendors.subscribedEvents))
      let run = SocketRun(
        played: played, vendors: vendors, database: database, transport: transport,
        sockets: sockets, port: port)
      try await run.letClientsCome()
      try await run.settle()
      return try await run.result(urls)
    }
    try await sockets.shutDown()
    try pool.close()
    return run
  }

  /// Runs something until it is cancelled; its own end before that fails the test.
  private static func watched(_ body: () async throws -> Void) async throws {
    do { try await body() } catch {
      if !Task.isCancelled { Issue.record(error, "ended before its time") }
    }
  }

  private static func authorities(_ urls: [VendorName: String]) -> [String: String] {
    let pairs = [
      (urls[.stripe], Authority.stripe), (urls[.amadeus], Authority.amadeus),
      (urls[.bookingcom], Authority.bookingCom), (urls[.viator], Authority.viator),
      (urls[.mail], Authority.mail),
    ].map { ($0.0 ?? "", $0.1) }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  private static func orchestratorConfiguration(_ urls: [VendorName: String])
    -> OrchestratorConfiguration
  {
    func url(_ vendor: VendorName) -> String { "http://\(urls[vendor] ?? "")" }
    var configuration = WorldVendors.configuration
    configuration.vendors.stripeURL = url(.stripe)
    configuration.vendors.amadeusURL = url(.amadeus)
    configuration.vendors.bookingComURL = url(.bookingcom)
    configuration.vendors.viatorURL = url(.viator)
    configuration.vendors.mailURL = url(.mail)
    return configuration
  }
}

// MARK: The end

extension SocketRun {
  /// Waits until nothing is left to do: every trip has ended, every step and mail is settled, and no
  /// fake has anything due.
  func settle() async throws {
    let patience = ContinuousClock.now + .seconds(50)
    var calmSince: Int64?
    while ContinuousClock.now < patience {
      let work = try await openWork()
      if work.isEmpty && !vendorsAreBusy {
        // What was sent a second time, or is late, has come after this time.
        let since = calmSince ?? vendors.clock.microseconds
        calmSince = since
        if vendors.clock.microseconds - since > played.tail { return }
      } else {
        calmSince = nil
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("\(played): not settled after 50 s: \(try await openWork())")
  }

  private var vendorsAreBusy: Bool {
    let horizon = vendors.clock.microseconds + 600_000_000
    return [
      vendors.fakes.stripe.nextDue, vendors.fakes.bookingCom.nextDue, vendors.fakes.viator.nextDue,
    ]
    .contains { ($0 ?? .max) < horizon }
  }

  private func openWork() async throws -> [String] {
    try await database.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT id || ' ' || state FROM trip_booking
            WHERE state NOT IN ('CONFIRMED', 'FAILED', 'CANCELLED')
          UNION ALL SELECT booking_id || ' ' || slot || ' ' || direction || ' ' || status
            FROM saga_step WHERE status IN ('INTENT', 'UNKNOWN')
          UNION ALL SELECT 'mail ' || booking_id FROM outbox WHERE status = 'pending'
          UNION ALL SELECT 'inbox ' || id FROM inbox WHERE applied_us IS NULL
          """)
    }
  }
}

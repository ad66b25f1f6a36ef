import BookingOrchestrator
import GRDB
package import HTTPService
import HTTPSockets
package import Logging
import Metrics
import ServiceLifecycle

/// The whole server: starts, serves, and stops without losing or half-telling a booking.
package struct ServerProcess: ServiceLifecycle.Service {
  private let settings: Settings
  private let logger: Logger
  private let metrics: PrometheusRegistry
  private let transport: (any HTTPTransport)?
  private let listening: @Sendable (_ port: Int) async -> Void

  /// Creates a program that has not opened anything yet.
  /// - Parameters:
  ///   - transport: instead of sockets, for tests.
  ///   - listening: told the port once clients can come in.
  package init(
    _ settings: Settings, logger: Logger, metrics: PrometheusRegistry = PrometheusRegistry(),
    transport: (any HTTPTransport)? = nil,
    listening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    self.settings = settings
    self.logger = logger
    self.metrics = metrics
    self.transport = transport
    self.listening = listening
  }

  /// Serves until a graceful shutdown, and returns when it is over.
  /// - Throws: ``DatabaseRefused``, ``DatabaseLost``, `PortTaken`, or what ended the orchestrator.
  package func run() async throws {
    let pool = try GroupCommitDatabase.open(settings.database)
    let commits = Metrics.Timer(label: "db_commit_duration", factory: metrics)
    let bodies = Recorder(label: "db_commit_bodies", aggregate: true, factory: metrics)
    let failures = Counter(label: "db_commit_failures", factory: metrics)
    let wallClock = SystemWallClock()
    let ids = TimeOrderedIdentifiers(wallClock: wallClock)
    let watch = DatabaseWatch(path: settings.database, mark: ids.identifier("srv", hint: ""))
    let database = GroupCommitDatabase(pool, watch: watch) { commit in
      commits.recordNanoseconds(commit.duration.wholeNanoseconds)
      bodies.record(commit.bodies)
      if !commit.succeeded { failures.increment() }
    }
    let sockets = transport == nil ? SocketTransport() : nil
    let orchestrator = Orchestrator(
      configuration: settings.orchestrator, clock: ContinuousClock(), wallClock: wallClock,
      ids: ids, jitter: SystemJitter(), secrets: SystemSecrets(),
      transport: ObservedTransport(
        inner: transport ?? sockets ?? SocketTransport(), vendors: settings.vendorNames,
        logger: logger, metrics: metrics),
      database: database, renderer: DrawnItineraries()
    ) { [logger] booking, error in
      logger.error(
        "a trip could not be driven",
        metadata: ["booking_id": "\(booking)", "error": "\(error)"])
    }
    // Held until everything is put away.
    let tenancy = try await DatabaseTenancy.moveIn(settings.database) { [logger] in
      try await database.write { db in try db.execute(sql: "DELETE FROM server_mark") }
      let count = try await orchestrator.takeOverLeases()
      guard count > 0 else { return }
      logger.notice("took over from a process that died", metadata: ["bookings": "\(count)"])
    }
    defer { withExtendedLifetime(tenancy) {} }
    try watch.begin(pool)
    let door = AccessControl(
      keys: APIKeys(clientKeys: settings.clientKeys, operatorKey: settings.operatorKey),
      orchestrator: orchestrator,
      operators: OperatorAPI(database: database, metrics: metrics),
      shared: SharedLinks(
        limiter: AddressLimiter(settings.shareLimit), trustsForwarded: settings.trustsForwarded,
        orchestrator: orchestrator),
      limiter: settings.rateLimit.map { RateLimiter($0, clock: ContinuousClock()) })
    // Its own word on listening repeats ours.
    var socketLogger = logger
    socketLogger.logLevel = max(logger.logLevel, .notice)
    let server = SocketServer(
      host: settings.host, port: settings.port,
      service: ObservedService(inner: door, logger: logger, metrics: metrics),
      limits: settings.limits, peerField: SharedLinks.peer, logger: socketLogger
    ) { [logger, settings, listening] port in
      logger.notice("listening", metadata: ["host": "\(settings.host)", "port": "\(port)"])
      await listening(port)
    }
    var failure: (any Error)?
    do {
      try await serve(orchestrator, server, watch)
    } catch {
      failure = error
    }
    // Whatever broke first, or whoever asked for the stop: what was lost is what people must know.
    do throws(DatabaseLost) { try watch.confirm() } catch { failure = error }
    // Whatever ended it: the next process takes these trips up at once, not when leases run out.
    for putAway in [
      { try await orchestrator.handOver() }, { try await sockets?.shutDown() },
      { try watch.end(pool) }, { try pool.close() },
    ] as [() async throws -> Void] {
      do {
        try await putAway()
      } catch {
        logger.warning("not everything was put away", metadata: ["error": "\(error)"])
      }
    }
    if let failure { throw failure }
    logger.notice("stopped")
  }

  /// What can happen while it runs.
  private enum Happening {
    case serverEnded, orchestratorEnded, stopAsked, timeUp, quiet
    case databaseLost(DatabaseLost)
  }

  /// How often the database's file is looked at, beside every commit.
  private static let watchEvery: Duration = .seconds(1)
  /// How long everybody is answered 503 before it is over: the time of a health check or two.
  private static let refuseFor: Duration = .seconds(3)

  /// Returns when the database has been lost, and everybody has been told for a while.
  private func watchOver(_ watch: DatabaseWatch) async throws -> DatabaseLost {
    while true {
      do throws(DatabaseLost) {
        try watch.look()
      } catch {
        logger.critical("the database is lost", metadata: ["error": "\(error)"])
        try await Task.sleep(for: Self.refuseFor)
        return error
      }
      try await Task.sleep(for: Self.watchEvery)
    }
  }

  /// Runs both, and ends them in order: first the door is closed and requests under way get half of
  /// the time for their outcomes; then nothing more is sent, who still waits is told where the
  /// booking stands, and answers of vendors get the other half; then it is over.
  private func serve(
    _ orchestrator: Orchestrator, _ server: SocketServer, _ watch: DatabaseWatch
  ) async throws {
    try await withThrowingTaskGroup(of: Happening.self) { group in
      defer { group.cancelAll() }
      let half = settings.stopWithin / 2
      group.addTask {
        try await orchestrator.run()
        return .orchestratorEnded
      }
      group.addTask {
        try await server.run()
        return .serverEnded
      }
      group.addTask { .databaseLost(try await watchOver(watch)) }
      group.addTask {
        try await gracefulShutdown()
        return .stopAsked
      }
      var isServing = true
      var isQuiet = false
      var isStopping = false
      func stopSagas() {
        guard !isStopping else { return }
        isStopping = true
        group.addTask {
          try await orchestrator.stop()
          return .quiet
        }
        group.addTask {
          try await Task.sleep(for: half)
          return .timeUp
        }
      }
      while isServing || !isQuiet, let happening = try await group.next() {
        switch happening {
        case .stopAsked:
          logger.notice("stopping: no new requests")
          group.addTask {
            try await Task.sleep(for: half)
            return .timeUp
          }
        case .serverEnded:
          isServing = false
          stopSagas()
        case .quiet: isQuiet = true
        case .databaseLost(let loss): throw loss
        case .orchestratorEnded: return
        case .timeUp where isStopping:
          logger.warning("stopped before every answer had come; their outcomes are looked up later")
          return
        case .timeUp: stopSagas()
        }
      }
    }
  }
}

extension Settings {
  /// The vendors' names by their authorities, for logs and metrics.
  var vendorNames: [String: String] {
    let vendors = orchestrator.vendors
    let pairs = [
      ("stripe", vendors.stripeURL), ("amadeus", vendors.amadeusURL),
      ("booking.com", vendors.bookingComURL), ("viator", vendors.viatorURL),
      ("mail", vendors.mailURL),
    ].compactMap { name, url -> (String, String)? in
      let parts = url.split(separator: "/")
      return parts.count > 1 ? (String(parts[1]), name) : nil
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}

import BookingOrchestrator
import GRDB
package import HTTPService
import HTTPSockets
package import Logging
import Metrics
import ServiceLifecycle

/// The whole server: starts, serves, and stops without losing or half-telling a booking.
package struct Program: ServiceLifecycle.Service {
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
  /// - Throws: ``DatabaseRefused``, `PortTaken`, or what ended the orchestrator.
  package func run() async throws {
    let pool = try GroupCommitDatabase.open(settings.database)
    let commits = Metrics.Timer(label: "db_commit_duration", factory: metrics)
    let bodies = Recorder(label: "db_commit_bodies", aggregate: true, factory: metrics)
    let failures = Counter(label: "db_commit_failures", factory: metrics)
    let database = GroupCommitDatabase(pool) { commit in
      commits.recordNanoseconds(commit.duration.wholeNanoseconds)
      bodies.record(commit.bodies)
      if !commit.succeeded { failures.increment() }
    }
    let sockets = transport == nil ? SocketTransport() : nil
    let wallClock = SystemWallClock()
    let orchestrator = Orchestrator(
      configuration: settings.orchestrator, clock: ContinuousClock(), wallClock: wallClock,
      ids: TimeOrderedIdentifiers(wallClock: wallClock), jitter: SystemJitter(),
      transport: ObservedTransport(
        inner: transport ?? sockets ?? SocketTransport(), vendors: settings.vendorNames,
        logger: logger, metrics: metrics),
      database: database
    ) { [logger] booking, error in
      logger.error(
        "a trip could not be driven",
        metadata: ["booking_id": "\(booking)", "error": "\(error)"])
    }
    // Held until everything is put away.
    let tenancy = try await DatabaseTenancy.moveIn(settings.database) { [logger] in
      let count = try await orchestrator.takeOverLeases()
      guard count > 0 else { return }
      logger.notice("took over from a process that died", metadata: ["bookings": "\(count)"])
    }
    defer { withExtendedLifetime(tenancy) {} }
    let door = FrontDoor(
      keys: KeyRing(clientKeys: settings.clientKeys, operatorKey: settings.operatorKey),
      orchestrator: orchestrator,
      operators: OperatorDesk(database: database, metrics: metrics))
    // Its own word on listening repeats ours.
    var socketLogger = logger
    socketLogger.logLevel = max(logger.logLevel, .notice)
    let server = SocketServer(
      host: settings.host, port: settings.port,
      service: ObservedService(inner: door, logger: logger, metrics: metrics),
      limits: settings.limits, logger: socketLogger
    ) { [logger, settings, listening] port in
      logger.notice("listening", metadata: ["host": "\(settings.host)", "port": "\(port)"])
      await listening(port)
    }
    var failure: (any Error)?
    do {
      try await serve(orchestrator, server)
    } catch {
      failure = error
    }
    // Whatever ended it: the next process takes these trips up at once, not when leases run out.
    do {
      try await orchestrator.handOver()
      try await sockets?.shutDown()
      try pool.close()
    } catch {
      logger.warning("not everything was put away", metadata: ["error": "\(error)"])
    }
    if let failure { throw failure }
    logger.notice("stopped")
  }

  /// What can happen while it runs.
  private enum Happening { case serverEnded, orchestratorEnded, stopAsked, timeUp, quiet }

  /// Runs both, and ends them in order: first the door is closed and requests under way get half of
  /// the time for their outcomes; then nothing more is sent, who still waits is told where the
  /// booking stands, and answers of vendors get the other half; then it is over.
  private func serve(_ orchestrator: Orchestrator, _ server: SocketServer) async throws {
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

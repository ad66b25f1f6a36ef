public import GRDB
public import HTTPService

/// What an orchestrator may be told.
public struct OrchestratorConfiguration: Sendable, Hashable {
  /// The vendors.
  public var vendors = VendorConfiguration()
  /// How long `POST /booking/book` waits for the saga's outcome before it answers 202.
  public var answerWithin: Duration = .seconds(60)
  /// From acceptance to the moment after which a trip is no longer confirmed.
  public var tripDeadline: Duration = .seconds(3_600)
  /// When the money of trips is taken whose option does not say.
  public var capture = CaptureTime.atOnce
  /// Where clients are told of their bookings; the others are told nothing.
  public var hooks: [ClientName: HookTarget] = [:]
  /// The longest body that is read, in bytes.
  public var bodyLimit = 256 * 1024
  /// Where people reach this server, `https://trips.example.com`: links begin with it. Without it they
  /// are paths.
  public var publicURL = ""
  /// Creates the production defaults.
  public init() {}
}

/// The booking orchestrator: an HTTP service, and the work behind it.
public final class Orchestrator: HTTPService {
  /// Told of a trip that could not be driven: its rows cannot be read, or the database failed.
  ///
  /// It is tried again, at the latest when its lease has run out; told each time.
  public typealias Report = @Sendable (BookingID, any Error) -> Void

  private let engine: SagaEngine
  private let mailer: Mailer
  private let hookSenders: [HookSender]
  private let api: BookingAPI
  private let clock: any Clock<Duration>

  /// Creates an orchestrator over a database that ``migrate(_:)`` has prepared.
  public init(
    configuration: OrchestratorConfiguration, clock: any Clock<Duration>, wallClock: any WallClock,
    ids: any IdentifierSource, jitter: any JitterSource, secrets: any SecretSource,
    transport: any HTTPTransport, database: any DatabaseAccess, renderer: any ItineraryRenderer,
    report: @escaping Report = { _, _ in }
  ) {
    let vendors = VendorClients(
      stripe: StripeClient(configuration.vendors, transport: transport),
      amadeus: AmadeusClient(
        configuration.vendors, transport: transport, wallClock: wallClock),
      bookingCom: BookingComClient(configuration.vendors, transport: transport),
      viator: ViatorClient(configuration.vendors, transport: transport))
    let mailer = Mailer(
      database: database, client: MailClient(configuration.vendors, transport: transport),
      clock: clock, wallClock: wallClock, jitter: jitter)
    let hooks = configuration.hooks.sorted { $0.key.rawValue < $1.key.rawValue }
    let hookSenders = hooks.map { client, target in
      HookSender(
        client: client, target: target, database: database, transport: transport, clock: clock,
        wallClock: wallClock, jitter: jitter)
    }
    engine = SagaEngine(
      database: database,
      store: SagaStore(
        owner: ids.identifier("own", hint: ""), vendors: vendors,
        hookedClients: Set(configuration.hooks.keys)),
      clock: clock, wallClock: wallClock, jitter: jitter, mailEnqueued: { mailer.poke() },
      hooksEnqueued: { for sender in hookSenders { sender.poke() } },
      report: report)
    self.mailer = mailer
    self.hookSenders = hookSenders
    self.clock = clock
    api = BookingAPI(
      configuration: configuration, database: database, ids: ids, wallClock: wallClock,
      engine: engine, secrets: secrets, renderer: renderer)
  }

  /// Recovers, drives sagas, sends mails and tells clients until its task is cancelled. Start it once.
  public func run() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { try await self.engine.run() }
      group.addTask { try await self.mailer.run() }
      for sender in hookSenders { group.addTask { try await sender.run() } }
    }
  }

  /// Stops at a step boundary: nothing new is sent, requests that wait for an outcome are answered
  /// with where the booking stands, and this returns when every answer under way is written down.
  ///
  /// Then cancel the task of ``run()``. Give it a limit of time by cancelling this; a call without
  /// its answer is an unknown outcome, which the next process resolves.
  public func stop() async throws {
    engine.stop()
    mailer.stop()
    for sender in hookSenders { sender.stop() }
    while engine.isBusy || mailer.isBusy || hookSenders.contains(where: \.isBusy) {
      try await clock.sleep(for: .milliseconds(20))
    }
  }

  /// Gives back what this process owns, for the next one to take up at once.
  ///
  /// Call it after ``run()`` has ended; without it the next process waits for leases to run out.
  public func handOver() async throws { try await engine.giveBackLeases() }

  /// Ends every lease on the database, so that ``run()`` takes all trips on their way up at once; how
  /// many leases it were.
  ///
  /// Only before ``run()``, and only when no other process that could hold a lease is alive: what such
  /// a process has under way would be taken for lost. Fencing stays as it is: whoever claims a trip
  /// next raises its epoch, and sends of the dead are unknown outcomes.
  public func takeOverLeases() async throws -> Int { try await engine.takeOverLeases() }

  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply {
    try await api.respond(to: call)
  }
}

extension Orchestrator {
  /// Brings a database to the present version; call before ``init``.
  /// - Throws: a database error, or one that says the database is from a newer version.
  public static func migrate(_ database: some DatabaseWriter) throws {
    try Schema.migrate(database)
  }
}

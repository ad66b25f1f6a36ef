import Audit
package import BookingOrchestrator
import GRDB
package import HTTPService
import HTTPTypes
import Scenarios
import Simulation

/// What an orchestrator is built from, one process at a time.
package struct OrchestratorEnvironment: Sendable {
  package var clock: any Clock<Duration>
  package var wallClock: any BookingOrchestrator.WallClock
  package var ids: any IdentifierSource
  package var jitter: any JitterSource
  package var secrets: any SecretSource
  package var transport: any HTTPTransport
  package var database: any DatabaseAccess
  /// Where clients are told of their bookings.
  package var hooks: [ClientName: HookTarget] = [:]
  /// Told when the drive of a trip fails.
  package var report: Orchestrator.Report = { _, _ in }
}

/// A program that answers requests while it runs.
package struct OrchestratorProgram: Sendable {
  package var service: any HTTPService
  package var run: @Sendable () async throws -> Void
  /// Begins nothing new, and returns when every answer under way is written down.
  package var stop: @Sendable () async throws -> Void = {}
  /// Puts away what is left when nothing runs any more.
  package var handOver: @Sendable () async throws -> Void = {}
}

/// A machine that the orchestrator runs on: starts it, kills it, starts it again, and makes it stand still.
final class OrchestratorNode: @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.
  let recorder: Recorder
  private let scenario: Scenario.Orchestrators
  private let simulator: Simulator
  private let network: SimulatedNetwork
  private let node: Node
  /// From 1.
  private let number: Int
  private let queue: DatabaseQueue
  private let identifiers: WorldIdentifiers
  private let epochMicroseconds: Int64
  private let hooks: [ClientName: HookTarget]
  private let build: @Sendable (OrchestratorEnvironment) -> OrchestratorProgram
  private var startedAt: Int64 = 0
  private var commits: UInt64 = 0
  private var timers: UInt64 = 0
  private var pauses: UInt64 = 0
  private var sends = CallKeys()

  private static let timer = Purpose("crash/timer")
  private static let commit = Purpose("crash/commit")
  private static let beforeSend = Purpose("crash/before-send")
  private static let afterSend = Purpose("crash/after-send")
  private static let restart = Purpose("crash/restart")
  private static let stop = Purpose("crash/stop")
  private static let latency = Purpose("disk/commit-latency")
  private static let pauseTimer = Purpose("pause/timer")
  private static let pauseLength = Purpose("pause/length")

  /// A crash this soon after a restart hits the recovery from the crash before.
  private static let recovery: Int64 = 60_000_000

  /// - Parameter number: counts the machines of a world, from 1.
  init(
    _ scenario: Scenario.Orchestrators, number: Int = 1, identifiers: WorldIdentifiers,
    recorder: Recorder, network: SimulatedNetwork, queue: DatabaseQueue, epochMicroseconds: Int64,
    hooks: [ClientName: HookTarget] = [:],
    build: @escaping @Sendable (OrchestratorEnvironment) -> OrchestratorProgram
  ) {
    self.scenario = scenario
    self.identifiers = identifiers
    self.number = number
    self.recorder = recorder
    self.network = network
    self.queue = queue
    self.epochMicroseconds = epochMicroseconds
    self.hooks = hooks
    self.build = build
    simulator = recorder.simulator
    node = simulator.makeNode("orchestrator-\(number)")
  }

  /// Its name.
  var name: String { node.name }
  /// Whether a process runs.
  var isUp: Bool { node.process != nil }

  /// Starts a process.
  func start() {
    let process = node.start { [self] process in
      let program = self.program(of: process)
      var end = "exit"
      do {
        if let stopAfter = scenario.stopAfter {
          var stream = stream(Self.stop, UInt64(process.incarnation))
          end = try await OrchestratorStop(program: program, clock: process.clock, node: self)
            .run(for: stream.delay(stopAfter))
        } else {
          open(program.service)
          try await program.run()
        }
      } catch {
        // A dead process unwinds with an error of its own; any other means that it gave up.
        try process.checkAlive()
      }
      try self.crashHere(end, process)
    }
    startedAt = recorder.now
    commits = 0
    recorder.started(node.name, process.incarnation)
  }

  /// Takes the machine off the network for good.
  ///
  /// The orchestrator sends through the network that it is attached to: either would keep the other.
  func switchOff() { network.detach(Authority.orchestrator, from: node) }

  /// Says that the process that runs begins to stop.
  func noteStopping() { recorder.stopping(node.name) }

  /// Puts a service on the network.
  func open(_ service: any HTTPService) {
    network.attach(service, to: Authority.orchestrator, on: node)
  }

  /// Whether a process may still be stopped: in the quiet nothing happens to it any more.
  var mayStop: Bool { !recorder.isQuiet }

  private func program(of process: SimulatedProcess) -> OrchestratorProgram {
    build(
      OrchestratorEnvironment(
        clock: process.clock,
        wallClock: ProcessWallClock(process: process, epochMicroseconds: epochMicroseconds),
        ids: ProcessIdentifiers(process: process, world: identifiers),
        jitter: KeyedJitter(streams: simulator.streams),
        secrets: KeyedSecrets(streams: simulator.streams),
        transport: CrashingTransport(
          inner: network.transport(for: process), process: process, host: self),
        database: SimulatedDatabase(queue: queue, process: process, host: self), hooks: hooks,
        report: { [recorder] booking, error in
          // The dead say nothing.
          guard process.isAlive else { return }
          recorder.reported(booking.rawValue, "\(error)")
        }))
  }

  /// A stream of this machine's: the first one's keys are those of a world that has no other.
  private func stream(_ purpose: Purpose, _ a: UInt64, _ b: UInt64 = 0) -> RandomStream {
    simulator.streams.stream(purpose, a, b, UInt64(number - 1))
  }

  /// Time of the next commit.
  ///
  /// Keyed by the moment, not by a count: other bookings' commits do not shift it.
  func commitLatency() -> Duration {
    var stream = stream(Self.latency, UInt64(bitPattern: recorder.now))
    return scenario.commitLatency.duration(&stream)
  }
}

// MARK: Crashes

extension OrchestratorNode {
  /// On which side of a commit or a sending.
  enum Side { case before, after }

  /// Begins the crashes at random moments.
  func beginCrashing() {
    guard let gaps = scenario.crashEvery else { return }
    timers += 1
    var stream = stream(Self.timer, timers)
    simulator.schedule(after: stream.delay(gaps), "crash-timer") { [self] in
      guard !recorder.isQuiet else { return }
      crash("timer")
      beginCrashing()
    }
  }

  /// Decides whether the next commit is one that the process does not survive.
  func crashAtCommit() -> Side? {
    commits += 1
    guard !recorder.isQuiet, scenario.crashAtCommit != .never, let process = node.process else {
      return nil
    }
    var stream = stream(Self.commit, UInt64(process.incarnation), commits)
    guard stream.chance(partsPerMillion: scenario.crashAtCommit.partsPerMillion) else {
      return nil
    }
    return stream.index(below: 2) == 0 ? .before : .after
  }

  /// Decides whether the process dies before or after the next sending of a request.
  func crashAtSend(_ side: Side, _ baggage: @autoclosure () -> String) -> Bool {
    guard !recorder.isQuiet, scenario.crashAtSend != .never else { return false }
    let key = sends.next(baggage(), side == .before ? "before" : "after")
    var stream = simulator.streams.stream(side == .before ? Self.beforeSend : Self.afterSend, key)
    return stream.chance(partsPerMillion: scenario.crashAtSend.partsPerMillion / 2)
  }

  /// Kills the process that runs, if any.
  func crash(_ point: String) {
    guard let process = node.process else { return }
    prepareCrash(point, process)
    node.crash()
  }

  /// Kills a process from within.
  func crashHere(_ point: String, _ process: SimulatedProcess) throws -> Never {
    try process.checkAlive()
    prepareCrash(point, process)
    try process.crashHere()
  }

  private func prepareCrash(_ point: String, _ process: SimulatedProcess) {
    let recovers = process.incarnation > 1 && recorder.now - startedAt < Self.recovery
    if recovers { recorder.mark("recovery-crashed") }
    recorder.crashed(
      CrashRecord(
        atMicroseconds: recorder.now, point: point, node: node.name,
        incarnation: process.incarnation,
        duringRecovery: recovers || recorder.undosUnderWay > 0))
    switchOff()
    var stream = stream(Self.restart, UInt64(process.incarnation))
    simulator.schedule(after: stream.delay(scenario.restartAfter), "restart") { [self] in start() }
  }
}

// MARK: Pauses

extension OrchestratorNode {
  /// Begins the pauses at random moments, one at a time.
  func beginPausing() {
    guard let gaps = scenario.pauseEvery else { return }
    pauses += 1
    var stream = stream(Self.pauseTimer, pauses)
    simulator.schedule(after: stream.delay(gaps), "pause-timer") { [self] in
      guard !recorder.isQuiet else { return }
      guard let process = node.process else { return beginPausing() }
      var stream = self.stream(Self.pauseLength, pauses)
      node.pause()
      recorder.paused(node.name, process.incarnation)
      simulator.schedule(after: stream.delay(scenario.pauseFor), "pause-over") { [self] in
        // Whoever died meanwhile has a successor that never stood still.
        if process.isAlive {
          recorder.resumed(node.name, process.incarnation)
          node.resume()
        }
        beginPausing()
      }
    }
  }
}

/// Sends the orchestrator's requests; some it does not survive.
struct CrashingTransport: HTTPTransport {
  let inner: any HTTPTransport
  let process: SimulatedProcess
  let host: OrchestratorNode

  func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
    try process.checkAlive()
    // An event for a client carries none: nobody else's business goes to it.
    if host.crashAtSend(
      .before, call.request.headerFields[.baggage] ?? HookReceivers.tags(of: call.body))
    {
      try host.crashHere("before-send", process)
    }
    return try await inner.send(call, timeout: timeout)
  }
}

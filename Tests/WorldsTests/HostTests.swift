import BookingOrchestrator
import GRDB
import HTTPService
import HTTPTypes
import Scenarios
import Simulation
import Testing

@testable import Audit
@testable import Worlds

/// A program that only counts in its database.
private struct Counter: HTTPService {
  let seams: OrchestratorEnvironment

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let count = try await seams.database.write { db in
      try db.execute(sql: "UPDATE counter SET value = value + 1")
      return try Int.fetchOne(db, sql: "SELECT value FROM counter") ?? 0
    }
    return HTTPReply(status: .ok, contentType: "text/plain", body: Array("\(count)".utf8))
  }
}

/// A machine with the counter on it, and somebody who calls it.
private final class Bench {
  let simulator = Simulator(seed: 5)
  let recorder: Recorder
  let queue: DatabaseQueue
  let network: SimulatedNetwork
  let host: OrchestratorNode
  let caller: SimulatedProcess
  let exchanges = Pass()

  /// Lets everything pass, and writes it down.
  final class Pass: NetworkModel {
    weak var recorder: Recorder?
    func route(_ exchange: Exchange) -> RoutePlan {
      recorder?.sent(
        exchange, service: "orchestrator", operation: "count", baggage: CallTags(""),
        idempotencyKey: "", fault: nil)
      return RoutePlan(requestLatency: .milliseconds(1), responseLatency: .milliseconds(1))
    }
    func delivered(_ exchange: Exchange, copy: Int, at: SimulatedInstant) {}
    func answered(_: Exchange, copy: Int, reply: HTTPReply, at: SimulatedInstant) {}
    func ended(_ exchange: Exchange, result: ExchangeResult, at: SimulatedInstant) {
      recorder?.ended(exchange, result: result)
    }
  }

  init(
    _ change: (inout Scenario.Orchestrators) -> Void = { _ in },
    stop: (@Sendable (any Clock<Duration>) async throws -> Void)? = nil
  ) throws {
    var scenario = Scenario.Orchestrators()
    scenario.restartAfter = .constant(2)
    change(&scenario)
    recorder = Recorder(simulator)
    exchanges.recorder = recorder
    queue = try SimulatedDatabase.open()
    try Bench.prepare(queue)
    network = SimulatedNetwork(simulator, model: exchanges)
    host = OrchestratorNode(
      scenario, identifiers: WorldIdentifiers(), recorder: recorder, network: network, queue: queue,
      epochMicroseconds: World.epoch
    ) { seams in
      OrchestratorProgram(
        service: Counter(seams: seams),
        run: {
          try await Task.sleep(for: .seconds(1_000_000), clock: AnyDurationClock(seams.clock))
        },
        stop: { try await stop?(seams.clock) })
    }
    caller = simulator.makeNode("clients").start { _ in }
  }

  private static func prepare(_ queue: DatabaseQueue) throws {
    try queue.write {
      try $0.execute(sql: "CREATE TABLE counter (value INTEGER); INSERT INTO counter VALUES (0)")
    }
  }

  /// What is committed.
  var value: Int? { try? queue.read { try Int.fetchOne($0, sql: "SELECT value FROM counter") } }

  /// Calls after some time; the answer comes into `answers`.
  func call(after delay: Duration) {
    let transport = network.transport(for: caller)
    let caller = caller
    let box = answers
    caller.spawn {
      try await caller.wait(delay)
      let request = HTTPRequest(
        method: .post, scheme: "http", authority: Authority.orchestrator, path: "/count")
      do {
        let reply = try await transport.send(HTTPCall(request), timeout: .seconds(10))
        box.all.append(String(decoding: reply.body, as: UTF8.self))
      } catch let error as TransportError {
        box.all.append(error.effect == .none ? "refused" : "unknown")
      }
    }
  }

  final class Answers: @unchecked Sendable {
    // Unchecked: confined to the simulator's thread.
    var all: [String] = []
  }
  let answers = Answers()

  func run(_ seconds: Int) {
    var isOver = false
    simulator.schedule(after: .seconds(seconds), "over") { isOver = true }
    _ = simulator.run { isOver }
  }
}

/// Opens an existential clock.
private struct AnyDurationClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration
    func advanced(by duration: Duration) -> Self { Self(offset: offset + duration) }
    func duration(to other: Self) -> Duration { other.offset - offset }
    static func < (a: Self, b: Self) -> Bool { a.offset < b.offset }
  }
  let base: any Clock<Duration>
  init(_ base: any Clock<Duration>) { self.base = base }
  var now: Instant { Instant(offset: .zero) }
  var minimumResolution: Duration { .microseconds(1) }
  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try await base.sleep(for: deadline.offset)
  }
}

struct HostTests {
  @Test func commitsTakeTimeAndLast() throws {
    let bench = try Bench { $0.commitLatency = .constant(0.5) }
    bench.host.start()
    bench.call(after: .seconds(1))
    bench.run(2)
    #expect(bench.answers.all == ["1"])
    #expect(bench.recorder.history.calls.first?.latencyMicroseconds == 502_000)
  }

  @Test func dataOutlivesTheProcess() throws {
    let bench = try Bench()
    bench.host.start()
    bench.call(after: .seconds(1))
    bench.simulator.schedule(after: .seconds(2), "kill") { bench.host.crash("timer") }
    bench.call(after: .seconds(10))
    bench.run(20)
    #expect(bench.answers.all == ["1", "2"])
    #expect(bench.recorder.history.crashes.map(\.point) == ["timer"])
  }

  @Test func deadProcessesRefuseUntilTheRestart() throws {
    let bench = try Bench()
    bench.host.start()
    bench.simulator.schedule(after: .seconds(2), "kill") { bench.host.crash("timer") }
    bench.call(after: .seconds(3))
    bench.call(after: .seconds(5))
    bench.run(20)
    #expect(bench.answers.all == ["refused", "1"])
  }

  @Test func crashInACommitsWaitWritesNothing() throws {
    let bench = try Bench { $0.commitLatency = .constant(1) }
    bench.host.start()
    bench.call(after: .seconds(1))
    bench.simulator.schedule(after: .milliseconds(1_500), "kill") { bench.host.crash("timer") }
    bench.run(2)
    #expect(bench.answers.all == ["unknown"])
    #expect(bench.value == 0)
  }

  @Test func crashesAtCommitComeOnBothSides() throws {
    let bench = try Bench { $0.crashAtCommit = Share(partsPerMillion: 1_000_000) }
    bench.host.start()
    for number in 0..<40 { bench.call(after: .seconds(10 * number + 1)) }
    bench.run(500)
    let points = bench.recorder.history.crashes.map(\.point)
    let after = points.filter { $0 == "after-commit" }.count
    #expect(bench.answers.all == Array(repeating: "unknown", count: 40))
    #expect(points.count == 40)
    #expect((8...32).contains(after))
    // What was committed is there, what was not is not.
    #expect(bench.value == after)
  }

  @Test func quietHasNoCrashes() throws {
    let bench = try Bench {
      $0.crashAtCommit = Share(partsPerMillion: 1_000_000)
      $0.crashEvery = .constant(5)
    }
    bench.host.start()
    bench.host.beginCrashing()
    bench.recorder.beginQuiet()
    bench.call(after: .seconds(1))
    bench.run(100)
    #expect(bench.answers.all == ["1"])
    #expect(bench.recorder.history.crashes.isEmpty)
  }

  /// Requests under way are answered, new ones find nobody; then it ends, and comes again.
  @Test func aStopIsInGoodOrder() throws {
    let bench = try Bench {
      $0.stopAfter = .constant(5)
      $0.commitLatency = .constant(1)
    } stop: { clock in
      try await clock.sleep(for: .seconds(3))
    }
    bench.host.start()
    bench.call(after: .milliseconds(4_500))
    bench.call(after: .seconds(6))
    bench.call(after: .seconds(11))
    bench.run(14)
    #expect(bench.answers.all == ["1", "refused", "2"])
    let end = try #require(bench.recorder.history.crashes.first)
    #expect(end.point == CrashRecord.stopped)
    #expect((8_500_000...8_700_000).contains(end.atMicroseconds))
    #expect(bench.recorder.history.faults.map(\.kind) == ["stop"])
  }

  @Test func aStopThatDoesNotEndIsCutOff() throws {
    let bench = try Bench {
      $0.stopAfter = .constant(5)
    } stop: { clock in
      try await clock.sleep(for: .seconds(100_000))
    }
    bench.host.start()
    bench.run(306)
    #expect(bench.recorder.history.crashes.map(\.point) == [CrashRecord.cutOff])
  }

  @Test func quietHasNoStops() throws {
    let bench = try Bench { $0.stopAfter = .constant(5) }
    bench.host.start()
    bench.recorder.beginQuiet()
    bench.call(after: .seconds(6))
    bench.run(100)
    #expect(bench.answers.all == ["1"])
    #expect(bench.recorder.history.crashes.isEmpty)
  }

  @Test func timersKillAgainAndAgain() throws {
    let bench = try Bench { $0.crashEvery = .constant(50) }
    bench.host.start()
    bench.host.beginCrashing()
    bench.run(220)
    #expect(bench.recorder.history.crashes.map(\.incarnation) == [1, 2, 3, 4])
    #expect(
      bench.recorder.history.marks["recovery-crashed"] == 3, "50 s is within the recovery's 60 s")
  }

  @Test func whoStandsStillNoticesNothingAndGoesOn() throws {
    let bench = try Bench {
      $0.pauseEvery = .constant(10)
      $0.pauseFor = .constant(8)
    }
    bench.host.start()
    bench.host.beginPausing()
    bench.call(after: .seconds(12))
    bench.run(17)
    #expect(bench.answers.all.isEmpty, "the request has arrived and waits")
    bench.run(2)
    #expect(bench.answers.all == ["1"])
    #expect(bench.recorder.history.faults.map(\.kind) == ["pause"])
    #expect(bench.recorder.history.crashes.isEmpty)
  }

  @Test func aDeathEndsAStandstill() throws {
    let bench = try Bench {
      $0.pauseEvery = .constant(10)
      $0.pauseFor = .constant(60)
    }
    bench.host.start()
    bench.host.beginPausing()
    bench.run(20)
    bench.host.crash("timer")
    bench.call(after: .seconds(5))
    bench.run(30)
    #expect(bench.answers.all == ["1"], "the successor answers at once")
  }

  @Test func aRivalsBookingIsItsClients() {
    let node = Simulator(seed: 1).makeNode("orchestrator-1")
    let ids = ProcessIdentifiers(process: node.start { _ in }, world: WorldIdentifiers())
    #expect(ids.identifier("bk", hint: "default/rival-17") == "bk_17-rival")
    #expect(ids.identifier("bk", hint: "default/key-17") == "bk_17")
    let shared = ProcessIdentifiers(
      process: Simulator(seed: 1).makeNode("o").start { _ in }, world: WorldIdentifiers(names: 3))
    #expect(shared.identifier("bk", hint: "Client-0/rival-2") == "bk_7-rival")
    #expect(CallTags.client(ofBooking: "bk_7-rival") == 7)
  }

  @Test func bookingsAreNumberedLikeTheirClientsUnderKeysThatManyNamesUse() {
    let node = Simulator(seed: 1).makeNode("orchestrator-1")
    let ids = ProcessIdentifiers(process: node.start { _ in }, world: WorldIdentifiers(names: 3))
    let made = (0..<9).map { client in
      let identity = ClientIdentity(client, names: 3)
      return ids.identifier("bk", hint: "\(identity.name ?? "")/key-\(identity.number)")
    }
    #expect(made == (0..<9).map { "bk_\($0)" })
    #expect(Set((0..<9).map { ClientIdentity($0, names: 3).number }) == [0, 1, 2])
  }

  @Test func identifiersAreNeverRepeated() throws {
    let world = WorldIdentifiers()
    let simulator = Simulator(seed: 1)
    let node = simulator.makeNode("orchestrator-1")
    let first = ProcessIdentifiers(process: node.start { _ in }, world: world)
    #expect(first.identifier("bk", hint: "default/key-17") == "bk_17")
    #expect(first.identifier("bk", hint: "key-17") == "bk_17-2")
    #expect(first.identifier("own", hint: "") == "orchestrator-1#1")
    node.crash()
    let second = ProcessIdentifiers(process: node.start { _ in }, world: world)
    #expect(second.identifier("bk", hint: "key-17") == "bk_17-3")
    #expect(second.identifier("own", hint: "") == "orchestrator-1#2")
  }
}

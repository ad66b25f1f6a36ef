/// A deterministic world in virtual time for any program written with Swift concurrency.
///
/// One thread, one heap of events ordered by (microsecond, sequence). Time jumps from event to event
/// and never moves while a job is runnable. Programs run as ``SimulatedProcess``es on ``Node``s; each process
/// has a task executor, a clock and a transport of its own, and can be killed at any moment. Which
/// of several runnable jobs goes next is a seeded choice. Every event is folded into a trace hash.
///
/// Two nodes play ping-pong over a link that loses one message in ten:
///
/// ```swift
/// let simulator = Simulator(seed: 42)
/// let link = LossyLink(simulator, latency: .lognormal(median: 0.020, p99: 0.200), loss: 0.1)
/// let network = SimulatedNetwork(simulator, model: link)
/// let (alice, bob) = (simulator.makeNode("alice"), simulator.makeNode("bob"))
/// bob.start { _ in }
/// network.attach(Pong(), to: "bob.test", on: bob)
/// alice.start { alice in
///   let transport = network.transport(for: alice)
///   for ball in 1...10 {
///     while (try? await transport.send(ping(ball), timeout: .seconds(1))) == nil {
///       try await alice.wait(.milliseconds(100))
///     }
///   }
/// }
/// print(simulator.run(), simulator.now, simulator.traceHash)  // the same in every process
/// ```
///
/// A simulator and everything that belongs to it must be used from the thread that calls
/// ``run(until:)`` only, before it and during it. Several may run side by side on several threads.
/// Call ``shutDown()`` when a world is done with, so that tasks that still wait unwind.
public final class Simulator: @unchecked Sendable {
  // Unchecked: confined to the one thread that runs it, as documented above.

  /// How the next of several runnable jobs is chosen.
  public enum Schedule: String, Sendable, Hashable, CaseIterable {
    /// First in, first out.
    case fifo
    /// Any, with equal probability.
    case random
    /// By priorities that change at a few random points (probabilistic concurrency testing).
    case pct
  }

  /// What ends a run although there is still something to do.
  public struct Limits: Sendable, Hashable {
    /// The virtual time that may pass.
    public var virtualTime: Duration
    /// The events that may happen.
    public var events: Int
    /// Jobs that may run without time moving on (a program that spins).
    public var jobsWithoutProgress: Int

    /// Creates limits.
    public init(
      virtualTime: Duration = .seconds(30 * 86_400), events: Int = 100_000_000,
      jobsWithoutProgress: Int = 10_000_000
    ) {
      self.virtualTime = virtualTime
      self.events = events
      self.jobsWithoutProgress = jobsWithoutProgress
    }
  }

  /// Why a run ended.
  public enum End: Sendable, Hashable {
    /// The condition held.
    case satisfied
    /// Nothing was left to do: no runnable job, no event.
    case idle
    /// A limit was reached; says which, for people.
    case limit(String)
    /// A job left the simulation; names it.
    case escaped(String)
    /// ``Simulator/stop(_:)`` was called; its reason.
    case stopped(String)
  }

  /// One record of the trace, as ``onRecord`` sees it.
  public struct Record: Sendable, Hashable {
    /// Counts all records, from 1.
    public let index: Int
    /// When it happened.
    public let at: SimulatedInstant
    /// What happened: "job", "sleep", "send".
    public let kind: String
    /// The rest, for people.
    public let detail: String
  }

  /// The seed.
  public let seed: UInt64
  /// The keyed random streams of this world.
  public let streams: Streams
  /// How the next of several runnable jobs is chosen.
  public let schedule: Schedule
  /// What ends a run although there is still something to do.
  public let limits: Limits
  /// The present virtual time.
  public internal(set) var now = SimulatedInstant(microseconds: 0)
  /// How many events have happened.
  public internal(set) var eventCount = 0
  /// How many jobs have run, those of dead processes excepted.
  public internal(set) var jobCount = 0

  var trace: Trace
  var events = EventQueue()
  var ready: ReadyQueue
  /// What is left to run of processes that died, first in, first out.
  var remains = UnwindingJobs()
  /// Processes that run, oldest first.
  var living: [SimulatedProcess] = []
  /// The process whose job is running.
  var current: SimulatedProcess?
  var runState = RunState()
  let tripwire = Tripwire()

  /// The last microsecond that the limits allow.
  let horizon: Int64

  private var processes = 0

  /// Creates an empty world.
  public init(seed: UInt64, schedule: Schedule = .random, limits: Limits = Limits()) {
    self.seed = seed
    self.schedule = schedule
    self.limits = limits
    horizon = limits.virtualTime.wholeMicroseconds
    streams = Streams(seed: seed)
    trace = Trace(seed: seed)
    ready = ReadyQueue(schedule, streams)
  }

  /// Whether the Swift runtime has the hooks that tell of jobs leaving a simulation.
  public static var detectsEscapes: Bool { Tripwire.isInstalled }

  /// The rolling 64-bit hash over everything that has happened.
  public var traceHash: UInt64 { trace.hash }

  /// Called for each record that is folded into the trace hash, when set (costs formatting).
  public var onRecord: ((Record) -> Void)? {
    get { trace.onRecord }
    set { trace.onRecord = newValue }
  }

  /// Folds a record into the trace hash. `detail` is formatted only when ``onRecord`` is set.
  ///
  /// What a dead process records as it unwinds is not seen.
  public func record(
    _ kind: StaticString, _ a: UInt64 = 0, _ b: UInt64 = 0, detail: @autoclosure () -> String = ""
  ) {
    if isUnseen { return }
    trace.record(at: now.microseconds, kind, a, b, detail: detail)
  }

  /// Has `action` happen after `delay` of virtual time, on the simulator's thread.
  ///
  /// The event belongs to the world, not to a process: it happens whoever dies before that.
  @discardableResult
  public func schedule(
    after delay: Duration, _ kind: StaticString, _ action: @escaping () -> Void
  ) -> ScheduledEvent {
    events.add(at: instant(after: delay), kind, .perform(action))
  }

  /// Takes a scheduled event back; does nothing when it has already happened. O(1).
  public func cancel(_ event: ScheduledEvent) { _ = events.remove(event) }

  /// Creates a node: a machine on which one process at a time may run.
  public func makeNode(_ name: String) -> Node { Node(name, self) }

  /// Ends the run after the present event.
  ///
  /// Between runs, ends the next run before it begins. The first of several reasons is kept.
  public func stop(_ reason: String) {
    if runState.stopReason == nil { runState.stopReason = reason }
  }

  /// Kills what still runs, unseen, and forgets all events, so that tasks unwind and memory returns.
  ///
  /// The trace hash, the time and the counts stay as they are.
  public func shutDown() {
    runState.isShuttingDown = true
    while let process = living.last { process.die() }
    events.removeAll()
  }

  /// The microsecond that lies `delay` from now; not before now.
  func instant(after delay: Duration) -> Int64 {
    max(now, now.advanced(by: delay)).microseconds
  }

  /// Counts the processes of this world.
  func nextProcess() -> UInt64 {
    processes += 1
    return UInt64(processes)
  }

  /// Whether what happens right now must leave no trace: a dead process unwinds.
  private var isUnseen: Bool {
    if runState.isShuttingDown || remains.isRunning { return true }
    guard let current, !current.isAlive else { return false }
    return !runState.isKilling
  }
}

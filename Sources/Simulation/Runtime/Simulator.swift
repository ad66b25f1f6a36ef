/// A deterministic world in virtual time for any program written with Swift concurrency.
///
/// One thread, one heap of events ordered by (microsecond, sequence). Time jumps from event to event
/// and never moves while a job is runnable. Programs run as ``Process``es on ``Node``s; each process
/// has a task executor, a clock and a transport of its own, and can be killed at any moment. Which
/// of several runnable jobs goes next is a seeded choice. Every event is folded into a trace hash.
///
/// A simulator and everything that belongs to it must be used from the thread that calls
/// ``run(until:)`` only, before it and during it.
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
    public let index: Int
    public let at: SimulatedInstant
    public let kind: String
    public let detail: String
  }

  /// Creates an empty world.
  public init(seed: UInt64, schedule: Schedule = .random, limits: Limits = Limits()) {
    fatalError("seam")
  }

  /// The seed.
  public var seed: UInt64 { fatalError("seam") }
  /// The keyed random streams of this world.
  public var streams: Streams { fatalError("seam") }
  /// The present virtual time.
  public var now: SimulatedInstant { fatalError("seam") }
  /// How many events have happened.
  public var eventCount: Int { fatalError("seam") }
  /// The rolling 64-bit hash over everything that has happened.
  public var traceHash: UInt64 { fatalError("seam") }
  /// Called for each record that is folded into the trace hash, when set (costs formatting).
  public var onRecord: ((Record) -> Void)? {
    get { fatalError("seam") }
    set { fatalError("seam") }
  }

  /// Folds a record into the trace hash. `detail` is formatted only when ``onRecord`` is set.
  public func record(
    _ kind: StaticString, _ a: UInt64 = 0, _ b: UInt64 = 0, detail: @autoclosure () -> String = ""
  ) { fatalError("seam") }

  /// Has `action` happen after `delay` of virtual time, on the simulator's thread.
  @discardableResult
  public func schedule(
    after delay: Duration, _ kind: StaticString, _ action: @escaping () -> Void
  ) -> ScheduledEvent { fatalError("seam") }
  /// Takes a scheduled event back; does nothing when it has already happened. O(1).
  public func cancel(_ event: ScheduledEvent) { fatalError("seam") }

  /// Creates a node: a machine on which one process at a time may run.
  public func makeNode(_ name: String) -> Node { fatalError("seam") }

  /// Runs until `condition` holds (asked after each event), nothing is left to do, or a limit is hit.
  public func run(until condition: () -> Bool = { false }) -> End { fatalError("seam") }
  /// Ends the run after the present event.
  public func stop(_ reason: String) { fatalError("seam") }
}

/// A handle on a scheduled event.
public struct ScheduledEvent: Sendable, Hashable {
  let sequence: UInt64
}

/// A moment of virtual time: microseconds since the world began.
public struct SimulatedInstant: InstantProtocol, Hashable, Sendable, CustomStringConvertible {
  /// Microseconds since the world began.
  public var microseconds: Int64
  /// Creates an instant.
  public init(microseconds: Int64) { self.microseconds = microseconds }
  public func advanced(by duration: Duration) -> Self { fatalError("seam") }
  public func duration(to other: Self) -> Duration { fatalError("seam") }
  public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
  public var description: String { "\(microseconds)us" }
}

/// The clock of one process.
public struct SimulatedClock: Clock, Sendable {
  public var now: SimulatedInstant { fatalError("seam") }
  public var minimumResolution: Duration { .microseconds(1) }
  public func sleep(until deadline: SimulatedInstant, tolerance: Duration?) async throws {
    fatalError("seam")
  }
}

/// A machine: runs one process at a time; what it stores elsewhere outlives the process.
public final class Node: @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.
  /// Its name.
  public var name: String { fatalError("seam") }
  /// The running process, if any.
  public var process: Process? { fatalError("seam") }
  /// Starts a new process whose root task runs `main`. The node must not be running one.
  @discardableResult
  public func start(_ main: @escaping @Sendable (Process) async throws -> Void) -> Process {
    fatalError("seam")
  }
  /// Kills the running process, if any: nothing of it runs on, its pending waits end in
  /// ``ProcessDied``, its tasks unwind unseen, what it had sent is still on the wire.
  public func crash() { fatalError("seam") }
}

/// One incarnation of a program on a node.
public final class Process: TaskExecutor, @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.
  /// The node's name.
  public var nodeName: String { fatalError("seam") }
  /// 1 for a node's first process, then counted up.
  public var incarnation: Int { fatalError("seam") }
  /// Whether it still runs.
  public var isAlive: Bool { fatalError("seam") }
  /// Its clock.
  public var clock: SimulatedClock { fatalError("seam") }
  /// Throws ``ProcessDied`` when the process is dead: every seam that the embedding program offers
  /// to the process (its database, its generators) begins with this.
  public func checkAlive() throws { fatalError("seam") }
  /// Starts a further root task, for example for an incoming request.
  public func spawn(_ body: @escaping @Sendable () async throws -> Void) { fatalError("seam") }
  /// Kills this process from within, at this very point, and throws ``ProcessDied``.
  public func crashHere() throws -> Never { fatalError("seam") }
  public func enqueue(_ job: consuming ExecutorJob) { fatalError("seam") }
}

/// Thrown by every seam of a process that has been killed.
public struct ProcessDied: Error, Sendable, Hashable {}

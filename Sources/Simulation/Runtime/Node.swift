/// A machine: runs one process at a time; what it stores elsewhere outlives the process.
public final class Node: @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.

  /// Its name.
  public let name: String
  /// The running process, if any.
  public internal(set) var process: SimulatedProcess?
  /// How much its wall clock is ahead of the true one; negative when it is behind.
  public var clockOffset = Duration.zero

  private let simulator: Simulator
  private var incarnations = 0

  init(_ name: String, _ simulator: Simulator) {
    self.name = name
    self.simulator = simulator
  }

  /// Starts a new process whose root task runs `main`. The node must not be running one.
  ///
  /// The process lives on when `main` returns, for the sake of its other tasks and of what is
  /// attached to it, until ``crash()``. An error that escapes `main`, other than ``ProcessDied`` and
  /// `CancellationError`, stops the run.
  @discardableResult
  public func start(_ main: @escaping @Sendable (SimulatedProcess) async throws -> Void)
    -> SimulatedProcess
  {
    precondition(process == nil, "node \(name) already runs a process")
    incarnations += 1
    let started = SimulatedProcess(self, simulator, incarnation: incarnations)
    process = started
    simulator.living.append(started)
    simulator.record(
      "start", started.ordinal, UInt64(incarnations), detail: "\(name)#\(started.incarnation)")
    started.spawn { try await main(started) }
    return started
  }

  /// Kills the running process, if any: nothing of it runs on, its pending waits end in
  /// ``ProcessDied``, its tasks unwind unseen, what it had sent is still on the wire.
  public func crash() { process?.die() }

  /// Stops the running process, if any, without killing it: time goes on, it does not notice.
  public func pause() { process?.pause() }

  /// Lets a paused process go on, with all that came to it in the meantime.
  public func resume() { process?.resume() }
}

/// The clock of one process.
///
/// It counts virtual time since the world began, like a monotonic clock. Wall-clock time, which may
/// be wrong, is ``SimulatedProcess/wallClockMicroseconds(epoch:)``.
public struct SimulatedClock: Clock, Sendable {
  let process: SimulatedProcess

  public var now: SimulatedInstant { process.simulator.now }
  public var minimumResolution: Duration { .microseconds(1) }

  /// Sleeps until exactly `deadline`; one that has passed still lets others run first.
  /// - Throws: `CancellationError`, or ``ProcessDied`` when the process is dead.
  public func sleep(until deadline: SimulatedInstant, tolerance: Duration? = nil) async throws {
    try await process.sleep(until: deadline.microseconds)
  }
}

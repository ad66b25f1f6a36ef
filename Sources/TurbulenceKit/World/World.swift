package import Simulation

/// One scenario under one seed, from the first client to the verdict.
package struct World {
  /// Runs a scenario under a seed, on the calling thread, and tells all about it.
  ///
  /// - Parameters:
  ///   - progress: told now and then how many trips are finished and how much virtual time passed.
  ///   - trace: told every record of the trace, when set (slow).
  package static func run(
    _ scenario: Scenario, seed: UInt64,
    progress: ((_ finished: Int, _ virtualMicroseconds: Int64) -> Void)? = nil,
    trace: ((Simulator.Record) -> Void)? = nil
  ) -> RunResult { fatalError("seam") }
}

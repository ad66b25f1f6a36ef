import BookingOrchestrator
package import Scenarios
package import Simulation

/// One scenario under one seed, from the first client to the verdict.
package struct World {
  /// 2026-11-23T00:00:00Z in microseconds since 1970: when every world begins.
  package static let epoch: Int64 = 1_795_392_000_000_000

  /// Runs a scenario under a seed, on the calling thread, and tells all about it.
  ///
  /// Worlds share nothing: several may run at once, each on a thread of its own.
  /// - Parameters:
  ///   - leavingOut: clients (from 0) that do not come; all others draw what they drew before.
  ///   - progress: told now and then how many trips are finished and how much virtual time passed.
  ///   - trace: told every record of the trace, when set (slow).
  package static func run(
    _ scenario: Scenario, seed: UInt64, leavingOut: Set<Int> = [],
    progress: ((_ finished: Int, _ virtualMicroseconds: Int64) -> Void)? = nil,
    trace: ((Simulator.Record) -> Void)? = nil
  ) -> RunResult {
    let stage = Stage(scenario, seed: seed, leavingOut: leavingOut, build: orchestrator)
    stage.recorder.simulator.onRecord = trace
    stage.audit()
    return stage.play(progress)
  }

  /// The real thing.
  static func orchestrator(_ seams: OrchestratorSeams) -> HostedProgram {
    let orchestrator = Orchestrator(
      configuration: Vendors.configuration, clock: seams.clock, wallClock: seams.wallClock,
      ids: seams.ids, jitter: seams.jitter, transport: seams.transport, database: seams.database)
    return HostedProgram(service: orchestrator) { try await orchestrator.run() }
  }
}

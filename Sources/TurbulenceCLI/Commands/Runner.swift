import Audit
package import Scenarios
import Simulation
package import Worlds

/// Runs one world: the real one, or a stand-in of a test.
package struct Runner: Sendable {
  /// Told now and then how many trips are finished and how much virtual time has passed.
  package typealias Progress = (_ finished: Int, _ virtualMicroseconds: Int64) -> Void
  /// Told every record of the trace, as one line.
  package typealias Trace = (String) -> Void

  let body: @Sendable (Scenario, UInt64, Progress?, Trace?) -> RunResult

  package init(_ body: @escaping @Sendable (Scenario, UInt64, Progress?, Trace?) -> RunResult) {
    self.body = body
  }

  /// The real world.
  package static let live = Runner { scenario, seed, progress, trace in
    World.run(
      scenario, seed: seed, progress: progress,
      trace: trace.map { tell in
        { record in
          tell("\(record.index) \(record.at.microseconds) \(record.kind) \(record.detail)")
        }
      })
  }

  /// Runs on a thread with a large stack, with the line that reproduces the run at hand should the
  /// process die.
  func run(
    _ scenario: Scenario, path: String, seed: UInt64,
    progress: (@Sendable (_ finished: Int, _ virtualMicroseconds: Int64) -> Void)? = nil,
    trace: (@Sendable (String) -> Void)? = nil
  ) -> (result: RunResult, wallMicroseconds: Int64) {
    WorldThread.run {
      runHere(scenario, path: path, seed: seed, progress: progress, trace: trace)
    }
  }

  /// The same on the calling thread, which must have a large stack.
  func runHere(
    _ scenario: Scenario, path: String, seed: UInt64, progress: Progress? = nil,
    trace: Trace? = nil
  ) -> (result: RunResult, wallMicroseconds: Int64) {
    let slot = CrashReporter.begin("turbulence replay \(path.shellQuoted) --seed \(seed)")
    defer { CrashReporter.end(slot) }
    let start = Stopwatch.microseconds
    let result = body(scenario, seed, progress, trace)
    return (result, Stopwatch.microseconds - start)
  }
}

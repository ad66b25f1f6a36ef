import Audit
import FoundationEssentials
import Glibc
import Scenarios
import Worlds

/// Runs a seed again in a fresh process and compares the trace hashes: Swift hashes dictionaries
/// differently in each process, so an order that leaks from one shows here.
struct Verifier: Sendable {
  /// The program to start; its arguments are those of the hidden command `hash`.
  var executable: String

  /// This program.
  static var current: Verifier {
    Verifier(
      executable: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        ?? "/proc/self/exe")
  }

  /// Says how a fresh process differs from the run at hand, or nil when it does not.
  ///
  /// Runs on the calling thread, which must have a large stack.
  func difference(from summary: RunSummary, scenario: Scenario, runner: Runner) -> String? {
    let arguments = ["hash", summary.path, "--seed", String(summary.seed)]
    let fresh: String
    switch output(arguments) {
    case .success(let text): fresh = text
    case .failure(let failure): return failure.reason
    }
    let here = summary.traceHash.hexadecimal
    guard fresh != here else { return nil }
    return "trace hash \(here) here, \(fresh) in a fresh process; "
      + firstDifference(arguments, summary: summary, scenario: scenario, runner: runner)
  }

  private func firstDifference(
    _ arguments: [String], summary: RunSummary, scenario: Scenario, runner: Runner
  ) -> String {
    let base =
      "\(FileManager.default.temporaryDirectory.path)/turbulence-\(getpid())-\(summary.scenario)-\(summary.seed)"
    let (ours, theirs) = ("\(base)-here", "\(base)-fresh")
    // Leftovers in the temporary folder would harm nobody.
    defer { for path in [ours, theirs] { try? FileManager.default.removeItem(atPath: path) } }
    guard let file = TraceFile(ours) else { return "no room for traces in the temporary folder" }
    _ = runner.runHere(scenario, path: summary.path, seed: summary.seed, trace: file.write)
    if let reason = file.close() { return "no trace in the temporary folder: \(reason)" }
    if case .failure(let failure) = output(arguments + ["--trace", theirs]) {
      return failure.reason
    }
    return TraceFile.firstDifference(ours, theirs)
      ?? "run again with a trace, both agree: the difference comes and goes"
  }

  /// Starts the program and returns what it wrote, without the line end.
  private func output(_ arguments: [String]) -> Result<String, ChildProcess.Failure> {
    var text = ""
    do throws(ChildProcess.Failure) {
      let end = try ChildProcess.run(executable, arguments) { text += $0 }
      guard end == .code(ExitStatus.pass) else {
        return .failure(
          ChildProcess.Failure(
            reason: "the same run in a fresh process ended with \(end.words)"))
      }
      return .success(text)
    } catch {
      return .failure(error)
    }
  }
}

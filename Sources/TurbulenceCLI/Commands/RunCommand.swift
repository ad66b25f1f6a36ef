import ArgumentParser
import Audit
import FoundationEssentials
import Scenarios
import Wire
import Worlds

/// `turbulence run`: one world, a verdict, a report folder.
struct RunCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run one world and write its report.",
    discussion: """
      EXAMPLES:
        turbulence run scenarios/quickstart.yaml
        turbulence run scenarios/rush-hour.yaml --seed 7 --out /tmp/reports
        turbulence run scenarios/crashes.yaml --verify --json
      """)

  @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String
  @Option(help: "The seed; the same seed gives the same world.")
  var seed: UInt64 = 1
  @Option(help: "Folder for the report folder <scenario>-<seed>.")
  var out = "reports"
  @Flag(help: "Name the invariants that had nothing to judge.")
  var verbose = false
  @Flag(help: "Print the verdict as JSON.")
  var json = false
  @Flag(help: "Run the seed again in a fresh process and compare the trace hashes.")
  var verify = false
  @Flag(name: .customLong("no-reports"), help: "Write no report folder.")
  var noReports = false

  func run(on console: Console) -> Int32 {
    execute(runner: .live, verifier: .current, console: console)
  }

  /// Does it and returns the exit code.
  func execute(runner: Runner, verifier: Verifier, console: Console) -> Int32 {
    let scenario: Scenario
    do { scenario = try ScenarioDecoder.load(file) } catch {
      console.complain("\(error)")
      return ExitStatus.usage
    }
    let writer = ReportWriter(root: out)
    do {
      if !noReports { try writer.check(scenario: scenario.name, seed: seed) }
      let (result, wall) = runner.run(
        scenario, path: file, seed: seed, progress: progress(scenario, console))
      console.clear()
      var summary = RunSummary(result, path: file, wallMicroseconds: wall)
      if verify {
        summary.compared(difference: difference(of: summary, scenario, runner, verifier))
      }
      // Before the report is written: a failure to write it must not hide the verdict.
      if summary.verdict != .pass, !json { console.print(summary.reproduction) }
      let folder = noReports ? nil : try writer.write(result, timing: summary.timing)
      if json {
        console.print(summary.json(reports: folder).text())
      } else {
        let lines = VerdictText.lines(
          summary, console: console, reports: folder, verbose: verbose)
        console.print(summary.verdict == .pass ? lines : Array(lines.dropFirst()))
      }
      return summary.verdict.exitCode
    } catch {
      console.complain("\(error)")
      return ExitStatus.internalError
    }
  }

  private func difference(
    of summary: RunSummary, _ scenario: Scenario, _ runner: Runner, _ verifier: Verifier
  ) -> String? {
    WorldThread.run { verifier.difference(from: summary, scenario: scenario, runner: runner) }
  }

  private func progress(
    _ scenario: Scenario, _ console: Console
  ) -> (@Sendable (Int, Int64) -> Void)? {
    guard console.progress else { return nil }
    let (name, bookings) = (scenario.name, scenario.bookings.grouped)
    return { finished, virtual in
      console.show(
        "\(name): \(finished.grouped) of \(bookings) trips finished, "
          + "\(Units.duration(microseconds: virtual)) of virtual time")
    }
  }
}

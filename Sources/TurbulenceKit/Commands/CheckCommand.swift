import ArgumentParser
import FoundationEssentials
import OrderedCollections
import Scenarios

/// `turbulence check`: many scenarios × many seeds, the gate of a CI.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Run scenarios over many seeds and judge them all.",
    discussion: """
      Folders stand for all their scenario files. On a failure the first lines are the ones that
      reproduce it. Exits with the worst code of all runs.

      EXAMPLES:
        turbulence check scenarios/fast --seeds 100 --jobs 2
        turbulence check scenarios/fast --verify --junit junit.xml
        turbulence check scenarios/crashes.yaml --first-seed 41 --seeds 1 --json
      """)

  @Argument(help: "Scenario files and folders of them.", completion: .file())
  var paths: [String]
  @Option(help: "How many seeds each scenario is run with.")
  var seeds = 20
  @Option(name: .customLong("first-seed"), help: "The first seed.")
  var firstSeed: UInt64 = 1
  @Option(help: "How many worlds run side by side.")
  var jobs = 1
  @Option(help: "A file for JUnit XML: one suite per scenario, one case per seed.")
  var junit: String?
  @Flag(help: "Run each seed again in a fresh process and compare the trace hashes.")
  var verify = false
  @Flag(help: "Print the outcome as JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(seeds) else {
      throw ValidationError("--seeds: found \(seeds), expected 1 to 1,000,000")
    }
    guard (1...256).contains(jobs) else {
      throw ValidationError("--jobs: found \(jobs), expected 1 to 256")
    }
    guard firstSeed <= UInt64.max - UInt64(seeds) else {
      throw ValidationError("--first-seed: found \(firstSeed), expected a smaller number")
    }
  }

  func run() throws { try finish(execute(runner: .live, verifier: .current, console: .standard)) }

  /// Does it and returns the exit code.
  func execute(runner: Runner, verifier: Verifier, console: Console) -> Int32 {
    guard let entries = ScenarioFiles.load(paths, console: console) else { return ExitStatus.usage }
    let start = Stopwatch.microseconds
    var totals = entries.map(CheckTotals.init)
    let plan = CheckPlan(
      entries: entries, seeds: firstSeed..<(firstSeed + UInt64(seeds)), jobs: jobs)
    var done = 0
    let verify = self.verify
    plan.run { entry, seed in
      let (result, wall) = runner.runHere(entry.scenario, path: entry.path, seed: seed)
      var summary = RunSummary(result, path: entry.path, wallMicroseconds: wall)
      if verify {
        summary.compared(
          difference: verifier.difference(
            from: summary, scenario: entry.scenario, runner: runner))
      }
      return summary
    } body: { index, run in
      totals[index].add(run)
      done += 1
      if run.verdict != .pass, !json {
        console.clear()
        console.print(run.reproduction, "  \(run.verdictText): \(run.reason ?? "")")
      }
      console.show("\(done.grouped) of \(plan.count.grouped) runs, now \(run.scenario)")
    }
    console.clear()
    let outcome = CheckOutcome(
      totals: totals, seeds: seeds, firstSeed: firstSeed,
      wallMicroseconds: Stopwatch.microseconds - start, verified: verify)
    if json {
      console.print(outcome.json.text())
    } else {
      console.print(outcome.lines(console))
    }
    if let junit {
      do { try Data(outcome.junit.utf8).write(to: URL(filePath: junit), options: .atomic) } catch {
        console.complain(
          "\(junit): cannot write the JUnit report: permission denied or no such folder")
        return outcome.exitCode == ExitStatus.pass ? ExitStatus.internalError : outcome.exitCode
      }
    }
    return outcome.exitCode
  }
}

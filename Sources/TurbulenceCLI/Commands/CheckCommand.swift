import ArgumentParser
import Audit
import OrderedCollections
import Scenarios
import Wire
import Worlds

/// `turbulence check`: many scenarios × many seeds, the gate of a CI.
struct CheckCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Run scenarios over many seeds and judge them all.",
    discussion: """
      Folders stand for all their scenario files. On a failure the first lines are the ones that
      reproduce it. Exits with the worst code of all runs. Ended by Ctrl-C or SIGTERM, it still
      tells and writes what is known, and exits with 130 or 143.

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
  @Option(
    help: ArgumentHelp(
      "A file for a CSV of which faults met which states of trips; - prints a table.",
      valueName: "file"))
  var coverage: String?
  @Flag(help: "Run each seed again in a fresh process and compare the trace hashes.")
  var verify = false
  @Flag(help: "Print the outcome as JSON.")
  var json = false
  @Flag(help: "Name every invariant, with how often it was put to the test.")
  var verbose = false

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

  func run(on console: Console) -> Int32 {
    execute(
      runner: .live, verifier: .current, console: console, interruption: .ofThisProcess())
  }

  /// Does it and returns the exit code.
  func execute(
    runner: Runner, verifier: Verifier, console: Console,
    interruption: Interruption = Interruption()
  ) -> Int32 {
    guard let entries = ScenarioFiles.load(paths, console: console) else { return ExitStatus.usage }
    let start = Stopwatch.microseconds
    var totals = entries.map { CheckTotals($0, planned: seeds) }
    let plan = CheckPlan(
      entries: entries, seeds: firstSeed..<(firstSeed + UInt64(seeds)), jobs: jobs)
    var done = 0
    var reach = FaultReachTable()
    let verify = self.verify
    let underWay = plan.run(interruption: interruption) { entry, seed in
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
      if coverage != nil { reach.add(run) }
      done += 1
      if run.verdict != .pass, !json {
        console.clear()
        console.print(run.reproduction, "  \(run.verdictText): \(run.reason ?? "")")
      }
      console.show("\(done.grouped) of \(plan.count.grouped) runs, now \(run.scenario)")
    }
    console.clear()
    // As it is now, once: one that comes later finds the work done.
    let signal = interruption.signal
    if signal != nil {
      ChildProcess.endAll()
      // A world that takes for ever is what one interrupts.
      for (entry, seed) in underWay where !json {
        console.print(
          "under way: " + RunSummary.reproduction(path: entries[entry].path, seed: seed))
      }
    }
    let outcome = CheckOutcome(
      totals: totals, seeds: seeds, firstSeed: firstSeed,
      wallMicroseconds: Stopwatch.microseconds - start, verified: verify,
      interruption: signal.map(Interruption.name))
    if json {
      console.print(outcome.json.text())
    } else {
      console.print(outcome.lines(console, verbose: verbose))
    }
    if coverage == "-", !json { console.print(reach.lines) }
    do {
      if let coverage, coverage != "-" { try OutputFile.write(reach.csv.bytes, to: coverage) }
      if let junit { try OutputFile.write(Array(outcome.junit.utf8), to: junit) }
    } catch {
      console.complain("\(error)")
      return ExitStatus.internalError
    }
    return signal.map { 128 + $0 } ?? outcome.exitCode  // As shells tell of signals.
  }
}

import ArgumentParser
import Audit
import Scenarios
import Wire
import Worlds

/// `turbulence worlds`, hidden: runs worlds until one fails, for `turbulence mutants` in another
/// process, which learns from each line how far this one came.
struct WorldsCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "worlds", abstract: "Run worlds until one fails; print a JSON line for each.",
    shouldDisplay: false)

  @Argument(help: "Scenario files and folders of them.")
  var paths: [String]
  @Option(help: "How many worlds at most: seed 1 of every scenario, then seed 2, and so on.")
  var worlds = 200

  func run(on console: Console) -> Int32 {
    let paths = paths
    let worlds = worlds
    return WorldThread.run { Self.execute(paths, worlds: worlds, runner: .live, console: console) }
  }

  /// Does it on the calling thread, which must have a large stack, and returns the exit code.
  static func execute(
    _ paths: [String], worlds: Int, runner: Runner, console: Console
  ) -> Int32 {
    guard let entries = ScenarioFiles.load(paths, console: console) else { return ExitStatus.usage }
    for index in 0..<worlds {
      let entry = entries[index % entries.count]
      let seed = UInt64(index / entries.count + 1)
      console.print(WorldLine.began(entry.path, seed).text)
      var summary = run(entry, seed, runner)
      if index == 0 {
        let again = run(entry, seed, runner)
        if again.traceHash != summary.traceHash, summary.verdict == .pass {
          summary.verdict = .nondeterministic("the same world again has another trace hash")
        }
      }
      // A mark that is not reached says something of scenarios, not of the orchestrator.
      if summary.verdict != .pass {
        console.print(WorldLine.failed(summary).text)
        return summary.verdict.exitCode
      }
    }
    return ExitStatus.pass
  }

  private static func run(
    _ entry: ScenarioFiles.Entry, _ seed: UInt64, _ runner: Runner
  ) -> RunSummary {
    let (result, wall) = runner.runHere(entry.scenario, path: entry.path, seed: seed)
    return RunSummary(result, path: entry.path, wallMicroseconds: wall)
  }
}

/// What `worlds` prints: one line each.
struct WorldLine: Sendable, Hashable {
  var scenario: String
  var seed: UInt64
  /// `violation`, `stuck`, `inconclusive` or `nondeterministic`; nil of a world that begins.
  var outcome: String?
  /// The ids of the invariants that were violated, in the order of the catalogue.
  var invariants: [String] = []
  /// The one that was violated first.
  var first = ""
  var sentence = ""

  static func began(_ path: String, _ seed: UInt64) -> Self { Self(scenario: path, seed: seed) }

  static func failed(_ summary: RunSummary) -> Self {
    let outcome =
      switch summary.verdict {
      case .pass: "pass"
      case .violated: "violation"
      case .inconclusive: "inconclusive"
      case .stuck: "stuck"
      case .nondeterministic: "nondeterministic"
      }
    return Self(
      scenario: summary.path, seed: summary.seed, outcome: outcome,
      invariants: summary.invariants.filter { $0.violations > 0 }.map(\.id),
      first: summary.violations.first?.invariant ?? "", sentence: summary.reason ?? "")
  }

  init(
    scenario: String, seed: UInt64, outcome: String? = nil, invariants: [String] = [],
    first: String = "", sentence: String = ""
  ) {
    self.scenario = scenario
    self.seed = seed
    self.outcome = outcome
    self.invariants = invariants
    self.first = first
    self.sentence = sentence
  }

  /// Reads a line; nil when it is none of these.
  init?(_ text: String) {
    guard let value = JSONValue(parsing: Array(text.utf8)),
      let scenario = value["scenario"]?.string, let seed = value["seed"]?.integer
    else { return nil }
    self.init(
      scenario: scenario, seed: UInt64(seed), outcome: value["outcome"]?.string,
      invariants: (value["invariants"]?.array ?? []).compactMap(\.string),
      first: value["first"]?.string ?? "", sentence: value["sentence"]?.string ?? "")
  }

  /// The line, without its end.
  var text: String {
    let value = JSONValue.object([
      ("scenario", .string(scenario)), ("seed", .unsigned(seed)),
      ("outcome", outcome.map(JSONValue.string) ?? .null),
      ("invariants", .array(invariants.map(JSONValue.string))), ("first", .string(first)),
      ("sentence", .string(sentence)),
    ])
    return String(decoding: value.written, as: UTF8.self)
  }
}

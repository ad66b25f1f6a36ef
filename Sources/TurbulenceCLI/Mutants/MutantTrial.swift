import Audit
import Glibc
import Scenarios
import Wire
import Worlds

/// A planted bug as the instrumented build knows it; see `Tests/Mutants/Schemata`.
struct MutantEntry: Sendable, Hashable {
  var id: String
  /// `planted` or `generated`.
  var origin: String
  /// What switches it on; 0 when it does not compile.
  var number: Int
  var title: String
  var section: String
  /// 1 to 3; nil of generated ones.
  var tier: Int?
  var file: String
  var line: Int
  var function: String
  var before: String
  var after: String

  /// Reads `mutants.json`; nil when it is not that.
  static func list(_ bytes: [UInt8]) -> [MutantEntry]? {
    guard let rows = JSONValue(parsing: bytes)?.array else { return nil }
    var entries: [MutantEntry] = []
    for row in rows {
      guard let id = row["id"]?.string, let origin = row["origin"]?.string,
        let number = row["number"]?.integer
      else { return nil }
      entries.append(
        MutantEntry(
          id: id, origin: origin, number: number, title: row["title"]?.string ?? "",
          section: row["section"]?.string ?? "", tier: row["tier"]?.integer,
          file: row["file"]?.string ?? "", line: row["line"]?.integer ?? 0,
          function: row["function"]?.string ?? "", before: row["before"]?.string ?? "",
          after: row["after"]?.string ?? ""))
    }
    return entries
  }
}

/// What became of one planted bug.
struct MutantTrial: Sendable, Hashable {
  /// How it was caught, if it was.
  enum Outcome: String, Sendable, CaseIterable {
    case violation, crash, stuck, nondeterministic, inconclusive
    /// A world that told nothing for too long.
    case hung
    case survived
    case notCompilable = "not-compilable"

    /// Whether a run was red.
    var isCaught: Bool { self != .survived && self != .notCompilable }
  }

  var outcome: Outcome
  /// The invariant that was violated first, and all of that world.
  var first = ""
  var invariants: [String] = []
  /// The world that caught it.
  var scenario = ""
  var seed: UInt64 = 0
  /// How many worlds were run, that one included.
  var worlds = 0
  /// Real time.
  var seconds = 0.0
  var sentence = ""

  /// Runs worlds in a child process until one fails.
  /// - Parameter patience: how many seconds one world may take.
  static func run(
    _ executable: String, number: Int, paths: [String], worlds: Int, patience: Int32
  ) throws(ChildProcess.Failure) -> MutantTrial {
    var reading = Reading()
    let start = Stopwatch.microseconds
    let end = try ChildProcess.run(
      executable, ["worlds"] + paths + ["--worlds", String(worlds)],
      environment: [("TURBULENCE_MUTANT", String(number)), ("SWIFT_BACKTRACE", "enable=no")],
      patience: patience, quiet: true
    ) { reading.read($0) }
    var trial = try reading.trial(end)
    trial.seconds = Double(Stopwatch.microseconds - start) / 1_000_000
    return trial
  }

  /// What a child's lines and its end come to.
  struct Reading {
    private var last: WorldLine?
    private var worlds = 0

    init() {}

    /// Takes in a line.
    mutating func read(_ text: String) {
      guard let line = WorldLine(text) else { return }
      last = line
      if line.outcome == nil { worlds += 1 }
    }

    /// Judges; throws when the process ended in a way that no bug of the orchestrator explains.
    func trial(_ end: ChildProcess.End) throws(ChildProcess.Failure) -> MutantTrial {
      var trial = MutantTrial(outcome: .survived, worlds: worlds)
      if case .code(ExitStatus.pass) = end { return trial }
      trial.scenario = last?.scenario ?? ""
      trial.seed = last?.seed ?? 0
      if let line = last, let outcome = line.outcome.flatMap(Outcome.init) {
        trial.outcome = outcome
        trial.first = line.first
        trial.invariants = line.invariants
        trial.sentence = line.sentence
        return trial
      }
      switch end {
      case .silent: trial.outcome = .hung
      // Nobody but a system short of memory sends it.
      case .signal(SIGKILL), .code:
        throw ChildProcess.Failure(reason: "a trial ended with \(end.words)")
      case .signal: trial.outcome = .crash
      }
      trial.sentence = "the process ended with \(end.words)"
      return trial
    }
  }
}

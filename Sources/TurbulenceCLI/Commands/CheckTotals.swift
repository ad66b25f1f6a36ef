import Audit
import OrderedCollections
import Scenarios
import Worlds

/// What a check has seen of one scenario, over all its seeds.
struct CheckTotals {
  let entry: ScenarioFiles.Entry
  /// How many seeds the check is to run; fewer are run only when it is interrupted.
  let planned: Int
  /// All runs in order of their seeds, without what is kept here.
  private(set) var runs: [RunSummary] = []
  private(set) var bookings = 0
  private(set) var confirmed = 0
  private(set) var failed = 0
  private(set) var cancelled = 0
  private(set) var violations = 0
  private(set) var calls = 0
  private(set) var faults = 0
  /// Parked items by reason.
  private(set) var attention: OrderedDictionary<String, Int> = [:]
  /// How often each invariant's antecedent was true, in the order of the catalogue.
  private(set) var exercised: OrderedDictionary<String, Int> = [:]
  /// What each invariant says.
  private(set) var statements: [String: String] = [:]
  private(set) var marks: OrderedDictionary<String, Int> = [:]

  init(_ entry: ScenarioFiles.Entry, planned: Int) {
    self.entry = entry
    self.planned = planned
  }

  mutating func add(_ run: RunSummary) {
    bookings += run.bookings
    confirmed += run.confirmed
    failed += run.failed
    cancelled += run.cancelled
    violations += run.violationCount
    calls += run.calls
    faults += run.faults
    for (reason, count) in run.attention { attention[reason, default: 0] += count }
    for invariant in run.invariants { exercised[invariant.id, default: 0] += invariant.exercised }
    for invariant in run.invariants { statements[invariant.id] = invariant.statement }
    for (name, count) in run.marks { marks[name, default: 0] += count }
    var kept = run
    kept.invariants = run.invariants.filter { $0.violations > 0 }
    kept.marks = []
    kept.meetings = []
    runs.append(kept)
  }

  /// Required marks that no seed reached although there were as many as they need.
  var missing: [RequiredMark] { unreached.filter { $0.seeds <= runs.count } }
  /// Required marks that no seed reached, which shows nothing: they need more seeds. Of a scenario that
  /// did not run at all, for an interruption, there is nothing to say.
  var notEnoughSeeds: [RequiredMark] {
    runs.isEmpty ? [] : unreached.filter { $0.seeds > runs.count }
  }
  private var unreached: [RequiredMark] {
    entry.scenario.mustReach.filter { marks[$0.name] == nil }
      .map { RequiredMark($0.name, seeds: max($0.seeds, planned)) }
  }
  var failures: [RunSummary] { runs.filter { $0.verdict != .pass } }
  /// The code of the worst run, or that of coverage.
  var exitCode: Int32 {
    ExitStatus.worst(runs.map(\.verdict.exitCode) + (missing.isEmpty ? [] : [ExitStatus.coverage]))
  }
  var verdictText: String {
    if let worst = runs.first(where: { $0.verdict.exitCode == exitCode && exitCode != 0 }) {
      let others = failures.count - 1
      return worst.verdictText + (others > 0 ? " and \(others) more" : "")
    }
    if runs.isEmpty { return "NOT RUN" }
    return missing.isEmpty ? "PASS" : "NOT REACHED"
  }
  var sortedAttention: [(reason: String, count: Int)] {
    attention.map { (reason: $0.key, count: $0.value) }.sorted { $0.reason < $1.reason }
  }
}

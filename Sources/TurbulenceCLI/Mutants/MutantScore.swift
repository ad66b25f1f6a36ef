import Audit
import OrderedCollections
import Worlds

/// What a green run is worth: `SCORE.md`, made from the table of trials.
struct MutantScore: Sendable {
  private let rows: [MutantRow]
  private let equivalents: EquivalentMutants
  /// Those that could have been caught.
  private let judged: [MutantRow]

  init(_ rows: [MutantRow], _ equivalents: EquivalentMutants) {
    self.rows = rows
    self.equivalents = equivalents
    judged = rows.filter {
      $0.trial.outcome != .notCompilable
        && ($0.trial.outcome.isCaught || equivalents.reasons[$0.mutant.id] == nil)
    }
  }

  /// Those that no run saw, without the equivalent ones.
  var survivors: [MutantRow] { judged.filter { !$0.trial.outcome.isCaught } }

  /// Planted bugs with money or reservations that no run saw: each is a hole.
  var holes: [MutantRow] { survivors.filter { $0.mutant.tier == 1 } }

  /// `116 of 121 (95.9 %)`.
  static func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "0 of 0" }
    let tenths = (1_000 * part + whole / 2) / whole
    return "\(part) of \(whole) (\(tenths / 10).\(tenths % 10) %)"
  }

  /// How many worlds the median of the caught ones took; nil when none was caught.
  static func median(_ rows: [MutantRow]) -> Int? {
    let worlds = rows.filter { $0.trial.outcome.isCaught }.map(\.trial.worlds).sorted()
    return worlds.isEmpty ? nil : worlds[(worlds.count - 1) / 2]
  }

  /// The page.
  var text: String {
    var lines = [
      "# What a green run is worth", "",
      "Made by `turbulence mutants` from `mutants.csv`: every planted bug, one at a time, against",
      "`scenarios/fast`, seed 1 of all scenarios first, until a run is red. A mutant that does not",
      "compile is not counted, nor one that `equivalent.csv` shows to change nothing.", "",
    ]
    lines +=
      summary
      + group("By section of what goes wrong", planted) { $0.section.first.map(String.init) ?? "" }
    lines += group("By operator", generated) { $0.section }
    lines += group("By source file", judged) {
      $0.file.replacing("Sources/BookingOrchestrator/", with: "")
    }
    lines += invariants + scenarios + survivorList + equivalentList
    return lines.joined(separator: "\n") + "\n"
  }

  private var planted: [MutantRow] { judged.filter { $0.mutant.origin == "planted" } }
  private var generated: [MutantRow] { judged.filter { $0.mutant.origin == "generated" } }

  private var summary: [String] {
    var groups: [(String, [MutantRow])] = (1...3).map { tier in
      let words = ["money and reservations", "what is told and recorded", "liveness and effort"]
      return (
        "planted, tier \(tier): \(words[tier - 1])", planted.filter { $0.mutant.tier == tier }
      )
    }
    groups.append(("planted, all", planted))
    groups.append(("generated", generated))
    var lines = ["| mutants | caught | worlds to catch, median | most |", "|---|---|---|---|"]
    for (name, rows) in groups where !rows.isEmpty {
      let most = rows.filter { $0.trial.outcome.isCaught }.map(\.trial.worlds).max() ?? 0
      lines.append(
        "| \(name) | \(caught(rows)) | \(Self.median(rows).map(String.init) ?? "–") | \(most) |")
    }
    let outcomes = MutantTrial.Outcome.allCases.map { outcome in
      (outcome, rows.count { $0.trial.outcome == outcome })
    }
    lines += [
      "",
      "How they ended: "
        + outcomes.filter { $0.1 > 0 }.map { "\($0.0.rawValue) \($0.1)" }.joined(separator: ", ")
        + ".", "",
    ]
    return lines
  }

  private func caught(_ rows: [MutantRow]) -> String {
    Self.share(rows.count { $0.trial.outcome.isCaught }, of: rows.count)
  }

  private func group(
    _ title: String, _ rows: [MutantRow], _ key: (MutantEntry) -> String
  ) -> [String] {
    guard !rows.isEmpty else { return [] }
    var groups: OrderedDictionary<String, [MutantRow]> = [:]
    for row in rows { groups[key(row.mutant), default: []].append(row) }
    var lines = ["## \(title)", "", "| | caught | median |", "|---|---|---|"]
    for (name, rows) in groups.sorted(by: { $0.key < $1.key }) {
      lines.append("| \(name) | \(caught(rows)) | \(Self.median(rows).map(String.init) ?? "–") |")
    }
    return lines + [""]
  }

  private var invariants: [String] {
    let caught = judged.filter { $0.trial.outcome == .violation }
    var lines = [
      "## By invariant", "",
      "First: it was the earliest violation. Alone: no other invariant was violated in that world.",
      "", "| invariant | first | alone | in all |", "|---|---|---|---|",
    ]
    var silent: [String] = []
    for invariant in Invariant.allCases {
      let id = invariant.id
      let first = caught.count { $0.trial.first == id }
      let alone = caught.count { $0.trial.invariants == [id] }
      let all = caught.count { $0.trial.invariants.contains(id) }
      if all > 0 { lines.append("| \(id) | \(first) | \(alone) | \(all) |") }
      if alone == 0 { silent.append(id) }
    }
    return lines + ["", "Catch nothing alone: \(silent.joined(separator: " ")).", ""]
  }

  private var scenarios: [String] {
    var counts: OrderedDictionary<String, Int> = [:]
    for row in judged where row.trial.outcome.isCaught {
      counts[row.trial.scenario, default: 0] += 1
    }
    return ["## By scenario that caught it first", "", "| scenario | mutants |", "|---|---|"]
      + counts.sorted { $0.key < $1.key }.map { "| \($0.key) | \($0.value) |" } + [""]
  }

  private var survivorList: [String] {
    guard !survivors.isEmpty else { return [] }
    return ["## Survivors", "", "| id | tier | where | what |", "|---|---|---|---|"]
      + survivors.map { row in
        let what =
          row.mutant.title.isEmpty
          ? "`\(row.mutant.before)` → `\(row.mutant.after)`" : row.mutant.title
        return "| \(row.mutant.id) | \(row.mutant.tier.map(String.init) ?? "") "
          + "| \(row.mutant.file.split(separator: "/").last ?? ""):\(row.mutant.line) "
          + "| \(what.prefix(200).replacing("|", with: "\\|")) |"
      } + [""]
  }

  private var equivalentList: [String] {
    let rows = rows.filter {
      $0.trial.outcome == .survived && equivalents.reasons[$0.mutant.id] != nil
    }
    guard !rows.isEmpty else { return [] }
    return ["## Equivalent", "", "| id | why |", "|---|---|"]
      + rows.map { "| \($0.mutant.id) | \(equivalents.reasons[$0.mutant.id] ?? "") |" } + [""]
  }
}

import OrderedCollections
import Scenarios

/// One row of `mutants.csv`.
struct MutantRow: Sendable, Hashable {
  var mutant: MutantEntry
  var trial: MutantTrial

  static let header = [
    "id", "origin", "tier", "section", "file", "line", "function", "title", "before", "after",
    "outcome", "first_invariant", "invariants", "scenario", "seed", "worlds", "seconds", "sentence",
  ]

  /// The table, in the order given.
  static func csv(_ rows: [MutantRow]) -> [UInt8] {
    var csv = CSVWriter(header)
    for row in rows {
      let (mutant, trial) = (row.mutant, row.trial)
      for field in [
        mutant.id, mutant.origin, mutant.tier.map(String.init) ?? "", mutant.section, mutant.file,
        String(mutant.line), mutant.function, mutant.title, mutant.before, mutant.after,
        trial.outcome.rawValue, trial.first, trial.invariants.joined(separator: " "),
        trial.scenario, trial.seed == 0 ? "" : String(trial.seed), String(trial.worlds),
        tenths(trial.seconds), trial.sentence,
      ] {
        csv.add(field)
      }
    }
    return csv.bytes
  }

  private static func tenths(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Reads the table; rows that are not whole are left out, since a run may have been cut short.
  static func read(_ text: String) -> [MutantRow] {
    CSVReader.rows(text).dropFirst().compactMap { fields in
      guard fields.count == header.count,
        let outcome = MutantTrial.Outcome(rawValue: fields[10])
      else { return nil }
      return MutantRow(
        mutant: MutantEntry(
          id: fields[0], origin: fields[1], number: 0, title: fields[7], section: fields[3],
          tier: Int(fields[2]), file: fields[4], line: Int(fields[5]) ?? 0, function: fields[6],
          before: fields[8], after: fields[9]),
        trial: MutantTrial(
          outcome: outcome, first: fields[11],
          invariants: fields[12].split(separator: " ").map(String.init), scenario: fields[13],
          seed: UInt64(fields[14]) ?? 0, worlds: Int(fields[15]) ?? 0,
          seconds: Double(fields[16]) ?? 0, sentence: fields[17]))
    }
  }
}

/// Rows by id, in the order in which their ids first came.
struct MutantRows: Sendable {
  private var rows: OrderedDictionary<String, MutantRow> = [:]

  init(_ rows: [MutantRow]) { for row in rows { put(row) } }

  /// Adds a row, or puts it in the place of the one that had its id.
  mutating func put(_ row: MutantRow) { rows[row.mutant.id] = row }

  var all: [MutantRow] { Array(rows.values) }
}

/// Mutants that were shown to change nothing that anybody could see: `equivalent.csv`, id and why.
struct EquivalentMutants: Sendable {
  /// Why, by id.
  private(set) var reasons: [String: String] = [:]

  init(_ text: String) {
    for fields in CSVReader.rows(text).dropFirst() where fields.count == 2 {
      reasons[fields[0]] = fields[1]
    }
  }
}

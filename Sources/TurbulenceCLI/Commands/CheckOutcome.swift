import Audit
import OrderedCollections
import Scenarios
import Wire
import Worlds

/// The outcome of a whole check, as text, JSON and JUnit XML.
struct CheckOutcome {
  var totals: [CheckTotals]
  var seeds: Int
  var firstSeed: UInt64
  var wallMicroseconds: Int64
  var verified: Bool
  /// The signal that ended the check before its end; nil when none did.
  var interruption: String?

  /// The worst of all scenarios' codes.
  var exitCode: Int32 { ExitStatus.worst(totals.map(\.exitCode)) }

  /// The invariants that no run of any scenario exercised, in the order of the catalogue.
  var idleInvariants: [String] { idle.map(\.id) }

  private var idle: [(id: String, statement: String)] {
    trials.filter { $0.cases == 0 }.map { ($0.id, $0.statement) }
  }

  /// How often each invariant was put to the test, in all runs together, in the order of the catalogue.
  var trials: [Confidence.Trials] {
    var exercised: OrderedDictionary<String, Int> = [:]
    for total in totals {
      for (id, count) in total.exercised { exercised[id, default: 0] += count }
    }
    return exercised.map { item in
      Confidence.Trials(
        id: item.key,
        statement: totals.lazy.compactMap { $0.statements[item.key] }.first ?? "",
        cases: item.value)
    }
  }

  /// What people read; the lines that reproduce failures have been printed before.
  func lines(_ console: Console, verbose: Bool = false) -> [String] {
    var table = TextTable([
      "scenario", "seeds", "bookings", "confirmed", "failed", "cancelled", "parked", "calls",
      "faults", "violations", "verdict",
    ])
    for total in totals {
      table.add(
        [total.entry.scenario.name]
          + [
            total.runs.count, total.bookings, total.confirmed, total.failed, total.cancelled,
            parked(total), total.calls, total.faults, total.violations,
          ].map(\.grouped) + [total.verdictText])
    }
    var lines = table.lines
    for total in totals where !total.missing.isEmpty {
      lines.append(
        "\(total.entry.path): never reached in \(total.runs.count.grouped) seeds: "
          + total.missing.map(\.name).joined(separator: ", "))
    }
    for total in totals where !total.notEnoughSeeds.isEmpty {
      lines.append(
        "\(total.entry.path): not enough seeds, \(total.runs.count.grouped), for "
          + total.notEnoughSeeds.map { "\($0.name) (needs \($0.seeds.grouped))" }
          .joined(separator: ", "))
    }
    lines += VerdictText.idle(
      idle, of: Set(totals.flatMap { $0.exercised.keys }).count, "in these runs", verbose: verbose)
    lines.append(VerdictText.attention(attention))
    let passed = exitCode == ExitStatus.pass && interruption == nil
    if passed { lines += Confidence.lines(bookings: bookings, trials, verbose: verbose) }
    let runs = totals.reduce(0) { $0 + $1.runs.count }
    let failures = totals.reduce(0) { $0 + $1.failures.count }
    let word = interruption.map { "INTERRUPTED by \($0)" } ?? (passed ? "PASS" : "FAIL")
    let of = interruption == nil ? "" : " of \((seeds * totals.count).grouped)"
    lines.append(
      console.coloured(word, good: passed)
        + ": \(runs.grouped)\(of) runs, \(failures.grouped) failed"
        + (verified ? ", each compared with a fresh process" : "")
        + "; \(Units.duration(microseconds: wallMicroseconds)), "
        + "\(VerdictText.rate(bookings, wallMicroseconds)) bookings/s")
    return lines
  }

  /// What machines read.
  var json: JSONValue {
    .object([
      ("exit_code", .integer(Int64(exitCode))),
      ("interrupted", interruption.map(JSONValue.string) ?? .null),
      ("seeds", .integer(Int64(seeds))),
      ("first_seed", .unsigned(firstSeed)), ("verified", .bool(verified)),
      ("bookings", .integer(Int64(bookings))),
      ("violations", .integer(Int64(totals.reduce(0) { $0 + $1.violations }))),
      (
        "rate_bound_95",
        exitCode == ExitStatus.pass && interruption == nil
          ? .number(Confidence.bound(cases: bookings)) : .null
      ),
      ("invariants", .array(trials.map(json))),
      ("attention", counts(attention)),
      ("idle_invariants", .array(idleInvariants.map(JSONValue.string))),
      ("wall_us", .integer(wallMicroseconds)),
      ("scenarios", .array(totals.map(json))),
    ])
  }

  /// One invariant: how often it was put to the test, and what that bounds when it was never violated.
  private func json(_ trials: Confidence.Trials) -> JSONValue {
    let violations = totals.reduce(0) { sum, total in
      sum
        + total.failures.reduce(0) { count, run in
          count + (run.invariants.first { $0.id == trials.id }?.violations ?? 0)
        }
    }
    return .object([
      ("id", .string(trials.id)), ("cases", .integer(Int64(trials.cases))),
      ("violations", .integer(Int64(violations))),
      (
        "rate_bound_95",
        violations == 0 && trials.cases > 0
          ? .number(Confidence.bound(cases: trials.cases)) : .null
      ),
    ])
  }

  private func json(_ total: CheckTotals) -> JSONValue {
    .object([
      ("scenario", .string(total.entry.scenario.name)), ("path", .string(total.entry.path)),
      ("exit_code", .integer(Int64(total.exitCode))),
      ("runs", .integer(Int64(total.runs.count))),
      ("bookings", .integer(Int64(total.bookings))),
      ("confirmed", .integer(Int64(total.confirmed))), ("failed", .integer(Int64(total.failed))),
      ("cancelled", .integer(Int64(total.cancelled))),
      ("attention", counts(total.sortedAttention)),
      ("calls", .integer(Int64(total.calls))), ("faults", .integer(Int64(total.faults))),
      ("violations", .integer(Int64(total.violations))),
      ("marks", .object(total.marks.map { ($0.key, .integer(Int64($0.value))) })),
      ("marks_not_reached", .array(total.missing.map { .string($0.name) })),
      (
        "marks_without_enough_seeds",
        .object(total.notEnoughSeeds.map { ($0.name, .integer(Int64($0.seeds))) })
      ),
      ("failures", .array(total.failures.map(\.briefJSON))),
    ])
  }

  /// JUnit XML.
  var junit: String {
    var report = JUnitReport()
    for total in totals {
      report.add(
        total.entry.scenario.name, total.runs, missing: total.missing.map(\.name),
        notEnoughSeeds: total.notEnoughSeeds,
        interruption: total.runs.count < seeds ? interruption : nil)
    }
    return report.text
  }

  private var bookings: Int { totals.reduce(0) { $0 + $1.bookings } }

  private func parked(_ total: CheckTotals) -> Int { total.attention.reduce(0) { $0 + $1.value } }

  private var attention: [(reason: String, count: Int)] {
    var sum: OrderedDictionary<String, Int> = [:]
    for total in totals {
      for (reason, count) in total.attention { sum[reason, default: 0] += count }
    }
    return sum.map { (reason: $0.key, count: $0.value) }.sorted { $0.reason < $1.reason }
  }

  private func counts(_ items: [(reason: String, count: Int)]) -> JSONValue {
    .object(items.map { ($0.reason, .integer(Int64($0.count))) })
  }
}

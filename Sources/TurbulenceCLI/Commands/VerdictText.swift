import Audit
import Scenarios
import Worlds

/// The verdict on one run, for people.
enum VerdictText {
  /// All lines; on a failure, the first is the one that reproduces it.
  static func lines(
    _ run: RunSummary, console: Console, reports: String?, verbose: Bool = false
  ) -> [String] {
    let passed = run.verdict == .pass
    var lines = passed ? [] : [run.reproduction]
    lines.append(
      "\(run.scenario), seed \(run.seed): " + console.coloured(run.verdictText, good: passed))
    if let reason = run.reason, run.violations.isEmpty { lines.append(reason) }
    for violation in run.violations {
      let who = violation.bookingID.isEmpty ? "" : " \(violation.bookingID)"
      let when = Units.moment(microseconds: violation.atMicroseconds)
      lines.append("  \(violation.invariant)\(who) at \(when): \(violation.explanation)")
    }
    if run.violationCount > run.violations.count {
      lines.append("  and \((run.violationCount - run.violations.count).grouped) more")
    }
    lines.append(
      "\(run.bookings.grouped) bookings: \(run.confirmed.grouped) confirmed, "
        + "\(run.failed.grouped) failed, \(run.cancelled.grouped) cancelled; "
        + attention(run.attention))
    if passed {
      lines += Confidence.lines(
        bookings: run.bookings,
        run.invariants.map { .init(id: $0.id, statement: $0.statement, cases: $0.exercised) },
        verbose: verbose)
    }
    lines += idle(
      run.invariants.filter { $0.exercised == 0 }.map { ($0.id, $0.statement) },
      of: run.invariants.count, "in this run", verbose: verbose)
    let missing = run.mustReach.map(\.name).filter { name in
      !run.marks.contains { $0.name == name }
    }
    if !missing.isEmpty {
      lines.append("not reached by this seed: " + missing.joined(separator: ", "))
    }
    lines.append(
      "\(Units.duration(microseconds: run.virtualMicroseconds)) of virtual time, "
        + "\(run.events.grouped) events, \(run.calls.grouped) calls, \(run.faults.grouped) faults, "
        + "trace hash \(run.traceHash.hexadecimal)")
    lines.append(
      "\(Units.duration(microseconds: run.wallMicroseconds)) of real time, "
        + "\(rate(run.bookings, run.wallMicroseconds)) bookings/s")
    if let reports { lines.append("reports: \(reports)") }
    return lines
  }

  /// How many invariants nothing called for, and in the verbose form which ones.
  ///
  /// A pass says nothing about them: to put them to the test takes a world with other faults.
  static func idle(
    _ idle: [(id: String, statement: String)], of count: Int, _ place: String, verbose: Bool
  ) -> [String] {
    guard !idle.isEmpty else { return [] }
    let line = "\(idle.count) of \(count) invariants had nothing to judge \(place)"
    guard verbose else { return [line + " (--verbose names them)"] }
    var table = TextTable(["id", "what must hold"])
    for (id, statement) in idle { table.add([id, statement]) }
    return [line + "; a scenario with the faults they are about puts them to the test:"]
      + table.lines.dropFirst().map { "  " + $0 }
  }

  /// `2 need attention: 1 flight-order-lost, 1 refund-failed`
  static func attention(_ items: [(reason: String, count: Int)]) -> String {
    let total = items.reduce(0) { $0 + $1.count }
    guard total > 0 else { return "nothing parked" }
    return "\(total.grouped) parked: "
      + items.map { "\($0.count.grouped) \($0.reason)" }.joined(separator: ", ")
  }

  static func rate(_ bookings: Int, _ wallMicroseconds: Int64) -> String {
    Int64(Double(bookings) * 1e6 / Double(max(wallMicroseconds, 1))).grouped
  }
}

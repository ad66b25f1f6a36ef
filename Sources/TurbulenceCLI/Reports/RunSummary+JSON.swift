import Audit
import Scenarios
package import Wire
import Worlds

extension RunSummary {
  /// What `run --json` prints; the keys are those of `summary.csv` where both tell the same.
  package func json(reports: String?) -> JSONValue {
    .object(
      identity + [
        ("reproduce", .string(reproduction)),
        ("reports", reports.map(JSONValue.string) ?? .null),
        ("invariants", .array(invariants.map(\.json))),
        ("violation_list", violationList),
        ("marks", .object(marks.map { ($0.name, .integer(Int64($0.count))) })),
      ])
  }

  /// One run within what `check --json` prints.
  package var briefJSON: JSONValue {
    .object(
      identity
        + (verdict == .pass
          ? []
          : [
            ("reproduce", .string(reproduction)), ("violation_list", violationList),
          ]))
  }

  /// `{"flight-order-lost": 2}`
  package var attentionJSON: JSONValue {
    .object(attention.map { ($0.reason, .integer(Int64($0.count))) })
  }

  private var identity: [(String, JSONValue)] {
    [
      ("scenario", .string(scenario)), ("seed", .unsigned(seed)),
      ("verdict", .string(verdict.name)), ("exit_code", .integer(Int64(verdict.exitCode))),
      ("reason", reason.map(JSONValue.string) ?? .null),
      ("bookings", .integer(Int64(bookings))), ("confirmed", .integer(Int64(confirmed))),
      ("failed", .integer(Int64(failed))), ("cancelled", .integer(Int64(cancelled))),
      ("needs_attention", .integer(Int64(needsAttention))), ("attention", attentionJSON),
      ("violations", .integer(Int64(violationCount))),
      (
        "rate_bound_95",
        violationCount == 0 ? .number(Confidence.bound(cases: bookings)) : .null
      ),
      ("virtual_us", .integer(virtualMicroseconds)), ("events", .integer(Int64(events))),
      ("calls", .integer(Int64(calls))), ("faults", .integer(Int64(faults))),
      ("trace_hash", .string(traceHash.hexadecimal)), ("wall_us", .integer(wallMicroseconds)),
    ]
  }

  private var violationList: JSONValue {
    .array(
      violations.map { violation in
        .object([
          ("invariant", .string(violation.invariant)),
          ("time_us", .integer(violation.atMicroseconds)),
          ("booking_id", .string(violation.bookingID)),
          ("explanation", .string(violation.explanation)),
        ])
      })
  }

  /// What `timing.json` holds: the wall-clock figures of one run.
  package var timing: JSONValue {
    let seconds = Double(max(wallMicroseconds, 1)) / 1e6
    return .object([
      ("wall_us", .integer(wallMicroseconds)),
      ("bookings_per_second", .integer(Int64(Double(bookings) / seconds))),
      ("events_per_second", .integer(Int64(Double(events) / seconds))),
      (
        "virtual_per_real",
        .integer(Int64(Double(virtualMicroseconds) / Double(max(wallMicroseconds, 1))))
      ),
    ])
  }
}

extension InvariantResult {
  fileprivate var json: JSONValue {
    .object([
      ("id", .string(id)), ("checked", .integer(Int64(checked))),
      ("exercised", .integer(Int64(exercised))), ("violations", .integer(Int64(violations))),
    ])
  }
}

extension Verdict {
  /// Its name for machines.
  package var name: String {
    switch self {
    case .pass: "pass"
    case .violated: "violated"
    case .inconclusive: "inconclusive"
    case .stuck: "stuck"
    case .nondeterministic: "nondeterministic"
    }
  }
}

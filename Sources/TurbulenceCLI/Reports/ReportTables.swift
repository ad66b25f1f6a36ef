import Audit
import FakeVendors
import Scenarios
package import Worlds

/// The CSV files of one run, from what the run has to tell.
///
/// Columns and their order are a contract with readers: `reports/README.md` documents each.
package struct ReportTables {
  let result: RunResult

  package init(_ result: RunResult) { self.result = result }

  /// All files by name, in the order in which the documentation lists them.
  package static let files: [(name: String, table: @Sendable (ReportTables) -> CSVWriter)] = [
    ("summary.csv", { $0.summary() }),
    ("bookings.csv", { $0.bookings() }),
    ("payments.csv", { $0.payments() }),
    ("refunds.csv", { $0.refunds() }),
    ("reservations.csv", { $0.reservations() }),
    ("calls.csv", { $0.calls() }),
    ("faults.csv", { $0.faults() }),
    ("invariants.csv", { $0.invariants() }),
    ("violations.csv", { $0.violations() }),
    ("attention.csv", { $0.attention() }),
    ("latency.csv", { $0.latency() }),
    ("coverage.csv", { $0.coverage() }),
  ]

  private func summary() -> CSVWriter {
    var csv = CSVWriter([
      "scenario", "seed", "bookings", "confirmed", "failed", "cancelled", "needs_attention",
      "violations", "virtual_us", "events", "calls", "faults", "trace_hash",
    ])
    csv.add(result.scenario.name)
    csv.add(result.seed)
    csv.add(result.scenario.bookings)
    for state in ["CONFIRMED", "FAILED", "CANCELLED"] {
      csv.add(result.trips.count { $0.state == state && $0.changes.isEmpty })
    }
    csv.add(result.trips.count { $0.needsAttention })
    csv.add(result.invariants.reduce(0) { $0 + $1.violations })
    csv.add(result.virtualMicroseconds)
    csv.add(result.events)
    csv.add(result.history.calls.count)
    csv.add(result.history.faults.count)
    csv.add(result.traceHash.hexadecimal)
    return csv
  }

  private func bookings() -> CSVWriter {
    var csv = CSVWriter([
      "booking_id", "state", "needs_attention", "currency", "total_minor", "charged_minor",
      "refunded_minor", "net_minor", "expected_net_minor", "flight_ref", "hotel_ref",
      "activities_booked", "activities_failed", "created_us", "finished_us", "attempts", "crashes",
      "faults", "warnings", "charged_back_minor", "travelers", "offered_minor", "warned", "changes",
      "replaces",
    ])
    for trip in result.trips {
      csv.add(trip.bookingID)
      csv.add(trip.state)
      csv.add(trip.needsAttention)
      csv.add(trip.currency)
      csv.add(trip.totalMinor)
      csv.add(trip.chargedMinor)
      csv.add(trip.refundedMinor)
      csv.add(trip.netMinor)
      csv.add(trip.expectedNetMinor)
      csv.add(trip.flightRef)
      csv.add(trip.hotelRef)
      csv.add(trip.activitiesBooked)
      csv.add(trip.activitiesFailed)
      csv.add(trip.createdMicroseconds)
      csv.add(trip.finishedMicroseconds)
      csv.add(trip.attempts)
      csv.add(trip.crashes)
      csv.add(trip.faults)
      csv.add(trip.warnings)
      csv.add(trip.chargedBackMinor)
      csv.add(trip.travelers)
      csv.add(trip.offered)
      csv.add(trip.warned)
      csv.add(trip.changes)
      csv.add(trip.replaces)
    }
    return csv
  }

  private func payments() -> CSVWriter {
    var csv = CSVWriter([
      "payment_intent_id", "booking_id", "idempotency_key", "status", "currency", "amount_minor",
      "captured_minor", "refunded_minor", "created_us", "charged_back_minor", "held_minor",
    ])
    var chargedBack: [String: Int64] = [:]
    for dispute in result.disputes where dispute.status == "lost" {
      chargedBack[dispute.paymentIntent, default: 0] += dispute.amountMinor
    }
    var refunded: [String: Int64] = [:]
    for refund in result.refunds where refund.status == "succeeded" {
      refunded[refund.paymentIntent, default: 0] += refund.amountMinor
    }
    for intent in result.paymentIntents {
      csv.add(intent.id)
      csv.add(intent.metadata["booking"] ?? "")
      csv.add(intent.idempotencyKey)
      csv.add(intent.status)
      csv.add(intent.currency.uppercased())
      csv.add(intent.amountMinor)
      csv.add(intent.capturedMinor)
      csv.add(refunded[intent.id] ?? 0)
      csv.add(intent.createdMicroseconds - result.epochMicroseconds)
      csv.add(chargedBack[intent.id] ?? 0)
      csv.add(intent.heldMicroseconds == nil ? 0 : intent.amountMinor)
    }
    return csv
  }

  private func refunds() -> CSVWriter {
    var csv = CSVWriter([
      "refund_id", "payment_intent_id", "booking_id", "idempotency_key", "status", "currency",
      "amount_minor", "cause", "created_us", "made_by", "updated_us",
    ])
    for refund in result.refunds {
      csv.add(refund.id)
      csv.add(refund.paymentIntent)
      csv.add(refund.booking)
      csv.add(refund.idempotencyKey)
      csv.add(refund.status)
      csv.add(refund.currency.uppercased())
      csv.add(refund.amountMinor)
      csv.add(refund.metadata["cause"] ?? (refund.isByHand ? "by-hand" : ""))
      csv.add(refund.createdMicroseconds - result.epochMicroseconds)
      csv.add(refund.isByHand ? "desk" : "orchestrator")
      csv.add(refund.updatedMicroseconds - result.epochMicroseconds)
    }
    return csv
  }

  private func reservations() -> CSVWriter {
    var csv = CSVWriter([
      "vendor", "vendor_ref", "client_ref", "booking_id", "slot", "status", "currency",
      "price_minor", "penalty_minor", "created_us", "cancelled_us", "cancelled_by", "cancelled_for",
      "party", "quoted_penalty_minor",
    ])
    for reservation in result.reservations {
      let baggage = CallTags(reservation.baggage)
      csv.add(reservation.vendor)
      csv.add(reservation.reference)
      csv.add(reservation.clientReference)
      csv.add(baggage.booking)
      csv.add(baggage.slot)
      csv.add(reservation.status.rawValue)
      csv.add(reservation.currency)
      csv.add(reservation.priceMinor)
      csv.add(reservation.penaltyMinor)
      csv.add(reservation.createdMicroseconds - result.epochMicroseconds)
      csv.add(reservation.cancelledMicroseconds.map { $0 - result.epochMicroseconds })
      csv.add(reservation.cancelledBy ?? "")
      let canceller = CallTags(reservation.cancelBaggage ?? "")
      csv.add(canceller.slot.isEmpty ? "" : "\(canceller.booking):\(canceller.slot)")
      csv.add(Self.party(reservation))
      csv.add(reservation.quotedPenaltyMinor)
    }
    return csv
  }

  /// How many people a vendor booked, as far as it tells.
  private static func party(_ reservation: Reservation) -> String {
    for name in ["travelers=", "adults="] {
      if let told = reservation.attributes.first(where: { $0.hasPrefix(name) }) {
        return String(told.dropFirst(name.count))
      }
    }
    return ""
  }

  private func calls() -> CSVWriter {
    var csv = CSVWriter([
      "seq", "time_us", "node", "service", "operation", "booking_id", "attempt", "idempotency_key",
      "outcome", "http_status", "latency_us", "fault",
    ])
    for call in result.history.calls {
      csv.add(call.sequence)
      csv.add(call.sentMicroseconds)
      csv.add(call.node)
      csv.add(call.service)
      csv.add(call.operation)
      csv.add(call.bookingID)
      csv.add(call.attempt)
      csv.add(call.idempotencyKey)
      csv.add(call.outcome)
      csv.add(call.httpStatus)
      csv.add(call.latencyMicroseconds)
      csv.add(call.fault)
    }
    return csv
  }

  private func faults() -> CSVWriter {
    var csv = CSVWriter([
      "seq", "time_us", "kind", "service", "operation", "booking_id", "attempt", "detail",
    ])
    for fault in result.history.faults {
      csv.add(fault.sequence)
      csv.add(fault.atMicroseconds)
      csv.add(fault.kind)
      csv.add(fault.service)
      csv.add(fault.operation)
      csv.add(fault.bookingID)
      csv.add(fault.attempt)
      csv.add(fault.detail)
    }
    return csv
  }

  private func invariants() -> CSVWriter {
    var csv = CSVWriter([
      "id", "statement", "checked", "exercised", "violations", "first_violation_us",
    ])
    for invariant in result.invariants {
      csv.add(invariant.id)
      csv.add(invariant.statement)
      csv.add(invariant.checked)
      csv.add(invariant.exercised)
      csv.add(invariant.violations)
      csv.add(invariant.firstViolationMicroseconds)
    }
    return csv
  }

  private func violations() -> CSVWriter {
    var csv = CSVWriter(["invariant", "time_us", "booking_id", "explanation"])
    for violation in result.violations {
      csv.add(violation.invariant)
      csv.add(violation.atMicroseconds)
      csv.add(violation.bookingID)
      csv.add(violation.explanation)
    }
    return csv
  }

  private func attention() -> CSVWriter {
    var csv = CSVWriter([
      "booking_id", "slot", "reason", "reference", "known", "advice", "since_us",
    ])
    for row in result.attention {
      csv.add(row.bookingID)
      csv.add(row.slot)
      csv.add(row.reason)
      csv.add(row.reference)
      csv.add(row.known)
      csv.add(row.advice)
      csv.add(row.sinceMicroseconds)
    }
    return csv
  }

  private func latency() -> CSVWriter {
    var csv = CSVWriter([
      "service", "operation", "count", "errors", "mean_us", "p50_us", "p90_us", "p99_us", "p999_us",
      "max_us",
    ])
    for group in LatencyGroup.groups(of: result.history.calls) {
      csv.add(group.service)
      csv.add(group.operation)
      csv.add(group.sorted.count)
      csv.add(group.errors)
      csv.add(group.mean)
      for perMille in [500, 900, 990, 999, 1_000] { csv.add(group.percentile(perMille: perMille)) }
    }
    return csv
  }

  private func coverage() -> CSVWriter {
    var csv = CSVWriter(["mark", "reached", "required"])
    for mark in MarkCatalogue.all {
      csv.add(mark.name)
      csv.add(result.history.marks[mark.name] ?? 0)
      csv.add(result.scenario.mustReach.contains { $0.name == mark.name })
    }
    return csv
  }
}

extension UInt64 {
  /// As 16 hexadecimal digits.
  package var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

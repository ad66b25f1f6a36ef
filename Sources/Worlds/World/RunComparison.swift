package import Audit

/// Invariants that only two runs together can show.
package enum RunComparison {
  /// V11 of two runs that differ only in what happens to activities: the calls that do and undo
  /// flight, hotel and charge are the same, booking by booking.
  ///
  /// The runs must have the same scenario and seed but for the activity service.
  package static func activityIndependence(_ a: RunResult, _ b: RunResult) -> [Violation] {
    let calls = [coreCalls(a), coreCalls(b)]
    return Set(calls[0].keys).intersection(calls[1].keys).sorted().compactMap { booking in
      let (left, right) = (calls[0][booking] ?? [], calls[1][booking] ?? [])
      guard left != right else { return nil }
      let only = left.symmetricDifference(right).sorted().joined(separator: ", ")
      return Violation(
        invariant: Invariant.v11.id, atMicroseconds: 0, bookingID: booking,
        explanation: "only one of two runs that differ in activities has these calls: \(only)")
    }
  }

  /// W2 of two runs that differ only in how webhooks are delivered: every booking ends the same.
  package static func deliveryIndependence(_ a: RunResult, _ b: RunResult) -> [Violation] {
    var ends: [String: TripRow] = [:]
    for row in a.trips { ends[row.bookingID] = row }
    return b.trips.compactMap { row in
      guard let other = ends[row.bookingID],
        other.state != row.state || other.netMinor != row.netMinor
      else { return nil }
      return Violation(
        invariant: Invariant.w2.id, atMicroseconds: row.finishedMicroseconds,
        bookingID: row.bookingID,
        explanation: "\(row.bookingID) ends \(other.state) with net \(other.netMinor) or "
          + "\(row.state) with net \(row.netMinor), by how webhooks are delivered")
    }
  }

  private static func coreCalls(_ run: RunResult) -> [String: Set<String>] {
    var calls: [String: Set<String>] = [:]
    for call in run.history.calls where call.isMutating && call.service != "activity" {
      guard !call.slot.hasPrefix("refund-") else { continue }
      calls[call.bookingID, default: []].insert(
        "\(call.slot) \(call.direction) \(call.generation)")
    }
    return calls
  }
}

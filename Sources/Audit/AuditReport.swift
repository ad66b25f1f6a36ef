import FakeVendors

// What reports are written from: rows per trip, and marks.
extension Auditor {
  /// One row per accepted trip, by client number; trips without a known client last.
  ///
  /// Call it after ``conclude(_:at:)``.
  package func tripRows(_ history: History) -> [TripRow] {
    var faults: [String: Int] = [:]
    for fault in history.faults { faults[fault.bookingID, default: 0] += 1 }
    return trips.sorted { ($0.client ?? .max, $0.index) < ($1.client ?? .max, $1.index) }.map {
      trip in
      TripRow(
        bookingID: trip.id, state: trip.state.rawValue, needsAttention: trip.needsAttention,
        currency: trip.currency, totalMinor: trip.total, chargedMinor: trip.captured,
        refundedMinor: trip.refunded, netMinor: trip.net,
        expectedNetMinor: trip.expectedNet ?? 0, flightRef: reference("flight", trip),
        hotelRef: reference("hotel", trip),
        activitiesBooked: trip.activitySlots.count { trip.live($0) != nil },
        activitiesFailed: trip.activitySlots.count {
          !trip.wasConfirmed($0) || trip.reportedFailed.contains($0)
        },
        createdMicroseconds: trip.createdAt,
        finishedMicroseconds: trip.state.isTerminal ? trip.since : 0,
        attempts: trip.trails.reduce(0) { $0 + $1.sends }, crashes: trip.crashes,
        faults: faults[trip.id] ?? 0, warnings: trip.warnings.count,
        chargedBackMinor: trip.chargedBack,
        travelers: trip.offer?.party.count ?? 0,
        offered: (["flight", "hotel"] + trip.allActivitySlots).filter(trip.isOwn).compactMap {
          slot in
          trip.price(slot).map { "\(slot)=\($0)" }
        }.joined(separator: " "),
        warned: trip.warnings.map { "\($0.slot)=\($0.code)" }.joined(separator: " "),
        changes: trip.change?.base.id ?? "",
        replaces: (trip.change?.replaced ?? []).map { "\($0.owner.id):\($0.own)" }
          .joined(separator: " "))
    }
  }

  /// The vendor's reference of a slot: the live one, else the latest, else nothing.
  private func reference(_ slot: String, _ trip: AuditedTrip) -> String {
    (trip.live(slot) ?? trip.known(slot).last)?.reservation.reference ?? ""
  }

  /// Marks that show only in the whole life of a trip.
  func noteMarks(_ trip: AuditedTrip, _ stored: StoredTrip) {
    func trails(_ slot: String) -> [StepHistory] {
      trip.trails.filter { $0.slot == slot && $0.direction == "do" }
    }
    let charges = trails("charge")
    let isRefunded = trip.refunds.contains { $0.status == "succeeded" }
    if isRefunded, charges.contains(where: { $0.ambiguousEnds > 0 && $0.sends > 0 }) {
      mark("refund-after-lost-response")
    }
    if trip.captured > 0, charges.contains(where: \.sawServerError) {
      mark("charge-found-after-500")
    }
    for step in stored.steps {
      // Looked up and found, or found never to have happened and followed by a new generation.
      if let sent = step.firstSent, ["DONE", "REJECTED"].contains(step.status),
        ["intent", "charge"].contains(step.slot)
          || step.slot.hasPrefix("refund-"), step.updated - sent > 86_400 * 1_000_000
      {
        mark("key-outlived")
      }
      guard step.status == "DONE", step.slot == "hotel", step.direction == "do" else { continue }
      let tries = trails("hotel").filter { $0.generation == step.generation }
      if tries.contains(where: \.sawConflict) { mark("duplicate-request-resolved") }
      if !tries.isEmpty, tries.allSatisfy({ $0.succeededEnds == 0 }) {
        mark("hotel-found-by-lookup")
      }
    }
    if trip.state == .confirmed {
      if trip.activitySlots.contains(where: { trip.live($0) == nil }) {
        mark("activity-failed-trip-confirmed")
      }
      for warning in stored.warnings {
        if warning.code == "flight-cancelled-by-airline" {
          mark("airline-cancellation-noticed")
        } else if warning.slot == "flight" {
          mark("schedule-change-noticed")
        }
        if warning.code == "activity-cancelled-by-supplier" {
          mark("supplier-cancellation-noticed")
        }
        if warning.code == "hotel-cancelled-by-traveller" {
          mark("guest-cancellation-noticed")
        } else if warning.slot == "hotel" {
          mark("property-cancellation-noticed")
        }
      }
    }
    if trip.refused.contains(where: { trip.price($0.slot) != nil }) { mark("sold-out") }
  }
}

import FakeVendors

/// X2, X6, X7, V11, X3: that each trip came to an end that the vendors' final truth allows.
final class OutcomeChecker: Checker {
  let context: AuditContext
  let vendors: VendorChecker
  let webhooks: WebhookChecker

  init(_ context: AuditContext, _ vendors: VendorChecker, _ webhooks: WebhookChecker) {
    self.context = context
    self.vendors = vendors
    self.webhooks = webhooks
  }

  /// X2 and the end of V11: the state is one that the vendors' final truth allows.
  ///
  /// - No trip comes to its state by a request that a vendor refuses for how it is written.
  /// - CONFIRMED needs money, flight and hotel; each activity is confirmed or warned of, not both.
  /// - CANCELLED needs somebody who asked for it.
  /// - FAILED needs a reason (``reasonsToFail(_:_:)``); X7 asks whether it is the one that was told.
  func judgeOutcome(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    findings.check(.x2)
    func wrong(_ why: String) {
      findings.violate(
        .x2, at: at, booking: trip.id, "\(trip.id) is \(trip.state.rawValue), but \(why)")
    }
    for (slot, operation) in trip.mistaken {
      wrong("the \(slot)'s vendor refused a request to \(operation) for how it was written")
    }
    // A hotel may be previewed once more after the charge, when its token has expired.
    for look in trip.lookups {
      guard let odd = look.oddPrice else { continue }
      // An activity is left out then; what was booked of one all the same is wrong.
      let isActivity = look.slot.hasPrefix("activity-")
      if isActivity, !trip.placed.contains(where: { $0.slot == look.slot }) { continue }
      let isCharged = trip.intents.contains { ($0.capturedMicroseconds.map(virtual) ?? 0) > odd.at }
      guard isCharged || trip.state == .confirmed else { continue }
      wrong("the last price of the \(look.slot) was none that anybody can pay")
    }
    // An activity that was there and never asked for has not failed.
    let failedActivities = trip.activitySlots.filter { slot in
      let isTried = trip.trails.contains { $0.slot == slot && $0.direction == "do" }
      return !trip.wasConfirmed(slot) && (isTried || trip.offer?.gone.contains(slot) == true)
    }
    findings.check(.v11, exercised: !failedActivities.isEmpty)
    judgeGivenUp(trip, stored, at)
    switch trip.state {
    case .confirmed:
      // What a modification books may cost no more than what it replaces.
      if trip.captured <= 0, trip.change == nil { wrong("no money was captured") }
      for slot in trip.coreSlots where !trip.wasConfirmed(slot) {
        wrong("the \(slot) was never confirmed")
      }
      let warned = Set(stored.warnings.map(\.slot))
      for slot in trip.activitySlots where warned.contains(slot) {
        guard let live = trip.live(slot), !vendors.isParked(live, of: trip, stored) else {
          continue
        }
        wrong("\(slot) is warned of and yet \(live.reservation.reference) stands")
      }
    case .cancelled:
      if !webhooks.hasCancel(trip.id) { wrong("nobody asked for its cancellation") }
    case .failed:
      let reasons = reasonsToFail(trip, stored)
      judgeReasonTold(reasons, trip, stored, at)
      guard reasons.isEmpty else { break }
      wrong(
        "charge, flight and hotel were all there to be had and nothing was lost: "
          + trip.trails.map {
            "\($0.slot) \($0.direction) answered \($0.lastStatus)"
          }.joined(separator: ", "))
      if !failedActivities.isEmpty {
        findings.violate(
          .v11, at: at, booking: trip.id,
          "\(trip.id) is FAILED and nothing but \(failedActivities.joined(separator: ", ")) was "
            + "wrong")
      }
    default: break
    }
  }

  /// X3: which invariants nothing has exercised. A count, not a violation: a scenario without
  /// cancellations cannot exercise A5, and coverage over seeds is the check's to judge.
  func concludeIdle(_ at: Int64) {
    for invariant in Invariant.allCases where invariant != .x3 && invariant != .x1 {
      findings.check(.x3, exercised: findings.timesExercised(invariant) > 0)
    }
  }
}

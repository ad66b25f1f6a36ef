import FakeVendors

// X2, X7: why a trip may fail.
extension OutcomeChecker {
  /// What a trip may fail for: whose fault it is.
  enum ReasonToFail: String {
    case payment, flight, hotel, deadline
    /// What a modification costs more is less than a card can be charged.
    case difference
    /// The flight's offer ended before it was booked.
    case offer
    /// Whether the flight was booked cannot be known.
    case lostFlight
    /// The card's hold ended before it was captured.
    case hold
    /// Somebody captured less of the hold than the trip costs.
    case shortCapture
  }

  /// All reasons for which a trip may have failed; empty when it had none.
  ///
  /// Each is a fact of the vendors' books, of the wire or of the clock, never what the orchestrator made
  /// of it. A call without a certain answer is no reason, however often it came: it is tried again until
  /// the deadline. Neither is a vendor that says "not now". What a vendor has told to be booked is no
  /// reason either, whatever it said before.
  func reasonsToFail(_ trip: AuditedTrip, _ stored: StoredTrip) -> [ReasonToFail] {
    var reasons: [ReasonToFail] = []
    let ended = trip.passed.last { $0.state == .failed }?.at ?? trip.since
    let undone = (trip.firstUndo ?? ended) + Bounds.moment
    let expires =
      trip.isOwn("flight") ? trip.offer.map { virtual($0.flight.expires) } ?? .max : .max
    // The orchestrator's own deadline may be later than the promised one, never earlier.
    let promised = min(trip.createdAt + Bounds.deadline, expires)
    if undone >= max(min(trip.deadline, promised), promised) { reasons.append(.deadline) }
    if hasPaymentFailed(trip) { reasons.append(.payment) }
    if trip.intents.contains(where: { intent in
      intent.hasEndedPastUs && virtual(intent.canceledMicroseconds ?? .max) < undone
    }) {
      reasons.append(.hold)
    }
    if trip.isUnpaid,
      trip.intents.contains(where: { intent in
        intent.isCapturedByHand && virtual(intent.capturedMicroseconds ?? .max) < undone
      })
    {
      reasons.append(.shortCapture)
    }
    let flights = trip.trails.filter { $0.slot == "flight" && $0.direction == "do" }
    if !flights.contains(where: \.isTold) {
      if undone >= expires { reasons.append(.offer) }
      if isLost(flights, trip, stored) { reasons.append(.lostFlight) }
      if isRefused("flight", trip) || flights.contains(where: \.wasRefused) {
        reasons.append(.flight)
      }
    }
    if isHotelRefused(trip) { reasons.append(.hotel) }
    if isDifferenceSmall(trip) { reasons.append(.difference) }
    return reasons
  }

  /// Whether a modification may cost a little more than what it replaces: no least charge of Stripe is
  /// above 200 major units. Which activities were left out is told by nobody when nothing was charged.
  private func isDifferenceSmall(_ trip: AuditedTrip) -> Bool {
    guard trip.change != nil else { return false }
    let gone = trip.activitySlots.filter { isRefused($0, trip) }.compactMap(trip.price)
    return MoneyChecker.sums(of: gone).contains {
      (1..<20_000).contains(trip.due(leavingOut: $0))
    }
  }

  /// A card that was declined, needs its owner, or a payment that somebody cancelled by hand.
  private func hasPaymentFailed(_ trip: AuditedTrip) -> Bool {
    let isRefused = trip.trails.contains { trail in
      (trail.slot == "charge" || trail.slot == "intent") && trail.direction == "do"
        && trail.wasDeclined
    }
    return isRefused || trip.neededCustomer
      || trip.intents.contains { $0.declineCode != nil || $0.doneByHand == "canceled" }
  }

  /// A flight order that may exist and that nobody can look for. Whether it was rightly parked is P1's
  /// question.
  private func isLost(
    _ flights: [StepHistory], _ trip: AuditedTrip, _ stored: StoredTrip
  ) -> Bool {
    // A process that died between writing the step down and sending it leaves the same doubt.
    let written = stored.steps.count { $0.slot == "flight" && $0.direction == "do" }
    return (trip.crashes > 0 && written > flights.count)
      || flights.contains { $0.ambiguousEnds > 0 || $0.diedOpen }
  }

  /// Whether what was offered was gone, dearer, or refused for good when it was asked after.
  private func isRefused(_ slot: String, _ trip: AuditedTrip) -> Bool {
    trip.offer?.gone.contains(slot) == true || trip.refused.contains { $0.slot == slot }
      || trip.lookups.contains { $0.slot == slot && $0.refusals > 0 }
  }

  /// A token that was too old is no reason, nor an order of which nothing is found: a hotel has three
  /// tries. One that its property had cancelled before it was found is gone.
  private func isHotelRefused(_ trip: AuditedTrip) -> Bool {
    let tries = trip.trails.filter { $0.slot == "hotel" && $0.direction == "do" }
    if tries.contains(where: \.isTold) { return false }
    if isRefused("hotel", trip) { return true }
    if tries.contains(where: { $0.wasRefused && $0.lastStatus != 400 }) { return true }
    if tries.contains(where: { $0.generation >= Bounds.hotelTries }) { return true }
    return tries.contains { $0.ambiguousEnds > 0 || $0.diedOpen } && trip.isGone("hotel")
  }

  /// X7: what clients are told a trip failed for is one of its reasons.
  ///
  /// Several may be true at once; which of them is told is the orchestrator's to say. A word that is not
  /// known here is judged by X2 alone.
  func judgeReasonTold(
    _ reasons: [ReasonToFail], _ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64
  ) {
    let told = Self.meant(by: stored.failure)
    findings.check(.x7, exercised: !told.isEmpty)
    guard !told.isEmpty, !told.contains(where: reasons.contains) else { return }
    let shown = reasons.map(\.rawValue).joined(separator: ", ")
    findings.violate(
      .x7, at: at, booking: trip.id,
      "\(trip.id) is told to have failed for '\(stored.failure)'; what the vendors' books, the wire and "
        + "the clock show is \(reasons.isEmpty ? "no reason at all" : shown)")
  }

  /// The reasons that a published code of a failure stands for.
  private static func meant(by code: String) -> [ReasonToFail] {
    switch code {
    case "deadline-passed", "validation-timed-out": [.deadline]
    case "flight-offer-expired": [.offer, .flight]
    case "flight-unknown": [.lostFlight]
    case "difference-too-small": [.difference]
    case "flight-refused", "flight-unavailable", "flight-price-changed", "flight-mismatch":
      [.flight]
    case "hotel-refused", "hotel-unavailable", "hotel-price-changed", "hotel-mismatch": [.hotel]
    // A hold may have ended before anybody was told of it.
    case "payment-declined": [.payment, .hold]
    case "payment-refused": [.payment]
    case "payment-expired": [.hold]
    case "payment-mismatch": [.shortCapture]
    default: []
    }
  }
}

// X6: why an activity may be given up.
extension OutcomeChecker {
  /// X6: an activity that is warned of as failed, or as gone, had a reason in its supplier's books, or
  /// its supplier had its time: twenty minutes from when the hotel was asked for last, and so at least
  /// from before the wait began, or until a minute before the deadline.
  ///
  /// Of trips that were confirmed: only they give a part up. One that its supplier has told to be booked
  /// must not be given up, unless the supplier took it back; what it first said "pending" about it may.
  func judgeGivenUp(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    guard let confirmed = trip.passed.first(where: { $0.state == .confirmed })?.at else { return }
    for warning in stored.warnings where warning.slot.hasPrefix("activity-") {
      guard ["activity-failed", "activity-unavailable"].contains(warning.code) else { continue }
      findings.check(.x6)
      if isRefused(warning.slot, trip) { continue }
      let tries = trip.trails.filter { $0.slot == warning.slot && $0.direction == "do" }
      var why = "it was there when its availability was asked for"
      if warning.code == "activity-failed" {
        let made = trip.placed.filter { $0.slot == warning.slot }
        if tries.contains(where: \.wasRefused) || made.contains(where: { !$0.isStanding }) {
          continue
        }
        let isTold = tries.contains(where: \.isTold) && made.contains { !$0.wasPending }
        if !isTold, confirmed >= waitsUntil(trip) { continue }
        why =
          isTold
          ? "its supplier has it and said so"
          : "its supplier had until \(seconds(waitsUntil(trip))) s to answer, and the trip was "
            + "confirmed at \(seconds(confirmed)) s"
      }
      findings.violate(
        .x6, at: at, booking: trip.id, subject: warning.slot,
        "\(warning.slot) of \(trip.id) is told to be \(warning.code), but \(why)")
    }
  }

  /// Until when the activities of a trip must be waited for.
  private func waitsUntil(_ trip: AuditedTrip) -> Int64 {
    let begun =
      trip.trails.filter { $0.slot == "hotel" && $0.direction == "do" }.map(\.lastEnd).max() ?? 0
    let deadline = min(trip.deadline, trip.createdAt + Bounds.deadline)
    return min(begun + Bounds.activities, deadline - Bounds.beforeDeadline) - Bounds.moment
  }
}

extension StepHistory {
  /// Whether its success was told, and no process died before that was written down.
  var isTold: Bool { succeededEnds > 0 && !diedOpen }
}

extension AuditedTrip.Placed {
  /// Whether its vendor neither refused it nor took it back by itself.
  fileprivate var isStanding: Bool {
    !reservation.isGone && reservation.status != .rejected
  }
}

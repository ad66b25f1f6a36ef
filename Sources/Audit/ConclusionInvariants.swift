import Crypto
import FakeVendors
import FoundationEssentials

// One trip in the quiet: L1, L2, L3, D6, X2, V11, P1, and the order of all exact checks.
extension Auditor {
  /// Judges one trip at the end.
  ///
  /// Exact values are asked only of a settled trip: in a final state, nothing due, nothing pending
  /// at Stripe. One that is not settled is L1's finding once the quiet has lasted long enough.
  func concludeTrip(_ trip: AuditedTrip, _ at: Int64) {
    guard let stored = read({ try $0.stored(trip.id, decoder) }) ?? nil else {
      findings.check(.d9)
      findings.violate(
        .d9, at: at, booking: trip.id, "\(trip.id) was accepted and is no longer in the database")
      return
    }
    warningCounts[trip.id] = stored.warnings.count
    warned[trip.id] = stored.warnings.map { "\($0.slot)=\($0.code)" }.joined(separator: " ")
    for warning in stored.warnings where warning.code == "activity-failed" {
      trip.reportedFailed.insert(warning.slot)
    }
    if !stored.warningsAreReadable {
      findings.violate(
        .d3, at: at, booking: trip.id, subject: "warnings",
        "the warnings of \(trip.id) cannot be read")
    }
    noteAttention(trip, stored)
    judgeLiveness(trip, stored, at)
    let isPending =
      trip.intents.contains { $0.status == "processing" }
      || trip.refunds.contains { $0.status == "pending" || $0.status == "requires_action" }
    let isSettled =
      trip.state.isTerminal && stored.wake == nil && !isPending && stored.openInbox == 0
    trip.isSettled = isSettled
    guard isSettled, trip.offer != nil else {
      expected[trip.id] = expectedNet(trip, stored)
      return
    }
    concludeMoney(trip, stored, at)
    concludeReservations(trip, stored, at)
    if trip.state == .confirmed {
      judgeConfirmed(trip, warned: stored.warnings.map(\.slot), isQuiet: true, at)
    }
    judgeReferences(trip, stored, at)
    judgeOutcome(trip, stored, at)
    judgeParking(trip, stored, at)
    judgeOutbox(trip, stored, at)
    noteMarks(trip, stored)
  }

  /// D6: a step that is done names what the vendor made for it.
  private func judgeReferences(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    for step in stored.steps where step.status == "DONE" {
      let isMade: Bool
      switch (step.direction, step.slot) {
      case ("do", "intent"):
        isMade = trip.intents.contains {
          step.reference.contains($0.id) && $0.idempotencyKey == step.key
        }
      case ("do", "charge"):
        isMade = trip.intents.contains { $0.capturedMinor > 0 }
      case ("do", let slot):
        isMade = trip.placed.contains { $0.slot == slot && names(step.reference, $0.reservation) }
      case ("undo", let slot) where slot == "charge" || slot.hasPrefix("refund-"):
        // A charge that was undone before any money moved has no refund to name.
        isMade =
          (step.reference.isEmpty && trip.captured == 0)
          || trip.refunds.contains {
            step.reference.contains($0.id)
              && $0.metadata["booking"] == trip.id && $0.idempotencyKey.hasPrefix("\(trip.id):")
          }
      default: continue
      }
      findings.check(.d6)
      if !isMade {
        findings.violate(
          .d6, at: at, booking: trip.id, subject: step.key,
          "\(step.key) is DONE with the reference '\(step.reference)', and the vendor has made no "
            + "such thing for it")
      }
    }
  }

  // MARK: Liveness

  /// L1, L2, L3, L10 of one trip.
  ///
  /// Time counts from when nothing stood in the way any more: the quiet had begun, the step was
  /// written down, and no vendor was still to do something of its own.
  private func judgeLiveness(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    guard let quiet = quietSince else { return }
    let clear = max(quiet, trip.lastNews)
    findings.check(.l1)
    let waitedForTrip = at - max(quiet, trip.createdAt)
    if !trip.state.isTerminal, waitedForTrip >= Bounds.trip {
      findings.violate(
        .l1, at: at, booking: trip.id,
        "\(trip.id) is \(trip.state.rawValue) since \(seconds(trip.since)) s, "
          + "\(seconds(waitedForTrip)) s after all faults were healed")
    }
    let confirmed = trip.passed.first { $0.state == .confirmed }?.at
    for step in stored.steps {
      let isUndo = step.direction == "undo"
      let start = max(clear, virtual(step.created))
      // What was undone has its answer, whether or not the doing was ever answered.
      let undo = isUndo ? nil : stored.step(step.slot, "undo")
      let isAnswered = !step.isOpen || undo?.isSettled == true
      var end =
        !step.isOpen ? virtual(step.updated) : isAnswered ? virtual(undo?.updated ?? 0) : at
      // A trip is confirmed of settled steps, but for activities that are told to have failed. What is
      // looked at later, to see whether it still stands, is written into the same row.
      if let confirmed, !isUndo, !step.isOpen, !trip.reportedFailed.contains(step.slot) {
        end = min(end, max(confirmed, virtual(step.created)))
      }
      let bound = isUndo ? Bounds.compensation : Bounds.resolve
      findings.check(isUndo ? .l3 : .l2, exercised: step.firstSent != nil)
      if end - start > bound {
        findings.violate(
          isUndo ? .l3 : .l2, at: at, booking: trip.id, subject: step.key,
          "\(step.key) is \(step.status), \(seconds(end - start)) s after nothing stood in its "
            + "way (\(seconds(start)) s); the bound is \(seconds(bound)) s")
      }
    }
    // L3: an undo that was given up without being done or parked, of something that still stands.
    for placed in trip.placed where placed.isLive && trip.state.isTerminal {
      guard let undo = stored.step(placed.slot, "undo"), undo.status == "REJECTED",
        stored.wake == nil, !isParked(placed, of: trip, stored)
      else { continue }
      findings.violate(
        .l3, at: at, booking: trip.id, subject: "given up \(undo.key)",
        "\(undo.key) was rejected and given up, and \(placed.reservation.reference) still stands "
          + "and is not parked")
    }
    for mail in stored.outbox {
      findings.check(.l10)
      if mail.status == "pending", at - clear >= Bounds.trip {
        findings.violate(
          .l10, at: at, booking: trip.id, subject: mail.kind,
          "the \(mail.kind) mail of \(trip.id) is still pending, \(seconds(at - clear)) s after "
            + "all faults were healed")
      }
    }
  }

  // MARK: Outcomes

  /// X2 and the end of V11: the state is one that the vendors' final truth allows.
  ///
  /// - No trip comes to its state by a request that a vendor refuses for how it is written.
  /// - CONFIRMED needs money, flight and hotel; each activity is confirmed or warned of, not both.
  /// - CANCELLED needs somebody who asked for it.
  /// - FAILED needs a reason at a vendor: a component refused or repriced, a charge that never came
  ///   to be, no flight or hotel at the end, a flight order whose answer was lost, a deadline
  ///   passed, or a vendor that said "not now" more often than patience lasts.
  private func judgeOutcome(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
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
    switch trip.state {
    case .confirmed:
      if trip.captured <= 0 { wrong("no money was captured") }
      if !trip.wasConfirmed("flight") { wrong("the flight was never confirmed") }
      if !trip.wasConfirmed("hotel") { wrong("the hotel was never confirmed") }
      let warned = Set(stored.warnings.map(\.slot))
      for slot in trip.activitySlots where warned.contains(slot) {
        guard let live = trip.live(slot), !isParked(live, of: trip, stored) else { continue }
        wrong("\(slot) is warned of and yet \(live.reservation.reference) stands")
      }
    case .cancelled:
      if !hasCancel(trip.id) { wrong("nobody asked for its cancellation") }
    case .failed:
      guard reasonToFail(trip, stored) == nil else { break }
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

  private func reasonToFail(_ trip: AuditedTrip, _ stored: StoredTrip) -> String? {
    let gone = trip.offer?.gone ?? []
    let ended = trip.passed.last { $0.state == .failed }?.at ?? trip.since
    let undone = trip.firstUndo ?? ended
    if undone >= trip.deadline - 1_000_000 { return "deadline" }
    if let expires = trip.offer?.flight.expires, undone >= virtual(expires) - 1_000_000 {
      return "offer expired"
    }
    // Whether it really was lost is P1's question.
    if !stored.attention("flight-order-lost").isEmpty { return "flight lost" }
    for slot in ["flight", "hotel"] {
      if gone.contains(slot) { return "\(slot) gone" }
      if trip.refused.contains(where: { $0.slot == slot }) { return "\(slot) refused" }
      if let look = trip.lookups.first(where: { $0.slot == slot }),
        look.refusals > 0 || look.failures >= Bounds.patience
      {
        return "\(slot) refused to look"
      }
      let tries = trip.trails.filter { $0.slot == slot && $0.direction == "do" }
      for trail in tries {
        if slot == "flight", trail.ambiguousEnds > 0 || trail.diedOpen { return "flight lost" }
        if trail.wasRefused || trail.sawConflict { return "\(slot) refused" }
      }
      if tries.reduce(0, { $0 + $1.sends }) >= Bounds.patience { return "\(slot) not to be had" }
      if !tries.isEmpty {
        let made = trip.placed.filter { $0.slot == slot && !$0.isLate }
        if !made.contains(where: {
          $0.reservation.status == .confirmed || $0.reservation.status == .cancelled
        }) {
          return "no \(slot)"
        }
        if made.contains(where: \.reservation.isGone) {
          return "\(slot) cancelled at its vendor"
        }
      }
    }
    let charges = trip.trails.filter {
      ($0.slot == "charge" || $0.slot == "intent") && $0.direction == "do"
    }
    for trail in charges {
      if trail.wasRefused { return "charge refused" }
      // An outcome that was lost may be settled by giving the charge up and fencing it.
      if trail.ambiguousEnds >= Bounds.patience { return "charge lost" }
    }
    if !charges.isEmpty, trip.captured == 0 { return "not charged" }
    return nil
  }

  // MARK: Parking

  /// P1: nothing is parked but for a reason that the vendors' truth supports.
  private func judgeParking(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    for item in stored.attention {
      findings.check(.p1)
      guard let why = unsupported(item, trip, stored) else { continue }
      findings.violate(
        .p1, at: at, booking: trip.id, subject: "\(item.slot) \(item.reason)",
        "\(item.slot) of \(trip.id) is parked as '\(item.reason)' (\(item.known)), but \(why)")
    }
  }

  private func unsupported(
    _ item: StoredTrip.Attention, _ trip: AuditedTrip, _ stored: StoredTrip
  ) -> String? {
    switch item.reason {
    case "flight-order-lost":
      guard item.slot == "flight" else { return "it is no flight" }
      let tries = trip.trails.filter { $0.slot == "flight" && $0.direction == "do" }
      // A process that died between writing the step down and sending it leaves the same doubt.
      let written = stored.steps.count { $0.slot == "flight" && $0.direction == "do" }
      let isLost =
        (trip.crashes > 0 && written > tries.count)
        || tries.contains {
          $0.ambiguousEnds > 0 || $0.diedOpen || $0.sends > $0.definitiveEnds
        }
      return isLost ? nil : "every order request was answered for certain"
    case "refund-failed":
      let isTrue = trip.refunds.contains { $0.status == "failed" || $0.status == "canceled" }
      return isTrue ? nil : "no refund of it failed at Stripe"
    case "undo-refused":
      if isRefund(item.slot) { return undisputed(trip) }
      // Refused as often as anyone may ask, and the item still stands. That a vendor has decided
      // never to cancel it is no excuse for asking less: nobody but the vendor knows.
      let undos = trip.trails.filter { $0.slot == item.slot && $0.direction == "undo" }
      if trip.live(item.slot) == nil { return "nothing of it stands at the vendor" }
      let refusals = undos.reduce(0) { $0 + $1.definitiveEnds }
      return refusals >= Bounds.refusals
        ? nil : "its vendor refused only \(refusals) cancellations"
    case "payment-mismatch":
      let isDoubled = trip.intents.count { $0.capturedMinor > 0 } > 1
      return isDoubled ? nil : "no second payment was charged"
    case "payment-disputed":
      return trip.disputes.contains(where: \.isOpen) ? nil : "no dispute of it is open"
    default:
      return "its vendors can tell the truth about it"
    }
  }
}

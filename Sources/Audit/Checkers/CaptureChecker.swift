import FakeVendors
import Scenarios
import Wire

/// H1…H6: cards that hold the money until the trip is booked.
///
/// Which trips these are the client's option says, not the orchestrator. The fake Stripe's ledger tells
/// when an amount was authorised, captured or released.
final class CaptureChecker: Checker {
  let context: AuditContext
  init(_ context: AuditContext) { self.context = context }

  /// H1, H2, H3 of a payment that changed.
  ///
  /// Bounds on what Stripe has really done: a capture that takes effect minutes late was sent when its
  /// trip stood. What was cancelled since counts as booked; what its vendor never confirmed does not, and
  /// no answer can have told so.
  func paymentIntentChanged(_ id: String, _ at: Int64) {
    guard let intent = books.paymentIntent(id), !intent.isByHand,
      let trip = known(intent.metadata["booking"] ?? ""), trip.isHeldFirst
    else { return }
    if intent.hasExpired { mark("hold-expired") }
    guard intent.capturedMinor > 0 else { return }
    if intent.isCapturedByHand, intent.capturedMinor < intent.amountMinor {
      mark("captured-by-hand-in-part")
    }
    findings.check(.h1)
    if intent.capturedMinor > intent.amountMinor {
      findings.violate(
        .h1, at: at, booking: trip.id, subject: id,
        "\(id) has \(intent.capturedMinor) captured of \(intent.amountMinor) that were authorised")
    }
    findings.check(.h2)
    if intent.heldMicroseconds == nil {
      findings.violate(
        .h2, at: at, booking: trip.id, subject: id,
        "\(trip.id) is to be paid when it is booked, and \(id) was captured at \(seconds(at)) s "
          + "without having been held")
    }
    let worth = trip.costOfStanding()
    // How much people take by hand is theirs to answer for; what becomes of it H6 and M9 ask.
    findings.check(.h3, exercised: !intent.isCapturedByHand)
    if intent.isCapturedByHand { return }
    if intent.capturedMinor < trip.total { mark("hold-captured-in-part") }
    guard intent.capturedMinor > worth else { return }
    findings.violate(
      .h3, at: at, booking: trip.id, subject: id,
      "\(id) has \(intent.capturedMinor) \(trip.currency)-minor captured at \(seconds(at)) s; what "
        + "vendors ever confirmed of \(trip.id) costs \(worth)")
  }

  /// H1, H2, H5 of a call that is sent.
  func sent(_ record: CallRecord, _ at: Int64) {
    guard record.service == "stripe", let trip = known(record.bookingID), trip.isHeldFirst else {
      return
    }
    switch record.operation {
    case "payment_intents.capture": judgeCapture(trip, record, at)
    case "refunds.create":
      findings.check(.h5)
      guard trip.captured == 0 else { return }
      findings.violate(
        .h5, at: at, booking: trip.id, subject: "refund",
        "a refund of \(trip.id) is sent at \(seconds(at)) s although nothing of its hold was taken")
    default: break
    }
  }

  private func judgeCapture(_ trip: AuditedTrip, _ record: CallRecord, _ at: Int64) {
    findings.check(.h1)
    // A death may have taken the knowledge of an answer with it.
    let isTold = trip.trails.contains {
      $0.slot == "capture" && $0.direction == "do" && $0.isTold
    }
    if isTold, trip.captured > 0 {
      findings.violate(
        .h1, at: at, booking: trip.id, subject: "again",
        "\(trip.id) is captured again at \(seconds(at)) s (attempt \(record.attempt) of generation "
          + "\(record.generation)) although it was told that \(trip.captured) were")
    }
    findings.check(.h2)
    for slot in ["flight", "hotel"] where trip.isOwn(slot) && !stands(slot, trip) {
      findings.violate(
        .h2, at: at, booking: trip.id, subject: slot,
        "the hold of \(trip.id) is to be captured at \(seconds(at)) s, and its \(slot) is not booked"
      )
    }
  }

  /// Whether a slot is booked, as far as the orchestrator can know: what was cancelled past it stands.
  private func stands(_ slot: String, _ trip: AuditedTrip) -> Bool {
    trip.placed.contains {
      $0.slot == slot && ($0.reservation.status == .confirmed || $0.reservation.isGone)
    }
  }

  /// H4, H5, H6 of a settled trip.
  ///
  /// A hold that expires after its trip has ended was left to do so: whoever undoes a trip releases it first.
  /// One whose creation was never answered is not known by its id: that somebody else confirmed it is for
  /// people to settle, as M12 has it.
  func conclude(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    guard trip.isHeldFirst else { return }
    for intent in trip.intents where intent.heldMicroseconds != nil {
      findings.check(.h4)
      let isKnown = stored.payments.contains { $0.intent == intent.id }
      let isLeft =
        intent.hasEndedPastUs && virtual(intent.canceledMicroseconds ?? .min / 2) > trip.since
      guard intent.status == "requires_capture" || isLeft,
        isKnown || intent.doneByHand != "confirmed"
      else { continue }
      findings.violate(
        .h4, at: at, booking: trip.id, subject: intent.id,
        "\(trip.id) is \(trip.state.rawValue) since \(seconds(trip.since)) s, and "
          + "\(intent.amountMinor) \(trip.currency)-minor were left held by \(intent.id)")
    }
    judgePaid(trip, at)
    let isReleased = trip.captured == 0 && trip.intents.contains { $0.heldMicroseconds != nil }
    findings.check(.h5, exercised: isReleased)
    if isReleased { mark("hold-released") }
    guard isReleased, let refund = trip.refunds.first(where: { !$0.isByHand }) else { return }
    findings.violate(
      .h5, at: at, booking: trip.id, subject: refund.id,
      "nothing was taken from \(trip.id), and \(refund.id) gives \(refund.amountMinor) back")
  }

  /// H6: what a trip costs was taken of its hold before it was confirmed, by whomever.
  ///
  /// A hold is captured once: nobody can take more of it later, so what Stripe's books say in the end is
  /// what they said then. What was refunded since, or taken back, does not count here. The price of an
  /// activity that its traveller was told had failed need not have been taken.
  private func judgePaid(_ trip: AuditedTrip, _ at: Int64) {
    guard trip.everConfirmed else { return }
    findings.check(.h6, exercised: trip.heldAtMost > 0)
    guard trip.isUnpaid, trip.heldAtMost > 0 else { return }
    findings.violate(
      .h6, at: at, booking: trip.id,
      "\(trip.id) was confirmed, and of the \(trip.heldAtMost) \(trip.currency)-minor that were held for "
        + "it only \(trip.captured) were taken; it costs \(trip.priceOfHeld)")
  }
}

extension StripeLedger.PaymentIntent {
  /// Whether it was held and ended without anybody's asking: it expired, or the bank took it back.
  var hasExpired: Bool { heldMicroseconds != nil && cancellationReason == "automatic" }

  /// Whether it was held and ended past the orchestrator: it expired, or somebody cancelled it by hand.
  var hasEndedPastUs: Bool { hasExpired || doneByHand == "voided" }

  /// Whether somebody captured what it held by hand.
  var isCapturedByHand: Bool { doneByHand == "captured" }
}

extension AuditedTrip {
  /// Whether its card only holds the money until it is booked, as its client asked for.
  var isHeldFirst: Bool { offer?.isHeldFirst ?? false }

  /// Whether nothing was taken from a card that was to be charged in the end, or, by somebody's hand, less
  /// than the trip costs: whoever cancels then owes nothing. A modification that came about is paid for by
  /// what was lent to it.
  var isUnpaid: Bool {
    isHeldFirst && !(change != nil && everConfirmed)
      && (captured == 0 || captured < priceOfHeld)
  }

  /// What its vendors ever confirmed costs, in minor units; of a modification, what that costs more than
  /// what it replaces.
  /// - Parameter failed: slots whose activities its traveller is told have failed, whatever they become.
  func costOfStanding(without failed: [String] = []) -> Int64 {
    let slots = ["flight", "hotel"].filter(isOwn) + activitySlots
    let booked = slots.reduce(Int64(0)) { sum, slot in
      wasConfirmed(slot) && !failed.contains(slot) ? sum + (price(slot) ?? 0) : sum
    }
    return max(0, booked - (change?.worth ?? 0))
  }

  /// What is to be taken of what was held: without the activities that its traveller was told had failed,
  /// in minor units.
  var priceOfHeld: Int64 {
    heldAtMost - reportedFailed.reduce(Int64(0)) { $0 + (price($1) ?? 0) }
  }

  /// The most that its card ever held at once, in minor units.
  var heldAtMost: Int64 {
    intents.reduce(0) { $1.heldMicroseconds == nil ? $0 : max($0, $1.amountMinor) }
  }
}

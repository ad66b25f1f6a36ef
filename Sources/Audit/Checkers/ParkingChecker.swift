import FakeVendors

/// P1: what is handed to an operator, and why. (P2 is judged with the reservations.)
final class ParkingChecker: Checker {
  let context: AuditContext
  let money: MoneyChecker
  /// All parked items, in order of time.
  private(set) var attention: [AttentionRow] = []

  init(_ context: AuditContext, _ money: MoneyChecker) {
    self.context = context
    self.money = money
  }

  /// Notes the parked items of a trip.
  func noteAttention(_ trip: AuditedTrip, _ stored: StoredTrip) {
    for item in stored.attention {
      let row = AttentionRow(
        bookingID: trip.id, slot: item.slot, reason: item.reason, reference: item.reference,
        known: item.known, advice: item.advice, sinceMicroseconds: virtual(item.created))
      let place = attention.firstIndex {
        ($0.sinceMicroseconds, $0.bookingID) > (row.sinceMicroseconds, row.bookingID)
      }
      attention.insert(row, at: place ?? attention.count)
      if ["flight-order-lost", "refund-failed", "undo-refused"].contains(item.reason) {
        mark(item.reason)
      }
    }
  }

  /// P1: nothing is parked but for a reason that the vendors' truth supports.
  func judgeParking(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    for item in stored.attention where item.isOpen {
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
      let isTrue =
        trip.refunds.contains {
          ($0.status == "failed" || $0.status == "canceled") && item.names($0.id)
        } || trip.disputes.contains { $0.status == "won" && item.names($0.id) }
      return isTrue ? nil : "no refund that it names failed at Stripe"
    case "undo-refused":
      if money.isRefund(item.slot) {
        return money.isRefusedForEver(item.slot, trip) ? nil : money.undisputed(trip)
      }
      // Refused as often as anyone may ask, and the item still stands. That a vendor has decided
      // never to cancel it is no excuse for asking less: nobody but the vendor knows.
      let undos = trip.trails.filter { $0.slot == item.slot && $0.direction == "undo" }
      // What was parked may be cancelled past us later.
      let wasStanding = trip.placed.contains {
        $0.slot == item.slot && $0.reservation.isGone
          && ($0.reservation.cancelledMicroseconds ?? 0) >= item.created
      }
      if trip.live(item.slot) == nil, !wasStanding { return "nothing of it stands at the vendor" }
      let refusals = undos.reduce(0) { $0 + $1.definitiveEnds }
      return refusals >= Bounds.refusals
        ? nil : "its vendor refused only \(refusals) cancellations"
    case "payment-mismatch":
      // The item names the payment that is one too many.
      let charged = (trip.intents + trip.foreign).filter {
        $0.capturedMinor > 0 || $0.heldMicroseconds != nil
      }
      let isNamed = charged.contains { item.names($0.id) }
      return charged.count > 1 && isNamed ? nil : "no second payment was charged"
    case "payment-disputed":
      return trip.disputes.contains(where: \.isOpen) ? nil : "no dispute of it is open"
    default:
      return "its vendors can tell the truth about it"
    }
  }
}

import BookingOrchestrator
import FakeServices

/// Refunds that the merchant's own desk made at Stripe, past the orchestrator.
extension StripeLedger.Refund {
  /// Whether a person made it: the fake's desk says so, and nobody gave it a cause.
  var isByHand: Bool { metadata["cause"] == nil && Origin(baggage).slot == "desk" }

  /// The booking that it belongs to.
  var booking: String { metadata["booking"] ?? (isByHand ? Origin(baggage).booking : "") }
}

extension Auditor {
  /// How long before a refund of its own the orchestrator may have looked at Stripe last, in
  /// microseconds: what was given back later it cannot have known.
  private static let lookAge: Int64 = 60 * 1_000_000

  /// What refunds by hand make of a net amount that would be right without them, and by how much less
  /// it may be for those that came when the orchestrator's own refund was under way or made.
  ///
  /// Nobody is paid twice: money given back by hand counts towards what is owed. More than was owed
  /// cannot be had back, so the rest lessens the net.
  func afterRefundsByHand(
    _ net: Int64, _ trip: TripFile, _ stored: StoredTrip
  ) -> ClosedRange<Int64> {
    let byHand = trip.refunds.filter { $0.isByHand && $0.status == "succeeded" }
    // One that counted, and came to nothing after our own was made less by it, is parked: so much at
    // most is owed still.
    let missing = parkedFailedRefunds(trip, stored, byHand: true)
    guard !byHand.isEmpty else { return net...net + missing }
    let isUndone = trip.state != .confirmed
    let own = stored.steps.filter { step in
      step.direction == "undo" && step.status != "REJECTED" && step.firstSent != nil
        && (isUndone ? step.slot == "charge" : step.slot.hasPrefix("refund-"))
    }
    let decided = own.compactMap(\.firstSent).min().map { $0 - Self.lookAge } ?? .max
    var early: Int64 = 0
    var late: Int64 = 0
    for refund in byHand {
      if refund.createdMicroseconds < decided {
        early += refund.amountMinor
      } else {
        late += refund.amountMinor
      }
    }
    // Parts that were given back before the trip was undone are no part of what its undoing owed.
    let parts =
      isUndone
      ? trip.refunds.reduce(Int64(0)) { sum, refund in
        let cause = refund.metadata["cause"] ?? ""
        let counts = !refund.isByHand && cause != "cancel" && cause != "rollback"
        return sum + (counts && refund.status == "succeeded" ? refund.amountMinor : 0)
      } : 0
    let right = max(0, min(net, trip.captured - parts - early))
    return max(0, right - late)...right + missing
  }
}

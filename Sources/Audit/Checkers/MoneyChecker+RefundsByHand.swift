package import FakeVendors
import Scenarios

/// Refunds that the merchant's own desk made at Stripe, past the orchestrator.
extension StripeLedger.Refund {
  /// Whether a person made it: the fake's desk says so, and nobody gave it a cause.
  package var isByHand: Bool { metadata["cause"] == nil && CallTags(baggage).slot == "desk" }

  /// The booking that it belongs to.
  package var booking: String {
    isByHand ? CallTags(baggage).booking : metadata["booking"] ?? ""
  }
}

extension StripeLedger.PaymentIntent {
  /// Whether another program made it, which may have written anything into its metadata.
  package var isByHand: Bool { CallTags(baggage).slot == "desk" }
}

extension MoneyChecker {
  /// Takes a payment that the orchestrator had given up, and that somebody else confirmed beside the trip's
  /// own, for another program's, when it is parked for an operator.
  ///
  /// Whose creation was never answered is not known by its id and cannot be cancelled; that it was charged
  /// all the same is told by an event, and what becomes of that money is for people to say.
  func setAsideGivenUp(_ trip: AuditedTrip, _ stored: StoredTrip) {
    let items = stored.attention("payment-mismatch")
    guard !items.isEmpty, trip.intents.count(where: { $0.capturedMinor > 0 }) > 1 else { return }
    let givenUp = trip.intents.filter { intent in
      intent.doneByHand == "confirmed" && items.contains { $0.names(intent.id) }
    }
    trip.intents.removeAll(where: givenUp.contains)
    trip.foreign += givenUp
  }

  /// Notes a payment that is none of the orchestrator's, and that names a trip all the same.
  ///
  /// It is no money of the trip's: what is charged, refunded and posted must be as if it did not exist.
  /// That somebody charged the customer in the trip's name may be handed to an operator.
  func foreignPaymentChanged(_ intent: StripeLedger.PaymentIntent, _ at: Int64) {
    mark(intent.metadata["booking"] == nil ? "foreign-payment" : "paid-again-by-hand")
    guard let name = intent.metadata["booking"], let trip = trip(name, at) else { return }
    trip.lastNews = at
    if let index = trip.foreign.firstIndex(where: { $0.id == intent.id }) {
      trip.foreign[index] = intent
    } else {
      trip.foreign.append(intent)
    }
  }

  /// What refunds by hand make of a net amount that would be right without them, and by how much less
  /// it may be for those that came when the orchestrator's own refund was under way or made.
  ///
  /// Nobody is paid twice: money given back by hand counts towards what is owed. More than was owed
  /// cannot be had back, so the rest lessens the net.
  func afterRefundsByHand(
    _ net: Int64, _ trip: AuditedTrip, _ stored: StoredTrip
  ) -> ClosedRange<Int64> {
    let byHand = trip.refunds.filter { $0.isByHand && $0.status == "succeeded" }
    // One that counted, and came to nothing after our own was made less by it, is parked: exactly what its
    // item says is owed still.
    let missing = parkedFailedRefunds(trip, stored, byHand: true)
    // What rounding had given more already is not missing once again: people can pay the exact amount.
    let kept = missing > 0 ? penalties(trip, stored).customers : 0
    let given = kept - ChargeStep.kept(kept, trip.currency)
    guard !byHand.isEmpty else { return net + missing...net + missing + given }
    let isUndone = trip.state != .confirmed
    func isFinal(_ refund: StripeLedger.Refund) -> Bool {
      ["cancel", "rollback"].contains(refund.metadata["cause"])
    }
    let own = trip.refunds.filter { !$0.isByHand && (!isUndone || isFinal($0)) }
    let known = own.map { knownUntil($0, trip) }.min() ?? .max
    var early: Int64 = 0
    var late: Int64 = 0
    for refund in byHand {
      if virtual(refund.createdMicroseconds) < known {
        early += refund.amountMinor
      } else {
        late += refund.amountMinor
      }
    }
    // Parts that were given back before the trip was undone are no part of what its undoing owed.
    let parts =
      isUndone
      ? trip.refunds.reduce(Int64(0)) { sum, refund in
        let counts = !refund.isByHand && !isFinal(refund) && refund.status == "succeeded"
        return sum + (counts ? refund.amountMinor : 0)
      } : 0
    let right = max(0, min(net, trip.captured - parts - early))
    return max(0, right - late) + missing...right + missing + given
  }

  /// Until when a refund of the orchestrator's own must count what was given back by hand; virtual.
  ///
  /// Its amount is computed from Stripe's list of refunds as the answer to that comes, and sent at once.
  /// What Stripe took in before the list was asked for is on it. What it took in between the asking and
  /// the refund may have missed the list, and then nobody can tell: the refund is on its way.
  /// Without a list the refund is over all that is left as far as is known, and Stripe itself refuses it
  /// when anything was given back before it.
  private func knownUntil(_ refund: StripeLedger.Refund, _ trip: AuditedTrip) -> Int64 {
    let origin = CallTags(refund.baggage)
    let trail = trip.trails.first {
      $0.slot == origin.slot && $0.direction == "undo" && $0.generation == origin.generation
    }
    let listed = trip.refundLists.last { $0.answered <= trail?.firstSent ?? .min }
    return listed?.asked ?? virtual(refund.createdMicroseconds)
  }
}

/// Refunds of amounts that Stripe does not take as they are.
extension Saga {
  /// Rounds what is owed up to what Stripe can refund: half of 305.010 KWD is not 152.505 but
  /// 152.510.
  func roundedUp(_ owed: Money) -> Money {
    Money(
      minorUnits: ChargeRules(owed.currency).refundable(owed.minorUnits), currency: owed.currency)
  }

  /// How much of what earlier refunds were rounded up by this one makes up for, as it is less for them.
  ///
  /// The charge's own refund gives back what is left of the charge, and so makes up for all of it; a
  /// part's is made less by at most `less`, be it for earlier refunds or for others'.
  func recouped(in slot: Slot, _ less: Int64) -> Int64 {
    let rounded = plan.rounded ?? 0
    return slot.isPartialRefund ? min(rounded, less) : rounded
  }

  /// Writes down that the customer is given more than they are owed, because Stripe's amounts are
  /// coarser than the currency: a loss of ours, once for each refund, whatever becomes of it. A negative
  /// amount takes back what earlier refunds gave.
  mutating func post(rounding amount: Int64, _ slot: Slot, cause: String) {
    guard amount != 0 else { return }
    plan.rounded = (plan.rounded ?? 0) + amount
    let isLoss = amount > 0
    changes.append(
      .ledger(
        LedgerPosting(
          txn: "\(id):rounding:\(slot.text)", debit: isLoss ? "rounding" : "customer",
          credit: isLoss ? "customer" : "rounding",
          amount: Money(minorUnits: abs(amount), currency: charge.currency), cause: cause)))
  }
}

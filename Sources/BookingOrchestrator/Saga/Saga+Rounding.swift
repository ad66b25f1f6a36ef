/// Refunds of amounts that Stripe does not take as they are.
extension Saga {
  /// Rounds what is owed up to what Stripe can refund: half of 305.010 KWD is not 152.505 but
  /// 152.510.
  func roundedUp(_ owed: Money) -> Money {
    Money(
      minorUnits: ChargeRules(owed.currency).refundable(owed.minorUnits), currency: owed.currency)
  }

  /// Writes down that the customer is given more than they are owed, because Stripe's amounts are
  /// coarser than the currency: a loss of ours, once for each refund, whatever becomes of it.
  mutating func post(rounding amount: Int64, _ slot: Slot, cause: String) {
    guard amount > 0 else { return }
    changes.append(
      .ledger(
        LedgerPosting(
          txn: "\(id):rounding:\(slot.text)", debit: "rounding", credit: "customer",
          amount: Money(minorUnits: amount, currency: charge.currency), cause: cause)))
  }
}

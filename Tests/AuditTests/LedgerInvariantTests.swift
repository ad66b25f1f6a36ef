import Testing

@testable import Audit
@testable import FakeVendors
@testable import Worlds

/// M8 fires on a ledger that balances and agrees with Stripe's total, and is wrong all the same; and
/// what excused amounts before excuses no more than it must.
struct LedgerInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  private func conclude(_ id: String = "M8") -> String {
    rig.conclude()
    return rig.auditor.violations.first { $0.invariant == id }?.explanation ?? ""
  }

  @Test func penaltiesOfBothBearersAreKnown() throws {
    try rig.cancel(penalty: 4_000)
    rig.conclude()
    #expect(rig.violated == [])
  }

  @Test func aPenaltyThatIsNotPostedIsFound() throws {
    try rig.cancel(penalty: 4_000)
    try rig.unpost("bk_0:penalty:hotel")
    #expect(conclude().contains("0 from customer to vendors"))
    #expect(rig.violated == ["M8"])
  }

  @Test func aPenaltyOnTheWrongBearerIsFound() throws {
    try rig.cancel(penalty: 4_000)
    try rig.unpost("bk_0:penalty:hotel")
    try rig.post("bk_0", "bk_0:penalty:hotel", debit: "penalty", credit: "vendors", 4_000)
    rig.conclude()
    #expect(rig.violated == ["M8"])
    #expect(rig.result(.m8).violations == 2)
  }

  @Test func aPenaltyPostedTwiceIsFound() throws {
    try rig.cancel(penalty: 4_000)
    try rig.post("bk_0", "bk_0:penalty:again", debit: "customer", credit: "vendors", 4_000)
    #expect(conclude().contains("8000 from customer to vendors"))
  }

  @Test func aPenaltyThatNoVendorKeptIsFound() throws {
    try rig.rollBack()
    try rig.post("bk_0", "bk_0:penalty:flight", debit: "penalty", credit: "vendors", 1)
    #expect(conclude().contains("1 from penalty to vendors"))
    #expect(rig.violated == ["M8"])
  }

  @Test func aRoundingWithoutAReasonIsFound() throws {
    try rig.cancel(penalty: 4_000)
    try rig.post("bk_0", "bk_0:rounding:charge", debit: "rounding", credit: "customer", 5)
    #expect(conclude().contains("5 from rounding to customer"))
    #expect(rig.violated == ["M8"])
  }

  @Test func anAccountThatNobodyKnowsIsFound() throws {
    try rig.rollBack()
    try rig.post("bk_0", "odd", debit: "vendors", credit: "penalty", 7)
    #expect(conclude().contains("debits vendors and credits penalty"))
    #expect(rig.violated == ["M8"])
  }

  @Test func anotherCurrencyIsFound() throws {
    try rig.cancel(penalty: 4_000)
    try rig.unpost("bk_0:penalty:hotel")
    try rig.post(
      "bk_0", "bk_0:penalty:hotel", debit: "customer", credit: "vendors", 4_000, currency: "EUR")
    #expect(conclude().contains("in EUR, the trip is in USD"))
  }

  @Test func aChargebackThatNoBankMadeIsFound() throws {
    try rig.book()
    try rig.confirm()
    try rig.post(
      "bk_0", "bk_0:chargeback:dp_1", debit: "customer", credit: "stripe", 5, cause: "chargeback")
    try rig.post("bk_0", "bk_0:charge:2", debit: "stripe", credit: "customer", 5)
    #expect(conclude().contains("knows of a chargeback"))
    #expect(rig.violated == ["M8"])
  }

  /// The sum is right, and no single refund is.
  @Test func aRefundPostedUnderAnothersNameIsFound() throws {
    try rig.rollBack()
    try rig.unpost("bk_0:refund:re_bk_0_charge_1")
    try rig.post("bk_0", "bk_0:refund:re_other", debit: "customer", credit: "stripe", 75_000)
    #expect(conclude().contains("has 0 for re_bk_0_charge_1"))
    #expect(rig.violated == ["M8"])
  }

  @Test func ourOwnRefundTakenForOneByHandIsFound() throws {
    try rig.rollBack()
    try rig.unpost("bk_0:refund:re_bk_0_charge_1")
    try rig.post(
      "bk_0", "bk_0:refund:re_bk_0_charge_1", debit: "customer", credit: "stripe", 75_000,
      cause: "refunded-elsewhere")
    #expect(conclude().contains("75000 refunded elsewhere, Stripe 0 by hand"))
    #expect(rig.violated == ["M8"])
  }

  /// That a refund is parked as failed does not excuse books that hold it for paid.
  @Test func aFailedRefundThatTheLedgerHoldsForPaidIsFound() throws {
    try rig.rollBack()
    rig.refund(75_000, status: "failed")
    try rig.payment("bk_0", "SUCCEEDED", amount: 75_000)
    try rig.park("bk_0", "charge", "refund-failed", "re_bk_0_charge_1")
    rig.conclude()
    #expect(rig.violated == ["M8"])
  }

  @Test func aFailedRefundThatThePaymentHoldsForPaidIsFound() throws {
    try rig.rollBack()
    rig.refund(75_000, status: "failed")
    try rig.post(
      "bk_0", "bk_0:refund-failed:re_bk_0_charge_1", debit: "stripe", credit: "customer", 75_000)
    try rig.park("bk_0", "charge", "refund-failed", "re_bk_0_charge_1")
    rig.conclude()
    #expect(rig.violated == ["D4"])
  }

  /// An item that names no refund excuses none.
  @Test func moneyOwedIsParkedByItsName() throws {
    try rig.rollBack()
    rig.refund(75_000, status: "failed")
    try rig.post(
      "bk_0", "bk_0:refund-failed:re_bk_0_charge_1", debit: "stripe", credit: "customer", 75_000)
    try rig.payment("bk_0", "SUCCEEDED", amount: 75_000)
    try rig.park("bk_0", "charge", "refund-failed")
    rig.conclude()
    #expect(Set(rig.violated) == ["M9", "V4", "P1"])
  }

  // MARK: What a vendor refuses for ever

  /// The supplier quoted 2,500 of 5,000. Nothing, all of it, and anything else between were right.
  @Test(arguments: [75_000, 73_000, 70_000])
  func aRefusedItemCostsWhatWasQuoted(refund: Int64) throws {
    try rig.cancelARefusedActivity(refund: refund, penalty: 2_500)
    #expect(conclude("M9").contains("expected 2500"))
    #expect(rig.violated == ["M9"])
  }

  @Test func aRefusedItemWhoseQuoteIsNotPostedIsFound() throws {
    try rig.cancelARefusedActivity(refund: 72_500, penalty: 0)
    rig.conclude()
    #expect(rig.violated == ["M8"])
  }

  /// The traveller was told that it had failed; that it stands, refused for ever, is not their loss.
  @Test func whatFailedIsNotChargedThoughItStands() throws {
    try rig.book()
    rig.tick(20 * 60_000_000)
    try rig.warn("bk_0", "activity-1")
    for generation in 1...10 {
      try rig.perform(
        "bk_0", "activity-1", "undo", generation: generation, cause: "activity-1",
        target: "activity-1-of-bk_0-1", finally: generation == 10 ? "NEEDS_ATTENTION" : "REJECTED")
    }
    try rig.park("bk_0", "activity-1", "undo-refused", "activity-1-of-bk_0-1")
    try rig.write("bk_0", "CONFIRMED", attention: true)
    #expect(conclude("M9").contains("net 75000, expected 70000"))
    #expect(rig.violated == ["M9", "X6"])
  }

  @Test func anItemIsNotGivenUpAfterOneRefusalForEver() throws {
    try rig.book()
    try rig.warn("bk_0", "activity-1")
    try rig.perform(
      "bk_0", "activity-1", "undo", cause: "activity-1", target: "activity-1-of-bk_0-1",
      fault: "never-cancellable", finally: "NEEDS_ATTENTION")
    try rig.park("bk_0", "activity-1", "undo-refused", "activity-1-of-bk_0-1")
    try rig.write("bk_0", "CONFIRMED", attention: true)
    rig.conclude()
    #expect(rig.violated.contains("P1"))
  }

  // MARK: Refunds by hand

  /// 1,000 is given back by hand; then the trip is cancelled, and all of it is refunded but that, or not.
  private func cancelAfterRefundByHand(
    refund: Int64, byHand when: (AuditRig) -> Void, listing: (AuditRig) -> Void
  ) throws {
    try rig.book()
    try rig.confirm()
    rig.tick()
    try rig.askCancel("bk_0")
    try rig.write("bk_0", "CANCELLING")
    for slot in ["activity-1", "hotel", "flight"] {
      try rig.perform("bk_0", slot, "undo", cause: "cancel", target: "\(slot)-of-bk_0-1") {
        rig.release(slot: slot, penalty: slot == "hotel" ? 4_000 : 0)
      }
    }
    when(rig)
    listing(rig)
    try rig.perform("bk_0", "charge", "undo", cause: "cancel", reference: "re_bk_0_charge_1") {
      rig.refund(cause: "cancel", refund)
    }
    try rig.payment("bk_0", "PARTIALLY_REFUNDED", amount: 75_000, refunded: refund + 1_000)
    try rig.post(
      "bk_0", "bk_0:refund:re_bk_0_charge_1", debit: "customer", credit: "stripe", refund)
    try rig.post(
      "bk_0", "bk_0:refund:re_desk", debit: "customer", credit: "stripe", 1_000,
      cause: "refunded-elsewhere")
    try rig.post("bk_0", "bk_0:penalty:hotel", debit: "customer", credit: "vendors", 4_000)
    try rig.write("bk_0", "CANCELLED")
    rig.conclude()
  }

  /// Three seconds before the list was asked for, well within the minute that was forgiven once.
  @Test func whatWasOnTheListMustCount() throws {
    try cancelAfterRefundByHand(refund: 71_000) {
      $0.refundByHand(1_000)
      $0.tick(3_000_000)
    } listing: {
      $0.listRefunds(taking: 2_000_000)
    }
    #expect(rig.violated == ["M9"])
  }

  @Test func whatWasOnTheListIsNotOwedAgain() throws {
    try cancelAfterRefundByHand(refund: 70_000) {
      $0.refundByHand(1_000)
    } listing: {
      $0.tick()
      $0.listRefunds(taking: 2_000_000)
    }
    #expect(rig.violated == [])
  }

  /// It came to Stripe when the list was on its way: nobody can tell, and either is right.
  @Test func whatMayHaveMissedTheListMayBePaidTwice() throws {
    try cancelAfterRefundByHand(refund: 71_000) { _ in
    } listing: { rig in
      rig.listRefunds(taking: 2_000_000) {
        rig.tick(500_000)
        rig.refundByHand(1_000)
      }
    }
    #expect(rig.violated == [])
  }
}

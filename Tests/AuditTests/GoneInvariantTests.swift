import Testing

@testable import Audit
@testable import FakeVendors
@testable import Worlds

/// Money of what was cancelled at its vendor, and of refunds by hand that fail: M8 and M9 to the amount.
struct GoneInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  /// The traveller cancels the activity of 5,000 at its supplier, which keeps 2,000.
  private func cancelThere(refund: Int64 = 3_000, bearer: String? = "customer") throws {
    try rig.book()
    try rig.confirm()
    rig.tick()
    rig.release(slot: "activity-1", by: "traveller", penalty: 2_000)
    try rig.warn("bk_0", "activity-1", code: "activity-cancelled-by-supplier")
    try refundPart("activity-1", cause: "activity-1", refund)
    if let bearer {
      try rig.post(
        "bk_0", "bk_0:penalty:activity-1", debit: bearer, credit: "vendors", 2_000)
    }
    rig.conclude()
  }

  private func refundPart(_ slot: String, cause: String, _ amount: Int64) throws {
    let name = "re_bk_0_refund-\(slot)_1"
    try rig.perform("bk_0", "refund-\(slot)", "undo", cause: cause, reference: name) {
      rig.refund(slot: "refund-\(slot)", cause: cause, amount)
    }
    try rig.payment("bk_0", "PARTIALLY_REFUNDED", amount: 75_000, refunded: amount)
    try rig.post("bk_0", "bk_0:refund:\(name)", debit: "customer", credit: "stripe", amount)
  }

  @Test func whatATravellerCancelledThereCostsThemWhatIsKept() throws {
    try cancelThere()
    #expect(rig.violated == [])
  }

  @Test(arguments: [5_000, 3_001, 2_999])
  func m9FindsAnotherRefund(_ amount: Int64) throws {
    try cancelThere(refund: amount)
    #expect(rig.violated == ["M9"])
  }

  @Test(arguments: ["penalty", nil])
  func m8FindsThePenaltyOnAnotherBearer(_ bearer: String?) throws {
    try cancelThere(bearer: bearer)
    #expect(rig.violated == ["M8"])
  }

  /// They were told that it had failed and never had it: it costs them nothing, wherever it is cancelled.
  @Test(arguments: [true, false])
  func whatHadFailedCostsNothingThough(_ isOurs: Bool) throws {
    try rig.book()
    try rig.warn("bk_0", "activity-1")
    rig.tick()
    rig.release(slot: "activity-1", by: "traveller", penalty: 2_000)
    try refundPart("activity-1", cause: "activity-1", isOurs ? 5_000 : 3_000)
    try rig.post(
      "bk_0", "bk_0:penalty:activity-1", debit: isOurs ? "penalty" : "customer",
      credit: "vendors", 2_000)
    try rig.write("bk_0", "CONFIRMED")
    rig.conclude()
    #expect(Set(rig.violated) == (isOurs ? [] : ["M8", "M9"]))
  }

  @Test(arguments: [40_000, 39_999])
  func whatAnAirlineCancelledIsRefundedWhole(_ amount: Int64) throws {
    try rig.book()
    try rig.confirm()
    rig.tick()
    rig.release(slot: "flight", by: "vendor")
    try rig.warn("bk_0", "flight", code: "flight-cancelled-by-airline")
    try refundPart("flight", cause: "vendor-cancel-flight", amount)
    rig.conclude()
    #expect(rig.violated == (amount == 40_000 ? [] : ["M9"]))
  }

  /// The network doubled the order's request: the copy's order stands, and nobody can know of it.
  @Test func aCopyOfTheOrderIsNotTheTripsFlight() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201, reference: "flight-of-bk_0-1") {
      rig.reserve(slot: "flight")
      rig.deliverCopy()
      rig.reserve(slot: "flight", name: "copy")
    }
    try rig.perform("bk_0", "hotel", reference: "hotel-of-bk_0-1") { rig.reserve(slot: "hotel") }
    try rig.perform("bk_0", "activity-1", reference: "activity-1-of-bk_0-1") {
      rig.reserve(slot: "activity-1")
    }
    try rig.confirm()
    rig.tick()
    rig.release(slot: "flight", by: "vendor")
    try rig.warn("bk_0", "flight", code: "flight-cancelled-by-airline")
    try refundPart("flight", cause: "vendor-cancel-flight", 40_000)
    rig.conclude()
    #expect(rig.violated == [])
  }

  // MARK: Refunds by hand that fail

  /// 1,000 is given back by hand and counts; the rollback refunds the rest, and then the first one fails.
  private func failByHand(parked: String?, takenBack: Bool = true) throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201, reference: "flight-of-bk_0-1") {
      rig.reserve(slot: "flight")
    }
    rig.refuse("hotel", "create")
    try rig.perform("bk_0", "hotel", answer: 409, finally: "REJECTED")
    rig.refundByHand(1_000)
    try rig.post(
      "bk_0", "bk_0:refund:re_desk", debit: "customer", credit: "stripe", 1_000,
      cause: "refunded-elsewhere")
    rig.tick(3_000_000)
    rig.listRefunds(taking: 1_000_000)
    try rig.perform("bk_0", "flight", "undo", cause: "rollback", target: "flight-of-bk_0-1") {
      rig.release(slot: "flight")
    }
    try rig.perform("bk_0", "charge", "undo", cause: "rollback", reference: "re_bk_0_charge_1") {
      rig.refund(74_000)
    }
    try rig.payment("bk_0", "PARTIALLY_REFUNDED", amount: 75_000, refunded: 74_000)
    try rig.post(
      "bk_0", "bk_0:refund:re_bk_0_charge_1", debit: "customer", credit: "stripe", 74_000)
    rig.refundByHand(1_000, status: "failed")
    if takenBack {
      try rig.post(
        "bk_0", "bk_0:refund-failed:re_desk", debit: "stripe", credit: "customer", 1_000,
        cause: "refund-failed")
    }
    if let parked { try rig.park("bk_0", "charge", "refund-failed", parked) }
    try rig.write("bk_0", "FAILED", attention: parked != nil)
    rig.conclude()
  }

  @Test func whatIsParkedOfItIsOwed() throws {
    try failByHand(parked: "re_desk")
    #expect(rig.violated == [])
  }

  @Test(arguments: [nil, "re_another"])
  func m9FindsWhatNobodyOwes(_ parked: String?) throws {
    try failByHand(parked: parked)
    // Parked under another refund's name, it is parked without a reason too.
    #expect(Set(rig.violated) == (parked == nil ? ["M9", "V4"] : ["M9", "V4", "P1"]))
  }

  @Test func m8FindsWhatTheLedgerHoldsForPaid() throws {
    try failByHand(parked: "re_desk", takenBack: false)
    #expect(rig.violated == ["M8"])
  }
}

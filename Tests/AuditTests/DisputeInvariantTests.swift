import Testing

@testable import Audit
@testable import FakeVendors
@testable import Worlds

/// What banks take back is judged to the amount.
struct DisputeInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  @Test func m3AndM4FindARefundOfWhatTheBankTookBack() throws {
    try rig.charge()
    rig.dispute("lost", 75_000)
    rig.refund(75_000)
    #expect(rig.violated == ["M3", "M4"])
  }

  @Test func m4AllowsARefundAfterADisputeWasWon() throws {
    try rig.charge()
    rig.dispute("needs_response", 75_000)
    rig.dispute("won", 75_000)
    rig.refund(75_000)
    #expect(rig.violated == [])
  }

  @Test func aLostDisputeLeavesNothingOwed() throws {
    try rig.book()
    try rig.confirm()
    rig.dispute("lost", 75_000)
    try rig.post(
      "bk_0", "bk_0:chargeback:du_1", debit: "customer", credit: "stripe", 75_000,
      cause: "chargeback")
    rig.conclude()
    #expect(rig.violated == [])
  }

  @Test func m8FindsAChargebackThatWasNotPosted() throws {
    try rig.book()
    try rig.confirm()
    rig.dispute("lost", 75_000)
    rig.conclude()
    #expect(rig.violated == ["M8"])
  }

  @Test(arguments: [
    ("lost", 74_000, "bk_0:chargeback:du_1"), ("lost", 75_000, "bk_0:chargeback:du_2"),
    ("won", 75_000, "bk_0:chargeback:du_1"), ("needs_response", 75_000, "bk_0:chargeback:du_1"),
  ])
  func m8FindsAChargebackThatNoBankMade(_ status: String, _ amount: Int64, _ txn: String) throws {
    try rig.book()
    try rig.confirm()
    rig.dispute(status, 75_000)
    if status == "needs_response" { try rig.park("bk_0", "charge", "payment-disputed", "du_1") }
    try rig.post(
      "bk_0", txn, debit: "customer", credit: "stripe", amount, cause: "chargeback")
    if status == "lost" {
      // The sum is right all the same.
      try rig.post("bk_0", "x", debit: "customer", credit: "stripe", 75_000 - amount)
    } else {
      try rig.post("bk_0", "x", debit: "stripe", credit: "customer", amount)
    }
    rig.conclude()
    #expect(rig.violated == ["M8"])
  }

  @Test func m8FindsAChargebackThatWasPostedTwice() throws {
    try rig.book()
    try rig.confirm()
    rig.dispute("lost", 75_000)
    for name in ["bk_0:chargeback:du_1", "bk_0:again:du_1"] {
      try rig.post(
        "bk_0", name, debit: "customer", credit: "stripe", 75_000, cause: "chargeback")
    }
    try rig.post("bk_0", "x", debit: "stripe", credit: "customer", 75_000)
    rig.conclude()
    #expect(rig.violated == ["M8"])
  }

  @Test func anOpenDisputeExcusesItsAmount() throws {
    try rig.book()
    try rig.confirm()
    rig.dispute("needs_response", 75_000)
    try rig.park("bk_0", "charge", "payment-disputed", "du_1")
    rig.conclude()
    #expect(rig.result(.m9).violations == 0)
    #expect(rig.result(.p1).violations == 0)
  }

  @Test func p1FindsWhatIsParkedForADisputeThatIsDecided() throws {
    try rig.book()
    try rig.confirm()
    rig.dispute("lost", 75_000)
    try rig.post(
      "bk_0", "bk_0:chargeback:du_1", debit: "customer", credit: "stripe", 75_000,
      cause: "chargeback")
    try rig.park("bk_0", "charge", "payment-disputed", "du_1")
    try rig.park("bk_0", "charge", "undo-refused")
    rig.conclude()
    #expect(rig.result(.p1).violations == 2)
  }
}

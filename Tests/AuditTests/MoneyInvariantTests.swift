import Testing

@testable import Audit
@testable import FakeVendors
@testable import Worlds

/// Each money invariant fires on the lie that it is there for.
struct MoneyInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  private func explanation(_ id: String) -> String {
    rig.auditor.violations.first { $0.invariant == id }?.explanation ?? ""
  }

  @Test func m1FindsTwoCapturesOfOneGeneration() throws {
    try rig.charge()
    rig.makeIntent(amount: 75_000, name: "pi_twin")
    rig.capture("pi_twin")
    #expect(rig.result(.m1).violations == 1)
    #expect(explanation("M1").contains("75000 (pi_twin)"))
  }

  @Test func m2FindsMoreTakenThanTheTripCosts() throws {
    try rig.charge()
    rig.makeIntent(generation: 2)
    rig.capture("pi_bk_0_2")
    #expect(rig.violated == ["M2"])
  }

  @Test func m3FindsMoreRefundedThanCaptured() throws {
    try rig.charge()
    rig.refund(75_000)
    rig.refund(slot: "refund-activity-1", cause: "activity-1", 5_000)
    #expect(rig.violated == ["M3"])
  }

  @Test func m4FindsTwoRefundsForOneCause() throws {
    try rig.charge()
    rig.refund(30_000)
    rig.refund(30_000, generation: 2)
    #expect(rig.violated == ["M4"])
  }

  @Test func m4AllowsAnotherRefundAfterAFailedOne() throws {
    try rig.charge()
    rig.refund(75_000, status: "failed")
    rig.refund(75_000, generation: 2)
    #expect(rig.violated == [])
  }

  @Test(arguments: ["cancel", "vendor-cancel", "activity-7", "whim"])
  func m4FindsARefundWithoutItsCause(cause: String) throws {
    try rig.charge()
    rig.refund(cause: cause, 5_000)
    #expect(rig.violated == ["M4"])
  }

  @Test func m5FindsAnAmountThatIsNotTheOffers() throws {
    try rig.accept()
    rig.makeIntent(amount: 75_001)
    #expect(rig.violated == ["M5"])
  }

  @Test func m5AllowsOnlyWhatWasRefusedToBeLeftOut() throws {
    try rig.accept()
    rig.refuse("activity-1", "availability")
    rig.makeIntent(amount: 70_000)
    #expect(rig.violated == [])

    let plain = try AuditRig()
    try plain.accept()
    plain.makeIntent(amount: 70_000)
    #expect(plain.violated == ["M5"])
  }

  /// The activity is said to have been left out of the charge, and it was not.
  @Test func m5FindsAChargeThatIsNotWhatTheTravellerWasTold() throws {
    try rig.book(activities: [])
    try rig.confirm()
    try rig.sql(
      """
      UPDATE trip_booking SET warnings =
        '[{"code":"activity-unavailable","message":"it is gone","slot":"activity-1"}]'
      """)
    rig.conclude()
    #expect(rig.violated == ["M5", "X6"])
    #expect(
      explanation("M5").contains("charged 75000 USD-minor of 75000; activity-1 were left out"))
  }

  @Test func m6FindsAnotherCurrency() throws {
    try rig.accept()
    rig.makeIntent(currency: "eur")
    #expect(rig.violated == ["M6"])
  }

  @Test func m7FindsAWholeRefundOfAConfirmedTrip() throws {
    try rig.book()
    rig.refund(1_000)
    try rig.confirm()
    #expect(rig.violated == ["M7"])
  }

  @Test func m8FindsALedgerThatDoesNotBalance() throws {
    try rig.charge()
    try rig.sql(
      """
      INSERT INTO ledger_entry (booking_id, txn, account, debit_minor, credit_minor, currency,
        cause, at_us) VALUES ('bk_0', 'odd', 'vendors', 7, 0, 'USD', 'x', 0)
      """)
    try rig.write("bk_0", "CANCELLING")
    #expect(rig.violated == ["M8"])
    #expect(explanation("M8").contains("debits 7 and credits 0"))
  }

  @Test func m8FindsALedgerThatStripeDoesNotKnow() throws {
    try rig.book()
    try rig.confirm()
    try rig.post("bk_0", "invented", debit: "customer", credit: "stripe", 9)
    rig.conclude()
    #expect(rig.violated == ["M8"])
  }

  @Test func m9FindsAFailedActivityThatIsStillCharged() throws {
    try rig.book(activities: [])
    try rig.warn("bk_0", "activity-1")
    try rig.write("bk_0", "CONFIRMED")
    rig.conclude()
    #expect(rig.violated == ["M9"])
    #expect(
      explanation("M9").contains("was charged 75000 USD-minor")
        && explanation("M9").contains("no refund exists: net 75000, expected 70000"))
  }

  @Test func m9FindsAPenaltyThatWasRefunded() throws {
    try rig.cancel(penalty: 0)
    rig.change("hotel-of-bk_0-1") { $0.penaltyMinor = 4_000 }
    try rig.post("bk_0", "bk_0:penalty:hotel", debit: "customer", credit: "vendors", 4_000)
    rig.conclude()
    #expect(rig.violated == ["M9"])
  }

  /// The traveller was told that the activity had failed; it is found, undone for 2,500, and hours
  /// later the trip is cancelled.
  private func cancelAfterAFailedActivity(undoneBy cause: String, refund amount: Int64) throws {
    try rig.book(activities: [])
    try rig.confirm()
    try rig.step("bk_0", "activity-1", status: "REJECTED")
    let found = "activity-1-of-bk_0-9"
    rig.reserve(slot: "activity-1", name: found)
    if cause == "cancel" {
      try rig.askCancel("bk_0")
      try rig.write("bk_0", "CANCELLING")
    }
    try rig.perform("bk_0", "activity-1", "undo", cause: cause, target: found) {
      rig.release(slot: "activity-1", generation: 9, penalty: 2_500)
    }
    if cause != "cancel" {
      rig.tick()
      try rig.askCancel("bk_0")
      try rig.write("bk_0", "CANCELLING")
    }
    for slot in ["hotel", "flight"] {
      try rig.perform("bk_0", slot, "undo", cause: "cancel", target: "\(slot)-of-bk_0-1") {
        rig.release(slot: slot)
      }
    }
    try rig.perform("bk_0", "charge", "undo", cause: "cancel", reference: "re_bk_0_charge_1") {
      rig.refund(cause: "cancel", amount)
    }
    try rig.payment(
      "bk_0", amount == 70_000 ? "REFUNDED" : "PARTIALLY_REFUNDED", amount: 75_000,
      refunded: 5_000 + amount)
    try rig.post(
      "bk_0", "bk_0:refund:re_bk_0_charge_1", debit: "customer", credit: "stripe", amount)
    try rig.post("bk_0", "bk_0:penalty:activity-1", debit: "penalty", credit: "vendors", 2_500)
    try rig.write("bk_0", "CANCELLED")
    rig.conclude()
  }

  @Test(arguments: ["activity-1", "cancel"])
  func m9FindsThePenaltyOfWhatFailedTakenFromTheCustomer(undoneBy cause: String) throws {
    try cancelAfterAFailedActivity(undoneBy: cause, refund: 67_500)
    #expect(rig.violated == ["M9"])
    #expect(explanation("M9").contains("net 2500, expected 0"))
  }

  @Test func m9WantsAllBackOfATripWhoseFailedActivityCostUs() throws {
    try cancelAfterAFailedActivity(undoneBy: "activity-1", refund: 70_000)
    #expect(rig.violated == [])
    let row = try #require(rig.auditor.tripRows(rig.history).first)
    #expect(row.expectedNetMinor == 0)
    #expect(row.activitiesFailed == 1, "it failed, whatever came later")
  }

  @Test func m9IsExcusedOnlyByTheRefundThatIsParked() throws {
    try rig.rollBack()
    rig.refund(75_000, status: "failed")
    try rig.payment("bk_0", "SUCCEEDED", amount: 75_000)
    try rig.park("bk_0", "charge", "refund-failed", "re_another")
    rig.conclude()
    #expect(rig.violated.contains("M9"))
  }

  @Test func m11FindsMoneyOfNobody() throws {
    rig.makeIntent("bk_404")
    #expect(rig.violated == ["M11"])
  }

  @Test func m11FindsARefundOfAnothersPayment() throws {
    try rig.charge()
    try rig.charge("bk_1")
    rig.refund(5_000, intent: "pi_bk_1_1")
    #expect(rig.violated == ["M11"])
  }

  @Test func m11FindsAReservationUnderAForeignReference() throws {
    try rig.charge()
    rig.reserve(slot: "hotel", clientReference: "bk_9:hotel:1")
    #expect(rig.violated == ["M11"])
  }

  /// Somebody confirms a payment that was given up, beside the trip's own: it must be told to operators.
  @Test(arguments: [true, false])
  func aPaymentThatWasGivenUpAndConfirmedElsewhereMustBeParked(isParked: Bool) throws {
    rig.makeIntent(generation: 7, name: "pi_given_up")
    try rig.book()
    rig.changeIntent("pi_given_up") { $0.doneByHand = "confirmed" }
    rig.capture("pi_given_up")
    try rig.confirm()
    if isParked { try rig.park("bk_0", "charge", "payment-mismatch", "pi_given_up") }
    rig.conclude()
    #expect(!rig.violated.contains("M2"))
    #expect(rig.violated.contains("M9") == !isParked)
  }
}

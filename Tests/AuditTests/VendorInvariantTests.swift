import Testing

@testable import Audit
@testable import Worlds

/// Each invariant about reservations fires on the lie that it is there for.
struct VendorInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  @Test func v1FindsTwoLiveReservationsOfOneGeneration() throws {
    try rig.charge()
    rig.reserve(slot: "hotel")
    rig.reserve(slot: "hotel", attempt: 2, name: "second")
    #expect(rig.violated == ["V1"])
  }

  @Test func v1DoesNotBlameAnOrderThatTheNetworkDoubled() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201, reference: "flight-of-bk_0-1") {
      rig.reserve(slot: "flight")
      rig.deliverCopy()
      rig.reserve(slot: "flight", name: "twin")
    }
    #expect(rig.violated == [])
  }

  @Test func v2FindsAnOrphan() throws {
    try rig.book()
    rig.reserve(slot: "hotel", generation: 2)
    try rig.confirm()
    rig.conclude()
    #expect(rig.violated == ["V2"])
  }

  @Test func v3FindsAConfirmedTripWithoutItsHotel() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201, reference: "flight-of-bk_0-1") {
      rig.reserve(slot: "flight")
    }
    rig.reserve(slot: "activity-1")
    try rig.write("bk_0", "CONFIRMED")
    #expect(rig.violated == ["V3"])
  }

  @Test func v3FindsAFailedActivityThatNobodyIsWarnedOf() throws {
    try rig.book(activities: [])
    try rig.write("bk_0", "CONFIRMED")
    #expect(rig.violated == ["V3"])
  }

  @Test func v3FindsACancelledHotelThatNobodyNoticed() throws {
    try rig.book()
    try rig.confirm()
    rig.release(slot: "hotel", by: "vendor")
    #expect(rig.violated == [])
    rig.conclude()
    #expect(rig.violated.contains("V3"))
  }

  @Test func v4FindsAFailedTripThatStillHoldsSomething() throws {
    try rig.rollBack()
    rig.reserve(slot: "hotel", generation: 2)
    rig.conclude()
    #expect(rig.result(.v4).violations == 1)
    #expect(rig.violated.contains("V2"))
  }

  @Test func v4FindsAFailedTripThatKeepsMoney() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 400, finally: "REJECTED")
    try rig.write("bk_0", "FAILED")
    rig.conclude()
    #expect(rig.result(.v4).violations == 1)
  }

  @Test func v5FindsTheCancellationOfAnothersReservation() throws {
    try rig.book()
    try rig.confirm()
    try rig.charge("bk_1")
    rig.release(slot: "flight", baggage: rig.baggage("bk_1", "flight", "undo", 1, 1))
    #expect(rig.result(.v5).violations == 1)
  }

  @Test(arguments: ["flight", "hotel", "activity-1"])
  func v5FindsTheCancellationOfNothing(slot: String) throws {
    try rig.book()
    try rig.perform("bk_0", slot, "undo", cause: "activity-1", target: "")
    #expect(rig.result(.v5).violations == 1)
  }

  @Test func v6FindsAConfirmedTripThatLosesItsFlight() throws {
    try rig.book()
    try rig.confirm()
    rig.release(slot: "flight")
    #expect(rig.violated == ["V6"])
  }

  @Test func v7FindsAnOversale() throws {
    rig.oversell()
    rig.conclude()
    #expect(rig.violated == ["V7"])
  }

  @Test func v8FindsARefundBeforeTheFlightIsUndone() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201, reference: "flight-of-bk_0-1") {
      rig.reserve(slot: "flight")
    }
    rig.refuse("hotel", "create")
    try rig.perform("bk_0", "hotel", answer: 409, finally: "REJECTED")
    try rig.perform("bk_0", "charge", "undo", cause: "rollback") { rig.refund(75_000) }
    #expect(rig.violated == ["V8"])
  }

  @Test func v9FindsABookingAfterTheUndoBegan() throws {
    try rig.charge()
    try rig.step("bk_0", "charge", "undo", cause: "rollback")
    try rig.perform("bk_0", "flight", answer: 201)
    #expect(rig.violated == ["V9"])
  }

  @Test func v9FindsALateEffectThatStays() throws {
    try rig.rollBack()
    rig.reserve(slot: "hotel", name: "late")
    rig.conclude()
    #expect(rig.result(.v9).violations == 1)
  }

  @Test func v10FindsAnotherPrice() throws {
    try rig.charge()
    rig.reserve(slot: "hotel", price: 31_000)
    #expect(rig.violated == ["V10"])
  }

  @Test func v10FindsOtherDates() throws {
    try rig.charge()
    rig.reserve(slot: "hotel", attributes: ["checkin=2027-01-02"])
    #expect(rig.violated == ["V10"])
  }

  @Test func v10FindsABookingOfAnExpiredOffer() throws {
    let rig = try AuditRig(expiresAt: 2_000_000)
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201)
    #expect(rig.violated == ["V10"])
  }

  @Test func v11FindsAFlightUndoneForAnActivity() throws {
    try rig.book(activities: [])
    try rig.perform(
      "bk_0", "flight", "undo", cause: "activity-1", target: "flight-of-bk_0-1")
    #expect(rig.violated == ["V11"])
  }

  @Test func v11FindsATripThatFailsForAnActivity() throws {
    try rig.book(activities: [])
    try rig.undo("bk_0", cause: "rollback", slots: ["hotel", "flight"])
    try rig.write("bk_0", "FAILED")
    rig.conclude()
    #expect(rig.violated == ["V11", "X2"])
  }

  @Test func x2FindsATripThatFailsForNoReason() throws {
    try rig.book()
    try rig.undo("bk_0", cause: "rollback", slots: ["activity-1", "hotel", "flight"])
    try rig.write("bk_0", "FAILED")
    rig.conclude()
    #expect(rig.violated == ["X2"])
  }

  @Test(arguments: ["flight", "hotel", "activity-1"])
  func x2FindsARequestThatIsRefusedForHowItIsWritten(slot: String) throws {
    try rig.book()
    rig.refuse(slot, "create", isMistake: true)
    try rig.confirm()
    rig.conclude()
    #expect(rig.violated == ["X2"])
  }

  @Test func x2FindsACancellationThatNobodyAskedFor() throws {
    try rig.charge()
    try rig.write("bk_0", "CANCELLING")
    try rig.undo("bk_0", cause: "rollback", slots: [])
    try rig.write("bk_0", "CANCELLED")
    rig.conclude()
    #expect(rig.violated == ["X2"])
  }

  @Test(arguments: ["flight-order-lost", "refund-failed", "undo-refused", "outcome-unknown"])
  func p1FindsAnItemParkedWithoutAReason(reason: String) throws {
    try rig.book()
    try rig.confirm()
    try rig.park("bk_0", "flight", reason)
    rig.conclude()
    #expect(rig.violated == ["P1"])
  }

  /// A parked order that was lost does not excuse one that was answered.
  @Test func v2FindsAFlightThatWasNeverLost() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201, reference: "flight-of-bk_0-1") {
      rig.reserve(slot: "flight")
    }
    try rig.park("bk_0", "flight", "flight-order-lost")
    try rig.undo("bk_0", cause: "rollback", slots: [])
    try rig.write("bk_0", "FAILED", attention: true)
    rig.conclude()
    #expect(rig.violated.contains("V2"))
  }

  @Test func p2FindsALostFlightOrderThatIsNotParked() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 0, finally: "REJECTED") {
      rig.reserve(slot: "flight")
    }
    try rig.undo("bk_0", cause: "rollback", slots: [])
    try rig.write("bk_0", "FAILED")
    rig.conclude()
    #expect(rig.violated == ["V2", "V4", "P2"])
  }

  @Test(arguments: ["incomplete", "odd-forms"])
  func v12FindsASuccessThatWasNotUnderstood(fault: String) throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201, fault: fault, finally: "NEEDS_ATTENTION") {
      rig.reserve(slot: "flight")
    }
    rig.tick(400_000_000)
    rig.auditor.observe(.committed, at: rig.now)
    #expect(rig.violated == ["V12"])
  }

  @Test func v12FindsACallSentAgainAlthoughItSucceeded() throws {
    try rig.charge()
    try rig.perform("bk_0", "hotel", fault: "incomplete", finally: "UNKNOWN") {
      rig.reserve(slot: "hotel")
    }
    try rig.perform("bk_0", "hotel", attempt: 2)
    #expect(rig.result(.v12).violations == 1)
  }

  /// A hotel whose order token has expired is looked at once more.
  @Test func v12HasNothingAgainstAPreviewAfterTheValidation() throws {
    try rig.accept()
    try rig.write("bk_0", "VALIDATING")
    rig.look("bk_0", "hotel", operation: "preview", fault: "incomplete")
    try rig.write("bk_0", "PROCESSING")
    rig.look("bk_0", "hotel", operation: "preview", attempt: 2)
    #expect(rig.violated == [])
  }

  @Test func v12FindsAPriceAskedForAgain() throws {
    try rig.accept()
    try rig.write("bk_0", "VALIDATING")
    rig.look("bk_0", "flight", operation: "price", fault: "incomplete")
    rig.look("bk_0", "flight", operation: "price")
    #expect(rig.violated == [])
    rig.look("bk_0", "flight", operation: "price", fault: "incomplete")
    rig.look("bk_0", "flight", operation: "price", attempt: 2)
    #expect(rig.violated == ["V12"])
  }

  @Test func v12DoesNotBlameADeathBetweenAnswerAndCommit() throws {
    try rig.charge()
    try rig.perform("bk_0", "hotel", fault: "incomplete", finally: nil) {
      rig.reserve(slot: "hotel")
    }
    rig.die()
    try rig.perform("bk_0", "hotel", attempt: 2)
    #expect(rig.result(.v12).violations == 0)
  }
}

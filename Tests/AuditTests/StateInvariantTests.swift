import Testing

@testable import Audit
@testable import Worlds

/// Each invariant about rows, keys and sends fires on the lie that it is there for.
struct StateInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  @Test func d1FindsAFailedTripThatIsConfirmed() throws {
    try rig.accept()
    try rig.write("bk_0", "FAILED")
    try rig.write("bk_0", "PROCESSING")
    #expect(rig.violated == ["D1"])
  }

  @Test func d2FindsAMissingVersion() throws {
    try rig.accept()
    try rig.write("bk_0", "VALIDATING", version: 3)
    #expect(rig.violated == ["D2"])
  }

  @Test func d2FindsAMissingEvent() throws {
    try rig.accept()
    try rig.sql("UPDATE sqlite_sequence SET seq = 5 WHERE name = 'event'")
    try rig.write("bk_0", "VALIDATING")
    #expect(rig.violated == ["D2"])
  }

  @Test func d2FindsABrokenChain() throws {
    try rig.accept()
    try rig.write("bk_0", "VALIDATING", hash: "00")
    rig.auditor.conclude(rig.history, at: rig.now)
    #expect(rig.violated == ["D2"])
  }

  /// The value was computed with another program from the documented formula.
  @Test func theChainsHashIsSHA256OverTheLineSeparatedColumns() {
    let link = StoreReader.ChainLink(
      version: 2, kind: "k", state: "FAILED", needsAttention: true, detail: "{}", hash: "", at: 7)
    #expect(
      DurabilityChecker.chainHash(after: "aa", link)
        == "a2014e306ba78ab8a278db08dc29cc4576d5a13048823e5101517d42457ad0be")
  }

  @Test func d3FindsARowThatItsEventDoesNotTell() throws {
    try rig.accept()
    try rig.write("bk_0", "VALIDATING", rowState: "PROCESSING")
    #expect(rig.violated == ["D3"])
  }

  @Test func d3FindsAWriteWithoutAnEvent() throws {
    try rig.accept()
    try rig.sql("UPDATE trip_booking SET needs_attention = 1")
    rig.auditor.conclude(rig.history, at: rig.now)
    #expect(rig.violated == ["D3"])
  }

  @Test func d4FindsAPaymentThatStripeDoesNotHave() throws {
    try rig.accept()
    rig.makeIntent()
    try rig.payment("bk_0", "SUCCEEDED", amount: 75_000)
    try rig.write("bk_0", "FAILED")
    #expect(rig.violated == ["D4"])
  }

  @Test func d4FindsARefundThatThePaymentDoesNotTell() throws {
    try rig.rollBack()
    try rig.payment("bk_0", "SUCCEEDED", amount: 75_000)
    rig.conclude()
    #expect(rig.violated == ["D4"])
  }

  @Test func d5FindsACallUnderAnOldEpoch() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201, epoch: 0)
    #expect(rig.violated == ["D5"])
  }

  @Test func d5FindsALeaseThatGoesBack() throws {
    try rig.accept()
    try rig.sql("UPDATE trip_booking SET lease_epoch = 0")
    try rig.write("bk_0", "VALIDATING")
    #expect(rig.violated == ["D5"])
  }

  @Test func d6FindsAReferenceThatNoVendorGave() throws {
    try rig.book()
    try rig.step("bk_0", "hotel", status: "DONE", reference: "elsewhere")
    try rig.confirm()
    rig.conclude()
    #expect(rig.result(.d6).violations == 1)
  }

  @Test func d7FindsABookingAfterTheEnd() throws {
    try rig.book()
    try rig.confirm()
    try rig.perform("bk_0", "hotel", attempt: 2)
    #expect(rig.violated == ["D7"])
  }

  @Test func d8FindsOtherBytesUnderTheSameKey() throws {
    try rig.charge()
    try rig.perform("bk_0", "hotel", answer: 0, finally: "UNKNOWN")
    try rig.perform("bk_0", "hotel", attempt: 2, tamper: .body)
    #expect(rig.violated == ["M10", "D8"])
  }

  @Test func d8FindsANewGenerationOverAnUnknownOne() throws {
    try rig.charge()
    try rig.perform("bk_0", "hotel", answer: 0, finally: "UNKNOWN")
    try rig.perform("bk_0", "hotel", generation: 2)
    #expect(rig.violated == ["D8"])
  }

  @Test func d10FindsTwoBookingsOfOneRequest() throws {
    try rig.accept()
    try rig.accept("bk_0-2")
    #expect(rig.violated == ["D10"])
  }

  @Test func m10FindsACallThatIsNotWrittenDown() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", writes: false)
    #expect(rig.violated == ["M10"])
  }

  @Test func m10FindsACallWhoseStepIsOver() throws {
    try rig.charge()
    try rig.step("bk_0", "flight", status: "DONE")
    try rig.perform("bk_0", "flight", writes: false)
    #expect(rig.violated == ["M10"])
  }

  @Test func m10FindsAnotherKeyOnTheWire() throws {
    try rig.accept()
    try rig.perform("bk_0", "intent", tamper: .headers)
    #expect(rig.violated == ["M10"])
  }

  @Test func l4FindsADueTripThatNobodyClaims() throws {
    try rig.accept()
    try rig.sql("UPDATE trip_booking SET wake_us = 1")
    rig.auditor.observe(
      .crashed(
        CrashRecord(
          atMicroseconds: rig.now, point: "timer", node: "orchestrator-1", incarnation: 1,
          duringRecovery: false)), at: rig.now)
    rig.auditor.observe(.started(node: "orchestrator-1", incarnation: 2), at: rig.now)
    rig.tick(59_000_000)
    rig.auditor.observe(.committed, at: rig.now)
    #expect(rig.violated == [])
    rig.tick(2_000_000)
    rig.auditor.observe(.committed, at: rig.now)
    #expect(rig.violated == ["L4"])
  }

  @Test func l4IsContentOnceTheLeaseIsTaken() throws {
    try rig.accept()
    try rig.sql("UPDATE trip_booking SET wake_us = 1")
    rig.auditor.observe(.started(node: "orchestrator-1", incarnation: 2), at: rig.now)
    try rig.sql("UPDATE trip_booking SET lease_epoch = 2")
    rig.tick(90_000_000)
    rig.auditor.observe(.committed, at: rig.now)
    #expect(rig.violated == [])
    #expect(rig.result(.l4).exercised == 1)
  }

  @Test func l7FindsAHotLoop() throws {
    try rig.charge()
    try rig.perform("bk_0", "hotel", answer: 0, finally: "UNKNOWN")
    for attempt in 2...4 {
      rig.tick(-1_090_000)
      try rig.perform("bk_0", "hotel", attempt: attempt, answer: 0, finally: "UNKNOWN")
    }
    #expect(rig.violated == ["L7"])
  }

  @Test func l7FindsARetryBeforeItsTime() throws {
    try rig.charge()
    try rig.perform("bk_0", "hotel", answer: 429, finally: "UNKNOWN", retryAfter: 60)
    try rig.perform("bk_0", "hotel", attempt: 2, answer: 0, finally: "UNKNOWN")
    #expect(rig.violated == ["L7"])
  }

  @Test func l7FindsARetryOfADefinitiveRefusal() throws {
    try rig.charge()
    try rig.perform("bk_0", "hotel", answer: 400, finally: "UNKNOWN")
    try rig.perform("bk_0", "hotel", attempt: 2, answer: 0, finally: "UNKNOWN")
    #expect(rig.violated == ["L7"])
  }

  @Test func l7FindsAnEndlessQuestion() throws {
    try rig.charge()
    var record = rig.record(
      "bk_0", "charge", "undo", 1, 1, epoch: 1, service: "stripe", operation: "refunds.list",
      key: "")
    record.httpStatus = 200
    for _ in 1...Bounds.reads {
      rig.auditor.observe(.ended(record, retryAfterSeconds: nil), at: rig.now)
    }
    #expect(rig.violated == [])
    rig.auditor.observe(.ended(record, retryAfterSeconds: nil), at: rig.now)
    #expect(rig.violated == ["L7"])
  }

  @Test func l8FindsATripConfirmedTooLate() throws {
    let rig = try AuditRig(activities: 0)
    try rig.book()
    rig.now = 3_700_000_000
    try rig.confirm()
    #expect(rig.violated == ["L8"])
  }

  @Test func l1FindsATripThatNeverEnds() throws {
    try rig.accept()
    rig.conclude(hours: 25)
    #expect(rig.violated == ["A3", "L1"])
  }

  @Test func l2FindsAnOutcomeThatStaysUnknown() throws {
    try rig.charge()
    try rig.perform("bk_0", "hotel", answer: 0, finally: "UNKNOWN")
    rig.conclude(hours: 7)
    #expect(rig.violated == ["L2"])
  }

  @Test func l2LetsSettledStepsBeLookedAtLater() throws {
    try rig.book()
    try rig.confirm()
    try rig.sql("UPDATE saga_step SET updated_us = updated_us + 25000000000")
    rig.conclude(hours: 7)
    #expect(rig.result(.l2).violations == 0)
  }

  @Test func l3FindsAnUndoThatNeverEnds() throws {
    try rig.book()
    try rig.step("bk_0", "hotel", "undo", cause: "rollback")
    rig.conclude(hours: 25)
    #expect(rig.violated == ["A3", "L1", "L3"])
  }

  @Test func l3FindsAnUndoThatWasGivenUp() throws {
    try rig.rollBack()
    rig.reserve(slot: "hotel", generation: 2)
    try rig.step("bk_0", "hotel", "undo", cause: "rollback", status: "REJECTED")
    rig.conclude()
    #expect(rig.result(.l3).violations == 1)
  }

  @Test func l10FindsAMailThatIsNeverSent() throws {
    try rig.book()
    try rig.confirm()
    try rig.sql("UPDATE outbox SET status = 'pending'")
    rig.conclude(hours: 25)
    #expect(rig.violated == ["N4", "L10"])
  }

  @Test func unfinishedNamesTheFirstBookingThatIsNot() throws {
    try rig.accept()
    #expect(rig.auditor.unfinished() == "bk_0 is PENDING since 2.000 s")
    try rig.write("bk_0", "FAILED")
    try rig.sql("UPDATE trip_booking SET wake_us = \(AuditRig.epoch + 9_000_000)")
    #expect(rig.auditor.unfinished() == "bk_0 (FAILED) is to be woken at 9.000 s")
    try rig.sql("UPDATE trip_booking SET wake_us = NULL")
    try rig.inbox("evt_1", applied: false)
    #expect(rig.auditor.unfinished() == "the message evt_1 for bk_0 is not applied")
    try rig.sql("UPDATE inbox SET applied_us = 1")
    try rig.step("bk_0", "hotel")
    #expect(rig.auditor.unfinished() == "the step do hotel of bk_0 is still INTENT")
    try rig.sql("UPDATE saga_step SET status = 'REJECTED'")
    #expect(rig.auditor.unfinished() == nil)
  }
}

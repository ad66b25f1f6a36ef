import GRDB
import Testing

@testable import Audit
@testable import Worlds

/// D11 to D14, N9: what is parked, what operators decide, what stays behind, and how soon all comes to it.
struct OperatorInvariantTests {
  /// A trip whose refund failed at Stripe and is parked.
  private func owed() throws -> AuditRig {
    let rig = try AuditRig()
    try rig.rollBack()
    rig.refund(75_000, status: "failed")
    try rig.post(
      "bk_0", "bk_0:refund-failed:re_bk_0_charge_1", debit: "stripe", credit: "customer", 75_000)
    try rig.payment("bk_0", "SUCCEEDED", amount: 75_000)
    try rig.park("bk_0", "charge", "refund-failed", "re_bk_0_charge_1")
    return rig
  }

  private func decide(_ rig: AuditRig, _ verb: String, by: String = "anna") throws {
    let parked = rig.now
    try rig.sql("UPDATE attention_item SET created_us = ?", [AuditRig.epoch + parked])
    rig.tick()
    try rig.sql(
      """
      INSERT INTO inbox (source, kind, booking_id, payload, received_us)
      VALUES ('operator:1:' || ?, 'operator', 'bk_0', '{"by":"' || ? || '"}', ?)
      """, [by, by, AuditRig.epoch + rig.now])
    rig.auditor.observe(
      .decided(
        DecisionRecord(
          atMicroseconds: rig.now, bookingID: "bk_0", item: 1, slot: "charge",
          reason: "refund-failed", parkedMicroseconds: parked, verb: verb, by: by, note: "case 1",
          refusal: "")), at: rig.now)
    rig.auditor.observe(.committed, at: rig.now)
  }

  /// The orchestrator applies what is in the inbox and closes the item.
  private func apply(
    _ rig: AuditRig, _ result: String, resolution: String? = nil, by: String = "anna"
  ) throws {
    rig.tick()
    try rig.sql(
      "UPDATE inbox SET applied_us = ?, result = ? WHERE kind = 'operator'",
      [AuditRig.epoch + rig.now + 1_000_000, result])
    if let resolution {
      try rig.sql(
        """
        UPDATE attention_item SET resolved_us = ?, resolution = ?, resolved_by = ?, note = 'case 1'
        """, [AuditRig.epoch + rig.now + 1_000_000, resolution, by])
    }
    try rig.write("bk_0", "FAILED", attention: resolution == nil, kind: "\(by) decided it")
  }

  private func conclude(_ rig: AuditRig) -> [String] {
    rig.conclude()
    return rig.violated
  }

  @Test(arguments: [("mark-done", "done"), ("abandon", "abandoned")])
  func whatAnOperatorClosesIsClosedAndOwedByThem(_ verb: String, _ resolution: String) throws {
    let rig = try owed()
    try decide(rig, verb)
    try apply(rig, resolution, resolution: resolution)
    #expect(conclude(rig) == [])
    #expect(rig.result(.d14).exercised == 2)
  }

  @Test func anItemTakesOneDecisionAtATime() throws {
    let rig = try owed()
    try decide(rig, "mark-done")
    #expect(rig.violated == [])
    rig.auditor.observe(
      .decided(
        DecisionRecord(
          atMicroseconds: rig.now, bookingID: "bk_0", item: 1, slot: "charge",
          reason: "refund-failed", parkedMicroseconds: rig.now - 1_000_000, verb: "abandon",
          by: "berta", note: "case 2", refusal: "")), at: rig.now)
    #expect(rig.violated == ["D14"])
  }

  @Test(
    arguments: [
      ("flight-order-lost", "retry", nil, true), ("flight-order-lost", "abandon", nil, false),
      ("refund-failed", "retry", nil, false), ("refund-failed", "retry", 1, false),
      ("refund-failed", "retry", 2, true),
    ] as [(String, String, Int?, Bool)])
  func whatIsTakenIsSafeAndWhatIsShownIsTrue(
    _ reason: String, _ verb: String, _ toldOpen: Int?, _ isWrong: Bool
  ) throws {
    let rig = try owed()
    var decision = DecisionRecord(
      atMicroseconds: rig.now, bookingID: "bk_0", item: 1, slot: "charge", reason: reason,
      parkedMicroseconds: rig.now, verb: verb, by: "anna", note: "case 1", refusal: "")
    decision.toldOpen = toldOpen
    rig.auditor.observe(.decided(decision), at: rig.now)
    #expect(rig.violated == (isWrong ? ["D14"] : []))
  }

  @Test func aRetryThatDoesNothingLeavesTheMoneyOwed() throws {
    let rig = try owed()
    try decide(rig, "retry")
    try apply(rig, "retried", resolution: "retried")
    #expect(conclude(rig) == ["M9", "V4"])
  }

  @Test func aDecisionThatIsCarriedOutInAnotherWayIsFound() throws {
    let rig = try owed()
    try decide(rig, "mark-done")
    try apply(rig, "abandoned", resolution: "abandoned")
    #expect(conclude(rig).contains("D14"))
  }

  @Test func whoDecidedMustBeWrittenDown() throws {
    let rig = try owed()
    try decide(rig, "mark-done")
    try apply(rig, "done", resolution: "done", by: "someone")
    #expect(conclude(rig).contains("D14"))
  }

  @Test func aDecisionThatIsNeverAppliedIsFound() throws {
    let rig = try owed()
    try decide(rig, "mark-done")
    // The inbox is not empty, so that nothing else is judged of the trip.
    #expect(conclude(rig) == ["D14", "N9"])
  }

  @Test func aWordOfANewerVersionChangesNothing() throws {
    let rig = try owed()
    try decide(rig, "escalate")
    try apply(rig, "unreadable: escalate")
    #expect(conclude(rig) == [])
    let other = try owed()
    try decide(other, "escalate")
    try apply(other, "abandoned", resolution: "abandoned")
    #expect(conclude(other).contains("D12"))
  }

  @Test func nothingParkedIsTouchedBeforeAnOperatorSaysSo() throws {
    let rig = try owed()
    try rig.step("bk_0", "charge", "undo", cause: "rollback", status: "REJECTED")
    try rig.perform("bk_0", "charge", "undo", generation: 2, cause: "rollback")
    #expect(rig.violated == ["D11"])
  }

  @Test func nothingIsClosedByNobody() throws {
    let rig = try owed()
    try rig.sql("UPDATE attention_item SET resolved_us = 1, resolution = 'done', resolved_by = 'x'")
    try rig.write("bk_0", "FAILED")
    rig.conclude()
    #expect(rig.violated.contains("D11"))
  }

  @Test(arguments: [
    "UPDATE trip_option SET lock_status = 'locked', locked_by = 'bk_0'",
    "UPDATE trip_booking SET lease_owner = 'own', lease_until_us = 9000000000000000",
  ])
  func whatStaysBehindIsFound(_ change: String) throws {
    let rig = try AuditRig()
    try rig.rollBack()
    try rig.sql(change)
    rig.conclude()
    #expect(rig.violated == ["D13"])
  }

  @Test func whatIsParkedAndNotToldIsFound() throws {
    let rig = try owed()
    try rig.write("bk_0", "FAILED")
    rig.conclude()
    #expect(rig.violated == ["D13"])
  }

  @Test func whatComesIsTakenInSoon() throws {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    try rig.inbox("evt_1")
    try rig.sql("UPDATE inbox SET applied_us = received_us + 601000000")
    rig.event("evt_1")
    rig.conclude()
    #expect(rig.violated == ["N9"])
  }
}

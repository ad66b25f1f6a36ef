import GRDB
import Testing

@testable import Audit
@testable import Worlds

/// L17: a stop in good order leaves nothing in the air.
struct StopInvariantTests {
  let rig: AuditRig
  init() throws {
    rig = try AuditRig()
    rig.auditor.observe(.started(node: "orchestrator-1", incarnation: 1), at: rig.now)
  }

  private func lease(_ owner: String?) throws {
    try rig.sql(
      "UPDATE trip_booking SET lease_owner = ?, lease_until_us = ?",
      [owner, AuditRig.epoch + rig.now + 60_000_000])
  }

  private func stop(_ point: String = CrashRecord.stopped) {
    rig.tick()
    rig.auditor.observe(
      .crashed(
        CrashRecord(
          atMicroseconds: rig.now, point: point, node: "orchestrator-1", incarnation: 1,
          duringRecovery: false)), at: rig.now)
  }

  @Test func l17HasNothingAgainstAStopInGoodOrder() throws {
    try rig.charge()
    try rig.sql("UPDATE trip_booking SET lease_owner = NULL, lease_until_us = 0")
    stop()
    #expect(rig.violated == [])
    #expect(rig.result(.l17).exercised == 1)
  }

  @Test func l17FindsACallThatIsCutOff() throws {
    try rig.charge()
    try rig.sql("UPDATE trip_booking SET lease_owner = NULL, lease_until_us = 0")
    try rig.perform("bk_0", "flight", writes: false, ends: false)
    stop()
    #expect(rig.violated.contains("L17"))
  }

  @Test func l17FindsAnEventForAClientThatIsCutOff() throws {
    try rig.charge()
    try rig.sql("UPDATE trip_booking SET lease_owner = NULL, lease_until_us = 0")
    rig.sendEvent(body: AuditRig.payload("booking.confirmed"), ends: false)
    stop()
    #expect(rig.violated.contains("L17"))
  }

  @Test func l17FindsAStepThatIsIntendedAndNotSent() throws {
    try rig.charge()
    try rig.sql("UPDATE trip_booking SET lease_owner = NULL, lease_until_us = 0")
    try rig.step("bk_0", "flight")
    stop()
    #expect(rig.violated == ["L17"])
  }

  @Test func l17FindsALeaseThatMustRunOut() throws {
    try rig.accept()
    try lease("orchestrator-1#1")
    stop()
    #expect(rig.violated == ["L17"])
  }

  @Test func l17FindsAStopThatDoesNotEnd() throws {
    try rig.accept()
    try lease(nil)
    stop(CrashRecord.cutOff)
    #expect(rig.violated == ["L17"])
  }

  /// What a process that died has left is none of its successor's doing.
  @Test func l17DoesNotBlameTheHeir() throws {
    try rig.charge()
    try lease("orchestrator-1#0")
    try rig.step("bk_0", "flight")
    rig.die()
    rig.tick()
    rig.auditor.observe(.started(node: "orchestrator-1", incarnation: 2), at: rig.now)
    stop()
    #expect(!rig.violated.contains("L17"))
  }
}

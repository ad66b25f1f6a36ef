import GRDB
import Testing

@testable import Audit
@testable import Worlds

/// L6, and what standing still excuses: several processes on one database.
struct ProcessInvariantTests {
  let rig: AuditRig

  init() throws {
    rig = try AuditRig()
    for number in 1...2 {
      rig.auditor.observe(.started(node: "orchestrator-\(number)", incarnation: 1), at: rig.now)
    }
  }

  private func lease(_ owner: String) throws {
    try rig.sql(
      """
      UPDATE trip_booking SET lease_owner = ?, lease_epoch = lease_epoch + 1, lease_until_us = ?,
        wake_us = ?
      """,
      [owner, AuditRig.epoch + rig.now + 180_000_000, AuditRig.epoch + rig.now + 180_000_000])
  }

  private func crash(_ node: String) {
    rig.auditor.observe(
      .crashed(
        CrashRecord(
          atMicroseconds: rig.now, point: "timer", node: node, incarnation: 1,
          duringRecovery: false)), at: rig.now)
  }

  /// Lets a time pass in which something is committed.
  private func pass(_ microseconds: Int64) {
    rig.tick(microseconds)
    rig.auditor.observe(.committed, at: rig.now)
  }

  @Test(arguments: [false, true])
  func l6FindsATripThatNobodyTakesOver(_ stands: Bool) throws {
    try rig.accept()
    try lease("orchestrator-1#1")
    if stands {
      rig.auditor.observe(.paused(node: "orchestrator-1", incarnation: 1), at: rig.now)
    } else {
      crash("orchestrator-1")
    }
    pass(239_000_000)
    #expect(rig.violated == [])
    pass(2_000_000)
    #expect(rig.violated == ["L6"])
  }

  @Test func l6HasNothingAgainstATakeover() throws {
    try rig.accept()
    try lease("orchestrator-1#1")
    crash("orchestrator-1")
    pass(200_000_000)
    try rig.sql("UPDATE trip_booking SET lease_epoch = lease_epoch + 1")
    pass(60_000_000)
    #expect(rig.violated == [])
    #expect(rig.result(.l6).exercised == 1)
  }

  @Test func l6AsksNothingAboutTheTripsOfThoseWhoLive() throws {
    try rig.accept()
    try lease("orchestrator-2#1")
    crash("orchestrator-1")
    pass(400_000_000)
    #expect(rig.violated == [])
    #expect(rig.result(.l6).exercised == 0)
  }

  @Test func l6AsksNothingWhereNobodyIsLeft() throws {
    try rig.accept()
    try lease("orchestrator-1#1")
    crash("orchestrator-2")
    crash("orchestrator-1")
    pass(400_000_000)
    #expect(rig.violated == [])
  }

  @Test func l17DoesNotBlameOneProcessForAnothersWork() throws {
    try rig.charge()
    try lease("orchestrator-2#1")
    try rig.step("bk_0", "flight")
    rig.auditor.observe(
      .crashed(
        CrashRecord(
          atMicroseconds: rig.now, point: CrashRecord.stopped, node: "orchestrator-1",
          incarnation: 1, duringRecovery: false)), at: rig.now)
    #expect(!rig.violated.contains("L17"))
    #expect(rig.result(.l17).exercised == 1)
  }

  /// One process takes the trip over as it may: after the end, or when it was given back.
  @Test(arguments: [false, true])
  func d15HasNothingAgainstAHeir(_ isGivenBack: Bool) throws {
    try rig.accept()
    try lease("orchestrator-1#1")
    pass(1_000_000)
    if isGivenBack {
      try rig.sql("UPDATE trip_booking SET lease_owner = NULL, lease_until_us = 0")
      pass(1_000_000)
    } else {
      pass(180_000_000)
    }
    try lease("orchestrator-2#1")
    pass(1_000_000)
    #expect(!rig.violated.contains("D15"))
    #expect(rig.result(.d15).exercised == (isGivenBack ? 1 : 2))
  }

  @Test(arguments: [
    "lease_epoch = lease_epoch + 1", "lease_owner = 'orchestrator-2#1'",
    "lease_epoch = lease_epoch + 1, lease_owner = 'orchestrator-2#1'",
  ])
  func d15FindsALeaseThatIsTaken(_ how: String) throws {
    try rig.accept()
    try lease("orchestrator-1#1")
    pass(1_000_000)
    try rig.sql("UPDATE trip_booking SET \(how)")
    pass(1_000_000)
    #expect(rig.violated == ["D15"])
  }

  /// What stands still gives nothing back, and what was given back is not held again.
  @Test(arguments: [false, true])
  func d15FindsALeaseThatSomebodyElseEnds(_ stands: Bool) throws {
    try rig.accept()
    try lease("orchestrator-1#1")
    pass(1_000_000)
    if stands {
      rig.auditor.observe(.paused(node: "orchestrator-1", incarnation: 1), at: rig.now)
    }
    try rig.sql("UPDATE trip_booking SET lease_owner = NULL, lease_until_us = 0")
    pass(1_000_000)
    #expect(rig.violated == (stands ? ["D15"] : []))
    try rig.sql("UPDATE trip_booking SET lease_owner = 'orchestrator-1#1'")
    pass(1_000_000)
    #expect(rig.violated == ["D15"])
  }

  @Test func x8FindsADriveThatFails() throws {
    try rig.accept()
    pass(1_000_000)
    #expect(rig.violated == [])
    rig.auditor.observe(.reported(booking: "bk_0", error: "UNIQUE constraint failed"), at: rig.now)
    #expect(rig.violated == ["X8"])
  }

  /// What another process had begun, and died over, is not the stopped one's.
  @Test func l17DoesNotBlameOneProcessForWhatADeadOneBegan() throws {
    try rig.charge()
    try lease("orchestrator-2#1")
    try rig.step("bk_0", "flight")
    pass(400_000_000)
    rig.auditor.observe(
      .crashed(
        CrashRecord(
          atMicroseconds: rig.now, point: CrashRecord.stopped, node: "orchestrator-1",
          incarnation: 1, duringRecovery: false)), at: rig.now)
    #expect(!rig.violated.contains("L17"))
  }

  @Test func whoStandsStillIsKnownUntilItGoesOn() {
    var times = ProcessTimes()
    times.observe(.started(node: "a", incarnation: 1), 0)
    times.observe(.started(node: "b", incarnation: 1), 0)
    times.observe(.paused(node: "a", incarnation: 1), 10)
    #expect(!times.runs("a#1"))
    #expect(times.runs("b#1"))
    #expect(times.stoodStill(from: 11, to: 12))
    times.observe(.resumed(node: "a", incarnation: 1), 20)
    #expect(times.runs("a#1"))
    #expect(times.stoodStill(from: 0, to: 10))
    #expect(times.stoodStill(from: 20, to: 30))
    #expect(!times.stoodStill(from: 21, to: 30))
    #expect(times.lastUpset(of: "a") == 20)
    #expect(times.lastUpset(of: "b") < 0)
  }
}

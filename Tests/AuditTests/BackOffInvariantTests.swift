import Testing

@testable import Audit
@testable import Worlds

/// L19: pauses between tries grow, and are drawn.
struct BackOffInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  /// One try of a call of a trip ends with a status, some time after the one before; a call takes 2 s.
  private func attempt(
    _ id: String, _ generation: Int, _ attempt: Int, undo: Bool = false, status: Int,
    after pause: Int64
  ) {
    rig.tick(pause)
    let direction = undo ? "undo" : "do"
    var record = rig.record(
      id, "flight", direction, generation, attempt, epoch: 1, service: "flight",
      operation: undo ? "cancel" : "create", key: "")
    record.sequence = Int(rig.now)
    let (call, _, _) = rig.call(id, "flight", direction, key: "")
    rig.auditor.observe(.sent(call, record), at: rig.now)
    rig.tick(2_000_000)
    record.httpStatus = status
    rig.auditor.observe(.ended(record, retryAfterSeconds: nil), at: rig.now)
  }

  private var found: [String] {
    rig.auditor.violations.filter { $0.invariant == "L19" }.map(\.explanation)
  }

  @Test(arguments: [(1_900_000, true), (2_100_000, false)])
  func l19FindsTriesWithoutPauses(_ pause: Int64, _ isWrong: Bool) {
    for number in 1...10 { attempt("bk_1", 1, number, status: 503, after: pause) }
    #expect(found.isEmpty != isWrong)
  }

  @Test func l19FindsRefusedUndosWithoutPauses() {
    for number in 1...10 { attempt("bk_1", number, 1, undo: true, status: 400, after: 50_000) }
    #expect(found.count == 1 && found[0].hasPrefix("flight undo of bk_1 is tried for the tenth"))
  }

  @Test func l19KnowsThatSuccessADeathAndADecisionBeginAnew() {
    for number in 1...9 { attempt("bk_1", 1, number, status: 503, after: 50_000) }
    attempt("bk_1", 1, 10, status: 201, after: 50_000)
    for number in 1...6 { attempt("bk_2", 1, number, status: 503, after: 50_000) }
    rig.die()
    for number in 7...12 { attempt("bk_2", 1, number, status: 503, after: 50_000) }
    #expect(found.count == 1, "only nine pauses in a row count")
  }

  @Test(arguments: [(850_000, true), (500_000, false), (1_500_000, false)])
  func l19FindsFirstPausesThatAreNotDrawn(_ pause: Int64, _ isWrong: Bool) {
    for number in 1...12 {
      attempt("bk_\(number)", 1, 1, status: 503, after: 100_000)
      attempt("bk_\(number)", 1, 2, status: 201, after: pause + Int64(number) * 1_000)
    }
    rig.conclude()
    #expect(found.contains { $0.contains("first pause") } == isWrong)
  }
}

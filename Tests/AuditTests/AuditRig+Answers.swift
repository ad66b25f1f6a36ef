import GRDB

@testable import Audit
@testable import Worlds

extension AuditRig {
  /// A look of the validation is answered with 200.
  func look(_ id: String, _ slot: String, operation: String, attempt: Int = 1, fault: String = "") {
    tick()
    let service = slot.hasPrefix("activity") ? "activity" : slot
    var record = record(
      id, slot, "do", 1, attempt, epoch: 1, service: service, operation: operation, key: "")
    record.httpStatus = 200
    record.outcome = "ok"
    record.fault = fault
    auditor.observe(.ended(record, retryAfterSeconds: nil), at: now)
  }

  /// The orchestrator dies.
  func die() {
    tick()
    let crash = CrashRecord(
      atMicroseconds: now, point: "timer", node: "orchestrator-1", incarnation: 1,
      duringRecovery: false)
    history.crashes.append(crash)
    auditor.observe(.crashed(crash), at: now)
  }

  /// A trip is told to have failed for something.
  func fail(_ id: String = "bk_0", for code: String) throws {
    try sql(
      "UPDATE trip_booking SET failure = ? WHERE id = ?",
      ["{\"code\":\"\(code)\",\"message\":\"\"}", id])
    try write(id, "FAILED")
  }
}

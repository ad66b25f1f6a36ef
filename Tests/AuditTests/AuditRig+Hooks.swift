import GRDB
import HTTPService
import HTTPTypes

@testable import Audit
@testable import Worlds

// Events for clients, as the orchestrator writes and sends them.
extension AuditRig {
  /// The receiver of the rig's client.
  static let receiver = "hooks-0.test"

  /// A rig whose client has a receiver.
  static func hooked() throws -> AuditRig {
    try AuditRig(hook: receiver) { $0.contact.phone = "+15550199" }
  }

  /// A true event about the trip as it stands.
  static func payload(
    _ kind: String, _ sequence: Int = 1, of id: String = "bk_0", state: String = "CONFIRMED",
    attention: Bool = false, more: String = ""
  ) -> String {
    "{\"id\":\"evt_\(id)_\(sequence)\",\"type\":\"\(kind)\",\"sequence\":\(sequence),"
      + "\"createdAt\":\"2026-09-21T00:00:00.000Z\",\"booking\":{\"bookingId\":\"\(id)\","
      + "\"state\":\"\(state)\",\"needsAttention\":\(attention)\(more)}}"
  }

  /// An event is written, by a commit of its own.
  func writeEvent(
    _ kind: String = "booking.confirmed", _ sequence: Int = 1, payload: String? = nil
  ) throws {
    try sql(
      """
      INSERT INTO hook_event (booking_id, sequence, client, kind, payload, created_us, next_us)
      VALUES ('bk_0', ?, 'default', ?, ?, ?, 0)
      """, [sequence, kind, payload ?? Self.payload(kind, sequence), Self.epoch + now])
    auditor.observe(.committed, at: now)
  }

  /// An event ends.
  func endEvent(_ status: String = "sent", _ sequence: Int = 1, result: String? = nil) throws {
    try sql(
      "UPDATE hook_event SET status = ?, ended_us = ?, result = ? WHERE sequence = ?",
      [status, Self.epoch + now, result, sequence])
    auditor.observe(.committed, at: now)
  }

  /// An event is sent, comes to a receiver, and is answered with a status; 0 is no answer.
  func sendEvent(
    _ sequence: Int = 1, to authority: String = receiver, body: String? = nil, answer: Int = 200,
    retryAfter: Int? = nil, isSigned: Bool = true, signedAt: Int64? = nil, isTaken: Bool? = nil,
    field: String? = nil, ends: Bool = true
  ) {
    let written = try? database.read { db in
      try String.fetchOne(
        db, sql: "SELECT payload FROM hook_event WHERE sequence = ?", arguments: [sequence])
    }
    var request = HTTPRequest(method: .post, scheme: "http", authority: authority, path: "/hooks")
    request.headerFields[.contentType] = "application/json"
    let second = signedAt ?? (Self.epoch + now) / 1_000_000
    if let name = HTTPField.Name("Turbulence-Signature") {
      request.headerFields[name] = "t=\(second),v1=00"
    }
    if let field, let name = HTTPField.Name(field) { request.headerFields[name] = "x" }
    var record = record(
      "bk_0", "hooks", "", 0, 0, epoch: 0, service: "hooks", operation: "event", key: "")
    calls += 1
    record.sequence = calls
    auditor.observe(
      .hookSent(HTTPCall(request, body: Array((body ?? written ?? "").utf8)), record), at: now)
    auditor.observe(
      .hookVisited(
        HookVisit(
          authority: authority, event: "evt_bk_0_\(sequence)", isSigned: isSigned,
          isTaken: isTaken ?? (answer == 200))), at: now)
    guard ends else { return }
    tick(100_000)
    record.httpStatus = answer
    auditor.observe(.hookEnded(record, retryAfterSeconds: retryAfter), at: now)
  }
}

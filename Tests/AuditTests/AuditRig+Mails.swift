import GRDB
import HTTPService
import HTTPTypes
import Synchronization
import Wire

@testable import Audit
@testable import FakeVendors
@testable import Worlds

// Mails as the orchestrator writes and sends them.
extension AuditRig {
  /// The row of a true mail of a kind, as its trip stands now.
  func payload(of kind: String, _ id: String, isParked: Bool) -> String {
    // A modification, also a second one (`md_0-2`), is told of as its booking.
    let id = id.hasPrefix("md_") ? "bk_\(id.dropFirst(3).prefix { $0 != "-" })" : id
    return Self.payload(
      kind, subject: "Your trip \(id)", to: "a@example.com",
      text: text(of: kind, id, isParked: isParked))
  }

  /// The text of a true mail of a kind.
  func text(of kind: String, _ id: String, isParked: Bool = false) -> String {
    let openings = [
      "confirmation": "Your trip is confirmed.", "failure": "Your trip could not be booked.",
      "cancellation": "Your trip is cancelled.", "update": "There is news about your trip.",
      "changed": "Your trip is changed.",
      "unchanged": "The trip could not be changed and stands as it was.",
    ]
    var paragraphs = ["Dear A,", openings[kind] ?? ""]
    let (captured, refunded, live) = shelf.truth.withLock { truth in
      (
        truth.intents.reduce(0) { $0 + $1.capturedMinor },
        truth.refunds.reduce(0) { $0 + ($1.status == "succeeded" ? $1.amountMinor : 0) },
        truth.reservations.filter { $0.status.isLive && !replaced.contains($0.reference) }
      )
    }
    if kind != "failure", kind != "cancellation" {
      let lines = live.map { reservation in
        let slot = reservation.reference.prefix { $0 != "-" }
        let number =
          reservation.reference.hasPrefix("activity-")
          ? " \(reservation.reference.dropFirst(9).prefix { $0 != "-" })" : ""
        return "- \(slot)\(number): \(reservation.reference), "
          + ToldMoney.text(reservation.priceMinor, "USD")
      }
      paragraphs.append((["Booked:"] + lines).joined(separator: "\n"))
    }
    if isParked { paragraphs.append("Still being settled by our staff:\n- Something.") }
    paragraphs.append(
      captured == 0
        ? "Nothing was charged."
        : refunded == captured
          ? "The payment of \(ToldMoney.text(captured, "USD")) was refunded in full."
          : "\(ToldMoney.text(captured, "USD")) was charged and "
            + "\(ToldMoney.text(refunded, "USD")) of it refunded.")
    paragraphs.append("Booking reference: 3N4G5Z4J (\(id))")
    return paragraphs.joined(separator: "\n\n") + "\n"
  }

  /// The row of a mail.
  static func payload(
    _ kind: String, subject: String, to: String, text: String
  ) -> String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\r\n", with: #"\r\n"#).replacing("\n", with: #"\n"#) + "\""
    }
    return "{\"to\":\(quoted(to)),\"subject\":\(quoted(subject)),\"text\":\(quoted(text)),"
      + "\"tag\":\(quoted(kind))}"
  }

  /// Has the row of a mail say what a test wants the service to be given; returns its version.
  func rewrite(_ id: String, _ kind: String, text: String, to: String) -> Int {
    do {
      try sql(
        """
        INSERT OR IGNORE INTO outbox (booking_id, kind, version, payload, status, next_us)
        SELECT ?, ?, 1, '{}', 'sent', 0
        WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE booking_id = ? AND kind = ?)
        """, [id, kind, id, kind])
      try sql(
        "UPDATE outbox SET payload = ? WHERE booking_id = ? AND kind = ?",
        [Self.payload(kind, subject: kind, to: to, text: text), id, kind])
      return try database.read { db in
        try Int.fetchOne(
          db, sql: "SELECT version FROM outbox WHERE booking_id = ? AND kind = ?",
          arguments: [id, kind]) ?? 0
      }
    } catch {
      preconditionFailure("the rig's outbox cannot be written: \(error)")
    }
  }

  /// A mail is sent, and answered with a status; 0 is no answer.
  func send(
    _ kind: String, version: Int, attempt: Int = 1, answer: Int = 200, retryAfter: Int? = nil
  ) {
    let marks = "{\"booking\":\"bk_0\",\"kind\":\"\(kind)\",\"version\":\"\(version)\"}"
    let body = Array("{\"Metadata\":\(marks)}".utf8)
    var record = record(
      "bk_0", "mail", "do", 1, attempt, epoch: 0, service: "mail", operation: "send", key: "")
    record.sequence = Int(now)
    let request = HTTPRequest(method: .post, scheme: "http", authority: "m.test", path: "/email")
    auditor.observe(.sent(HTTPCall(request, body: body), record), at: now)
    tick(100_000)
    record.httpStatus = answer
    auditor.observe(.ended(record, retryAfterSeconds: retryAfter), at: now)
  }
}

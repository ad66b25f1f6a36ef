package import GRDB

extension OperatorStore {
  /// An event that its client was not told: it was given up.
  package struct UntoldEvent: Sendable, Hashable, Codable {
    package var id: Int64
    package var booking: String
    package var sequence: Int
    package var client: String
    package var kind: String
    /// How often it was sent, and what came of it last.
    package var tries: Int
    package var result: String
    package var createdUs: Int64
    package var endedUs: Int64
    /// Who had it sent again the last time.
    package var resentBy: String?
  }

  /// Returns the events that were given up, the latest first.
  package static func untold(
    _ db: Database, booking: String? = nil, limit: Int = 500
  ) throws -> [UntoldEvent] {
    try Row.fetchAll(
      try db.cachedStatement(
        sql: """
          SELECT id, booking_id, sequence, client, kind, attempts, coalesce(result, ''), created_us,
            coalesce(ended_us, created_us), resent_by
          FROM hook_event WHERE status = 'given-up' AND (?1 IS NULL OR booking_id = ?1)
          ORDER BY id DESC LIMIT ?2
          """), arguments: [booking, limit]
    ).map { row in
      UntoldEvent(
        id: row[0], booking: row[1], sequence: row[2], client: row[3], kind: row[4], tries: row[5],
        result: row[6], createdUs: row[7], endedUs: row[8], resentBy: row[9])
    }
  }

  /// Has an event that was given up sent again, as it was written, for another day; its client's sender
  /// finds it within a minute.
  ///
  /// Later events of the booking that are still to be sent wait for it, and their own day begins after it.
  /// - Throws: ``Refused`` when there is no such event, or it was not given up.
  package static func resend(_ db: Database, event id: Int64, by: String, at: Timestamp) throws {
    let status = try String.fetchOne(
      db, sql: "SELECT status FROM hook_event WHERE id = ?", arguments: [id])
    guard let status else { throw Refused.noEvent(id) }
    guard status == "given-up" else {
      throw Refused.notGivenUp(id, status == "sent" ? "was taken" : "is still to be sent")
    }
    try db.execute(
      sql: """
        UPDATE hook_event SET status = 'pending', next_us = ?1, attempts = 0, until_us = NULL,
          ended_us = NULL, resent_us = ?1, resent_by = ?2
        WHERE id = ?3
        """, arguments: [at.microseconds, by, id])
    try db.execute(
      sql: """
        UPDATE hook_event SET until_us = NULL
        WHERE status = 'pending' AND id > ?1
          AND booking_id = (SELECT booking_id FROM hook_event WHERE id = ?1)
        """, arguments: [id])
  }
}

extension OperatorStore.Refused {
  /// There is no event of this number.
  package static func noEvent(_ id: Int64) -> Self { Self(description: "there is no event \(id)") }

  /// An event needs no help.
  static func notGivenUp(_ id: Int64, _ what: String) -> Self {
    Self(description: "event \(id) \(what): only what was given up is sent again")
  }
}

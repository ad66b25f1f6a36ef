import GRDB

/// The mails that are owed, written in the transaction that is their cause.
enum Outbox {
  /// Renders a mail from the booking as this transaction leaves it, and queues it.
  ///
  /// Call it after the transaction's other changes and ``Mailer/poke()`` after its commit. A booking is
  /// confirmed, failed or cancelled once, so a second mail of such a kind is ignored: no traveller reads
  /// one twice. There may be any number of news; each version of the booking has one mail of them.
  static func enqueue(
    _ db: Database, booking: BookingID, kind: MailKind, version: Int, at: Timestamp
  ) throws {
    let customer = try db.cachedStatement(
      sql: """
        SELECT json_extract(request, '$.customer.email'),
          json_extract(request, '$.customer.firstName')
        FROM trip_request WHERE booking_id = ?
        """)
    // A modification's mails tell of the trip that it changes.
    let trip = try ModificationStore.known(db, booking)?.base ?? booking
    guard
      let view = try BookingView.load(db, trip, modification: trip == booking ? nil : booking),
      let row = try Row.fetchOne(customer, arguments: [booking.rawValue])
    else { throw StoreError("there is no booking \(booking) to write a mail about") }
    if kind != .update, try isWritten(db, booking, kind) { return }
    let mail = Mail(
      to: row[0], subject: MailText.subject(kind, view),
      text: MailText.body(kind, view, firstName: row[1]), tag: kind.rawValue,
      metadata: Mail.Metadata(
        booking: booking.rawValue, kind: kind.rawValue, version: String(version)))
    try db.cachedStatement(
      sql: """
        INSERT INTO outbox (booking_id, kind, version, payload, next_us)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT (booking_id, kind, version) DO NOTHING
        """
    ).execute(arguments: [
      booking.rawValue, kind.rawValue, version, mail.json, at.microseconds,
    ])
  }

  private static func isWritten(
    _ db: Database, _ booking: BookingID, _ kind: MailKind
  ) throws -> Bool {
    try Int.fetchOne(
      try db.cachedStatement(sql: "SELECT 1 FROM outbox WHERE booking_id = ? AND kind = ?"),
      arguments: [booking.rawValue, kind.rawValue]) != nil
  }
}

// The mailer's side.
extension Outbox {
  /// One mail that is due, claimed by its reader.
  struct Due: Sendable, Hashable {
    var id: Int64
    var booking: BookingID
    var payload: String
    /// Sends so far, this one included.
    var attempt: Int
  }

  /// Claims what is due, at most `limit` mails, until a moment after which they are due again.
  ///
  /// The claim keeps two mailers on one database from sending the same mail; the attempt is counted
  /// before it is made, so that a crash cannot hide it.
  /// - Returns: the mails, and when the next one is due.
  static func claim(
    _ db: Database, now: Timestamp, until: Timestamp, limit: Int
  ) throws -> (due: [Due], next: Timestamp?) {
    let select = try db.cachedStatement(
      sql: """
        SELECT id, booking_id, payload, attempts + 1 FROM outbox
        WHERE status = 'pending' AND next_us <= ? ORDER BY next_us, id LIMIT ?
        """)
    let due = try Array(
      Row.fetchCursor(select, arguments: [now.microseconds, limit]).map {
        Due(id: $0[0], booking: BookingID($0[1]), payload: $0[2], attempt: $0[3])
      }
    ).sorted { $0.id < $1.id }
    // One by one, by their ids: for an UPDATE of what a query finds, or one that returns rows, SQLite
    // fills temporary tables.
    let claim = try db.cachedStatement(
      sql: "UPDATE outbox SET next_us = ?, attempts = ? WHERE id = ?")
    for mail in due {
      try claim.execute(arguments: [until.microseconds, mail.attempt, mail.id])
    }
    let next = try Int64.fetchOne(
      try db.cachedStatement(sql: "SELECT min(next_us) FROM outbox WHERE status = 'pending'"))
    return (due, next.map(Timestamp.init(microseconds:)))
  }

  /// Notes that the mail service took a mail.
  static func markSent(_ db: Database, _ mail: Due, reference: String, at: Timestamp) throws {
    try db.cachedStatement(
      sql: """
        UPDATE outbox SET status = 'sent', sent_us = ?, reference = ?
        WHERE id = ? AND status = 'pending'
        """
    ).execute(arguments: [at.microseconds, reference, mail.id])
  }

  /// Notes that a mail will never be taken: it stays in the outbox for an operator.
  static func markRefused(_ db: Database, _ mail: Due, reason: String) throws {
    try db.cachedStatement(
      sql: """
        UPDATE outbox SET status = 'refused', reference = ? WHERE id = ? AND status = 'pending'
        """
    ).execute(arguments: [reason, mail.id])
  }

  /// Puts a mail off, unless somebody else has claimed it since.
  static func postpone(_ db: Database, _ mail: Due, until: Timestamp) throws {
    try db.cachedStatement(
      sql: """
        UPDATE outbox SET next_us = ? WHERE id = ? AND status = 'pending' AND attempts = ?
        """
    ).execute(arguments: [until.microseconds, mail.id, mail.attempt])
  }
}

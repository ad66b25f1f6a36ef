import GRDB

/// The events that clients are owed, written in the transaction that is their cause.
///
/// Those of one booking are numbered from 1 without a gap, and sent in that order: none before the one
/// before it was taken or given up.
enum HookStore {
  /// Queues what is to be told of a booking as this transaction leaves it; a booking of a client that
  /// wants to hear nothing is passed over.
  static func enqueue(
    _ db: Database, booking: BookingID, kinds: [HookKind], for clients: Set<ClientName>,
    at: Timestamp
  ) throws {
    guard !kinds.isEmpty, !clients.isEmpty else { return }
    let owner = try String.fetchOne(
      try db.cachedStatement(sql: "SELECT client FROM trip_booking WHERE id = ?"),
      arguments: [booking.rawValue])
    guard let owner, clients.contains(ClientName(owner)) else { return }
    guard let view = try BookingView.load(db, booking) else {
      throw StoreError("there is no booking \(booking) to tell of")
    }
    let last =
      try Int.fetchOne(
        try db.cachedStatement(sql: "SELECT max(sequence) FROM hook_event WHERE booking_id = ?"),
        arguments: [booking.rawValue]) ?? 0
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO hook_event (booking_id, sequence, client, kind, payload, created_us, next_us)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    for (number, kind) in kinds.enumerated() {
      let sequence = last + 1 + number
      try insert.execute(arguments: [
        booking.rawValue, sequence, owner, kind.rawValue,
        HookBody.json(kind, view, sequence: sequence, at: at), at.microseconds, at.microseconds,
      ])
    }
  }

  /// One event that is due, claimed by its reader.
  struct Due: Sendable, Hashable {
    var id: Int64
    var booking: BookingID
    var payload: String
    /// Sends so far, this one included.
    var attempt: Int
    /// Until when it is tried.
    var until: Timestamp
  }

  /// When the next event of a client is due; nil when none is to be sent.
  static func nextDue(_ db: Database, of client: ClientName) throws -> Timestamp? {
    // Not min(), which would look at all that wait for a client that has been away for long.
    try Int64.fetchOne(
      try db.cachedStatement(
        sql: """
          SELECT next_us FROM hook_event e
          WHERE client = ? AND status = 'pending' AND \(isFirst) ORDER BY next_us LIMIT 1
          """), arguments: [client.rawValue]
    ).map(Timestamp.init(microseconds:))
  }

  /// Claims what is due of a client, at most `limit` events, until a moment after which they are due
  /// again. The attempt is counted before it is made, so that a crash cannot hide it.
  ///
  /// An event's time begins with its first claim. What is due again when its time is over is given up
  /// instead, and makes room for the next event of its booking.
  /// - Parameter patience: how long an event is tried.
  /// - Returns: the events, at most one of a booking, and when the next one is due.
  static func claim(
    _ db: Database, of client: ClientName, now: Timestamp, until: Timestamp, patience: Duration,
    limit: Int
  ) throws -> (due: [Due], next: Timestamp?) {
    try db.cachedStatement(
      sql: """
        UPDATE hook_event SET status = 'given-up', ended_us = ?1,
          result = coalesce(result, 'the server ended before an answer came')
        WHERE client = ?2 AND status = 'pending' AND next_us <= ?1 AND until_us <= ?1
        """
    ).execute(arguments: [now.microseconds, client.rawValue])
    let select = try db.cachedStatement(
      sql: """
        SELECT id, booking_id, payload, attempts + 1, coalesce(until_us, ?) FROM hook_event e
        WHERE client = ? AND status = 'pending' AND next_us <= ? AND \(isFirst)
        ORDER BY next_us, id LIMIT ?
        """)
    let due = try Array(
      Row.fetchCursor(
        select,
        arguments: [
          (now + patience).microseconds, client.rawValue, now.microseconds, limit,
        ]
      ).map {
        Due(
          id: $0[0], booking: BookingID($0[1]), payload: $0[2], attempt: $0[3],
          until: Timestamp(microseconds: $0[4]))
      })
    let claim = try db.cachedStatement(
      sql: "UPDATE hook_event SET next_us = ?, attempts = ?, until_us = ? WHERE id = ?")
    for event in due {
      try claim.execute(arguments: [
        until.microseconds, event.attempt, event.until.microseconds, event.id,
      ])
    }
    return (due, try nextDue(db, of: client))
  }

  /// Whether no earlier event of the booking is still to be sent.
  private static let isFirst = """
    NOT EXISTS (SELECT 1 FROM hook_event p WHERE p.booking_id = e.booking_id
      AND p.sequence < e.sequence AND p.status = 'pending')
    """

  /// Notes that the client took an event.
  static func markSent(_ db: Database, _ event: Due, at: Timestamp) throws {
    try db.cachedStatement(
      sql: """
        UPDATE hook_event SET status = 'sent', result = NULL, ended_us = ?
        WHERE id = ? AND status = 'pending'
        """
    ).execute(arguments: [at.microseconds, event.id])
  }

  /// Puts an event off, unless somebody else has claimed it since; at most until its time is over.
  static func postpone(_ db: Database, _ event: Due, result: String, until: Timestamp) throws {
    try db.cachedStatement(
      sql: """
        UPDATE hook_event SET next_us = ?, result = ?
        WHERE id = ? AND status = 'pending' AND attempts = ?
        """
    ).execute(arguments: [
      min(until, event.until).microseconds, result, event.id, event.attempt,
    ])
  }
}

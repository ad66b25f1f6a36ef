package import GRDB

extension OperatorStore {
  /// A booking in a list.
  package struct Line: Sendable, Hashable, Codable {
    package var id: String
    package var state: String
    package var needsAttention: Bool
    package var currency: String
    package var totalMinor: Int64
    package var createdUs: Int64
    package var updatedUs: Int64
    /// The booking that it changes; nil unless it is a modification.
    package var changes: String?
  }

  /// A modification of a booking.
  package struct Change: Sendable, Hashable, Codable {
    package var id: String
    /// `PENDING`, `DONE` or `REFUSED`.
    package var decision: String
    /// The option that the trip is to become.
    package var option: String
    package var createdUs: Int64
  }

  /// One version of a booking.
  package struct Event: Sendable, Hashable, Codable {
    package var version: Int64
    package var atUs: Int64
    package var state: String
    package var needsAttention: Bool
    package var what: String
  }

  /// One part of a booking.
  package struct Part: Sendable, Hashable, Codable {
    package var slot: String
    package var status: String
    package var reference: String?
    package var confirmation: String?
    package var amountMinor: Int64
    package var error: String?
  }

  /// What a card was asked to hold until the trip is booked.
  package struct Hold: Sendable, Hashable, Codable {
    /// What was held at first; of that so much is held still, was taken, or was given free.
    package var authorizedMinor: Int64
    package var heldMinor: Int64
    package var capturedMinor: Int64
    package var releasedMinor: Int64
    package var authorizedUs: Int64
    package var capturedUs: Int64?
    /// Until when it holds at least, by what Stripe documents of all cards; nil when nothing is held.
    package var holdsUntilUs: Int64?
  }

  /// A booking with all that happened to it; without its travellers.
  package struct BookingHistory: Sendable, Hashable, Codable {
    package var booking: Line
    package var option: String
    /// What was taken from the card, and what of it went back.
    package var chargedMinor: Int64
    package var refundedMinor: Int64
    /// Nil for a card that is charged at once, and before anything is held.
    package var hold: Hold?
    package var paymentIntent: String?
    package var failure: String?
    package var warnings: [String]
    package var parts: [Part]
    package var items: [Item]
    package var events: [Event]
    /// What changes it, or did, in the order of acceptance.
    package var modifications: [Change]
  }

  /// Returns bookings, those changed last first.
  package static func bookings(
    _ db: Database, state: TripState? = nil, needsAttention: Bool? = nil, limit: Int
  ) throws -> [Line] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT \(columns) FROM trip_booking b
        WHERE (? IS NULL OR state = ?) AND (? IS NULL OR needs_attention = ?)
        ORDER BY updated_us DESC, id DESC LIMIT ?
        """,
      arguments: [state?.rawValue, state?.rawValue, needsAttention, needsAttention, limit]
    ).map(line)
  }

  /// Returns how many bookings are in each state, all states named.
  package static func states(_ db: Database) throws -> [(state: TripState, count: Int)] {
    // Modifications are no bookings of their own.
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT state, count(*) FROM trip_booking
        WHERE id NOT IN (SELECT id FROM trip_modification) GROUP BY state
        """)
    let counts = Dictionary(rows.map { ($0[0] as String, $0[1] as Int) }) { $1 }
    return TripState.allCases.map { ($0, counts[$0.rawValue] ?? 0) }
  }

  /// Returns how many items are open for each reason, all reasons named.
  package static func openItems(_ db: Database) throws -> [(reason: String, count: Int)] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT reason, count(*) FROM attention_item WHERE resolved_us IS NULL GROUP BY reason
        """)
    let counts = Dictionary(rows.map { ($0[0] as String, $0[1] as Int) }) { $1 }
    return AttentionItem.reasons.map { ($0, counts[$0] ?? 0) }
  }

  /// Returns how many mails are in each status.
  package static func mails(_ db: Database) throws -> [(status: String, count: Int)] {
    try Row.fetchAll(db, sql: "SELECT status, count(*) FROM outbox GROUP BY status ORDER BY status")
      .map { ($0[0], $0[1]) }
  }

  /// Returns how many events for clients are in each status.
  package static func hookEvents(_ db: Database) throws -> [(status: String, count: Int)] {
    try Row.fetchAll(
      db, sql: "SELECT status, count(*) FROM hook_event GROUP BY status ORDER BY status"
    ).map { ($0[0], $0[1]) }
  }

  /// Returns a booking's story, nil when it is unknown.
  package static func story(_ db: Database, _ id: String) throws -> BookingHistory? {
    guard let view = try BookingView.load(db, BookingID(id)) else { return nil }
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT \(columns) FROM trip_booking b WHERE id = ?
        """, arguments: [id])
    guard let row else { return nil }
    let parts = try Row.fetchAll(
      db,
      sql: """
        SELECT slot, status, bookingReference, coalesce(pnr, vendorConfirmation), amount, error
        FROM booking WHERE tripBookingId = ? ORDER BY slot <> 'flight', length(slot), slot
        """, arguments: [id]
    ).map {
      Part(
        slot: $0[0], status: $0[1], reference: $0[2], confirmation: $0[3], amountMinor: $0[4],
        error: $0[5])
    }
    let events = try Row.fetchAll(
      db,
      sql: """
        SELECT version, at_us, state, needs_attention, kind FROM event
        WHERE booking_id = ? ORDER BY version
        """, arguments: [id]
    ).map {
      Event(
        version: $0[0], atUs: $0[1], state: $0[2], needsAttention: $0[3],
        what: $0[4])
    }
    return BookingHistory(
      booking: line(row), option: view.option.rawValue, chargedMinor: view.charged,
      refundedMinor: view.refunded, hold: try hold(db, id),
      paymentIntent: view.payment?.paymentIntent,
      failure: view.failure.map { "\($0.code): \($0.message)" },
      warnings: view.warnings.map(\.message), parts: parts,
      items: try items(db, all: true, booking: id), events: events,
      modifications: try modifications(db, id))
  }

  private static let columns = """
    id, state, needs_attention, currency, total_minor, created_us, updated_us,
    (SELECT base_id FROM trip_modification m WHERE m.id = b.id)
    """

  /// Returns a booking's modifications, the latest last.
  private static func modifications(_ db: Database, _ id: String) throws -> [Change] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT id, state, to_option, created_us FROM trip_modification
        WHERE base_id = ? ORDER BY created_us, id
        """, arguments: [id]
    ).map { Change(id: $0[0], decision: $0[1], option: $0[2], createdUs: $0[3]) }
  }

  /// The latest hold of a booking's payments.
  private static func hold(_ db: Database, _ id: String) throws -> Hold? {
    try Row.fetchOne(
      db,
      sql: """
        SELECT authorizedAmount, amount, status, authorizedAt, capturedAt FROM payment
        WHERE tripBookingId = ? AND authorizedAmount IS NOT NULL ORDER BY id DESC LIMIT 1
        """, arguments: [id]
    ).map { row in
      let (authorized, amount, status): (Int64, Int64, String) = (row[0], row[1], row[2])
      let (since, capturedAt): (Int64, Int64?) = (row[3], row[4])
      let held = status == "AUTHORIZED" ? authorized : 0
      let captured = capturedAt == nil ? 0 : amount
      return Hold(
        authorizedMinor: authorized, heldMinor: held, capturedMinor: captured,
        releasedMinor: authorized - held - captured, authorizedUs: since, capturedUs: capturedAt,
        holdsUntilUs: held == 0
          ? nil : (Timestamp(microseconds: since) + Capabilities.shortestHold).microseconds)
    }
  }

  private static func line(_ row: Row) -> Line {
    Line(
      id: row[0], state: row[1], needsAttention: row[2], currency: row[3], totalMinor: row[4],
      createdUs: row[5], updatedUs: row[6], changes: row[7])
  }
}

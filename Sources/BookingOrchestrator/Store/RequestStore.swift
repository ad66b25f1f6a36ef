import GRDB

/// The bookings that clients asked for, as they are accepted.
enum RequestStore {
  /// A request that was accepted before.
  struct Known: Sendable, Hashable {
    var booking: BookingID
    /// SHA-256 of the body it came with.
    var bodyHash: String
    var isTerminal: Bool
  }

  /// Returns the booking of a client's key, nil when the key is new.
  ///
  /// Whoever the customer is: the key names the request, and the body's hash says whether it is the
  /// same one.
  static func known(_ db: Database, client: ClientName, key: String) throws -> Known? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT id, body_hash, state FROM trip_booking WHERE client = ? AND client_key = ?
        """)
    guard let row = try Row.fetchOne(statement, arguments: [client.rawValue, key]) else {
      return nil
    }
    let id: String = row[0]
    return Known(
      booking: BookingID(id), bodyHash: row[1],
      isTerminal: try TripState(stored: row[2], of: id).isTerminal)
  }

  /// A request that is about to be accepted.
  struct Accepted: Sendable {
    var booking: BookingID
    /// Who asked, and whose booking it will be.
    var client: ClientName
    var key: String
    var bodyHash: String
    /// What was asked for, and how the store keeps it: as JSON.
    var request: TripRequest
    var body: String
    var total: Money
    var deadline: Timestamp
  }

  /// Writes a new booking: the trip, its components, and the first event.
  ///
  /// The trip is due at once; whoever drives sagas finds it even if nobody lives to submit it.
  static func accept(_ db: Database, _ new: Accepted, at: Timestamp) throws {
    let id = new.booking.rawValue
    let now = at.microseconds
    try db.cachedStatement(
      sql: """
        INSERT INTO trip_booking
          (id, client, customer_id, client_key, body_hash, trip_option_id, state, saga, currency,
           total_minor, wake_us, version, deadline_us, created_us, updated_us, reference)
        VALUES (?, ?, ?, ?, ?, ?, 'PENDING', '{}', ?, ?, ?, 1, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      id, new.client.rawValue, new.request.customer.id, new.key, new.bodyHash,
      new.request.tripOptionId.rawValue, new.total.currency.code, new.total.minorUnits, now,
      new.deadline.microseconds, now, now, try BookingReference.free(db, for: id),
    ])
    try db.cachedStatement(sql: "INSERT INTO trip_request (booking_id, request) VALUES (?, ?)")
      .execute(arguments: [id, new.body])
    try db.cachedStatement(
      sql: """
        INSERT INTO booking
          (id, tripBookingId, tripOptionId, bookingType, componentId, slot, status, state, amount,
           currency, createdAt, updatedAt)
        SELECT ?1 || ':' || slot, ?1, trip_option_id, kind, component_id, slot, 'PENDING',
          'PENDING', amount_minor, ?2, ?3, ?3
        FROM (
          SELECT *, CASE position WHEN 0 THEN 'flight' WHEN 1 THEN 'hotel'
            ELSE 'activity-' || (position - 1) END AS slot
          FROM trip_option_component WHERE trip_option_id = ?4)
        """
    ).execute(arguments: [
      id, new.total.currency.code, now, new.request.tripOptionId.rawValue,
    ])
    try EventLog.append(
      db, booking: new.booking, version: 1, kind: "accepted", state: .pending,
      needsAttention: false, detail: "", at: at)
  }

  /// Returns the state of a client's booking, nil when it has no such booking; a modification is none.
  static func state(
    _ db: Database, _ booking: BookingID, of client: ClientName
  ) throws -> TripState? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT client FROM trip_booking
        WHERE id = ? AND id NOT IN (SELECT id FROM trip_modification)
        """)
    let owner = try String.fetchOne(statement, arguments: [booking.rawValue])
    return owner == client.rawValue ? try state(db, booking) : nil
  }

  /// Returns the state of a booking, nil when it is unknown.
  static func state(_ db: Database, _ booking: BookingID) throws -> TripState? {
    let statement = try db.cachedStatement(sql: "SELECT state FROM trip_booking WHERE id = ?")
    guard let text = try String.fetchOne(statement, arguments: [booking.rawValue]) else {
      return nil
    }
    return try TripState(stored: text, of: booking.rawValue)
  }
}

extension TripState {
  /// Reads a state from its column; one that this version does not know is refused.
  init(stored text: String, of booking: String) throws(StoreError) {
    guard let state = TripState(rawValue: text) else {
      throw StoreError("booking \(booking) is in the unknown state '\(text)'")
    }
    self = state
  }
}

import GRDB
import Wire

/// The trip options that can be booked.
enum OptionStore {
  /// What became of a registration.
  enum Registration: Sendable, Hashable {
    /// It is new.
    case created
    /// The option is here already; its snapshot, for the caller to compare.
    case present(snapshot: String)
  }

  /// Stores an option unless its id is taken.
  ///
  /// - Parameters:
  ///   - total: the option's ``TripOption/total``.
  ///   - snapshot: the option as JSON, exactly as it was received.
  static func register(
    _ db: Database, _ option: TripOption, total: Money, snapshot: String, at: Timestamp
  ) throws -> Registration {
    let id = option.tripOptionId.rawValue
    try db.cachedStatement(
      sql: """
        INSERT INTO trip_option (id, currency, total_minor, snapshot, created_us)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
        """
    ).execute(arguments: [
      id, total.currency.code, total.minorUnits, snapshot, at.microseconds,
    ])
    guard db.changesCount == 1 else {
      let statement = try db.cachedStatement(sql: "SELECT snapshot FROM trip_option WHERE id = ?")
      guard let present = try String.fetchOne(statement, arguments: [id]) else {
        throw StoreError("trip option \(id) is neither new nor present")
      }
      return .present(snapshot: present)
    }

    let component = try db.cachedStatement(
      sql: """
        INSERT INTO trip_option_component
          (trip_option_id, position, component_id, kind, amount_minor)
        VALUES (?, ?, ?, ?, ?)
        """)
    // Positions carry the slots: 0 is the flight, 1 the hotel, n + 1 is activity-n.
    try component.execute(arguments: [
      id, 0, option.flight.componentId, "FLIGHT", option.flight.amount,
    ])
    try component.execute(arguments: [
      id, 1, option.hotel.componentId, "HOTEL", option.hotel.amount,
    ])
    for (index, activity) in option.activities.enumerated() {
      try component.execute(arguments: [
        id, index + 2, activity.componentId, "ACTIVITY", activity.amount,
      ])
    }
    return .created
  }

  /// An option as a booking needs it.
  struct Offered: Sendable, Hashable {
    /// The currency's code and the sum of the components.
    var currency: String
    var totalMinor: Int64
    /// The booking that holds the option.
    var lockedBy: String?
    /// The option as it was registered.
    var option: TripOption

    /// The moment after which the flight offer is void.
    var flightExpiresAt: Timestamp? {
      option.flight.expiresAt.map(Timestamp.init(microseconds:))
    }
  }

  /// Returns an option, nil when it is unknown.
  static func offered(_ db: Database, _ id: TripOptionID) throws -> Offered? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT currency, total_minor, locked_by, snapshot FROM trip_option WHERE id = ?
        """)
    guard let row = try Row.fetchOne(statement, arguments: [id.rawValue]) else { return nil }
    let snapshot: String = row[3]
    return Offered(
      currency: row[0], totalMinor: row[1], lockedBy: row[2],
      option: try JSONTextDecoder().decode(TripOption.self, from: snapshot))
  }

  /// Gives an open option to a booking; false when another one holds it.
  static func lock(_ db: Database, _ id: TripOptionID, for booking: BookingID) throws -> Bool {
    try db.cachedStatement(
      sql: """
        UPDATE trip_option SET lock_status = 'locked', locked_by = ?
        WHERE id = ? AND lock_status = 'open'
        """
    ).execute(arguments: [booking.rawValue, id.rawValue])
    return db.changesCount == 1
  }
}

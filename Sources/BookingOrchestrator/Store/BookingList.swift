import GRDB

/// Lists the bookings of one client, newest first, a page at a time.
enum BookingList {
  /// Where in the list a booking stands: by its creation, and by its id among those of one moment.
  ///
  /// Neither ever changes, so a page that begins at one begins at the same booking whatever was made
  /// since. A booking that was accepted in the very moment in which a page was read may stand before
  /// that page or in it, never in a later one.
  struct Place: Sendable, Hashable, Comparable {
    /// Microseconds since 1970.
    var created: Int64
    var id: String

    static func < (a: Self, b: Self) -> Bool { (a.created, a.id) < (b.created, b.id) }
  }

  /// Returns at most `limit` places before `end`, the latest first.
  /// - Parameter from: microseconds since 1970; nothing older.
  static func places(
    _ db: Database, of client: ClientName, state: TripState?, from: Int64, before end: Place,
    limit: Int
  ) throws -> [Place] {
    var arguments: StatementArguments = [client.rawValue, from, end.created, end.id]
    if let state { arguments += [state.rawValue] }
    arguments += [limit]
    let statement = try db.cachedStatement(sql: sql(hasState: state != nil))
    return try Array(
      Row.fetchCursor(statement, arguments: arguments).map { Place(created: $0[0], id: $0[1]) })
  }

  /// Walks the index `trip_booking_list` backwards from a place; SQLite compares rows of values member
  /// by member (sqlite.org/rowvalue.html, section 2.1).
  static func sql(hasState: Bool) -> String {
    """
    SELECT created_us, id FROM trip_booking
    WHERE client = ? AND created_us >= ? AND (created_us, id) < (?, ?)
      AND id NOT IN (SELECT id FROM trip_modification)\(hasState ? " AND state = ?" : "")
    ORDER BY created_us DESC, id DESC LIMIT ?
    """
  }
}

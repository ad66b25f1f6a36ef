import GRDB

/// The append-only history of every booking: one row per version, each chained to the one before.
///
/// A row's hash covers the hash before it, so that a row changed, dropped or inserted later shows:
/// `hash(n) = hex SHA-256(hash(n-1) "\n" version "\n" kind "\n" state "\n" needsAttention "\n" detail
/// "\n" at)`, with an empty hash before version 1, `needsAttention` as `0` or `1` and `at` in
/// microseconds since 1970.
enum EventLog {
  /// Appends what a booking became.
  ///
  /// - Parameter known: the hash of the version before, from a caller that appended it and has been
  ///   the booking's only writer since; nil to look it up.
  /// - Returns: the hash of the new row.
  /// - Throws: ``StoreError`` when the version before is not there; a database error when this
  ///   version is there already.
  @discardableResult
  static func append(
    _ db: Database, booking: BookingID, version: Int, kind: String, state: TripState,
    needsAttention: Bool, detail: String, at: Timestamp, after known: String? = nil
  ) throws -> String {
    var previous = ""
    if let known {
      previous = known
    } else if version != 1 {
      let statement = try db.cachedStatement(
        sql: "SELECT hash FROM event WHERE booking_id = ? AND version = ?")
      guard
        let hash = try String.fetchOne(
          statement, arguments: [booking.rawValue, version - 1])
      else { throw StoreError("booking \(booking) has no event of version \(version - 1)") }
      previous = hash
    }
    let hash = Self.hash(
      after: previous, version: version, kind: kind, state: state.rawValue,
      needsAttention: needsAttention, detail: detail, at: at)
    try db.cachedStatement(
      sql: """
        INSERT INTO event (booking_id, version, kind, state, needs_attention, detail, hash, at_us)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      booking.rawValue, version, kind, state.rawValue, needsAttention, detail, hash,
      at.microseconds,
    ])
    return hash
  }

  /// Returns the hash of one row, from the hash before it and its own columns.
  static func hash(
    after previous: String, version: Int, kind: String, state: String, needsAttention: Bool,
    detail: String, at: Timestamp
  ) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(160 + detail.utf8.count)
    for part in [
      previous, String(version), kind, state, needsAttention ? "1" : "0", detail,
    ] {
      bytes.append(contentsOf: part.utf8)
      bytes.append(UInt8(ascii: "\n"))
    }
    bytes.append(contentsOf: String(at.microseconds).utf8)
    return ContentHash.hex(of: bytes)
  }
}

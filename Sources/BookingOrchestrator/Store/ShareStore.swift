import GRDB
import Wire

/// The links by which bookings are shared.
enum ShareStore {
  /// A link as whoever made it sees it; its token is nowhere.
  struct Link: Sendable, Hashable {
    var id: String
    var booking: BookingID
    var hide: Set<Itinerary.Hidden>
    var views: Int64
    var createdAt: Timestamp
    var expiresAt: Timestamp
    var revokedAt: Timestamp?

    /// Whether it shows anything.
    func isOpen(at now: Timestamp) -> Bool { revokedAt == nil && now < expiresAt }
  }

  /// The most links of one booking that work at a time.
  static let most = 50

  /// Writes a new link.
  static func add(_ db: Database, _ link: Link, token: ShareToken) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO shareable_link (id, booking_id, token_hash, hide, created_us, expires_us)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      link.id, link.booking.rawValue, token.hash, hidden(link.hide), link.createdAt.microseconds,
      link.expiresAt.microseconds,
    ])
  }

  /// How many links of a booking work.
  static func open(_ db: Database, of booking: BookingID, at now: Timestamp) throws -> Int {
    try Int.fetchOne(
      try db.cachedStatement(
        sql: """
          SELECT count(*) FROM shareable_link
          WHERE booking_id = ? AND revoked_us IS NULL AND expires_us > ?
          """), arguments: [booking.rawValue, now.microseconds]) ?? 0
  }

  /// All links of a booking, the oldest first.
  static func links(_ db: Database, of booking: BookingID) throws -> [Link] {
    try Row.fetchAll(
      try db.cachedStatement(
        sql: "SELECT \(columns) FROM shareable_link WHERE booking_id = ? ORDER BY created_us, id"),
      arguments: [booking.rawValue]
    ).map(link)
  }

  /// Ends a link for good; false when the booking has no such link. One that is over stays as it is.
  static func revoke(
    _ db: Database, _ id: String, of booking: BookingID, at now: Timestamp
  ) throws -> Bool {
    let known = try db.cachedStatement(
      sql: "SELECT 1 FROM shareable_link WHERE id = ? AND booking_id = ?")
    guard try Int.fetchOne(known, arguments: [id, booking.rawValue]) != nil else { return false }
    try db.cachedStatement(
      sql: "UPDATE shareable_link SET revoked_us = ? WHERE id = ? AND revoked_us IS NULL"
    ).execute(arguments: [now.microseconds, id])
    return true
  }

  /// The link that a token opens; nil alike for one that is unknown, expired or revoked.
  static func opened(_ db: Database, by token: ShareToken, at now: Timestamp) throws -> Link? {
    let statement = try db.cachedStatement(
      sql: "SELECT \(columns), token_hash FROM shareable_link WHERE token_hash = ?")
    guard let row = try Row.fetchOne(statement, arguments: [token.hash]) else { return nil }
    guard token.fits(row["token_hash"]) else { return nil }
    let link = try link(row)
    return link.isOpen(at: now) ? link : nil
  }

  /// Counts that a link was opened.
  static func noteView(_ db: Database, of link: String) throws {
    try db.cachedStatement(sql: "UPDATE shareable_link SET views = views + 1 WHERE id = ?")
      .execute(arguments: [link])
  }

  private static let columns =
    "id, booking_id, hide, views, created_us, expires_us, revoked_us"

  private static func link(_ row: Row) throws -> Link {
    let revoked: Int64? = row[6]
    return Link(
      id: row[0], booking: BookingID(row[1]), hide: try hidden(row[2]), views: row[3],
      createdAt: Timestamp(microseconds: row[4]), expiresAt: Timestamp(microseconds: row[5]),
      revokedAt: revoked.map(Timestamp.init(microseconds:)))
  }

  private static func hidden(_ hide: Set<Itinerary.Hidden>) -> String {
    var json = JSONWriter(capacity: 16)
    json.array { for word in hide.map(\.rawValue).sorted() { $0.value(word) } }
    return String(decoding: json.bytes, as: UTF8.self)
  }

  /// Reads what a link hides. A word that this version does not know would show what is to be hidden.
  private static func hidden(_ text: String) throws -> Set<Itinerary.Hidden> {
    Set(
      try JSONTextDecoder().decode([String].self, from: text).map { word in
        guard let hidden = Itinerary.Hidden(rawValue: word) else {
          throw StoreError("a link hides '\(word)', which this version does not know")
        }
        return hidden
      })
  }
}

package import GRDB
import Wire

/// The operators' part of the database: what is parked, how bookings went, and commands.
///
/// Every function runs inside the caller's transaction. Two of them write: ``submit(_:item:verb:by:note:at:)``
/// into the inbox, and ``resend(_:event:by:at:)``, which gives an event for a client another day.
package enum OperatorStore {
  /// Something parked.
  package struct Item: Sendable, Hashable, Codable {
    package var id: Int64
    package var booking: String
    package var slot: String
    package var reason: String
    package var reference: String?
    /// JSON: what is known.
    package var known: String
    /// What an operator should do.
    package var advice: String
    package var createdUs: Int64
    package var resolvedUs: Int64?
    /// `retried`, `done` or `abandoned`.
    package var resolution: String?
    package var resolvedBy: String?
    package var note: String?
    /// A decision that the booking's owner has not carried out yet.
    package var waiting: String?
  }

  /// Returns items, the latest first; only open ones unless all are wanted.
  package static func items(
    _ db: Database, all: Bool = false, booking: String? = nil, limit: Int = 500
  ) throws -> [Item] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT a.id, a.booking_id, a.slot, a.reason, a.reference, a.known, a.advice, a.created_us,
          a.resolved_us, a.resolution, a.resolved_by, a.note,
          (SELECT json_extract(i.payload, '$.verb') FROM inbox i
            WHERE i.booking_id = a.booking_id AND i.applied_us IS NULL AND i.kind = 'operator'
              AND json_extract(i.payload, '$.slot') = a.slot
              AND json_extract(i.payload, '$.reason') = a.reason ORDER BY i.id LIMIT 1)
        FROM attention_item a
        WHERE (? OR a.resolved_us IS NULL) AND (? IS NULL OR a.booking_id = ?)
        ORDER BY a.id DESC LIMIT ?
        """,
      arguments: [all, booking, booking, limit])
    return rows.map(item)
  }

  /// Returns one item, nil when there is none.
  package static func item(_ db: Database, _ id: Int64) throws -> Item? {
    guard
      let booking = try String.fetchOne(
        db, sql: "SELECT booking_id FROM attention_item WHERE id = ?", arguments: [id])
    else { return nil }
    return try items(db, all: true, booking: booking).first { $0.id == id }
  }

  /// Why a command is not taken.
  package struct Refused: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
    /// There is no item of this number.
    package static func noItem(_ id: Int64) -> Refused {
      Refused(description: "there is no item \(id)")
    }
    /// There is no such booking.
    package static func noBooking(_ id: String) -> Refused {
      Refused(description: "there is no booking '\(id)'")
    }
  }

  /// Writes a decision into the inbox of the item's booking; its owner carries it out.
  /// - Throws: ``Refused`` when there is nothing to decide, or it is decided already.
  package static func submit(
    _ db: Database, item id: Int64, verb: OperatorCommand.Verb, by: String, note: String,
    at: Timestamp
  ) throws {
    guard let item = try item(db, id) else { throw Refused.noItem(id) }
    if let resolution = item.resolution ?? (item.resolvedUs == nil ? nil : "resolved") {
      throw Refused(
        description: "item \(id) is \(resolution) already, by \(item.resolvedBy ?? "an operator")")
    }
    if let waiting = item.waiting {
      throw Refused(description: "item \(id) waits for '\(waiting)' to be carried out")
    }
    if verb == .retry, let why = OperatorCommand.whyNoRetry(reason: item.reason) {
      throw Refused(description: "item \(id), \(item.reason), cannot be retried: \(why)")
    }
    let payload = try JSONTextEncoder().encode(
      OperatorCommand(verb: verb, slot: item.slot, reason: item.reason, by: by, note: note))
    try db.execute(
      sql: """
        INSERT INTO inbox (source, kind, booking_id, payload, received_us)
        VALUES (?, 'operator', ?, ?, ?)
        """,
      arguments: [
        "operator:\(id):\(at.microseconds)", item.booking, String(decoding: payload, as: UTF8.self),
        at.microseconds,
      ])
  }

  private static func item(_ row: Row) -> Item {
    Item(
      id: row[0], booking: row[1], slot: row[2], reason: row[3], reference: row[4], known: row[5],
      advice: row[6], createdUs: row[7],
      resolvedUs: row[8], resolution: row[9],
      resolvedBy: row[10], note: row[11], waiting: row[12])
  }
}

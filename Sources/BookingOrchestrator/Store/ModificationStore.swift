import GRDB
import Wire

/// The modifications of bookings: their rows, and what they tell their bookings.
enum ModificationStore {
  /// A modification that is about to be accepted.
  struct Accepted: Sendable {
    /// Its saga, which is written like a booking.
    var saga: RequestStore.Accepted
    var base: BookingID
    var from: TripOptionID
    var plan: ModificationPlan
    /// Whose parts are replaced; the base comes first, also when none of its own are.
    var shares: [Share]
  }

  /// What of one saga's parts a modification replaces.
  struct Share: Sendable, Hashable {
    var owner: BookingID
    /// The owner's own slots.
    var replaced: [String]
    /// What these cost, in minor units.
    var worth: Int64
  }

  /// Writes a modification: a saga of its own, the row that ties it to its booking, and the word to it.
  ///
  /// From this commit on the booking's cancellations wait: whoever drives it reads of the modification
  /// before it reads of them.
  static func accept(_ db: Database, _ new: Accepted, at: Timestamp) throws {
    let id = new.saga.booking.rawValue
    try RequestStore.accept(db, new.saga, at: at)
    var plan = SagaPlan()
    plan.modifies = .init(base: new.base.rawValue, kept: new.plan.kept, worth: new.plan.worth)
    if new.shares.count > 1 {
      plan.modifies?.lenders = new.shares.map { .init(id: $0.owner.rawValue, worth: $0.worth) }
    }
    // Not a booking that anybody calls by its reference.
    try db.cachedStatement(sql: "UPDATE trip_booking SET saga = ?, reference = NULL WHERE id = ?")
      .execute(arguments: [plan.json, id])
    for slot in new.plan.kept.keys.sorted() {
      try db.cachedStatement(sql: "DELETE FROM booking WHERE id = ?")
        .execute(arguments: ["\(id):\(slot)"])
    }
    let encoder = JSONTextEncoder([.letters, .slash])
    try db.cachedStatement(
      sql: """
        INSERT INTO trip_modification
          (id, base_id, from_option, to_option, kept, replaced, difference_minor, state, created_us)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'PENDING', ?)
        """
    ).execute(arguments: [
      id, new.base.rawValue, new.from.rawValue, new.saga.request.tripOptionId.rawValue,
      String(decoding: try encoder.encode(new.plan.kept), as: UTF8.self),
      String(decoding: try encoder.encode(new.plan.replaced), as: UTF8.self),
      new.plan.difference, at.microseconds,
    ])
    for share in new.shares {
      try write(
        db,
        ChangeNotice(
          modification: id, word: .begun, isDecision: share.owner == new.base,
          replaced: share.replaced, worth: share.worth),
        to: share.owner, version: 1, at: at)
    }
  }

  /// Writes down what a modification tells its booking or another lender, and how it was decided.
  static func write(
    _ db: Database, _ notice: ChangeNotice, to base: BookingID, version: Int, at: Timestamp
  ) throws {
    let state: String? =
      switch notice.word {
      case .done: "DONE"
      case .refused: "REFUSED"
      case .begun, .released, .cancelled: nil
      }
    let isDecision = notice.isDecision ?? true
    if let state, isDecision {
      try db.cachedStatement(
        sql: """
          UPDATE trip_modification SET state = ?, decided_us = ? WHERE id = ? AND state = 'PENDING'
          """
      ).execute(arguments: [state, at.microseconds, notice.modification])
      guard db.changesCount == 1 else {
        throw StoreError("the modification \(notice.modification) is decided already")
      }
    }
    let payload = try JSONTextEncoder([.letters, .slash]).encode(notice)
    try db.cachedStatement(
      sql: """
        INSERT INTO inbox (source, kind, booking_id, payload, received_us)
        VALUES (?, 'change', ?, ?, ?)
        """
    ).execute(arguments: [
      // One commit may tell of two things: that more is released, and that it is cancelled.
      "change:\(notice.modification):\(version):\(notice.word.rawValue)"
        + (isDecision ? "" : ":\(base)"), base.rawValue,
      String(decoding: payload, as: UTF8.self), at.microseconds,
    ])
  }

  /// A modification as its row tells.
  struct Known: Sendable, Hashable {
    var id: BookingID
    var base: BookingID
    var from: TripOptionID
    var to: TripOptionID
    /// The new option's slots that are kept, with the slot that each has in the trip as it stood.
    var kept: [String: String]
    /// The slots of the trip as it stood that are no longer part.
    var replaced: [String]
    /// In minor units; below zero when the new trip is cheaper.
    var difference: Int64
    /// `PENDING`, `DONE` or `REFUSED`.
    var decision: String
  }

  private static let columns =
    "id, base_id, from_option, to_option, kept, replaced, difference_minor, state"

  /// Returns a modification, nil when there is none of this id.
  static func known(_ db: Database, _ id: BookingID) throws -> Known? {
    let statement = try db.cachedStatement(
      sql: "SELECT \(columns) FROM trip_modification WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [id.rawValue]).map(read)
  }

  /// Returns a booking's modifications, the latest last.
  static func all(_ db: Database, of base: BookingID) throws -> [Known] {
    let statement = try db.cachedStatement(
      sql: "SELECT \(columns) FROM trip_modification WHERE base_id = ? ORDER BY created_us, id")
    return try Row.fetchAll(statement, arguments: [base.rawValue]).map(read)
  }

  /// Whether an id is a modification's, and so no booking that clients may ask for.
  static func isModification(_ db: Database, _ id: BookingID) throws -> Bool {
    let statement = try db.cachedStatement(sql: "SELECT 1 FROM trip_modification WHERE id = ?")
    return try Int.fetchOne(statement, arguments: [id.rawValue]) != nil
  }

  private static func read(_ row: Row) throws -> Known {
    let decoder = JSONTextDecoder()
    let kept: String = row[4]
    let replaced: String = row[5]
    return Known(
      id: BookingID(row[0]), base: BookingID(row[1]), from: TripOptionID(row[2]),
      to: TripOptionID(row[3]), kept: try decoder.decode([String: String].self, from: kept),
      replaced: try decoder.decode([String].self, from: replaced), difference: row[6],
      decision: row[7])
  }
}

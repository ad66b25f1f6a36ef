import GRDB
import Wire

/// What was asked of bookings, or told of them, and is to be applied by their owner.
enum InboxStore {
  /// One message that waits.
  struct InboxRow: Sendable, Hashable {
    var id: Int64
    /// Unique per message: Stripe's event id, `cancel:<booking>:<key>`, or `operator:<item>:<time>`.
    var source: String
    /// `cancel`, `webhook` or `operator`.
    var kind: String
    /// JSON: a ``StripeEvent`` for a webhook, an ``OperatorCommand`` for an operator.
    var payload: String
    var receivedAt: Timestamp
  }

  /// Returns what waits for a booking, in order of arrival.
  static func open(_ db: Database, booking: BookingID) throws -> [InboxRow] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT id, source, kind, payload, received_us FROM inbox
        WHERE booking_id = ? AND applied_us IS NULL ORDER BY id
        """)
    return try Array(
      Row.fetchCursor(statement, arguments: [booking.rawValue]).map { row in
        InboxRow(
          id: row[0], source: row[1], kind: row[2], payload: row[3],
          receivedAt: Timestamp(microseconds: row[4]))
      })
  }

  /// Whether anything waits for a booking; cheaper than ``open(_:booking:)``, for mostly nothing does.
  static func waits(_ db: Database, for booking: BookingID) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT 1 FROM inbox WHERE booking_id = ? AND applied_us IS NULL LIMIT 1")
    return try Int.fetchOne(statement, arguments: [booking.rawValue]) != nil
  }

  /// Closes a message with what came of it; a second time changes nothing.
  static func markApplied(_ db: Database, id: Int64, result: String, at: Timestamp) throws {
    try db.cachedStatement(
      sql: """
        UPDATE inbox SET applied_us = ?, result = ? WHERE id = ? AND applied_us IS NULL
        """
    ).execute(arguments: [at.microseconds, result, id])
  }

  /// Gives the messages that came before a payment intent was known to its booking.
  ///
  /// Call it in the transaction that stores the intent's id.
  /// - Returns: how many there were.
  @discardableResult
  static func adopt(_ db: Database, paymentIntent: String, booking: BookingID) throws -> Int {
    try db.cachedStatement(
      sql: """
        UPDATE inbox SET booking_id = ?
        WHERE booking_id IS NULL AND applied_us IS NULL AND object = ?
        """
    ).execute(arguments: [booking.rawValue, paymentIntent])
    return db.changesCount
  }

  /// Writes down that a client wants a booking cancelled; the same request twice is one row.
  static func cancel(
    _ db: Database, booking: BookingID, key: String?, reason: String? = nil, at: Timestamp
  ) throws {
    let payload = JSONWriter.object(.newline) {
      $0.field("bookingId", booking.rawValue)
      $0.field("key", key)
      $0.field("reason", reason)
    }
    try db.cachedStatement(
      sql: """
        INSERT INTO inbox (source, kind, booking_id, payload, received_us)
        VALUES (?, 'cancel', ?, ?, ?) ON CONFLICT (source) DO NOTHING
        """
    ).execute(arguments: [
      "cancel:\(booking):\(key ?? "1")", booking.rawValue,
      String(decoding: payload, as: UTF8.self), at.microseconds,
    ])
  }

  /// Writes down a verified event from Stripe; the same event twice is one row.
  ///
  /// - Returns: the booking whose owner must look at it: nil when the row was here already, belongs
  ///   to no booking yet, or tells nothing that its booking does not know.
  static func webhook(
    _ db: Database, _ event: StripeEvent, encoder: JSONTextEncoder, at: Timestamp
  ) throws -> BookingID? {
    let intent =
      event.paymentIntent?.id ?? event.refund?.paymentIntent ?? event.charge?.paymentIntent
      ?? event.dispute?.paymentIntent
    let payment = try intent.flatMap { try Self.payment(db, ofIntent: $0) }
    let claimed = event.paymentIntent?.metadata["booking"] ?? event.refund?.metadata["booking"]
    let booking: String?
    if let payment {
      // Whoever made or changed an object may have written anything into its metadata: a payment that is
      // on record tells.
      booking = payment.booking
    } else if let claimed, try exists(db, booking: claimed) {
      booking = claimed
    } else {
      booking = nil
    }
    let isOld = try booking.map { booking in
      guard let payment, payment.booking == booking else { return false }
      return try isKnown(event, to: payment, db)
    }
    // Nobody's now and never anybody's: no payment will claim it. The saga's own looks find it out.
    guard booking != nil || intent != nil else {
      try ignored(db, event, encoder: encoder, at: at)
      return nil
    }
    let payload = String(decoding: try encoder.encode(event), as: UTF8.self)
    try db.cachedStatement(
      sql: """
        INSERT INTO inbox
          (source, kind, booking_id, object, payload, received_us, applied_us, result)
        VALUES (?, 'webhook', ?, ?, ?, ?, ?, ?) ON CONFLICT (source) DO NOTHING
        """
    ).execute(arguments: [
      event.id, booking, intent, payload, at.microseconds,
      isOld == true ? at.microseconds : nil, isOld == true ? "no news" : nil,
    ])
    guard db.changesCount == 1, isOld != true else { return nil }
    return booking.map(BookingID.init(_:))
  }
}

extension InboxStore {
  /// Writes down a verified event that tells nothing, closed; the same event twice is one row.
  static func ignored(
    _ db: Database, _ event: StripeEvent, encoder: JSONTextEncoder, at: Timestamp
  ) throws {
    let payload = String(decoding: try encoder.encode(event), as: UTF8.self)
    try db.cachedStatement(
      sql: """
        INSERT INTO inbox (source, kind, payload, received_us, applied_us, result)
        VALUES (?, 'webhook', ?, ?, ?, 'ignored') ON CONFLICT (source) DO NOTHING
        """
    ).execute(arguments: [event.id, payload, at.microseconds, at.microseconds])
  }
}

// Events of payments that are nobody's: the merchant's account at Stripe has other business as well.
extension InboxStore {
  /// Whether an event that belongs to no booking has waited since before a moment.
  static func hasNobodys(_ db: Database, receivedBefore moment: Timestamp) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT 1 FROM inbox WHERE booking_id IS NULL AND applied_us IS NULL AND received_us < ?
        LIMIT 1
        """)
    return try Int.fetchOne(statement, arguments: [moment.microseconds]) != nil
  }

  /// Closes the events that belong to no booking and have waited since before a moment.
  static func closeNobodys(
    _ db: Database, receivedBefore moment: Timestamp, at now: Timestamp
  ) throws {
    try db.cachedStatement(
      sql: """
        UPDATE inbox SET applied_us = ?, result = 'nobody''s'
        WHERE booking_id IS NULL AND applied_us IS NULL AND received_us < ?
        """
    ).execute(arguments: [now.microseconds, moment.microseconds])
  }
}

// Which events tell nothing: they are closed at once and wake nobody.
extension InboxStore {
  private struct Payment {
    var booking: String
    var amount: Int64
    var currency: String
    var status: String
  }

  private static func payment(_ db: Database, ofIntent intent: String) throws -> Payment? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT tripBookingId, amount, currency, status FROM payment WHERE paymentIntentId = ?
        """)
    return try Row.fetchOne(statement, arguments: [intent]).map { row in
      Payment(booking: row[0], amount: row[1], currency: row[2], status: row[3])
    }
  }

  private static func exists(_ db: Database, booking: String) throws -> Bool {
    let statement = try db.cachedStatement(sql: "SELECT 1 FROM trip_booking WHERE id = ?")
    return try Int.fetchOne(statement, arguments: [booking]) != nil
  }

  private static func isKnown(
    _ event: StripeEvent, to payment: Payment, _ db: Database
  ) throws -> Bool {
    if let intent = event.paymentIntent {
      // Money that differs from what was asked for is never closed here: the saga must see it.
      guard
        intent.amount == payment.amount, intent.currency.uppercased() == payment.currency
      else { return false }
      switch event.type {
      case "payment_intent.created":
        return true
      case "payment_intent.succeeded":
        return intent.amountReceived == payment.amount
          && ["SUCCEEDED", "PARTIALLY_REFUNDED", "REFUNDED"].contains(payment.status)
      case "payment_intent.payment_failed":
        return payment.status == "FAILED" || payment.status == "CANCELED"
      case "payment_intent.canceled":
        return payment.status == "CANCELED"
      default:
        return false
      }
    }
    guard let refund = event.refund, refund.status == "succeeded" else { return false }
    let statement = try db.cachedStatement(
      sql: """
        SELECT 1 FROM saga_step WHERE booking_id = ? AND status = 'DONE' AND reference = ?
        """)
    return try Int.fetchOne(statement, arguments: [payment.booking, refund.id]) != nil
  }
}

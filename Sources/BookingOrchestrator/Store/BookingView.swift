import GRDB
import Wire

/// A booking as its client may see it, read from one committed state.
struct BookingView: Sendable, Hashable {
  var id: BookingID
  /// Our own name of the booking, to be said on the phone.
  var reference: String?
  var option: TripOptionID
  var state: TripState
  var needsAttention: Bool
  var total: Money
  /// What was taken from the card, and what of it went back, in minor units.
  var charged: Int64
  var refunded: Int64
  /// What the customer's bank took back for good, in minor units.
  var chargedBack: Int64 = 0
  var payment: Payment?
  /// Flight, hotel, then the activities in order.
  var components: [Component]
  var warnings: [TripWarning]
  var failure: TripFailure?
  /// What an operator must settle.
  var attention: [Attention]
  /// Whether an operator settled something by hand, so that not all money moved through the card.
  var wasSettledByHand = false
  /// Calls without a known, or without a final, outcome; not looked for where there cannot be any.
  var open: [OpenStep]
  /// What vendors keep of parts that were cancelled, in minor units, by slot.
  var penalties: [String: Int64] = [:]
  /// The change that is under way, or the latest that was decided.
  var modification: Modification?
  var createdAt: Timestamp
  var finishedAt: Timestamp?

  /// The payment as the orchestrator knows it.
  struct Payment: Sendable, Hashable {
    var paymentIntent: String?
    var status: String
    /// What it was to take, in minor units.
    var amount: Int64
    /// What the card was asked to hold, in minor units; nil for a payment that is taken at once.
    var authorized: Int64?

    /// What is held and not taken, in minor units.
    var held: Int64 { status == "AUTHORIZED" ? authorized ?? 0 : 0 }
  }

  /// One part of the trip.
  struct Component: Sendable, Hashable {
    var slot: String
    var status: String
    /// The vendor's order.
    var reference: String?
    /// The hotel's reservation, the activity's reference.
    var confirmation: String?
    /// The flight's record locator.
    var pnr: String?
    var amount: Int64
    /// What the offer calls it: the property, the activity.
    var name: String?
    /// Who provides it, as the offer says: the airline, the activity's supplier.
    var provider: String?

    /// Whether it is booked, as far as is known.
    var isBooked: Bool { status == "BOOKED" }
  }

  /// A call that is under way, or accepted and pending.
  struct OpenStep: Sendable, Hashable {
    var slot: String
    /// Whether it takes something back; of money that is a refund.
    var isUndo: Bool
  }

  /// Something parked.
  struct Attention: Sendable, Hashable {
    var slot: String
    var reason: String
    var advice: String
  }
}

extension BookingView {
  /// Reads a booking, nil when it is unknown; in a write transaction, with that transaction's changes.
  /// - Parameter modification: which of its modifications to tell of; nil for the latest.
  static func load(
    _ db: Database, _ id: BookingID, modification: BookingID? = nil
  ) throws -> BookingView? {
    guard var view = try trip(db, id) else { return nil }
    // Rows are sorted here: for a handful SQLite's own sorter costs more than the rest of the query,
    // and clients that wait ask again and again.
    let components = try db.cachedStatement(
      sql: """
        SELECT slot, status, bookingReference, vendorConfirmation, pnr, amount FROM booking
        WHERE tripBookingId = ?
        """)
    view.components = try Array(
      Row.fetchCursor(components, arguments: [id.rawValue]).map { row in
        Component(
          slot: row[0], status: row[1], reference: row[2], confirmation: row[3], pnr: row[4],
          amount: row[5])
      })
    // By length first: activity-10 comes after activity-9, the hotel before the flight.
    view.components.sort { ($0.slot.utf8.count, $0.slot) < ($1.slot.utf8.count, $1.slot) }
    if view.components.contains(where: \.isBooked) { try view.readNames(db) }
    try view.readPayments(db)
    if view.needsAttention {
      view.attention = try Row.fetchAll(
        try db.cachedStatement(
          sql: """
            SELECT slot, reason, advice FROM attention_item
            WHERE booking_id = ? AND resolved_us IS NULL ORDER BY id
            """),
        arguments: [id.rawValue]
      ).map { Attention(slot: $0[0], reason: $0[1], advice: $0[2]) }
    }
    if view.refunded < view.charged, view.state == .cancelled {
      try view.readSettlement(db)
    }
    // A trip that ended may still wait for a refund; a plain confirmed one, the common case, cannot.
    if view.needsAttention || view.state != .confirmed || !view.warnings.isEmpty {
      try view.readOpenSteps(db)
    }
    try view.readModifications(db, shown: modification)
    return view
  }

  mutating func readOpenSteps(_ db: Database) throws {
    // In the order of the primary key; of one slot and direction at most one generation is open.
    let open = try db.cachedStatement(
      sql: """
        SELECT slot, direction = 'undo' FROM saga_step
        WHERE booking_id = ? AND (status = 'INTENT' OR status = 'UNKNOWN')
        ORDER BY slot, direction
        """)
    self.open = try Array(
      Row.fetchCursor(open, arguments: [id.rawValue]).map {
        OpenStep(slot: $0[0], isUndo: $0[1])
      })
  }

  /// The version of a client's booking, and its state as it is stored: whatever a view shows changes
  /// only together with the version, to which those of its modifications are added. Nil when the client has
  /// no such booking.
  static func version(
    _ db: Database, _ id: BookingID, of client: ClientName
  ) throws -> (Int64, String)? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT version + coalesce((SELECT sum(m.version) FROM trip_booking m
            WHERE m.id IN (SELECT id FROM trip_modification WHERE base_id = t.id)), 0),
          state
        FROM trip_booking t
        WHERE id = ? AND client = ? AND id NOT IN (SELECT id FROM trip_modification)
        """)
    return try Row.first(statement, arguments: [id.rawValue, client.rawValue]) { ($0[0], $0[1]) }
  }

  /// The part of the trip in a slot.
  func component(_ slot: String) -> Component? { components.first { $0.slot == slot } }

  /// The activities, in order.
  var activities: some Sequence<Component> {
    components.lazy.filter { $0.slot.utf8.starts(with: "activity-".utf8) }
  }

  private static func trip(_ db: Database, _ id: BookingID) throws -> BookingView? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT trip_option_id, state, needs_attention, currency, total_minor, warnings, failure,
          created_us, finished_us, reference, CASE WHEN state = 'CANCELLING' OR state = 'CANCELLED'
            THEN json_extract(saga, '$.penalties') END
        FROM trip_booking WHERE id = ?
        """)
    return try Row.first(statement, arguments: [id.rawValue]) { row in try Self.trip(row, id) }
  }

  private static func trip(_ row: Row, _ id: BookingID) throws -> BookingView {
    let code: String = row[3]
    guard let currency = Currency(code: code) else {
      throw StoreError("booking \(id) is in the unknown currency '\(code)'")
    }
    let warnings: String = row[5]
    let failure: String? = row[6]
    let finished: Int64? = row[8]
    let penalties: String? = row[10]
    return BookingView(
      id: id, reference: row[9], option: TripOptionID(row[0]),
      state: try TripState(stored: row[1], of: id.rawValue),
      needsAttention: row[2], total: Money(minorUnits: row[4], currency: currency), charged: 0,
      refunded: 0, payment: nil, components: [],
      warnings: warnings == "[]"
        ? [] : try JSONTextDecoder().decode([TripWarning].self, from: warnings),
      failure: try failure.map {
        try JSONTextDecoder().decode(TripFailure.self, from: $0)
      },
      attention: [], open: [],
      penalties: try penalties.map {
        try JSONTextDecoder().decode([String: Int64].self, from: $0)
      } ?? [:],
      createdAt: Timestamp(microseconds: row[7]),
      finishedAt: finished.map(Timestamp.init(microseconds:)))
  }

  /// What an option says of who provides what.
  private struct Names: Decodable {
    struct Flight: Decodable { var airline: String? }
    struct Hotel: Decodable { var hotelName: String? }
    struct Activity: Decodable {
      var name: String?
      var provider: String?
    }
    var flight: Flight
    var hotel: Hotel
    var activities: [Activity]
  }

  mutating func readNames(_ db: Database) throws {
    let snapshot = try String.fetchOne(
      try db.cachedStatement(sql: "SELECT snapshot FROM trip_option WHERE id = ?"),
      arguments: [option.rawValue])
    guard let snapshot else { return }
    let names = try JSONTextDecoder().decode(Names.self, from: snapshot)
    var position = 0
    for index in components.indices {
      switch components[index].slot {
      case "flight": components[index].provider = names.flight.airline
      case "hotel": components[index].name = names.hotel.hotelName
      default:
        guard position < names.activities.count else { continue }
        components[index].name = names.activities[position].name
        components[index].provider = names.activities[position].provider
        position += 1
      }
    }
  }

  /// Whether operators settled what was not refunded.
  private mutating func readSettlement(_ db: Database) throws {
    wasSettledByHand =
      try Int.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT 1 FROM attention_item
            WHERE booking_id = ? AND resolution IN ('done', 'abandoned') AND resolved_by IS NOT 'stripe'
            LIMIT 1
            """),
        arguments: [id.rawValue]) != nil
  }

  private mutating func readPayments(_ db: Database) throws {
    let rows = try Row.fetchCursor(
      try db.cachedStatement(
        sql: """
          SELECT paymentIntentId, status, amount, refundAmount, authorizedAmount FROM payment
          WHERE tripBookingId = ? ORDER BY id
          """),
      arguments: [id.rawValue])
    var wasPaid = false
    while let row = try rows.next() {
      let status: String = row[1]
      let isPaid = ["SUCCEEDED", "PARTIALLY_REFUNDED", "REFUNDED"].contains(status)
      if isPaid {
        charged += row[2] as Int64
        refunded += row[3] as Int64
      }
      // The payment that took the money is the one to show; before it, the latest try.
      if isPaid || !wasPaid {
        payment = Payment(
          paymentIntent: row[0], status: status, amount: row[2], authorized: row[4])
      }
      wasPaid = wasPaid || isPaid
    }
    guard wasPaid else { return }
    chargedBack =
      try Int64.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT sum(debit_minor) FROM ledger_entry
            WHERE booking_id = ? AND account = 'customer' AND cause = 'chargeback'
            """),
        arguments: [id.rawValue]) ?? 0
  }
}

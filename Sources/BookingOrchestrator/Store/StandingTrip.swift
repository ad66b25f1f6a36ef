import GRDB
import Wire

/// What a booking's trip is at present: what was booked, with all changes that came about.
struct StandingTrip: Sendable {
  /// A part that stands, and whose it is.
  struct Part: Sendable, Hashable {
    /// The booking, or the modification that booked it.
    var owner: BookingID
    /// The owner's own slot.
    var slot: String
    /// In minor units.
    var amount: Int64
  }

  /// The option that it is.
  var option: TripOption
  /// What was asked for: the payment is that of the booking, the party that of the latest change.
  var request: TripRequest
  /// What stands, by the slots of the option.
  var parts: [String: Part]
  /// The booking, and the modifications that came about in their order.
  var owners: [BookingID]

  /// Their prices, in minor units.
  var prices: [String: Int64] { parts.mapValues(\.amount) }

  /// Reads what stands of a booking; nil when it has no option or no request.
  ///
  /// Parts that a change replaced and that are still being undone are none.
  static func load(
    _ db: Database, _ id: BookingID, changedBy modifications: [ModificationStore.Known],
    _ decoder: JSONTextDecoder
  ) throws -> StandingTrip? {
    guard var trip = try asked(db, id, decoder) else { return nil }
    trip.parts = try booked(db, id)
    for known in modifications where known.decision == "DONE" {
      guard let new = try asked(db, known.id, decoder) else { return nil }
      var parts = try booked(db, known.id)
      for (slot, old) in known.kept { parts[slot] = trip.parts[old] }  // order: by key only
      trip.parts = parts
      trip.option = new.option
      trip.request.travelers = new.request.travelers
      trip.owners.append(known.id)
    }
    return trip
  }

  /// Whose parts a plan replaces, the booking first and then as they came about.
  func shares(of plan: ModificationPlan) -> [ModificationStore.Share] {
    owners.enumerated().compactMap { index, owner in
      let replaced = plan.replaced.compactMap { parts[$0] }.filter { $0.owner == owner }
      guard index == 0 || !replaced.isEmpty else { return nil }
      return ModificationStore.Share(
        owner: owner, replaced: replaced.map(\.slot), worth: replaced.reduce(0) { $0 + $1.amount })
    }
  }

  private static func asked(
    _ db: Database, _ id: BookingID, _ decoder: JSONTextDecoder
  ) throws -> StandingTrip? {
    let select = try db.cachedStatement(
      sql: """
        SELECT o.snapshot, r.request FROM trip_booking b
          JOIN trip_option o ON o.id = b.trip_option_id JOIN trip_request r ON r.booking_id = b.id
        WHERE b.id = ?
        """)
    guard let row = try Row.fetchOne(select, arguments: [id.rawValue]) else { return nil }
    let option: String = row[0]
    let request: String = row[1]
    return StandingTrip(
      option: try decoder.decode(TripOption.self, from: option),
      request: try decoder.decode(TripRequest.self, from: request), parts: [:], owners: [id])
  }

  /// The slots that a saga has booked itself.
  private static func booked(_ db: Database, _ id: BookingID) throws -> [String: Part] {
    let select = try db.cachedStatement(
      sql: "SELECT slot, amount FROM booking WHERE tripBookingId = ? AND status = 'BOOKED'")
    let rows = try Row.fetchAll(select, arguments: [id.rawValue])
    return Dictionary(
      rows.map { ($0[0] as String, Part(owner: id, slot: $0[0], amount: $0[1])) }
    ) { $1 }
  }
}

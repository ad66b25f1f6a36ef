import GRDB
import Wire

/// Reads what itineraries are made of.
enum ItineraryStore {
  /// Reads a booking's sources from one committed state; nil when there is no such booking.
  static func sources(_ db: Database, _ id: BookingID) throws -> Itinerary.Sources? {
    guard let view = try BookingView.load(db, id) else { return nil }
    let option = try db.cachedStatement(sql: "SELECT snapshot FROM trip_option WHERE id = ?")
    let request = try db.cachedStatement(
      sql: """
        SELECT json_extract(request, '$.travelers') FROM trip_request WHERE booking_id = coalesce(
          (SELECT id FROM trip_modification WHERE base_id = ?1 AND state = 'DONE'
            ORDER BY created_us DESC, id DESC LIMIT 1), ?1)
        """)
    // The event of a version is written with it, and never again: its time is the version's.
    let event = try db.cachedStatement(
      sql: "SELECT version, at_us FROM event WHERE booking_id = ? ORDER BY version DESC LIMIT 1")
    guard
      let snapshot = try String.fetchOne(option, arguments: [view.option.rawValue]),
      let travelers = try String.fetchOne(request, arguments: [id.rawValue]),
      let (version, at) = try Row.first(
        event, arguments: [id.rawValue], { row -> (Int, Int64) in (row[0], row[1]) })
    else { throw StoreError("booking \(id) has no option, no request or no event") }
    let decoder = JSONTextDecoder()
    return Itinerary.Sources(
      view: view, option: try decoder.decode(TripOption.self, from: snapshot),
      travelers: try decoder.decode([TripRequest.Traveler].self, from: travelers),
      version: version, changedAt: Timestamp(microseconds: at))
  }
}

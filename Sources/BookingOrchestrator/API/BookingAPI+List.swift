import HTTPService
import HTTPTypes
import Wire

extension BookingAPI {
  /// `GET /bookings`: a page of the client's own bookings, newest first, as one committed state has them.
  func list(_ call: HTTPCall) async throws -> HTTPReply {
    let query = try BookingQuery(call.request)
    let client = ClientName(of: call.request)
    let (views, next) = try await database.read { db in
      // One more than fits says whether there is another page.
      let places = try BookingList.places(
        db, of: client, state: query.state, from: query.from, before: query.end,
        limit: query.limit + 1)
      let page = places.prefix(query.limit)
      let views = try page.compactMap { try BookingView.load(db, BookingID($0.id)) }
      return (views, places.count > page.count ? page.last : nil)
    }
    let body = JSONWriter.object(capacity: 2_048 * max(1, views.count), .newline) {
      $0.array("bookings") { json in for view in views { json.written(view.json) } }
      $0.field("next", next.map(BookingCursor.text))
    }
    return HTTPReply(status: .ok, contentType: Self.json, body: body)
  }
}

import HTTPService
import HTTPTypes

extension BookingAPI {
  private struct CancelRequest: Decodable {
    var bookingId: BookingID
    /// Why, in the client's words; kept with the request.
    var reason: String?
  }

  /// The longest reason, in bytes.
  private static let longestReason = 1_000

  /// `POST /booking/cancel`: asks the booking's owner to cancel it.
  ///
  /// 200 once it is CANCELLED, or FAILED: then there is nothing to cancel; 202 until then.
  func cancel(_ call: HTTPCall) async throws -> HTTPReply {
    let key = idempotencyKey(call)
    guard key != nil || call.request.headerFields[Self.idempotencyKey] == nil else {
      throw Problem.idempotencyKeyMissing
    }
    let request = try RequestBody.decode(
      CancelRequest.self, from: call.body, decoder, known: ["/bookingId", "/reason"])
    if let reason = request.reason, let fault = PersonRules.fault(inText: reason) {
      throw Problem.invalid("/reason", fault)
    }
    guard (request.reason?.utf8.count ?? 0) <= Self.longestReason else {
      throw Problem.invalid("/reason", "The reason is longer than \(Self.longestReason) bytes.")
    }
    let id = request.bookingId
    let client = ClientName(of: call.request)
    let now = wallClock.now()
    let isOver = try await database.write { db in
      guard let state = try RequestStore.state(db, id, of: client) else {
        throw Problem.bookingUnknown(id)
      }
      if state.holdsNothing { return true }
      try InboxStore.cancel(db, booking: id, key: key, reason: request.reason, at: now)
      return false
    }
    if !isOver {
      engine.submit(id)
      _ = try await engine.wait(for: .cancellation, of: id, within: configuration.answerWithin)
    }
    let view = try await view(of: id, for: client)
    return view.reply(status: view.state.holdsNothing ? .ok : .accepted)
  }
}

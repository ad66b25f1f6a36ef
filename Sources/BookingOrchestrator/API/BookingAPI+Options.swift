import HTTPService
import HTTPTypes
import Wire

extension BookingAPI {
  /// `POST /trip/options`: registers a trip option, once and for all.
  func registerOption(_ call: HTTPCall) async throws -> HTTPReply {
    let option = try RequestBody.decode(TripOption.self, from: call.body, decoder)
    let now = wallClock.now()
    let total = try option.checked(today: now.date)
    // Decoded before, so it is UTF-8.
    let snapshot = String(decoding: call.body, as: UTF8.self)
    let registration = try await database.write { db in
      try OptionStore.register(db, option, total: total, snapshot: snapshot, at: now)
    }
    let status: HTTPResponse.Status
    switch registration {
    case .created:
      status = .created
    case .present(let present):
      let isSame =
        try present == snapshot
        || decoder.decode(TripOption.self, from: present) == option
      guard isSame else { throw Problem.optionExists(option.tripOptionId) }
      status = .ok
    }
    let body = JSONWriter.object(.newline) {
      $0.field("tripOptionId", option.tripOptionId.rawValue)
      $0.field("total", total.minorUnits)
      $0.field("currency", total.currency.code)
    }
    return HTTPReply(status: status, contentType: Self.json, body: body)
  }
}

import HTTPService
import HTTPTypes

/// A booking as clients are told of it, written once for all who ask while nothing changes.
struct EncodedView: Sendable {
  let id: BookingID
  /// The version of the booking that it shows.
  let version: Int64
  let state: TripState
  let needsAttention: Bool
  let isModificationDecided: Bool
  private let json: [UInt8]

  /// Writes a view.
  init(_ view: BookingView, version: Int64) {
    id = view.id
    self.version = version
    state = view.state
    needsAttention = view.needsAttention
    isModificationDecided = view.isModificationDecided
    json = view.json
  }

  /// The answer that shows the booking; one that is not final says where and when to ask again.
  func reply(status: HTTPResponse.Status) -> HTTPReply {
    var reply = HTTPReply(status: status, contentType: BookingAPI.json, body: json)
    if status == .accepted {
      reply.response.headerFields[.retryAfter] = "2"
      reply.response.headerFields[.location] = "/booking/\(id)"
    }
    return reply
  }
}

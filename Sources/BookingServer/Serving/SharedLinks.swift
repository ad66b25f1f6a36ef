import HTTPService
import HTTPTypes

/// The door for whoever has a link: no key, but not too often from one address.
struct SharedLinks: HTTPService {
  let limiter: AddressLimiter
  /// Whether the proxy before this server is believed about whom it speaks for.
  let trustsForwarded: Bool
  let orchestrator: any HTTPService

  /// The field in which the sockets say who is at the other end.
  // A constant that is a valid field name (RFC 9110, token).
  static let peer = HTTPField.Name("Booking-Peer")!
  private static let forwarded = HTTPField.Name("X-Forwarded-For")!

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let address = address(call.request.headerFields)
    if let wait = limiter.take(from: address, at: ContinuousClock().now) {
      var reply = AccessRefusal.tooOften.reply
      // Whole seconds, none of them too few.
      let seconds = (wait.wholeNanoseconds + 999_999_999) / 1_000_000_000
      reply.response.headerFields[.retryAfter] = String(seconds)
      return reply
    }
    return try await orchestrator.respond(to: call)
  }

  /// The last address that the nearest proxy added is the one it saw; those before it are anybody's
  /// word.
  private func address(_ fields: HTTPFields) -> String {
    let peer = fields[Self.peer] ?? ""
    guard trustsForwarded, let list = fields[Self.forwarded],
      let last = list.split(separator: ",").last
    else { return peer }
    return String(last.filter { $0 != " " && $0 != "\t" })
  }
}

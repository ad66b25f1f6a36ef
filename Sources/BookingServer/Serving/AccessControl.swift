import BookingOrchestrator
import Foundation
import HTTPService
import HTTPTypes

/// Lets in who has a key, and shows each the way: clients to the orchestrator, operators to theirs.
///
/// Open to all are the documentation, `/health`, `/webhooks/stripe`, whose deliveries carry a signature
/// instead, and `/share/…`, whose path is the secret. Behind the door a request says whose key it
/// showed; what it said of that itself is taken away.
struct AccessControl: HTTPService {
  let keys: APIKeys
  let orchestrator: any HTTPService
  let operators: any HTTPService
  /// Asked by whoever has a link.
  let shared: any HTTPService
  /// How many requests each client may send; nil for any number.
  let limiter: RateLimiter?
  private let documentation = Documentation()

  init(
    keys: APIKeys, orchestrator: any HTTPService, operators: any HTTPService,
    shared: any HTTPService, limiter: RateLimiter? = nil
  ) {
    self.keys = keys
    self.orchestrator = orchestrator
    self.operators = operators
    self.shared = shared
    self.limiter = limiter
  }

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    var call = call
    call.request.headerFields[ClientName.field] = nil
    let path = (call.request.path ?? "/").prefix { $0 != "?" }
    switch path {
    case "/health", "/webhooks/stripe": return try await orchestrator.respond(to: call)
    case _ where path.hasPrefix("/share/"): return try await shared.respond(to: call)
    case _ where Documentation.has(path): return try await documentation.respond(to: call)
    case "/metrics", "/operator",
      _ where path.hasPrefix("/operator/"):
      guard keys.hasOperator else { return AccessRefusal.noOperators.reply }
      switch keys.holder(call.request.headerFields) {
      case .operator?: return try await operators.respond(to: call)
      case .client?: return AccessRefusal.forbidden.reply
      case nil: return AccessRefusal.operatorKeyMissing.reply
      }
    default:
      switch keys.holder(call.request.headerFields) {
      case .client(let name)?:
        if let wait = limiter?.refuse(name) { return AccessRefusal.rateLimited(wait).reply }
        call.request.headerFields[ClientName.field] = name.rawValue
        return try await orchestrator.respond(to: call)
      case .operator?: return AccessRefusal.forbidden.reply
      case nil: return AccessRefusal.keyMissing.reply
      }
    }
  }
}

/// A refusal at the door, as problem details (RFC 9457).
struct AccessRefusal: Sendable {
  let status: Int
  let code: String
  let title: String
  let detail: String
  /// What to show, for `WWW-Authenticate`.
  var challenge: String?
  /// In how many seconds to ask again, for `Retry-After`.
  var retryAfter: Int64?

  static let keyMissing = AccessRefusal(
    status: 401, code: "key-missing", title: "No valid key",
    detail: "Send a header 'Authorization: Bearer <key>' with the key that you were given.",
    challenge: "Bearer")
  static let operatorKeyMissing = AccessRefusal(
    status: 401, code: "key-missing", title: "No valid key",
    detail: "This is for operators: log in with any name and the operator key as the password.",
    challenge: #"Basic realm="bookings", charset="UTF-8""#)
  static let forbidden = AccessRefusal(
    status: 403, code: "forbidden", title: "Not with this key",
    detail: "The key is valid, but not for this path: clients and operators have keys of their own."
  )
  static let tooOften = AccessRefusal(
    status: 429, code: "too-often", title: "Too often",
    detail: "So many links were opened from this address; try again in a moment.")
  static let noOperators = AccessRefusal(
    status: 404, code: "route-unknown", title: "No such route",
    detail: "There is nothing at this path; this server was started without OPERATOR_KEY.")
  /// Refuses a client that has used up what it may send.
  static func rateLimited(_ wait: Duration) -> AccessRefusal {
    AccessRefusal(
      status: 429, code: "rate-limited", title: "Too many requests",
      detail: "This client has sent as many requests as it may. Nothing was changed; send the"
        + " request again, unchanged, when the time of Retry-After is over.",
      retryAfter: wait.wholeSeconds)
  }

  /// The answer.
  var reply: HTTPReply {
    let text =
      #"{"type":"urn:problem:booking:\#(code)","title":"\#(title)","status":\#(status),"#
      + #""detail":"\#(detail)","code":"\#(code)"}"#
    var reply = HTTPReply(
      status: .init(code: status), contentType: "application/problem+json", body: Array(text.utf8))
    if let challenge { reply.response.headerFields[.wwwAuthenticate] = challenge }
    if let retryAfter { reply.response.headerFields[.retryAfter] = String(retryAfter) }
    return reply
  }
}

extension Duration {
  /// The seconds, a part of one counted as a whole, one at least: no wait ends early.
  fileprivate var wholeSeconds: Int64 {
    max(1, components.seconds + (components.attoseconds > 0 ? 1 : 0))
  }
}

import HTTPService
import HTTPTypes

/// What a path of the API means, and which methods it takes.
enum Route: Sendable, Hashable {
  case book, cancel, modify, registerOption, webhook, health
  case booking(BookingID)

  /// Reads a path without its query; nil when there is nothing at it.
  init?(_ path: String) {
    switch path {
    case "/booking/book": self = .book
    case "/booking/cancel": self = .cancel
    case "/booking/modify": self = .modify
    case "/trip/options": self = .registerOption
    case "/webhooks/stripe": self = .webhook
    case "/health": self = .health
    default:
      let id = path.utf8.dropFirst("/booking/".utf8.count)
      guard path.hasPrefix("/booking/"), !id.isEmpty, !id.contains(UInt8(ascii: "/")) else {
        return nil
      }
      self = .booking(BookingID(String(Substring(id))))
    }
  }

  /// The methods it takes, as `Allow` lists them.
  ///
  /// Whatever can be got can be asked for without its body (RFC 9110, section 9.1: GET and HEAD are
  /// what every server must support), and whatever exists says what it takes (section 9.3.7).
  var methods: [HTTPRequest.Method] {
    switch self {
    case .book, .cancel, .modify, .registerOption, .webhook: [.post, .options]
    case .health, .booking: [.get, .head, .options]
    }
  }

  /// What the server as a whole takes: the answer to `OPTIONS *`.
  static let allMethods: [HTTPRequest.Method] = [.get, .head, .post, .options]
}

import HTTPService
import HTTPTypes

/// What a path of the API means, and which methods it takes.
enum Route: Sendable, Hashable {
  case book, cancel, modify, list, registerOption, webhook, health
  case booking(BookingID)
  /// A booking's itinerary as a file.
  case itinerary(BookingID, ItineraryFile)
  /// A booking's links, and one of them.
  case links(BookingID)
  case link(BookingID, String)
  /// What a link shows: a page, or a file. The text is the token as it was sent.
  case shared(String, ItineraryFile?)

  /// Reads a path without its query; nil when there is nothing at it.
  init?(_ path: String) {
    switch path {
    case "/booking/book": self = .book
    case "/booking/cancel": self = .cancel
    case "/bookings": self = .list
    case "/booking/modify": self = .modify
    case "/trip/options": self = .registerOption
    case "/webhooks/stripe": self = .webhook
    case "/health": self = .health
    default:
      let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        .map(String.init)
      guard parts.count > 1, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
      switch parts[0] {
      case "booking": self.init(booking: BookingID(parts[1]), parts.dropFirst(2))
      case "share" where parts.count == 2:
        let file = ItineraryFile.allCases.first { parts[1].hasSuffix(".\($0.rawValue)") }
        let length = file.map { $0.rawValue.utf8.count + 1 } ?? 0
        self = .shared(String(parts[1].dropLast(length)), file)
      default: return nil
      }
    }
  }

  /// Reads what follows `/booking/:id`.
  private init?(booking: BookingID, _ rest: ArraySlice<String>) {
    switch (rest.count, rest.first) {
    case (0, _): self = .booking(booking)
    case (1, "share"): self = .links(booking)
    case (2, "share"): self = .link(booking, rest[rest.startIndex + 1])
    case (1, let name?):
      let file = ItineraryFile.allCases.first { name == "itinerary.\($0.rawValue)" }
      guard let file else { return nil }
      self = .itinerary(booking, file)
    default: return nil
    }
  }

  /// The methods it takes, as `Allow` lists them.
  ///
  /// Whatever can be got can be asked for without its body (RFC 9110, section 9.1: GET and HEAD are
  /// what every server must support), and whatever exists says what it takes (section 9.3.7).
  var methods: [HTTPRequest.Method] {
    switch self {
    case .book, .cancel, .modify, .registerOption, .webhook: [.post, .options]
    case .list, .health, .booking, .itinerary, .shared: [.get, .head, .options]
    case .links: [.get, .head, .post, .options]
    case .link: [.delete, .options]
    }
  }

  /// What the server as a whole takes: the answer to `OPTIONS *`.
  static let allMethods: [HTTPRequest.Method] = [.get, .head, .post, .delete, .options]
}

/// The forms in which an itinerary is downloaded, by the ends of their names.
enum ItineraryFile: String, Sendable, Hashable, CaseIterable {
  case pdf, ics

  /// What the file is (ISO 32000, RFC 5545).
  var contentType: String {
    switch self {
    case .pdf: "application/pdf"
    case .ics: "text/calendar; charset=utf-8"
    }
  }
}

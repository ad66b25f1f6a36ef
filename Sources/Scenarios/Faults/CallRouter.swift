package import FakeVendors

/// The authorities of the simulated world.
package enum Authority {
  package static let stripe = "stripe.test"
  package static let amadeus = "amadeus.test"
  package static let bookingCom = "bookingcom.test"
  package static let viator = "viator.test"
  package static let mail = "mail.test"
  package static let orchestrator = "orchestrator.test"
  /// What clients' receivers are called together, as a service.
  package static let hooks = "hooks"

  /// The receiver of a client's name, by the number of the name.
  package static func hook(_ name: Int) -> String { "hooks-\(name).test" }

  /// The number of the name whose receiver an authority is; nil for any other.
  package static func hook(_ authority: String) -> Int? {
    guard authority.hasPrefix("hooks-"), authority.hasSuffix(".test") else { return nil }
    return Int(authority.dropFirst(6).dropLast(5))
  }
}

extension VendorName {
  /// The service's authority in simulated worlds, by which ``CallRouter`` knows it.
  package var authority: String {
    switch self {
    case .stripe: Authority.stripe
    case .amadeus: Authority.amadeus
    case .bookingcom: Authority.bookingCom
    case .viator: Authority.viator
    case .mail: Authority.mail
    }
  }
}

/// Names calls by their service and operation, from authority, method and path alone.
package enum CallRouter {
  /// Returns service and operation as ``CallRecord`` has them; `other` for what is not known.
  package static func name(authority: String, method: String, path: String) -> (
    service: String, operation: String
  ) {
    if let vendor = VendorName.allCases.first(where: { $0.authority == authority }) {
      return (vendor.service, vendor.operations.name(method: method, path: path))
    }
    if Authority.hook(authority) != nil { return (Authority.hooks, "event") }
    guard authority == Authority.orchestrator else { return (authority, "other") }
    let path = path.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(path[..<$0]) } ?? path
    return ("orchestrator", orchestrator(method, path))
  }

  /// Returns a path without the token of a link, which is a secret.
  package static func redacted(_ path: String) -> String {
    path.hasPrefix("/share/") ? "/share/:token" : path
  }

  private static func orchestrator(_ method: String, _ path: String) -> String {
    switch path {
    case "/trip/options": "register"
    case "/booking/book": "book"
    case "/booking/cancel": "cancel"
    case "/bookings": "list"
    case "/booking/modify": "modify"
    case "/webhooks/stripe": "webhook"
    case "/health": "health"
    case _ where path.hasPrefix("/share/"): "open-link"
    case _ where path.hasPrefix("/booking/"): booking(method, path)
    default: "other"
    }
  }

  private static func booking(_ method: String, _ path: String) -> String {
    let parts = path.split(separator: "/").dropFirst(2)
    return switch (method, parts.first) {
    case ("GET", nil): "look"
    case ("GET", "share"?): "links"
    case ("POST", "share"?): "share"
    case ("DELETE", "share"?): "revoke-link"
    case ("GET", "itinerary.pdf"?), ("GET", "itinerary.ics"?): "itinerary"
    default: "other"
    }
  }
}

package import FakeVendors

/// The authorities of the simulated world.
package enum Authority {
  package static let stripe = "stripe.test"
  package static let amadeus = "amadeus.test"
  package static let bookingCom = "bookingcom.test"
  package static let viator = "viator.test"
  package static let mail = "mail.test"
  package static let orchestrator = "orchestrator.test"
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
///
/// This is the harness's own table: a mistake of a fake's router must not hide in the reports.
package enum CallRouter {
  /// Returns service and operation as ``CallRecord`` has them; `other` for what is not known.
  package static func name(authority: String, method: String, path: String) -> (
    service: String, operation: String
  ) {
    let path = path.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(path[..<$0]) } ?? path
    let isGet = method == "GET"
    switch authority {
    case Authority.stripe: return ("stripe", stripe(isGet, path))
    case Authority.amadeus: return ("flight", flight(method, path))
    case Authority.bookingCom: return ("hotel", hotel(path))
    case Authority.viator: return ("activity", activity(path))
    case Authority.mail: return ("mail", path == "/email" ? "send" : "other")
    case Authority.orchestrator: return ("orchestrator", orchestrator(isGet, path))
    default: return (authority, "other")
    }
  }

  private static func stripe(_ isGet: Bool, _ path: String) -> String {
    if path.hasPrefix("/v1/payment_intents") {
      if path == "/v1/payment_intents" {
        return isGet ? "payment_intents.list" : "payment_intents.create"
      }
      if path.hasSuffix("/confirm") { return "payment_intents.confirm" }
      if path.hasSuffix("/cancel") { return "payment_intents.cancel" }
      if path.hasSuffix("/capture") { return "payment_intents.capture" }
      return isGet ? "payment_intents.retrieve" : "payment_intents.update"
    }
    if path.hasPrefix("/v1/refunds") {
      if path == "/v1/refunds" { return isGet ? "refunds.list" : "refunds.create" }
      return isGet ? "refunds.retrieve" : "refunds.update"
    }
    if path.hasPrefix("/v1/payment_methods/") { return "payment_methods.retrieve" }
    if path.hasPrefix("/v1/charges/") { return "charges.retrieve" }
    if path.hasPrefix("/v1/events") { return "events.list" }
    return "other"
  }

  private static func flight(_ method: String, _ path: String) -> String {
    if path == "/v1/booking/flight-orders" { return "create" }
    if path.hasPrefix("/v1/booking/flight-orders/") { return method == "DELETE" ? "cancel" : "get" }
    if path == "/v1/shopping/flight-offers/pricing" { return "price" }
    if path == "/v1/security/oauth2/token" { return "token" }
    return "other"
  }

  private static func hotel(_ path: String) -> String {
    if path.hasSuffix("/orders/preview") { return "preview" }
    if path.hasSuffix("/orders/create") { return "create" }
    if path.hasSuffix("/orders/cancel") { return "cancel" }
    if path.hasSuffix("/orders/details") || path.hasSuffix("/orders/details/accommodations") {
      return "details"
    }
    return "other"
  }

  private static func activity(_ path: String) -> String {
    if path.hasSuffix("/availability/check") { return "availability" }
    if path.hasSuffix("/bookings/book") { return "book" }
    if path.hasSuffix("/bookings/status") { return "status" }
    if path.hasSuffix("/cancel-quote") { return "cancel-quote" }
    if path.hasSuffix("/cancel") { return "cancel" }
    return "other"
  }

  private static func orchestrator(_ isGet: Bool, _ path: String) -> String {
    switch path {
    case "/trip/options": "register"
    case "/booking/book": "book"
    case "/booking/cancel": "cancel"
    case "/webhooks/stripe": "webhook"
    case "/health": "health"
    default: isGet && path.hasPrefix("/booking/") ? "look" : "other"
    }
  }
}

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
package enum CallRouter {
  /// Returns service and operation as ``CallRecord`` has them; `other` for what is not known.
  package static func name(authority: String, method: String, path: String) -> (
    service: String, operation: String
  ) {
    if let vendor = VendorName.allCases.first(where: { $0.authority == authority }) {
      return (vendor.service, vendor.operations.name(method: method, path: path))
    }
    guard authority == Authority.orchestrator else { return (authority, "other") }
    let path = path.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(path[..<$0]) } ?? path
    return ("orchestrator", orchestrator(method == "GET", path))
  }

  private static func orchestrator(_ isGet: Bool, _ path: String) -> String {
    switch path {
    case "/trip/options": "register"
    case "/booking/book": "book"
    case "/booking/cancel": "cancel"
    case "/booking/modify": "modify"
    case "/webhooks/stripe": "webhook"
    case "/health": "health"
    default: isGet && path.hasPrefix("/booking/") ? "look" : "other"
    }
  }
}

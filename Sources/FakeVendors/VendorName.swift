/// One of the five services that the fakes stand for.
public enum VendorName: String, Sendable, Hashable, CaseIterable {
  case stripe, amadeus, bookingcom, viator, mail

  /// What is told about the vendor's own faults.
  public var faults: [FaultDeclaration] {
    switch self {
    case .stripe: StripeFault.declarations
    case .amadeus: AmadeusFault.declarations
    case .bookingcom: BookingComFault.declarations
    case .viator: ViatorFault.declarations
    case .mail: MailFault.declarations
    }
  }

  /// The service's name in scenarios, fault orders and reports.
  public var service: String {
    switch self {
    case .stripe: "stripe"
    case .amadeus: "flight"
    case .bookingcom: "hotel"
    case .viator: "activity"
    case .mail: "mail"
    }
  }

  /// Finds a service by either of its names.
  public init?(named name: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == name || $0.service == name })
    else { return nil }
    self = found
  }

  /// The operations that a fault can be ordered for.
  public var operations: [String] {
    switch self {
    case .stripe:
      [
        "payment_intents.create", "payment_intents.retrieve", "payment_intents.list",
        "payment_intents.update", "payment_intents.confirm", "payment_intents.capture",
        "payment_intents.cancel", "payment_intents.increment_authorization", "refunds.create",
        "refunds.retrieve", "refunds.list", "refunds.update", "refunds.cancel", "refunds.expire",
        "charges.retrieve", "events.list", "events.retrieve", "payment_methods.create",
        "payment_methods.retrieve", "customers.create", "customers.retrieve",
        "payment_intents.search", "charges.list", "charges.search", "charges.update",
        "payment_methods.attach", "payment_methods.detach", "payment_methods.update",
        "payment_methods.list", "customers.update", "customers.delete", "customers.list",
        "customers.payment_methods", "customers.payment_method", "disputes.retrieve",
        "disputes.list", "disputes.update", "disputes.close", "balance.retrieve",
        "balance_transactions.retrieve", "balance_transactions.list",
        "checkout.sessions.create", "checkout.sessions.retrieve", "checkout.sessions.list",
        "checkout.sessions.expire", "checkout.sessions.line_items",
      ]
    case .amadeus: ["token", "search", "price", "create", "get", "cancel"]
    case .bookingcom: ["search", "availability", "preview", "create", "details", "cancel"]
    case .viator:
      [
        "search", "availability", "schedules", "hold", "book", "status", "cancel-quote", "cancel",
      ]
    case .mail: ["send"]
    }
  }
}

/// How the operations of a vendor are asked for: method and path of each, and its name in faults, access
/// logs and reports.
public struct OperationTable: Sendable {
  private struct Row: Sendable {
    var method: String
    /// The path, where `*` stands for one or more bytes that are no slash.
    var path: [UInt8]
    var name: String
  }

  private let rows: [Row]
  /// What a path may begin with and need not.
  private let prefix: String
  /// All names, each once.
  public let names: [String]

  /// Reads a table: a method, a path and a name in each line; the first line that fits counts.
  init(prefix: String = "", _ text: String) {
    rows = text.split(separator: "\n").map { line in
      let words = line.split(separator: " ").map(String.init)
      precondition(words.count == 3, "not an operation: \(line)")
      return Row(method: words[0], path: Array(words[1].utf8), name: words[2])
    }
    self.prefix = prefix
    names = rows.map(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// A call of each row, with its operation's name.
  var examples: [(method: String, path: String, name: String)] {
    rows.map { row in
      (row.method, String(decoding: row.path, as: UTF8.self).replacing("*", with: "x"), row.name)
    }
  }

  /// Returns the name of a call's operation; `other` for what is not known.
  /// - Parameter path: with or without a query.
  public func name(method: String, path: String) -> String {
    match(method: method, path: path)?.name ?? "other"
  }

  /// Returns a call's operation and what stands for each `*` of its path; nil for what is not known.
  func match(method: String, path: String) -> (name: String, parts: [String])? {
    var path = path.utf8.prefix { $0 != UInt8(ascii: "?") }
    if !prefix.isEmpty, path.starts(with: prefix.utf8) { path = path.dropFirst(prefix.utf8.count) }
    for row in rows where row.method == method {
      if let parts = Self.parts(of: path, by: row.path) { return (row.name, parts) }
    }
    return nil
  }

  /// Returns what stands for each `*`; nil when the path is another.
  private static func parts(of path: Substring.UTF8View, by pattern: [UInt8]) -> [String]? {
    var parts: [String] = []
    var rest = path
    for byte in pattern {
      guard byte == UInt8(ascii: "*") else {
        guard rest.popFirst() == byte else { return nil }
        continue
      }
      let part = rest.prefix { $0 != UInt8(ascii: "/") }
      guard !part.isEmpty else { return nil }
      parts.append(String(Substring(part)))
      rest = rest[part.endIndex...]
    }
    return rest.isEmpty ? parts : nil
  }
}

extension OperationTable {
  /// Stripe's; what worlds ask for most comes first.
  static let stripe = OperationTable(
    """
    POST /v1/payment_intents payment_intents.create
    POST /v1/payment_intents/*/confirm payment_intents.confirm
    GET /v1/payment_intents payment_intents.list
    GET /v1/payment_intents/search payment_intents.search
    GET /v1/payment_intents/* payment_intents.retrieve
    POST /v1/payment_intents/* payment_intents.update
    POST /v1/payment_intents/*/capture payment_intents.capture
    POST /v1/payment_intents/*/cancel payment_intents.cancel
    POST /v1/payment_intents/*/increment_authorization payment_intents.increment_authorization
    POST /v1/refunds refunds.create
    GET /v1/refunds refunds.list
    GET /v1/refunds/* refunds.retrieve
    POST /v1/refunds/* refunds.update
    POST /v1/refunds/*/cancel refunds.cancel
    POST /v1/test_helpers/refunds/*/expire refunds.expire
    GET /v1/charges charges.list
    GET /v1/charges/search charges.search
    GET /v1/charges/* charges.retrieve
    POST /v1/charges/* charges.update
    GET /v1/events events.list
    GET /v1/events/* events.retrieve
    POST /v1/payment_methods payment_methods.create
    GET /v1/payment_methods payment_methods.list
    GET /v1/payment_methods/* payment_methods.retrieve
    POST /v1/payment_methods/* payment_methods.update
    POST /v1/payment_methods/*/attach payment_methods.attach
    POST /v1/payment_methods/*/detach payment_methods.detach
    POST /v1/customers customers.create
    GET /v1/customers customers.list
    GET /v1/customers/* customers.retrieve
    POST /v1/customers/* customers.update
    DELETE /v1/customers/* customers.delete
    GET /v1/customers/*/payment_methods customers.payment_methods
    GET /v1/customers/*/payment_methods/* customers.payment_method
    GET /v1/disputes disputes.list
    GET /v1/disputes/* disputes.retrieve
    POST /v1/disputes/* disputes.update
    POST /v1/disputes/*/close disputes.close
    GET /v1/balance balance.retrieve
    GET /v1/balance_transactions balance_transactions.list
    GET /v1/balance_transactions/* balance_transactions.retrieve
    POST /v1/checkout/sessions checkout.sessions.create
    GET /v1/checkout/sessions checkout.sessions.list
    GET /v1/checkout/sessions/* checkout.sessions.retrieve
    GET /v1/checkout/sessions/*/line_items checkout.sessions.line_items
    POST /v1/checkout/sessions/*/expire checkout.sessions.expire
    """)

  /// Amadeus's.
  static let amadeus = OperationTable(
    """
    POST /v1/security/oauth2/token token
    GET /v2/shopping/flight-offers search
    POST /v2/shopping/flight-offers search
    POST /v1/shopping/flight-offers/pricing price
    POST /v1/booking/flight-orders create
    GET /v1/booking/flight-orders/* get
    DELETE /v1/booking/flight-orders/* cancel
    """)

  /// Booking.com's.
  static let bookingCom = OperationTable(
    prefix: "/3.2",
    """
    POST /accommodations/search search
    POST /accommodations/availability availability
    POST /orders/preview preview
    POST /orders/create create
    POST /orders/details details
    POST /orders/details/accommodations details
    POST /orders/cancel cancel
    """)

  /// Viator's.
  static let viator = OperationTable(
    prefix: "/partner",
    """
    POST /products/search search
    POST /availability/check availability
    POST /availability/schedules/bulk schedules
    GET /availability/schedules/* schedules
    POST /bookings/hold hold
    POST /bookings/book book
    POST /bookings/status status
    GET /bookings/*/cancel-quote cancel-quote
    POST /bookings/*/cancel cancel
    """)

  /// The mail API's.
  static let mail = OperationTable("POST /email send")
}

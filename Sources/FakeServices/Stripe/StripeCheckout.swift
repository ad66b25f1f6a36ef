/// A Checkout Session as Stripe's API shows it, as far as code under test creates, reads, expires and
/// lists them. Nobody ever pays one here: it stays `open` until it expires.
///
/// Source: Stripe's OpenAPI description, `checkout.session`.
struct StripeSession: Sendable {
  var id: String
  var amountTotal: Int64?
  var cancelURL: String?
  var clientReference: String?
  /// Seconds since 1970.
  var created: Int64
  var currency: StripeCurrency?
  var customer: String?
  var customerEmail: String?
  /// Seconds since 1970.
  var expiresAt: Int64
  var isExpired = false
  var metadata = StripeMetadata()
  var mode: String
  var successURL: String?

  /// How long a session is open when nothing else is said, and how long it may be.
  static let lifetime: Int64 = 86_400

  func write(to json: inout StripeJSON) {
    json.string(#"{"id":"#, id)
    json.raw(#","object":"checkout.session","after_expiration":null,"allow_promotion_codes":null"#)
    json.int(#","amount_subtotal":"#, orNull: amountTotal)
    json.int(#","amount_total":"#, orNull: amountTotal)
    json.raw(#","automatic_tax":{"enabled":false,"liability":null,"status":null}"#)
    json.string(#","billing_address_collection":null,"cancel_url":"#, orNull: cancelURL)
    json.string(#","client_reference_id":"#, orNull: clientReference)
    json.int(#","client_secret":null,"consent":null,"consent_collection":null,"created":"#, created)
    json.string(#","currency":"#, orNull: currency?.code)
    json.raw(#","currency_conversion":null,"custom_fields":[],"custom_text":{}"#)
    json.reference(#","customer":"#, "customer", orNull: customer)
    json.raw(#","customer_creation":null,"customer_details":null"#)
    json.string(#","customer_email":"#, orNull: customerEmail)
    json.int(#","expires_at":"#, expiresAt)
    json.raw(#","invoice":null,"invoice_creation":null,"livemode":false,"locale":null"#)
    json.object(#","metadata":"#, metadata.entries)
    json.string(#","mode":"#, mode)
    json.raw(#","payment_intent":null,"payment_link":null,"payment_method_options":{}"#)
    json.raw(#","payment_method_types":["card"],"payment_status":"unpaid","recovered_from":null"#)
    json.raw(#","setup_intent":null,"shipping_cost":null,"shipping_options":[]"#)
    json.string(#","status":"#, isExpired ? "expired" : "open")
    json.string(#","submit_type":null,"subscription":null,"success_url":"#, orNull: successURL)
    json.raw(#","total_details":{"amount_discount":0,"amount_shipping":0,"amount_tax":0}"#)
    json.string(
      #","ui_mode":"hosted","url":"#,
      orNull: isExpired ? nil : "https://checkout.stripe.com/c/pay/\(id)")
    json.raw("}")
  }
}

/// Calls about Checkout Sessions.
enum StripeCheckoutCommand: Sendable {
  /// Parameters of a new session; its id, creation and default expiry are still missing.
  case create(StripeSession, expiresAt: Int64?)
  case retrieve(String)
  case expire(String)
  case list(StripeCommand.Page, customer: String?, status: String?)

  init(_ operation: StripeOperation, _ id: String, _ form: StripeForm) throws(StripeError) {
    switch operation {
    case .createSession: self = try Self.create(form)
    case .expireSession: self = .expire(id)
    case .listSessions:
      self = .list(
        try StripeCommand.Page(form), customer: form.string("customer"),
        status: try form.choice("status", ["complete", "expired", "open"]))
    default: self = .retrieve(id)
    }
  }

  private static func create(_ form: StripeForm) throws(StripeError) -> Self {
    guard let mode = try form.choice("mode", ["payment", "setup", "subscription"]) else {
      throw .missing("mode")
    }
    var session = StripeSession(id: "", created: 0, expiresAt: 0, mode: mode)
    if mode == "payment" {
      guard form.has("line_items") else { throw .missing("line_items") }
      var total: Int64 = 0
      var index = 0
      while form.has("line_items[\(index)]") {
        let item = "line_items[\(index)]"
        guard let code = form.string("\(item)[price_data][currency]") else {
          throw .missing("\(item)[price_data][currency]")
        }
        guard let currency = StripeCurrency(code) else { throw .invalidCurrency(code) }
        session.currency = currency
        let unit = try form.requiredInteger("\(item)[price_data][unit_amount]", least: 0)
        let quantity = try form.integer("\(item)[quantity]", least: 1) ?? 1
        let (product, overflows) = unit.multipliedReportingOverflow(by: quantity)
        guard !overflows, product <= currency.maximum,
          total + product <= currency.maximum
        else { throw .tooLarge(currency) }
        total += product
        index += 1
      }
      session.amountTotal = total
    }
    session.successURL = try form.url("success_url")
    session.cancelURL = try form.url("cancel_url")
    guard session.successURL != nil || form.has("ui_mode") else { throw .missing("success_url") }
    session.clientReference = form.string("client_reference_id")
    session.customer = form.string("customer")
    session.customerEmail = try form.email("customer_email")
    try session.metadata.mergeWithinLimits(try form.metadata())
    return .create(session, expiresAt: try form.integer("expires_at"))
  }
}

extension StripeAccount {
  mutating func execute(
    _ command: StripeCheckoutCommand, cause: Cause, now: Int64
  ) throws(StripeError) -> StripeBody {
    let seconds = now / 1_000_000
    expireSessions(at: seconds)
    switch command {
    case .create(var session, let expiresAt):
      if let customer = session.customer, customers[customer] == nil {
        throw .noSuch("customer", customer, param: "customer", status: 400)
      }
      session.created = seconds
      session.expiresAt = expiresAt ?? seconds + StripeSession.lifetime
      guard (seconds + 1800...seconds + StripeSession.lifetime).contains(session.expiresAt) else {
        throw .badExpiry
      }
      session.id = ids.short(
        "cs_test_", root: ids.root("cs", identity: cause.identity), count: 58)
      putSession(session)
      return .session(try self.session(session.id))
    case .retrieve(let id): return .session(try session(id))
    case .expire(let id):
      var session = try session(id).value
      guard !session.isExpired else { throw .sessionNotOpen }
      session.isExpired = true
      putSession(session)
      return .session(try self.session(id))
    case .list(let page, let customer, let status):
      return try list(
        page, sessions, url: "/v1/checkout/sessions", kind: "checkout session",
        where: {
          (customer == nil || $0.customer == customer)
            && (status == nil || status == ($0.isExpired ? "expired" : "open"))
        }, created: { $0.created }, body: { .session($0) })
    }
  }

  /// Sessions end by themselves; whoever looks sees it.
  private mutating func expireSessions(at seconds: Int64) {
    for session in sessions.objects.map(\.value)
    where !session.isExpired && session.expiresAt <= seconds {
      var ended = session
      ended.isExpired = true
      putSession(ended)
    }
  }

  private func session(_ id: String) throws(StripeError) -> StripeSnapshot<StripeSession> {
    guard let session = sessions[id] else {
      throw .noSuch("checkout.session", id, param: "session")
    }
    return session
  }
}

extension StripeError {
  static let badExpiry = StripeError(
    param: "expires_at",
    message: "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from "
      + "Checkout Session creation.")

  /// The text is (U).
  static let sessionNotOpen = StripeError(
    message: "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout "
      + "Session has a status of expired.", isStored: true)
}

/// A Checkout Session as Stripe's API shows it, as far as code under test creates, reads, expires and
/// lists them. ``FakeStripe/pay(_:with:email:)`` plays the customer; otherwise it expires.
///
/// Source: `checkout.Session` of Stripe's Python library 16.1.0, which is generated from Stripe's
/// OpenAPI description; of its members those that a page of Stripe's fills in are left out.
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
  /// Whether paying makes a customer of who was a guest: `always` or `if_required`.
  var customerCreation: String?
  /// The customer's address of mail, once the session is paid.
  var paidEmail: String?
  /// Seconds since 1970.
  var expiresAt: Int64
  var items: [StripeLineItem] = []
  var metadata = StripeMetadata()
  var mode: String
  /// The payment, once somebody has tried to pay.
  var paymentIntent: String?
  /// What the payment is made with.
  var payment = PaymentData()
  var paymentStatus = PaymentStatus.unpaid
  var status = Status.open
  var successURL: String?

  /// Where a session stands.
  enum Status: String, Sendable { case open, complete, expired }

  /// Where its money stands.
  enum PaymentStatus: String, Sendable {
    case paid, unpaid
    case notRequired = "no_payment_required"
  }

  /// What a session says about its payment (`payment_intent_data`).
  struct PaymentData: Sendable {
    var captureMethod: String?
    var description: String?
    var metadata: [StripeForm.Field] = []
    var receiptEmail: String?
  }

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
    json.string(#","customer_creation":"#, orNull: customerCreation)
    if status == .complete {
      json.string(#","customer_details":{"address":null,"email":"#, orNull: paidEmail)
      json.raw(#","name":null,"phone":null,"tax_exempt":"none","tax_ids":[]}"#)
    } else {
      json.raw(#","customer_details":null"#)
    }
    json.string(#","customer_email":"#, orNull: customerEmail)
    json.int(#","expires_at":"#, expiresAt)
    json.raw(#","invoice":null,"invoice_creation":null"#)
    // Left out unless asked for.
    if json.expansions["line_items"] != nil {
      json.reference(#","line_items":"#, "line_items", orNull: nil)
    }
    json.raw(#","livemode":false,"locale":null"#)
    json.object(#","metadata":"#, metadata.entries)
    json.string(#","mode":"#, mode)
    json.reference(#","payment_intent":"#, "payment_intent", orNull: paymentIntent)
    json.raw(#","payment_link":null,"payment_method_options":{}"#)
    json.string(#","payment_method_types":["card"],"payment_status":"#, paymentStatus.rawValue)
    json.raw(#","recovered_from":null"#)
    json.raw(#","setup_intent":null,"shipping_cost":null,"shipping_options":[]"#)
    json.string(#","status":"#, status.rawValue)
    json.string(#","submit_type":null,"subscription":null,"success_url":"#, orNull: successURL)
    json.raw(#","total_details":{"amount_discount":0,"amount_shipping":0,"amount_tax":0}"#)
    json.string(
      #","ui_mode":"hosted","url":"#,
      orNull: status == .open ? "https://checkout.stripe.com/c/pay/\(id)" : nil)
    json.raw("}")
  }
}

/// Calls about Checkout Sessions.
enum StripeCheckoutCommand: Sendable {
  /// Parameters of a new session; its id, creation and default expiry are still missing.
  case create(StripeSession, expiresAt: Int64?)
  case retrieve(String)
  case expire(String)
  case items(String, StripeCommand.Page)
  case list(StripeCommand.Page, customer: String?, paymentIntent: String?, status: String?)

  init(_ operation: StripeOperation, _ id: String, _ form: StripeForm) throws(StripeError) {
    switch operation {
    case .createSession: self = try Self.create(form)
    case .expireSession: self = .expire(id)
    case .listSessionItems: self = .items(id, try StripeCommand.Page(form))
    case .listSessions:
      self = .list(
        try StripeCommand.Page(form), customer: form.string("customer"),
        paymentIntent: form.string("payment_intent"),
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
        session.items.append(
          StripeLineItem(
            currency: currency, description: form.string("\(item)[price_data][product_data][name]"),
            quantity: quantity, unitAmount: unit))
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
    session.customerCreation = try form.choice("customer_creation", ["always", "if_required"])
    if mode == "payment", session.customer == nil, session.customerCreation == nil {
      session.customerCreation = "if_required"
    }
    let data = "payment_intent_data"
    session.payment = StripeSession.PaymentData(
      captureMethod: try form.choice(
        "\(data)[capture_method]", ["automatic", "automatic_async", "manual"]),
      description: form.string("\(data)[description]"),
      metadata: form.fields.compactMap { field in
        let prefix = "\(data)[metadata]["
        guard field.key.hasPrefix(prefix), field.key.hasSuffix("]") else { return nil }
        return StripeForm.Field(
          key: String(field.key.dropFirst(prefix.count).dropLast()), value: field.value)
      },
      receiptEmail: try form.email("\(data)[receipt_email]"))
    try session.metadata.mergeWithinLimits(try form.metadata())
    return .create(session, expiresAt: try form.integer("expires_at"))
  }
}

extension StripeAccount {
  mutating func execute(
    _ command: StripeCheckoutCommand, cause: Cause, now: Int64
  ) throws(StripeError) -> StripeBody {
    let seconds = now / 1_000_000
    switch command {
    case .create(var session, let expiresAt):
      if let customer = session.customer, liveCustomer(customer) == nil {
        throw .noSuch("customer", customer, param: "customer", status: 400)
      }
      session.created = seconds
      session.expiresAt = expiresAt ?? seconds + StripeSession.lifetime
      guard (seconds + 1800...seconds + StripeSession.lifetime).contains(session.expiresAt) else {
        throw .badExpiry
      }
      session.id = ids.short(
        "cs_test_", root: ids.root("cs", identity: cause.identity), count: 58)
      session.nameItems(ids)
      putSession(session)
      schedule(
        .sessionExpires(session.id), after: .seconds(session.expiresAt - seconds),
        from: seconds * 1_000_000)
      return .session(try self.session(session.id))
    case .retrieve(let id): return .session(try session(id))
    case .expire(let id):
      let status = try session(id).value.status
      guard status == .open else { throw .sessionNotOpen(status) }
      expireSession(id, cause: cause, now: now)
      return .session(try self.session(id))
    case .items(let id, let page): return try items(of: try session(id).value, page)
    case .list(let page, let customer, let paymentIntent, let status):
      return try list(
        page, sessions, url: "/v1/checkout/sessions", kind: "checkout session",
        where: {
          (customer == nil || $0.customer == customer)
            && (paymentIntent == nil || $0.paymentIntent == paymentIntent)
            && (status == nil || status == $0.status.rawValue)
        }, created: { $0.created }, body: { .session($0) })
    }
  }

  /// Ends a session that nobody has paid.
  mutating func expireSession(_ id: String, cause: Cause, now: Int64) {
    guard var session = sessions[id]?.value else { preconditionFailure("no such session: \(id)") }
    session.status = .expired
    emit("checkout.session.expired", .session(putSession(session)), cause: cause, at: now)
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
  static func sessionNotOpen(_ status: StripeSession.Status) -> StripeError {
    StripeError(
      message: "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout "
        + "Session has a status of \(status.rawValue).", isStored: true)
  }
}

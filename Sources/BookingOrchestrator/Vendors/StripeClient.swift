import HTTPService
import HTTPTypes
import Wire

/// Speaks Stripe's API.
///
/// Classification: Stripe API reference, "Errors" and "Idempotent requests". A declined card, a
/// request in a wrong state and an unknown object are definitive; 401, 403 and 429 (`rate_limit`,
/// `lock_timeout`) come before anything is executed; a 409 means that the same key is at work in
/// another request; a 5xx proves nothing, and is stored under its key like any other answer.
struct StripeClient: Sendable {
  let exchange: VendorExchange

  init(_ configuration: VendorConfiguration, transport: any HTTPTransport) {
    exchange = VendorExchange(
      vendor: "Stripe", baseURL: configuration.stripeURL, transport: transport,
      timeout: configuration.stripeTimeout,
      fields: [
        HTTPField(name: .authorization, value: "Bearer \(configuration.stripeSecretKey)"),
        HTTPField(name: .init(known: "Stripe-Version"), value: configuration.stripeVersion),
      ],
      contentType: "application/x-www-form-urlencoded")
  }

  // MARK: Requests made ready. Pure: same arguments, same bytes.

  /// Prepares an intent that waits to be confirmed: no money moves yet.
  ///
  /// Not `confirm=true`: an intent whose id is on record before it is confirmed can be looked up
  /// when the answer to the confirmation is lost.
  func createPaymentIntent(
    amount: Money, customer: String?, paymentMethod: String, booking: BookingID, generation: Int,
    capture: CaptureTime = .atOnce
  ) -> PreparedRequest {
    var form = FormText()
    form.append("amount", String(amount.minorUnits))
    form.append("currency", amount.currency.code.lowercased())
    if let customer { form.append("customer", customer) }
    form.append("payment_method", paymentMethod)
    form.append("confirmation_method", "automatic")
    form.append("payment_method_types[0]", "card")
    form.append("capture_method", capture == .whenBooked ? "manual" : "automatic")
    form.append("metadata[booking]", booking.rawValue)
    form.append("metadata[generation]", String(generation))
    return PreparedRequest(method: "POST", path: "/v1/payment_intents", body: form.bytes)
  }

  /// Prepares the charge.
  ///
  /// An empty form: the customer is present (so no `off_session`), and an intent that needs them
  /// (`requires_action`) is reported as such rather than as an error, so that it can be cancelled.
  /// Source: Stripe API reference, Confirm a PaymentIntent, `off_session`, `error_on_requires_action`.
  func confirmPaymentIntent(_ id: String) -> PreparedRequest {
    PreparedRequest(
      method: "POST", path: "/v1/payment_intents/\(PercentCoding.encode(id))/confirm", body: [])
  }

  /// Prepares to take what is held, once and for all: what is not taken is released.
  ///
  /// Source: Stripe API reference, Capture a PaymentIntent, `amount_to_capture`.
  func capturePaymentIntent(_ id: String, amount: Money) -> PreparedRequest {
    var form = FormText()
    form.append("amount_to_capture", String(amount.minorUnits))
    return PreparedRequest(
      method: "POST", path: "/v1/payment_intents/\(PercentCoding.encode(id))/capture",
      body: form.bytes)
  }

  /// Prepares the end of an intent that was not charged; a hold is released.
  func cancelPaymentIntent(_ id: String) -> PreparedRequest {
    var form = FormText()
    form.append("cancellation_reason", "abandoned")
    return PreparedRequest(
      method: "POST", path: "/v1/payment_intents/\(PercentCoding.encode(id))/cancel",
      body: form.bytes)
  }

  /// Prepares a refund; a nil amount refunds all that is left.
  func createRefund(
    paymentIntent: String, amount: Money?, booking: BookingID, cause: String, generation: Int
  ) -> PreparedRequest {
    var form = FormText()
    form.append("payment_intent", paymentIntent)
    if let amount { form.append("amount", String(amount.minorUnits)) }
    form.append("reason", "requested_by_customer")
    form.append("metadata[booking]", booking.rawValue)
    form.append("metadata[cause]", cause)
    form.append("metadata[generation]", String(generation))
    return PreparedRequest(method: "POST", path: "/v1/refunds", body: form.bytes)
  }

  // MARK: Sent.

  /// Sends a create, confirm, capture or cancel; the answer is the intent.
  ///
  /// After a replay the intent is as it was when the key was first used, not as it is now.
  func sendPaymentIntent(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<StripePaymentIntent>
  {
    try await post(request, context, as: StripeWire.Intent.self) { $0.model }
  }

  /// Sends a refund.
  func sendRefund(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<StripeRefund>
  {
    try await post(request, context, as: StripeWire.Refund.self) { $0.model }
  }

  // MARK: Read.

  /// Reads an intent as it is now.
  func paymentIntent(_ id: String, _ context: CallContext) async throws
    -> Outcome<StripePaymentIntent>
  {
    let path = "/v1/payment_intents/\(PercentCoding.encode(id))"
    return try await get(path, context, as: StripeWire.Intent.self) { $0.model }
  }

  /// All pages of a customer's (or, without one, everybody's) intents created in a range of seconds.
  func paymentIntents(
    customer: String?, createdFrom: Int64, to: Int64, _ context: CallContext
  ) async throws -> Outcome<[StripePaymentIntent]> {
    var query = FormText()
    if let customer { query.append("customer", customer) }
    query.append("created[gte]", String(createdFrom))
    query.append("created[lte]", String(to))
    return try await list("/v1/payment_intents", query, context, of: StripeWire.Intent.self) {
      $0.model
    } id: {
      $0.id
    }
  }

  /// Reads a refund as it is now.
  func refund(_ id: String, _ context: CallContext) async throws -> Outcome<StripeRefund> {
    let path = "/v1/refunds/\(PercentCoding.encode(id))"
    return try await get(path, context, as: StripeWire.Refund.self) { $0.model }
  }

  /// All pages of the refunds of an intent.
  func refunds(ofPaymentIntent id: String, _ context: CallContext) async throws
    -> Outcome<[StripeRefund]>
  {
    var query = FormText()
    query.append("payment_intent", id)
    return try await list("/v1/refunds", query, context, of: StripeWire.Refund.self) {
      $0.model
    } id: {
      $0.id
    }
  }

  /// All pages of the disputes of an intent.
  func disputes(ofPaymentIntent id: String, _ context: CallContext) async throws
    -> Outcome<[StripeDispute]>
  {
    var query = FormText()
    query.append("payment_intent", id)
    return try await list("/v1/disputes", query, context, of: StripeWire.Dispute.self) {
      $0.model
    } id: {
      $0.id
    }
  }

  /// Reads a payment method.
  func paymentMethod(_ id: String, _ context: CallContext) async throws
    -> Outcome<StripePaymentMethod>
  {
    let path = "/v1/payment_methods/\(PercentCoding.encode(id))"
    return try await get(path, context, as: StripeWire.PaymentMethod.self) { $0.model }
  }
}

extension StripeClient {
  private func post<Wire: Decodable, Model>(
    _ request: PreparedRequest, _ context: CallContext, as wire: Wire.Type, _ model: (Wire) -> Model
  ) async throws -> Outcome<Model> {
    var extra: [HTTPField] = []
    if let key = context.idempotencyKey {
      extra.append(HTTPField(name: .idempotencyKey, value: key))
    }
    return try await exchange.send(
      .post, request.path, body: request.body, extra: extra, context
    ) { reply in read(reply, as: wire, model) }
  }

  private func get<Wire: Decodable, Model>(
    _ path: String, _ context: CallContext, as wire: Wire.Type, _ model: (Wire) -> Model
  ) async throws -> Outcome<Model> {
    try await exchange.send(.get, path, context) { reply in read(reply, as: wire, model) }
  }

  /// Follows `has_more` with `starting_after`; a page that cannot be had ends the whole reading.
  private func list<Wire: Decodable & Sendable, Model>(
    _ path: String, _ query: FormText, _ context: CallContext, of wire: Wire.Type,
    _ model: (Wire) -> Model, id: (Model) -> String
  ) async throws -> Outcome<[Model]> {
    var all: [Model] = []
    while true {
      var query = query
      // 100 is the most that Stripe gives per page.
      query.append("limit", "100")
      if let last = all.last { query.append("starting_after", id(last)) }
      let page = try await get("\(path)?\(query.text)", context, as: StripeWire.Page<Wire>.self) {
        $0
      }
      switch page {
      case .done(let page):
        for item in page.data { all.append(model(item)) }
        // An empty page that promises more would be asked for again for ever.
        guard page.hasMore, !page.data.isEmpty else { return .done(all) }
      case .rejected(let rejection): return .rejected(rejection)
      case .retry(let retry): return .retry(retry)
      case .unknown(let retry): return .unknown(retry)
      }
    }
  }

  private func read<Wire: Decodable, Model>(
    _ reply: HTTPReply, as wire: Wire.Type, _ model: (Wire) -> Model
  ) -> Outcome<Model> {
    if reply.isSuccess {
      guard let value = exchange.decode(wire, from: reply) else {
        return exchange.unreadable(reply)
      }
      return .done(model(value))
    }
    let error = exchange.decode(StripeWire.Failure.self, from: reply)?.error
    switch reply.status {
    case 400, 402, 404:
      guard let error else { return exchange.unreadable(reply) }
      return .rejected(
        Rejection(
          code: error.rejectionCode(status: reply.status), message: error.message ?? "",
          httpStatus: reply.status, declineCode: error.declineCode,
          paymentIntent: error.paymentIntent?.model))
    case 409:
      // By status: sources disagree about the type of the error inside.
      return exchange.indefinite(
        reply, detail: "another request with this idempotency key is still at work")
    case 500... where reply.isStored:
      return exchange.indefinite(
        reply,
        detail: "\(error?.message ?? "no words") (the stored answer was replayed: sending the same"
          + " key again brings the same)")
    default:
      return exchange.indefinite(reply, detail: error?.code ?? error?.message)
    }
  }
}

extension HTTPReply {
  /// Whether Stripe keeps this very answer under the request's idempotency key.
  fileprivate var isStored: Bool {
    response.headerFields[.init(known: "Idempotent-Replayed")] == "true"
      || response.headerFields[.init(known: "Stripe-Should-Retry")] == "false"
  }
}

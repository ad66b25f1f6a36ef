/// The endpoints that the fake answers, named as a ``ServiceCall`` names them.
enum StripeOperation: String, Sendable {
  case createIntent = "payment_intents.create"
  case retrieveIntent = "payment_intents.retrieve"
  case listIntents = "payment_intents.list"
  case updateIntent = "payment_intents.update"
  case confirmIntent = "payment_intents.confirm"
  case captureIntent = "payment_intents.capture"
  case cancelIntent = "payment_intents.cancel"
  case incrementIntent = "payment_intents.increment_authorization"
  case createRefund = "refunds.create"
  case retrieveRefund = "refunds.retrieve"
  case listRefunds = "refunds.list"
  case updateRefund = "refunds.update"
  case cancelRefund = "refunds.cancel"
  case expireRefund = "refunds.expire"
  case retrieveCharge = "charges.retrieve"
  case listEvents = "events.list"
  case retrieveEvent = "events.retrieve"
  case createPaymentMethod = "payment_methods.create"
  case retrievePaymentMethod = "payment_methods.retrieve"
  case createCustomer = "customers.create"
  case retrieveCustomer = "customers.retrieve"

  /// Whether the endpoint changes something; these take an idempotency key.
  var isPost: Bool {
    switch self {
    case .createIntent, .updateIntent, .confirmIntent, .captureIntent, .cancelIntent,
      .incrementIntent, .createRefund, .updateRefund, .cancelRefund, .expireRefund,
      .createPaymentMethod, .createCustomer:
      true
    case .retrieveIntent, .listIntents, .retrieveRefund, .listRefunds, .retrieveCharge,
      .listEvents, .retrieveEvent, .retrievePaymentMethod, .retrieveCustomer:
      false
    }
  }

  /// The parameters that the endpoint knows, besides `expand`.
  ///
  /// Source: Stripe API reference. What the fake knows but does nothing with is accepted.
  var parameters: Set<String> { Self.parameters[self] ?? [] }

  private static let parameters: [StripeOperation: Set<String>] = {
    let details: Set<String> = [
      "application_fee_amount", "description", "mandate", "mandate_data", "metadata",
      "payment_method", "payment_method_configuration", "payment_method_data",
      "payment_method_options", "payment_method_types", "receipt_email", "return_url",
      "setup_future_usage", "shipping", "statement_descriptor", "statement_descriptor_suffix",
      "transfer_data", "transfer_group", "capture_method", "amount_details", "payment_details",
      "hooks",
    ]
    let page: Set<String> = ["limit", "starting_after", "ending_before"]
    return [
      .createIntent: details.union([
        "amount", "currency", "automatic_payment_methods", "confirm", "customer",
        "customer_account", "off_session", "confirmation_method", "confirmation_token",
        "error_on_requires_action", "on_behalf_of", "radar_options", "use_stripe_sdk",
        "excluded_payment_method_types",
      ]),
      .updateIntent: details.union(["amount", "currency", "customer", "customer_account"]),
      .confirmIntent: [
        "payment_method", "payment_method_data", "payment_method_options", "payment_method_types",
        "off_session", "return_url", "receipt_email", "setup_future_usage", "shipping", "mandate",
        "mandate_data", "use_stripe_sdk", "error_on_requires_action", "capture_method",
        "confirmation_token", "radar_options", "amount_details", "payment_details", "hooks",
        "amount_to_confirm", "excluded_payment_method_types",
      ],
      .captureIntent: [
        "amount_to_capture", "final_capture", "application_fee_amount", "metadata",
        "statement_descriptor", "statement_descriptor_suffix", "transfer_data", "amount_details",
        "payment_details", "hooks",
      ],
      .cancelIntent: ["cancellation_reason"],
      .incrementIntent: [
        "amount", "description", "metadata", "application_fee_amount", "statement_descriptor",
        "transfer_data", "amount_details", "payment_details", "hooks",
      ],
      .listIntents: page.union(["customer", "customer_account", "created"]),
      .createRefund: [
        "payment_intent", "charge", "amount", "reason", "metadata", "refund_application_fee",
        "reverse_transfer", "instructions_email", "currency", "customer", "origin",
      ],
      .updateRefund: ["metadata"],
      .listRefunds: page.union(["payment_intent", "charge", "created"]),
      .listEvents: page.union(["type", "types", "created", "delivery_success"]),
      .createPaymentMethod: [
        "type", "card", "billing_details", "metadata", "allow_redisplay", "customer",
        "payment_method", "radar_options",
      ],
      .createCustomer: [
        "address", "balance", "description", "email", "invoice_settings", "metadata", "name",
        "payment_method", "phone", "preferred_locales", "shipping", "source", "tax", "tax_exempt",
        "test_clock",
      ],
    ]
  }()
}

/// An operation and the id that its path names.
struct StripeRoute: Sendable {
  let operation: StripeOperation
  /// The id in the path; empty when there is none.
  let id: String

  /// Returns the route of a request; nil for what Stripe would not recognise or the fake has not.
  init?(method: String, path: Substring) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    guard parts.first == "v1" else { return nil }
    let names = Array(parts.dropFirst())
    let isPost = method == "POST"
    guard isPost || method == "GET", names.allSatisfy({ !$0.isEmpty }) else { return nil }
    switch (names.count, names.first) {
    case (1, "payment_intents"): self.init(isPost ? .createIntent : .listIntents)
    case (1, "refunds"): self.init(isPost ? .createRefund : .listRefunds)
    case (1, "events") where !isPost: self.init(.listEvents)
    case (1, "payment_methods") where isPost: self.init(.createPaymentMethod)
    case (1, "customers") where isPost: self.init(.createCustomer)
    case (2, "payment_intents"): self.init(isPost ? .updateIntent : .retrieveIntent, names[1])
    case (2, "refunds"): self.init(isPost ? .updateRefund : .retrieveRefund, names[1])
    case (2, "charges") where !isPost: self.init(.retrieveCharge, names[1])
    case (2, "events") where !isPost: self.init(.retrieveEvent, names[1])
    case (2, "payment_methods") where !isPost: self.init(.retrievePaymentMethod, names[1])
    case (2, "customers") where !isPost: self.init(.retrieveCustomer, names[1])
    case (3, "payment_intents") where isPost:
      switch names[2] {
      case "confirm": self.init(.confirmIntent, names[1])
      case "capture": self.init(.captureIntent, names[1])
      case "cancel": self.init(.cancelIntent, names[1])
      case "increment_authorization": self.init(.incrementIntent, names[1])
      default: return nil
      }
    case (3, "refunds") where isPost && names[2] == "cancel": self.init(.cancelRefund, names[1])
    case (4, "test_helpers") where isPost && names[1] == "refunds" && names[3] == "expire":
      self.init(.expireRefund, names[2])
    default: return nil
    }
  }

  private init(_ operation: StripeOperation, _ id: Substring = "") {
    self.operation = operation
    self.id = String(id)
  }
}

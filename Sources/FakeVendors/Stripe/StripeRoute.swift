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
  case searchIntents = "payment_intents.search"
  case listCharges = "charges.list"
  case searchCharges = "charges.search"
  case updateCharge = "charges.update"
  case attachPaymentMethod = "payment_methods.attach"
  case detachPaymentMethod = "payment_methods.detach"
  case updatePaymentMethod = "payment_methods.update"
  case listPaymentMethods = "payment_methods.list"
  case updateCustomer = "customers.update"
  case deleteCustomer = "customers.delete"
  case listCustomers = "customers.list"
  case listCustomerPaymentMethods = "customers.payment_methods"
  case retrieveCustomerPaymentMethod = "customers.payment_method"
  case retrieveDispute = "disputes.retrieve"
  case listDisputes = "disputes.list"
  case updateDispute = "disputes.update"
  case closeDispute = "disputes.close"
  case retrieveBalance = "balance.retrieve"
  case retrieveTransaction = "balance_transactions.retrieve"
  case listTransactions = "balance_transactions.list"
  case createSession = "checkout.sessions.create"
  case retrieveSession = "checkout.sessions.retrieve"
  case listSessions = "checkout.sessions.list"
  case expireSession = "checkout.sessions.expire"
  case listSessionItems = "checkout.sessions.line_items"

  /// Whether the endpoint changes something; these take an idempotency key.
  var isPost: Bool {
    switch self {
    case .createIntent, .updateIntent, .confirmIntent, .captureIntent, .cancelIntent,
      .incrementIntent, .createRefund, .updateRefund, .cancelRefund, .expireRefund,
      .createPaymentMethod, .createCustomer, .updateCharge, .attachPaymentMethod,
      .detachPaymentMethod, .updatePaymentMethod, .updateCustomer, .updateDispute, .closeDispute,
      .createSession, .expireSession:
      true
    // A DELETE takes no idempotency key: it is one by itself.
    case .deleteCustomer, .retrieveIntent, .listIntents, .retrieveRefund, .listRefunds,
      .retrieveCharge,
      .listEvents, .retrieveEvent, .retrievePaymentMethod, .retrieveCustomer, .searchIntents,
      .listCharges, .searchCharges, .listPaymentMethods, .listCustomers,
      .listCustomerPaymentMethods, .retrieveCustomerPaymentMethod, .retrieveDispute,
      .listDisputes, .retrieveBalance, .retrieveTransaction, .listTransactions,
      .retrieveSession, .listSessions, .listSessionItems:
      false
    }
  }

  /// The parameters that the endpoint knows, besides `expand`.
  ///
  /// Source: the request types of Stripe's Python library 16.1.0, which is generated from Stripe's
  /// OpenAPI description of 2026-10-28; and `payment_method_types`, which API versions before that one
  /// have. Of payment methods only cards are here. What the fake knows but does nothing with is
  /// accepted.
  var parameters: Set<String> { Self.parameters[self] ?? [] }

  private static let parameters: [StripeOperation: Set<String>] = {
    let details: Set<String> = [
      "application_fee_amount", "description", "mandate", "mandate_data", "metadata",
      "payment_method", "payment_method_configuration", "payment_method_data",
      "payment_method_options", "payment_method_types", "allowed_payment_method_types",
      "excluded_payment_method_types", "receipt_email",
      "setup_future_usage", "shipping", "statement_descriptor", "statement_descriptor_suffix",
      "transfer_data", "transfer_group", "capture_method", "amount_details", "payment_details",
      "hooks",
    ]
    let customer: Set<String> = [
      "address", "balance", "business_name", "cash_balance", "description", "email",
      "individual_name", "invoice_prefix", "invoice_settings", "metadata", "name",
      "next_invoice_sequence", "phone", "preferred_locales", "shipping", "source", "tax",
      "tax_exempt", "validate",
    ]
    let page: Set<String> = ["limit", "starting_after", "ending_before"]
    return [
      .createIntent: details.union([
        "amount", "currency", "automatic_payment_methods", "confirm", "customer",
        "customer_account", "off_session", "confirmation_method", "confirmation_token",
        "error_on_requires_action", "on_behalf_of", "radar_options", "use_stripe_sdk",
        "return_url",
      ]),
      .updateIntent: details.subtracting(["mandate", "mandate_data"]).union([
        "amount", "currency", "customer", "customer_account",
      ]),
      .retrieveIntent: ["client_secret"],
      .confirmIntent: [
        "payment_method", "payment_method_data", "payment_method_options", "payment_method_types",
        "off_session", "return_url", "receipt_email", "setup_future_usage", "shipping", "mandate",
        "mandate_data", "use_stripe_sdk", "error_on_requires_action", "capture_method",
        "confirmation_token", "radar_options", "amount_details", "payment_details", "hooks",
        "amount_to_confirm", "excluded_payment_method_types", "allowed_payment_method_types",
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
      .createCustomer: customer.union(["payment_method", "tax_id_data", "test_clock"]),
      .updateCustomer: customer.union(["default_source"]),
      .listCustomers: page.union(["created", "email", "test_clock"]),
      .attachPaymentMethod: ["customer", "customer_account"],
      .updatePaymentMethod: ["allow_redisplay", "billing_details", "card", "metadata"],
      .listPaymentMethods: page.union([
        "allow_redisplay", "customer", "customer_account", "type",
      ]),
      .listCustomerPaymentMethods: page.union(["allow_redisplay", "type"]),
      .listCharges: page.union(["created", "customer", "payment_intent", "transfer_group"]),
      .updateCharge: [
        "customer", "description", "fraud_details", "metadata", "receipt_email", "shipping",
        "transfer_group",
      ],
      .searchCharges: ["limit", "page", "query"],
      .searchIntents: ["limit", "page", "query"],
      .listDisputes: page.union(["charge", "created", "payment_intent"]),
      .updateDispute: ["evidence", "intended_submission_method", "metadata", "submit"],
      .listTransactions: page.union(["created", "currency", "payout", "source", "type"]),
      .createSession: [
        "adaptive_pricing", "after_expiration", "allow_promotion_codes",
        "allowed_payment_method_types", "automatic_tax", "billing_address_collection",
        "branding_settings", "cancel_url", "client_reference_id", "consent_collection",
        "currency", "custom_fields", "custom_text", "customer", "customer_account",
        "customer_creation", "customer_email", "customer_update", "discounts",
        "excluded_payment_method_types", "expires_at", "integration_identifier",
        "invoice_creation", "line_items", "locale", "managed_payments", "metadata", "mode",
        "name_collection", "optional_items", "origin_context",
        "payment_intent_data", "payment_method_collection", "payment_method_configuration",
        "payment_method_data", "payment_method_options", "payment_method_types", "permissions",
        "phone_number_collection", "redirect_on_completion", "return_url",
        "saved_payment_method_options", "setup_intent_data", "shipping_address_collection",
        "shipping_options", "submit_type", "subscription_data", "success_url",
        "tax_id_collection", "ui_mode", "wallet_options",
      ],
      .listSessionItems: page,
      .listSessions: page.union([
        "created", "customer", "customer_account", "customer_details", "payment_intent",
        "payment_link", "status", "subscription",
      ]),
    ]
  }()
}

/// An operation and the id that its path names.
struct StripeRoute: Sendable {
  let operation: StripeOperation
  /// The id in the path; empty when there is none.
  let id: String
  /// A second id in the path; empty when there is none.
  let inner: String

  /// Returns the route of a request; nil for what Stripe would not recognise or the fake has not.
  init?(method: String, path: Substring) {
    guard let match = OperationTable.stripe.match(method: method, path: String(path)),
      let operation = StripeOperation(rawValue: match.name)
    else { return nil }
    self.operation = operation
    id = match.parts.first ?? ""
    inner = match.parts.dropFirst().first ?? ""
  }
}

/// A call whose parameters were found valid, before anything is looked up or changed.
enum StripeCommand: Sendable {
  /// Parameters of create.
  struct NewIntent: Sendable {
    var amount: Int64
    var currency: StripeCurrency
    var automaticPaymentMethods: String?
    var captureMethod: String
    var confirmationMethod: String
    var customer: String?
    var confirmation: Confirmation?
    var details: Details
    var paymentMethod: String?
    var paymentMethodData: NewPaymentMethod?
    var paymentMethodTypes: [String]
  }

  /// What create and update have in common.
  struct Details: Sendable {
    var description: String?
    var metadata: [StripeForm.Field]
    var clearsMetadata: Bool
    var receiptEmail: String?
    var returnURL: String?
    var setupFutureUsage: String?
    var statementDescriptor: String?
    var statementDescriptorSuffix: String?
    var transferGroup: String?
  }

  /// Parameters of update.
  struct IntentUpdate: Sendable {
    var amount: Int64?
    var currency: StripeCurrency?
    var customer: String?
    var paymentMethod: String?
    var details: Details
  }

  /// Parameters of confirm.
  struct Confirmation: Sendable {
    var paymentMethod: String?
    var paymentMethodData: NewPaymentMethod?
    var offSession: Bool
    var errorOnRequiresAction: Bool
    var captureMethod: String?
    var returnURL: String?
    var receiptEmail: String?
  }

  /// Parameters of a new refund.
  struct NewRefund: Sendable {
    var paymentIntent: String?
    var charge: String?
    var amount: Int64?
    var reason: String?
    var metadata: [StripeForm.Field]
  }

  /// Parameters of a new payment method.
  struct NewPaymentMethod: Sendable {
    var number: String?
    var token: String?
    var expiryMonth: Int64
    var expiryYear: Int64
    var customer: String?
    var name: String?
    var email: String?
    var metadata: [StripeForm.Field]
  }

  /// Which part of a list is wanted.
  struct Page: Sendable {
    var limit: Int
    var startingAfter: String?
    var endingBefore: String?
    /// In seconds since 1970, both ends included.
    var created: ClosedRange<Int64>
  }

  case createIntent(NewIntent)
  case retrieveIntent(String)
  case updateIntent(String, IntentUpdate)
  case confirm(String, Confirmation)
  case capture(String, amount: Int64?, metadata: [StripeForm.Field])
  case cancel(String, reason: String?)
  case increment(String, amount: Int64)
  case listIntents(Page, customer: String?)
  case createRefund(NewRefund)
  case retrieveRefund(String)
  case updateRefund(String, metadata: [StripeForm.Field], clears: Bool)
  case cancelRefund(String)
  case expireRefund(String)
  case listRefunds(Page, paymentIntent: String?, charge: String?)
  case listEvents(Page, types: [String], deliverySuccess: Bool?)
  case retrieveEvent(String)
  case createPaymentMethod(NewPaymentMethod)
  case retrievePaymentMethod(String)
  case customers(StripeCustomerCommand)
  case disputes(StripeDisputeCommand)
  case money(StripeMoneyCommand)
  case checkout(StripeCheckoutCommand)
  case search(StripeSearch, charges: Bool)

  /// Checks the parameters in the order: unknown ones, missing ones, then the value of each.
  init(_ route: StripeRoute, _ form: StripeForm) throws(StripeError) {
    let known = route.operation.parameters
    for field in form.fields {
      let root = String(field.root)
      guard known.contains(root) || root == "expand" else {
        throw .unknown(field.key.hasPrefix(root + "[") ? root : field.key)
      }
      try field.checkNesting()
    }
    let id = route.id
    switch route.operation {
    case .createIntent: self = .createIntent(try NewIntent(form))
    case .retrieveIntent: self = .retrieveIntent(id)
    case .updateIntent: self = .updateIntent(id, try IntentUpdate(form))
    case .confirmIntent: self = .confirm(id, try Confirmation(form))
    case .captureIntent:
      let amount = try form.integer("amount_to_capture", least: 1)
      _ = try form.boolean("final_capture")
      self = .capture(id, amount: amount, metadata: try form.metadata())
    case .cancelIntent:
      let reason = form.string("cancellation_reason")
      let reasons = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"]
      if let reason, !reasons.contains(reason) { throw .choice("cancellation_reason", reasons) }
      self = .cancel(id, reason: reason)
    case .incrementIntent:
      guard form.has("amount") else { throw .missing("amount") }
      self = .increment(id, amount: try form.requiredInteger("amount", least: 1))
    case .listIntents:
      self = .listIntents(try Page(form), customer: form.string("customer"))
    case .createRefund: self = .createRefund(try NewRefund(form))
    case .retrieveRefund: self = .retrieveRefund(id)
    case .updateRefund:
      self = .updateRefund(
        id, metadata: try form.metadata(), clears: form.raw("metadata")?.isEmpty ?? false)
    case .cancelRefund: self = .cancelRefund(id)
    case .expireRefund: self = .expireRefund(id)
    case .listRefunds:
      self = .listRefunds(
        try Page(form), paymentIntent: form.string("payment_intent"), charge: form.string("charge"))
    case .listEvents:
      let types = form.string("type").map { [$0] } ?? form.array("types")
      self = .listEvents(
        try Page(form), types: types, deliverySuccess: try form.boolean("delivery_success"))
    case .retrieveEvent: self = .retrieveEvent(id)
    case .createPaymentMethod: self = .createPaymentMethod(try NewPaymentMethod(form))
    case .retrievePaymentMethod: self = .retrievePaymentMethod(id)
    case .createCustomer, .retrieveCustomer, .updateCustomer, .deleteCustomer, .listCustomers,
      .attachPaymentMethod, .detachPaymentMethod, .updatePaymentMethod, .listPaymentMethods,
      .listCustomerPaymentMethods, .retrieveCustomerPaymentMethod:
      self = .customers(try StripeCustomerCommand(route, form))
    case .retrieveDispute, .listDisputes, .updateDispute, .closeDispute:
      self = .disputes(try StripeDisputeCommand(route.operation, id, form))
    case .retrieveCharge, .updateCharge, .listCharges, .retrieveBalance, .retrieveTransaction,
      .listTransactions:
      self = .money(try StripeMoneyCommand(route, form))
    case .createSession, .retrieveSession, .listSessions, .expireSession, .listSessionItems:
      self = .checkout(try StripeCheckoutCommand(route.operation, id, form))
    case .searchCharges, .searchIntents:
      self = .search(
        try StripeSearch(form, of: route.operation), charges: route.operation == .searchCharges)
    }
  }

  /// Whether the call charges a card, so that a decline can be its answer.
  var charges: Bool {
    switch self {
    case .confirm: true
    case .createIntent(let new): new.confirmation != nil
    default: false
    }
  }
}

extension StripeCommand.NewIntent {
  fileprivate init(_ form: StripeForm) throws(StripeError) {
    guard form.has("amount") else { throw .missing("amount") }
    guard form.has("currency") else { throw .missing("currency") }
    amount = try form.requiredInteger("amount", least: 1)
    guard let code = form.string("currency") else { throw .empty("currency") }
    guard let currency = StripeCurrency(code) else { throw .invalidCurrency(code) }
    self.currency = currency
    guard amount >= currency.minimum else { throw .tooSmall(currency) }
    guard amount <= currency.maximum else { throw .tooLarge(currency) }
    guard amount.isMultiple(of: currency.step) else { throw .badStep("amount", currency) }
    captureMethod =
      try form.choice("capture_method", StripeForm.captureMethods) ?? "automatic_async"
    confirmationMethod =
      try form.choice("confirmation_method", ["automatic", "manual"]) ?? "automatic"
    customer = form.string("customer")
    if try form.boolean("automatic_payment_methods[enabled]") ?? false {
      automaticPaymentMethods =
        try form.choice("automatic_payment_methods[allow_redirects]", ["always", "never"])
        ?? "always"
    }
    let types = form.array("payment_method_types") + form.array("allowed_payment_method_types")
    if !types.isEmpty && form.has("automatic_payment_methods") {
      throw .exclusive("automatic_payment_methods", "payment_method_types")
    }
    // Whoever names no types takes what the Dashboard enables, redirects included.
    if types.isEmpty && !form.has("automatic_payment_methods") {
      automaticPaymentMethods = "always"
    }
    paymentMethodTypes = types.isEmpty ? ["card"] : types
    paymentMethod = form.string("payment_method")
    paymentMethodData = try StripeCommand.NewPaymentMethod(inside: "payment_method_data", of: form)
    details = try StripeCommand.Details(form)
    if try form.boolean("confirm") ?? false {
      confirmation = try StripeCommand.Confirmation(form)
      if automaticPaymentMethods == "always" && form.string("return_url") == nil {
        throw .needsReturnURL
      }
      if paymentMethod == nil && paymentMethodData == nil { throw .missingMethod(nil) }
    }
  }
}

extension StripeCommand.Details {
  fileprivate init(_ form: StripeForm) throws(StripeError) {
    description = form.raw("description")
    metadata = try form.metadata()
    clearsMetadata = form.raw("metadata")?.isEmpty ?? false
    receiptEmail = try form.email("receipt_email")
    returnURL = try form.url("return_url")
    setupFutureUsage = try form.choice("setup_future_usage", ["off_session", "on_session"])
    statementDescriptor = try form.descriptor("statement_descriptor", least: 5)
    statementDescriptorSuffix = try form.descriptor("statement_descriptor_suffix", least: 1)
    transferGroup = form.string("transfer_group")
  }
}

extension StripeCommand.IntentUpdate {
  fileprivate init(_ form: StripeForm) throws(StripeError) {
    if form.has("amount") { amount = try form.requiredInteger("amount", least: 1) }
    if let code = form.string("currency") {
      guard let known = StripeCurrency(code) else { throw .invalidCurrency(code) }
      currency = known
    }
    customer = form.string("customer")
    paymentMethod = form.string("payment_method")
    details = try StripeCommand.Details(form)
  }
}

extension StripeCommand.Confirmation {
  fileprivate init(_ form: StripeForm) throws(StripeError) {
    paymentMethod = form.string("payment_method")
    paymentMethodData = try StripeCommand.NewPaymentMethod(inside: "payment_method_data", of: form)
    // `off_session` is a Boolean or one of two words, which mean true.
    let session = form.string("off_session")
    if session == "recurring" || session == "one_off" {
      offSession = true
    } else {
      offSession = try form.boolean("off_session") ?? false
    }
    errorOnRequiresAction = try form.boolean("error_on_requires_action") ?? false
    captureMethod = try form.choice("capture_method", StripeForm.captureMethods)
    returnURL = try form.url("return_url")
    receiptEmail = try form.email("receipt_email")
  }
}

extension StripeCommand.NewRefund {
  fileprivate init(_ form: StripeForm) throws(StripeError) {
    paymentIntent = form.string("payment_intent")
    charge = form.string("charge")
    guard paymentIntent != nil || charge != nil else { throw .refundOfNothing }
    amount = try form.integer("amount", least: 1)
    reason = form.string("reason")
    metadata = try form.metadata()
  }
}

extension StripeCommand.NewPaymentMethod {
  fileprivate init(_ form: StripeForm) throws(StripeError) {
    try self.init(form) { $0 }
    customer = form.string("customer")
    metadata = try form.metadata()
  }

  /// Reads the payment method inside another call's parameter; nil when there is none.
  fileprivate init?(inside outer: String, of form: StripeForm) throws(StripeError) {
    guard form.has(outer) else { return nil }
    try self.init(form) { name in
      guard let open = name.firstIndex(of: "[") else { return "\(outer)[\(name)]" }
      return "\(outer)[\(name[..<open])]\(name[open...])"
    }
  }

  private init(_ form: StripeForm, _ key: (String) -> String) throws(StripeError) {
    guard let type = form.string(key("type")) else { throw .missing(key("type")) }
    guard type == "card" else { throw .choice(key("type"), ["card"]) }
    number = form.string(key("card[number]"))
    token = form.string(key("card[token]"))
    guard number != nil || token != nil else { throw .missing(key("card")) }
    expiryMonth = try form.integer(key("card[exp_month]"), least: 1) ?? 12
    expiryYear = try form.integer(key("card[exp_year]"), least: 1) ?? 2030
    name = form.string(key("billing_details[name]"))
    email = try form.email(key("billing_details[email]"))
    metadata = []
  }
}

extension StripeCommand.Page {
  init(_ form: StripeForm) throws(StripeError) {
    let limit = try form.integer("limit", least: 1) ?? 10
    guard limit <= 100 else { throw .tooHigh("limit", most: 100) }
    self.limit = Int(limit)
    startingAfter = form.string("starting_after")
    endingBefore = form.string("ending_before")
    var lower = Int64.min
    var upper = Int64.max
    if let exact = try form.integer("created") { (lower, upper) = (exact, exact) }
    for (bound, value) in [
      ("gte", try form.integer("created[gte]")), ("gt", try form.integer("created[gt]")),
      ("lte", try form.integer("created[lte]")), ("lt", try form.integer("created[lt]")),
    ] {
      guard let value else { continue }
      switch bound {
      case "gte": lower = max(lower, value)
      case "gt": lower = max(lower, value &+ 1)
      case "lte": upper = min(upper, value)
      default: upper = min(upper, value &- 1)
      }
    }
    // An empty range matches nothing; no object was created in the first second of the era.
    created = lower <= upper ? lower...upper : Int64.min...Int64.min
  }
}

extension StripeForm {
  fileprivate static let captureMethods = ["automatic", "automatic_async", "manual"]

  /// Returns an integer parameter; nil when it is unset.
  func integer(_ name: String, least: Int64? = nil) throws(StripeError) -> Int64? {
    guard let text = string(name) else { return nil }
    return try Self.integer(name, text, least: least)
  }

  func requiredInteger(_ name: String, least: Int64) throws(StripeError) -> Int64 {
    guard let text = raw(name) else { throw .notAnInteger(name, "") }
    guard !text.isEmpty else { throw .empty(name) }
    return try Self.integer(name, text, least: least)
  }

  private static func integer(_ name: String, _ text: String, least: Int64?) throws(StripeError)
    -> Int64
  {
    guard let value = Int64(text), !text.hasPrefix("+") else { throw .notAnInteger(name, text) }
    if let least, value < least { throw .tooLow(name, least: least) }
    return value
  }

  func boolean(_ name: String) throws(StripeError) -> Bool? {
    switch string(name) {
    case nil: nil
    case "true": true
    case "false": false
    case let other?: throw .notABoolean(name, other)
    }
  }

  func choice(_ name: String, _ choices: [String]) throws(StripeError) -> String? {
    guard let value = string(name) else { return nil }
    guard choices.contains(value) else { throw .choice(name, choices) }
    return value
  }
}

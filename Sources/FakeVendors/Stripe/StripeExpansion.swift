/// Which ids of an answer are to be replaced by the objects they name.
///
/// Source: Stripe API reference, Expanding objects; which properties are expandable is what the object
/// types of Stripe's Python library 16.1.0 say, which is generated from Stripe's OpenAPI description.
/// What the fake has no object for stays null.
struct StripeExpansion: Sendable {
  /// Kinds of objects, as far as they have anything to expand.
  enum Kind: Sendable {
    case intent, charge, refund, method, customer, dispute, transaction, session
    /// What has nothing to expand, or no object here.
    case nothing
  }

  /// The wanted properties, outermost name first; without the `data` of a list.
  private(set) var paths: [[Substring]] = []

  /// No expansion.
  init() {}

  /// Reads and checks `expand`.
  init(_ form: StripeForm, of operation: StripeOperation) throws(StripeError) {
    for property in form.array("expand") {
      var path = property.split(separator: ".", omittingEmptySubsequences: false)
      if operation.isList {
        guard path.first == "data" else { throw .notExpandable(property) }
        path.removeFirst()
      }
      guard !path.isEmpty, path.count <= 4 else { throw .notExpandable(property) }
      var kind = operation.kind
      for name in path {
        guard let target = Self.properties[kind]?[String(name)] else {
          throw .notExpandable(property)
        }
        kind = target
      }
      paths.append(path)
    }
  }

  /// The expandable properties of each kind and what they name.
  private static let properties: [Kind: [String: Kind]] = [
    .intent: [
      "application": .nothing, "customer": .customer, "latest_charge": .charge,
      "on_behalf_of": .nothing, "payment_method": .method, "payment_record": .nothing,
      "review": .nothing,
    ],
    .charge: [
      "application": .nothing, "application_fee": .nothing,
      "balance_transaction": .transaction, "customer": .customer,
      "failure_balance_transaction": .nothing, "on_behalf_of": .nothing,
      "payment_intent": .intent, "refunds": .nothing, "review": .nothing,
      "source_transfer": .nothing, "transfer": .nothing,
    ],
    .refund: [
      "balance_transaction": .transaction, "charge": .charge, "customer": .nothing,
      "failure_balance_transaction": .transaction, "payment_intent": .intent,
      "payment_method": .nothing,
      "source_transfer_reversal": .nothing, "transfer_reversal": .nothing,
    ],
    .method: ["customer": .customer],
    .customer: [
      "default_source": .nothing, "sources": .nothing, "subscriptions": .nothing,
      "tax_ids": .nothing, "test_clock": .nothing,
    ],
    .dispute: ["charge": .charge, "payment_intent": .intent],
    .transaction: ["source": .nothing],
    .session: [
      "customer": .customer, "invoice": .nothing, "line_items": .nothing,
      "payment_intent": .intent, "payment_link": .nothing,
      "setup_intent": .nothing, "subscription": .nothing,
    ],
  ]
}

extension StripeOperation {
  /// Whether the answer is a list or a page of a search.
  var isList: Bool {
    rawValue.hasSuffix(".list") || rawValue.hasSuffix(".search")
      || self == .listCustomerPaymentMethods || self == .listSessionItems
  }

  fileprivate var kind: StripeExpansion.Kind {
    if self == .listCustomerPaymentMethods { return .method }
    if self == .listSessionItems { return .nothing }
    return switch rawValue.split(separator: ".").first {
    case "payment_intents": .intent
    case "charges": .charge
    case "refunds": .refund
    case "payment_methods": .method
    case "customers": .customer
    case "disputes": .dispute
    case "balance_transactions": .transaction
    case "checkout": .session
    default: .nothing
    }
  }
}

extension StripeAccount {
  /// Returns an answer with the wanted objects inside.
  func expanded(_ body: StripeBody, _ paths: [[Substring]], now: Int64) -> StripeBody {
    guard !paths.isEmpty else { return body }
    switch body {
    case .list(let url, let hasMore, let objects):
      return .list(
        url: url, hasMore: hasMore, objects.map { expanded($0, paths, now: now) })
    case .search(let url, let next, let objects):
      return .search(url: url, next: next, objects.map { expanded($0, paths, now: now) })
    default: break
    }
    var found: [String: StripeBody] = [:]
    for path in paths {
      guard let name = path.first, found[String(name)] == nil,
        let object = property(String(name), of: body, now: now)
      else { continue }
      // All paths through this property are followed at once.
      let inner = paths.filter { $0.first == name && $0.count > 1 }.map { Array($0.dropFirst()) }
      found[String(name)] = expanded(object, inner, now: now)
    }
    return found.isEmpty ? body : .expanded(body, found)
  }

  /// Returns the object that a property names.
  private func property(_ name: String, of body: StripeBody, now: Int64) -> StripeBody? {
    switch (body, name) {
    case (.intent(let intent), "customer"): customer(intent.value.customer)
    case (.intent(let intent), "latest_charge"): charge(intent.value.latestCharge)
    case (.intent(let intent), "payment_method"):
      intent.value.paymentMethod.flatMap { paymentMethods[$0] }.map { .paymentMethod($0) }
    case (.charge(let charge), "customer"): customer(charge.value.customer)
    case (.charge(let charge), "payment_intent"): intent(named: charge.value.paymentIntent)
    case (.charge(let charge), "balance_transaction"):
      transaction(charge.value.balanceTransaction, now: now)
    case (.charge(let charge), "refunds"): refunds(ofCharge: charge.value)
    case (.refund(let refund), "charge"): charge(refund.value.charge)
    case (.refund(let refund), "payment_intent"): intent(named: refund.value.paymentIntent)
    case (.refund(let refund), "balance_transaction"):
      transaction(refund.value.balanceTransaction, now: now)
    case (.refund(let refund), "failure_balance_transaction"):
      transaction(refund.value.failureBalanceTransaction, now: now)
    case (.paymentMethod(let method), "customer"): customer(method.value.customer)
    case (.dispute(let dispute), "charge"): charge(dispute.value.charge)
    case (.dispute(let dispute), "payment_intent"): intent(named: dispute.value.paymentIntent)
    case (.transaction(let transaction, _), "source"): source(transaction.value.source)
    case (.session(let session), "customer"): customer(session.value.customer)
    // A page without a cursor is always found.
    case (.session(let session), "line_items"): try? items(of: session.value, nil)
    case (.session(let session), "payment_intent"):
      session.value.paymentIntent.flatMap { intent(named: $0) }
    default: nil
    }
  }

  private func customer(_ id: String?) -> StripeBody? {
    id.flatMap { customers[$0] }.map { .customer($0) }
  }

  private func charge(_ id: String?) -> StripeBody? {
    id.flatMap { charges[$0] }.map { .charge($0) }
  }

  private func intent(named id: String) -> StripeBody? {
    intentPositions[id].map { .intent(intents[$0].object) }
  }

  private func transaction(_ id: String?, now: Int64) -> StripeBody? {
    id.flatMap { transactions[$0] }.map { body(of: $0, now: now) }
  }

  private func source(_ id: String) -> StripeBody? {
    if let charge = charges[id] { return .charge(charge) }
    if let position = refundPositions[id] { return .refund(refunds[position].object) }
    return disputes[id].map { .dispute($0) }
  }

  /// A charge's refunds, newest first; at most ten, as Stripe embeds them.
  private func refunds(ofCharge charge: ChargeObject) -> StripeBody? {
    guard let intent = intentPositions[charge.paymentIntent] else { return nil }
    let all = intents[intent].refunds.reversed().map { refunds[$0].object }
      .filter { $0.value.charge == charge.id }
    return .list(
      url: "/v1/charges/\(charge.id)/refunds", hasMore: all.count > 10,
      all.prefix(10).map { .refund($0) })
  }
}

extension StripeAccount {
  /// Performs a valid call.
  ///
  /// What is thrown is the answer; a decline is thrown after it took effect.
  mutating func execute(
    _ command: StripeCommand, cause: Cause, fault: StripeFault?, now: Int64
  ) throws(StripeError) -> StripeBody {
    switch command {
    case .createIntent(let new, let expand):
      let position = try createIntent(new, cause: cause, fault: fault, now: now)
      return body(ofIntent: position, expand: expand)
    case .retrieveIntent(let id, let expand):
      return body(ofIntent: try intent(id), expand: expand)
    case .updateIntent(let id, let update, let expand):
      let position = try intent(id)
      try updateIntent(position, update, now: now)
      return body(ofIntent: position, expand: expand)
    case .confirm(let id, let confirmation, let expand):
      let position = try intent(id)
      try confirm(position, confirmation, cause: cause, fault: fault, now: now)
      return body(ofIntent: position, expand: expand)
    case .capture(let id, let amount, let metadata, let expand):
      let position = try intent(id)
      try capture(position, amount: amount, metadata: metadata, cause: cause, now: now)
      return body(ofIntent: position, expand: expand)
    case .cancel(let id, let reason, let expand):
      let position = try intent(id)
      try cancel(position, reason: reason, cause: cause, now: now)
      return body(ofIntent: position, expand: expand)
    case .increment(let id, _):
      // `incremental_authorization` is `unavailable` on the fake's charges.
      throw .cannotIncrement(intents[try intent(id)].object)
    case .createRefund(let new):
      let position = try createRefund(new, cause: cause, fault: fault, now: now)
      return .refund(refunds[position].object)
    case .retrieveRefund(let id): return .refund(refunds[try refund(id)].object)
    case .updateRefund(let id, let metadata, let clears):
      let position = try refund(id)
      updateRefund(position, metadata: metadata, clears: clears, cause: cause, now: now)
      return .refund(refunds[position].object)
    case .cancelRefund(let id):
      // Only refunds by bank transfer can be cancelled; the fake has cards alone.
      _ = try refund(id)
      throw .cancelUnsupported
    case .expireRefund(let id):
      throw .cannotExpire(refunds[try refund(id)].object.value.status)
    case .retrieveCharge(let id):
      guard let charge = charges[id] else { throw .noSuch("charge", id, param: "id") }
      return .charge(charge)
    case .retrieveEvent(let id):
      guard let position = eventPositions[id] else { throw .noSuch("event", id, param: "id") }
      return body(ofEvent: position)
    case .createPaymentMethod(let new):
      return .paymentMethod(try createPaymentMethod(new, cause: cause, now: now))
    case .retrievePaymentMethod(let id):
      guard let method = paymentMethods[id] else {
        throw .noSuch("PaymentMethod", id, param: "payment_method")
      }
      return .paymentMethod(method)
    case .createCustomer(let description, let email, let name, let metadata):
      let root = ids.root("cus", identity: cause.identity)
      var customer = StripeCustomer(
        id: ids.short("cus_", root: root, count: 14), created: now / 1_000_000,
        description: description, email: email, name: name)
      customer.metadata.merge(metadata)
      return .customer(addCustomer(customer))
    case .retrieveCustomer(let id):
      guard let customer = customers[id] else { throw .noSuch("customer", id, param: "id") }
      return .customer(customer)
    case .listIntents(let page, let customer, let expand):
      return try listIntents(page, customer: customer, expand: expand)
    case .listRefunds(let page, let paymentIntent, let charge):
      return try listRefunds(page, paymentIntent: paymentIntent, charge: charge)
    case .listEvents(let page, let types, let success):
      return try listEvents(page, types: types, deliverySuccess: success, now: now)
    }
  }

  /// The id of the intent that a changing call must have for itself; nil when it needs none.
  func lockedIntent(_ command: StripeCommand) -> String? {
    switch command {
    case .updateIntent(let id, _, _), .confirm(let id, _, _), .capture(let id, _, _, _),
      .cancel(let id, _, _), .increment(let id, _):
      id
    case .createRefund(let new):
      new.paymentIntent ?? new.charge.flatMap { charges[$0]?.value.paymentIntent }
    case .updateRefund(let id, _, _), .cancelRefund(let id), .expireRefund(let id):
      refundPositions[id].map { refunds[$0].object.value.paymentIntent }
    default: nil
    }
  }

  /// Returns the position of an intent that the path names.
  func intent(_ id: String) throws(StripeError) -> Int {
    guard let position = intentPositions[id] else {
      throw .noSuch("payment_intent", id, param: "intent")
    }
    return position
  }

  private func refund(_ id: String) throws(StripeError) -> Int {
    guard let position = refundPositions[id] else { throw .noSuch("refund", id, param: "id") }
    return position
  }

  private mutating func createPaymentMethod(
    _ new: StripeCommand.NewPaymentMethod, cause: Cause, now: Int64
  ) throws(StripeError) -> StripeSnapshot<StripePaymentMethod> {
    let card: StripeCard
    if let number = new.number {
      guard let known = StripeCard.number(number) else { throw .incorrectNumber }
      card = known
    } else {
      // `tok_visa` stands for the same card as `pm_card_visa`.
      let token = new.token ?? ""
      guard token.hasPrefix("tok_"), let known = StripeCard.token("pm_card_" + token.dropFirst(4))
      else { throw .noSuch("token", token, param: "card[token]", status: 400) }
      card = known
    }
    if let customer = new.customer, customers[customer] == nil {
      throw .noSuch("customer", customer, param: "customer", status: 400)
    }
    let root = ids.root("pm", identity: cause.identity)
    var method = StripePaymentMethod(
      id: ids.id("pm_", alone: root), card: card, created: now / 1_000_000, customer: new.customer,
      name: new.name, email: new.email, expiryMonth: new.expiryMonth, expiryYear: new.expiryYear)
    method.metadata.merge(new.metadata)
    return add(method)
  }
}

extension StripeAccount {
  /// Performs a valid call.
  ///
  /// What is thrown is the answer; a decline is thrown after it took effect.
  mutating func execute(
    _ command: StripeCommand, cause: Cause, fault: StripeFault?, now: Int64
  ) throws(StripeError) -> StripeBody {
    switch command {
    case .createIntent(let new):
      let position = try createIntent(new, cause: cause, fault: fault, now: now)
      return .intent(intents[position].object)
    case .retrieveIntent(let id):
      return .intent(intents[try intent(id)].object)
    case .updateIntent(let id, let update):
      let position = try intent(id)
      try updateIntent(position, update, now: now)
      return .intent(intents[position].object)
    case .confirm(let id, let confirmation):
      let position = try intent(id)
      try confirm(position, confirmation, cause: cause, fault: fault, now: now)
      return .intent(intents[position].object)
    case .capture(let id, let amount, let metadata):
      let position = try intent(id)
      try capture(position, amount: amount, metadata: metadata, cause: cause, now: now)
      return .intent(intents[position].object)
    case .cancel(let id, let reason):
      let position = try intent(id)
      try cancel(position, reason: reason, cause: cause, now: now)
      return .intent(intents[position].object)
    case .increment(let id, _):
      // `incremental_authorization` is `unavailable` on the fake's charges.
      throw .cannotIncrement(intents[try intent(id)].object)
    case .createRefund(let new):
      let position = try createRefund(new, cause: cause, fault: fault, now: now)
      return .refund(refunds[position].object)
    case .retrieveRefund(let id): return .refund(refunds[try refund(id)].object)
    case .updateRefund(let id, let metadata, let clears):
      let position = try refund(id)
      try updateRefund(position, metadata: metadata, clears: clears, cause: cause, now: now)
      return .refund(refunds[position].object)
    case .cancelRefund(let id):
      // Only refunds by bank transfer can be cancelled; the fake has cards alone.
      _ = try refund(id)
      throw .cancelUnsupported
    case .expireRefund(let id):
      throw .cannotExpire(refunds[try refund(id)].object.value.status)
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
    case .customers(let command): return try execute(command, cause: cause, now: now)
    case .disputes(let command): return try execute(command, cause: cause, now: now)
    case .money(let command): return try execute(command, now: now)
    case .checkout(let command): return try execute(command, cause: cause, now: now)
    case .search(let wanted, let charges): return search(wanted, charges: charges)
    case .listIntents(let page, let customer):
      return try listIntents(page, customer: customer)
    case .listRefunds(let page, let paymentIntent, let charge):
      return try listRefunds(page, paymentIntent: paymentIntent, charge: charge)
    case .listEvents(let page, let types, let success):
      return try listEvents(page, types: types, deliverySuccess: success, now: now)
    }
  }

  /// The id of the intent that a changing call must have for itself; nil when it needs none.
  func lockedIntent(_ command: StripeCommand) -> String? {
    switch command {
    case .updateIntent(let id, _), .confirm(let id, _), .capture(let id, _, _),
      .cancel(let id, _), .increment(let id, _):
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
  ) throws(StripeError) -> StripeSnapshot<PaymentMethodObject> {
    let card = try card(of: new)
    if let customer = new.customer, liveCustomer(customer) == nil {
      throw .noSuch("customer", customer, param: "customer", status: 400)
    }
    let root = ids.root("pm", identity: cause.identity)
    var method = PaymentMethodObject(
      id: ids.id("pm_", alone: root), card: card, created: now / 1_000_000, customer: new.customer,
      name: new.name, email: new.email, expiryMonth: new.expiryMonth, expiryYear: new.expiryYear)
    method.metadata.merge(new.metadata)
    return add(method)
  }

  /// Returns the test card that a number or a token stands for.
  func card(of new: StripeCommand.NewPaymentMethod) throws(StripeError) -> StripeCard {
    if let number = new.number {
      guard let known = StripeCard.number(number) else { throw .incorrectNumber }
      return known
    }
    // `tok_visa` stands for the same card as `pm_card_visa`.
    let token = new.token ?? ""
    guard token.hasPrefix("tok_"), let known = StripeCard.token("pm_card_" + token.dropFirst(4))
    else { throw .noSuch("token", token, param: "card[token]", status: 400) }
    return known
  }
}

// Payment intents and their charges. Source of states and orders of events: Stripe documentation,
// The Payment Intents API, and what its test mode was recorded to do.

extension StripeAccount {
  /// Creates an intent and, when asked, confirms it.
  mutating func createIntent(
    _ new: StripeCommand.NewIntent, cause: Cause, fault: StripeFault?, now: Int64
  ) throws(StripeError) -> Int {
    if let customer = new.customer, liveCustomer(customer) == nil {
      throw .noSuch("customer", customer, param: "customer", status: 400)
    }
    if let method = new.paymentMethod { try checkExists(method, customer: new.customer) }
    let dataCard = try new.paymentMethodData.map { data throws(StripeError) in try card(of: data) }
    let root = ids.root("pi", identity: cause.identity)
    let id = ids.id("pi_", payment: root, branch: StripeHash.mix(root ^ 1))
    var intent = StripeIntent(
      id: id, amount: new.amount, automaticPaymentMethods: new.automaticPaymentMethods,
      captureMethod: new.captureMethod,
      clientSecret: ids.short("", root: root ^ 2, count: 25),
      confirmationMethod: new.confirmationMethod,
      created: now / 1_000_000, currency: new.currency, customer: new.customer,
      paymentMethodTypes: new.paymentMethodTypes,
      status: new.paymentMethod == nil && dataCard == nil
        ? .requiresPaymentMethod : .requiresConfirmation)
    intent.clientSecret = "\(id)_secret_\(intent.clientSecret)"
    intent.apply(new.details)
    if let method = new.paymentMethod {
      intent.paymentMethod = attach(method, root: root, now: now)
    }
    if let data = new.paymentMethodData, let dataCard {
      intent.paymentMethod = make(data, dataCard, root: root, attempt: 0, now: now)
    }
    let position = add(
      IntentRecord(
        object: StripeSnapshot(intent), root: root, cause: cause, createdMicroseconds: now))
    emit("payment_intent.created", intent: position, cause: cause, at: now)
    switch fault {
    case .cancelledByHand(let delay): schedule(.deskCancels(position), after: delay, from: now)
    case .confirmedByHand(let delay): schedule(.deskConfirms(position), after: delay, from: now)
    default: break
    }
    if var confirmation = new.confirmation {
      confirmation.paymentMethod = nil
      confirmation.paymentMethodData = nil
      try confirm(position, confirmation, cause: cause, fault: fault, now: now)
    }
    return position
  }

  /// Changes what may be changed in the intent's state.
  mutating func updateIntent(
    _ position: Int, _ update: StripeCommand.IntentUpdate, now: Int64
  ) throws(StripeError) {
    let object = intents[position].object
    let isOpen: Bool =
      switch object.value.status {
      case .requiresPaymentMethod, .requiresConfirmation, .requiresAction: true
      case .processing, .requiresCapture, .canceled, .succeeded: false
      }
    if let customer = update.customer, liveCustomer(customer) == nil {
      throw .noSuch("customer", customer, param: "customer", status: 400)
    }
    if !isOpen {
      if update.amount != nil { throw .cannotUpdate("amount", object) }
      if update.currency != nil { throw .cannotUpdate("currency", object) }
      if update.paymentMethod != nil { throw .cannotUpdate("payment_method", object) }
    }
    var metadata = object.value.metadata
    try metadata.mergeWithinLimits(update.details.metadata, clears: update.details.clearsMetadata)
    let currency = update.currency ?? object.value.currency
    let amount = update.amount ?? object.value.amount
    guard amount >= currency.minimum else { throw .tooSmall(currency) }
    guard amount <= currency.maximum else { throw .tooLarge(currency) }
    guard amount.isMultiple(of: currency.step) else { throw .badStep("amount", currency) }
    var method: String?
    if let wanted = update.paymentMethod {
      try checkExists(wanted, customer: update.customer ?? object.value.customer)
      method = attach(wanted, root: intents[position].root, now: now)
    }
    changeIntent(position) { intent, _ in
      intent.amount = amount
      intent.currency = currency
      if let customer = update.customer { intent.customer = customer }
      if let method {
        intent.paymentMethod = method
        if intent.status == .requiresPaymentMethod { intent.status = .requiresConfirmation }
      }
      intent.apply(update.details)
    }
  }

  /// Charges the card; a decline is thrown after it was recorded.
  mutating func confirm(
    _ position: Int, _ confirmation: StripeCommand.Confirmation, cause: Cause, fault: StripeFault?,
    now: Int64
  ) throws(StripeError) {
    let object = intents[position].object
    switch object.value.status {
    case .requiresPaymentMethod, .requiresConfirmation, .requiresAction: break
    case .processing, .requiresCapture, .canceled, .succeeded: throw .cannotConfirm(object)
    }
    if let method = confirmation.paymentMethod {
      try checkExists(method, customer: object.value.customer)
    }
    let data = confirmation.paymentMethodData
    let dataCard = try data.map { data throws(StripeError) in try card(of: data) }
    if confirmation.paymentMethod == nil && data == nil && object.value.paymentMethod == nil {
      throw .missingMethod(object)
    }
    if object.value.automaticPaymentMethods == "always", confirmation.returnURL == nil,
      object.value.returnURL == nil
    {
      throw .needsReturnURL
    }
    if object.value.statementDescriptor != nil { throw .cardDescriptor(object) }
    var attached = confirmation.paymentMethod.map {
      attach($0, root: intents[position].root, now: now)
    }
    if let data, let dataCard {
      let record = intents[position]
      attached = make(data, dataCard, root: record.root, attempt: record.charges + 1, now: now)
    }
    changeIntent(position) { intent, _ in
      if let attached { intent.paymentMethod = attached }
      if let method = confirmation.captureMethod { intent.captureMethod = method }
      if let email = confirmation.receiptEmail { intent.receiptEmail = email }
      intent.lastError = nil
    }
    let method = paymentMethod(of: position)
    switch (fault, method.card.behaviour) {
    case (.decline(let code, let declineCode), _):
      throw decline(position, code: code, declineCode: declineCode, cause: cause, now: now)
    case (.requiresAction, _):
      try needAction(position, confirmation, cause: cause, now: now)
    case (.processing(let delay, let succeeds), _):
      startProcessing(position, delay: delay, succeeds: succeeds, cause: cause, now: now)
    case (.refundByHand(let delay, let share, let pending, let isMislabelled), .succeeds):
      succeed(position, cause: cause, now: now)
      schedule(
        .deskRefunds(
          position, partsPerMillion: share, pending: pending, isMislabelled: isMislabelled),
        after: delay, from: now)
    case (.disputed(let delay, let decidedAfter, let isWon), .succeeds):
      succeed(position, cause: cause, now: now)
      schedule(
        .bankDisputes(position, decidedAfter: decidedAfter, isWon: isWon), after: delay, from: now)
    case (.enquiry(let delay, let closedAfter), .succeeds):
      succeed(position, cause: cause, now: now)
      schedule(.bankAsks(position, closedAfter: closedAfter), after: delay, from: now)
    case (.paidAgainByHand(let delay, let returnedAfter, let isNamed), .succeeds):
      succeed(position, cause: cause, now: now)
      schedule(
        .deskPays(position, returnedAfter: returnedAfter, isNamed: isNamed), after: delay,
        from: now)
    case (.holdExpires(let delay), .succeeds):
      succeed(position, cause: cause, now: now)
      // One that is captured at once holds nothing that could expire.
      schedule(.holdExpires(position), after: delay, from: now)
    case (.capturedByHand(let delay, let share), .succeeds):
      succeed(position, cause: cause, now: now)
      schedule(.deskCaptures(position, partsPerMillion: share), after: delay, from: now)
    case (.voidedByHand(let delay), .succeeds):
      succeed(position, cause: cause, now: now)
      schedule(.deskVoids(position), after: delay, from: now)
    case (_, .declines(let code, let declineCode)):
      throw decline(position, code: code, declineCode: declineCode, cause: cause, now: now)
    case (_, .needsAuthentication):
      try needAction(position, confirmation, cause: cause, now: now)
    case (_, .succeeds), (_, .pendingRefund), (_, .failingRefund), (_, .disputed):
      succeed(position, cause: cause, now: now)
    }
  }

  /// What the customer does when asked to authenticate; false when nothing is asked.
  mutating func authenticate(_ position: Int, succeeds: Bool, now: Int64) -> Bool {
    guard intents[position].object.value.status == .requiresAction else { return false }
    let cause = Cause(baggage: intents[position].cause.baggage)
    if succeeds {
      succeed(position, cause: cause, now: now)
      completeSession(ofIntent: position, now: now)
    } else {
      // Stripe's own code for a failed 3-D Secure; there is no charge.
      var error = StripeError.declined(
        code: "payment_intent_authentication_failure", declineCode: nil)
      error.type = "invalid_request_error"
      error.message =
        "We are unable to authenticate your payment method. Please choose a different payment "
        + "method and try again."
      failWithoutCharge(position, error, cause: cause, now: now)
    }
    return true
  }

  /// Takes the money that is held.
  mutating func capture(
    _ position: Int, amount: Int64?, metadata: [StripeForm.Field], cause: Cause, now: Int64
  ) throws(StripeError) {
    let object = intents[position].object
    guard object.value.status == .requiresCapture else {
      let wasHeld = object.value.captureMethod == "manual" && object.value.status == .succeeded
      throw wasHeld ? .alreadyCaptured(object) : .cannotCapture(object)
    }
    let captured = amount ?? object.value.amountCapturable
    guard captured <= object.value.amountCapturable else { throw .captureTooLarge(object) }
    guard captured.isMultiple(of: object.value.currency.step) else {
      throw .badStep("amount_to_capture", object.value.currency)
    }
    var merged = object.value.metadata
    try merged.mergeWithinLimits(metadata)
    take(captured, ofHold: position, metadata: metadata, cause: cause, now: now)
  }

  /// Takes a part of what is held, whoever asked for it; the rest is released.
  mutating func take(
    _ captured: Int64, ofHold position: Int, metadata: [StripeForm.Field] = [], cause: Cause,
    now: Int64
  ) {
    guard let chargeID = intents[position].object.value.latestCharge else {
      preconditionFailure("held without a charge")
    }
    let transaction = transactionID(of: position)
    changeCharge(chargeID) { charge in
      charge.captured = true
      charge.amountCaptured = captured
      charge.balanceTransaction = transaction
    }
    changeIntent(position) { intent, record in
      intent.status = .succeeded
      intent.amountReceived = captured
      intent.amountCapturable = 0
      intent.metadata.merge(metadata)
      record.capturedMicroseconds = now
    }
    bookCharge(chargeID, now: now)
    emit("charge.captured", charge: chargeID, of: position, cause: cause, at: now)
    emit("payment_intent.succeeded", intent: position, cause: cause, at: now)
    completeSession(ofIntent: position, now: now)
    disputeIfTheCardSays(chargeID, cause: cause, now: now)
  }

  /// Ends an intent that has not succeeded; a hold is released.
  mutating func cancel(_ position: Int, reason: String?, cause: Cause, now: Int64)
    throws(StripeError)
  {
    let object = intents[position].object
    switch object.value.status {
    case .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .requiresCapture,
      .processing:
      end(position, reason: reason, now: now)
      emit("payment_intent.canceled", intent: position, cause: cause, at: now)
    case .canceled, .succeeded: throw .cannotCancel(object)
    }
  }

  // MARK: What Stripe does by itself

  /// Ends `processing`.
  mutating func resolve(_ position: Int, succeeds: Bool, at now: Int64) {
    let cause = Cause(baggage: intents[position].cause.baggage)
    guard let chargeID = intents[position].object.value.latestCharge else {
      preconditionFailure("processing without a charge")
    }
    if succeeds {
      complete(position, chargeID: chargeID, cause: cause, now: now)
    } else {
      let error = StripeError.declined(code: "card_declined", declineCode: "generic_decline")
      fail(position, chargeID: chargeID, error, cause: cause, now: now)
    }
  }

  /// Releases a hold that was never captured.
  mutating func expireHold(_ position: Int, at now: Int64) {
    let cause = Cause(baggage: intents[position].cause.baggage)
    end(position, reason: "automatic", now: now)
    if let charge = intents[position].object.value.latestCharge {
      emit("charge.expired", charge: charge, of: position, cause: cause, at: now)
    }
    emit("payment_intent.canceled", intent: position, cause: cause, at: now)
  }

  // MARK: Parts

  mutating func succeed(_ position: Int, cause: Cause, now: Int64) {
    let chargeID = charge(position, .succeeded, now: now)
    complete(position, chargeID: chargeID, cause: cause, now: now)
  }

  private mutating func complete(_ position: Int, chargeID: String, cause: Cause, now: Int64) {
    let manual = intents[position].object.value.captureMethod == "manual"
    let transaction = manual ? nil : transactionID(of: position)
    changeCharge(chargeID) { charge in
      charge.status = .succeeded
      charge.paid = true
      charge.captured = !manual
      charge.amountCaptured = manual ? 0 : charge.amount
      charge.balanceTransaction = transaction
    }
    changeIntent(position) { intent, record in
      intent.latestCharge = chargeID
      if manual {
        intent.status = .requiresCapture
        intent.amountCapturable = intent.amount
        record.heldMicroseconds = now
      } else {
        intent.status = .succeeded
        intent.amountReceived = intent.amount
        record.capturedMicroseconds = now
      }
    }
    if !manual { bookCharge(chargeID, now: now) }
    emit("charge.succeeded", charge: chargeID, of: position, cause: cause, at: now)
    if manual {
      schedule(.holdExpires(position), after: .seconds(ChargeObject.holdSeconds), from: now)
      emit("payment_intent.amount_capturable_updated", intent: position, cause: cause, at: now)
    } else {
      emit("payment_intent.succeeded", intent: position, cause: cause, at: now)
      disputeIfTheCardSays(chargeID, cause: cause, now: now)
    }
  }

  private mutating func disputeIfTheCardSays(_ charge: String, cause: Cause, now: Int64) {
    guard charges[charge]?.value.paymentMethod.card.behaviour == .disputed else { return }
    openDispute(ofCharge: charge, cause: Cause(baggage: cause.baggage), now: now)
  }

  private mutating func decline(
    _ position: Int, code: String, declineCode: String?, cause: Cause, now: Int64
  ) -> StripeError {
    let chargeID = charge(position, .failed, now: now)
    return fail(
      position, chargeID: chargeID, .declined(code: code, declineCode: declineCode), cause: cause,
      now: now)
  }

  @discardableResult
  private mutating func fail(
    _ position: Int, chargeID: String, _ error: StripeError, cause: Cause, now: Int64
  ) -> StripeError {
    var error = error
    error.charge = chargeID
    error.paymentMethod = intents[position].object.value.paymentMethod.flatMap {
      paymentMethods[$0]
    }
    let shown = StripeSnapshot(error)
    changeCharge(chargeID) { charge in
      charge.status = .failed
      charge.failure = shown
    }
    changeIntent(position) { intent, record in
      intent.status = .requiresPaymentMethod
      intent.paymentMethod = nil
      intent.latestCharge = chargeID
      intent.lastError = shown
      record.declineCode = error.declineCode ?? error.code
    }
    emit("charge.failed", charge: chargeID, of: position, cause: cause, at: now)
    emit("payment_intent.payment_failed", intent: position, cause: cause, at: now)
    error.intent = intents[position].object
    return error
  }

  private mutating func needAction(
    _ position: Int, _ confirmation: StripeCommand.Confirmation, cause: Cause, now: Int64
  ) throws(StripeError) {
    if confirmation.offSession || confirmation.errorOnRequiresAction {
      let error = StripeError.declined(
        code: "authentication_required", declineCode: "authentication_required")
      throw failWithoutCharge(position, error, cause: cause, now: now)
    }
    changeIntent(position) { intent, _ in intent.status = .requiresAction }
    emit("payment_intent.requires_action", intent: position, cause: cause, at: now)
  }

  @discardableResult
  private mutating func failWithoutCharge(
    _ position: Int, _ error: StripeError, cause: Cause, now: Int64
  ) -> StripeError {
    var error = error
    error.paymentMethod = intents[position].object.value.paymentMethod.flatMap {
      paymentMethods[$0]
    }
    let shown = StripeSnapshot(error)
    changeIntent(position) { intent, record in
      intent.status = .requiresPaymentMethod
      intent.paymentMethod = nil
      intent.lastError = shown
      record.declineCode = error.declineCode ?? error.code
    }
    emit("payment_intent.payment_failed", intent: position, cause: cause, at: now)
    error.intent = intents[position].object
    return error
  }

  private mutating func startProcessing(
    _ position: Int, delay: Duration, succeeds: Bool, cause: Cause, now: Int64
  ) {
    let chargeID = charge(position, .pending, now: now)
    changeIntent(position) { intent, _ in
      intent.status = .processing
      intent.latestCharge = chargeID
    }
    emit("charge.pending", charge: chargeID, of: position, cause: cause, at: now)
    emit("payment_intent.processing", intent: position, cause: cause, at: now)
    schedule(.intentResolves(position, succeeds: succeeds), after: delay, from: now)
  }

  mutating func end(_ position: Int, reason: String?, now: Int64) {
    let before = intents[position].object.value
    changeIntent(position) { intent, record in
      record.canceledMicroseconds = now
      intent.status = .canceled
      intent.canceledAt = now / 1_000_000
      intent.cancellationReason = reason
      intent.amountCapturable = 0
    }
    guard let chargeID = before.latestCharge else { return }
    switch before.status {
    case .requiresCapture:
      changeCharge(chargeID) { charge in
        charge.amountRefunded = charge.amount
        charge.refunded = true
      }
    case .processing: changeCharge(chargeID) { charge in charge.status = .failed }
    case .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .canceled, .succeeded:
      break
    }
  }

  /// Adds a charge of the whole amount and returns its id.
  private mutating func charge(_ position: Int, _ status: ChargeObject.Status, now: Int64) -> String
  {
    let record = intents[position]
    let intent = record.object.value
    changeIntentQuietly(position) { $0.charges += 1 }
    let branch = StripeHash.mix(record.root ^ 0x6368 &+ UInt64(record.charges) << 32)
    let id = ids.id("ch_", payment: record.root, branch: branch)
    put(
      ChargeObject(
        id: id, amount: intent.amount, created: now / 1_000_000, currency: intent.currency,
        customer: intent.customer, description: intent.description, metadata: intent.metadata,
        paymentIntent: intent.id, paymentMethod: paymentMethod(of: position),
        receiptEmail: intent.receiptEmail, riskScore: Int64(branch % 60),
        statementDescriptor: intent.statementDescriptor,
        statementDescriptorSuffix: intent.statementDescriptorSuffix, status: status))
    return id
  }

  private func transactionID(of position: Int) -> String {
    let record = intents[position]
    let branch = StripeHash.mix(record.root ^ 0x74_786E &+ UInt64(record.charges) << 32)
    return ids.id("txn_", payment: record.root, branch: branch)
  }

  func paymentMethod(of position: Int) -> PaymentMethodObject {
    guard let id = intents[position].object.value.paymentMethod, let method = paymentMethods[id]
    else { preconditionFailure("charged without a payment method") }
    return method.value
  }

  /// Refuses a payment method that is neither a test token nor registered, that was detached, or that
  /// belongs to a customer whom the payment does not name.
  private func checkExists(_ id: String, customer: String?) throws(StripeError) {
    if StripeCard.token(id) != nil { return }
    guard let method = paymentMethods[id]?.value else {
      throw .noSuch("PaymentMethod", id, param: "payment_method", status: 400)
    }
    if method.isSpent { throw .spentMethod }
    if let owner = method.customer, owner != customer {
      throw .foreignMethod(id, owner: owner)
    }
  }

  /// Makes the payment method that `payment_method_data` describes and returns its id.
  private mutating func make(
    _ data: StripeCommand.NewPaymentMethod, _ card: StripeCard, root: UInt64, attempt: Int,
    now: Int64
  ) -> String {
    let own = StripeHash.mix(root ^ 0x646174 &+ UInt64(attempt) << 32)
    let method = PaymentMethodObject(
      id: ids.id("pm_", alone: own), card: card, created: now / 1_000_000, name: data.name,
      email: data.email, expiryMonth: data.expiryMonth, expiryYear: data.expiryYear)
    return add(method).value.id
  }

  /// Returns the payment method's id; a test token becomes a payment method of its own, as at Stripe.
  private mutating func attach(_ method: String, root: UInt64, now: Int64) -> String {
    guard let card = StripeCard.token(method) else { return method }
    let own = StripeHash.of(method.utf8, from: root)
    let id = ids.id("pm_", alone: own)
    if paymentMethods[id] == nil {
      _ = add(PaymentMethodObject(id: id, card: card, created: now / 1_000_000))
    }
    return id
  }
}

extension StripeIntent {
  fileprivate mutating func apply(_ details: StripeCommand.Details) {
    if details.clearsMetadata { metadata.removeAll() }
    metadata.merge(details.metadata)
    if let description = details.description {
      self.description = description.isEmpty ? nil : description
    }
    if let value = details.receiptEmail { receiptEmail = value }
    if let value = details.returnURL { returnURL = value }
    if let value = details.setupFutureUsage { setupFutureUsage = value }
    if let value = details.statementDescriptor { statementDescriptor = value }
    if let value = details.statementDescriptorSuffix { statementDescriptorSuffix = value }
    if let value = details.transferGroup { transferGroup = value }
  }
}

// Refunds. Source: Stripe documentation, Refunds, and recorded answers of its test mode for texts and
// the order of checks. How long a test card's refund is pending, or takes to fail, is not published.

extension StripeAccount {
  /// How long refunds of the test cards `pm_card_pendingRefund` and `pm_card_refundFail` take (U).
  static let testCardRefundDelay = Duration.seconds(600)

  /// Creates a refund and returns its position.
  mutating func createRefund(
    _ new: StripeCommand.NewRefund, cause: Cause, fault: StripeFault?, now: Int64
  ) throws(StripeError) -> Int {
    let position = try intent(of: new)
    let intent = intents[position].object.value
    let latest = new.charge ?? intent.latestCharge
    guard let chargeID = latest, let charge = charges[chargeID]?.value, charge.status == .succeeded
    else { throw .noSuccessfulCharge(intent.id) }
    guard charge.captured else { throw .uncaptured(intent.id) }
    guard !isChargedBack(charge) else { throw .disputed(chargeID) }
    let reasons = ["duplicate", "fraudulent", "requested_by_customer"]
    if let reason = new.reason, !reasons.contains(reason) { throw .choice("reason", reasons) }
    let left = charge.amountCaptured - charge.amountRefunded
    guard left > 0 else { throw .alreadyRefunded(chargeID) }
    let amount = new.amount ?? left
    guard amount <= left else { throw .refundTooLarge(amount, left: left, charge.currency) }
    guard amount.isMultiple(of: charge.currency.step) else {
      throw .badStep("amount", charge.currency)
    }
    if case .refundRefused = fault { throw .cannotPayNow }

    let root = intents[position].root
    let own = ids.root("re", identity: cause.identity ^ root)
    var refund = RefundObject(
      id: ids.id("re_", payment: root, branch: own), amount: amount,
      balanceTransaction: ids.id("txn_", payment: root, branch: StripeHash.mix(own)),
      charge: chargeID, created: now / 1_000_000, currency: charge.currency,
      paymentIntent: intent.id, reason: new.reason, status: .succeeded)
    refund.metadata.merge(new.metadata)
    let course = Course(fault: fault, card: charge.paymentMethod.card)
    if case .pending = course {
      refund.status = .pending
      refund.pendingReason = "processing"
      refund.balanceTransaction = nil
    }
    changeCharge(chargeID) { charge in
      charge.amountRefunded += amount
      charge.refunded = charge.amountRefunded == charge.amountCaptured
    }
    let refundPosition = add(
      RefundRecord(
        object: StripeSnapshot(refund), intent: position, cause: cause, createdMicroseconds: now,
        updatedMicroseconds: now))
    bookRefund(refundPosition, now: now)
    emit(
      "refund.created", .refund(refunds[refundPosition].object), of: position, cause: cause,
      at: now)
    emit("charge.refunded", charge: chargeID, of: position, cause: cause, at: now)
    if let copy = intents[position].copy {
      schedule(.deskReturns(copy, like: refundPosition), after: .milliseconds(200), from: now)
    }
    switch course {
    case .succeeds: break
    case .pending(let delay, false, isCanceled: true):
      schedule(.refundCanceled(refundPosition), after: delay, from: now)
    case .pending(let delay, let succeeds, _):
      schedule(.refundSettles(refundPosition, succeeds: succeeds), after: delay, from: now)
    case .failsLater(let delay): schedule(.refundFails(refundPosition), after: delay, from: now)
    }
    return refundPosition
  }

  /// Changes a refund's metadata.
  mutating func updateRefund(
    _ position: Int, metadata: [StripeForm.Field], clears: Bool, cause: Cause, now: Int64
  ) throws(StripeError) {
    var merged = refunds[position].object.value.metadata
    try merged.mergeWithinLimits(metadata, clears: clears)
    changeRefund(position, at: now) { refund in
      refund.metadata = merged
    }
    emitUpdated(position, cause: cause, at: now)
  }

  /// Ends a pending refund well.
  mutating func refundSucceeds(_ position: Int, at now: Int64) {
    let own = StripeHash.of(refunds[position].object.value.id.utf8)
    let transaction = ids.id(
      "txn_", payment: intents[refunds[position].intent].root, branch: own)
    changeRefund(position, at: now) { refund in
      refund.status = .succeeded
      refund.pendingReason = nil
      refund.balanceTransaction = transaction
    }
    bookRefund(position, now: now)
    emitUpdated(position, cause: ownCause(of: position), at: now)
  }

  /// Ends a refund badly: the money returns to the account's balance, and Stripe does not retry.
  mutating func refundFails(_ position: Int, at now: Int64) {
    let intent = refunds[position].intent
    let own = StripeHash.of(refunds[position].object.value.id.utf8, from: 7)
    let transaction = ids.id("txn_", payment: intents[intent].root, branch: own)
    changeRefund(position, at: now) { refund in
      refund.failureBalanceTransaction = refund.balanceTransaction == nil ? nil : transaction
      refund.status = .failed
      refund.pendingReason = nil
      refund.failureReason = "expired_or_canceled_card"
    }
    bookRefund(position, now: now)
    let refund = refunds[position].object.value
    changeCharge(refund.charge) { charge in
      charge.amountRefunded -= refund.amount
      charge.refunded = false
    }
    let cause = ownCause(of: position)
    emitUpdated(position, cause: cause, at: now)
    emit("refund.failed", .refund(refunds[position].object), of: intent, cause: cause, at: now)
  }

  /// Ends a pending refund because somebody cancelled it: the money never left the account.
  mutating func refundIsCanceled(_ position: Int, at now: Int64) {
    changeRefund(position, at: now) { refund in
      refund.status = .canceled
      refund.pendingReason = nil
    }
    let refund = refunds[position].object.value
    changeCharge(refund.charge) { charge in
      charge.amountRefunded -= refund.amount
      charge.refunded = false
    }
    emitUpdated(position, cause: ownCause(of: position), at: now)
  }

  /// How a refund goes.
  private enum Course {
    case succeeds
    case pending(Duration, succeeds: Bool, isCanceled: Bool)
    case failsLater(Duration)

    init(fault: StripeFault?, card: StripeCard) {
      switch (fault, card.behaviour) {
      case (.refundPending(let delay, let succeeds, let isCanceled), _):
        self = .pending(delay, succeeds: succeeds, isCanceled: isCanceled)
      case (.refundFailsLater(let delay), _): self = .failsLater(delay)
      case (_, .pendingRefund):
        self = .pending(
          StripeAccount.testCardRefundDelay, succeeds: true, isCanceled: false)
      case (_, .failingRefund): self = .failsLater(StripeAccount.testCardRefundDelay)
      default: self = .succeeds
      }
    }
  }

  /// Finds the payment; an unknown id is 404 although it is no part of the path (U).
  private func intent(of new: StripeCommand.NewRefund) throws(StripeError) -> Int {
    var found: Int?
    if let id = new.charge {
      guard let charge = charges[id]?.value else { throw .noSuch("charge", id, param: "charge") }
      found = intentPositions[charge.paymentIntent]
    }
    if let id = new.paymentIntent {
      guard let position = intentPositions[id] else {
        throw .noSuch("payment_intent", id, param: "payment_intent")
      }
      if let found, found != position { throw .noSuccessfulCharge(id) }
      found = position
    }
    guard let found else { throw .refundOfNothing }
    return found
  }

  private func ownCause(of position: Int) -> Cause {
    Cause(baggage: refunds[position].cause.baggage)
  }

  private mutating func emitUpdated(_ position: Int, cause: Cause, at now: Int64) {
    let intent = refunds[position].intent
    for type in ["refund.updated", "charge.refund.updated"] {
      emit(type, .refund(refunds[position].object), of: intent, cause: cause, at: now)
    }
  }
}

// What people do in Stripe's dashboard. Source: Stripe documentation, Refunds, "Refund a payment in the
// Dashboard": such a refund has no metadata, no idempotency key and no request of the caller's.

extension StripeAccount {
  /// The slot that the baggage of a refund made by hand names, after the members of its payment.
  static let desk = "slot=desk"

  /// Refunds a part of what is left of a payment, at least the smallest step; nothing when nothing is
  /// left or the charge is disputed.
  mutating func refundByHand(
    _ position: Int, partsPerMillion: Int64, pending: StripeFault.Pending?, at now: Int64,
    changing change: (inout RefundObject) -> Void = { _ in }
  ) {
    let intent = intents[position].object.value
    guard let id = intent.latestCharge, let charge = charges[id]?.value, !isChargedBack(charge)
    else { return }
    let left = charge.amountCaptured - charge.amountRefunded
    guard left > 0 else { return }
    let most = charge.currency.part(partsPerMillion, of: left)

    let root = intents[position].root
    let branch = StripeHash.mix(root ^ 0x6465_736b &+ UInt64(intents[position].refunds.count))
    var refund = RefundObject(
      id: ids.id("re_", payment: root, branch: branch), amount: most,
      balanceTransaction: ids.id("txn_", payment: root, branch: StripeHash.mix(branch)),
      charge: id, created: now / 1_000_000, currency: charge.currency, paymentIntent: intent.id,
      reason: nil, status: .succeeded)
    if let pending, pending.end != .bounced {
      refund.status = .pending
      refund.pendingReason = "processing"
      refund.balanceTransaction = nil
    }
    change(&refund)
    let amount = refund.amount
    let cause = Cause(baggage: "\(intents[position].cause.baggage),\(Self.desk)")
    changeCharge(id) { charge in
      charge.amountRefunded += amount
      charge.refunded = charge.amountRefunded == charge.amountCaptured
    }
    let made = add(
      RefundRecord(
        object: StripeSnapshot(refund), intent: position, cause: cause, createdMicroseconds: now,
        updatedMicroseconds: now))
    bookRefund(made, now: now)
    emit("refund.created", .refund(refunds[made].object), of: position, cause: cause, at: now)
    emit("charge.refunded", charge: id, of: position, cause: cause, at: now)
    guard let pending else { return }
    let end: Later =
      switch pending.end {
      case .succeeded: .refundSettles(made, succeeds: true)
      case .failed: .refundSettles(made, succeeds: false)
      case .canceled: .refundCanceled(made)
      case .bounced: .refundFails(made)
      }
    schedule(end, after: pending.after, from: now)
  }

  /// The metadata of another payment than this one: of the one made before it, or of the last; empty when there
  /// is no other.
  func metadata(besides position: Int) -> StripeMetadata {
    let other = position == 0 ? intents.count - 1 : position - 1
    return other == position ? StripeMetadata() : intents[other].object.value.metadata
  }

  /// Cancels an intent that nobody has confirmed yet.
  mutating func cancelByHand(_ position: Int, at now: Int64) {
    note(byHand: "canceled", position)
    let cause = Cause(baggage: intents[position].cause.baggage)
    end(position, reason: "requested_by_customer", now: now)
    emit("payment_intent.canceled", intent: position, cause: cause, at: now)
  }

  /// Confirms an intent that nobody has confirmed yet; nothing when its card would not be charged.
  mutating func confirmByHand(_ position: Int, at now: Int64) {
    guard case .succeeds = paymentMethod(of: position).card.behaviour else { return }
    note(byHand: "confirmed", position)
    succeed(position, cause: Cause(baggage: intents[position].cause.baggage), now: now)
  }

  /// Captures a part of a hold that nobody has captured yet, at least the smallest step; the rest is
  /// released, as it is by any capture.
  mutating func captureByHand(_ position: Int, partsPerMillion: Int64, at now: Int64) {
    let intent = intents[position].object.value
    note(byHand: "captured", position)
    take(
      intent.currency.part(partsPerMillion, of: intent.amountCapturable), ofHold: position,
      cause: Cause(baggage: intents[position].cause.baggage), now: now)
  }

  /// Cancels a hold that nobody has captured yet.
  mutating func voidByHand(_ position: Int, at now: Int64) {
    note(byHand: "voided", position)
    end(position, reason: "requested_by_customer", now: now)
    emit(
      "payment_intent.canceled", intent: position,
      cause: Cause(baggage: intents[position].cause.baggage), at: now)
  }

  /// Has another program charge a payment's customer once more, for the same amount and with a copy of
  /// its metadata or with none. A copy is given back as its model is, any other after a while.
  mutating func payAgainByHand(
    _ position: Int, returnedAfter delay: Duration, isNamed: Bool, at now: Int64
  ) {
    let model = intents[position]
    let root = StripeHash.mix(model.root ^ 0x616761_696e)
    let id = ids.id("pi_", payment: root, branch: StripeHash.mix(root ^ 1))
    guard intentPositions[id] == nil else { return }
    var intent = model.object.value
    intent.id = id
    intent.clientSecret = "\(id)_secret_\(ids.short("", root: root ^ 2, count: 25))"
    intent.created = now / 1_000_000
    intent.status = .requiresConfirmation
    intent.amountReceived = 0
    intent.latestCharge = nil
    if !isNamed { intent.metadata.removeAll() }
    let cause = Cause(baggage: "\(model.cause.baggage),\(Self.desk)")
    let made = add(
      IntentRecord(
        object: StripeSnapshot(intent), root: root, cause: cause, createdMicroseconds: now))
    emit("payment_intent.created", intent: made, cause: cause, at: now)
    succeed(made, cause: cause, now: now)
    if isNamed {
      changeIntentQuietly(position) { $0.copy = made }
    } else {
      schedule(.deskReturns(made, like: nil), after: delay, from: now)
    }
  }

  /// Gives back a payment that another program made: all of it, or as a refund of the payment that it
  /// copies, metadata included.
  mutating func returnByHand(_ position: Int, like model: Int?, at now: Int64) {
    guard let refund = model.map({ refunds[$0].object.value }) else {
      return refundByHand(position, partsPerMillion: 1_000_000, pending: nil, at: now)
    }
    refundByHand(position, partsPerMillion: 1_000_000, pending: nil, at: now) { copy in
      copy.amount = min(copy.amount, refund.amount)
      copy.metadata = refund.metadata
    }
  }

  /// Has the customer's bank dispute what is left of a payment; nothing when nothing is left or it
  /// was disputed before.
  mutating func disputeByBank(
    _ position: Int, decidedAfter delay: Duration, isWon: Bool, at now: Int64
  ) {
    let intent = intents[position].object.value
    guard let id = intent.latestCharge, let charge = charges[id]?.value, !charge.disputed,
      charge.amountCaptured > charge.amountRefunded
    else { return }
    let cause = Cause(baggage: intents[position].cause.baggage)
    openDispute(ofCharge: id, cause: cause, now: now)
    guard let dispute = disputes.objects.last(where: { $0.value.charge == id })?.value else {
      preconditionFailure("no dispute was opened: \(id)")
    }
    schedule(.disputeEnds(dispute.id, isWon: isWon), after: delay, from: now)
  }

  /// The cause of what a bank does.
  func disputeCause(_ id: String) -> Cause {
    let position = disputes[id].flatMap { intentPositions[$0.value.paymentIntent] }
    return Cause(baggage: position.map { intents[$0].cause.baggage } ?? "")
  }
}

extension StripeCurrency {
  /// A part of an amount, in whole steps: at least one, and no more than there is.
  fileprivate func part(_ partsPerMillion: Int64, of amount: Int64) -> Int64 {
    let (whole, part) = amount.quotientAndRemainder(dividingBy: 1_000_000)
    let share = whole * partsPerMillion + part * partsPerMillion / 1_000_000
    return min(amount, max(step, share / step * step))
  }
}

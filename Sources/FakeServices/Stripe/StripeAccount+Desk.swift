// What people do in Stripe's dashboard. Source: Stripe documentation, Refunds, "Refund a payment in the
// Dashboard": such a refund has no metadata, no idempotency key and no request of the caller's.

extension StripeAccount {
  /// The slot that the baggage of a refund made by hand names, after the members of its payment.
  static let desk = "slot=desk"

  /// Refunds a part of what is left of a payment, at least the smallest step; nothing when nothing is
  /// left or the charge is disputed.
  mutating func refundByHand(_ position: Int, partsPerMillion: Int64, at now: Int64) {
    let intent = intents[position].object.value
    guard let id = intent.latestCharge, let charge = charges[id]?.value, !charge.disputed else {
      return
    }
    let left = charge.amountCaptured - charge.amountRefunded
    guard left > 0 else { return }
    let step = charge.currency.step
    let (whole, part) = left.quotientAndRemainder(dividingBy: 1_000_000)
    let share = whole * partsPerMillion + part * partsPerMillion / 1_000_000
    let amount = min(left, max(step, share / step * step))

    let root = intents[position].root
    let branch = StripeHash.mix(root ^ 0x6465_736b &+ UInt64(intents[position].refunds.count))
    let refund = StripeRefund(
      id: ids.id("re_", payment: root, branch: branch), amount: amount,
      balanceTransaction: ids.id("txn_", payment: root, branch: StripeHash.mix(branch)),
      charge: id, created: now / 1_000_000, currency: charge.currency, paymentIntent: intent.id,
      reason: nil, status: .succeeded)
    let cause = Cause(baggage: "\(intents[position].cause.baggage),\(Self.desk)")
    changeCharge(id) { charge in
      charge.amountRefunded += amount
      charge.refunded = charge.amountRefunded == charge.amountCaptured
    }
    let made = add(
      RefundRecord(
        object: StripeSnapshot(refund), intent: position, cause: cause, createdMicroseconds: now,
        updatedMicroseconds: now))
    emit("refund.created", .refund(refunds[made].object), of: position, cause: cause, at: now)
    emit("charge.refunded", charge: id, of: position, cause: cause, at: now)
  }
}

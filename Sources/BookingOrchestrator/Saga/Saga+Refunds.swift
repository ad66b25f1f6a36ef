/// Refunds: asked for once, resolved whatever happens, awaited until they are final.
extension Saga {
  /// Sees a refund through until Stripe has accepted it (or an operator must).
  mutating func refund(_ slot: Slot, _ amount: Money, cause: String, at now: Timestamp) -> Progress
  {
    if let index = index(slot, .undo) {
      if steps[index].status == .rejected, steps[index].wasWithoutEffect {
        // falls through to a new generation
      } else {
        return refundProgress(index, at: now)
      }
    }
    guard let intent = plan.paymentIntent else { return .settled }
    guard mayIntend(slot, .undo, at: now) else { return .working([]) }
    let whole = amount
    let amount = stillDue(whole, in: slot)
    guard amount.minorUnits > 0 else { return .settled }
    if amount.minorUnits < refundable, refundsListed != now {
      // Stripe would take more than is due, so it is asked first what others have given back.
      return .working(listRefunds(at: now))
    }
    let generation = (step(slot, .undo)?.generation ?? 0) + 1
    let rounded = roundedUp(amount)
    let actions = intend(
      slot, .undo,
      vendors.stripe.createRefund(
        paymentIntent: intent, amount: rounded, booking: id, cause: cause, generation: generation),
      cause: cause, at: now)
    if generation == 1, !actions.isEmpty {
      let over = rounded.minorUnits - amount.minorUnits
      post(
        rounding: over - recouped(in: slot, whole.minorUnits - amount.minorUnits), slot,
        cause: cause)
    }
    return .working(actions)
  }

  /// How far a refund is: settled as soon as Stripe has accepted it, pending or not.
  mutating func refundProgress(_ index: Int, at now: Timestamp) -> Progress {
    let step = steps[index]
    switch step.status {
    case .done, .needsAttention, .rejected: return .settled
    case .intent, .unknown: break
    }
    if step.reference != nil { return .settled }
    guard isDue(index, at: now), let intent = plan.paymentIntent else { return .working([]) }
    let sent = step.firstSent ?? createdAt
    let isKeyAlive = now < sent + Capabilities.of(.stripe).resendWithin
    if step.isUnseen || !isKeyAlive {
      return .working(lookUp(index, .refunds(paymentIntent: intent), at: now))
    }
    return .working(resend(index, at: now))
  }

  /// Asks after a refund that was accepted and is not final.
  mutating func awaitRefund(_ index: Int, at now: Timestamp) -> [SagaAction] {
    guard steps[index].isOpen, let reference = steps[index].reference else { return [] }
    return lookUp(index, .refund(id: reference), at: now)
  }

  mutating func refundAnswered(_ index: Int, _ outcome: Outcome<StripeRefund>, at now: Timestamp) {
    switch outcome {
    case .done(let refund): refundSeen(index, refund, at: now)
    case .rejected(let rejection) where rejection.code == "charge_disputed":
      refusedByDispute(index, rejection, at: now)
    case .rejected(let rejection):
      if steps[index].attempt > 1 || rejection.saysLessIsLeft {
        // An earlier send or somebody else may have done it: the list of refunds tells.
        steps[index].lookups = 0
        again(
          index, Retry(reason: SagaStep.refused + rejection.text, after: nil), isUnknown: true,
          at: now)
      } else {
        refusedRefund(index, rejection.text, at: now)
      }
    case .retry(let retry):
      again(index, retry, isUnknown: false, at: now)
      steps[index].lookups = 1  // Nothing was executed: no need to look, send again.
    case .unknown(let retry): again(index, retry, isUnknown: true, at: now)
    }
  }

  /// A refund that Stripe refuses: one that it cannot pay now, or that had no room beside a refund by somebody
  /// else which came to nothing, is asked for again later, a bounded number of times; any other is an
  /// operator's. A new key is needed: under the old one the refusal is replayed.
  ///
  /// Source: Stripe documentation, Error codes, `balance_insufficient`; API reference, Idempotent requests.
  private mutating func refusedRefund(_ index: Int, _ reason: String, at now: Timestamp) {
    let isForNow =
      reason.contains("balance_insufficient") || Rejection.saysLessIsLeft(reason)
    if isForNow, steps[index].generation < RetryPolicy.refusals {
      notExecuted(index, Retry(reason: reason, after: nil), at: now)
    } else {
      parkRefund(index, "Stripe refused the refund: \(reason)", reason: "undo-refused")
    }
  }

  /// The refunds of the payment, looked up because one's outcome was not known.
  mutating func refundsSeen(_ index: Int, _ refunds: [StripeRefund], at now: Timestamp) {
    noteOthers(than: index, in: refunds, at: now)
    let step = steps[index]
    let ours = refunds.first {
      $0.metadata["booking"] == id.rawValue && $0.metadata["cause"] == step.cause
        && $0.metadata["generation"] == "\(step.generation)"
    }
    if let ours {
      refundSeen(index, ours, at: now)
      return
    }
    if step.wasRefused, step.amountAsked > refundable {
      // Somebody else gave money back: what is owed is what is left.
      reject(index, SagaStep.withoutEffect + "less is left to refund")
      return
    }
    if step.wasRefused {
      refusedRefund(index, step.reason ?? "", at: now)
      return
    }
    let proof = (step.lastSent ?? createdAt) + Capabilities.of(.stripe).proofAfter
    let isKeyAlive =
      now < (step.firstSent ?? createdAt) + Capabilities.of(.stripe).resendWithin
    if now >= proof, !isKeyAlive || step.attempt >= 3 {
      reject(index, SagaStep.withoutEffect + "Stripe lists no such refund")
    } else if step.attempt >= 3 || !isKeyAlive {
      // Not there yet; a request on its way may still arrive.
      steps[index].lookups = 0
      steps[index].notBefore = max(proof, now + .seconds(1))
    } else {
      postpone(index, nil, at: now)
    }
  }

  /// Draws the conclusion from the refund's own status, whichever way it was learnt.
  mutating func refundSeen(_ index: Int, _ refund: StripeRefund, at now: Timestamp) {
    let known = plan.refunds.firstIndex { $0.id == refund.id }
    let before = known.map { plan.refunds[$0].status }
    // Of two answers that come together one may have been read before the other.
    guard SagaPlan.Refund.mayBecome(refund.status, after: before) else { return }
    let entry = SagaPlan.Refund(
      id: refund.id, slot: steps[index].key.slot.text, amount: refund.amount, status: refund.status)
    if let known { plan.refunds[known] = entry } else { plan.refunds.append(entry) }
    steps[index].reference = refund.id
    let amount = Money(minorUnits: refund.amount, currency: charge.currency)
    let cause = steps[index].cause
    switch refund.status {
    case "succeeded":
      changes.append(
        .ledger(
          LedgerPosting(
            txn: "\(id):refund:\(refund.id)", debit: "customer", credit: "stripe", amount: amount,
            cause: cause)))
      changes.append(.payment(.refunded(total: refundedTotal, refund: refund.id)))
      finish(index, refund.id, "refunded \(amount.decimalText) \(amount.currency) (\(cause))")
    case "failed", "canceled":
      if before == "succeeded" {
        changes.append(
          .ledger(
            LedgerPosting(
              txn: "\(id):refund-failed:\(refund.id)", debit: "stripe", credit: "customer",
              amount: amount, cause: "refund-failed")))
        changes.append(.payment(.refunded(total: refundedTotal, refund: refund.id)))
      }
      parkRefund(
        index, "Stripe could not pay the refund out: \(refund.failureReason ?? refund.status)",
        reason: "refund-failed")
    default:
      if before != refund.status {
        again(
          index, Retry(reason: "the refund is \(refund.status)", after: nil), isUnknown: true,
          at: now)
      } else {
        postpone(index, nil, at: now)
      }
    }
  }

  var refundedTotal: Int64 {
    plan.refunds.reduce(0) { $0 + ($1.status == "succeeded" ? $1.amount : 0) }
  }

  mutating func parkRefund(
    _ index: Int, _ what: String, reason: String, advice: String? = nil
  ) {
    park(
      index, reason: reason,
      known: [
        ("payment_intent", plan.paymentIntent ?? ""), ("refund", steps[index].reference ?? ""),
        ("cause", steps[index].cause),
        ("amount", "\(steps[index].amountAsked) \(charge.currency)"), ("what", what),
      ],
      advice: advice
        ?? "This money is owed to \(request.customer.email). Stripe does not try again: pay it out another way."
    )
  }
}

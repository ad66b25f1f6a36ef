/// Payment intents that somebody else confirmed: in Stripe's dashboard, or by another program.
extension Saga {
  /// Writes down a charge that somebody else made before we did, so that it is undone as ours is.
  mutating func adoptCharge(_ intent: StripePaymentIntent) -> Int {
    let key = SagaStep.Key(slot: .charge, direction: .forward)
    let request = vendors.stripe.confirmPaymentIntent(intent.id)
    steps.append(
      SagaStep(
        key: key, generation: 1, attempt: 1,
        idempotencyKey: "\(id):\(key.slot.text):\(key.direction.rawValue):1", request: request,
        payloadHash: request.payloadHash, cause: "book", status: .unknown))
    store(steps.count - 1, "charged by somebody else")
    return steps.count - 1
  }

  /// Takes in what an event says of a payment intent that this trip does not know, which names it.
  ///
  /// An intent whose creation was not answered moves no money unless somebody else confirms it. Then
  /// it is this trip's payment after all: it is gone on with, or refunded. Also one that was given up for
  /// another that is not known either: nothing was charged by that, and who charges it, too, is parked.
  mutating func strange(_ intent: StripePaymentIntent, _ type: String) -> String {
    let isHold = capturesLater && type == "payment_intent.amount_capturable_updated"
    guard intent.metadata["booking"] == id.rawValue,
      type == "payment_intent.succeeded" || isHold
    else { return "not this trip's payment intent" }
    guard plan.paymentIntent == nil, let index = index(.intent, .forward),
      takeUp(generation: intent.metadata["generation"], at: index)
    else {
      parkPayment(
        intent,
        advice: "Somebody confirmed a payment that we gave up: "
          + (isHold ? "cancel it by hand." : "refund it by hand."))
      return "parked: somebody confirmed a payment that was given up"
    }
    plan.paymentIntent = intent.id
    changes.append(.payment(.intentCreated(intent.id)))
    finish(index, intent.id, "intent found, confirmed by somebody else")
    switch plan.phase {
    case .validating, .booking: return "intent found"
    case .undoing, .monitoring, .awaitingRefunds, .ended:
      if isAsAsked(intent) {
        settleCharge(intent)
      } else if self.index(.charge, .forward) == nil {
        // The fence that comes next shows what Stripe has.
        _ = adoptCharge(intent)
      }
      tryChargeAgain()
      return "charged by somebody else"
    }
  }

  /// Takes up the generation of the intent that Stripe knows by this number; false when it never was one.
  private mutating func takeUp(generation text: String?, at index: Int) -> Bool {
    if text == "\(steps[index].generation)" { return true }
    guard let place = earlierIntents.firstIndex(where: { text == "\($0.generation)" }) else {
      return false
    }
    if steps[index].isOpen {
      reject(index, SagaStep.withoutEffect + "the payment that was given up for it was made")
    }
    writeDown(index)
    plan.tries[.send(steps[index].key)] = nil
    (steps[index], earlierIntents[place]) = (earlierIntents[place], steps[index])
    return true
  }

  /// Notes the charge of an intent that somebody else confirmed.
  private mutating func settleCharge(_ intent: StripePaymentIntent) {
    let index = index(.charge, .forward) ?? adoptCharge(intent)
    chargeSeen(index, intent, at: steps[index].lastSent ?? createdAt)
  }
}

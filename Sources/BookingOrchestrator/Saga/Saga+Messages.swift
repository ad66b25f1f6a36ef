/// What comes through the inbox: cancellations, Stripe's events, operators' decisions.
extension Saga {
  mutating func take(_ message: SagaMessage, at now: Timestamp) {
    switch message {
    case .cancel(let row): changes.append(.applied(inbox: row, result: cancelAsked()))
    case .stripe(let row, let event):
      changes.append(.applied(inbox: row, result: stripe(event, at: now)))
    case .decided(let row, let command):
      changes.append(.applied(inbox: row, result: decided(command, at: now)))
    case .changed(let row, let notice):
      changes.append(.applied(inbox: row, result: changed(notice, at: now)))
    case .unreadable(let row, let why):
      changes.append(.applied(inbox: row, result: "unreadable: \(why)"))
    }
  }

  private mutating func cancelAsked() -> String {
    switch plan.phase {
    case .validating, .booking, .monitoring:
      plan.cancelAsked = true
      story.append("cancellation asked for")
      return "accepted"
    case .ended where state == .confirmed:
      plan.cancelAsked = true
      plan.phase = .monitoring
      story.append("cancellation asked for")
      return "accepted"
    case .undoing, .awaitingRefunds, .ended: return "the trip is undone already"
    }
  }

  private mutating func stripe(_ event: StripeEvent, at now: Timestamp) -> String {
    if let intent = event.paymentIntent { return stripe(intent, event.type, at: now) }
    if let refund = event.refund { return told(of: refund, at: now) }
    if let dispute = event.dispute { return told(of: dispute, at: now) }
    if let charge = event.charge { return stripe(charge, at: now) }
    return "ignored"
  }

  private mutating func stripe(
    _ intent: StripePaymentIntent, _ type: String, at now: Timestamp
  ) -> String {
    guard intent.id == plan.paymentIntent else { return strange(intent, type) }
    guard let index = index(.charge, .forward) else { return "nothing was confirmed yet" }
    if let what = told(ofHold: intent, type, charge: index) { return what }
    guard steps[index].isOpen else {
      guard steps[index].status == .rejected, type == "payment_intent.succeeded" else {
        return "known already"
      }
      if steps[index].wasWithoutEffect {
        // Between two tries: an earlier one, taken for without effect, was only slow. What an event of
        // other money is about, the next try finds out.
        guard isAsAsked(intent) else { return "left to the next try" }
        chargeSeen(index, intent, at: now)
        tryChargeAgain()
        return "charge succeeded"
      }
      // Cannot be: a canceled intent cannot succeed. If it does, money was taken for nothing.
      parkPayment(intent, advice: "A payment given up as rejected succeeded: refund it by hand.")
      return "parked: succeeded after it was rejected"
    }
    switch type {
    case "payment_intent.succeeded" where !isAsAsked(intent):
      // Whoever wrote the event, Stripe's own object tells what was charged.
      steps[index].lookups = 0
      steps[index].notBefore = nil
      return "looking: it tells of other money than was asked for"
    case "payment_intent.succeeded":
      chargeSeen(index, intent, at: now)
      return "charge succeeded"
    case "payment_intent.payment_failed", "payment_intent.canceled":
      // An event may be older than what is true now: look.
      steps[index].lookups = 0
      steps[index].notBefore = nil
      return "looking"
    default: return "ignored"
    }
  }

  /// Whether a payment is over what this trip asked for, all of it.
  func isAsAsked(_ intent: StripePaymentIntent) -> Bool {
    intent.amount == charge.minorUnits && intent.amountReceived == charge.minorUnits
      && intent.currency.uppercased() == charge.currency.code
  }

  mutating func parkPayment(_ intent: StripePaymentIntent, advice: String) {
    attend(
      AttentionItem(
        slot: .charge, reason: "payment-mismatch", reference: intent.id,
        known: JSONObject.text([
          ("expected", "\(charge.minorUnits) \(charge.currency)"),
          ("told", "\(intent.amount) \(intent.currency), received \(intent.amountReceived)"),
        ]), advice: advice))
  }

  /// Takes in what an event says of a refund; returns what came of it.
  ///
  /// That there is news, and of what, is the event's to say; how much money it is, is not. A refund that
  /// is not known yet, or that is over another amount than is known, is read from Stripe's list.
  private mutating func told(of refund: StripeRefund, at now: Timestamp) -> String {
    guard let intent = plan.paymentIntent, refund.paymentIntent == intent else {
      // Whoever made it may have written this trip into its metadata.
      return "not a refund of this trip"
    }
    let known = plan.refunds.first { $0.id == refund.id }
    if let known, known.status == refund.status { return "known already" }
    let amount = known?.amount ?? ownRefund(refund).map { steps[$0].amountAsked }
    guard amount == refund.amount, refund.currency.uppercased() == charge.currency.code else {
      doubtRefunds(at: now)
      return "looking"
    }
    return stripe(refund, at: now)
  }

  /// The step that asked for a refund; nil when none did.
  private func ownRefund(_ refund: StripeRefund) -> Int? {
    steps.firstIndex { step in
      guard step.key.direction == .undo, step.key.slot.service == .stripe, step.key.slot != .intent
      else { return false }
      return step.reference == refund.id
        || (step.reference == nil && step.cause == refund.metadata["cause"]
          && "\(step.generation)" == refund.metadata["generation"])
    }
  }

  /// Takes in a refund of the trip's payment as Stripe has it, whoever asked for it; returns what came of
  /// it.
  @discardableResult
  mutating func stripe(_ refund: StripeRefund, at now: Timestamp) -> String {
    guard let index = ownRefund(refund) else { return refundedElsewhere(refund, at: now) }
    if let known = plan.refunds.first(where: { $0.id == refund.id }) {
      if known.status == refund.status { return "known already" }
      guard SagaPlan.Refund.mayBecome(refund.status, after: known.status) else {
        return "older than what is known"
      }
    }
    refundSeen(index, refund, at: now)
    return "refund \(refund.status)"
  }
}

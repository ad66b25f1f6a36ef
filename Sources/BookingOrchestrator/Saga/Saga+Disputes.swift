/// Disputes: the customer's bank takes money back, until it is decided whose it is.
///
/// Source: Stripe documentation, "Disputes": the amount is withdrawn when a dispute is opened, comes
/// back when it is won and stays gone when it is lost; a disputed charge cannot be refunded. Enquiries
/// (`warning_…`) withdraw nothing.
extension Saga {
  /// Takes in what an event says of a dispute; returns what came of it.
  ///
  /// As with refunds, how much money it is about is read from Stripe's own list.
  mutating func told(of dispute: StripeDispute, at now: Timestamp) -> String {
    guard let intent = plan.paymentIntent, dispute.paymentIntent == intent else {
      return "not a dispute of this trip"
    }
    guard let status = SagaPlan.Refund.Dispute(word: dispute.status) else { return "an enquiry" }
    if let known = plan.refunds.first(where: { $0.id == dispute.id }) {
      if known.status == status.rawValue { return "known already" }
      if known.amount == dispute.amount, dispute.currency.uppercased() == charge.currency.code {
        return stripe(dispute, at: now)
      }
    }
    plan.disputesInDoubt = now.microseconds
    goOn()
    return "looking"
  }

  /// Reads Stripe's list of disputes when an event told of one that is not known as it tells.
  mutating func listDisputesInDoubt(at now: Timestamp) -> Progress {
    guard plan.disputesInDoubt != nil, let intent = plan.paymentIntent,
      let done = index(.charge, .forward)
    else { return .settled }
    guard disputesAsked != now else { return .working([]) }
    let actions = lookUp(done, .disputes(paymentIntent: intent), at: now)
    if !actions.isEmpty { disputesAsked = now }
    return .working(actions)
  }

  /// The disputes of the payment, as Stripe has them.
  mutating func disputesSeen(_ disputes: [StripeDispute], at now: Timestamp) {
    plan.disputesInDoubt = nil
    for dispute in disputes { stripe(dispute, at: now) }
  }

  /// Takes in a dispute of the trip's payment as Stripe has it; returns what came of it.
  @discardableResult
  mutating func stripe(_ dispute: StripeDispute, at now: Timestamp) -> String {
    guard let intent = plan.paymentIntent, dispute.currency.uppercased() == charge.currency.code
    else { return "not a dispute of this trip" }
    guard let status = SagaPlan.Refund.Dispute(word: dispute.status) else { return "an enquiry" }
    let known = plan.refunds.firstIndex { $0.id == dispute.id }
    let before = known.map { plan.refunds[$0].status }
    if before == status.rawValue { return "known already" }
    if before != nil, status == .open { return "older than what is known" }
    let entry = SagaPlan.Refund(
      id: dispute.id, slot: SagaPlan.Refund.dispute, amount: dispute.amount,
      status: status.rawValue)
    if let known { plan.refunds[known] = entry } else { plan.refunds.append(entry) }
    let amount = Money(minorUnits: dispute.amount, currency: charge.currency)
    story.append("dispute \(dispute.id) of \(amount.decimalText) \(amount.currency): \(status)")
    switch status {
    case .open:
      attend(
        AttentionItem(
          slot: .charge, reason: Self.disputed, reference: dispute.id,
          known: JSONObject.text([
            ("payment_intent", intent), ("dispute", dispute.id),
            ("amount", "\(dispute.amount) \(charge.currency)"), ("why", dispute.reason ?? ""),
          ]), advice: Self.disputeAdvice))
    case .lost:
      changes.append(
        .ledger(
          LedgerPosting(
            txn: "\(id):chargeback:\(dispute.id)", debit: "customer", credit: "stripe",
            amount: amount, cause: "chargeback")))
      closeDispute(dispute.id, "lost: the bank gave the customer the money")
      askAgainAfterDispute()
    case .won:
      closeDispute(dispute.id, "won: the money is back at Stripe")
      askAgainAfterDispute()
      if before != nil { oweAgain(dispute.id, dispute.amount, .bank) }
    }
    return "dispute \(status)"
  }

  /// Why an item is parked while a dispute is undecided.
  static let disputed = "payment-disputed"

  /// What an operator should do about a disputed payment.
  static let disputeAdvice =
    "The customer's bank disputes this payment: do not pay it back as well. Answer or accept the dispute in Stripe's dashboard before its deadline; what is still owed afterwards is refunded by itself."

  private mutating func closeDispute(_ id: String, _ note: String) {
    resolveByStripe(
      ParkedItem(slot: Slot.charge.text, reason: Self.disputed), "dispute \(id) \(note)")
    releaseOption()
  }

  private mutating func resolveByStripe(_ item: ParkedItem, _ note: String) {
    guard parked.contains(item) else { return }
    parked.removeAll { $0 == item }
    needsAttention = !parked.isEmpty
    changes.append(
      .resolved(
        Resolution(
          slot: item.slot, reason: item.reason, resolution: "done", by: "stripe", note: note)))
  }

  /// Has refunds that Stripe refused because of a dispute begin anew, but for those that an operator has
  /// closed meanwhile: they were paid another way, or will not be.
  private mutating func askAgainAfterDispute() {
    for index in steps.indices
    where steps[index].status == .needsAttention && steps[index].reason == SagaStep.disputed {
      let slot = steps[index].key.slot
      guard parked.contains(ParkedItem(slot: slot.text, reason: "undo-refused")) else { continue }
      resolveByStripe(ParkedItem(slot: slot.text, reason: "undo-refused"), "dispute closed")
      if slot.isPartialRefund, plan.cause != nil {
        // The trip is undone meanwhile: the charge's own refund gives back what is left of it.
        reject(index, SagaStep.withoutEffect + "the whole charge is refunded instead")
        if let charge = self.index(.charge, .undo), steps[charge].status != .rejected { continue }
        tryChargeAgain()
      } else {
        retry(index)
      }
    }
  }

  /// What the refunds ask for that Stripe refused because of a dispute and that operators closed: it is
  /// theirs, and not owed once more. In minor units.
  var closedRefusals: Int64 {
    steps.reduce(plan.closedRefused ?? 0) { $0 + (isClosedRefusal($1) ? $1.amountAsked : 0) }
  }

  /// Whether a refund was refused because of a dispute and closed by an operator.
  func isClosedRefusal(_ step: SagaStep) -> Bool {
    step.status == .needsAttention && step.reason == SagaStep.disputed
      && !parked.contains(ParkedItem(slot: step.key.slot.text, reason: "undo-refused"))
  }

  /// Has the refund of the charge looked at once more, if the trip has ended.
  mutating func tryChargeAgain() {
    switch plan.phase {
    case .validating, .booking, .undoing, .monitoring: break
    case .awaitingRefunds, .ended:
      plan.phase = .awaitingRefunds
      plan.retried = (plan.retried ?? []).filter { $0 != Slot.charge.text } + [Slot.charge.text]
    }
  }

  /// Draws the conclusion when Stripe refuses a refund because of a dispute: an operator waits for
  /// its end, unless it has ended while the refusal was on its way.
  mutating func refusedByDispute(_ index: Int, _ rejection: Rejection, at now: Timestamp) {
    let disputes = plan.refunds.filter { $0.slot == SagaPlan.Refund.dispute }
    if plan.disputesInDoubt != nil || (!disputes.isEmpty && disputes.allSatisfy(\.isVoidElsewhere))
    {
      notExecuted(index, Retry(reason: rejection.text, after: nil), at: now)
    } else if disputes.contains(where: { $0.status == SagaPlan.Refund.Dispute.lost.rawValue }),
      steps[index].amountAsked > refundable
    {
      reject(index, SagaStep.withoutEffect + "the bank gave the customer the money")
    } else {
      steps[index].reason = SagaStep.disputed
      parkRefund(
        index, "Stripe refused the refund: \(rejection.text)", reason: "undo-refused",
        advice: Self.disputeAdvice)
    }
  }
}

extension SagaStep {
  /// The reason of a refund that Stripe refuses because the charge is disputed.
  static let disputed = "the charge is disputed"
}

extension SagaPlan.Refund {
  /// The slot of money that a bank took back.
  static let dispute = "dispute"

  /// How a dispute stands.
  enum Dispute: String, Sendable, Hashable {
    case open, won, lost

    /// Reads Stripe's word; nil for an enquiry, which moves no money.
    init?(word: String) {
      switch word {
      case "needs_response", "under_review": self = .open
      case "won": self = .won
      case "lost": self = .lost
      default: return nil
      }
    }
  }
}

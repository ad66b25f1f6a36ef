// How disputes begin and end. Source: Stripe documentation, Disputes, and Testing: the card
// `pm_card_createDispute` is disputed as fraudulent; evidence of the texts `winning_evidence` and
// `losing_evidence` decides the dispute at once, any other leaves it under review. Without an answer by
// `due_by` it is lost (Respond to disputes); drafts are no answer.

extension StripeAccount {
  mutating func execute(
    _ command: StripeDisputeCommand, cause: Cause, now: Int64
  ) throws(StripeError) -> StripeBody {
    switch command {
    case .retrieve(let id): return .dispute(try dispute(id))
    case .list(let page, let charge, let paymentIntent):
      return try list(
        page, disputes, url: "/v1/disputes", kind: "dispute",
        where: {
          (charge == nil || $0.charge == charge)
            && (paymentIntent == nil || $0.paymentIntent == paymentIntent)
        }, created: { $0.created }, body: { .dispute($0) })
    case .update(let id, let evidence, let metadata, let clears, let submit):
      return try updateDispute(
        id, evidence: evidence, metadata: metadata, clears: clears, submit: submit, cause: cause,
        now: now)
    case .close(let id):
      try requireOpen(id)
      endDispute(id, won: false, cause: cause, now: now)
      return .dispute(try dispute(id))
    }
  }

  /// Begins a dispute of all that is left of a captured charge: the money is withdrawn at once.
  mutating func openDispute(
    ofCharge id: String, reason: String = "fraudulent", cause: Cause, now: Int64
  ) {
    guard let charge = charges[id]?.value, charge.captured,
      let position = intentPositions[charge.paymentIntent]
    else { return }
    let root = intents[position].root
    let own = StripeHash.of(id.utf8, from: StripeHash.mix(root ^ 0x6475))
    var dispute = DisputeObject(
      id: ids.id("du_", alone: own), amount: charge.amountCaptured - charge.amountRefunded,
      charge: id, created: now / 1_000_000, currency: charge.currency,
      dueBy: now / 1_000_000 + DisputeObject.responseSeconds, paymentIntent: charge.paymentIntent,
      reason: reason, openedMicroseconds: now)
    dispute.transactions = [
      moveDisputed(dispute, back: false, root: root, branch: own ^ 1, now: now)
    ]
    changeCharge(id) { $0.disputed = true }
    putDispute(dispute)
    schedule(
      .disputeIsDue(dispute.id), after: .seconds(DisputeObject.responseSeconds), from: now)
    for type in ["charge.dispute.created", "charge.dispute.funds_withdrawn"] {
      emit(type, dispute: dispute.id, cause: cause, at: now)
    }
  }

  /// Has the customer's bank ask about what is left of an intent's charge: nothing is withdrawn, the
  /// charge may be refunded, and the bank is satisfied so much later. Nothing when nothing is left or a
  /// dispute began before.
  mutating func bankAsks(_ position: Int, closedAfter delay: Duration, at now: Int64) {
    let intent = intents[position].object.value
    guard let id = intent.latestCharge, let charge = charges[id]?.value, charge.captured,
      !charge.disputed, charge.amountCaptured > charge.amountRefunded
    else { return }
    let own = StripeHash.of(id.utf8, from: StripeHash.mix(intents[position].root ^ 0x656e))
    let enquiry = DisputeObject(
      id: ids.id("du_", alone: own), amount: charge.amountCaptured - charge.amountRefunded,
      charge: id, created: now / 1_000_000, currency: charge.currency,
      dueBy: now / 1_000_000 + DisputeObject.responseSeconds, paymentIntent: intent.id,
      reason: "general", status: .warningNeedsResponse, openedMicroseconds: now)
    putDispute(enquiry)
    schedule(.enquiryEnds(enquiry.id), after: delay, from: now)
    emit(
      "charge.dispute.created", dispute: enquiry.id, cause: disputeCause(enquiry.id), at: now)
  }

  /// Ends an enquiry: the bank asks no more.
  mutating func endEnquiry(_ id: String, at now: Int64) {
    guard var enquiry = disputes[id]?.value else { preconditionFailure("no such enquiry: \(id)") }
    enquiry.status = .warningClosed
    enquiry.closedMicroseconds = now
    putDispute(enquiry)
    emit("charge.dispute.closed", dispute: id, cause: disputeCause(id), at: now)
  }

  /// Begins a dispute of what is left of an intent's charge, as its cardholder does with the bank; false
  /// when nothing was captured, nothing is left or it is disputed already.
  mutating func disputeByHand(_ position: Int, reason: String, at now: Int64) -> Bool {
    guard let id = intents[position].object.value.latestCharge, let charge = charges[id]?.value,
      charge.captured, charge.amountCaptured > charge.amountRefunded, !charge.disputed
    else { return false }
    let cause = Cause(baggage: intents[position].cause.baggage)
    openDispute(ofCharge: id, reason: reason, cause: cause, now: now)
    return true
  }

  /// Loses a dispute that nobody has answered in time.
  mutating func disputeRunsOut(_ id: String, at now: Int64) {
    let intent = disputes[id].flatMap { intentPositions[$0.value.paymentIntent] }
    let cause = Cause(baggage: intent.map { intents[$0].cause.baggage } ?? "")
    endDispute(id, won: false, cause: cause, now: now)
  }

  /// Ends a dispute; the money comes back when it is won.
  mutating func endDispute(_ id: String, won: Bool, cause: Cause, now: Int64) {
    guard var dispute = disputes[id]?.value,
      let position = intentPositions[dispute.paymentIntent]
    else { preconditionFailure("no such dispute: \(id)") }
    dispute.status = won ? .won : .lost
    dispute.closedMicroseconds = now
    if won {
      let own = StripeHash.of(id.utf8, from: 3)
      dispute.transactions.append(
        moveDisputed(dispute, back: true, root: intents[position].root, branch: own, now: now))
    }
    putDispute(dispute)
    emit("charge.dispute.closed", dispute: id, cause: cause, at: now)
    if won { emit("charge.dispute.funds_reinstated", dispute: id, cause: cause, at: now) }
  }

  /// Whether a dispute of the charge stands in the way of a refund.
  func isChargedBack(_ charge: ChargeObject) -> Bool {
    guard charge.disputed else { return false }
    return disputes.objects.last { $0.value.charge == charge.id && !$0.value.isEnquiry }?.value
      .status != .won
  }

  private mutating func updateDispute(
    _ id: String, evidence: [StripeForm.Field], metadata: [StripeForm.Field], clears: Bool,
    submit: Bool, cause: Cause, now: Int64
  ) throws(StripeError) -> StripeBody {
    var dispute = try dispute(id).value
    if !evidence.isEmpty { try requireOpen(id) }
    try dispute.metadata.mergeWithinLimits(metadata, clears: clears)
    for field in evidence {
      dispute.evidence.removeAll { $0.key == field.key }
      if !field.value.isEmpty { dispute.evidence.append(field) }
    }
    let submits = submit && !dispute.evidence.isEmpty && dispute.status == .needsResponse
    if submits {
      dispute.status = .underReview
      dispute.submissions += 1
    }
    putDispute(dispute)
    emit("charge.dispute.updated", dispute: id, cause: cause, at: now)
    switch dispute.evidence.last(where: { $0.key == "uncategorized_text" })?.value {
    case "winning_evidence" where submits: endDispute(id, won: true, cause: cause, now: now)
    case "losing_evidence" where submits: endDispute(id, won: false, cause: cause, now: now)
    default: break
    }
    return .dispute(try self.dispute(id))
  }

  private func dispute(_ id: String) throws(StripeError) -> StripeSnapshot<DisputeObject> {
    guard let dispute = disputes[id] else { throw .noSuch("dispute", id, param: "dispute") }
    return dispute
  }

  private func requireOpen(_ id: String) throws(StripeError) {
    let status = try dispute(id).value.status
    guard status == .needsResponse || status == .underReview else { throw .closedDispute(status) }
  }

  private mutating func moveDisputed(
    _ dispute: DisputeObject, back: Bool, root: UInt64, branch: UInt64, now: Int64
  ) -> StripeSnapshot<StripeTransaction> {
    let transaction = StripeTransaction(
      id: ids.id("txn_", payment: root, branch: branch),
      amount: back ? dispute.amount : -dispute.amount, availableOn: now / 1_000_000,
      created: now / 1_000_000, currency: dispute.currency,
      description: back ? "Chargeback reversal" : "Chargeback withdrawal",
      reportingCategory: back ? "dispute_reversal" : "dispute", source: dispute.id,
      type: "adjustment")
    book(transaction)
    return StripeSnapshot(transaction)
  }

  private mutating func emit(_ type: String, dispute id: String, cause: Cause, at now: Int64) {
    guard let dispute = disputes[id], let position = intentPositions[dispute.value.paymentIntent]
    else { preconditionFailure("no such dispute: \(id)") }
    emit(type, .dispute(dispute), of: position, cause: cause, at: now)
  }
}

extension StripeAccount {
  /// What an auditor may know of an intent.
  func ledgerIntent(_ position: Int) -> StripeLedger.PaymentIntent {
    let record = intents[position]
    let intent = record.object.value
    return StripeLedger.PaymentIntent(
      id: intent.id, baggage: record.cause.baggage, idempotencyKey: record.cause.key,
      status: intent.status.rawValue, currency: intent.currency.code, amountMinor: intent.amount,
      capturableMinor: intent.amountCapturable, capturedMinor: intent.amountReceived,
      metadata: intent.metadata.dictionary, createdMicroseconds: record.createdMicroseconds,
      capturedMicroseconds: record.capturedMicroseconds, declineCode: record.declineCode,
      doneByHand: record.doneByHand, latestCharge: intent.latestCharge,
      heldMicroseconds: record.heldMicroseconds, canceledMicroseconds: record.canceledMicroseconds,
      cancellationReason: intent.cancellationReason)
  }

  /// What an auditor may know of a refund.
  func ledgerRefund(_ position: Int) -> StripeLedger.Refund {
    let record = refunds[position]
    let refund = record.object.value
    return StripeLedger.Refund(
      id: refund.id, paymentIntent: refund.paymentIntent, baggage: record.cause.baggage,
      idempotencyKey: record.cause.key, status: refund.status.rawValue,
      currency: refund.currency.code, amountMinor: refund.amount,
      metadata: refund.metadata.dictionary, createdMicroseconds: record.createdMicroseconds,
      updatedMicroseconds: record.updatedMicroseconds)
  }

  /// What an auditor may know of a dispute.
  func ledgerDispute(_ dispute: DisputeObject) -> StripeLedger.Dispute {
    StripeLedger.Dispute(
      id: dispute.id, paymentIntent: dispute.paymentIntent, status: dispute.status.rawValue,
      currency: dispute.currency.code, amountMinor: dispute.amount,
      openedMicroseconds: dispute.openedMicroseconds,
      closedMicroseconds: dispute.closedMicroseconds)
  }

  /// What an auditor may know of an event.
  func ledgerEvent(_ position: Int) -> StripeLedger.Event {
    let record = events[position]
    let event = record.event.value
    return StripeLedger.Event(
      id: event.id, type: event.type, object: event.object.id,
      createdMicroseconds: event.createdMicroseconds, attempts: record.attempts,
      delivered: record.delivered, pending: record.outstanding > 0,
      refusals: record.refusals)
  }
}

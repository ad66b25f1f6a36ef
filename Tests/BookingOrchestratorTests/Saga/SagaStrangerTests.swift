import Testing

@testable import BookingOrchestrator

/// Payment intents that somebody else confirmed or cancelled.
struct SagaStrangerTests {
  typealias Rig = SagaRig

  private static func succeeded(_ rig: Rig, generation: Int = 1) -> SagaMessage {
    var intent = rig.intent("succeeded")
    intent.metadata["generation"] = "\(generation)"
    return .stripe(
      inbox: 7,
      StripeEvent(
        id: "evt_7", type: "payment_intent.succeeded", created: 0, paymentIntent: intent))
  }

  @Test func aLostIntentThatSomebodyConfirmedIsRefunded() {
    var rig = Rig()
    rig.validate()
    rig.tell(.answered(Rig.key(.intent), .paymentIntent(.unknown(Rig.lost))))
    rig.tell(inbox: [.cancel(inbox: 1)])
    #expect(rig.saga.state == .cancelled)
    rig.tell(inbox: [Self.succeeded(rig)])
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 50_000)
    #expect(rig.ledger == [50_000])
  }

  // repaid, seed 16: Stripe was still at work on the first try, and the next ones met its lock.
  @Test func aChargeThatSucceedsBetweenTwoTriesIsTheTripsOwn() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    let later = rig.now + .seconds(60)
    for attempt in 1...3 {
      #expect(rig.actions == [.send(Rig.key(.charge))])
      // The breaker is open by the time at which another key would be tried.
      if attempt == 3 { rig.saga.admit = { $0 == .stripe ? later : nil } }
      rig.tell(
        .answered(
          Rig.key(.charge), .paymentIntent(.retry(Retry(reason: "lock_timeout", after: nil)))))
      rig.wake()
    }
    #expect(rig.saga.step(.charge, .forward)?.status == .rejected)
    #expect(rig.actions.isEmpty)
    rig.tell(inbox: [Self.succeeded(rig)])
    #expect(rig.saga.step(.charge, .forward)?.status == .done)
    #expect(!rig.saga.needsAttention)
    #expect(rig.ledger == [50_000])
  }

  @Test func aLostIntentThatSomebodyConfirmedIsGoneOnWith() {
    var rig = Rig()
    rig.validate()
    rig.tell(.answered(Rig.key(.intent), .paymentIntent(.unknown(Rig.lost))))
    rig.tell(inbox: [Self.succeeded(rig)])
    #expect(rig.saga.plan.paymentIntent == "pi_1")
    #expect(rig.actions == [.send(Rig.key(.charge))])
  }

  /// fast-adopted, seed 124: the customer had paid, and the trip failed for want of a payment.
  @Test func aPaymentThatWasGivenUpIsTheTripsWhereNothingElseWasCharged() throws {
    var rig = Rig()
    rig.validate()
    while rig.saga.step(.intent, .forward)?.generation == 1 {
      rig.tell(.answered(Rig.key(.intent), .paymentIntent(.unknown(Rig.lost))))
      rig.wake()
    }
    rig.tell(.answered(Rig.key(.intent), .paymentIntent(.unknown(Rig.lost))))
    rig.tell(inbox: [Self.succeeded(rig, generation: 1)])
    let intent = try #require(rig.saga.step(.intent, .forward))
    #expect(intent.generation == 1)
    #expect(intent.status == .done)
    #expect(rig.saga.plan.paymentIntent == "pi_1")
    #expect(rig.parked.isEmpty)
    let given = rig.reaction.changes.compactMap { change in
      if case .step(let step) = change, step.key == Rig.key(.intent) { step } else { nil }
    }
    #expect(given.map(\.generation) == [2, 1])
    #expect(given.map(\.status) == [.rejected, .done])
    #expect(rig.actions == [.send(Rig.key(.charge))])
  }

  @Test func anIntentThatSomebodyConfirmedBeforeOurCancellationIsRefunded() {
    var rig = Rig()
    rig.validate()
    rig.tell(
      .answered(Rig.key(.intent), .paymentIntent(.done(rig.intent("requires_confirmation")))),
      inbox: [.cancel(inbox: 1)])
    #expect(rig.actions == [.send(Rig.key(.intent, .undo))])
    var rejection = Rejection(
      code: "payment_intent_unexpected_state", message: "it has succeeded", httpStatus: 400)
    rejection.paymentIntent = rig.intent("succeeded")
    rig.tell(.answered(Rig.key(.intent, .undo), .paymentIntent(.rejected(rejection))))
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(rig.ledger == [50_000])
  }

  @Test func anIntentThatSomebodyCancelledFailsTheTrip() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    var rejection = Rejection(
      code: "payment_intent_unexpected_state", message: "it is canceled", httpStatus: 400)
    rejection.paymentIntent = rig.intent("canceled")
    rig.tell(.answered(Rig.key(.charge), .paymentIntent(.rejected(rejection))))
    #expect(
      rig.saga.failure?.message
        == "The payment was declined: the payment intent was canceled before it was charged")
    rig.tell(.answered(Rig.key(.intent, .undo), .paymentIntent(.rejected(rejection))))
    #expect(rig.saga.state == .failed)
    #expect(rig.ledger == [])
  }

  @Test func aPaymentThatWasGivenUpIsHandedToAnOperator() {
    var rig = Rig()
    rig.bookAll()
    var message = Self.succeeded(rig, generation: 2)
    if case .stripe(let row, var event) = message {
      event.paymentIntent?.id = "pi_2"
      message = .stripe(inbox: row, event)
    }
    rig.tell(inbox: [message])
    #expect(rig.parked == ["payment-mismatch"])
  }

  private static func lying(_ rig: Rig) -> SagaMessage {
    guard case .stripe(let row, var event) = succeeded(rig) else { return succeeded(rig) }
    event.paymentIntent?.amountReceived = 5
    event.paymentIntent?.currency = "eur"
    return .stripe(inbox: row, event)
  }

  /// The object says what was charged, whatever the event does.
  @Test func anEventOfOtherMoneyHasThePaymentLookedAt() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.tell(.answered(Rig.key(.charge), .paymentIntent(.unknown(Rig.lost))))
    rig.tell(inbox: [Self.lying(rig)])
    #expect(rig.ledger == [])
    #expect(rig.parked == [])
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .paymentIntent(id: "pi_1"))])
    rig.tell(.lookedUp(Rig.key(.charge), .paymentIntent(.done(rig.intent("succeeded")))))
    #expect(rig.ledger == [50_000])
  }

  @Test func aLostIntentIsFencedWhenTheEventTellsOfOtherMoney() {
    var rig = Rig()
    rig.validate()
    rig.tell(.answered(Rig.key(.intent), .paymentIntent(.unknown(Rig.lost))))
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.tell(inbox: [Self.lying(rig)])
    #expect(rig.ledger == [])
    #expect(rig.actions == [.send(Rig.key(.intent, .undo))])
    var rejection = Rejection(
      code: "payment_intent_unexpected_state", message: "it has succeeded", httpStatus: 400)
    rejection.paymentIntent = rig.intent("succeeded")
    rig.tell(.answered(Rig.key(.intent, .undo), .paymentIntent(.rejected(rejection))))
    #expect(rig.ledger == [50_000])
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
  }

  @Test func aPaymentOfOtherMoneyIsHandedToAnOperator() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    var intent = rig.intent("succeeded")
    intent.amountReceived = 5
    rig.tell(.answered(Rig.key(.charge), .paymentIntent(.done(intent))))
    #expect(rig.parked == ["payment-mismatch"])
    #expect(rig.ledger == [])
  }
}

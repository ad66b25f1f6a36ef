import Testing

@testable import BookingOrchestrator

/// Refunds that somebody else made.
struct SagaElsewhereTests {
  typealias Rig = SagaRig

  private static func byHand(_ id: String, _ status: String, _ amount: Int64) -> StripeRefund {
    StripeRefund(
      id: id, status: status, amount: amount, currency: "usd", paymentIntent: "pi_1",
      metadata: [:], created: 0)
  }

  private static func event(_ refund: StripeRefund) -> SagaMessage {
    .stripe(
      inbox: 7, StripeEvent(id: "evt_7", type: "refund.created", created: 0, refund: refund))
  }

  /// An event of a refund, and Stripe's list that is read for it.
  private static func learn(_ rig: inout Rig, _ refunds: StripeRefund...) {
    rig.tell(inbox: [event(refunds[refunds.count - 1])])
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done(refunds))))
  }

  private func applied(_ rig: Rig) -> String? {
    for case .applied(inbox: 7, let result) in rig.reaction.changes { return result }
    return nil
  }

  private func asked(_ rig: Rig, _ slot: Slot = .charge) -> Int64? {
    rig.saga.step(slot, .undo)?.amountAsked
  }

  /// A confirmed trip of 500.00 that is cancelled; the hotel keeps `penalty`.
  private func cancel(_ rig: inout Rig, penalty: Int64 = 0) {
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.tell(.answered(Rig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(
      .lookedUp(
        Rig.key(.hotel, .undo),
        .hotelOrder(
          .done(
            HotelOrderDetails(
              order: "ho_1", reservation: "r_1", status: "cancelled",
              cancellationFee: rig.money(penalty))))))
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
  }

  @Test func aRefundByHandIsPostedAndShown() {
    var rig = Rig()
    rig.bookAll()
    rig.tell(inbox: [Self.event(Self.byHand("re_h", "succeeded", 20_000))])
    #expect(rig.ledger == [50_000])
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .refunds(paymentIntent: "pi_1"))])
    rig.tell(
      .lookedUp(Rig.key(.charge), .refunds(.done([Self.byHand("re_h", "succeeded", 20_000)]))))
    #expect(rig.ledger == [50_000, -20_000])
    #expect(
      rig.reaction.changes.contains {
        if case .payment(.refunded(total: 20_000, refund: "re_h")) = $0 { true } else { false }
      })
    #expect(rig.reaction.story.contains("by somebody else"))
    #expect(rig.saga.state == .confirmed)
    #expect(rig.parked.isEmpty)
    rig.tell(inbox: [Self.event(Self.byHand("re_h", "succeeded", 20_000))])
    #expect(applied(rig) == "known already")
    Self.learn(
      &rig, Self.byHand("re_h", "succeeded", 20_000), Self.byHand("re_i", "succeeded", 1_000))
    #expect(rig.ledger == [50_000, -20_000, -1_000])
    cancel(&rig)
    #expect(asked(rig) == 29_000)
  }

  /// fast-by-hand, seed 196: under the old key Stripe repeats its refusal for a day.
  @Test func aRefundRefusedBesideOneThatCameToNothingIsAskedForUnderANewKey() {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig)
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(
          .rejected(
            Rejection(
              code: "charge_already_refunded", message: "has already been refunded",
              httpStatus: 400)))))
    rig.wake()
    rig.tell(
      .lookedUp(
        Rig.key(.charge, .undo), .refunds(.done([Self.byHand("re_h", "canceled", 50_000)]))))
    rig.wake()
    #expect(rig.parked.isEmpty)
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(rig.saga.step(.charge, .undo)?.generation == 2)
    #expect(asked(rig) == 50_000)
  }

  /// fast-tangles, seed 143: staff and a later cancellation would both have paid it.
  @Test func whatPeopleAreToPayIsNotRefundedByACancellation() {
    var rig = Rig(activities: [4_000])
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.bookHotel()
    Self.learn(&rig, Self.byHand("re_h", "pending", 3_000))
    rig.tell(
      .answered(
        Rig.key(.activity(1)),
        .activity(.rejected(Rejection(code: "SOLD_OUT", message: "gone", httpStatus: 400)))))
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done([Self.byHand("re_h", "pending", 3_000)]))))
    #expect(asked(rig, .activityRefund(1)) == 1_000)
    rig.tell(
      .answered(
        Rig.key(.activityRefund(1), .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 1_000, cause: "activity-1")))))
    Self.learn(
      &rig, rig.refund("re_1", "succeeded", 1_000, cause: "activity-1"),
      Self.byHand("re_h", "failed", 3_000))
    #expect(rig.parked == ["refund-failed"])
    cancel(&rig)
    rig.tell(
      .lookedUp(
        Rig.key(.charge),
        .refunds(
          .done([
            rig.refund("re_1", "succeeded", 1_000, cause: "activity-1"),
            Self.byHand("re_h", "failed", 3_000),
          ]))))
    #expect(asked(rig) == 50_000)
  }

  @Test func nothingIsAskedForWhenAllWasGivenBack() {
    var rig = Rig()
    rig.bookAll()
    Self.learn(&rig, Self.byHand("re_h", "succeeded", 50_000))
    cancel(&rig)
    #expect(rig.saga.state == .cancelled)
    #expect(rig.saga.step(.charge, .undo) == nil)
    #expect(rig.parked.isEmpty)
  }

  @Test func stripesRefusalIsLookedIntoAndWhatIsLeftAskedFor() {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig)
    #expect(asked(rig) == 50_000)
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(
          .rejected(
            Rejection(
              code: "invalid_request_error",
              message: "Refund amount ($500.00) is greater than unrefunded amount on charge "
                + "($300.00)", httpStatus: 400)))))
    rig.wake()
    #expect(rig.actions == [.lookUp(Rig.key(.charge, .undo), .refunds(paymentIntent: "pi_1"))])
    rig.tell(
      .lookedUp(
        Rig.key(.charge, .undo), .refunds(.done([Self.byHand("re_h", "succeeded", 20_000)]))))
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(asked(rig) == 30_000)
    #expect(rig.saga.step(.charge, .undo)?.generation == 2)
    #expect(rig.parked.isEmpty)
  }

  @Test func alreadyRefundedByHandSettlesTheUndo() {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig)
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(
          .rejected(
            Rejection(
              code: "charge_already_refunded", message: "Charge ch_1 has already been refunded.",
              httpStatus: 400)))))
    rig.wake()
    rig.tell(
      .lookedUp(
        Rig.key(.charge, .undo), .refunds(.done([Self.byHand("re_h", "succeeded", 50_000)]))))
    #expect(rig.saga.state == .cancelled)
    #expect(rig.parked.isEmpty)
    #expect(rig.ledger == [50_000, -50_000])
  }

  @Test func theListIsReadBeforeLessThanEverythingIsAskedFor() {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig, penalty: 5_000)
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .refunds(paymentIntent: "pi_1"))])
    rig.tell(
      .lookedUp(Rig.key(.charge), .refunds(.done([Self.byHand("re_h", "succeeded", 20_000)]))))
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(asked(rig) == 25_000)
  }

  @Test func aFailedActivityThatWasPaidBackByHandIsNotPaidTwice() {
    var rig = Rig(activities: [5_000, 6_000])
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.tell(
      .answered(
        Rig.key(.flight),
        .flightOrder(.done(FlightOrder(id: "fo_1", pnr: "ABCDEF", departures: ["D1"])))),
      inbox: [Self.event(Self.byHand("re_h", "succeeded", 7_000))])
    rig.bookHotel()
    rig.bookActivity(1, "REJECTED")
    rig.bookActivity(2, "REJECTED")
    rig.tell(
      .lookedUp(Rig.key(.charge), .refunds(.done([Self.byHand("re_h", "succeeded", 7_000)]))))
    let sum = (asked(rig, .activityRefund(1)) ?? 0) + (asked(rig, .activityRefund(2)) ?? 0)
    #expect(sum == 4_000)
  }

  @Test func aRefundByHandThatIsCancelledIsOwedAgain() {
    var rig = Rig()
    rig.bookAll()
    Self.learn(&rig, Self.byHand("re_h", "pending", 50_000))
    #expect(rig.ledger == [50_000])
    cancel(&rig)
    #expect(rig.saga.state == .cancelled)
    rig.tell(inbox: [Self.event(Self.byHand("re_h", "canceled", 50_000))])
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(asked(rig) == 50_000)
    #expect(rig.saga.state == .cancelled)
  }

  @Test func aRefundByHandThatFailsAfterItCountedIsHandedToAnOperator() {
    var rig = Rig()
    rig.bookAll()
    Self.learn(&rig, Self.byHand("re_h", "succeeded", 20_000))
    cancel(&rig)
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 30_000, cause: "cancel")))))
    rig.tell(inbox: [Self.event(Self.byHand("re_h", "failed", 20_000))])
    #expect(rig.parked == ["refund-failed"])
    #expect(rig.ledger == [50_000, -20_000, -30_000, 20_000])
  }

  @Test func aRefundByHandThatFailsAndWasNeverCountedIsNobodysLoss() {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig, penalty: 10_000)
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done([]))))
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 40_000, cause: "cancel")))))
    Self.learn(&rig, Self.byHand("re_h", "pending", 10_000))
    rig.tell(inbox: [Self.event(Self.byHand("re_h", "failed", 10_000))])
    #expect(rig.parked == [])
    #expect(rig.ledger == [50_000, -40_000])
  }

  @Test func aChargeEventThatTellsOfMoreIsLookedInto() {
    var rig = Rig()
    rig.bookAll()
    let charge = StripeCharge(id: "ch_1", paymentIntent: "pi_1", amountRefunded: 20_000)
    rig.tell(inbox: [
      .stripe(
        inbox: 7, StripeEvent(id: "evt_7", type: "charge.refunded", created: 0, charge: charge))
    ])
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .refunds(paymentIntent: "pi_1"))])
    rig.tell(
      .lookedUp(Rig.key(.charge), .refunds(.done([Self.byHand("re_h", "succeeded", 20_000)]))))
    #expect(rig.ledger == [50_000, -20_000])
    #expect(rig.saga.plan.refundsInDoubt == nil)
  }

  @Test func aRefundOfAnotherPaymentIsNotOurs() {
    var rig = Rig()
    rig.bookAll()
    var refund = Self.byHand("re_h", "succeeded", 20_000)
    refund.paymentIntent = "pi_2"
    rig.tell(inbox: [Self.event(refund)])
    #expect(applied(rig) == "not a refund of this trip")
    #expect(rig.ledger == [50_000])
  }

  /// Our own refund failed; the event that tells so tells of another amount.
  @Test(arguments: [(50_000, "eur"), (5_000, "usd")] as [(Int64, String)])
  func anEventOfOtherMoneyIsNotBelieved(_ told: (amount: Int64, currency: String)) {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig)
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 50_000, cause: "cancel")))))
    var refund = rig.refund("re_1", "failed", told.amount, cause: "cancel")
    refund.currency = told.currency
    rig.tell(inbox: [Self.event(refund)])
    #expect(rig.ledger == [50_000, -50_000])
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .refunds(paymentIntent: "pi_1"))])
    rig.tell(
      .lookedUp(
        Rig.key(.charge),
        .refunds(.done([rig.refund("re_1", "failed", 50_000, cause: "cancel")]))))
    #expect(rig.ledger == [50_000, -50_000, 50_000])
    #expect(rig.parked == ["refund-failed"])
  }

  /// Another program copied our payment, and its refunds' metadata with it.
  @Test func aCopyOfOurRefundIsNotOurs() {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig)
    var copy = rig.refund("re_copy", "succeeded", 50_000, cause: "cancel")
    copy.paymentIntent = "pi_2"
    rig.tell(inbox: [Self.event(copy)])
    #expect(applied(rig) == "not a refund of this trip")
    #expect(rig.ledger == [50_000])
  }

  @Test func aRefundThatStripeCannotPayIsAskedForTenTimes() {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig)
    for generation in 1...RetryPolicy.refusals {
      #expect(rig.parked == [])
      #expect(rig.saga.step(.charge, .undo)?.generation == generation)
      rig.tell(
        .answered(
          Rig.key(.charge, .undo),
          .refund(
            .rejected(
              Rejection(
                code: "balance_insufficient", message: "The balance does not cover it.",
                httpStatus: 400)))))
      rig.pass(.seconds(1_000))
    }
    #expect(rig.parked == ["undo-refused"])
    #expect(rig.saga.state == .cancelled)
    let known = rig.written.compactMap {
      if case .attention(let item) = $0 { item.known } else { nil }
    }
    #expect(known.allSatisfy { $0.contains("\"amount\":\"50000 USD\"") })
  }
}

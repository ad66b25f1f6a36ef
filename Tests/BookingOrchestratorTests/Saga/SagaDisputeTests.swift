import Testing

@testable import BookingOrchestrator

/// Payments that the customer's bank disputes.
struct SagaDisputeTests {
  typealias Rig = SagaRig

  private static func dispute(_ status: String, _ amount: Int64 = 50_000) -> SagaMessage {
    .stripe(
      inbox: 7,
      StripeEvent(
        id: "evt_\(status)", type: "charge.dispute.created", created: 0,
        dispute: StripeDispute(
          id: "dp_1", paymentIntent: "pi_1", amount: amount, currency: "usd", status: status,
          reason: "fraudulent")))
  }

  /// An event of a dispute, and Stripe's list that is read for it when it is read.
  private static func learn(_ rig: inout Rig, _ status: String, _ amount: Int64 = 50_000) {
    rig.tell(inbox: [dispute(status, amount)])
    guard rig.actions == [.lookUp(Rig.key(.charge), .disputes(paymentIntent: "pi_1"))] else {
      return
    }
    guard case .stripe(_, let event) = dispute(status, amount), let dispute = event.dispute else {
      return
    }
    rig.tell(.lookedUp(Rig.key(.charge), .disputes(.done([dispute]))))
  }

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

  @Test func aDisputedPaymentIsNotRefundedAndALostOneNever() {
    var rig = Rig()
    rig.bookAll()
    Self.learn(&rig, "needs_response")
    #expect(rig.saga.needsAttention)
    cancel(&rig)
    #expect(rig.saga.state == .cancelled)
    #expect(rig.saga.step(.charge, .undo) == nil)
    Self.learn(&rig, "lost")
    #expect(rig.ledger == [50_000, -50_000])
    #expect(!rig.saga.needsAttention)
    #expect(rig.actions.isEmpty)
    Self.learn(&rig, "under_review")
    #expect(!rig.saga.needsAttention)
  }

  @Test func aWonDisputeLeavesTheRefundOwed() {
    var rig = Rig()
    rig.bookAll()
    Self.learn(&rig, "needs_response")
    cancel(&rig)
    Self.learn(&rig, "won")
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 50_000)
    #expect(rig.ledger == [50_000])
  }

  @Test(arguments: ["won", "lost"])
  func aRefundRefusedForADisputeWaitsForItsEnd(_ end: String) {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig)
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(
          .rejected(
            Rejection(
              code: "charge_disputed",
              message: "Charge ch_1 has been charged back; cannot issue a refund.",
              httpStatus: 400)))))
    #expect(rig.parked == ["undo-refused"])
    let advice = rig.written.compactMap {
      if case .attention(let item) = $0 { item.advice } else { nil }
    }
    #expect(advice.allSatisfy { $0.contains("do not pay it back") })
    Self.learn(&rig, end)
    #expect(!rig.saga.needsAttention)
    #expect(rig.actions == (end == "won" ? [.send(Rig.key(.charge, .undo))] : []))
  }

  @Test(arguments: [OperatorCommand.Verb.markDone, .abandon])
  func whatAnOperatorClosedIsNotAskedForAfterTheDispute(_ verb: OperatorCommand.Verb) {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig)
    rig.tell(.answered(Rig.key(.charge, .undo), .refund(.rejected(Self.refusal))))
    rig.tell(
      inbox: [
        .decided(
          inbox: 8,
          OperatorCommand(
            verb: verb, slot: "charge", reason: "undo-refused", by: "anna", note: "paid by bank"))
      ])
    Self.learn(&rig, "needs_response")
    Self.learn(&rig, "won")
    #expect(rig.actions.isEmpty)
    #expect(!rig.saga.needsAttention)
  }

  @Test func aDisputeWonAfterOurRefundOwesNothing() {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig, penalty: 10_000)
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done([]))))
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 40_000, cause: "cancel")))))
    Self.learn(&rig, "needs_response", 10_000)
    Self.learn(&rig, "won", 10_000)
    #expect(!rig.saga.needsAttention)
    #expect(rig.parked == ["payment-disputed"])
    #expect(rig.actions.isEmpty)
  }

  @Test func aRefusalThatArrivesAfterTheDisputeWasWonIsAskedForAgain() {
    var rig = Rig()
    rig.bookAll()
    cancel(&rig)
    rig.tell(inbox: [Self.dispute("won")])
    rig.tell(.answered(Rig.key(.charge, .undo), .refund(.rejected(Self.refusal))))
    #expect(rig.parked == [])
    guard case .stripe(_, let event) = Self.dispute("won"), let dispute = event.dispute else {
      return
    }
    rig.tell(.lookedUp(Rig.key(.charge), .disputes(.done([dispute]))))
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 50_000)
  }

  @Test func whatAPartWasRefusedIsPaidWithTheWholeOfACancelledTrip() {
    var rig = Rig(activities: [3_000])
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.bookHotel()
    rig.bookActivity(1, "REJECTED")
    let listed: SagaEvent = .lookedUp(Rig.key(.charge), .refunds(.done([])))
    rig.tell(listed)
    rig.tell(.answered(Rig.key(.activityRefund(1), .undo), .refund(.rejected(Self.refusal))))
    Self.learn(&rig, "needs_response", 53_000)
    cancel(&rig)
    #expect(rig.saga.state == .cancelled)
    Self.learn(&rig, "won", 53_000)
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 53_000)
    #expect(!rig.saga.needsAttention)
  }

  /// What an operator closed is one part's; the rest, which the bank gives back, is still owed.
  @Test func whatAnOperatorClosedOfAPartIsOnlyThatPart() {
    var rig = Rig(activities: [3_000])
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.bookHotel()
    rig.bookActivity(1, "REJECTED")
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done([]))))
    rig.tell(.answered(Rig.key(.activityRefund(1), .undo), .refund(.rejected(Self.refusal))))
    Self.learn(&rig, "needs_response", 53_000)
    cancel(&rig)
    rig.tell(
      inbox: [
        .decided(
          inbox: 8,
          OperatorCommand(
            verb: .abandon, slot: "refund-activity-1", reason: "undo-refused", by: "anna",
            note: "paid in cash"))
      ])
    Self.learn(&rig, "won", 53_000)
    // Stripe would give back more than is owed: it is asked first what others have.
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done([]))))
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 50_000)
  }

  private static let refusal = Rejection(
    code: "charge_disputed",
    message: "Charge ch_1 has been charged back; cannot issue a refund.", httpStatus: 400)

  /// The charge's event tells of less than the bank withdrew, and yet of a refund that nobody knew.
  @Test func aRefundByHandIsNewsBesideALargerDispute() {
    var rig = Rig()
    rig.bookAll()
    Self.learn(&rig, "needs_response", 30_000)
    rig.tell(
      inbox: [
        .stripe(
          inbox: 9,
          StripeEvent(
            id: "evt_c", type: "charge.refunded", created: 0,
            charge: StripeCharge(id: "ch_1", paymentIntent: "pi_1", amountRefunded: 20_000)))
      ])
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .refunds(paymentIntent: "pi_1"))])
  }

  @Test func anEnquiryMovesNothing() {
    var rig = Rig()
    rig.bookAll()
    rig.tell(inbox: [Self.dispute("warning_needs_response")])
    #expect(!rig.saga.needsAttention)
    #expect(rig.saga.plan.refunds.isEmpty)
  }

  @Test func anEventOfAnotherAmountIsNotBelieved() {
    var rig = Rig()
    rig.bookAll()
    Self.learn(&rig, "needs_response")
    rig.tell(inbox: [Self.dispute("lost", 5_000)])
    #expect(rig.ledger == [50_000])
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .disputes(paymentIntent: "pi_1"))])
    guard case .stripe(_, let event) = Self.dispute("lost"), let dispute = event.dispute else {
      return
    }
    rig.tell(.lookedUp(Rig.key(.charge), .disputes(.done([dispute]))))
    #expect(rig.ledger == [50_000, -50_000])
  }
}

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

  private func cancel(_ rig: inout Rig) {
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.tell(.answered(Rig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(
      .looked(
        Rig.key(.hotel, .undo),
        .hotelOrder(
          .done(HotelOrderDetails(order: "ho_1", reservation: "r_1", status: "cancelled")))))
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
  }

  @Test func aDisputedPaymentIsNotRefundedAndALostOneNever() {
    var rig = Rig()
    rig.bookAll()
    rig.tell(inbox: [Self.dispute("needs_response")])
    #expect(rig.saga.needsAttention)
    cancel(&rig)
    #expect(rig.saga.state == .cancelled)
    #expect(rig.saga.step(.charge, .undo) == nil)
    rig.tell(inbox: [Self.dispute("lost")])
    #expect(rig.ledger == [50_000, -50_000])
    #expect(!rig.saga.needsAttention)
    #expect(rig.actions.isEmpty)
    rig.tell(inbox: [Self.dispute("under_review")])
    #expect(!rig.saga.needsAttention)
  }

  @Test func aWonDisputeLeavesTheRefundOwed() {
    var rig = Rig()
    rig.bookAll()
    rig.tell(inbox: [Self.dispute("needs_response")])
    cancel(&rig)
    rig.tell(inbox: [Self.dispute("won")])
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
    rig.tell(inbox: [Self.dispute(end)])
    #expect(!rig.saga.needsAttention)
    #expect(rig.actions == (end == "won" ? [.send(Rig.key(.charge, .undo))] : []))
  }

  @Test func anEnquiryMovesNothing() {
    var rig = Rig()
    rig.bookAll()
    rig.tell(inbox: [Self.dispute("warning_needs_response")])
    #expect(!rig.saga.needsAttention)
    #expect(rig.saga.plan.refunds.isEmpty)
  }
}

import Testing

@testable import BookingOrchestrator

struct SagaOperatorTests {
  private static func decide(
    _ verb: OperatorCommand.Verb, _ slot: String, _ reason: String
  ) -> SagaMessage {
    .decided(
      inbox: 7,
      OperatorCommand(verb: verb, slot: slot, reason: reason, by: "anna", note: "spoke to them"))
  }

  /// A trip whose hotel was refused and whose refund Stripe could not pay out.
  private func refundFailed() -> SagaRig {
    var rig = SagaRig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.rejectHotel()
    rig.tell(.answered(SagaRig.key(.flight, .undo), .cancelled(.done(true))))
    rig.tell(
      .answered(
        SagaRig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "failed", 50_000, cause: "rollback")))))
    return rig
  }

  /// A trip whose flight order's answer was lost.
  private func flightLost() -> SagaRig {
    var rig = SagaRig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.tell(.answered(SagaRig.key(.flight), .flightOrder(.unknown(SagaRig.lost))))
    rig.tell(
      .answered(
        SagaRig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 50_000, cause: "rollback")))))
    return rig
  }

  private func applied(_ rig: SagaRig) -> String? {
    for case .applied(inbox: 7, let result) in rig.reaction.changes { return result }
    return nil
  }

  private func resolutions(_ rig: SagaRig) -> [Resolution] {
    rig.reaction.changes.compactMap {
      if case .resolved(let resolution) = $0 { resolution } else { nil }
    }
  }

  @Test func nothingIsCalledForAParkedItemUntilAnOperatorSaysSo() {
    var rig = refundFailed()
    #expect(rig.parked == ["refund-failed"])
    #expect(rig.saga.needsAttention)
    for _ in 0..<5 {
      rig.pass(.seconds(86_400))
      #expect(!rig.actions.contains(.send(SagaRig.key(.charge, .undo))))
    }
  }

  @Test func retriedRefundIsANewGenerationOfTheSameAmount() throws {
    var rig = refundFailed()
    let first = try #require(rig.saga.step(.charge, .undo))
    rig.tell(inbox: [Self.decide(.retry, "charge", "refund-failed")])
    #expect(applied(rig) == "retried")
    #expect(resolutions(rig).map(\.resolution) == ["retried"])
    #expect(resolutions(rig).first?.by == "anna")
    #expect(
      rig.reaction.story.contains("anna decided retry for charge, refund-failed: spoke to them"))
    #expect(!rig.saga.needsAttention)
    #expect(rig.actions == [.send(SagaRig.key(.charge, .undo))])
    let second = try #require(rig.saga.step(.charge, .undo))
    #expect(second.generation == 2)
    #expect(second.idempotencyKey != first.idempotencyKey)
    rig.tell(
      .answered(
        SagaRig.key(.charge, .undo),
        .refund(.done(rig.refund("re_2", "succeeded", 50_000, cause: "rollback", generation: 2)))))
    #expect(rig.ledger == [50_000, -50_000])
    #expect(rig.saga.state == .failed)
    #expect(rig.saga.plan.retried == nil)
  }

  private func releases(_ rig: SagaRig) -> Bool {
    rig.reaction.changes.contains { if case .releaseOption = $0 { true } else { false } }
  }

  @Test func theOptionOfAFailedTripIsGivenBackOnceNothingIsParked() {
    var rig = refundFailed()
    #expect(!releases(rig))
    rig.tell(inbox: [Self.decide(.retry, "charge", "refund-failed")])
    rig.tell(
      .answered(
        SagaRig.key(.charge, .undo),
        .refund(.done(rig.refund("re_2", "succeeded", 50_000, cause: "rollback", generation: 2)))))
    rig.pass(.seconds(86_400))
    rig.tell(.lookedUp(SagaRig.key(.hotel), .hotelOrders(.done([]))))
    #expect(rig.written.contains { if case .releaseOption = $0 { true } else { false } })
    for verb in [OperatorCommand.Verb.markDone, .abandon] {
      var other = refundFailed()
      other.tell(inbox: [Self.decide(verb, "charge", "refund-failed")])
      #expect(releases(other))
    }
  }

  @Test func retryThatFailsParksTheItemAgain() {
    var rig = refundFailed()
    rig.tell(inbox: [Self.decide(.retry, "charge", "refund-failed")])
    rig.tell(
      .answered(
        SagaRig.key(.charge, .undo),
        .refund(.done(rig.refund("re_2", "failed", 50_000, cause: "rollback", generation: 2)))))
    #expect(rig.parked == ["refund-failed", "refund-failed"])
    #expect(rig.saga.needsAttention)
  }

  @Test func retrySurvivesACrash() {
    var rig = refundFailed()
    rig.tell(inbox: [Self.decide(.retry, "charge", "refund-failed")])
    rig.crash()
    // The refund may have been made: it is looked up, not made again.
    #expect(rig.actions == [.lookUp(SagaRig.key(.charge, .undo), .refunds(paymentIntent: "pi_1"))])
  }

  @Test func lateNewsOfTheFailedRefundChangesNothing() {
    var rig = refundFailed()
    rig.tell(inbox: [Self.decide(.retry, "charge", "refund-failed")])
    let event = StripeEvent(
      id: "evt_9", type: "refund.failed", created: 0, paymentIntent: nil,
      refund: rig.refund("re_1", "failed", 50_000, cause: "rollback"))
    rig.tell(inbox: [.stripe(inbox: 8, event)])
    #expect(rig.parked == ["refund-failed"])
    #expect(!rig.saga.needsAttention)
  }

  @Test func lostFlightOrderIsNotRetried() throws {
    var rig = flightLost()
    #expect(rig.parked == ["flight-order-lost"])
    rig.tell(inbox: [Self.decide(.retry, "flight", "flight-order-lost")])
    #expect(try #require(applied(rig)).hasPrefix("refused: "))
    #expect(resolutions(rig).isEmpty && rig.saga.needsAttention)
    #expect(!rig.actions.contains(.send(SagaRig.key(.flight))))
  }

  @Test(arguments: [(OperatorCommand.Verb.markDone, "done"), (.abandon, "abandoned")])
  func settledItemIsSettledAndCallsNobody(verb: OperatorCommand.Verb, resolution: String) {
    var rig = flightLost()
    rig.tell(inbox: [Self.decide(verb, "flight", "flight-order-lost")])
    #expect(applied(rig) == resolution)
    #expect(resolutions(rig).map(\.resolution) == [resolution])
    #expect(!rig.saga.needsAttention)
    #expect(rig.saga.state == .failed)
    #expect(rig.actions.isEmpty)
  }

  /// A confirmed trip whose activity was refused and whose refund has this status.
  private func activityRefunded(_ status: String) -> SagaRig {
    var rig = SagaRig(activities: [3_000])
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.bookHotel()
    rig.bookActivity(1, "REJECTED")
    rig.tell(.lookedUp(SagaRig.key(.charge), .refunds(.done([]))))
    rig.tell(
      .answered(
        SagaRig.key(.activityRefund(1), .undo),
        .refund(.done(rig.refund("re_1", status, 3_000, cause: "activity-1")))))
    return rig
  }

  /// The last refund was made less by what was parked, and is under way when that is to be tried again.
  @Test func aPartsRefundThatIsRetriedBesideTheLastOneIsAskedForAfterIt() {
    var rig = activityRefunded("failed")
    #expect(rig.parked == ["refund-failed"])
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.tell(.answered(SagaRig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(
      .lookedUp(
        SagaRig.key(.hotel, .undo),
        .hotelOrder(
          .done(
            HotelOrderDetails(
              order: "ho_1", reservation: "r_1", status: "cancelled", cancellationFee: rig.money(0))
          ))))
    rig.tell(.answered(SagaRig.key(.flight, .undo), .cancelled(.done(true))))
    rig.tell(.lookedUp(SagaRig.key(.charge), .refunds(.done([]))))
    #expect(rig.actions == [.send(SagaRig.key(.charge, .undo))])
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 50_000)
    rig.tell(
      .answered(
        SagaRig.key(.charge, .undo),
        .refund(.done(rig.refund("re_2", "succeeded", 50_000, cause: "cancel")))),
      inbox: [Self.decide(.retry, "refund-activity-1", "refund-failed")])
    #expect(applied(rig) == "retried")
    #expect(rig.saga.state == .cancelled)
    #expect(rig.actions == [.send(SagaRig.key(.activityRefund(1), .undo))])
    #expect(rig.saga.step(.activityRefund(1), .undo)?.amountAsked == 3_000)
  }

  /// A list that was read before Stripe paid the refund out is answered beside the news that it did.
  @Test(arguments: [("succeeded", "pending"), ("failed", "succeeded"), ("failed", "pending")])
  func anOlderWordTakesNoRefundBack(known: String, older: String) {
    var rig = activityRefunded("pending")
    let key = SagaRig.key(.activityRefund(1), .undo)
    let refund = { rig.refund("re_1", $0, 3_000, cause: "activity-1") }
    let (new, old) = (refund(known), refund(older))
    rig.tell(.lookedUp(key, .refund(.done(new))), .lookedUp(key, .refunds(.done([old]))))
    let ledger = rig.ledger
    #expect(ledger == (known == "succeeded" ? [53_000, -3_000] : [53_000]))
    let event = StripeEvent(
      id: "evt_9", type: "refund.updated", created: 0, paymentIntent: nil, refund: new)
    rig.tell(inbox: [.stripe(inbox: 8, event)])
    #expect(rig.ledger == ledger)
    #expect(rig.saga.plan.refunds.map(\.status) == [known])
  }

  @Test func decisionAboutNothingIsRefused() throws {
    var rig = flightLost()
    rig.tell(inbox: [Self.decide(.markDone, "hotel", "undo-refused")])
    #expect(try #require(applied(rig)).hasPrefix("refused: "))
    rig.tell(inbox: [Self.decide(.markDone, "flight", "flight-order-lost")])
    rig.tell(inbox: [Self.decide(.abandon, "flight", "flight-order-lost")])
    #expect(try #require(applied(rig)).hasPrefix("refused: "))
  }
}

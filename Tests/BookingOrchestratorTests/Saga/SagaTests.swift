import Testing

@testable import BookingOrchestrator

struct SagaTests {
  typealias Rig = SagaRig

  /// Stripe, busy, answers each confirmation with a 429: after three tries the key is a new one, and the
  /// pace is not that of a first try.
  @Test func aNewKeyGoesOnWhereTheDelaysOfTheOldOneHadCome() throws {
    var rig = Rig()
    rig.saga.jitter = { _, _ in 1 }
    rig.validate()
    rig.openIntent()
    let busy: SagaEvent = .answered(
      Rig.key(.charge), .paymentIntent(.retry(Retry(reason: "429", after: nil))))
    var delays: [Duration] = []
    for _ in 1...5 {
      rig.tell(busy)
      delays.append(try #require(rig.reaction.wake) - rig.now)
      rig.wake()
    }
    #expect(delays == [1, 2, 4, 8, 16].map { .seconds($0) })
    #expect(rig.saga.step(.charge, .forward)?.generation == 2)
  }

  /// A hotel order that is found, and that its guest has cancelled there meanwhile: what the property keeps
  /// is posted with the trip's end.
  @Test func whatIsKeptOfAnOrderThatWasGoneWhenItWasFoundIsPosted() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.tell(.answered(Rig.key(.hotel), .hotelOrder(.unknown(Rig.lost))))
    rig.wake()
    rig.tell(
      .lookedUp(
        Rig.key(.hotel),
        .hotelOrders(
          .done([
            HotelOrderDetails(
              order: "ho_1", reservation: "r_1", status: "cancelled_by_guest",
              cancellationFee: rig.money(5_000))
          ]))))
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 50_000, cause: "rollback")))))
    let kept = rig.written.compactMap { change -> Int64? in
      guard case .ledger(let posting) = change, posting.credit == "vendors" else { return nil }
      return posting.debit == "penalty" ? posting.amount.minorUnits : -1
    }
    #expect(kept == [5_000])
  }

  @Test func everythingIsCheckedSideBySideBeforeAnythingIsDone() {
    let rig = Rig(activities: [5_000, 6_000])
    #expect(
      rig.actions == [.priceFlight, .previewHotel, .checkActivity(1), .checkActivity(2)])
    #expect(rig.saga.state == .validating)
  }

  @Test func aTripIsBookedInOrderAndConfirmed() {
    var rig = Rig(activities: [5_000])
    rig.validate()
    #expect(rig.actions == [.send(Rig.key(.intent))])
    rig.openIntent()
    #expect(rig.actions == [.send(Rig.key(.charge))])
    rig.charge()
    #expect(rig.actions == [.send(Rig.key(.flight))])
    rig.bookFlight()
    #expect(rig.actions == [.send(Rig.key(.hotel))])
    rig.bookHotel()
    #expect(rig.actions == [.send(Rig.key(.activity(1)))])
    rig.bookActivity(1)
    #expect(rig.saga.state == .confirmed)
    #expect(rig.ledger == [55_000])
    #expect(rig.parked.isEmpty)
  }

  @Test func aMissingLocatorIsAWarningAndIsLookedUpLater() throws {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.tell(
      .answered(Rig.key(.flight), .flightOrder(.done(FlightOrder(id: "fo_1", pnr: "")))))
    #expect(rig.saga.warnings.map(\.code) == ["reference-missing"])
    rig.bookHotel()
    #expect(rig.saga.state == .confirmed)
    #expect(rig.parked.isEmpty)
    let inspection = Timestamp(microseconds: try #require(rig.saga.plan.inspectAt))
    rig.pass(.microseconds(inspection.microseconds - rig.now.microseconds))
    #expect(rig.actions.contains(.lookUp(Rig.key(.flight), .flightOrder(id: "fo_1"))))
    rig.tell(
      .lookedUp(
        Rig.key(.flight),
        .flightOrder(.done(FlightOrder(id: "fo_1", pnr: "ABCDEF", departures: ["D1"])))))
    #expect(rig.saga.warnings.isEmpty)
    let locators = rig.written.compactMap { change -> String? in
      if case .component(.flight, let part) = change { part.pnr } else { nil }
    }
    #expect(locators == ["ABCDEF"])
  }

  @Test func aPriceThatNobodyCanPayFailsTheTripUncharged() {
    for flight in [true, false] {
      var rig = Rig()
      let odd = Rejection(
        code: Rejection.unpayablePrice, message: "now costs 291.004 USD", httpStatus: 200)
      rig.tell(flight ? .flightPriced(.rejected(odd)) : .hotelPreviewed(.rejected(odd)))
      #expect(rig.saga.state == .failed)
      #expect(
        rig.saga.failure?.code == (flight ? "flight-price-changed" : "hotel-price-changed"))
      #expect(rig.saga.steps.isEmpty)
    }
  }

  @Test func aMissingActivityIsLeftOutOfTheCharge() {
    var rig = Rig(activities: [5_000, 6_000])
    rig.validate(gone: [1])
    #expect(rig.saga.charge.minorUnits == 56_000)
    #expect(rig.saga.warnings.map(\.slot) == ["activity-1"])
  }

  @Test func aDifferentPriceFailsTheTripUncharged() {
    var rig = Rig()
    let dearer = PricedFlight(offer: [], total: rig.money(30_001), offerID: "of_1")
    rig.tell(.flightPriced(.done(dearer)))
    #expect(rig.saga.state == .failed)
    #expect(rig.saga.steps.isEmpty)
  }

  @Test func aDeclinedChargeCancelsTheIntentAndFails() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.tell(
      .answered(
        Rig.key(.charge),
        .paymentIntent(
          .rejected(
            Rejection(
              code: "card_declined", message: "Your card was declined.", httpStatus: 402,
              declineCode: "generic_decline")))))
    #expect(rig.actions == [.send(Rig.key(.intent, .undo))])
    rig.tell(.answered(Rig.key(.intent, .undo), .paymentIntent(.done(rig.intent("canceled")))))
    #expect(rig.saga.state == .failed)
    #expect(rig.saga.failure?.code == "payment-declined")
    #expect(rig.ledger.isEmpty)
  }

  @Test func aChargeWithoutAnswerIsLookedUpNotGuessed() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.tell(.answered(Rig.key(.charge), .paymentIntent(.unknown(Rig.lost))))
    #expect(rig.actions.isEmpty)
    rig.wake()
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .paymentIntent(id: "pi_1"))])
    rig.tell(.lookedUp(Rig.key(.charge), .paymentIntent(.done(rig.intent("succeeded")))))
    #expect(rig.actions == [.send(Rig.key(.flight))])
  }

  /// A look that brings nothing does not begin the back-off anew: vendors in trouble are asked less and less.
  @Test func looksThatBringNothingComeLessAndLessOften() {
    var rig = Rig(deadline: .seconds(86_400))
    rig.validate()
    rig.openIntent()
    rig.tell(.answered(Rig.key(.charge), .paymentIntent(.unknown(Rig.lost))))
    for _ in 1...12 {
      rig.wake()
      #expect(rig.actions == [.lookUp(Rig.key(.charge), .paymentIntent(id: "pi_1"))])
      rig.tell(.lookedUp(Rig.key(.charge), .paymentIntent(.retry(Rig.lost))))
    }
    let wait = (rig.reaction.wake ?? rig.now) - rig.now
    #expect(wait > .seconds(300))
    // What was not seen is still to be seen before anything is sent again.
    rig.wake()
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .paymentIntent(id: "pi_1"))])
  }

  @Test func aChargeStillUnconfirmedIsSentAgainWithTheSameKeyAndBytes() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    let first = rig.saga.step(.charge, .forward)
    rig.tell(.answered(Rig.key(.charge), .paymentIntent(.unknown(Rig.lost))))
    rig.wake()
    rig.tell(
      .lookedUp(Rig.key(.charge), .paymentIntent(.done(rig.intent("requires_confirmation")))))
    rig.wake()
    let second = rig.saga.step(.charge, .forward)
    #expect(rig.actions == [.send(Rig.key(.charge))])
    #expect(second?.idempotencyKey == first?.idempotencyKey)
    #expect(second?.payloadHash == first?.payloadHash)
    #expect(second?.attempt == 2)
  }

  @Test func aRefusedHotelCancelsTheFlightThenRefundsInFull() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.rejectHotel()
    #expect(rig.actions == [.send(Rig.key(.flight, .undo))])
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 50_000, cause: "rollback")))))
    #expect(rig.saga.state == .failed)
    #expect(rig.ledger == [50_000, -50_000])
  }

  @Test func aRefusedHotelIsLookedForOnceMoreAndALateOrderCancelled() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.rejectHotel()
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 50_000, cause: "rollback")))))
    #expect(rig.saga.state == .failed)
    #expect(rig.actions.isEmpty)
    rig.pass(Capabilities.of(.hotel).proofAfter)
    guard case .lookUp(_, .hotelByLabel("bk_1:hotel:1", _, _))? = rig.actions.first else {
      Issue.record("expected a second look, got \(rig.actions)")
      return
    }
    rig.tell(
      .lookedUp(
        Rig.key(.hotel),
        .hotelOrders(
          .done([HotelOrderDetails(order: "ho_9", reservation: "r_9", status: "booked")]))))
    #expect(rig.actions == [.send(Rig.key(.hotel, .undo))])
    #expect(rig.saga.state == .failed)
  }

  @Test func aLostFlightOrderIsParkedAndTheTripRefunded() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.tell(.answered(Rig.key(.flight), .flightOrder(.unknown(Rig.lost))))
    #expect(rig.parked == ["flight-order-lost"])
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
  }

  @Test func aFlightWhoseProcessDiedIsParked() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.crash()
    #expect(rig.parked == ["flight-order-lost"])
  }

  @Test func aThrottledFlightIsTriedAgainAsANewGeneration() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.tell(
      .answered(Rig.key(.flight), .flightOrder(.retry(Retry(reason: "429", after: .seconds(5))))))
    #expect(rig.actions.isEmpty)
    rig.wake()
    #expect(rig.actions == [.send(Rig.key(.flight))])
    #expect(rig.saga.step(.flight, .forward)?.generation == 2)
  }

  @Test func aLostHotelOrderIsFoundByItsLabel() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.tell(.answered(Rig.key(.hotel), .hotelOrder(.unknown(Rig.lost))))
    rig.wake()
    guard case .lookUp(_, .hotelByLabel("bk_1:hotel:1", _, _))? = rig.actions.first else {
      Issue.record("expected a look-up by label, got \(rig.actions)")
      return
    }
    rig.tell(
      .lookedUp(
        Rig.key(.hotel),
        .hotelOrders(
          .done([HotelOrderDetails(order: "ho_9", reservation: "r_9", status: "booked")]))))
    #expect(rig.saga.state == .confirmed)
    #expect(rig.saga.step(.hotel, .forward)?.reference == "ho_9")
  }

  @Test func notFoundProvesNothingBeforeItsTime() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.tell(.answered(Rig.key(.hotel), .hotelOrder(.unknown(Rig.lost))))
    rig.wake()
    rig.tell(.lookedUp(Rig.key(.hotel), .hotelOrders(.done([]))))
    #expect(rig.saga.step(.hotel, .forward)?.status == .unknown)
    rig.pass(Capabilities.of(.hotel).proofAfter)
    rig.tell(.lookedUp(Rig.key(.hotel), .hotelOrders(.done([]))))
    #expect(rig.saga.step(.hotel, .forward)?.generation != 1 || rig.actions == [.previewHotel])
  }

  @Test func aRejectedActivityIsRefundedAndTheTripStands() {
    var rig = Rig(activities: [5_000])
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.bookHotel()
    rig.bookActivity(1, "REJECTED")
    #expect(rig.saga.state == .confirmed)
    // Less than Stripe would take is due: first its list tells what others have given back.
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .refunds(paymentIntent: "pi_1"))])
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done([]))))
    #expect(rig.actions == [.send(Rig.key(.activityRefund(1), .undo))])
    rig.tell(
      .answered(
        Rig.key(.activityRefund(1), .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 5_000, cause: "activity-1")))))
    #expect(rig.ledger == [55_000, -5_000])
    #expect(rig.saga.warnings.map(\.code) == ["activity-failed"])
  }

  @Test func aCancelledTripIsUndoneInReverseAndRefundedLessThePenalties() {
    var rig = Rig(activities: [5_000])
    rig.bookAll()
    rig.tell(inbox: [.cancel(inbox: 1)])
    #expect(
      rig.actions == [.lookUp(Rig.key(.activity(1)), .activityCancelQuote(bookingRef: "BR-1"))])
    rig.tell(
      .lookedUp(
        Rig.key(.activity(1)),
        .cancelQuote(
          .done(
            ActivityCancelQuote(
              status: "CANCELLABLE", itemPrice: rig.money(5_000), refundAmount: rig.money(4_000)))))
    )
    #expect(rig.actions == [.send(Rig.key(.activity(1), .undo))])
    rig.tell(
      .answered(
        Rig.key(.activity(1), .undo),
        .activityCancellation(.done(ActivityCancellation(accepted: true)))))
    // What is kept is asked once more, now that it is final: 1,000 of 5,000.
    rig.tell(
      .lookedUp(
        Rig.key(.activity(1), .undo),
        .cancelQuote(
          .done(
            ActivityCancelQuote(
              status: "CANCELLED", itemPrice: rig.money(5_000), refundAmount: rig.money(4_000))))))
    #expect(rig.actions == [.send(Rig.key(.hotel, .undo))])
    rig.tell(.answered(Rig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(
      .lookedUp(
        Rig.key(.hotel, .undo),
        .hotelOrder(
          .done(
            HotelOrderDetails(
              order: "ho_1", reservation: "r_1", status: "cancelled",
              cancellationFee: rig.money(2_000))))))
    #expect(rig.actions == [.send(Rig.key(.flight, .undo))])
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done([]))))
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    rig.tell(
      .answered(
        Rig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 52_000, cause: "cancel")))))
    #expect(rig.saga.state == .cancelled)
    #expect(rig.ledger == [55_000, -52_000])
  }

  @Test func aRefundThatFailsLaterIsParkedAsMoneyOwed() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.rejectHotel()
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    let paid = rig.refund("re_1", "succeeded", 50_000, cause: "rollback")
    rig.tell(.answered(Rig.key(.charge, .undo), .refund(.done(paid))))
    var failed = paid
    failed.status = "failed"
    let event = StripeEvent(id: "evt_1", type: "refund.failed", created: 0, refund: failed)
    rig.tell(inbox: [.stripe(inbox: 1, event)])
    #expect(rig.parked == ["refund-failed"])
    #expect(rig.ledger == [50_000, -50_000, 50_000])
  }

  @Test func anUnknownChargeIsFencedByCancellingTheIntent() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.tell(
      .answered(Rig.key(.charge), .paymentIntent(.unknown(Rig.lost))), inbox: [.cancel(inbox: 1)])
    #expect(rig.actions == [.send(Rig.key(.intent, .undo))])
    rig.tell(.answered(Rig.key(.intent, .undo), .paymentIntent(.done(rig.intent("canceled")))))
    #expect(rig.saga.state == .cancelled)
    #expect(rig.saga.step(.charge, .forward)?.status == .rejected)
  }

  @Test func aFenceThatComesTooLateLeadsToARefund() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.tell(
      .answered(Rig.key(.charge), .paymentIntent(.unknown(Rig.lost))), inbox: [.cancel(inbox: 1)])
    rig.tell(
      .answered(
        Rig.key(.intent, .undo),
        .paymentIntent(
          .rejected(
            Rejection(
              code: "payment_intent_unexpected_state", message: "", httpStatus: 400,
              paymentIntent: rig.intent("succeeded"))))))
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
  }

  @Test func anOpenBreakerDefersAndDecidesNothing() {
    var rig = Rig()
    let later = rig.now + .seconds(30)
    rig.saga.admit = { service in service == .stripe ? later : nil }
    rig.validate()
    #expect(rig.actions.isEmpty)
    #expect(rig.saga.steps.isEmpty)
    #expect(rig.reaction.wake == later)
    rig.saga.admit = { _ in nil }
    rig.wake()
    #expect(rig.actions == [.send(Rig.key(.intent))])
  }

  /// A probe may prove the vendor well long before the pause is over. Found by patience, seed 96.
  @Test func whatABreakerPutOffGoesOnAsSoonAsItCloses() {
    let moment: Duration = .milliseconds(1)
    var rig = Rig()
    let closed = rig.saga.admit
    func open(_ service: Service) -> @Sendable (Service) -> Timestamp? {
      { [later = rig.now + .seconds(300)] in $0 == service ? later : nil }
    }
    // A call that was never made.
    rig.saga.admit = open(.stripe)
    rig.validate()
    rig.saga.admit = closed
    rig.pass(moment)
    #expect(rig.actions == [.send(Rig.key(.intent))])
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    // A look.
    rig.tell(.answered(Rig.key(.hotel), .hotelOrder(.unknown(Rig.lost))))
    rig.saga.admit = open(.hotel)
    rig.pass(.seconds(60))
    #expect(rig.actions.isEmpty)
    #expect(rig.reaction.deferred?.service == .hotel)
    rig.saga.admit = closed
    rig.pass(moment)
    guard case .lookUp(_, .hotelByLabel(_, _, _))? = rig.actions.first else {
      Issue.record("\(rig.actions)")
      return
    }
  }

  @Test func theDeadlineRollsBackWhatIsHalfDone() {
    var rig = Rig()
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.tell(.answered(Rig.key(.hotel), .hotelOrder(.unknown(Rig.lost))))
    rig.pass(.seconds(4_000))
    #expect(rig.saga.failure?.code == "deadline-passed")
    #expect(rig.saga.plan.phase == .undoing)
  }

  @Test(arguments: TripState.allCases, TripState.allCases)
  func onlyDeclaredTransitionsAreAllowed(_ from: TripState, _ to: TripState) {
    let declared: Set<[TripState]> = [
      [.pending, .validating], [.validating, .processing], [.validating, .failed],
      [.validating, .cancelling], [.processing, .confirmed], [.processing, .failed],
      [.processing, .cancelling], [.confirmed, .cancelling], [.cancelling, .cancelled],
    ]
    #expect(TripState.allows(from, to) == declared.contains([from, to]))
  }
}

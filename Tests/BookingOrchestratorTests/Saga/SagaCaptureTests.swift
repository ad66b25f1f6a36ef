import Testing

@testable import BookingOrchestrator

/// Trips whose card holds the money until they are booked.
struct SagaCaptureTests {
  typealias Rig = SagaRig

  private static func held(_ activities: [Int64] = [], deadline: Duration = .seconds(3_600)) -> Rig
  {
    Rig(activities: activities, deadline: deadline, capture: .whenBooked)
  }

  /// The intent as Stripe shows it, with what was captured of it.
  static func intent(_ rig: Rig, _ status: String, received: Int64? = nil)
    -> StripePaymentIntent
  {
    var intent = rig.intent(status)
    if status == "requires_capture" { intent.amountCapturable = rig.saga.charge.minorUnits }
    if status != "canceled" { intent.latestCharge = "ch_1" }
    if let received { intent.amountReceived = received }
    return intent
  }

  static func answer(
    _ rig: inout Rig, _ slot: Slot, to direction: Direction = .forward, _ status: String,
    received: Int64? = nil
  ) {
    rig.tell(
      .answered(
        Rig.key(slot, direction), .paymentIntent(.done(intent(rig, status, received: received)))))
  }

  /// Brings a trip to where its money is held.
  private static func hold(_ rig: inout Rig) {
    rig.validate()
    rig.openIntent()
    answer(&rig, .charge, "requires_capture")
  }

  private static func body(_ rig: Rig, _ slot: Slot) -> String {
    String(decoding: rig.saga.step(slot, .forward)?.request.body ?? [], as: UTF8.self)
  }

  static func event(_ rig: Rig, _ type: String, _ status: String) -> SagaMessage {
    .stripe(
      inbox: 9,
      StripeEvent(
        id: "evt_9", type: "payment_intent.\(type)", created: 0,
        paymentIntent: intent(rig, status)))
  }

  private static func rejection(_ rig: Rig, _ status: String) -> Rejection {
    var rejection = Rejection(
      code: "payment_intent_unexpected_state", message: "it is \(status)", httpStatus: 400)
    rejection.paymentIntent = intent(rig, status)
    return rejection
  }

  private static func payments(_ rig: Rig) -> [PaymentChange] {
    rig.written.compactMap { if case .payment(let change) = $0 { change } else { nil } }
  }

  @Test func theIntentIsCapturedByHandOnlyWhenTheTripSaysSo() {
    var later = Self.held()
    later.validate()
    #expect(Self.body(later, .intent).contains("capture_method=manual"))
    var atOnce = Rig()
    atOnce.validate()
    #expect(Self.body(atOnce, .intent).contains("capture_method=automatic"))
  }

  @Test func theMoneyIsTakenWhenAllIsBookedAndOnlyThenIsTheTripConfirmed() {
    var rig = Self.held([4_000])
    Self.hold(&rig)
    #expect(rig.actions == [.send(Rig.key(.flight))])
    rig.bookFlight()
    rig.bookHotel()
    #expect(rig.ledger.isEmpty)
    rig.bookActivity(1)
    #expect(rig.actions == [.send(Rig.key(.capture))])
    #expect(rig.saga.state == .processing)
    #expect(Self.body(rig, .capture) == "amount_to_capture=54000")
    Self.answer(&rig, .capture, "succeeded", received: 54_000)
    #expect(rig.saga.state == .confirmed)
    #expect(rig.ledger == [54_000])
    #expect(
      Self.payments(rig) == [
        .opened(rig.money(54_000)), .intentCreated("pi_1"), .held(charge: "ch_1"),
        .heldCaptured(54_000),
      ])
  }

  /// every-fault, seed 129: amount_received is optional, and all of it is a guess where a part was captured.
  @Test func whatACaptureDoesNotTellIsWhatItAskedForAndElseLookedUp() {
    var rig = Self.held([4_000, 3_000])
    Self.hold(&rig)
    rig.bookFlight()
    rig.bookHotel()
    rig.tell(
      .answered(
        Rig.key(.activity(1)),
        .activity(.rejected(Rejection(code: "SOLD_OUT", message: "gone", httpStatus: 400)))))
    rig.bookActivity(2)
    var untold = Self.intent(rig, "succeeded")
    untold.isReceivedUntold = true
    var other = rig
    other.tell(.answered(Rig.key(.capture), .paymentIntent(.unknown(Rig.lost))))
    other.tell(.lookedUp(Rig.key(.capture), .paymentIntent(.done(untold))))
    #expect(other.saga.step(.capture, .forward)?.status == .unknown)
    #expect(other.ledger.isEmpty)
    rig.tell(.answered(Rig.key(.capture), .paymentIntent(.done(untold))))
    #expect(rig.saga.state == .confirmed)
    #expect(rig.ledger == [53_000])
  }

  @Test func whatFailedIsNotTakenAndSoNotRefunded() {
    var rig = Self.held([4_000, 3_000])
    Self.hold(&rig)
    rig.bookFlight()
    rig.bookHotel()
    rig.tell(
      .answered(
        Rig.key(.activity(1)),
        .activity(.rejected(Rejection(code: "SOLD_OUT", message: "gone", httpStatus: 400)))))
    rig.bookActivity(2)
    #expect(Self.body(rig, .capture) == "amount_to_capture=53000")
    Self.answer(&rig, .capture, "succeeded", received: 53_000)
    #expect(rig.saga.state == .confirmed)
    #expect(rig.saga.step(.activityRefund(1), .undo) == nil)
    #expect(rig.actions.isEmpty)
    #expect(rig.ledger == [53_000])
    #expect(rig.saga.warnings.map(\.message).allSatisfy { $0.contains("is not charged") })
  }

  @Test func aRollbackReleasesTheHoldAndRefundsNothing() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.bookFlight()
    rig.rejectHotel()
    #expect(rig.actions == [.send(Rig.key(.flight, .undo))])
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    #expect(rig.actions == [.send(Rig.key(.intent, .undo))])
    Self.answer(&rig, .intent, to: .undo, "canceled")
    #expect(rig.saga.state == .failed)
    #expect(rig.ledger.isEmpty)
    #expect(rig.saga.step(.charge, .undo) == nil)
    #expect(Self.payments(rig).last == .canceled)
  }

  @Test func whoCancelsBeforeAnythingIsTakenPaysNoPenalty() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.bookFlight()
    rig.saga.plan.penalties["flight"] = 900
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.bookHotel()
    #expect(rig.saga.plan.cause == .cancel)
    #expect(rig.saga.kept == 0)
    #expect(!rig.saga.isAtCustomersCost)
    rig.saga.plan.hold?.captured = 50_000
    #expect(rig.saga.kept == 900)
  }

  @Test func aCaptureWithoutAnAnswerIsLookedAtAndSentAgain() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.bookFlight()
    rig.bookHotel()
    rig.tell(.answered(Rig.key(.capture), .paymentIntent(.unknown(Rig.lost))))
    rig.wake()
    let look = SagaAction.lookUp(Rig.key(.capture), .paymentIntent(id: "pi_1"))
    #expect(rig.actions == [look])
    rig.tell(
      .lookedUp(
        Rig.key(.capture), .paymentIntent(.done(Self.intent(rig, "requires_capture")))))
    rig.wake()
    #expect(rig.actions == [.send(Rig.key(.capture))])
    #expect(rig.saga.step(.capture, .forward)?.generation == 1)
    rig.tell(.answered(Rig.key(.capture), .paymentIntent(.unknown(Rig.lost))))
    rig.wake()
    rig.tell(
      .lookedUp(Rig.key(.capture), .paymentIntent(.done(Self.intent(rig, "succeeded")))))
    #expect(rig.saga.state == .confirmed)
    #expect(rig.ledger == [50_000])
  }

  @Test func aDeathBeforeTheAnswerIsSurvivedWithOneCapture() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.bookFlight()
    rig.bookHotel()
    rig.crash()
    #expect(rig.actions == [.lookUp(Rig.key(.capture), .paymentIntent(id: "pi_1"))])
    rig.tell(
      .lookedUp(Rig.key(.capture), .paymentIntent(.done(Self.intent(rig, "succeeded")))))
    #expect(rig.saga.state == .confirmed)
    #expect(rig.ledger == [50_000])
  }

  @Test func aHoldThatEndedBeforeTheCaptureFailsTheTrip() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.bookFlight()
    rig.bookHotel()
    rig.tell(
      .answered(Rig.key(.capture), .paymentIntent(.rejected(Self.rejection(rig, "canceled")))))
    #expect(rig.saga.failure?.code == "payment-expired")
    #expect(rig.actions == [.send(Rig.key(.hotel, .undo))])
    #expect(rig.ledger.isEmpty)
  }

  @Test func anEventThatTheHoldEndedIsLookedIntoBeforeMoreIsBooked() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.tell(inbox: [Self.event(rig, "canceled", "canceled")])
    rig.bookFlight()
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .paymentIntent(id: "pi_1"))])
    rig.tell(.lookedUp(Rig.key(.charge), .paymentIntent(.done(Self.intent(rig, "canceled")))))
    #expect(rig.saga.failure?.code == "payment-expired")
    #expect(rig.actions == [.send(Rig.key(.flight, .undo))])
  }

  @Test func anOldEventDoesNotEndAHoldThatStands() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.tell(inbox: [Self.event(rig, "canceled", "canceled")])
    rig.bookFlight()
    rig.tell(
      .lookedUp(Rig.key(.charge), .paymentIntent(.done(Self.intent(rig, "requires_capture")))))
    #expect(rig.actions == [.send(Rig.key(.hotel))])
  }

  @Test func aCaptureThatCameBeforeItsReleaseIsRefunded() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.bookFlight()
    rig.bookHotel()
    rig.tell(
      .answered(Rig.key(.capture), .paymentIntent(.unknown(Rig.lost))), inbox: [.cancel(inbox: 1)])
    #expect(rig.actions == [.send(Rig.key(.hotel, .undo))])
    rig.tell(.answered(Rig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(
      .lookedUp(
        Rig.key(.hotel, .undo),
        .hotelOrder(
          .done(HotelOrderDetails(order: "ho_1", reservation: "r_1", status: "cancelled")))))
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    #expect(rig.actions == [.send(Rig.key(.intent, .undo))])
    rig.tell(
      .answered(
        Rig.key(.intent, .undo), .paymentIntent(.rejected(Self.rejection(rig, "succeeded")))))
    #expect(rig.saga.step(.capture, .forward)?.status == .done)
    #expect(rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 50_000)
    #expect(rig.ledger == [50_000])
  }

  @Test func aReleaseEndsWhatWasToTakeTheMoney() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.bookFlight()
    rig.bookHotel()
    rig.tell(.answered(Rig.key(.capture), .paymentIntent(.unknown(Rig.lost))))
    rig.pass(.seconds(3_700))
    #expect(rig.saga.failure?.code == "deadline-passed")
    rig.tell(.answered(Rig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(
      .lookedUp(
        Rig.key(.hotel, .undo),
        .hotelOrder(
          .done(HotelOrderDetails(order: "ho_1", reservation: "r_1", status: "cancelled")))))
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    Self.answer(&rig, .intent, to: .undo, "canceled")
    #expect(rig.saga.state == .failed)
    #expect(rig.saga.step(.capture, .forward)?.status == .rejected)
  }

  @Test func aHoldOverOtherMoneyIsParkedAndReleased() {
    var rig = Self.held()
    rig.validate()
    rig.openIntent()
    var intent = Self.intent(rig, "requires_capture")
    intent.amountCapturable = 49_999
    rig.tell(.answered(Rig.key(.charge), .paymentIntent(.done(intent))))
    #expect(rig.parked == ["payment-mismatch"])
    #expect(rig.actions == [.send(Rig.key(.intent, .undo))])
  }

  @Test func anEventOfAHoldIsLookedInto() {
    var rig = Self.held()
    rig.validate()
    rig.openIntent()
    rig.tell(
      .answered(Rig.key(.charge), .paymentIntent(.unknown(Rig.lost))),
      inbox: [Self.event(rig, "amount_capturable_updated", "requires_capture")])
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .paymentIntent(id: "pi_1"))])
  }

  // MARK: By hand

  /// An event that the hold is taken, and the look that it leads to.
  private static func takenByHand(_ rig: inout Rig, _ amount: Int64) {
    rig.tell(inbox: [event(rig, "succeeded", "succeeded")])
    rig.bookFlight()
    #expect(rig.actions == [.lookUp(Rig.key(.charge), .paymentIntent(id: "pi_1"))])
    rig.tell(
      .lookedUp(
        Rig.key(.charge), .paymentIntent(.done(intent(rig, "succeeded", received: amount)))))
  }

  @Test func whatIsCapturedByHandIsThePayment() {
    var rig = Self.held()
    Self.hold(&rig)
    Self.takenByHand(&rig, 50_000)
    rig.bookHotel()
    #expect(rig.saga.state == .confirmed)
    #expect(rig.saga.step(.capture, .forward) == nil)
    #expect(rig.ledger == [50_000])
  }

  @Test func tooLittleCapturedByHandFailsTheTripAtOnceAndIsRefunded() {
    var rig = Self.held()
    Self.hold(&rig)
    Self.takenByHand(&rig, 49_999)
    #expect(rig.saga.failure?.code == "payment-mismatch")
    #expect(rig.actions == [.send(Rig.key(.flight, .undo))])
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    #expect(
      rig.actions == [.lookUp(Rig.key(.charge), .refunds(paymentIntent: "pi_1"))]
        || rig.actions == [.send(Rig.key(.charge, .undo))])
    #expect(rig.ledger == [49_999])
    #expect(rig.parked.isEmpty)
  }

  @Test func aPartThatCoversWhatIsBookedIsEnough() {
    var rig = Self.held([1_000, 2_000])
    Self.hold(&rig)
    // 53,000 are held; the first activity fails, so 52,000 are due.
    Self.takenByHand(&rig, 52_500)
    rig.bookHotel()
    let refusal = Rejection(code: "REJECTED", message: "full", httpStatus: 409)
    rig.tell(
      .answered(Rig.key(.activity(1)), .activity(.rejected(refusal))),
      .answered(
        Rig.key(.activity(2)),
        .activity(.done(ActivityBooking(status: "CONFIRMED", bookingRef: "BR-2")))))
    #expect(rig.saga.state == .confirmed)
    #expect(rig.saga.warnings.first?.message.contains("is not kept") == true)
    // Stripe takes more than is due, so it is asked first.
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done([]))))
    #expect(rig.saga.step(.activityRefund(1), .undo)?.amountAsked == 500)
  }

  @Test func aPartTakenBeforeTheCaptureIsFoundByItsRefusal() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.bookFlight()
    rig.bookHotel()
    #expect(rig.actions == [.send(Rig.key(.capture))])
    var refusal = Self.rejection(rig, "succeeded")
    refusal.paymentIntent?.amountReceived = 20_000
    rig.tell(.answered(Rig.key(.capture), .paymentIntent(.rejected(refusal))))
    #expect(rig.saga.step(.capture, .forward)?.status == .rejected)
    #expect(rig.saga.failure?.code == "payment-mismatch")
    #expect(rig.parked.isEmpty)
    #expect(rig.ledger == [20_000])
  }

  @Test func aPartTakenBeforeTheHoldWasKnownIsFoundByALook() {
    var rig = Self.held()
    rig.validate()
    rig.openIntent()
    rig.tell(.answered(Rig.key(.charge), .paymentIntent(.unknown(Rig.lost))))
    rig.pass(.seconds(2))
    rig.tell(
      .lookedUp(
        Rig.key(.charge),
        .paymentIntent(.done(Self.intent(rig, "succeeded", received: 20_000)))))
    #expect(rig.saga.step(.charge, .forward)?.status == .done)
    #expect(rig.saga.failure?.code == "payment-mismatch")
    #expect(rig.ledger == [20_000])
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 20_000)
  }

  @Test(arguments: [(Int64(50_500), false), (51_000, true)])
  func whoCancelsBearsPenaltiesOnlyOfWhatWasPaid(taken: Int64, bears: Bool) {
    var rig = Self.held([1_000])
    Self.hold(&rig)
    Self.takenByHand(&rig, taken)
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.bookHotel()
    #expect(rig.saga.plan.cause == .cancel)
    #expect(rig.saga.isAtCustomersCost == bears)
  }

  @Test func aHoldVoidedByHandFailsTheTrip() {
    var rig = Self.held()
    Self.hold(&rig)
    rig.bookFlight()
    rig.bookHotel()
    rig.tell(.answered(Rig.key(.capture), .paymentIntent(.unknown(Rig.lost))))
    rig.pass(.seconds(2))
    rig.tell(
      .lookedUp(Rig.key(.capture), .paymentIntent(.done(Self.intent(rig, "canceled")))))
    #expect(rig.saga.failure?.code == "payment-expired")
    #expect(rig.ledger.isEmpty)
  }
}

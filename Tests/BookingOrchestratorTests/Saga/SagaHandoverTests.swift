import Testing

@testable import BookingOrchestrator

/// The booking whose trip is changed.
struct SagaHandoverTests {
  /// A confirmed trip for 550.00: flight 300, hotel 200, activity 50.
  private static func confirmed() -> SagaRig {
    var rig = SagaRig(activities: [5_000])
    rig.bookAll()
    return rig
  }

  private static func begun(_ replaced: [String], worth: Int64) -> SagaMessage {
    .changed(
      inbox: 1,
      ChangeNotice(modification: "md_1", word: .begun, replaced: replaced, worth: worth))
  }

  private static func told(
    _ word: ChangeNotice.Word, credit: Int64 = 0, released: Int64 = 0
  ) -> SagaMessage {
    .changed(
      inbox: 2,
      ChangeNotice(modification: "md_1", word: word, credit: credit, released: released))
  }

  private static func undoHotel(_ rig: inout SagaRig, fee: Int64) {
    rig.tell(.answered(SagaRig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(
      .lookedUp(
        SagaRig.key(.hotel, .undo),
        .hotelOrder(.done(SagaModificationTests.cancelled(fee: fee)))))
  }

  /// Tells that Stripe has no refunds, if it is asked.
  private static func list(_ rig: inout SagaRig) {
    guard case .lookUp(let key, .refunds)? = rig.actions.first else { return }
    rig.tell(.lookedUp(key, .refunds(.done([]))))
  }

  private static func asked(_ rig: SagaRig, _ number: Int) -> Int64? {
    rig.saga.step(.changeRefund(number), .undo)?.amountAsked
  }

  @Test func nothingIsTouchedBeforeTheHandOver() {
    var rig = Self.confirmed()
    rig.tell(inbox: [Self.begun(["hotel"], worth: 20_000)])
    #expect(rig.actions == [])
    #expect(rig.saga.step(.hotel, .undo) == nil)
    rig.tell(inbox: [Self.told(.done, credit: 20_000)])
    #expect(rig.actions == [.send(SagaRig.key(.hotel, .undo))])
    #expect(rig.saga.state == .confirmed)
    #expect(rig.saga.step(.hotel, .undo)?.cause == "change")
  }

  @Test func whatIsLeftOverIsRefundedLessThePenalty() {
    var rig = Self.confirmed()
    rig.tell(inbox: [Self.begun(["hotel"], worth: 20_000)])
    rig.tell(inbox: [Self.told(.done, credit: 12_000)])
    Self.undoHotel(&rig, fee: 3_000)
    Self.list(&rig)
    #expect(Self.asked(rig, 1) == 5_000)
    #expect(rig.saga.plan.modifications?[0].borne == 3_000)
    let penalties = rig.written.compactMap { change -> String? in
      guard case .ledger(let posting) = change, posting.credit == "vendors" else { return nil }
      return "\(posting.debit) \(posting.amount.minorUnits)"
    }
    #expect(penalties == ["customer 3000"])
  }

  @Test func aPenaltyThatNothingIsLeftForIsOurs() {
    var rig = Self.confirmed()
    rig.tell(inbox: [Self.begun(["hotel"], worth: 20_000)])
    rig.tell(inbox: [Self.told(.done, credit: 19_000)])
    Self.undoHotel(&rig, fee: 3_000)
    #expect(Self.asked(rig, 1) == nil)
    let penalties = rig.written.compactMap { change -> String? in
      guard case .ledger(let posting) = change, posting.credit == "vendors" else { return nil }
      return "\(posting.debit) \(posting.amount.minorUnits)"
    }
    #expect(penalties == ["customer 1000", "penalty 2000"])
  }

  @Test func whatIsReleasedLaterIsRefundedInItsTurn() {
    var rig = Self.confirmed()
    rig.tell(inbox: [Self.begun(["hotel"], worth: 20_000)])
    rig.tell(inbox: [Self.told(.done, credit: 12_000)])
    Self.undoHotel(&rig, fee: 0)
    Self.list(&rig)
    #expect(Self.asked(rig, 1) == 8_000)
    rig.tell(
      .answered(
        SagaRig.key(.changeRefund(1), .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 8_000, cause: "change-1")))))
    rig.tell(inbox: [Self.told(.released, released: 2_500)])
    Self.list(&rig)
    #expect(Self.asked(rig, 2) == 2_500)
  }

  @Test func aCancellationWaitsForTheDecision() {
    var rig = Self.confirmed()
    rig.tell(inbox: [Self.begun(["hotel"], worth: 20_000), .cancel(inbox: 3)])
    #expect(rig.saga.state == .confirmed)
    #expect(rig.actions == [])
    rig.tell(inbox: [Self.told(.refused)])
    #expect(rig.saga.state == .cancelling)
    #expect(
      rig.actions.first
        == .lookUp(SagaRig.key(.activity(1)), .activityCancelQuote(bookingRef: "BR-1")))
  }

  /// After the hand-over the whole trip is cancelled: first what replaced was, then the modification,
  /// then the rest; what the modification still needs stays.
  @Test func aChangedTripIsCancelledAsAWhole() {
    var rig = SagaRig()
    rig.bookAll()
    rig.tell(inbox: [Self.begun(["hotel"], worth: 20_000), .cancel(inbox: 3)])
    rig.tell(inbox: [Self.told(.done, credit: 20_000)])
    #expect(rig.saga.state == .confirmed)
    Self.undoHotel(&rig, fee: 1_500)
    #expect(rig.saga.state == .cancelling)
    let cancels = rig.written.compactMap { if case .cancel(let id) = $0 { id } else { nil } }
    #expect(cancels == [BookingID("md_1")])
    #expect(rig.actions == [])
    rig.tell(inbox: [Self.told(.cancelled, credit: 20_000, released: 16_000)])
    #expect(rig.actions == [.send(SagaRig.key(.flight, .undo))])
    rig.tell(.answered(SagaRig.key(.flight, .undo), .cancelled(.done(true))))
    Self.list(&rig)
    // 500.00 paid; 40.00 is what the new hotel keeps. What the old one kept was ours to bear.
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 46_000)
  }

  @Test func aPartThatIsGoneWhileItIsReplacedIsNotPaidForTwice() {
    var rig = SagaRig()
    rig.bookAll()
    rig.tell(inbox: [Self.begun(["flight"], worth: 30_000)])
    rig.pass(.seconds(6 * 3_600))
    rig.tell(
      .lookedUp(
        SagaRig.key(.flight),
        .flightOrder(.rejected(Rejection(code: "x", message: "gone", httpStatus: 404)))))
    rig.tell(
      .lookedUp(
        SagaRig.key(.hotel),
        .hotelOrder(
          .done(HotelOrderDetails(order: "ho_1", reservation: "r_1", status: "booked")))))
    #expect(rig.saga.plan.flightGone)
    #expect(rig.saga.step(.flightRefund, .undo) == nil)
    rig.tell(inbox: [Self.told(.done, credit: 25_000)])
    #expect(rig.saga.step(.flight, .undo) == nil)
    Self.list(&rig)
    #expect(Self.asked(rig, 1) == 5_000)
  }
}

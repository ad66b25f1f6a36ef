import Testing

@testable import BookingOrchestrator

/// A modification's own saga: what it books and charges, and what it tells its booking.
struct SagaModificationTests {
  /// A trip for 550.00 (flight 300, hotel 200, activity 50) of which the base has some parts.
  private static func rig(
    kept: [String: String], worth: Int64, activities: [Int64] = [5_000],
    capture: CaptureTime? = nil
  ) -> SagaRig {
    var rig = SagaRig(activities: activities, capture: capture)
    rig.saga.plan.modifies = .init(base: "bk_0", kept: kept, worth: worth)
    return rig
  }

  /// Its notices, or those to one of several lenders.
  private static func notices(_ rig: SagaRig, to id: String? = nil) -> [ChangeNotice] {
    rig.written.compactMap {
      guard case .notice(let other, let notice) = $0 else { return nil }
      return id == nil || other.rawValue == id ? notice : nil
    }
  }
  private static func mails(_ rig: SagaRig) -> [MailKind] {
    rig.written.compactMap { if case .mail(let kind) = $0 { kind } else { nil } }
  }

  @Test func onlyWhatIsNewIsBookedAndOnlyTheDifferenceIsCharged() {
    var rig = Self.rig(kept: ["flight": "flight", "activity-1": "activity-2"], worth: 15_000)
    rig.validate()
    #expect(rig.saga.charge == rig.money(5_000))
    rig.openIntent()
    rig.charge()
    #expect(rig.ledger == [5_000])
    #expect(rig.actions == [.send(SagaRig.key(.hotel))])
    rig.bookHotel()
    #expect(rig.saga.state == .confirmed)
    #expect(rig.saga.step(.flight, .forward) == nil)
    #expect(rig.saga.step(.activity(1), .forward) == nil)
    #expect(Self.mails(rig) == [.changed])
    let notices = Self.notices(rig)
    #expect(notices.map(\.word) == [.done])
    #expect(notices[0].credit == 15_000)
    #expect(notices[0].released == 0)
  }

  @Test func aCheaperTripChargesNothing() {
    var rig = Self.rig(kept: ["flight": "flight", "activity-1": "activity-1"], worth: 30_000)
    rig.validate()
    #expect(rig.actions == [.send(SagaRig.key(.hotel))])
    rig.bookHotel()
    #expect(rig.saga.state == .confirmed)
    #expect(rig.ledger == [])
    #expect(Self.notices(rig)[0].credit == 20_000)
  }

  @Test func droppingAPartBooksNothing() {
    var rig = Self.rig(
      kept: ["flight": "flight", "hotel": "hotel"], worth: 5_000, activities: [])
    rig.validate()
    #expect(rig.saga.state == .confirmed)
    #expect(rig.saga.steps.isEmpty)
    #expect(Self.notices(rig)[0].credit == 0)
  }

  @Test func aRefusedPartRollsBackAndLeavesTheTripAsItWas() {
    var rig = Self.rig(kept: ["flight": "flight", "activity-1": "activity-1"], worth: 15_000)
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.rejectHotel()
    #expect(rig.actions == [.send(SagaRig.key(.charge, .undo))])
    let key = SagaRig.key(.charge, .undo)
    rig.tell(
      .answered(key, .refund(.done(rig.refund("re_1", "succeeded", 5_000, cause: "rollback")))))
    #expect(rig.saga.state == .failed)
    #expect(Self.notices(rig).map(\.word) == [.refused])
    #expect(Self.mails(rig) == [.unchanged])
    #expect(rig.ledger == [5_000, -5_000])
  }

  /// An activity is given up: its price goes back from the difference, and the rest of it from what the
  /// base has.
  @Test func whatItsOwnPaymentCannotGiveBackIsReleased() {
    var rig = Self.rig(kept: ["flight": "flight"], worth: 22_000)
    rig.validate()
    #expect(rig.saga.charge == rig.money(3_000))
    rig.openIntent()
    rig.charge()
    rig.bookHotel()
    rig.tell(
      .answered(
        SagaRig.key(.activity(1)),
        .activity(.done(ActivityBooking(status: "REJECTED", bookingRef: "BR-1")))))
    #expect(rig.saga.state == .confirmed)
    #expect(Self.notices(rig).last?.released == 2_000)
    // Stripe is asked what others gave back, since it would take more than is due.
    let refund = rig.saga.step(.activityRefund(1), .undo)
    #expect(refund?.amountAsked == 3_000)
  }

  /// The oldest payment is used first, and gives back last.
  @Test func severalLendersShareTheCredit() {
    var rig = Self.rig(kept: ["activity-1": "activity-1"], worth: 52_000)
    rig.saga.plan.modifies?.lenders = [
      .init(id: "bk_0", worth: 30_000), .init(id: "md_0", worth: 22_000),
    ]
    rig.validate()
    #expect(rig.saga.isFree)
    rig.bookFlight()
    rig.bookHotel()
    #expect(rig.saga.state == .confirmed)
    #expect(Self.notices(rig, to: "bk_0").map(\.credit) == [30_000])
    #expect(Self.notices(rig, to: "md_0").map(\.credit) == [20_000])
    #expect(Self.notices(rig).map(\.isDecision) == [true, false])
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.tell(.answered(SagaRig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(.lookedUp(SagaRig.key(.hotel, .undo), .hotelOrder(.done(Self.cancelled(fee: 4_000)))))
    rig.tell(.answered(SagaRig.key(.flight, .undo), .cancelled(.done(true))))
    #expect(rig.saga.state == .cancelled)
    #expect(Self.notices(rig, to: "md_0").last?.released == 20_000)
    #expect(Self.notices(rig, to: "bk_0").last?.released == 26_000)
  }

  /// A later change replaces its hotel: what that leaves over goes back from its own payment, and then from
  /// what was lent to it.
  @Test func aLaterChangeIsPaidFromItsPaymentAndItsCredit() {
    var rig = Self.rig(kept: ["flight": "flight", "activity-1": "activity-1"], worth: 15_000)
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookHotel()
    rig.tell(inbox: [
      .changed(
        inbox: 1,
        ChangeNotice(
          modification: "md_2", word: .begun, isDecision: false, replaced: ["hotel"], worth: 20_000)
      ),
      .changed(
        inbox: 2,
        ChangeNotice(modification: "md_2", word: .done, isDecision: false, credit: 12_000)),
    ])
    #expect(rig.actions == [.send(SagaRig.key(.hotel, .undo))])
    rig.tell(.answered(SagaRig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(.lookedUp(SagaRig.key(.hotel, .undo), .hotelOrder(.done(Self.cancelled(fee: 1_000)))))
    // 80.00 are left over, less 10.00: 50.00 of its own payment, and 20.00 that its base lent.
    #expect(rig.saga.step(.changeRefund(1), .undo)?.amountAsked == 5_000)
    #expect(Self.notices(rig).last?.word == .released)
    #expect(Self.notices(rig).last?.released == 2_000)
    rig.tell(
      .answered(
        SagaRig.key(.changeRefund(1), .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 5_000, cause: "change-1")))))
    #expect(rig.saga.step(.changeRefund(2), .undo) == nil)
    // The trip is cancelled: the later change keeps 30.00 of what it was lent.
    rig.tell(inbox: [
      .changed(
        inbox: 3,
        ChangeNotice(
          modification: "md_2", word: .cancelled, isDecision: false, credit: 12_000, released: 9_000
        )),
      .cancel(inbox: 4),
    ])
    #expect(rig.saga.state == .cancelled)
    #expect(Self.notices(rig).last?.word == .cancelled)
    #expect(Self.notices(rig).last?.released == 11_000)
  }

  // MARK: Held

  @Test func theDifferenceIsHeldAndTakenWhenTheNewPartsStand() {
    var rig = Self.rig(
      kept: ["flight": "flight", "activity-1": "activity-1"], worth: 15_000, capture: .whenBooked)
    rig.validate()
    rig.openIntent()
    SagaCaptureTests.answer(&rig, .charge, "requires_capture")
    #expect(rig.actions == [.send(SagaRig.key(.hotel))])
    rig.bookHotel()
    #expect(rig.actions == [.send(SagaRig.key(.capture))])
    SagaCaptureTests.answer(&rig, .capture, "succeeded", received: 5_000)
    #expect(rig.saga.state == .confirmed)
    #expect(rig.ledger == [5_000])
  }

  @Test func aCheaperTripHoldsNothing() {
    var rig = Self.rig(
      kept: ["flight": "flight", "activity-1": "activity-1"], worth: 30_000, capture: .whenBooked)
    rig.validate()
    rig.bookHotel()
    #expect(rig.saga.state == .confirmed)
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.tell(.answered(SagaRig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(.lookedUp(SagaRig.key(.hotel, .undo), .hotelOrder(.done(Self.cancelled(fee: 4_000)))))
    // The penalty is the customer's: they had paid for it, though nothing was taken for the change.
    #expect(Self.notices(rig).last?.released == 16_000)
  }

  /// What failed costs more than the difference: the hold is released, and the rest comes from the base.
  @Test func nothingIsTakenOfAHoldThatIsNotNeeded() {
    var rig = Self.rig(kept: ["flight": "flight"], worth: 22_000, capture: .whenBooked)
    rig.validate()
    rig.openIntent()
    SagaCaptureTests.answer(&rig, .charge, "requires_capture")
    rig.bookHotel()
    rig.tell(
      .answered(
        SagaRig.key(.activity(1)),
        .activity(.done(ActivityBooking(status: "REJECTED", bookingRef: "BR-1")))))
    #expect(rig.actions == [.send(SagaRig.key(.intent, .undo))])
    #expect(rig.saga.state == .processing)
    // Stripe tells of it before it answers.
    rig.tell(inbox: [SagaCaptureTests.event(rig, "canceled", "canceled")])
    SagaCaptureTests.answer(&rig, .intent, to: .undo, "canceled")
    #expect(rig.saga.state == .confirmed)
    #expect(rig.saga.step(.capture, .forward) == nil)
    #expect(Self.notices(rig).last?.released == 2_000)
    #expect(rig.ledger == [])
  }

  @Test func aDifferenceThatCannotBeChargedIsRefused() {
    var rig = Self.rig(kept: ["flight": "flight", "activity-1": "activity-1"], worth: 19_990)
    rig.validate()
    #expect(rig.saga.failure?.code == "difference-too-small")
    #expect(rig.saga.state == .failed)
  }

  /// The vendors' penalties come off what the base lends, so that its own payment goes back whole.
  @Test func cancelledWithItsTripItReleasesTheCreditLessPenalties() {
    var rig = Self.rig(kept: ["flight": "flight", "activity-1": "activity-1"], worth: 15_000)
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookHotel()
    rig.tell(inbox: [.cancel(inbox: 1)])
    #expect(rig.actions == [.send(SagaRig.key(.hotel, .undo))])
    rig.tell(.answered(SagaRig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(.lookedUp(SagaRig.key(.hotel, .undo), .hotelOrder(.done(Self.cancelled(fee: 4_000)))))
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 5_000)
    rig.tell(
      .answered(
        SagaRig.key(.charge, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 5_000, cause: "cancel")))))
    #expect(rig.saga.state == .cancelled)
    #expect(Self.notices(rig).last?.word == .cancelled)
    #expect(Self.notices(rig).last?.released == 11_000)
    #expect(Self.mails(rig) == [.changed])
  }

  static func cancelled(fee: Int64) -> HotelOrderDetails {
    let currency = Currency(code: "USD")!  // Sold in.
    return HotelOrderDetails(
      order: "ho_1", reservation: "r_1", label: nil, status: "cancelled",
      total: Money(minorUnits: 20_000, currency: currency),
      cancellationFee: Money(minorUnits: fee, currency: currency))
  }
}

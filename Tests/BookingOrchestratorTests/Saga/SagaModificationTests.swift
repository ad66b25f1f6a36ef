import Testing

@testable import BookingOrchestrator

/// A modification's own saga: what it books and charges, and what it tells its booking.
struct SagaModificationTests {
  /// A trip for 550.00 (flight 300, hotel 200, activity 50) of which the base has some parts.
  private static func rig(
    kept: [String: String], worth: Int64, activities: [Int64] = [5_000]
  ) -> SagaRig {
    var rig = SagaRig(activities: activities)
    rig.saga.plan.modifies = .init(base: "bk_0", kept: kept, worth: worth)
    return rig
  }

  private static func notices(_ rig: SagaRig) -> [ChangeNotice] {
    rig.written.compactMap { if case .notice(_, let notice) = $0 { notice } else { nil } }
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

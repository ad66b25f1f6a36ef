import Testing

@testable import BookingOrchestrator

/// Refunds that Stripe takes, in currencies whose amounts are coarser than their minor unit.
struct SagaRoundingTests {
  typealias Rig = SagaRig

  private func postings(_ rig: Rig) -> [String] {
    rig.written.compactMap {
      guard case .ledger(let posting) = $0, [posting.debit, posting.credit].contains("rounding")
      else { return nil }
      return "\(posting.txn) \(posting.credit) \(posting.amount.minorUnits) \(posting.cause)"
    }
  }

  /// A confirmed trip whose activities of 3.010 the traveller cancels at their suppliers, which keep half.
  private func cancelledThere(activities: Int) -> Rig {
    var rig = Rig(activities: .init(repeating: 3_010, count: activities), currency: "KWD")
    rig.bookAll()
    rig.wake()
    rig.tell(
      .lookedUp(
        Rig.key(.flight),
        .flightOrder(.done(FlightOrder(id: "fo_1", pnr: "ABCDEF", departures: ["D1"])))),
      .lookedUp(
        Rig.key(.hotel),
        .hotelOrder(.done(HotelOrderDetails(order: "ho_1", reservation: "r_1", status: "booked")))))
    for number in 1...activities {
      rig.tell(
        .lookedUp(
          Rig.key(.activity(number)),
          .activity(.done(ActivityBooking(status: "CANCELED", bookingRef: "BR-\(number)")))))
    }
    for number in 1...activities {
      rig.tell(
        .lookedUp(
          Rig.key(.activity(number)),
          .cancelQuote(
            .done(
              ActivityCancelQuote(
                status: "CANCELLED", itemPrice: rig.money(3_010), refundAmount: rig.money(1_505)))))
      )
    }
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done([]))))
    return rig
  }

  @Test(arguments: ["BHD", "JOD", "KWD", "OMR", "TND"])
  func aRefundLessAPenaltyIsRoundedInTheCustomersFavour(_ code: String) {
    var rig = Rig(activities: [5_010], currency: code)
    rig.bookAll()
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.answerAll(activityKeeps: 2_505)
    #expect(rig.saga.state == .cancelled)
    #expect(rig.ledger == [55_010, -52_510], "52,505 is owed, and Stripe takes multiples of 10")
    #expect(postings(rig) == ["bk_1:rounding:charge customer 5 cancel"])
  }

  @Test func aRestBelowWhatCanBeRefundedIsGivenBackWhole() {
    var rig = Rig(activities: [5_010], currency: "KWD")
    rig.bookAll()
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.answerAll(activityKeeps: 55_009)
    #expect(rig.ledger == [55_010, -10])
    #expect(postings(rig) == ["bk_1:rounding:charge customer 9 cancel"])
  }

  @Test func aPartLessAPenaltyIsRoundedAsWell() {
    let rig = cancelledThere(activities: 1)
    #expect(rig.saga.step(.activityRefund(1), .undo)?.amountAsked == 1_510)
    #expect(postings(rig) == ["bk_1:rounding:refund-activity-1 customer 5 activity-1"])
  }

  /// 3,010 is owed in all: the first is rounded up by 5, and the second is as much less.
  @Test func aLaterPartTakesBackWhatTheFirstWasRoundedUpBy() {
    let rig = cancelledThere(activities: 2)
    #expect(rig.saga.step(.activityRefund(1), .undo)?.amountAsked == 1_510)
    #expect(rig.saga.step(.activityRefund(2), .undo)?.amountAsked == 1_500)
    #expect(
      postings(rig) == [
        "bk_1:rounding:refund-activity-1 customer 5 activity-1",
        "bk_1:rounding:refund-activity-2 rounding 5 activity-2",
      ])
  }

  /// Kept are 1,505 by the supplier and 3 by the property; 1,500 can be, and so 8 is our loss, of which
  /// the part's refund gave 5.
  @Test func theLastRefundCountsWhatPartsWereRoundedUpBy() {
    var rig = cancelledThere(activities: 1)
    rig.tell(
      .answered(
        Rig.key(.activityRefund(1), .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 1_510, cause: "activity-1")))))
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.tell(.answered(Rig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(
      .lookedUp(
        Rig.key(.hotel, .undo),
        .hotelOrder(
          .done(
            HotelOrderDetails(
              order: "ho_1", reservation: "r_1", status: "cancelled", cancellationFee: rig.money(3))
          ))))
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    rig.tell(.lookedUp(Rig.key(.charge), .refunds(.done([]))))
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 50_000)
    #expect(
      postings(rig) == [
        "bk_1:rounding:refund-activity-1 customer 5 activity-1",
        "bk_1:rounding:charge customer 3 cancel",
      ])
  }

  @Test func otherCurrenciesAreRefundedToTheUnit() {
    var rig = Rig(activities: [5_010], currency: "USD")
    rig.bookAll()
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.answerAll(activityKeeps: 2_505)
    #expect(rig.ledger == [55_010, -52_505])
    #expect(postings(rig) == [])
  }

  @Test(arguments: [
    ("KWD", 0, 0), ("KWD", 1, 10), ("KWD", 10, 10), ("TND", 11, 20), ("JPY", 11, 11),
  ])
  func amountsAreRoundedUp(_ code: String, _ owed: Int64, _ refundable: Int64) throws {
    let currency = try #require(Currency(code: code))
    #expect(ChargeRules(currency).refundable(owed) == refundable)
  }
}

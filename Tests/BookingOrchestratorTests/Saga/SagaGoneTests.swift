import Testing

@testable import BookingOrchestrator

/// What airlines, suppliers and travellers cancelled at the vendor.
struct SagaGoneTests {
  typealias Rig = SagaRig
  private static let unlisted = Rejection(code: "1797", message: "NOT FOUND", httpStatus: 404)
  private static let hotel: SagaEvent = .lookedUp(
    Rig.key(.hotel),
    .hotelOrder(.done(HotelOrderDetails(order: "ho_1", reservation: "r_1", status: "booked"))))
  private static let flight: SagaEvent = .lookedUp(
    Rig.key(.flight),
    .flightOrder(.done(FlightOrder(id: "fo_1", pnr: "ABCDEF", departures: ["D1"]))))
  private static let listed: SagaEvent = .lookedUp(Rig.key(.charge), .refunds(.done([])))

  /// A confirmed trip with an activity of 30.00, at the time of its inspection.
  private func inspected() -> Rig {
    var rig = Rig(activities: [3_000])
    rig.bookAll()
    rig.wake()
    return rig
  }

  private func gone(_ rig: inout Rig, given back: Int64) {
    rig.tell(
      Self.flight, Self.hotel,
      .lookedUp(
        Rig.key(.activity(1)),
        .activity(.done(ActivityBooking(status: "CANCELED", bookingRef: "BR-1")))))
    rig.tell(
      .lookedUp(
        Rig.key(.activity(1)),
        .cancelQuote(
          .done(
            ActivityCancelQuote(
              status: "CANCELLED", itemPrice: rig.money(3_000), refundAmount: rig.money(back))))))
    rig.tell(Self.listed)
  }

  @Test func theInspectionLooksAtEveryPart() {
    let rig = inspected()
    #expect(rig.actions.count == 3)
  }

  @Test func aFlightThatTheAirlineCancelledIsRefundedAndTold() {
    var rig = inspected()
    rig.tell(.lookedUp(Rig.key(.flight), .flightOrder(.rejected(Self.unlisted))), Self.hotel)
    rig.tell(Self.listed)
    #expect(rig.saga.step(.flightRefund, .undo)?.amountAsked == 30_000)
    #expect(rig.saga.step(.flightRefund, .undo)?.cause == "vendor-cancel-flight")
    #expect(rig.saga.warnings.map(\.code) == ["flight-cancelled-by-airline"])
    #expect(rig.saga.state == .confirmed)
  }

  private func cancelledHotel(_ status: String, fee: Int64?) -> SagaEvent {
    .lookedUp(
      Rig.key(.hotel),
      .hotelOrder(
        .done(
          HotelOrderDetails(
            order: "ho_1", reservation: "r_1", status: status,
            cancellationFee: fee.map { Money(minorUnits: $0, currency: Currency(code: "USD")!) }))))
  }

  @Test(arguments: [
    ("cancelled_by_accommodation", Int64?.none, Int64(20_000), "hotel-cancelled-by-property"),
    ("cancelled_by_guest", 0, 20_000, "hotel-cancelled-by-traveller"),
    ("cancelled_by_guest", 5_000, 15_000, "hotel-cancelled-by-traveller"),
    ("cancelled", 5_000, 15_000, "hotel-cancelled-by-traveller"),
  ])
  func aHotelThatIsGoneIsRefundedLessTheTravellersFee(
    _ status: String, _ fee: Int64?, _ back: Int64, _ code: String
  ) {
    var rig = Rig()
    rig.bookAll()
    rig.wake()
    rig.tell(Self.flight, cancelledHotel(status, fee: fee))
    rig.tell(Self.listed)
    #expect(rig.saga.step(.hotelRefund, .undo)?.amountAsked == back)
    #expect(rig.saga.warnings.map(\.code) == [code])
    rig.tell(
      .answered(
        Rig.key(.hotelRefund, .undo),
        .refund(.done(rig.refund("re_1", "succeeded", back, cause: "vendor-cancel")))))
    // Cancelled afterwards, the trip gives back the rest but for that fee, which is posted once.
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    rig.tell(Self.listed)
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 30_000)
    let fees = rig.written.compactMap {
      if case .ledger(let posting) = $0, posting.txn.contains(":penalty:") { posting } else { nil }
    }
    #expect(fees.map(\.amount.minorUnits) == (fee ?? 0 > 0 ? [5_000] : []))
    #expect(fees.allSatisfy { $0.debit == "customer" })
  }

  @Test func aFeeOfTheWholePriceLeavesNothingToRefund() {
    var rig = Rig()
    rig.bookAll()
    rig.wake()
    rig.tell(Self.flight, cancelledHotel("cancelled_by_guest", fee: 20_000))
    rig.tell(Self.listed)
    #expect(rig.saga.step(.hotelRefund, .undo) == nil)
  }

  @Test func whatItsSupplierCancelledIsRefundedInFull() {
    var rig = inspected()
    gone(&rig, given: 3_000)
    #expect(rig.saga.step(.activityRefund(1), .undo)?.amountAsked == 3_000)
    #expect(rig.saga.warnings.map(\.code) == ["activity-cancelled-by-supplier"])
  }

  @Test func whatTheTravellerCancelledIsRefundedLessThePenalty() {
    var rig = inspected()
    gone(&rig, given: 1_000)
    #expect(rig.saga.step(.activityRefund(1), .undo)?.amountAsked == 1_000)
    rig.tell(
      .answered(
        Rig.key(.activityRefund(1), .undo),
        .refund(.done(rig.refund("re_1", "succeeded", 1_000, cause: "activity-1")))))
    // Cancelled afterwards, the trip gives back the rest but for that penalty, which is posted once.
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.tell(.answered(Rig.key(.hotel, .undo), .cancelled(.done(true))))
    rig.tell(
      .lookedUp(
        Rig.key(.hotel, .undo),
        .hotelOrder(
          .done(HotelOrderDetails(order: "ho_1", reservation: "r_1", status: "cancelled")))))
    rig.tell(.answered(Rig.key(.flight, .undo), .cancelled(.done(true))))
    rig.tell(Self.listed)
    #expect(rig.saga.step(.charge, .undo)?.amountAsked == 50_000)
    let penalties = rig.written.filter {
      if case .ledger(let posting) = $0 { posting.txn.contains(":penalty:") } else { false }
    }
    #expect(penalties.count == 1)
  }
}

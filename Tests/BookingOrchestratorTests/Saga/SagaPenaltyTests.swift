import Testing

@testable import BookingOrchestrator

/// Who bears what a supplier keeps.
struct SagaPenaltyTests {
  typealias Rig = SagaRig

  /// A trip whose only activity was given up, found later, and undone for 2,500 of 5,000.
  private func givenUp(cancelledBeforeItIsFound: Bool) -> Rig {
    var rig = Rig(activities: [5_000])
    rig.validate()
    rig.openIntent()
    rig.charge()
    rig.bookFlight()
    rig.bookHotel()
    rig.tell(.answered(Rig.key(.activity(1)), .activity(.unknown(Rig.lost))))
    rig.pass(RetryPolicy.activities + .seconds(1))
    #expect(rig.saga.state == .confirmed)
    #expect(rig.saga.warnings.map(\.code) == ["activity-failed"])
    if !cancelledBeforeItIsFound { rig.answerAll(activityKeeps: 2_500) }
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.answerAll(activityKeeps: 2_500)
    #expect(rig.saga.state == .cancelled)
    return rig
  }

  @Test(arguments: [true, false])
  func thePenaltyOfAFailedActivityIsOurs(cancelledBeforeItIsFound: Bool) {
    let rig = givenUp(cancelledBeforeItIsFound: cancelledBeforeItIsFound)
    #expect(rig.ledger.reduce(0, +) == 0, "the traveller never had the activity")
    #expect(
      rig.penalties == [.init(debit: "penalty", amount: 2_500, txn: "bk_1:penalty:activity-1")])
  }

  @Test func thePenaltyOfWhatTheTravellerHadIsTheirs() {
    var rig = Rig(activities: [5_000])
    rig.bookAll()
    rig.tell(inbox: [.cancel(inbox: 1)])
    rig.answerAll(activityKeeps: 2_500)
    #expect(rig.saga.state == .cancelled)
    #expect(rig.ledger == [55_000, -52_500])
    #expect(
      rig.penalties == [.init(debit: "customer", amount: 2_500, txn: "bk_1:penalty:activity-1")])
  }

  /// Figures of another currency are a part of what is told beside them, never the trip's minor units.
  @Test(arguments: [
    ("USD", Int64(2_000), Int64?.none, Int64?(2_000)), ("JPY", 7_400, 37_000, 1_000),
    ("JPY", 1, 3, 1_667), ("JPY", 7_400, nil, nil), ("JPY", 7_400, 0, nil),
    ("JPY", 7_401, 7_400, nil),
  ])
  func figuresOfAnotherCurrencyAreAPartOfThePrice(
    _ code: String, _ part: Int64, _ whole: Int64?, _ minor: Int64?
  ) throws {
    let rig = Rig()
    let told = try #require(Currency(code: code))
    #expect(
      rig.saga.inTripCurrency(
        Money(minorUnits: part, currency: told),
        of: whole.map { Money(minorUnits: $0, currency: told) }, for: 5_000) == minor)
  }
}

extension SagaRig {
  struct Penalty: Equatable {
    var debit: String
    var amount: Int64
    var txn: String
  }

  /// The penalties that were posted.
  var penalties: [Penalty] {
    written.compactMap {
      guard case .ledger(let posting) = $0, posting.credit == "vendors" else { return nil }
      return Penalty(
        debit: posting.debit, amount: posting.amount.minorUnits, txn: posting.txn)
    }
  }

  /// Answers whatever is asked until nothing is: every undo succeeds, activities keep something.
  mutating func answerAll(activityKeeps kept: Int64) {
    for _ in 0..<30 where !actions.isEmpty {
      let events = actions.map { answer(to: $0, activityKeeps: kept) }
      now = now + .seconds(1)
      reaction = saga.react(events, [], at: now)
      written += reaction.changes
    }
    #expect(actions.isEmpty)
  }

  private func answer(to action: SagaAction, activityKeeps kept: Int64) -> SagaEvent {
    switch action {
    case .lookUp(let key, .activityStatus):
      return .lookedUp(
        key, .activity(.done(ActivityBooking(status: "CONFIRMED", bookingRef: "BR-1"))))
    case .lookUp(let key, .activityCancelQuote):
      let price = saga.option.activities[0].amount
      return .lookedUp(
        key,
        .cancelQuote(
          .done(
            ActivityCancelQuote(
              status: "CANCELLABLE", itemPrice: money(price), refundAmount: money(price - kept)))))
    case .lookUp(let key, .hotelOrder):
      return .lookedUp(
        key,
        .hotelOrder(
          .done(HotelOrderDetails(order: "ho_1", reservation: "r_1", status: "cancelled"))))
    case .lookUp(let key, .refunds) where key.direction == .forward:
      // Before a refund: nobody else has given anything back.
      return .lookedUp(key, .refunds(.done([])))
    case .lookUp(let key, .refunds):
      let step = saga.steps.first { $0.key == key }
      return .lookedUp(
        key,
        .refunds(
          .done([
            refund(
              "re_\(key.slot.text)", "succeeded", step.map(refundAmount) ?? 0,
              cause: step?.cause ?? "")
          ])))
    case .send(let key):
      let step = saga.steps.first { $0.key == key }
      switch key.slot {
      case .activity:
        return .answered(
          key, .activityCancellation(.done(ActivityCancellation(accepted: true))))
      case .flight, .hotel: return .answered(key, .cancelled(.done(true)))
      default:
        let amount = step.map(refundAmount) ?? 0
        return .answered(
          key,
          .refund(
            .done(
              refund("re_\(key.slot.text)", "succeeded", amount, cause: step?.cause ?? ""))))
      }
    default: preconditionFailure("nobody expected \(action)")
    }
  }

  /// The amount that a refund's request asks for.
  private func refundAmount(_ step: SagaStep) -> Int64 {
    let form = String(decoding: step.request.body, as: UTF8.self)
    let field = form.split(separator: "&").first { $0.hasPrefix("amount=") }
    return field.flatMap { Int64($0.dropFirst(7)) } ?? 0
  }
}

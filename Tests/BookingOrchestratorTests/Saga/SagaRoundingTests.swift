import Testing

@testable import BookingOrchestrator

/// Refunds that Stripe takes, in currencies whose amounts are coarser than their minor unit.
struct SagaRoundingTests {
  typealias Rig = SagaRig

  private func postings(_ rig: Rig) -> [String] {
    rig.written.compactMap {
      guard case .ledger(let posting) = $0, posting.debit == "rounding" else { return nil }
      return "\(posting.txn) \(posting.credit) \(posting.amount.minorUnits) \(posting.cause)"
    }
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

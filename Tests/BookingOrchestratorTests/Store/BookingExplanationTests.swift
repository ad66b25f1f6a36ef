import GRDB
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct BookingExplanationTests {
  private func message(
    _ state: TripState, charged: Int64 = 0, refunded: Int64 = 0, open: [BookingView.OpenStep] = [],
    parked: [BookingView.Attention] = [], parts: String = "FAILED", failure: TripFailure? = nil
  ) -> String {
    view(
      state, charged: charged, refunded: refunded, open: open, parked: parked, parts: parts,
      failure: failure
    ).message
  }

  private func view(
    _ state: TripState, charged: Int64 = 0, refunded: Int64 = 0, open: [BookingView.OpenStep] = [],
    parked: [BookingView.Attention] = [], parts: String = "FAILED", failure: TripFailure? = nil
  ) -> BookingView {
    BookingView(
      id: BookingID("bk_1"), option: TripOptionID("opt_1"), state: state,
      needsAttention: !parked.isEmpty,
      total: Money(minorUnits: 17_100, currency: Currency(code: "EUR")!), charged: charged,
      refunded: refunded, payment: nil,
      components: [
        BookingView.Component(slot: "hotel", status: parts, amount: 5_000),
        BookingView.Component(slot: "flight", status: parts, amount: 10_000),
      ],
      warnings: [], failure: failure, attention: parked, open: open,
      createdAt: APITestBed.start)
  }

  private func item(_ slot: String, _ reason: String) -> BookingView.Attention {
    BookingView.Attention(slot: slot, reason: reason, advice: "Look.")
  }

  private func call(_ slot: String, isUndo: Bool = false) -> BookingView.OpenStep {
    BookingView.OpenStep(slot: slot, isUndo: isUndo)
  }

  @Test func aPendingRefundIsOnItsWayNotAFee() {
    let full = message(.failed, charged: 17_100, open: [call("charge", isUndo: true)])
    #expect(full.contains("Nothing is booked. EUR 171.00 was charged; a refund is on its way."))
    let rest = message(
      .cancelled, charged: 17_100, refunded: 900, open: [call("refund-cancel", isUndo: true)],
      parts: "CANCELLED")
    #expect(rest.contains("EUR 9.00 of it refunded; a further refund is on its way."))
    #expect(!rest.contains("fees"))
  }

  @Test func aHoldIsNoChargeAndIsTold() {
    var view = view(.processing)
    view.payment = BookingView.Payment(
      paymentIntent: "pi_1", status: "AUTHORIZED", amount: 17_100, authorized: 17_100)
    #expect(view.money == "Nothing has been charged so far; EUR 171.00 is held on the card.")
    #expect(String(decoding: view.json, as: UTF8.self).contains(#""held":17100"#))
    view.state = .failed
    view.payment?.status = "CANCELED"
    #expect(view.money == "Nothing was charged; the hold of EUR 171.00 on the card was released.")
    #expect(String(decoding: view.json, as: UTF8.self).contains(#""authorized":17100,"held":0"#))
  }

  @Test func whoCancelsBeforeAnythingIsTakenPaysAndGetsNothing() {
    var view = view(.cancelled, parts: "CANCELLED")
    view.penalties = ["hotel": 900]
    view.payment = BookingView.Payment(
      paymentIntent: "pi_1", status: "CANCELED", amount: 17_100, authorized: 17_100)
    let json = String(decoding: view.json, as: UTF8.self)
    #expect(json.contains(#""slot":"hotel","amount":5000,"penalty":0,"refund":0"#))
    view.payment?.status = "SUCCEEDED"
    view.charged = 17_100
    #expect(
      String(decoding: view.json, as: UTF8.self).contains(
        #""slot":"hotel","amount":5000,"penalty":900,"refund":4100"#))
  }

  @Test func whatTheBankTookBackIsTold() async throws {
    var view = view(.cancelled, charged: 17_100, refunded: 900, parts: "CANCELLED")
    view.payment = BookingView.Payment(paymentIntent: "pi_1", status: "SUCCEEDED", amount: 17_100)
    #expect(String(decoding: view.json, as: UTF8.self).contains(#""chargedBack":0"#))
    view.chargedBack = 16_200
    #expect(String(decoding: view.json, as: UTF8.self).contains(#""chargedBack":16200"#))
    #expect(
      view.message.contains(
        "EUR 171.00 was charged and EUR 9.00 of it refunded and EUR 162.00 of it given back by your bank."
      ))
    #expect(!view.message.contains("fees"))
  }

  @Test func theViewReadsChargebacksFromTheLedger() async throws {
    let bed = try APITestBed { db, id in
      try Sagas.pay(db, id, status: "SUCCEEDED")
      try db.execute(
        sql: """
          INSERT INTO ledger_entry
            (booking_id, txn, account, debit_minor, credit_minor, currency, cause, at_us)
          VALUES (?1, 'a', 'customer', 700, 0, 'EUR', 'chargeback', 0),
            (?1, 'a', 'stripe', 0, 700, 'EUR', 'chargeback', 0),
            (?1, 'b', 'customer', 300, 0, 'EUR', 'refunded-elsewhere', 0)
          """, arguments: [id.rawValue])
    }
    try await bed.register()
    _ = try await bed.book()
    let view = try await bed.queue.read { try BookingView.load($0, BookingID("bk_1")) }
    #expect(view?.chargedBack == 700)
  }

  @Test func aDisputedPaymentIsNoUnknownOne() {
    let words = message(
      .confirmed, charged: 17_100, parked: [item("charge", "payment-disputed")], parts: "BOOKED")
    #expect(!words.contains("not known"))
  }

  @Test func aPartWhoseCancellationIsOpenIsNotCalledUnbooked() {
    #expect(!message(.failed, open: [call("flight", isUndo: true)]).contains("Nothing is booked"))
  }

  @Test func theViewFindsThePendingRefundOfAFailedTrip() async throws {
    let bed = try APITestBed { db, id in
      try Sagas.fail(db, id)
      try Sagas.pay(db, id, status: "SUCCEEDED")
      try db.execute(
        sql: """
          INSERT INTO saga_step (booking_id, slot, direction, generation, idempotency_key,
            payload_hash, cause, status, reference, created_us, updated_us)
          VALUES (?, 'charge', 'undo', 1, 'k', '', 'rollback', 'UNKNOWN', 're_1',
            0, 0)
          """, arguments: [id.rawValue])
    }
    try await bed.register()
    let answer = try await bed.book()
    #expect(answer["message"]?.contains("a refund is on its way") == true)
  }

  @Test func anUnknownChargeIsCalledUnknown() {
    let text = message(.processing, open: [call("charge"), call("flight")])
    #expect(text.contains("the outcome of the payment and the flight is not known yet"))
    #expect(!text.contains("charged"))
  }

  @Test(arguments: TripState.allCases)
  func nothingIsCalledUnchargedWhileTheChargeIsOpen(_ state: TripState) {
    for failure in [nil, TripFailure(code: "x", message: "x")] {
      let text = message(state, open: [call("charge")], failure: failure)
      #expect(!text.lowercased().contains("nothing was charged"))
      #expect(!text.lowercased().contains("nothing has been charged"))
    }
  }

  @Test func nothingIsCalledUnchargedWhileThePaymentIsParked() {
    let text = message(.failed, parked: [item("charge", "outcome-unknown")])
    #expect(text.contains("Whether the card was charged is not known yet"))
    #expect(!text.contains("Nothing is booked"))
    #expect(text.contains("still being settled"))
  }

  @Test func nothingIsCalledUnbookedWhileTheFlightIsParked() {
    let text = message(
      .failed, charged: 17_100, refunded: 17_100, parked: [item("flight", "flight-order-lost")])
    #expect(!text.contains("Nothing is booked"))
    #expect(text.contains("EUR 171.00 was refunded in full"))
  }

  @Test func aPartThatStillStandsIsNotCalledUnbooked() {
    #expect(!message(.failed, parts: "BOOKED").contains("Nothing is booked"))
  }

  @Test func keptFeesAreNamed() {
    #expect(
      message(.cancelled, charged: 17_100, refunded: 15_000, parts: "CANCELLED")
        .contains("EUR 171.00 was charged and EUR 150.00 of it refunded; the rest covers"))
  }

  @Test(arguments: [
    (0, 17_100, "EUR 171.00 was charged and EUR 171.00 of it given back by your bank."),
    (
      900, 16_200,
      "EUR 171.00 was charged and EUR 9.00 of it refunded and EUR 162.00 of it given back by your bank."
    ),
  ])
  func whatABankTookBackIsNotCalledAFee(_ refunded: Int64, _ back: Int64, _ words: String) {
    for state in [TripState.cancelled, .failed] {
      var view = view(state, charged: 17_100, refunded: refunded, parts: "CANCELLED")
      view.chargedBack = back
      #expect(view.message.hasSuffix(" Nothing is booked. \(words)"))
    }
  }

  @Test func aFailedRefundIsNotCalledAFee() {
    let text = message(
      .cancelled, charged: 17_100, parked: [item("refund-cancel", "refund-failed")],
      parts: "CANCELLED")
    #expect(!text.contains("fees"))
    #expect(text.contains("still being settled"))
  }

  @Test func theViewShowsWhatIsParkedAndOpen() async throws {
    let bed = try APITestBed { db, id in
      try Sagas.fail(db, id)
      try Sagas.pay(db, id, status: "PARTIALLY_REFUNDED", refunded: 100)
      try Sagas.park(db, id, slot: "flight", reason: "flight-order-lost", advice: "Call them.")
    }
    try await bed.register()
    let answer = try await bed.book()
    #expect(answer.json["needsAttention"] as? Bool == true)
    let attention = try #require(answer.json["attention"] as? [[String: String]])
    #expect(attention.map { $0["advice"] } == ["Call them."])
    try bed.write("UPDATE attention_item SET resolved_us = 1")
    let later = try await bed.call(.get, "/booking/bk_1")
    #expect((later.json["attention"] as? [Any])?.isEmpty == true)
  }
}

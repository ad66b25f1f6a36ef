import Testing

@testable import Audit
@testable import Worlds

/// Each invariant about answers, webhooks and mails fires on the lie that it is there for.
struct ApiInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  @Test func d9FindsABookingThatWasToldAndIsNotThere() throws {
    rig.told(.book, "PENDING", id: "bk_7")
    rig.conclude()
    #expect(rig.violated == ["D9"])
  }

  @Test func a1FindsTwoBookingsForOneKey() throws {
    try rig.rollBack()
    try rig.accept("bk_1")
    try rig.write("bk_1", "FAILED")
    rig.told(.book, "FAILED")
    rig.told(.book, "FAILED", id: "bk_1")
    rig.conclude()
    #expect(rig.result(.a1).violations == 1)
  }

  @Test func a1FindsAnotherBodyThatIsTaken() throws {
    try rig.rollBack()
    rig.told(.book, "FAILED", trueBody: false)
    rig.conclude()
    #expect(rig.violated == ["A1"])
  }

  @Test func a2FindsATripThatGoesBackwards() throws {
    try rig.book()
    try rig.confirm()
    rig.told(.book, "CONFIRMED")
    rig.tick()
    rig.told(.look, "PROCESSING")
    rig.conclude()
    #expect(rig.violated == ["A2"])
  }

  @Test func a2AllowsAnswersToQuestionsAskedSideBySide() throws {
    try rig.book()
    try rig.confirm()
    let asked = rig.now - 1
    rig.told(.book, "CONFIRMED")
    rig.tick()
    rig.told(.look, "PROCESSING", asked: asked)
    rig.conclude()
    #expect(rig.violated == [])
  }

  @Test func a2FindsATripThatVanishes() throws {
    try rig.book()
    try rig.confirm()
    rig.told(.book, "CONFIRMED")
    rig.tick()
    rig.told(.look, "", id: "", result: .fail, status: 404)
    rig.conclude()
    #expect(rig.violated == ["A2"])
  }

  @Test func a3FindsAConfirmationThatIsNotDurable() throws {
    try rig.book()
    rig.told(.book, "CONFIRMED")
    #expect(rig.violated == ["A3"])
  }

  @Test func a4FindsMoneyKeptAfterAFailureWasTold() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 400, finally: "REJECTED")
    try rig.write("bk_0", "FAILED")
    rig.told(.book, "FAILED")
    rig.conclude()
    #expect(rig.result(.a4).violations == 1)
  }

  @Test func a5FindsACancellationThatIsForgotten() throws {
    try rig.book()
    try rig.confirm()
    rig.told(.cancel, "CONFIRMED", status: 202, asked: rig.now - 60_000_000)
    rig.conclude()
    #expect(rig.violated == ["A5"])
  }

  @Test func a5FindsARefusedCancellationThatHappens() throws {
    try rig.cancel()
    rig.told(.cancel, "", result: .fail, status: 409)
    rig.conclude()
    #expect(rig.violated == ["A5"])
  }

  @Test func a6FindsAnAnswerWithoutTheWarning() throws {
    try rig.book(activities: [])
    try rig.confirm()
    rig.told(.book, "CONFIRMED", warnings: [])
    rig.conclude()
    #expect(rig.violated == ["A6"])
  }

  @Test func a6FindsAMailWithoutTheWarning() throws {
    try rig.book(activities: [])
    try rig.confirm()
    rig.mail(tag: "confirmation", text: "All is well.")
    rig.conclude()
    #expect(rig.violated == ["A6"])
  }

  @Test(arguments: [ClientRecord.Request.foreignLook, .foreignCancel])
  func a7FindsABookingThatIsToldToAnotherClient(_ request: ClientRecord.Request) throws {
    try rig.rollBack()
    rig.tick()
    rig.told(request, "FAILED", client: 1, foreign: "bk_0")
    rig.conclude()
    #expect(rig.violated == ["A14"])
  }

  @Test(arguments: [403, 409, 422])
  func a7FindsARefusalThatTells(_ status: Int) throws {
    try rig.rollBack()
    rig.tick()
    rig.told(.foreignLook, "", id: "", client: 1, result: .fail, status: status, foreign: "bk_0")
    rig.conclude()
    #expect(rig.violated == ["A14"])
  }

  @Test(arguments: [(ClientRecord.Result.fail, 404), (.unknown, 0)])
  func a7FindsACancellationByAnotherClient(_ result: ClientRecord.Result, _ status: Int) throws {
    try rig.cancel()
    rig.told(.foreignCancel, "", id: "", client: 1, result: result, status: status, foreign: "bk_0")
    rig.conclude()
    #expect(rig.violated == ["A14"])
  }

  @Test func a7AllowsACancellationThatItsOwnClientAskedForToo() throws {
    try rig.cancel()
    rig.told(.foreignCancel, "", id: "", client: 1, result: .fail, status: 404, foreign: "bk_0")
    rig.told(.cancel, "CANCELLED")
    rig.conclude()
    #expect(rig.violated == [])
  }

  @Test func a7FindsABookingGivenToAnotherClient() throws {
    try rig.rollBack()
    rig.told(.book, "FAILED", client: 1)
    rig.conclude()
    #expect(rig.violated == ["A14"])
  }

  @Test func a7FindsAKeyThatAnotherClientUsed() throws {
    try rig.rollBack()
    rig.told(
      .book, "", id: "", client: 1, result: .fail, status: 422, problem: "idempotency-key-reused")
    rig.conclude()
    #expect(rig.violated == ["A14"])
  }

  @Test func w1FindsAnEventThatIsThereTwice() throws {
    try rig.accept()
    // Without the schema's own guard, as after a bad migration.
    try rig.sql("DROP TABLE inbox")
    try rig.sql(
      """
      CREATE TABLE inbox (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT, kind TEXT,
        booking_id TEXT, object TEXT, payload TEXT, received_us INTEGER, applied_us INTEGER)
      """)
    rig.event("evt_1")
    try rig.inbox("evt_1")
    try rig.inbox("evt_1")
    rig.auditor.conclude(rig.history, at: rig.now)
    #expect(rig.violated == ["W1"])
  }

  @Test func w2FindsAPaymentThatRepeatedDeliveriesSpoilt() throws {
    try rig.rollBack()
    rig.event("evt_1", attempts: 2)
    try rig.inbox("evt_1")
    try rig.payment("bk_0", "SUCCEEDED", amount: 75_000)
    rig.conclude()
    #expect(rig.violated == ["D4", "W2"])
  }

  @Test func w3FindsAnEventThatWasTakenAndDropped() throws {
    try rig.rollBack()
    rig.event("evt_1")
    rig.conclude()
    #expect(rig.violated == ["W3"])
  }

  @Test func w3FindsAnEventThatIsNeverApplied() throws {
    try rig.rollBack()
    rig.event("evt_1")
    try rig.inbox("evt_1", applied: false)
    rig.conclude(hours: 7)
    #expect(rig.violated == ["W3", "N9"])
  }

  @Test func w4FindsAnEventThatStripeNeverSent() throws {
    try rig.rollBack()
    try rig.inbox("evt_F0RG")
    rig.conclude()
    #expect(rig.violated == ["W4"])
  }

  @Test func w4FindsAStaleDeliveryThatIsTaken() throws {
    try rig.rollBack()
    rig.history.faults.append(
      FaultRecord(
        sequence: 1, atMicroseconds: 0, kind: "webhook-stale", service: "stripe",
        operation: "webhook", bookingID: "bk_0", attempt: 0, detail: ""))
    rig.conclude()
    #expect(rig.violated == ["W4"])
  }

  @Test(arguments: [400, 404, 422, 500])
  func w5FindsASignedEventThatIsRefused(_ status: Int) throws {
    try rig.rollBack()
    rig.event("evt_1", "v1.payment_intent.succeeded", refusals: [502, status], delivered: false)
    rig.conclude()
    #expect(rig.violated == ["W5"])
  }

  @Test func w5FindsAnUnknownEventThatWasTakenAndDropped() throws {
    try rig.rollBack()
    rig.event("evt_1", "payment_intent.something_new")
    rig.conclude()
    #expect(rig.violated == ["W5"])
  }

  @Test func w5AllowsWhatAProxyRefused() throws {
    try rig.rollBack()
    rig.event("evt_1", "payment_intent.something_new", attempts: 2, refusals: [502])
    try rig.inbox("evt_1")
    rig.conclude()
    #expect(rig.violated == [])
  }

  @Test func l7FindsADefinitePriceThatIsAskedForAgain() throws {
    try rig.accept()
    rig.look("bk_0", "flight", operation: "price", fault: "price-odd")
    rig.look("bk_0", "hotel", operation: "preview")
    #expect(rig.violated == [])
    rig.look("bk_0", "flight", operation: "price", attempt: 2)
    #expect(rig.violated == ["L7"])
  }

  @Test func l7AllowsAValidationThatBeginsAnew() throws {
    try rig.accept()
    rig.look("bk_0", "hotel", operation: "preview", fault: "price-odd")
    rig.die()
    rig.look("bk_0", "hotel", operation: "preview", attempt: 2)
    #expect(rig.violated == [])
  }

  @Test func x2FindsMoneyTakenAtAPriceThatNobodyCanPay() throws {
    try rig.book()
    rig.look("bk_0", "flight", operation: "price", fault: "price-odd")
    try rig.confirm()
    rig.conclude()
    #expect(rig.violated == ["X2"])
  }

  @Test func n1FindsASecondMail() throws {
    try rig.rollBack()
    rig.mail(tag: "failure")
    rig.mail(tag: "failure")
    rig.conclude()
    #expect(rig.violated == ["N1"])
  }

  @Test func n1FindsMailsThatDisagree() throws {
    try rig.book()
    try rig.confirm()
    rig.mail(tag: "confirmation")
    rig.mail(tag: "failure")
    rig.conclude()
    #expect(rig.violated == ["N1"])
  }

  @Test func n4FindsAFinalStateWithoutItsMail() throws {
    try rig.rollBack()
    try rig.sql("DELETE FROM outbox")
    rig.conclude()
    #expect(rig.violated == ["N4"])
  }

  /// The hotel was cancelled after the confirmation; the mail about it, or another one, is there.
  @Test(arguments: ["its price is refunded", "the departure moved"])
  func n4FindsNewsThatNoMailTold(_ text: String) throws {
    try rig.book()
    try rig.confirm()
    rig.mail(tag: "confirmation")
    rig.tick()
    rig.release(slot: "hotel", by: "vendor")
    try rig.warn("bk_0", "hotel", "its price is refunded", code: "hotel-cancelled-by-property")
    rig.mail(tag: "update", text: text)
    rig.conclude()
    #expect(rig.violated.contains("N4") == (text != "its price is refunded"))
  }

  @Test func x3CountsIdleInvariants() throws {
    try rig.rollBack()
    rig.conclude()
    let result = rig.result(.x3)
    #expect(result.checked == Invariant.allCases.count - 2)
    #expect(result.exercised > 20 && result.exercised < result.checked)
  }
}

import HTTPService
import HTTPTypes
import Testing

@testable import Audit
@testable import Worlds

/// A15 and A16: what answers on the way run ahead of, and what last words and reasons say.
struct ToldInvariantTests {
  private func confirmed() throws -> AuditRig {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    return rig
  }

  @Test(arguments: [
    #"{"refunded":1}"#, #"{"charged":75001}"#, #"{"payment":{"chargedBack":1}}"#,
    #"{"currency":"EUR"}"#, #"{"amount":70000}"#, #"{"flight":{"amount":1}}"#,
    #"{"flight":{"reference":"nothing"}}"#,
    #"{"activities":[{"slot":"activity-2","status":"BOOKED"}]}"#,
    #"{"hotel":{"status":"CANCELLED","reference":"hotel-of-bk_0-1"}}"#,
    #"{"message":"Nothing has been charged so far."}"#,
    #"{"message":"The payment of USD 750.00 was refunded in full."}"#,
    #"{"message":"USD 749.00 was charged."}"#, #"{"message":"EUR 750.00 was charged."}"#,
  ])
  func whatHasNotHappenedIsNotTold(_ body: String) throws {
    let rig = try confirmed()
    rig.told(.book, "CONFIRMED", body: body)
    rig.conclude()
    #expect(rig.violated == ["A15"])
  }

  /// A17: an answer made while its question was under way knows what was charged when that arrived.
  @Test(arguments: [(0, true), (75_000, false)])
  func anAnswerIsAsFreshAsItsQuestion(_ charged: Int, _ isWrong: Bool) throws {
    let rig = try confirmed()
    let asked = rig.now
    rig.tick()
    // As in worlds: a client's call does not say which booking it is about, its path does.
    let look = rig.record(
      "", "", "", 0, 1, epoch: 0, service: "orchestrator", operation: "look", key: "")
    let call = HTTPCall(
      HTTPRequest(method: .get, scheme: "http", authority: "o.test", path: "/booking/bk_0"))
    rig.auditor.observe(.arrived(call, look), at: rig.now)
    rig.tick()
    for _ in 1...2 {
      rig.told(.look, "CONFIRMED", asked: asked, body: "{\"charged\":\(charged)}")
    }
    #expect(rig.violated == (isWrong ? ["A17"] : []))
  }

  @Test func aRefundThatIsAskedForIsNoneYet() throws {
    let rig = try AuditRig()
    try rig.rollBack()
    rig.refund(75_000, status: "pending")
    rig.told(.look, "FAILED", body: #"{"refunded":75000}"#)
    #expect(rig.violated == ["A15"])
  }

  @Test(arguments: [
    ("is confirmed", "could not be booked"), (#""charged":75000"#, #""charged":70000"#),
    (#""attention":[]"#, #""attention":[{"slot":"hotel","reason":"undo-refused"}]"#),
    ("is confirmed.", "is confirmed, with a warning about parts of it."),
    (#""needsAttention":false"#, #""needsAttention":true"#),
  ])
  func lastWordsAboutAConfirmedTripAreTrue(_ truth: String, _ lie: String) throws {
    let rig = try confirmed()
    rig.told(.look, "CONFIRMED", body: AuditRig.confirmed.replacing(truth, with: lie))
    rig.conclude()
    #expect(rig.violated.contains("A16") && rig.isAboutAnswers)
  }

  @Test(arguments: [
    ("USD 720.00 of it", "USD 700.00 of it"), ("USD 750.00 was", "USD 75.00 was"),
    ("; the rest covers the suppliers' cancellation fees", "; a refund is on its way"),
    ("USD 750.00 was charged and USD 720.00 of it refunded", "USD 750.00 was charged"),
    ("Nothing is booked. ", "Something is still being settled by our staff. "),
  ])
  func lastWordsAboutACancelledTripAreTrue(_ truth: String, _ lie: String) throws {
    let rig = try AuditRig()
    try rig.cancel(penalty: 3_000)
    rig.told(.look, "CANCELLED", body: AuditRig.cancelled.replacing(truth, with: lie))
    rig.conclude()
    #expect(rig.violated.contains("A16") && rig.isAboutAnswers)
  }

  @Test(arguments: [
    ("hotel-refused", "The hotel could not be booked.", true),
    ("hotel-refused", "The flight could not be booked.", false),
    ("flight-refused", "The flight could not be booked.", false),
    ("payment-declined", "The card could not be charged.", false),
    ("deadline-passed", "The trip could not be completed in time.", false),
  ])
  func theReasonIsOfThePartThatFailed(_ code: String, _ words: String, _ isTrue: Bool) throws {
    let rig = try AuditRig()
    try rig.rollBack()
    let body = AuditRig.answer(
      "FAILED", refunded: 75_000, #"{"flight":null,"hotel":null,"activities":[]}"#)
    rig.told(
      .look, "FAILED",
      body: body.replacing(
        #""error":null"#, with: #""error":{"code":"\#(code)","message":"\#(words)"}"#))
    rig.conclude()
    #expect(rig.violated == (isTrue ? [] : ["A16"]))
  }
}

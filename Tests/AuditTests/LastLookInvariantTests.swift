import Testing

@testable import Audit
@testable import Worlds

/// A13 fires on every member of an answer that is not what the vendors' books say.
struct LastLookInvariantTests {
  @Test(arguments: [
    (#""refunded":0"#, #""refunded":5000"#), (#""chargedBack":0"#, #""chargedBack":75000"#),
    (#""amount":75000"#, #""amount":70000"#),
    ("pi_bk_0_1", "pi_bk_1_1"), ("flight-of-bk_0-1", "flight-of-bk_1-1"),
    (#""totalPrice":30000"#, #""totalPrice":29000"#), (#""success":true"#, #""success":false"#),
    (#""error":null"#, #""error":{"code":"declined","message":"The card was declined."}"#),
    (#""warnings":[]"#, #""warnings":[{"slot":"activity-1","code":"activity-failed"}]"#),
    ("3N4G5Z4J", ""),
    (#""confirmationCode":"hotel"#, #""hotelName":"Ritz","confirmationCode":"hotel"#),
    (#""confirmationCode":"activity"#, #""name":"Boat","confirmationCode":"activity"#),
    (#""state":"CONFIRMED""#, #""state":"FAILED""#), ("{", "["),
  ])
  func aLieAboutAConfirmedTripIsFound(_ truth: String, _ lie: String) throws {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    rig.told(
      .look, "CONFIRMED",
      body: AuditRig.confirmed.replacing(truth, with: lie, maxReplacements: 1))
    rig.conclude()
    #expect(rig.violated.contains("A13") && rig.isAboutAnswers)
  }

  @Test(arguments: [
    (#""refunded":72000"#, #""refunded":75000"#),
    (#""penalty":3000,"refund":27000"#, #""penalty":0,"refund":30000"#),
    (#""refund":27000"#, #""refund":30000"#),
    (#""penalty":3000,"refund":72000"#, #""penalty":0,"refund":75000"#),
    (
      #""activities":[]"#,
      #""activities":[{"confirmationCode":"activity-1-of-bk_0-1","totalPrice":5000,"currency":"USD"}]"#
    ),
    (#""flight":null"#, #""flight":{"confirmationCode":"X","totalPrice":40000,"currency":"USD"}"#),
  ])
  func aLieAboutACancelledTripIsFound(_ truth: String, _ lie: String) throws {
    let rig = try AuditRig()
    try rig.cancel(penalty: 3_000)
    rig.told(
      .look, "CANCELLED", body: AuditRig.cancelled.replacing(truth, with: lie, maxReplacements: 1))
    rig.conclude()
    #expect(rig.violated.contains("A13") && rig.isAboutAnswers)
  }

  /// The room's fee of 3,000 was kept, and then the bank took that back as well.
  @Test(arguments: [#","chargedBack":3000"#, #","chargedBack":2999"#, ""])
  func whatABankTookBackIsTold(_ member: String) throws {
    let rig = try AuditRig()
    try rig.cancel(penalty: 3_000)
    rig.dispute("lost", 3_000)
    try rig.post(
      "bk_0", "bk_0:chargeback:du_1", debit: "customer", credit: "stripe", 3_000,
      cause: "chargeback")
    let told = #""penalty":3000,"refund":72000"#
    let body = AuditRig.cancelled.replacing(told, with: told + member).replacing(
      "refunded; the rest covers the suppliers' cancellation fees.",
      with: "refunded and USD 30.00 of it given back by your bank.")
    rig.told(
      .look, "CANCELLED", body: body.replacing(#""chargedBack":0"#, with: #""chargedBack":3000"#))
    rig.conclude()
    #expect(rig.violated == (member.hasSuffix("3000") ? [] : ["A13"]))
  }

  @Test func aFailedTripSaysWhy() throws {
    let rig = try AuditRig()
    try rig.rollBack()
    rig.told(
      .look, "FAILED",
      body: AuditRig.answer(
        "FAILED", refunded: 75_000, #"{"flight":null,"hotel":null,"activities":[]}"#))
    rig.conclude()
    #expect(rig.violated == ["A13"])
  }
}

extension AuditRig {
  /// Whether nothing but what clients were told is wrong.
  var isAboutAnswers: Bool { Set(violated).isSubset(of: ["A13", "A15", "A16"]) }
}

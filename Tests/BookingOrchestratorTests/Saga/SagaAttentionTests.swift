import GRDB
import Testing

@testable import BookingOrchestrator

/// Parked items as the database keeps them.
struct SagaAttentionTests {
  private func bed() async throws -> APITestBed {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    return bed
  }

  private func park(
    _ bed: APITestBed, _ reference: String?, advice: String = "Pay it.",
    reason: String = "refund-failed", _ slot: Slot = .charge
  ) throws {
    let item = AttentionItem(
      slot: slot, reason: reason, reference: reference,
      known: JSONObject.text([("refund", reference ?? "")]), advice: advice)
    // Not in the test itself, where it would be the asynchronous one.
    try bed.queue.write {
      try SagaStore.write($0, item, of: BookingID("bk_1"), at: APITestBed.start)
    }
  }

  private func items(_ bed: APITestBed) throws -> [[String?]] {
    try bed.rows("SELECT reference, known, advice, resolved_us FROM attention_item ORDER BY id")
      .map { [$0[0], $0[1], $0[2], $0[3]] }
  }

  /// Our own refund failed, and then one by hand that had counted: both are owed.
  @Test func allRefundsOfASlotThatFailedAreNamed() async throws {
    let bed = try await bed()
    try park(bed, "re_1")
    try park(bed, "re_desk", advice: "Compare with Stripe.")
    try park(bed, "re_1")
    try park(bed, "re_desk2", advice: "Compare with Stripe.")
    #expect(
      try items(bed) == [
        [
          "re_1 re_desk re_desk2",
          #"{"refund":"re_1","re_desk":{"refund":"re_desk"},"re_desk2":{"refund":"re_desk2"}}"#,
          "Pay it. Compare with Stripe.", nil,
        ]
      ])
  }

  @Test func whatWasResolvedBeginsAnew() async throws {
    let bed = try await bed()
    try park(bed, "re_1")
    try bed.write("UPDATE attention_item SET resolved_us = 7, resolution = 'done'")
    try park(bed, "re_2")
    #expect(try items(bed) == [["re_2", #"{"refund":"re_2"}"#, "Pay it.", nil]])
  }

  @Test func otherItemsStayAsTheyWereFirst() async throws {
    let bed = try await bed()
    try park(bed, "fo_1", reason: "undo-refused", .flight)
    try park(bed, "fo_2", reason: "undo-refused", .flight)
    #expect(try items(bed).map { $0[0] } == ["fo_1"])
  }
}

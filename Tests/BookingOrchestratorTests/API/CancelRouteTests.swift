import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct CancelRouteTests {
  private static let body = #"{"bookingId":"bk_1"}"#

  /// Confirms, and once a cancel is in the inbox, cancels.
  @Sendable private static func obey(_ db: Database, _ id: BookingID) throws {
    guard let row = try InboxStore.open(db, booking: id).first(where: { $0.kind == "cancel" })
    else { return try Sagas.confirm(db, id) }
    try db.execute(
      sql: """
        UPDATE trip_booking SET state = 'CANCELLED' WHERE id = :id;
        UPDATE booking SET status = 'CANCELLED' WHERE tripBookingId = :id;
        UPDATE payment SET status = 'REFUNDED', refundAmount = amount WHERE tripBookingId = :id;
        """, arguments: ["id": id.rawValue])
    try InboxStore.markApplied(db, id: row.id, result: "cancelled", at: APITestBed.start)
  }

  @Test func aCancelIsAnsweredWhenItIsDone() async throws {
    let bed = try APITestBed(saga: Self.obey)
    try await bed.register()
    _ = try await bed.book()
    let answer = try await bed.call(.post, "/booking/cancel", Self.body)
    #expect(answer.status == 200)
    #expect(answer["state"] == "CANCELLED")
    #expect(
      answer["message"]
        == "The trip is cancelled. Nothing is booked. The payment of EUR 171.00 was refunded in full."
    )
    #expect(bed.host.submitted.count == 2)
    let again = try await bed.call(.post, "/booking/cancel", Self.body)
    #expect(again.status == 200)
    #expect(again["state"] == "CANCELLED")
    #expect(try bed.count("inbox") == 1)
  }

  @Test func whatWasCancelledIsToldWithItsPenaltyAndRefund() async throws {
    let bed = try APITestBed(saga: Self.obey)
    try await bed.register()
    let booked = try await bed.book()
    #expect(booked.json["cancellation"] is NSNull)
    try bed.write(#"UPDATE trip_booking SET saga = '{"penalties":{"hotel":1500}}'"#)
    let body = #"{"bookingId":"bk_1","reason":"The dog is ill."}"#
    let answer = try await bed.call(.post, "/booking/cancel", body)
    #expect(answer.json["success"] as? Bool == true)
    #expect(answer["bookingReference"] == booked["bookingReference"])
    let cancelled = try #require(answer.json["cancellation"] as? [String: Any])
    #expect(cancelled["penalty"] as? Int == 1_500)
    #expect(cancelled["refund"] as? Int == 15_600)
    let parts = try #require(cancelled["components"] as? [[String: Any]])
    #expect(
      parts.map { $0["slot"] as? String } == ["hotel", "flight", "activity-1", "activity-2"])
    #expect(parts.map { $0["penalty"] as? Int } == [1_500, 0, 0, 0])
    #expect(parts.map { $0["refund"] as? Int } == [3_500, 10_000, 1_200, 900])
    let shown = try await bed.call(.get, "/booking/bk_1")
    #expect(NSDictionary(dictionary: shown.json) == NSDictionary(dictionary: answer.json))
    let reason = try bed.rows("SELECT json_extract(payload, '$.reason') FROM inbox")
    #expect(reason.map { $0[0] as String } == ["The dog is ill."])
  }

  /// A bank gave the customer all that had not been refunded: nothing more is, and nobody says so.
  @Test(arguments: [(0, 0), (900, 900), (15_600, 15_600)])
  func whatABankGaveBackIsNotToldAsRefunded(_ refunded: Int, _ told: Int) async throws {
    let bed = try APITestBed(saga: Self.obey)
    try await bed.register()
    _ = try await bed.book()
    _ = try await bed.call(.post, "/booking/cancel", Self.body)
    try bed.write(
      """
      UPDATE trip_booking SET version = version + 1, saga = '{"penalties":{"hotel":1500}}';
      UPDATE payment SET status = 'SUCCEEDED', refundAmount = \(refunded);
      INSERT INTO ledger_entry (booking_id, txn, account, debit_minor, credit_minor, currency, cause,
        at_us)
      VALUES ('bk_1', 'bk_1:chargeback:du_1', 'customer', 17100 - \(refunded), 0, 'EUR', 'chargeback', 0),
        ('bk_1', 'bk_1:chargeback:du_1', 'stripe', 0, 17100 - \(refunded), 'EUR', 'chargeback', 0);
      INSERT INTO attention_item (booking_id, slot, reason, known, advice, created_us, resolved_us,
        resolution, resolved_by)
      VALUES ('bk_1', 'charge', 'payment-mismatch', '{}', '', 0, 1, 'done', 'stripe')
      """)
    let shown = try await bed.call(.get, "/booking/bk_1")
    let cancelled = try #require(shown.json["cancellation"] as? [String: Any])
    #expect(cancelled["refund"] as? Int == told)
    #expect(cancelled["chargedBack"] as? Int == 17_100 - refunded)
    #expect(cancelled["penalty"] as? Int == 1_500)
    #expect(shown["message"]?.contains("staff") == false)
    #expect(shown["message"]?.contains("given back by your bank") == true)
  }

  @Test func theFeeOfAnActivityThatHadFailedIsNotTheTravellers() async throws {
    let bed = try APITestBed(saga: Self.obey)
    try await bed.register()
    _ = try await bed.book()
    // Given up and refunded, then found and undone: its supplier keeps something of it.
    try bed.write(
      #"UPDATE trip_booking SET saga = '{"penalties":{"hotel":1500,"activity-2":900}}', "#
        + #"warnings = '[{"slot":"activity-2","code":"activity-failed","message":"Gone."}]'"#)
    let answer = try await bed.call(.post, "/booking/cancel", Self.body)
    let cancelled = try #require(answer.json["cancellation"] as? [String: Any])
    let parts = try #require(cancelled["components"] as? [[String: Any]])
    #expect(parts.map { $0["slot"] as? String } == ["hotel", "flight", "activity-1"])
    #expect(cancelled["penalty"] as? Int == 1_500)
    #expect(cancelled["refund"] as? Int == 14_700)
  }

  @Test func aReasonThatSteersATerminalIsRefused() async throws {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    let body = #"{"bookingId":"bk_1","reason":"\u001b[2J"}"#
    let answer = try await bed.call(.post, "/booking/cancel", body)
    #expect(answer.status == 422)
    #expect(answer["pointer"] == "/reason")
    #expect(try bed.count("inbox") == 0)
  }

  @Test func aCancelThatTakesLongIsAccepted() async throws {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    let answer = try await bed.call(.post, "/booking/cancel", Self.body)
    #expect(answer.status == 202)
    #expect(answer.headers[.location] == "/booking/bk_1")
    let row = try #require(try bed.rows("SELECT * FROM inbox").first)
    #expect(row["source"] == "cancel:bk_1:1")
    #expect(row["kind"] == "cancel")
    #expect(row["booking_id"] == "bk_1")
  }

  @Test func theSameCancelTwiceIsOneRow() async throws {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    for key in ["a", "a", "b"] {
      _ = try await bed.call(.post, "/booking/cancel", Self.body, key: key)
    }
    #expect(
      try bed.rows("SELECT source FROM inbox").map { $0[0] as String }
        == ["cancel:bk_1:a", "cancel:bk_1:b"])
  }

  @Test func aFailedTripHasNothingToCancel() async throws {
    let bed = try APITestBed(saga: Sagas.fail)
    try await bed.register()
    _ = try await bed.book()
    let answer = try await bed.call(.post, "/booking/cancel", Self.body)
    #expect(answer.status == 200)
    #expect(answer["state"] == "FAILED")
    #expect(try bed.count("inbox") == 0)
    #expect(bed.host.submitted.count == 1)
  }

  @Test func anUnknownBookingIsRefused() async throws {
    let answer = try await APITestBed().call(.post, "/booking/cancel", Self.body)
    #expect(answer.status == 404)
    #expect(answer.code == "booking-unknown")
  }

  @Test func aCancelWithoutABookingIsRefused() async throws {
    let answer = try await APITestBed().call(.post, "/booking/cancel", "{}")
    #expect(answer.status == 422)
    #expect(answer["pointer"] == "/bookingId")
  }

  @Test func aBrokenKeyIsRefused() async throws {
    let answer = try await APITestBed().call(.post, "/booking/cancel", Self.body, key: "a b")
    #expect(answer.status == 400)
  }
}

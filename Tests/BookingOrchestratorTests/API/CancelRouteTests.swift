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

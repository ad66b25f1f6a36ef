import GRDB
import HTTPTypes
import Testing

@testable import BookingOrchestrator

/// Bookings belong to the client that made them.
struct ClientTests {
  private static func headers(_ client: String?) -> HTTPFields {
    client.map { [ClientName.field: $0] } ?? [:]
  }

  @Test(arguments: [("acme", "other"), ("acme", nil), (nil, "other")] as [(String?, String?)])
  func bookingIsUnknownToOtherClients(_ owner: String?, _ other: String?) async throws {
    let bed = try APITestBed(saga: Sagas.confirm)
    try await bed.register()
    let booked = try await bed.call(
      .post, "/booking/book", encoded(BookRequestBody.sample), key: "k1",
      headers: Self.headers(owner))
    #expect(booked["bookingId"] == "bk_1")
    let cancel = #"{"bookingId":"bk_1"}"#
    // The owner asks first: what it was shown must not be shown to others.
    #expect(try await bed.call(.get, "/booking/bk_1", headers: Self.headers(owner)).status == 200)
    let unseen = try await bed.call(.get, "/booking/bk_1", headers: Self.headers(other))
    let refused = try await bed.call(
      .post, "/booking/cancel", cancel, headers: Self.headers(other))
    for answer in [unseen, refused] {
      #expect(answer.status == 404)
      #expect(answer.code == "booking-unknown")
    }
    #expect(try bed.count("inbox") == 0)
    let accepted = try await bed.call(
      .post, "/booking/cancel", cancel, headers: Self.headers(owner))
    #expect(accepted.status == 202)
    #expect(try bed.count("inbox") == 1)
  }

  @Test func everyClientHasIdempotencyKeysOfItsOwn() async throws {
    let bed = try APITestBed(saga: Sagas.confirm)
    try await bed.register()
    try await bed.register(.sample.with { $0.tripOptionId = TripOptionID("opt_2") })
    let other = BookRequestBody.sample.with { $0.tripOptionId = TripOptionID("opt_2") }
    func book(_ request: BookRequestBody, _ client: String) async throws -> Answer {
      try await bed.call(
        .post, "/booking/book", encoded(request), key: "k1", headers: Self.headers(client))
    }
    #expect(try await book(.sample, "acme")["bookingId"] == "bk_1")
    #expect(try await book(other, "other")["bookingId"] == "bk_2")
    #expect(try await book(.sample, "acme")["bookingId"] == "bk_1")
    #expect(try await book(other, "acme").code == "idempotency-key-reused")
    // The same request by another client is not the same request.
    #expect(try await book(.sample, "third").code == "trip-option-locked")
  }
}

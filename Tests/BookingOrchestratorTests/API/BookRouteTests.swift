import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct BookRouteTests {
  @Test func aConfirmedTripIsAnsweredWhole() async throws {
    let bed = try APITestBed(saga: Sagas.confirm)
    try await bed.register()
    let answer = try await bed.book()
    #expect(answer.status == 200)
    #expect(answer["bookingId"] == "bk_1")
    #expect(answer["tripOptionId"] == "opt_1")
    #expect(answer["state"] == "CONFIRMED")
    #expect(answer.json["needsAttention"] as? Bool == false)
    #expect(answer.json["amount"] as? Int == 17_100)
    #expect(answer.json["charged"] as? Int == 17_100)
    #expect(answer.json["refunded"] as? Int == 0)
    #expect(answer["createdAt"] == "2026-11-23T07:46:40.000000Z")
    #expect(answer["finishedAt"] == "2026-11-23T07:46:41.500000Z")
    #expect(answer.json["failure"] is NSNull)
    let payment = try #require(answer.json["payment"] as? [String: Any])
    #expect(payment["paymentIntentId"] as? String == "pi_bk_1")
    #expect(payment["status"] as? String == "SUCCEEDED")
    let flight = try #require(answer.json["flight"] as? [String: Any])
    #expect(flight["reference"] as? String == "ref-flight")
    #expect(flight["pnr"] as? String == "2ZYVAL")
    #expect(flight["amount"] as? Int == 10_000)
    let hotel = try #require(answer.json["hotel"] as? [String: Any])
    #expect(hotel["reservation"] as? String == "12345678")
    let activities = try #require(answer.json["activities"] as? [[String: Any]])
    #expect(activities.map { $0["slot"] as? String } == ["activity-1", "activity-2"])
    #expect(bed.host.submitted == [BookingID("bk_1")])
  }

  @Test func whenTheMoneyIsTakenIsDecidedAsTheBookingIsAccepted() async throws {
    for (capture, stored) in [
      (CaptureTime?.none, nil), (.atOnce, nil), (.whenBooked, "when-booked"),
    ] {
      let bed = try APITestBed(saga: Sagas.confirm)
      try await bed.register(.sample.with { $0.capture = capture })
      #expect(try await bed.book().status == 200)
      let row = try #require(
        try bed.rows("SELECT json_extract(request, '$.capture') AS capture FROM trip_request").first
      )
      #expect(row["capture"] as String? == stored)
    }
  }

  @Test func anUnknownTimeOfCaptureIsRefused() async throws {
    let bed = try APITestBed()
    let option = String(decoding: try JSONEncoder().encode(TripOption.sample), as: UTF8.self)
    let answer = try await bed.call(
      .post, "/trip/options", #"{"capture":"tomorrow","# + option.dropFirst())
    #expect(answer.status == 422 || answer.status == 400)
  }

  /// The request of the published contract, to the letter but for the trip and its price.
  private static func published(_ option: String, _ amount: Int, _ currency: String) -> String {
    """
    {
      "tripOptionId": "\(option)",
      "paymentInfo": {
        "paymentMethodId": "pm_1234567890",
        "billingDetails": {
          "name": "John Doe", "email": "john@example.com", "phone": "+1234567890",
          "address": { "line1": "123 Main St", "line2": null, "city": "New York", "state": "NY", "postalCode": "10001", "country": "US" }
        },
        "amount": \(amount),
        "currency": "\(currency)"
      },
      "userContact": { "email": "john@example.com", "phone": "+1234567890" }
    }
    """
  }

  @Test func thePublishedRequestIsAnsweredInThePublishedShape() async throws {
    let bed = try APITestBed(saga: Sagas.confirm)
    try await bed.register(
      .sample.with {
        $0.flight.airline = "Delta"
        $0.hotel.hotelName = "Hotel Barcelona"
        $0.activities[0].name = "Harbour tour"
        $0.activities[0].provider = "Boats"
        $0.travelers = TripRequest.couple
      })
    let answer = try await bed.call(
      .post, "/booking/book", Self.published("opt_1", 17_100, "EUR"), key: "k1")
    #expect(answer.status == 200, "\(answer.json)")
    #expect(answer.json["success"] as? Bool == true)
    #expect(answer.json["error"] is NSNull)
    let reference = try #require(answer["bookingReference"])
    #expect(reference.count == 8)
    let booked = try #require(answer.json["confirmations"] as? [String: Any])
    let flight = try #require(booked["flight"] as? [String: Any])
    #expect(flight["confirmationCode"] as? String == "2ZYVAL")
    #expect(flight["pnr"] as? String == "2ZYVAL")
    #expect(flight["bookingReference"] as? String == reference)
    #expect(flight["provider"] as? String == "Delta")
    #expect(flight["totalPrice"] as? Int == 10_000)
    #expect(flight["currency"] as? String == "EUR")
    let hotel = try #require(booked["hotel"] as? [String: Any])
    #expect(hotel["confirmationCode"] as? String == "12345678")
    #expect(hotel["hotelName"] as? String == "Hotel Barcelona")
    let activities = try #require(booked["activities"] as? [[String: Any]])
    #expect(activities.map { $0["name"] as? String } == ["Harbour tour", nil])
    #expect(activities.map { $0["provider"] as? String } == ["Boats", nil])
    #expect(activities.map { $0["totalPrice"] as? Int } == [1_200, 900])
    let payment = try #require(answer.json["payment"] as? [String: Any])
    #expect(payment["amount"] as? Int == 17_100)
    #expect(payment["currency"] as? String == "EUR")
    #expect(payment["refunded"] as? Int == 0)
    // The party is the option's, the booker the one who pays.
    let kept = try #require(try bed.rows("SELECT request FROM trip_request").first)
    let trip = try JSONDecoder().decode(TripRequest.self, from: Data((kept[0] as String).utf8))
    #expect(trip.travelers == TripRequest.couple)
    #expect(trip.customer.firstName == "John" && trip.customer.lastName == "Doe")
    #expect(trip.customer.phone == "+1234567890" && trip.customer.country == "US")
  }

  @Test func theRequestsOwnTravellersWin() async throws {
    let bed = try APITestBed()
    try await bed.register(
      .sample.with {
        $0.travelers = TripRequest.couple.map {
          .init(firstName: "Other", lastName: $0.lastName, dateOfBirth: $0.dateOfBirth)
        }
      })
    #expect(try await bed.book().status == 202)
    let kept = try #require(try bed.rows("SELECT request FROM trip_request").first)
    #expect((kept[0] as String).contains("Ada") && !(kept[0] as String).contains("Other"))
  }

  @Test func withoutTravellersAnywhereNothingIsBooked() async throws {
    let bed = try APITestBed()
    try await bed.register()
    let answer = try await bed.book(.sample.with { $0.travelers = nil })
    #expect(answer.status == 422)
    #expect(answer["pointer"] == "/travelers")
    #expect(answer["detail"] == "Neither the request nor the trip option says who travels.")
    #expect(try bed.count("trip_booking") == 0)
  }

  @Test func theFlatRequestIsGone() async throws {
    let bed = try APITestBed()
    try await bed.register()
    let flat =
      #"{"tripOptionId":"opt_1","amount":17100,"currency":"EUR","paymentMethodId":"pm_1","#
      + #""customer":{"id":"c1","email":"a@example.com","firstName":"A","lastName":"B"},"#
      + #""travelers":[]}"#
    let answer = try await bed.call(.post, "/booking/book", flat, key: "k1")
    #expect(answer.status == 422)
    #expect(answer["pointer"] == "/paymentInfo")
  }

  @Test func aTakenReferenceGoesToNobodyElse() async throws {
    let bed = try APITestBed()
    try await bed.register()
    try await bed.register(.sample.with { $0.tripOptionId = TripOptionID("opt_2") })
    _ = try await bed.book()
    try bed.write(
      "UPDATE trip_booking SET reference = ?", [BookingReference.of("bk_2")])
    let second = try await bed.book(
      .sample.with { $0.tripOptionId = TripOptionID("opt_2") }, key: "k2")
    #expect(second["bookingId"] == "bk_2")
    #expect(second["bookingReference"] == BookingReference.of("bk_2", round: 1))
    #expect(throws: DatabaseError.self) {
      try bed.write("UPDATE trip_booking SET reference = 'same'")
    }
  }

  @Test func aFailedTripIsAnOutcomeNotAnError() async throws {
    let bed = try APITestBed(saga: Sagas.fail)
    try await bed.register()
    let answer = try await bed.book()
    #expect(answer.status == 200)
    #expect(answer["state"] == "FAILED")
    let failure = try #require(answer.json["failure"] as? [String: Any])
    #expect(failure["code"] as? String == "payment-declined")
    #expect(answer.json["success"] as? Bool == false)
    let error = try #require(answer.json["error"] as? [String: Any])
    #expect(error["code"] as? String == "payment-declined")
    #expect(
      error["message"] as? String
        == "The card could not be charged. Try another card, or ask the bank that issued it.")
    let booked = try #require(answer.json["confirmations"] as? [String: Any])
    #expect(booked["flight"] is NSNull && booked["hotel"] is NSNull)
    #expect((booked["activities"] as? [Any])?.isEmpty == true)
    #expect(
      answer["message"] == "The trip could not be booked. Nothing is booked. Nothing was charged.")
  }

  @Test func aSlowSagaIsAcceptedAndCanBeLookedUp() async throws {
    let bed = try APITestBed()
    try await bed.register()
    let answer = try await bed.book()
    #expect(answer.status == 202)
    #expect(answer["state"] == "PENDING")
    #expect(answer.headers[.retryAfter] == "2")
    #expect(answer.headers[.location] == "/booking/bk_1")
    let lookup = try await bed.call(.get, "/booking/bk_1")
    #expect(lookup.status == 200)
    #expect(lookup["state"] == "PENDING")
  }

  @Test func acceptanceWritesEverythingTheSagaNeeds() async throws {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    let trip = try #require(
      try bed.rows(
        "SELECT * FROM trip_booking JOIN trip_request ON booking_id = id"
      ).first)
    let now = APITestBed.start.microseconds
    #expect(trip["saga"] == "{}")
    #expect(trip["version"] == 1)
    #expect(trip["lease_epoch"] == 0)
    #expect(trip["wake_us"] == now)
    #expect(trip["deadline_us"] == now + 3_600_000_000)
    #expect(trip["request"] == (try encoded(BookRequestBody.sample.trip(TripRequest.couple))))
    let parts = try bed.rows("SELECT id, bookingType, componentId, status FROM booking ORDER BY id")
    #expect(
      parts.map { "\($0[0] as String) \($0[1] as String) \($0[2] as String) \($0[3] as String)" }
        == [
          "bk_1:activity-1 ACTIVITY a1 PENDING", "bk_1:activity-2 ACTIVITY a2 PENDING",
          "bk_1:flight FLIGHT f1 PENDING", "bk_1:hotel HOTEL h1 PENDING",
        ])
    #expect(
      try bed.rows("SELECT locked_by FROM trip_option").map { $0[0] as String } == ["bk_1"])
    #expect(
      try bed.rows("SELECT version, kind FROM event").map { $0[1] as String } == ["accepted"])
  }

  @Test func theDeadlineEndsWithTheFlightOffer() async throws {
    let bed = try APITestBed()
    let expiry = APITestBed.start.microseconds + 60_000_000
    try await bed.register(.sample.with { $0.flight.expiresAt = expiry })
    _ = try await bed.book()
    #expect(
      try bed.rows("SELECT deadline_us FROM trip_booking").map { $0[0] as Int64 } == [expiry])
  }

  @Test func theSameRequestAgainIsTheSameBooking() async throws {
    let bed = try APITestBed(saga: Sagas.confirm)
    try await bed.register()
    let first = try await bed.book()
    let second = try await bed.book()
    #expect(second.status == 200)
    #expect(NSDictionary(dictionary: first.json) == NSDictionary(dictionary: second.json))
    #expect(bed.host.submitted.count == 1)
  }

  @Test func aKeyWithAnotherBodyIsRefused() async throws {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    let answer = try await bed.book(.sample.with { $0.paymentInfo.paymentMethodId = "pm_2" })
    #expect(answer.status == 422)
    #expect(answer.code == "idempotency-key-reused")
    #expect(try bed.count("trip_booking") == 1)
  }

  @Test(arguments: ["opt_1", "opt_2"])
  func aKeyIsTheClientsWhoeverTheCustomerIs(_ option: String) async throws {
    let bed = try APITestBed()
    try await bed.register(.sample.with { $0.tripOptionId = TripOptionID("opt_1") })
    try await bed.register(.sample.with { $0.tripOptionId = TripOptionID("opt_2") })
    let first = BookRequestBody.sample.with { $0.tripOptionId = TripOptionID("opt_1") }
    #expect(try await bed.book(first)["bookingId"] == "bk_1")
    let other = first.with {
      $0.userContact.email = "bo@example.com"
      $0.tripOptionId = TripOptionID(option)
    }
    let answer = try await bed.book(other)
    #expect(answer.status == 422)
    #expect(answer.code == "idempotency-key-reused")
    #expect(try bed.count("trip_booking") == 1)
    // The first request is still the one of the key.
    #expect(try await bed.book(first)["bookingId"] == "bk_1")
  }

  @Test(arguments: [nil, "", "two words", "schlüssel", String(repeating: "k", count: 256)])
  func aUsableKeyIsRequired(_ key: String?) async throws {
    let bed = try APITestBed()
    try await bed.register()
    let answer = try await bed.call(
      .post, "/booking/book", encoded(BookRequestBody.sample), key: key)
    #expect(answer.status == 400)
    #expect(answer.code == "idempotency-key-missing")
    #expect(try bed.count("trip_booking") == 0)
  }

  @Test func theLongestKeyIsUsable() async throws {
    let bed = try APITestBed()
    try await bed.register()
    #expect(try await bed.book(key: String(repeating: "k", count: 255)).status == 202)
  }

  @Test func aTakenOptionIsRefused() async throws {
    let bed = try APITestBed()
    try await bed.register()
    _ = try await bed.book()
    let answer = try await bed.book(key: "k2")
    #expect(answer.status == 409)
    #expect(answer.code == "trip-option-locked")
    #expect(try bed.count("trip_booking") == 1)
    #expect(bed.host.submitted.count == 1)
  }

  @Test func anUnknownOptionIsRefused() async throws {
    let answer = try await APITestBed().book()
    #expect(answer.status == 404)
    #expect(answer.code == "trip-option-unknown")
  }

  @Test(arguments: [(17_099, "EUR"), (17_101, "EUR"), (17_100, "USD")] as [(Int64, String)])
  func anotherPriceIsRefusedWithTheRightOne(_ amount: Int64, _ currency: String) async throws {
    let bed = try APITestBed()
    try await bed.register()
    let money = try #require(Currency(code: currency))
    let answer = try await bed.book(
      .sample.with {
        $0.paymentInfo.amount = amount
        $0.paymentInfo.currency = money
      })
    #expect(answer.status == 422)
    #expect(answer.code == "total-mismatch")
    let place = currency == "EUR" ? "amount" : "currency"
    #expect(answer["pointer"] == "/paymentInfo/\(place)")
    #expect(answer.json["expectedAmount"] as? Int == 17_100)
    #expect(answer["expectedCurrency"] == "EUR")
    #expect(answer.headers[.contentType] == "application/problem+json")
    #expect(try bed.count("trip_booking") == 0)
    #expect(bed.host.submitted.isEmpty)
  }

  @Test func aTripNeedsATraveller() async throws {
    let bed = try APITestBed()
    try await bed.register()
    let answer = try await bed.book(.sample.with { $0.travelers = [] })
    #expect(answer.status == 422)
    #expect(answer["pointer"] == "/travelers")
  }

  @Test func brokenJSONIsRefusedWithItsPlace() async throws {
    let answer = try await APITestBed().call(
      .post, "/booking/book", "{\n  \"amount\": 1,\n  \"amount\" 2}", key: "k")
    #expect(answer.status == 400)
    #expect(answer.code == "malformed-json")
    #expect(
      answer["detail"]?.contains("expected ':' at line 3, column 12") == true,
      "\(answer["detail"] ?? "")")
  }

  @Test func aMemberNamedTwiceIsRefusedWithItsPlace() async throws {
    let bed = try APITestBed()
    try await bed.register()
    var body = try encoded(BookRequestBody.sample)
    let name = try #require(body.firstRange(of: "\"userContact\":"))
    body.insert(contentsOf: "\"userContact\":null,\n", at: name.lowerBound)
    let answer = try await bed.call(.post, "/booking/book", body, key: "k")
    #expect(answer.status == 422)
    #expect(answer["pointer"] == "/userContact")
    #expect(answer["detail"]?.contains("named twice, at line 2, column 1") == true)
    #expect(try bed.count("trip_booking") == 0)
  }

  @Test(arguments: ["{\"a\":\"\\ud800\"}", "{\"a\":01}", "{\"a\":\"\\uzzzz\"}", "{]", "\u{FEFF}{}"])
  func brokenJSONIsNeverToldInFoundationsWords(_ body: String) async throws {
    let answer = try await APITestBed().call(.post, "/booking/book", body, key: "k")
    #expect(answer.code == "malformed-json" || answer.code == "request-invalid")
    let detail = answer["detail"] ?? ""
    #expect(!detail.contains("not valid JSON"), "\(detail)")
    #expect(answer.code == "request-invalid" || detail.contains("line 1, column"), "\(detail)")
  }

  @Test func aBodyInUTF16IsRefused() async throws {
    let bed = try APITestBed()
    try await bed.register()
    let body: [UInt8] = try encoded(BookRequestBody.sample).utf8.flatMap { [$0, 0] as [UInt8] }
    let answer = try await bed.call(
      .post, "/booking/book", String(decoding: body, as: UTF8.self), key: "k")
    #expect(answer.status == 400)
    #expect(answer.code == "malformed-json")
  }

  @Test func aMissingMemberIsNamed() async throws {
    let body = try encoded(BookRequestBody.sample)
      .replacingOccurrences(of: "\"userContact\":", with: "\"contact\":")
    let answer = try await APITestBed().call(.post, "/booking/book", body, key: "k")
    #expect(answer.status == 422)
    #expect(answer["pointer"] == "/userContact")
  }

  @Test func aDoubleClickIsOneBooking() async throws {
    let bed = try APITestBed()
    try await bed.register()
    let ids = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<8 { group.addTask { try await bed.book()["bookingId"] } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(ids == Array(repeating: "bk_1", count: 8))
    #expect(try bed.count("trip_booking") == 1)
    #expect(bed.host.submitted == [BookingID("bk_1")])
  }

  @Test func ofTwoCustomersForOneOptionOneWins() async throws {
    let bed = try APITestBed()
    try await bed.register()
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for n in 0..<8 {
        group.addTask {
          let request = BookRequestBody.sample.with { $0.userContact.email = "c\(n)@example.com" }
          return try await bed.book(request, key: "k\(n)").status
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.sorted() == [202] + Array(repeating: 409, count: 7))
    #expect(try bed.count("trip_booking") == 1)
  }

  @Test func aWarningIsInTheAnswer() async throws {
    let bed = try APITestBed(saga: Sagas.confirmWithWarning)
    try await bed.register()
    let answer = try await bed.book()
    let warnings = try #require(answer.json["warnings"] as? [[String: Any]])
    #expect(warnings.map { $0["slot"] as? String } == ["activity-2"])
    #expect(warnings.map { $0["message"] as? String } == ["The boat tour is sold out."])
    #expect(answer.json["refunded"] as? Int == 900)
  }
}

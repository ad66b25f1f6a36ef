import GRDB
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct ModifyRouteTests {
  /// Another hotel, and the second activity dropped: EUR 100 + 70 + 12.
  private static let option = TripOption.sample.with {
    $0.tripOptionId = TripOptionID("opt_2")
    $0.hotel.amount = 7_000
    $0.hotel.productId = "7_2"
    $0.activities.removeLast()
    $0.travelers = TripRequest.couple
  }
  private static let body = #"{"bookingId":"bk_1","tripOptionId":"opt_2"}"#

  /// A confirmed booking, and another option on sale.
  private static func bed(
    modification: @escaping @Sendable (Database, BookingID) throws -> Void = { _, _ in }
  ) async throws -> APITestBed {
    let bed = try APITestBed { db, id in
      if try ModificationStore.isModification(db, id) { return try modification(db, id) }
      try Sagas.confirm(db, id)
    }
    try await bed.register()
    _ = try await bed.book()
    try await bed.register(option)
    return bed
  }

  private static func decide(_ db: Database, _ id: BookingID, _ word: ChangeNotice.Word) throws {
    try ModificationStore.write(
      db, ChangeNotice(modification: id.rawValue, word: word), to: BookingID("bk_1"), version: 9,
      at: APITestBed.start)
  }

  @Test func whatIsTheSameIsKept() async throws {
    let bed = try await Self.bed { db, id in
      try Sagas.confirm(db, id)
      try Self.decide(db, id, .done)
    }
    let answer = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    #expect(answer.status == 200)
    #expect(answer["bookingId"] == "bk_1")
    #expect(answer["tripOptionId"] == "opt_2")
    #expect(answer["state"] == "CONFIRMED")
    #expect(answer.json["amount"] as? Int == 18_200)
    let change = try #require(answer.json["modification"] as? [String: Any])
    #expect(change["id"] as? String == "md_2")
    #expect(change["state"] as? String == "DONE")
    #expect(change["from"] as? String == "opt_1")
    #expect(change["to"] as? String == "opt_2")
    // 70.00 for the new hotel, less 50.00 and 9.00 for what is replaced.
    #expect(change["priceDifference"] as? Int == 1_100)
    let parts = try bed.rows("SELECT slot FROM booking WHERE tripBookingId = 'md_2'")
    #expect(parts.map { $0[0] as String } == ["hotel"])
    let row = try #require(try bed.rows("SELECT replaced, kept FROM trip_modification").first)
    #expect(row[0] as String == #"["hotel","activity-2"]"#)
    let hotel = try #require(answer.json["hotel"] as? [String: Any])
    #expect(hotel["amount"] as? Int == 7_000)
    #expect((answer.json["activities"] as? [Any])?.count == 1)
  }

  @Test func clientsKnowTheBookingAndNoModification() async throws {
    let bed = try await Self.bed { db, id in
      try Sagas.confirm(db, id)
      try Self.decide(db, id, .done)
    }
    _ = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    let list = try await bed.call(.get, "/bookings")
    let ids = (list.json["bookings"] as? [[String: Any]])?.map { $0["bookingId"] as? String }
    #expect(ids == ["bk_1"])
    #expect(HookKind.ofBase([.confirmed]) == [.changed])
    #expect(HookKind.ofBase([.failed]) == [])
    #expect(HookKind.ofBase([.failed, .needsAttention]) == [.needsAttention])
  }

  @Test func theDifferenceIsChargedThoughTheBookingWasHeld() async throws {
    let bed = try await Self.bed()
    try bed.write(
      "UPDATE trip_request SET request = json_set(request, '$.capture', 'when-booked')")
    _ = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    let rows = try bed.rows(
      "SELECT json_extract(request, '$.capture') FROM trip_request ORDER BY booking_id")
    #expect(rows.map { $0[0] as String? } == ["when-booked", nil])
  }

  @Test func untilItIsDecidedTheOldTripIsShown() async throws {
    let bed = try await Self.bed()
    let answer = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    #expect(answer.status == 202)
    #expect(answer["tripOptionId"] == "opt_1")
    #expect(answer["state"] == "CONFIRMED")
    let change = try #require(answer.json["modification"] as? [String: Any])
    #expect(change["state"] as? String == "PENDING")
    let again = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    #expect(again.status == 202)
    #expect(try bed.count("trip_modification") == 1)
    let look = try await bed.call(.get, "/booking/bk_1")
    #expect((look.json["modification"] as? [String: Any])?["id"] as? String == "md_2")
  }

  @Test func oneThatIsRefusedLeavesTheTripAsItWas() async throws {
    let bed = try await Self.bed { db, id in
      try Sagas.fail(db, id)
      try Self.decide(db, id, .refused)
    }
    let answer = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    #expect(answer.status == 200)
    #expect(answer["tripOptionId"] == "opt_1")
    #expect(answer.json["amount"] as? Int == 17_100)
    let change = try #require(answer.json["modification"] as? [String: Any])
    #expect(change["state"] as? String == "REFUSED")
    #expect(change["reason"] as? String == "payment-declined")
  }

  @Test func aSecondChangeMeanwhileIsRefused() async throws {
    let bed = try await Self.bed()
    _ = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    let other = try await bed.call(.post, "/booking/modify", Self.body, key: "m2")
    #expect(other.status == 409)
    #expect(other.code == "change-under-way")
    #expect(try bed.count("trip_modification") == 1)
  }

  @Test func aCancellationThatWaitsComesFirst() async throws {
    let bed = try await Self.bed()
    try bed.write(
      """
      INSERT INTO inbox (source, kind, booking_id, payload, received_us)
      VALUES ('cancel:bk_1:1', 'cancel', 'bk_1', '{}', 0)
      """)
    let answer = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    #expect(answer.status == 409)
  }

  @Test func theBookingReadsOfAChangeBeforeALaterCancellation() async throws {
    let bed = try await Self.bed()
    _ = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    _ = try await bed.call(.post, "/booking/cancel", #"{"bookingId":"bk_1"}"#)
    let kinds = try bed.rows("SELECT kind FROM inbox WHERE booking_id = 'bk_1' ORDER BY id")
    #expect(kinds.map { $0[0] as String } == ["change", "cancel"])
  }

  @Test(arguments: [
    (#"{"bookingId":"bk_7","tripOptionId":"opt_2"}"#, 404, "booking-unknown"),
    (#"{"bookingId":"bk_1","tripOptionId":"opt_7"}"#, 422, "trip-option-unknown"),
    (#"{"bookingId":"bk_1","tripOptionId":"opt_1"}"#, 422, "trip-option-locked"),
    (#"{"bookingId":"bk_1","tripOptionId":"opt_2","x":1}"#, 422, "request-invalid"),
    (
      #"{"bookingId":"bk_1","tripOptionId":"opt_2","paymentInfo":{"paymentMethodId":"pm_1","#
        + #""billingDetails":{"name":"A B","email":"a@b.de"},"amount":1,"currency":"EUR"}}"#,
      422, "total-mismatch"
    ),
  ])
  func whatCannotBeIsRefused(_ body: String, _ status: Int, _ code: String) async throws {
    let bed = try await Self.bed()
    let answer = try await bed.call(.post, "/booking/modify", body, key: "m1")
    #expect(answer.status == status)
    #expect(answer.code == code)
    #expect(try bed.count("trip_modification") == 0)
  }

  @Test func aModificationIsNoBookingOfItsOwn() async throws {
    let bed = try await Self.bed()
    _ = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    #expect(try await bed.call(.get, "/booking/md_2").status == 404)
    let cancel = try await bed.call(.post, "/booking/cancel", #"{"bookingId":"md_2"}"#)
    #expect(cancel.status == 404)
  }

  @Test func otherPeopleGetTheirPartsAnew() {
    let plan = ModificationPlan(
      from: .sample, standing: ["flight": 10_000, "hotel": 5_000], to: Self.option,
      isSameParty: false)
    #expect(plan.kept.isEmpty)
    #expect(plan.replaced == ["flight", "hotel"])
    #expect(plan.difference == 18_200 - 15_000)
  }
}

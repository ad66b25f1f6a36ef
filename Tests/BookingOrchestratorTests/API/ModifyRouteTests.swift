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

  @Test func theDifferenceIsHeldWhereTheBookingWas() async throws {
    let bed = try await Self.bed()
    try bed.write(
      "UPDATE trip_request SET request = json_set(request, '$.capture', 'when-booked')")
    _ = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    let rows = try bed.rows(
      "SELECT json_extract(request, '$.capture') FROM trip_request ORDER BY booking_id")
    #expect(rows.map { $0[0] as String? } == ["when-booked", "when-booked"])
  }

  /// A booking that was changed, and the first trip's second activity on sale once more, with another
  /// flight: EUR 110 + 70 + 12 + 9.
  private static func changed() async throws -> APITestBed {
    let bed = try await Self.bed { db, id in
      try Sagas.confirm(db, id)
      try Self.decide(db, id, .done)
    }
    _ = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    // What is replaced may still be under way.
    try await bed.register(
      option.with {
        $0.tripOptionId = TripOptionID("opt_3")
        $0.flight.amount = 11_000
        $0.flight.offerId = "3"
        $0.activities = TripOption.sample.activities
      })
    return bed
  }

  @Test func aTripThatWasChangedIsChangedAgain() async throws {
    let bed = try await Self.changed()
    let body = #"{"bookingId":"bk_1","tripOptionId":"opt_3"}"#
    let answer = try await bed.call(.post, "/booking/modify", body, key: "m2")
    #expect(answer.status == 200)
    #expect(answer["tripOptionId"] == "opt_3")
    #expect(answer.json["amount"] as? Int == 20_100)
    let change = try #require(answer.json["modification"] as? [String: Any])
    #expect(change["id"] as? String == "md_3")
    #expect(change["from"] as? String == "opt_2")
    #expect(change["priceDifference"] as? Int == 1_900)
    // The hotel is that of the first change, the first activity the booking's own. The second activity was
    // given up, and is booked anew.
    let parts = try bed.rows("SELECT slot FROM booking WHERE tripBookingId = 'md_3' ORDER BY slot")
    #expect(parts.map { $0[0] as String } == ["activity-2", "flight"])
    let hotel = try #require(answer.json["hotel"] as? [String: Any])
    #expect(hotel["amount"] as? Int == 7_000)
    #expect((answer.json["activities"] as? [Any])?.count == 2)
    let plan = try #require(
      try bed.rows(
        "SELECT json_extract(saga, '$.modifies.lenders') FROM trip_booking WHERE id = 'md_3'"
      )
      .first)
    #expect(plan[0] as String? == nil)
  }

  @Test func whoeverHasWhatIsReplacedIsTold() async throws {
    let bed = try await Self.changed()
    try await bed.register(
      TripOption.sample.with {
        $0.tripOptionId = TripOptionID("opt_4")
        $0.hotel.amount = 7_500
        $0.hotel.productId = "7_4"
        $0.activities = []
        $0.travelers = TripRequest.couple
      })
    let body = #"{"bookingId":"bk_1","tripOptionId":"opt_4"}"#
    #expect(try await bed.call(.post, "/booking/modify", body, key: "m2").status == 200)
    let told = try bed.rows(
      """
      SELECT booking_id, json_extract(payload, '$.replaced'), json_extract(payload, '$.worth')
      FROM inbox WHERE json_extract(payload, '$.modification') = 'md_3'
        AND json_extract(payload, '$.word') = 'begun' ORDER BY id
      """)
    #expect(told.map { $0[0] as String } == ["bk_1", "md_2"])
    #expect(told.map { $0[1] as String } == [#"["activity-1"]"#, #"["hotel"]"#])
    #expect(told.map { $0[2] as Int } == [1_200, 7_000])
    let lenders = try bed.rows(
      "SELECT json_extract(saga, '$.modifies.lenders[1].id') FROM trip_booking WHERE id = 'md_3'")
    #expect(lenders.first?[0] as String? == "md_2")
  }

  @Test func aChangeThatFailedLeavesTheWayOpen() async throws {
    let bed = try await Self.bed { db, id in
      try id == BookingID("md_2") ? Sagas.fail(db, id) : Sagas.confirm(db, id)
      try Self.decide(db, id, id == BookingID("md_2") ? .refused : .done)
    }
    _ = try await bed.call(.post, "/booking/modify", Self.body, key: "m1")
    try bed.write(
      "UPDATE trip_option SET lock_status = 'open', locked_by = NULL WHERE id = 'opt_2'")
    let answer = try await bed.call(.post, "/booking/modify", Self.body, key: "m2")
    #expect(answer.status == 200)
    let change = try #require(answer.json["modification"] as? [String: Any])
    #expect(change["id"] as? String == "md_3")
    #expect(change["state"] as? String == "DONE")
    #expect(answer["tripOptionId"] == "opt_2")
  }

  @Test func operatorsFindTheWayThereAndBack() async throws {
    let bed = try await Self.changed()
    let (base, change, lines) = try await bed.queue.read { db in
      (
        try OperatorStore.story(db, "bk_1"), try OperatorStore.story(db, "md_2"),
        try OperatorStore.bookings(db, limit: 9)
      )
    }
    #expect(base?.modifications.map(\.id) == ["md_2"])
    #expect(base?.modifications.map(\.decision) == ["DONE"])
    #expect(base?.booking.changes == nil)
    #expect(change?.booking.changes == "bk_1")
    #expect(Set(lines.map { "\($0.id) \($0.changes ?? "")" }) == ["bk_1 ", "md_2 bk_1"])
  }

  @Test func theItineraryOfAChangedTripNamesThoseWhoTravelNow() async throws {
    let bed = try await Self.bed { db, id in
      try Sagas.confirm(db, id)
      try Self.decide(db, id, .done)
    }
    for (key, name) in [("m1", "Zora"), ("m2", "Yves")] {
      let option = key == "m1" ? "opt_2" : "opt_5"
      if key == "m2" {
        try await bed.register(
          Self.option.with {
            $0.tripOptionId = TripOptionID("opt_5")
            $0.hotel.productId = "7_5"
          })
      }
      let travelers = TripRequest.couple.map {
        #"{"firstName":"\#(name)","lastName":"\#($0.lastName)","dateOfBirth":"\#($0.dateOfBirth)"}"#
      }.joined(separator: ",")
      let body = #"{"bookingId":"bk_1","tripOptionId":"\#(option)","travelers":[\#(travelers)]}"#
      let answer = try await bed.call(.post, "/booking/modify", body, key: key)
      #expect(answer.status == 200)
      let sources = try #require(
        try await bed.queue.read { try ItineraryStore.sources($0, BookingID("bk_1")) })
      #expect(sources.travelers.map(\.firstName) == [name, name])
      #expect(sources.option.tripOptionId == TripOptionID(option))
    }
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

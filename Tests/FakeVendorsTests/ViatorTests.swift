import FakeVendors
import HTTPService
import HTTPTypes
import Testing

/// A fake with the activity `a1` (99.99 USD, half refundable) of a stock of two parties.
private struct Desk {
  let clock = VendorTestClock()
  let script = VendorScript<ViatorFault>()
  let watch = VendorWatch()
  let fake: FakeViator

  init(
    places: Int = 2, gone: Bool = false, refundable: Int = 50, currency: String = "USD",
    seed: UInt64 = 5
  ) {
    fake = FakeViator(
      environment: ServiceEnvironment(clock, watch), faultInjector: script, apiKey: "key",
      seed: seed)
    fake.setCapacity(stock: "s1", places: places)
    fake.add(
      FakeViator.Product(
        code: "a1", stock: "s1", currency: currency, totalMinor: 9_999,
        percentageRefundable: refundable, gone: gone))
    fake.add(
      FakeViator.Product(code: "a2", stock: "s1", currency: currency, totalMinor: 5_000))
  }

  static let headers = ["exp-api-key": "key", "Accept": "application/json;version=2.0"]

  func post(
    _ path: String, _ body: String, baggage: String = "b=1", headers: [String: String] = headers
  ) async throws -> HTTPReply {
    try await fake.respond(
      to: vendorCall(.post, "/partner" + path, body, baggage: baggage, headers))
  }

  func get(_ path: String) async throws -> HTTPReply {
    try await fake.respond(
      to: vendorCall(.get, "/partner" + path, "", baggage: "b=1", Self.headers))
  }

  static func party(_ product: String = "a1", travelers: Int = 2, _ extra: String = "") -> String {
    #"{"productCode":"\#(product)","travelDate":"2027-02-01","currency":"USD","#
      + #""paxMix":[{"ageBand":"ADULT","numberOfTravelers":\#(travelers)}]\#(extra)}"#
  }

  static func bookBody(
    _ ref: String = "bk_1:activity-1:1", product: String = "a1", travelers: Int = 2,
    _ extra: String = ""
  ) -> String {
    party(
      product, travelers: travelers,
      #","partnerBookingRef":"\#(ref)","bookerInfo":{"firstName":"A","lastName":"B"},"#
        + #""communication":{"phone":"+1 2"}\#(extra)"#)
  }

  func book(
    _ ref: String = "bk_1:activity-1:1", product: String = "a1", travelers: Int = 2,
    baggage: String = "b=1", _ extra: String = ""
  ) async throws -> HTTPReply {
    try await post(
      "/bookings/book", Self.bookBody(ref, product: product, travelers: travelers, extra),
      baggage: baggage)
  }

  func booked() async throws -> String { try #require(try await book().text("bookingRef")) }

  func status(_ ref: String = "bk_1:activity-1:1") async throws -> HTTPReply {
    try await post("/bookings/status", #"{"partnerBookingRef":"\#(ref)"}"#)
  }

  func cancel(_ ref: String) async throws -> HTTPReply {
    try await post(
      "/bookings/\(ref)/cancel",
      #"{"reasonCode":"Customer_Service.I_canceled_my_entire_trip"}"#)
  }

  func available() async throws -> HTTPReply {
    try await post("/availability/check", Self.party())
  }
}

struct ViatorAccessTests {
  @Test(
    arguments: [
      ([:], 400, "MISSING_HEADER_VALUE"), (["exp-api-key": "key"], 400, "INVALID_HEADER_VALUE"),
      (["exp-api-key": "key", "Accept": "application/json"], 400, "INVALID_HEADER_VALUE"),
      (["exp-api-key": "no", "Accept": "application/json;version=2.0"], 401, "UNAUTHORIZED"),
    ] as [([String: String], Int, String)])
  func headersAreChecked(headers: [String: String], status: Int, code: String) async throws {
    let desk = Desk()
    let reply = try await desk.post("/availability/check", Desk.party(), headers: headers)
    #expect(reply.status == status)
    #expect(reply.text("code") == code)
    #expect(reply.text("trackingId") == reply.header("X-Unique-ID"))
    #expect(desk.script.calls.isEmpty)
  }

  @Test func prefixIsOptional() async throws {
    let desk = Desk()
    let reply = try await desk.fake.respond(
      to: vendorCall(.post, "/availability/check", Desk.party(), Desk.headers))
    #expect(reply.status == 200)
  }

  @Test func answersCarryVersionAndLimits() async throws {
    let desk = Desk()
    let reply = try await desk.available()
    #expect(reply.header("Content-Type") == "application/json;version=2.0")
    #expect(reply.header("RateLimit-Limit") == "150")
    #expect(reply.header("RateLimit-Remaining") == "149")
    #expect(reply.header("RateLimit-Reset") == "10")
    #expect(try await desk.available().header("RateLimit-Remaining") == "148")
    desk.clock.advance(by: .seconds(10))
    #expect(try await desk.available().header("RateLimit-Remaining") == "149")
  }

  @Test(
    arguments: [
      (.unavailable, 503, "SERVICE_UNAVAILABLE", "60"),
      (.tooManyRequests, 429, "TOO_MANY_REQUESTS", "10"),
      (.internalError(effect: false), 500, "INTERNAL_SERVER_ERROR", nil),
      (.internalError(effect: true), 500, "INTERNAL_SERVER_ERROR", nil),
    ] as [(ViatorFault, Int, String, String?)])
  func troubleIsTold(
    fault: ViatorFault, status: Int, code: String, retryAfter: String?
  ) async throws {
    let desk = Desk()
    desk.script.next("availability", fault)
    let reply = try await desk.available()
    #expect(reply.status == status)
    #expect(reply.text("code") == code)
    #expect(reply.header("Retry-After") == retryAfter)
  }

  @Test func conductSeesOperationAndReference() async throws {
    let desk = Desk()
    _ = try await desk.available()
    _ = try await desk.post("/bookings/hold", Desk.party())
    let ref = try await desk.booked()
    _ = try await desk.status()
    _ = try await desk.get("/bookings/\(ref)/cancel-quote")
    _ = try await desk.cancel(ref)
    _ = try await desk.get("/bookings/cancel-reasons")
    #expect(
      desk.script.calls.map(\.operation) == [
        "availability", "hold", "book", "status", "cancel-quote", "cancel",
      ])
    #expect(desk.script.calls[2].handle == "bk_1:activity-1:1")
    #expect(desk.script.calls.allSatisfy { $0.service == "activity" })
  }

  @Test(arguments: ["/bookings", "/bookings/BR-1/amend", "/products"])
  func unknownPathsAreNotFound(path: String) async throws {
    #expect(try await Desk().get(path).text("code") == "NOT_FOUND")
  }
}

struct ViatorAvailabilityTests {
  @Test func availableItemShowsItsPriceExactly() async throws {
    let reply = try await Desk().available()
    #expect(reply.flag("bookableItems.0.available") == true)
    #expect(reply.bodyText.contains(#""recommendedRetailPrice":99.99,"#))
    #expect(reply.text("currency") == "USD")
  }

  @Test(arguments: [true, false])
  func soldOutIsToldInA200AndNoted(gone: Bool) async throws {
    let desk = Desk(places: gone ? 2 : 0, gone: gone)
    let reply = try await desk.available()
    #expect(reply.status == 200)
    #expect(reply.flag("bookableItems.0.available") == false)
    #expect(reply.text("bookableItems.0.unavailableReason") == "SOLD_OUT")
    #expect(desk.fake.availabilityRefusals.map(\.operation) == ["availability"])
    #expect(desk.fake.availabilityRefusals.map(\.item) == ["a1"])
  }

  @Test func soldOutByFaultIsForOnce() async throws {
    let desk = Desk()
    desk.script.next("availability", .soldOut)
    #expect(try await desk.available().flag("bookableItems.0.available") == false)
    #expect(try await desk.available().flag("bookableItems.0.available") == true)
    #expect(desk.fake.availabilityRefusals.count == 1)
  }

  @Test func holdHoldsThePriceOnly() async throws {
    let desk = Desk()
    let reply = try await desk.post("/bookings/hold", Desk.party())
    #expect(reply.text("bookingHoldInfo.availability.status") == "HOLD_NOT_PROVIDED")
    #expect(reply.text("bookingHoldInfo.pricing.validUntil") == "2027-01-15T10:15:00Z")
    #expect(desk.fake.capacities[0].available == 2)
    let ref = try #require(reply.text("bookingRef"))
    #expect(try await desk.post("/bookings/status", #"{"bookingRef":"\#(ref)"}"#).status == 404)
    let booked = try await desk.book("r", #","bookingRef":"\#(ref)""#)
    #expect(booked.text("bookingRef") == ref)
  }

  @Test(arguments: [
    ("{", 400), ("[]", 400), ("{}", 400),
    (Desk.party().replacing("2027-02-01", with: "tomorrow"), 400), (Desk.party("a9"), 404),
    (Desk.party(travelers: 0), 400), (Desk.party().replacing("USD", with: "EUR"), 400),
  ])
  func badRequestsAreRefused(body: String, status: Int) async throws {
    #expect(try await Desk().post("/availability/check", body).status == status)
  }
}

struct ViatorBookTests {
  @Test func bookingIsConfirmed() async throws {
    let desk = Desk()
    let reply = try await desk.book()
    #expect(reply.status == 200)
    #expect(reply.text("status") == "CONFIRMED")
    #expect(reply.integer("cancellationPolicy.refundEligibility.0.percentageRefundable") == 50)
    #expect(reply.text("voucherInfo.url")?.isEmpty == false)
    let ref = try #require(reply.text("bookingRef"))
    let booking = try #require(desk.fake.reservation(ref))
    #expect(booking.status == .confirmed)
    #expect(booking.clientReference == "bk_1:activity-1:1")
    #expect(booking.item == "a1")
    #expect(booking.attributes.contains("travelers=2"))
    #expect(desk.fake.capacities[0].confirmed == 1)
    #expect(desk.watch.changes == [.reservation(vendor: "viator", reference: ref)])
  }

  @Test func sameReferenceIsTheSameBooking() async throws {
    let desk = Desk()
    let first = try await desk.book(baggage: "b=1,attempt=1")
    let again = try await desk.book(baggage: "b=1,attempt=2")
    #expect(again.body == first.body)
    #expect(desk.fake.reservations.count == 1)
    #expect(desk.fake.createRequests.map { $0.effect != nil } == [true, false])
    #expect(desk.fake.reservations(ofClientReference: "bk_1:activity-1:1").count == 1)
  }

  @Test(arguments: [("a2", 2), ("a1", 3)])
  func sameReferenceForSomethingElseIsADuplicate(product: String, travelers: Int) async throws {
    let desk = Desk()
    _ = try await desk.book()
    let reply = try await desk.book(product: product, travelers: travelers)
    #expect(reply.status == 200)
    #expect(reply.text("status") == "REJECTED")
    #expect(reply.text("rejectionReasonCode") == "DUPLICATE_BOOKING")
    #expect(desk.fake.reservations.count == 1)
  }

  @Test func cancelledBookingIsNotMadeAgain() async throws {
    let desk = Desk()
    _ = try await desk.cancel(try await desk.booked())
    #expect(try await desk.book().text("status") == "CANCELED")
    #expect(desk.fake.capacities[0].available == 2)
  }

  @Test func rejectionStaysARejection() async throws {
    let desk = Desk()
    desk.script.next("book", .rejected)
    let reply = try await desk.book()
    #expect(reply.status == 200)
    #expect(reply.text("status") == "REJECTED")
    #expect(reply.text("rejectionReasonCode") == "BOOKABLE_ITEM_IS_NO_LONGER_AVAILABLE")
    #expect(try await desk.book().text("status") == "REJECTED")
    #expect(try await desk.status().text("status") == "REJECTED")
    #expect(desk.fake.capacities[0].available == 2)
    #expect(desk.fake.availabilityRefusals.map(\.operation) == ["book"])
  }

  @Test func lastPlaceIsSoldOnce() async throws {
    let desk = Desk(places: 1)
    _ = try await desk.book("r1")
    #expect(try await desk.book("r2").text("status") == "REJECTED")
    expectConserved(desk.fake.capacities)
  }

  @Test func bookingExistsThoughTheAnswerIsA500() async throws {
    let desk = Desk()
    desk.script.next("book", .internalError(effect: true))
    #expect(try await desk.book().status == 500)
    #expect(try await desk.status().text("status") == "CONFIRMED")
    #expect(try await desk.book().text("status") == "CONFIRMED")
    #expect(desk.fake.reservations.count == 1)
  }

  @Test func plain500BooksNothing() async throws {
    let desk = Desk()
    desk.script.next("book", .internalError(effect: false))
    #expect(try await desk.book().status == 500)
    #expect(try await desk.status().status == 404)
  }

  @Test func bookingMayTakeLongerThanNinetySeconds() async throws {
    let desk = Desk()
    desk.script.next("book", latency: .seconds(110))
    _ = try await desk.book()
    #expect(desk.fake.reservations[0].createdMicroseconds == vendorEpoch + 110_000_000)
  }

  @Test(arguments: [
    "partnerBookingRef", "bookerInfo", "communication",
  ])
  func missingMembersAreRefused(name: String) async throws {
    let body = Desk.bookBody().replacing("\"\(name)\"", with: "\"other\"")
    let reply = try await Desk().post("/bookings/book", body)
    #expect(reply.status == 400)
    #expect(reply.text("code") == "BAD_REQUEST")
  }

  @Test func referenceLongerThanItsLimitIsRefused() async throws {
    let reply = try await Desk().book(String(repeating: "x", count: 101))
    #expect(reply.status == 400)
  }

  @Test func unknownReferencesAreNotFound() async throws {
    let desk = Desk()
    #expect(try await desk.status("nobody").text("code") == "NOT_FOUND")
    #expect(
      try await desk.post("/bookings/status", #"{"bookingRef":"BR-1"}"#).text("code")
        == "NOT_FOUND")
    #expect(try await desk.post("/bookings/status", "{}").status == 400)
  }

  @Test func idsDoNotDependOnOtherBookings() async throws {
    let both = Desk()
    _ = try await both.book("r1", baggage: "b=1")
    let second = try await both.book("r2", baggage: "b=2")
    let only = try await Desk().book("r2", baggage: "b=2")
    #expect(second.text("bookingRef") == only.text("bookingRef"))
  }
}

struct ViatorPendingTests {
  private func pending(_ desk: Desk, confirmed: Bool = true) async throws -> HTTPReply {
    desk.script.next("book", .pending(resolvesAfter: .seconds(3600), confirmed: confirmed))
    return try await desk.book()
  }

  @Test(arguments: [
    (ViatorFault.cancelledBySupplier(after: .seconds(3600)), "vendor"),
    (.cancelledByTraveller(after: .seconds(3600)), "traveller"),
  ])
  func someoneElseCancelsWhenDue(fault: ViatorFault, canceller: String) async throws {
    let desk = Desk()
    desk.script.next("book", fault)
    _ = try await desk.book()
    desk.clock.advance(by: .seconds(3599))
    #expect(try await desk.status().text("status") == "CONFIRMED")
    desk.clock.advance(by: .seconds(1))
    #expect(try await desk.status().text("status") == "CANCELED")
    #expect(desk.fake.reservations[0].cancelledBy == canceller)
    #expect(desk.fake.nextDue == nil)
    expectConserved(desk.fake.capacities)
  }

  @Test func pendingBookingHoldsAPlaceAndNamesItsTime() async throws {
    let desk = Desk()
    let reply = try await pending(desk)
    #expect(reply.text("status") == "PENDING")
    #expect(reply.text("nextPollAt") == "2027-01-15T11:00:00Z")
    #expect(desk.fake.reservations[0].status == .processing)
    #expect(desk.fake.capacities[0].held == 1)
    #expect(desk.fake.nextDue == vendorEpoch + 3_600_000_000)
  }

  @Test(arguments: [(true, "CONFIRMED"), (false, "REJECTED")])
  func readAtTheDueTimeSeesTheDecision(confirmed: Bool, expected: String) async throws {
    let desk = Desk()
    _ = try await pending(desk, confirmed: confirmed)
    desk.clock.advance(by: .seconds(3599))
    #expect(try await desk.status().text("status") == "PENDING")
    desk.clock.advance(by: .seconds(1))
    #expect(try await desk.status().text("status") == expected)
    #expect(desk.fake.capacities[0].held == 0)
    #expect(desk.fake.capacities[0].confirmed == (confirmed ? 1 : 0))
    #expect(desk.watch.changes.count == 2)
    expectConserved(desk.fake.capacities)
  }

  @Test func decisionComesEvenIfNobodyAsks() async throws {
    let desk = Desk()
    _ = try await pending(desk)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await desk.fake.run() }  // ends by cancellation
      await desk.watch.wait(for: 2)
      group.cancelAll()
    }
    #expect(desk.fake.reservations[0].status == .confirmed)
    #expect(desk.fake.nextDue == nil)
  }

  @Test func pendingBookingCanBeCancelledWithoutPenalty() async throws {
    let desk = Desk()
    let ref = try #require(try await pending(desk).text("bookingRef"))
    let quote = try await desk.get("/bookings/\(ref)/cancel-quote")
    #expect(quote.integer("refundDetails.refundPercentage") == 100)
    #expect(try await desk.cancel(ref).text("status") == "ACCEPTED")
    #expect(desk.fake.reservation(ref)?.penaltyMinor == 0)
    #expect(desk.fake.nextDue == nil)
    #expect(desk.fake.capacities[0].available == 2)
    desk.clock.advance(by: .seconds(7200))
    #expect(try await desk.status().text("status") == "CANCELED")
  }

  @Test func sameReferenceWhilePendingIsPending() async throws {
    let desk = Desk()
    _ = try await pending(desk)
    #expect(try await desk.book().text("status") == "PENDING")
    #expect(desk.fake.reservations.count == 1)
  }

  @Test func rejectedAfterPendingCannotBeCancelled() async throws {
    let desk = Desk()
    let ref = try #require(try await pending(desk, confirmed: false).text("bookingRef"))
    desk.clock.advance(by: .seconds(3600))
    #expect(try await desk.cancel(ref).status == 404)
  }
}

struct ViatorCancelTests {
  @Test(arguments: [(100, 0), (50, 4_999), (0, 9_999), (33, 6_699)])
  func penaltyIsWhatTheQuoteDoesNotRefund(percentage: Int, penalty: Int64) async throws {
    let desk = Desk(refundable: percentage)
    let ref = try await desk.booked()
    let quote = try await desk.get("/bookings/\(ref)/cancel-quote")
    #expect(quote.text("status") == "CANCELLABLE")
    #expect(quote.bodyText.contains(#""itemPrice":99.99,"#))
    let reply = try await desk.cancel(ref)
    #expect(reply.text("status") == "ACCEPTED")
    #expect(reply.text("bookingId") == ref)
    let booking = try #require(desk.fake.reservation(ref))
    #expect(booking.status == .cancelled)
    #expect(booking.penaltyMinor == penalty)
    let refund = 9_999 - penalty
    let cents = String(refund % 100)
    let digits = "\(refund / 100).\(cents.count == 1 ? "0" : "")\(cents)"
    #expect(quote.bodyText.contains(#""refundAmount":\#(digits),"#))
    #expect(desk.fake.capacities[0].available == 2)
  }

  @Test func cancelTwiceIsDeclinedInA200() async throws {
    let desk = Desk()
    let ref = try await desk.booked()
    _ = try await desk.cancel(ref)
    let again = try await desk.cancel(ref)
    #expect(again.status == 200)
    #expect(again.text("status") == "DECLINED")
    #expect(again.text("reason") == "ALREADY_CANCELLED")
    let quote = try await desk.get("/bookings/\(ref)/cancel-quote")
    #expect(quote.text("status") == "CANCELLED")
    #expect(desk.watch.changes.count == 2)
  }

  @Test func declinedOnceMayBeAcceptedLater() async throws {
    let desk = Desk()
    let ref = try await desk.booked()
    desk.script.next("cancel", .cancelDeclined)
    #expect(try await desk.cancel(ref).text("reason") == "NOT_CANCELLABLE")
    #expect(try await desk.cancel(ref).text("status") == "ACCEPTED")
  }

  @Test func neverCancellableSticks() async throws {
    let desk = Desk()
    let ref = try await desk.booked()
    desk.script.next("cancel", .neverCancellable)
    #expect(try await desk.cancel(ref).text("reason") == "NOT_CANCELLABLE")
    #expect(try await desk.cancel(ref).text("reason") == "NOT_CANCELLABLE")
    let quote = try await desk.get("/bookings/\(ref)/cancel-quote")
    #expect(quote.text("status") == "NOT_CANCELLABLE")
    #expect(desk.fake.reservation(ref)?.status == .confirmed)
  }

  @Test(arguments: [true, false])
  func a500OfCancelMayHaveCancelled(effect: Bool) async throws {
    let desk = Desk()
    let ref = try await desk.booked()
    desk.script.next("cancel", .internalError(effect: effect))
    #expect(try await desk.cancel(ref).status == 500)
    #expect(desk.fake.reservation(ref)?.status == (effect ? .cancelled : .confirmed))
  }

  @Test func unknownBookingIsNotFound() async throws {
    let desk = Desk()
    #expect(try await desk.cancel("BR-1").text("code") == "NOT_FOUND")
    #expect(try await desk.get("/bookings/BR-1/cancel-quote").text("code") == "NOT_FOUND")
  }

  @Test func reasonIsRequired() async throws {
    let desk = Desk()
    let ref = try await desk.booked()
    #expect(try await desk.post("/bookings/\(ref)/cancel", "{}").status == 400)
  }

  @Test func reasonsAreListed() async throws {
    let reply = try await Desk().get("/bookings/cancel-reasons")
    #expect(
      reply.text("reasons.0.cancellationReasonCode")
        == "Customer_Service.I_canceled_my_entire_trip")
  }
}

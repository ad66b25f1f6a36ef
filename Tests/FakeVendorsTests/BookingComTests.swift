import FakeVendors
import HTTPService
import HTTPTypes
import Testing

/// A fake with the room `p1` (300.50 EUR, from the sixth day on 100.00 to cancel) of a stock of two.
private struct Desk {
  let clock = VendorTestClock()
  let script = VendorScript<BookingComFault>()
  let watch = VendorWatch()
  let fake: FakeBookingCom

  static let day: Int64 = 86_400_000_000

  init(
    rooms: Int = 2, gone: Bool = false, currency: String = "EUR", seed: UInt64 = 5,
    lag: Duration = .zero
  ) {
    fake = FakeBookingCom(
      environment: ServiceEnvironment(clock, watch), faultInjector: script, apiKey: "key",
      affiliateID: 42, seed: seed, lookupLag: { $0 == "slow" ? .seconds(600) : lag })
    fake.setCapacity(stock: "s1", rooms: rooms)
    fake.add(
      FakeBookingCom.Product(
        id: "p1", accommodation: 11, stock: "s1", currency: currency, totalMinor: 30_050,
        fees: [
          FakeBookingCom.Product.Fee(fromMicroseconds: vendorEpoch + 6 * Self.day, minor: 10_000),
          FakeBookingCom.Product.Fee(fromMicroseconds: vendorEpoch + 9 * Self.day, minor: 90_000),
        ], gone: gone))
  }

  func call(
    _ path: String, _ body: String, baggage: String = "b=1",
    headers: [String: String] = ["Authorization": "Bearer key", "X-Affiliate-Id": "42"]
  ) async throws -> HTTPReply {
    try await fake.respond(to: vendorCall(.post, path, body, baggage: baggage, headers))
  }

  static let product = #"{"id":"p1","allocation":{"number_of_adults":2,"children":[4]}}"#

  static func previewBody(_ products: String = product) -> String {
    #"{"currency":"EUR","booker":{"country":"nl","platform":"desktop"},"accommodation":{"id":11,"#
      + #""checkin":"2027-02-01","checkout":"2027-02-04","products":[\#(products)]}}"#
  }

  func preview(_ body: String = previewBody(), baggage: String = "b=1") async throws -> HTTPReply {
    try await call("/3.2/orders/preview", body, baggage: baggage)
  }

  func token(baggage: String = "b=1") async throws -> String {
    try #require(try await preview(baggage: baggage).text("data.order_token"))
  }

  func create(
    _ token: String, label: String = "bk_1:hotel:1", baggage: String = "b=1"
  ) async throws -> HTTPReply {
    try await call(
      "/3.2/orders/create",
      #"{"order_token":"\#(token)","accommodation":{"label":"\#(label)","products":[{"id":"p1","#
        + #""guests":[{"email":"a@x.test","name":"A B"}]}]},"booker":{"address":{"country":"nl"},"#
        + #""email":"a@x.test","name":{"first_name":"A","last_name":"B"},"telephone":"1","#
        + #""language":"en-gb"},"payment":{"timing":"pay_online_now","method":"card"}}"#,
      baggage: baggage)
  }

  func book(label: String = "bk_1:hotel:1", baggage: String = "b=1") async throws -> String {
    let reply = try await create(token(baggage: baggage), label: label, baggage: baggage)
    return try #require(reply.text("data.order"))
  }

  func cancel(_ order: String) async throws -> HTTPReply {
    let number = try #require(
      try await details(#"{"orders":["\#(order)"]}"#).text("data.0.reservation"))
    return try await call(
      "/3.2/orders/cancel",
      #"{"order":"\#(order)","accommodation":{"reservation":"\#(number)","reason":"x"}}"#)
  }

  func details(_ body: String) async throws -> HTTPReply {
    try await call("/3.2/orders/details/accommodations", body)
  }

  func created(_ from: String, _ to: String, extra: String = "") async throws -> HTTPReply {
    try await call(
      "/3.2/orders/details", #"{"created":{"from":"\#(from)","to":"\#(to)"}\#(extra)}"#)
  }
}

private func errorID(_ reply: HTTPReply) -> String? { reply.text("errors.0.id") }

struct BookingComPreviewTests {
  @Test func previewGivesPriceScheduleAndToken() async throws {
    let desk = Desk()
    let reply = try await desk.preview()
    #expect(reply.status == 200)
    #expect(reply.text("request_id")?.count == 26)
    #expect(reply.integer("data.accommodation.id") == 11)
    #expect(reply.bodyText.contains(#""total":{"accommodation_currency":300.50,"#))
    let schedule = "data.accommodation.products.0.policies.cancellation"
    #expect(reply.count(schedule) == 3)
    #expect(reply.text("\(schedule).0.from") == "now")
    #expect(reply.text("\(schedule).1.from") == "2027-01-21T10:00:00+00:00")
    #expect(reply.text("data.order_token")?.isEmpty == false)
  }

  @Test func previewTakesNoRoom() async throws {
    let desk = Desk(rooms: 1)
    _ = try await desk.preview()
    #expect(try await desk.preview().status == 200)
    #expect(desk.fake.capacities[0].available == 1)
  }

  @Test(arguments: [("JPY", "30050"), ("KWD", "30.050")])
  func pricesAreNumbersWithTheDigitsOfTheCurrency(currency: String, digits: String) async throws {
    let desk = Desk(currency: currency)
    let reply = try await desk.preview(
      Desk.previewBody().replacing("\"EUR\"", with: "\"\(currency)\""))
    #expect(reply.bodyText.contains(#""booker_currency":\#(digits)}"#))
  }

  @Test(arguments: [true, false])
  func whatIsNotAvailableIsA409AndNoted(gone: Bool) async throws {
    let desk = Desk(rooms: gone ? 2 : 0, gone: gone)
    let reply = try await desk.preview()
    #expect(reply.status == 409)
    #expect(errorID(reply) == "order_unavailable")
    #expect(desk.fake.availabilityRefusals.map(\.item) == ["p1"])
    #expect(desk.fake.availabilityRefusals.map(\.operation) == ["preview"])
  }

  @Test func twoRoomsOfALastOneAreNotAvailable() async throws {
    let desk = Desk(rooms: 1)
    let reply = try await desk.preview(Desk.previewBody("\(Desk.product),\(Desk.product)"))
    #expect(reply.status == 409)
  }

  @Test func repricedPreviewIsWhatTheOrderCosts() async throws {
    let desk = Desk()
    desk.script.next("preview", .repriced(byMinor: -50))
    let reply = try await desk.preview()
    #expect(reply.bodyText.contains("300.00"))
    #expect(desk.fake.availabilityRefusals.map(\.reason) == [.priceChanged])
    _ = try await desk.create(try #require(reply.text("data.order_token")))
    #expect(desk.fake.reservations.map(\.priceMinor) == [30_000])
  }

  @Test(arguments: [
    (OddPrice.digits, "300.504", "EUR"), (.currency, "300.50", "USD"), (.zero, "0.00", "EUR"),
    (.negative, "-300.50", "EUR"),
  ])
  func oddPriceIsToldAndRefusesTheListedOne(
    _ odd: OddPrice, _ amount: String, _ currency: String
  ) async throws {
    let desk = Desk()
    desk.script.next("preview", .oddPrice(odd))
    let reply = try await desk.preview()
    #expect(reply.status == 200)
    #expect(
      reply.bodyText.contains(
        #""total":{"accommodation_currency":\#(amount),"booker_currency":\#(amount)}"#))
    #expect(reply.text("data.accommodation.currency.booker") == currency)
    #expect(desk.fake.availabilityRefusals.map(\.reason) == [.priceChanged])
  }

  @Test(arguments: [
    ("{", "invalid_request"), ("[]", "invalid_request"), ("{}", "missing_parameter"),
    (Desk.previewBody(""), "missing_parameter"),
    (Desk.previewBody(#"{"id":"p9","allocation":{"number_of_adults":1}}"#), "invalid_parameter"),
    (Desk.previewBody(#"{"id":"p1"}"#), "missing_parameter"),
    (Desk.previewBody().replacing("02-04", with: "02-01"), "invalid_parameter"),
    (Desk.previewBody().replacing("\"id\":11", with: "\"id\":12"), "invalid_parameter"),
    (Desk.previewBody().replacing("\"EUR\"", with: "\"USD\""), "invalid_parameter"),
  ])
  func badPreviewsAreToldByID(body: String, expected: String) async throws {
    let reply = try await Desk().preview(body)
    #expect(reply.status == 400)
    #expect(errorID(reply) == expected)
  }
}

struct BookingComAccessTests {
  @Test(
    arguments: [
      ([:], 401), (["Authorization": "Bearer other", "X-Affiliate-Id": "42"], 401),
      (["Authorization": "Bearer key"], 400),
      (["Authorization": "Bearer key", "X-Affiliate-Id": "43"], 403),
    ] as [([String: String], Int)])
  func credentialsAreChecked(headers: [String: String], status: Int) async throws {
    let desk = Desk()
    let reply = try await desk.call("/3.2/orders/preview", Desk.previewBody(), headers: headers)
    #expect(reply.status == status)
    #expect(reply.text("errors.0.message")?.isEmpty == false)
    #expect(desk.script.calls.isEmpty)
  }

  @Test func prefixIsOptional() async throws {
    let reply = try await Desk().call("/orders/preview", Desk.previewBody())
    #expect(reply.status == 200)
  }

  @Test func conductSeesOperationAndLabel() async throws {
    let desk = Desk()
    let order = try await desk.book()
    _ = try await desk.cancel(order)
    #expect(desk.script.calls.map(\.operation) == ["preview", "create", "details", "cancel"])
    #expect(desk.script.calls.map(\.handle) == ["", "bk_1:hotel:1", "", ""])
    #expect(desk.script.calls.allSatisfy { $0.service == "hotel" })
  }
}

struct BookingComCreateTests {
  @Test func orderTakesTheRoom() async throws {
    let desk = Desk()
    let reply = try await desk.create(desk.token())
    #expect(reply.status == 200)
    let order = try #require(reply.text("data.order"))
    #expect(order.wholeMatch(of: /[1-9][0-9]{14}/) != nil)
    #expect(reply.text("data.accommodation.reservation")?.isEmpty == false)
    #expect(reply.text("data.accommodation.pincode")?.count == 4)
    let reservation = try #require(desk.fake.reservation(order))
    #expect(reservation.clientReference == "bk_1:hotel:1")
    #expect(reservation.item == "p1")
    #expect(reservation.status == .confirmed)
    #expect(reservation.attributes.contains("adults=2"))
    #expect(desk.fake.reservations(ofClientReference: "bk_1:hotel:1") == [reservation])
    #expect(desk.fake.capacities[0].confirmed == 1)
    #expect(desk.watch.changes == [.reservation(vendor: "bookingcom", reference: order)])
    expectConserved(desk.fake.capacities)
  }

  @Test func tokenLivesFifteenMinutes() async throws {
    let desk = Desk()
    let token = try await desk.token()
    desk.clock.advance(by: .seconds(899))
    let young = try await desk.create(token)
    #expect(young.status == 200)
    let second = try await desk.token()
    desk.clock.advance(by: .seconds(900))
    let reply = try await desk.create(second)
    #expect(reply.status == 400)
    #expect(errorID(reply) == "expired_token")
    #expect(reply.text("errors.0.message") == "Token 'order_token' has expired.")
  }

  @Test func unknownTokenIsInvalid() async throws {
    let reply = try await Desk().create("nonsense")
    #expect(reply.status == 400)
    #expect(reply.text("errors.0.message") == "Token 'order_token' is invalid.")
  }

  @Test func tokenWorksOnce() async throws {
    let desk = Desk()
    let token = try await desk.token()
    let first = try await desk.create(token)
    let again = try await desk.create(token)
    #expect(again.status == 409)
    #expect(errorID(again) == "duplicate_request")
    #expect(
      again.text("errors.0.reservation") == first.text("data.accommodation.reservation"))
    #expect(desk.fake.reservations.count == 1)
    #expect(desk.fake.createRequests.map(\.effect) == [desk.fake.reservations[0].reference, nil])
  }

  @Test func sameLabelWithTwoTokensIsTwoOrders() async throws {
    let desk = Desk()
    _ = try await desk.book()
    _ = try await desk.book()
    #expect(desk.fake.reservations(ofClientReference: "bk_1:hotel:1").count == 2)
  }

  @Test func lastRoomIsSoldOnce() async throws {
    let desk = Desk(rooms: 1)
    let first = try await desk.token()
    let second = try await desk.token(baggage: "b=2")
    #expect(try await desk.create(first).status == 200)
    let reply = try await desk.create(second, baggage: "b=2")
    #expect(reply.status == 409)
    #expect(errorID(reply) == "order_unavailable")
    #expect(desk.fake.availabilityRefusals.map(\.baggage) == ["b=2"])
    expectConserved(desk.fake.capacities)
  }

  @Test(
    arguments: [
      (.unavailable, 409, 0), (.tokenExpired, 400, 0), (.duplicateRequest, 409, 1),
      (.internalError(effect: false), 500, 0), (.internalError(effect: true), 500, 1),
      (.tooManyRequests, 429, 0), (.cancelConflict, 200, 1), (.repriced(byMinor: 7), 200, 1),
    ] as [(BookingComFault, Int, Int)])
  func faultsOfCreateAreAnswered(fault: BookingComFault, status: Int, made: Int) async throws {
    let desk = Desk()
    let token = try await desk.token()
    desk.script.next("create", fault)
    #expect(try await desk.create(token).status == status)
    #expect(desk.fake.reservations.count == made)
    #expect(desk.fake.createRequests.map(\.status) == [status])
    expectConserved(desk.fake.capacities)
  }

  @Test func tokenTakenForExpiredStaysExpired() async throws {
    let desk = Desk()
    let token = try await desk.token()
    desk.script.next("create", .tokenExpired)
    _ = try await desk.create(token)
    #expect(errorID(try await desk.create(token)) == "expired_token")
  }

  @Test(arguments: ["order_token", "accommodation", "booker", "payment"])
  func missingMembersAreNamed(name: String) async throws {
    let desk = Desk()
    let token = try await desk.token()
    let members = [
      "order_token": #""\#(token)""#, "accommodation": #"{"label":"l"}"#,
      "booker": #"{"email":"a@x","name":{"first_name":"A","last_name":"B"}}"#,
      "payment": #"{"timing":"pay_online_now"}"#,
    ].filter { $0.key != name }
    let body = members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
    let reply = try await desk.call("/orders/create", "{\(body)}")
    #expect(reply.status == 400)
    #expect(reply.text("errors.0.message") == "Parameter '\(name)' is missing.")
  }

  @Test func idsDoNotDependOnOtherBookings() async throws {
    let both = Desk()
    _ = try await both.book(baggage: "b=1")
    let second = try await both.book(baggage: "b=2")
    #expect(try await Desk().book(baggage: "b=2") == second)
  }

  @Test func deathDuringTheLatencyLeavesNothing() async throws {
    let desk = Desk()
    let token = try await desk.token()
    desk.script.next("create", latency: .seconds(3))
    desk.clock.dieInNextSleep()
    await #expect(throws: VendorTestClock.Died.self) { try await desk.create(token) }
    #expect(desk.fake.reservations.isEmpty)
  }
}

struct BookingComDetailsTests {
  private let range = ("2027-01-15T09:00:00Z", "2027-01-15T12:00:00Z")

  @Test func rangeFindsTheLabel() async throws {
    let desk = Desk()
    let order = try await desk.book()
    let reply = try await desk.created(range.0, range.1)
    #expect(reply.status == 200)
    #expect(reply.count("data") == 1)
    #expect(reply.text("data.0.id") == order)
    #expect(reply.text("data.0.status") == "booked")
    #expect(reply.text("data.0.accommodations.label") == "bk_1:hotel:1")
    #expect(reply.text("data.0.created") == "2027-01-15T10:00:00+00:00")
    #expect(reply.integer("metadata.total_results") == 1)
  }

  @Test(arguments: [
    ("2027-01-15T10:00:00Z", "2027-01-15T10:00:00Z", 1),
    ("2027-01-15T10:00:01Z", "2027-01-15T12:00:00Z", 0),
    ("2027-01-15T08:00:00Z", "2027-01-15T09:59:59Z", 0), ("2027-01-15", "2027-01-15", 1),
  ])
  func rangeIsInclusiveInSeconds(from: String, to: String, count: Int) async throws {
    let desk = Desk()
    _ = try await desk.book()
    #expect(try await desk.created(from, to).count("data") == count)
  }

  @Test func youngOrderIsInvisibleToRangesButNotByID() async throws {
    let desk = Desk()
    let order = try await desk.book(baggage: "slow")
    desk.clock.advance(by: .seconds(599))
    #expect(try await desk.created(range.0, range.1).count("data") == 0)
    #expect(try await desk.details(#"{"orders":["\#(order)"]}"#).count("data") == 1)
    desk.clock.advance(by: .seconds(1))
    #expect(try await desk.created(range.0, range.1).count("data") == 1)
  }

  @Test func pagesShowEveryOrderOnce() async throws {
    let desk = Desk(rooms: 25)
    for number in 1...25 { _ = try await desk.book(baggage: "b=\(number)") }
    var seen: [String] = []
    var reply = try await desk.created(range.0, range.1, extra: #","rows":10"#)
    #expect(reply.integer("metadata.total_results") == 25)
    var pages = 1
    while true {
      for index in 0..<(reply.count("data") ?? 0) {
        seen.append(try #require(reply.text("data.\(index).id")))
      }
      guard let page = reply.text("metadata.next_page") else { break }
      pages += 1
      reply = try await desk.call("/orders/details", #"{"page":"\#(page)"}"#)
    }
    #expect(pages == 3)
    #expect(seen == desk.fake.reservations.map(\.reference))
  }

  @Test func updatedRangeFindsCancellations() async throws {
    let desk = Desk()
    let order = try await desk.book()
    desk.clock.advance(by: .seconds(7200))
    _ = try await desk.cancel(order)
    let reply = try await desk.call(
      "/orders/details",
      #"{"updated":{"from":"2027-01-15T11:00:00Z","to":"2027-01-15T13:00:00Z"}}"#)
    #expect(reply.text("data.0.status") == "cancelled")
    #expect(try await desk.created(range.0, range.1).text("data.0.id") == order)
  }

  @Test func reservationsAreFoundByTheirNumber() async throws {
    let desk = Desk()
    let reply = try await desk.create(desk.token())
    let number = try #require(reply.text("data.accommodation.reservation"))
    let found = try await desk.details(#"{"reservations":["\#(number)"]}"#)
    #expect(found.text("data.0.id") == reply.text("data.order"))
    #expect(found.bodyText.contains(#""cancellation_details":null"#))
    #expect(found.text("data.0.products.0.status") == "booked")
  }

  @Test(arguments: [
    ("{}", "missing_parameter"), (#"{"orders":[]}"#, "invalid_parameter"),
    (#"{"created":{"from":"2027-01-01"}}"#, "missing_parameter"),
    (#"{"created":{"from":"x","to":"y"}}"#, "invalid_parameter"),
    (#"{"created":{"from":"2027-01-10","to":"2027-01-01"}}"#, "invalid_parameter"),
    (
      #"{"created":{"from":"2027-01-01T00:00:00Z","to":"2027-01-08T00:00:01Z"}}"#,
      "invalid_parameter"
    ),
    (#"{"created":{"from":"2027-01-01","to":"2027-01-02"},"rows":101}"#, "invalid_parameter"),
    (#"{"page":"x"}"#, "invalid_parameter"),
  ])
  func badQueriesAreToldByID(body: String, expected: String) async throws {
    let reply = try await Desk().call("/orders/details", body)
    #expect(reply.status == 400)
    #expect(errorID(reply) == expected)
  }
}

struct BookingComCancelTests {
  @Test(arguments: [(0, 0), (6, 10_000), (8, 10_000), (9, 30_050)])
  func feeDependsOnTheDateAndIsAtMostThePrice(days: Int, fee: Int64) async throws {
    let desk = Desk()
    let order = try await desk.book()
    desk.clock.advance(by: .seconds(days * 86_400))
    let reply = try await desk.cancel(order)
    #expect(reply.status == 200)
    #expect(reply.text("data.status") == "successful")
    let reservation = try #require(desk.fake.reservation(order))
    #expect(reservation.status == .cancelled)
    #expect(reservation.cancelledBy == "caller")
    #expect(reservation.penaltyMinor == fee)
    #expect(desk.fake.capacities[0].available == 2)
  }

  @Test func detailsShowTheFee() async throws {
    let desk = Desk()
    let order = try await desk.book()
    desk.clock.advance(by: .seconds(6 * 86_400))
    _ = try await desk.cancel(order)
    let reply = try await desk.details(#"{"orders":["\#(order)"]}"#)
    #expect(reply.text("data.0.status") == "cancelled")
    #expect(
      reply.bodyText.contains(
        #""cancellation_details":{"at":"2027-01-21T10:00:00+00:00","#
          + #""fee":{"accommodation_currency":100.00,"booker_currency":100.00},"#
          + #""original_total_price":{"accommodation_currency":300.50,"booker_currency":300.50}}"#))
  }

  @Test(arguments: [
    #"{"order":"ORDER","accommodation":{"reservation":"NUMBER","reason":"r"}}"#,
    #"{"accommodation":{"order":"ORDER","reason":"r","request_property_approval":false}}"#,
    #"{"order":"ORDER","reason":"r"}"#,
  ])
  func allThreeShapesAreAccepted(shape: String) async throws {
    let desk = Desk()
    let reply = try await desk.create(desk.token())
    let order = try #require(reply.text("data.order"))
    let number = try #require(reply.text("data.accommodation.reservation"))
    let body = shape.replacing("ORDER", with: order).replacing("NUMBER", with: number)
    #expect(try await desk.call("/orders/cancel", body).status == 200)
  }

  @Test func cancelledOrderCannotBeCancelledAgain() async throws {
    let desk = Desk()
    let order = try await desk.book()
    _ = try await desk.cancel(order)
    let reply = try await desk.cancel(order)
    #expect(reply.status == 409)
    #expect(desk.fake.capacities[0].available == 2)
    #expect(desk.watch.changes.count == 2)
  }

  @Test(arguments: [
    (#"{"order":"1","reason":"r"}"#, 400), (#"{"reason":"r"}"#, 400), (#"{"order":"1"}"#, 400),
  ])
  func badCancelsAreRefused(body: String, status: Int) async throws {
    #expect(try await Desk().call("/orders/cancel", body).status == status)
  }

  @Test(
    arguments: [
      (.cancelConflict, 409, .confirmed), (.internalError(effect: false), 500, .confirmed),
      (.internalError(effect: true), 500, .cancelled), (.tooManyRequests, 429, .confirmed),
    ] as [(BookingComFault, Int, Reservation.Status)])
  func faultsOfCancelAreAnswered(
    fault: BookingComFault, status: Int, left: Reservation.Status
  ) async throws {
    let desk = Desk()
    let order = try await desk.book()
    desk.script.next("cancel", fault)
    #expect(try await desk.cancel(order).status == status)
    #expect(desk.fake.reservation(order)?.status == left)
    _ = try await desk.cancel(order)
    #expect(desk.fake.reservation(order)?.status == .cancelled)
  }

  private func bookedOrderThatThePropertyWillCancel(_ desk: Desk) async throws -> String {
    desk.script.next("create", .cancelledByProperty(after: .seconds(3600)))
    return try await desk.book()
  }

  @Test func propertyCancelsWhenDueEvenIfNobodyAsks() async throws {
    let desk = Desk()
    let order = try await bookedOrderThatThePropertyWillCancel(desk)
    #expect(desk.fake.nextDue == vendorEpoch + 3_600_000_000)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await desk.fake.run() }  // ends by cancellation
      await desk.watch.wait(for: 2)
      group.cancelAll()
    }
    let reservation = try #require(desk.fake.reservation(order))
    #expect(reservation.status == .cancelled)
    #expect(reservation.cancelledBy == "vendor")
    #expect(reservation.penaltyMinor == 0)
    #expect(reservation.cancelledMicroseconds == vendorEpoch + 3_600_000_000)
    #expect(desk.fake.nextDue == nil)
    #expect(desk.fake.capacities[0].available == 2)
  }

  @Test func runSeesOrdersMadeAfterItStarted() async throws {
    let desk = Desk()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try? await desk.fake.run() }  // ends by cancellation
      _ = try await bookedOrderThatThePropertyWillCancel(desk)
      await desk.watch.wait(for: 2)
      group.cancelAll()
    }
    #expect(desk.fake.reservations[0].cancelledBy == "vendor")
  }

  @Test func readAtTheDueTimeSeesTheCancellation() async throws {
    let desk = Desk()
    let order = try await bookedOrderThatThePropertyWillCancel(desk)
    desk.clock.advance(by: .seconds(3599))
    let before = try await desk.details(#"{"orders":["\#(order)"]}"#)
    #expect(before.text("data.0.status") == "booked")
    desk.clock.advance(by: .seconds(1))
    let after = try await desk.details(#"{"orders":["\#(order)"]}"#)
    #expect(after.text("data.0.status") == "cancelled_by_accommodation")
    #expect(try await desk.cancel(order).status == 409)
  }

  @Test func orderCancelledByItsOwnerIsNotCancelledByTheProperty() async throws {
    let desk = Desk()
    let order = try await bookedOrderThatThePropertyWillCancel(desk)
    _ = try await desk.cancel(order)
    #expect(desk.fake.nextDue == nil)
    #expect(desk.fake.reservation(order)?.cancelledBy == "caller")
  }
}

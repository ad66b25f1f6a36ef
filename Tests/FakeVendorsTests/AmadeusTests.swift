import FakeVendors
import Foundation
import HTTPService
import HTTPTypes
import Testing

/// A fake airline with an offer `o1` of two seats for 200.10 EUR on a flight of three seats.
private struct Desk {
  let clock = VendorTestClock()
  let script = VendorScript<AmadeusFault>()
  let watch = VendorWatch()
  let fake: FakeAmadeus
  let token: String

  init(seats: Int = 3, seed: UInt64 = 7, currency: String = "EUR", gone: Bool = false) async throws
  {
    fake = FakeAmadeus(
      environment: ServiceEnvironment(clock, watch), faultInjector: script, clientID: "id",
      clientSecret: "secret", seed: seed)
    fake.setCapacity(flight: "F1", seats: seats)
    fake.add(
      FakeAmadeus.Offer(
        id: "o1", flight: "F1", currency: currency, totalMinor: 20_010, seats: 2,
        expiresMicroseconds: vendorEpoch + 3_600_000_000, gone: gone))
    token = try await Self.newToken(fake)
  }

  static func newToken(_ fake: FakeAmadeus) async throws -> String {
    let reply = try await fake.respond(to: tokenCall())
    return try #require(reply.text("access_token"))
  }

  static func tokenCall(
    _ form: String = "grant_type=client_credentials&client_id=id&client_secret=secret"
  ) -> HTTPCall {
    vendorCall(
      .post, "/v1/security/oauth2/token", form,
      ["Content-Type": "application/x-www-form-urlencoded"])
  }

  func call(
    _ method: HTTPRequest.Method, _ path: String, _ body: String = "", baggage: String = "b=1",
    _ fields: [String: String] = [:]
  ) async throws -> HTTPReply {
    try await fake.respond(
      to: vendorCall(
        method, path, body, baggage: baggage,
        fields.merging(["Authorization": "Bearer \(token)"]) { first, _ in first }))
  }

  var offer: String { String(decoding: fake.offerJSON(id: "o1"), as: UTF8.self) }

  func price(_ offer: String? = nil, baggage: String = "b=1") async throws -> HTTPReply {
    try await call(
      .post, "/v1/shopping/flight-offers/pricing?",
      #"{"data":{"type":"flight-offers-pricing","flightOffers":[\#(offer ?? self.offer)]}}"#,
      baggage: baggage, ["X-HTTP-Method-Override": "GET"])
  }

  func create(_ offer: String? = nil, baggage: String = "b=1") async throws -> HTTPReply {
    try await call(
      .post, "/v1/booking/flight-orders",
      #"{"data":{"type":"flight-order","flightOffers":[\#(offer ?? self.offer)],"#
        + #""travelers":[{"id":"1","name":{"firstName":"A","lastName":"B"}},"#
        + #"{"id":"2","name":{"firstName":"C","lastName":"D"}}]}}"#,
      baggage: baggage)
  }

  func cancel(_ id: String) async throws -> HTTPReply {
    try await call(.delete, "/v1/booking/flight-orders/\(id)")
  }

  func get(_ id: String) async throws -> HTTPReply {
    try await call(.get, "/v1/booking/flight-orders/\(id)?")
  }
}

private func code(_ reply: HTTPReply) -> Int? { reply.integer("errors.0.code") }

struct AmadeusTokenTests {
  @Test func tokenHasTheExactShape() async throws {
    let desk = try await Desk()
    let reply = try await desk.fake.respond(to: Desk.tokenCall())
    #expect(reply.status == 200)
    let names = Set((reply.value("") as? [String: Any] ?? [:]).keys)
    #expect(
      names == [
        "type", "username", "application_name", "client_id", "token_type", "access_token",
        "expires_in", "state", "scope",
      ])
    #expect(reply.integer("expires_in") == 1799)
    #expect(reply.text("token_type") == "Bearer")
  }

  @Test func wrongSecretIsTheDocumented401() async throws {
    let desk = try await Desk()
    let reply = try await desk.fake.respond(
      to: Desk.tokenCall("grant_type=client_credentials&client_id=id&client_secret=no"))
    #expect(reply.status == 401)
    #expect(
      reply.bodyText
        == #"{"error":"invalid_client","error_description":"Client credentials are invalid","#
        + #""code":38187,"title":"Invalid parameters"}"#)
  }

  @Test func tokenExpiresAfter1799Seconds() async throws {
    let desk = try await Desk()
    desk.clock.advance(by: .seconds(1798))
    #expect(try await desk.get("x").status == 404)
    desk.clock.advance(by: .seconds(1))
    let reply = try await desk.get("x")
    #expect(reply.status == 401)
    #expect(code(reply) == 38192)
  }

  @Test(arguments: [("Bearer nobody", 38190), ("Basic abc", 38191), (nil, 38191)])
  func badAuthorizationIsTold(header: String?, expected: Int) async throws {
    let desk = try await Desk()
    let reply = try await desk.fake.respond(
      to: vendorCall(
        .get, "/v1/booking/flight-orders/x", "", header.map { ["Authorization": $0] } ?? [:]))
    #expect(reply.status == 401)
    #expect(code(reply) == expected)
  }

  @Test func conductIsAskedOncePerAuthenticatedCallOnly() async throws {
    let desk = try await Desk()
    _ = try await desk.fake.respond(to: vendorCall(.get, "/v1/booking/flight-orders/x"))
    _ = try await desk.price()
    _ = try await desk.create()
    let id = try #require(desk.fake.reservations.first).reference
    _ = try await desk.get(id)
    _ = try await desk.cancel(id)
    #expect(desk.script.calls.map(\.operation) == ["token", "price", "create", "get", "cancel"])
    #expect(desk.script.calls.allSatisfy { $0.service == "flight" })
    #expect(desk.script.calls[1].baggage == "b=1")
  }
}

struct AmadeusPriceTests {
  @Test func pricingEchoesTheOfferWithoutTakingSeats() async throws {
    let desk = try await Desk()
    let reply = try await desk.price()
    #expect(reply.status == 200)
    #expect(reply.header("Content-Type") == "application/vnd.amadeus+json")
    #expect(reply.text("data.type") == "flight-offers-pricing")
    #expect(reply.text("data.flightOffers.0.id") == "o1")
    #expect(reply.text("data.flightOffers.0.price.grandTotal") == "200.10")
    #expect(desk.fake.capacities[0].available == 3)
    #expect(desk.fake.availabilityRefusals.isEmpty)
  }

  @Test(arguments: [("JPY", "20010"), ("KWD", "20.010"), ("USD", "200.10")])
  func totalsHaveTheDigitsOfTheirCurrency(currency: String, text: String) async throws {
    let desk = try await Desk(currency: currency)
    #expect(try await desk.price().text("data.flightOffers.0.price.grandTotal") == text)
  }

  @Test func sharesOfTravellersAddUp() async throws {
    let desk = try await Desk(currency: "JPY")
    let reply = try await desk.price()
    let shares = try [0, 1].map {
      try #require(Int(reply.text("data.flightOffers.0.travelerPricings.\($0).price.total") ?? ""))
    }
    #expect(shares.reduce(0, +) == 20_010)
  }

  @Test func expiredOfferIsRefused() async throws {
    let desk = try await Desk()
    desk.clock.advance(by: .seconds(1700))
    let token = try await Desk.newToken(desk.fake)
    desk.clock.advance(by: .seconds(1799))
    #expect(!token.isEmpty)
    let late = try await Desk.newToken(desk.fake)
    desk.clock.advance(by: .seconds(200))
    let reply = try await desk.fake.respond(
      to: vendorCall(
        .post, "/v1/shopping/flight-offers/pricing",
        #"{"data":{"type":"flight-offers-pricing","flightOffers":[\#(desk.offer)]}}"#,
        ["Authorization": "Bearer \(late)"]))
    #expect(reply.status == 400)
    #expect(code(reply) == 4926)
    #expect(desk.fake.availabilityRefusals.map(\.reason) == [.expired])
  }

  @Test func goneOfferIsRefusedAndNoted() async throws {
    let desk = try await Desk(gone: true)
    let reply = try await desk.price()
    #expect(code(reply) == 38034)
    let refusal = try #require(desk.fake.availabilityRefusals.first)
    #expect(refusal.item == "o1")
    #expect(refusal.operation == "price")
    #expect(refusal.baggage == "b=1")
  }

  @Test func soldOutFlightCannotBePriced() async throws {
    let desk = try await Desk(seats: 1)
    #expect(code(try await desk.price()) == 34651)
  }

  @Test func repricedOfferSellsAtItsNewPriceOnly() async throws {
    let desk = try await Desk()
    desk.script.next("price", .repriced(byMinor: 990))
    let priced = try await desk.price()
    #expect(priced.status == 200)
    #expect(priced.text("data.flightOffers.0.price.grandTotal") == "210.00")
    #expect(desk.fake.availabilityRefusals.map(\.reason) == [.priceChanged])
    let old = try await desk.create()
    #expect(
      old.text("errors.0.detail")
        == "Current grandTotal price (210.00) is different from request one (200.10)")
    let new = try await desk.create(desk.offer.replacingOccurrences(of: "200.10", with: "210.00"))
    #expect(new.status == 201)
    #expect(desk.fake.reservations.map(\.priceMinor) == [21_000])
  }

  @Test(arguments: [
    (OddPrice.digits, "200.104", "EUR"), (.currency, "200.10", "USD"), (.zero, "0.00", "EUR"),
    (.negative, "-200.10", "EUR"),
  ])
  func oddPriceIsToldAndTheOfferStaysWhatItWas(
    _ odd: OddPrice, _ amount: String, _ currency: String
  ) async throws {
    let desk = try await Desk()
    desk.script.next("price", .oddPrice(odd))
    let priced = try await desk.price()
    #expect(priced.status == 200)
    #expect(priced.text("data.flightOffers.0.price.grandTotal") == amount)
    #expect(priced.text("data.flightOffers.0.price.currency") == currency)
    #expect(desk.fake.availabilityRefusals.map(\.reason) == [.priceChanged])
    let again = try await desk.price()
    #expect(again.text("data.flightOffers.0.price.grandTotal") == "200.10")
  }

  @Test func searchShowsTheListedPriceAfterARepricing() async throws {
    let desk = try await Desk()
    let before = desk.offer
    desk.script.next("price", .repriced(byMinor: 990))
    _ = try await desk.price()
    #expect(desk.offer == before)
  }
}

struct AmadeusCreateTests {
  @Test func orderIsCreatedWithLocatorAndEncodedID() async throws {
    let desk = try await Desk()
    let reply = try await desk.create()
    #expect(reply.status == 201)
    #expect(reply.header("Content-Type") == "application/vnd.amadeus+json")
    let locator = try #require(reply.text("data.associatedRecords.0.reference"))
    #expect(locator.wholeMatch(of: /[A-Z0-9]{6}/) != nil)
    let id = try #require(reply.text("data.id"))
    #expect(id.contains("%2f") && id.hasSuffix("%3D%3D"))
    #expect(reply.text("data.associatedRecords.0.flightOfferId") == "o1")
    #expect(reply.text("data.travelers.0.name.lastName") == "B")
    let order = try #require(desk.fake.reservation(id))
    #expect(order.reference == id)
    #expect(order.status == .confirmed)
    #expect(order.item == "o1")
    #expect(order.priceMinor == 20_010)
    #expect(order.baggage == "b=1")
    #expect(desk.fake.reservation(id.removingPercentEncoding ?? "") == order)
    #expect(desk.watch.changes == [.reservation(vendor: "amadeus", reference: id)])
  }

  @Test func travellersAreNotRequired() async throws {
    let desk = try await Desk()
    let reply = try await desk.call(
      .post, "/v1/booking/flight-orders",
      #"{"data":{"type":"flight-order","flightOffers":[\#(desk.offer)]}}"#)
    #expect(reply.status == 201)
  }

  @Test func twoPostsMakeTwoOrders() async throws {
    let desk = try await Desk(seats: 4)
    let first = try await desk.create()
    let second = try await desk.create()
    #expect(second.status == 201)
    #expect(first.text("data.id") != second.text("data.id"))
    #expect(desk.fake.capacities[0].confirmed == 4)
    expectConserved(desk.fake.capacities)
  }

  @Test func lastSeatIsSoldOnce() async throws {
    let desk = try await Desk(seats: 3)
    #expect(try await desk.create().status == 201)
    let reply = try await desk.create(baggage: "b=2")
    #expect(reply.status == 400)
    #expect(code(reply) == 34651)
    #expect(reply.text("errors.0.title") == "SEGMENT SELL FAILURE")
    #expect(reply.text("errors.0.detail") == "Could not sell segment 1")
    #expect(desk.fake.availabilityRefusals.map(\.baggage) == ["b=2"])
    expectConserved(desk.fake.capacities)
  }

  @Test func ordersOfSeveralOffersAreAllOrNothing() async throws {
    let desk = try await Desk(seats: 3)
    let reply = try await desk.create("\(desk.offer),\(desk.offer)")
    #expect(code(reply) == 34651)
    #expect(desk.fake.capacities[0].available == 3)
  }

  @Test func idsDoNotDependOnOtherBookings() async throws {
    let both = try await Desk(seats: 10)
    _ = try await both.create(baggage: "b=1")
    let second = try await both.create(baggage: "b=2")
    let alone = try await Desk(seats: 10)
    let only = try await alone.create(baggage: "b=2")
    #expect(second.text("data.id") == only.text("data.id"))
    #expect(
      second.text("data.associatedRecords.0.reference")
        == only.text("data.associatedRecords.0.reference"))
  }

  @Test(arguments: [
    ("{", 477), ("[]", 32171), ("{}", 32171), (#"{"data":{}}"#, 32171),
    (#"{"data":{"type":"order","flightOffers":[{}]}}"#, 477),
    (#"{"data":{"type":"flight-order"}}"#, 32171),
    (#"{"data":{"type":"flight-order","flightOffers":[]}}"#, 32171),
    (#"{"data":{"type":"flight-order","flightOffers":[{},{},{},{},{},{},{}]}}"#, 2781),
    (#"{"data":{"type":"flight-order","flightOffers":[{}]}}"#, 32171),
    (#"{"data":{"type":"flight-order","flightOffers":[{"id":"o9"}]}}"#, 4926),
    (#"{"data":{"type":"flight-order","flightOffers":[{"id":"o1"}]}}"#, 32171),
    (#"{"data":{"type":"flight-order","flightOffers":[{"id":"o1","price":{"total":"x"}}]}}"#, 477),
    (
      #"{"data":{"type":"flight-order","flightOffers":[{"id":"o1","price":{"total":"1.00"}}]}}"#,
      37200
    ),
    (
      #"{"data":{"type":"flight-order","flightOffers":"#
        + #"[{"id":"o1","price":{"total":"200.10","currency":"USD"}}]}}"#, 4926
    ),
  ])
  func badRequestsAreToldByCode(body: String, expected: Int) async throws {
    let desk = try await Desk()
    let reply = try await desk.call(.post, "/v1/booking/flight-orders", body)
    #expect(reply.status == 400)
    #expect(code(reply) == expected)
    #expect(reply.integer("errors.0.status") == 400)
    #expect(desk.fake.reservations.isEmpty)
    #expect(desk.fake.createRequests.map(\.status) == [400])
  }

  @Test(
    arguments: [
      (.sellFailure, 400, 34651), (.priceDiscrepancy, 400, 37200), (.quoteExpired, 400, 4926),
      (.systemError(order: false), 500, 141), (.systemError(order: true), 500, 141),
      (.tooManyRequests, 429, 38194), (.tokenExpired, 401, 38192),
    ] as [(AmadeusFault, Int, Int)])
  func faultsOfCreateAreAnswered(fault: AmadeusFault, status: Int, expected: Int) async throws {
    let desk = try await Desk()
    desk.script.next("create", fault)
    let reply = try await desk.create()
    #expect(reply.status == status)
    #expect(code(reply) == expected)
    let made = fault == .systemError(order: true) ? 1 : 0
    #expect(desk.fake.reservations.count == made)
    #expect(desk.fake.createRequests.compactMap(\.effect).count == made)
    expectConserved(desk.fake.capacities)
  }

  @Test func faultsThatDoNotFitAreIgnored() async throws {
    let desk = try await Desk()
    desk.script.next("create", .repriced(byMinor: 5))
    desk.script.next("price", .sellFailure)
    #expect(try await desk.price().status == 200)
    #expect(try await desk.create().status == 201)
  }

  @Test func tokenTakenForExpiredStaysExpired() async throws {
    let desk = try await Desk()
    desk.script.next("price", .tokenExpired)
    _ = try await desk.price()
    #expect(code(try await desk.price()) == 38192)
  }

  @Test func latencyComesBeforeTheEffect() async throws {
    let desk = try await Desk()
    desk.script.next("create", latency: .seconds(3))
    _ = try await desk.create()
    #expect(desk.fake.reservations[0].createdMicroseconds == vendorEpoch + 3_000_000)
  }

  @Test func deathDuringTheLatencyLeavesNothing() async throws {
    let desk = try await Desk()
    desk.script.next("create", latency: .seconds(3))
    desk.clock.dieInNextSleep()
    await #expect(throws: VendorTestClock.Died.self) { try await desk.create() }
    #expect(desk.fake.reservations.isEmpty)
    #expect(desk.fake.createRequests.isEmpty)
  }
}

struct AmadeusOrderTests {
  private func order(_ desk: Desk) async throws -> String {
    try #require(try await desk.create().text("data.id"))
  }

  @Test func orderIsFoundByItsIDAsReceived() async throws {
    let desk = try await Desk()
    let id = try await order(desk)
    let reply = try await desk.get(id)
    #expect(reply.status == 200)
    #expect(reply.text("data.id") == id)
  }

  @Test func idEncodedTwiceIsUnknown() async throws {
    let desk = try await Desk()
    let id = try await order(desk).replacingOccurrences(of: "%", with: "%25")
    let reply = try await desk.get(id)
    #expect(reply.status == 404)
    #expect(code(reply) == 1797)
  }

  @Test func idDecodedByTheClientIsNoResource() async throws {
    let desk = try await Desk()
    let id = try #require(try await order(desk).removingPercentEncoding)
    let reply = try await desk.get(id)
    #expect(reply.status == 404)
    #expect(code(reply) == 38196)
  }

  @Test func cancelReturnsTheSeats() async throws {
    let desk = try await Desk()
    let id = try await order(desk)
    let reply = try await desk.cancel(id)
    #expect(reply.status == 204)
    #expect(reply.body.isEmpty)
    #expect(desk.fake.capacities[0].available == 3)
    let order = try #require(desk.fake.reservation(id))
    #expect(order.status == .cancelled)
    #expect(order.cancelledBy == "caller")
    #expect(order.cancelBaggage == "b=1")
    #expect(order.penaltyMinor == 0)
    #expect(desk.watch.changes.count == 2)
  }

  @Test func cancelledOrderIsNotFound() async throws {
    let desk = try await Desk()
    let id = try await order(desk)
    _ = try await desk.cancel(id)
    #expect(code(try await desk.get(id)) == 1797)
    let again = try await desk.cancel(id)
    #expect(again.status == 404)
    #expect(code(again) == 1797)
    #expect(desk.fake.capacities[0].available == 3)
  }

  @Test func secondCancelMayBeA400() async throws {
    let desk = try await Desk()
    let id = try await order(desk)
    desk.script.next("cancel", .cancelRefusedTwice)
    #expect(try await desk.cancel(id).status == 204)
    #expect(try await desk.cancel(id).status == 400)
  }

  @Test(arguments: [true, false])
  func systemErrorOfCancelMayHaveCancelled(effect: Bool) async throws {
    let desk = try await Desk()
    let id = try await order(desk)
    desk.script.next("cancel", .systemError(order: effect))
    #expect(try await desk.cancel(id).status == 500)
    #expect(desk.fake.reservation(id)?.status == (effect ? .cancelled : .confirmed))
  }

  @Test func scheduleChangeShowsAfterItsTime() async throws {
    let desk = try await Desk()
    desk.script.next("create", .scheduleChange(after: .seconds(600), minutes: 95, isBack: false))
    let created = try await desk.create()
    let id = try #require(created.text("data.id"))
    let departure = "data.flightOffers.0.itineraries.0.segments.0.departure.at"
    let planned = try #require(created.text(departure))
    desk.clock.advance(by: .seconds(599))
    #expect(try await desk.get(id).text(departure) == planned)
    desk.clock.advance(by: .seconds(1))
    let moved = try #require(try await desk.get(id).text(departure))
    let formatter = ISO8601DateFormatter()
    let before = try #require(formatter.date(from: planned + "Z"))
    let after = try #require(formatter.date(from: moved + "Z"))
    #expect(after.timeIntervalSince(before) == 95 * 60)
  }

  /// There and back: the airline moves one of the two.
  @Test(arguments: [(true, [0, 95]), (false, [95, 0])])
  func aScheduleChangeMovesOneWay(isBack: Bool, minutes: [Double]) async throws {
    let desk = try await Desk()
    desk.fake.setCapacity(flight: "F2", seats: 3)
    desk.fake.add(
      FakeAmadeus.Offer(
        id: "o1", flight: "F1", currency: "EUR", totalMinor: 20_010, seats: 2,
        expiresMicroseconds: vendorEpoch + 3_600_000_000, back: "F2"))
    desk.script.next("create", .scheduleChange(after: .seconds(600), minutes: 95, isBack: isBack))
    let created = try await desk.create()
    let id = try #require(created.text("data.id"))
    desk.clock.advance(by: .seconds(600))
    let seen = try await desk.get(id)
    let formatter = ISO8601DateFormatter()
    let moved = try (0...1).map { way in
      let path = "data.flightOffers.0.itineraries.\(way).segments.0.departure.at"
      let times = try [created, seen].map { reply in
        let text = try #require(reply.text(path))
        return try #require(formatter.date(from: text + "Z"))
      }
      return times[1].timeIntervalSince(times[0]) / 60
    }
    #expect(moved == minutes)
  }

  @Test func theRecordLocatorComesLater() async throws {
    let desk = try await Desk()
    desk.script.next("create", .ticketingDelayed(after: .seconds(600)))
    let created = try await desk.create()
    #expect(created.status == 201)
    let id = try #require(created.text("data.id"))
    let locator = "data.associatedRecords.0.reference"
    #expect(created.text(locator) == nil)
    desk.clock.advance(by: .seconds(599))
    #expect(try await desk.get(id).text(locator) == nil)
    desk.clock.advance(by: .seconds(1))
    #expect(try await desk.get(id).text(locator)?.count == 6)
  }

  @Test func theAirlineCancelsWhenDue() async throws {
    let desk = try await Desk()
    desk.script.next("create", .cancelledByAirline(after: .seconds(600)))
    let id = try #require(try await desk.create().text("data.id"))
    #expect(desk.fake.nextDue != nil)
    desk.clock.advance(by: .seconds(600))
    #expect(try await desk.get(id).status == 404)
    #expect(desk.fake.reservation(id)?.cancelledBy == "vendor")
    #expect(desk.fake.reservation(id)?.penaltyMinor == 0)
    #expect(desk.fake.nextDue == nil)
    expectConserved(desk.fake.capacities)
  }

  @Test(arguments: ["/v1/booking/flight-orders/", "/v1/booking", "/v2/booking/flight-orders"])
  func unknownPathsAreNoResource(path: String) async throws {
    let desk = try await Desk()
    let reply = try await desk.call(.get, path)
    #expect(reply.status == 404)
    #expect(code(reply) == 38196)
  }
}

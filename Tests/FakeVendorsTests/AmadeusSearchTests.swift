import FakeVendors
import Foundation
import HTTPService
import HTTPTypes
import Testing

/// A fake airline that sells `o1`, two seats for 200.10 EUR from MAD to ATH on 2027-03-01.
struct AmadeusShop {
  let clock = VendorTestClock()
  let script = VendorScript<AmadeusFault>()
  let fake: FakeAmadeus
  let token: String

  init(seats: Int = 9) async throws {
    fake = FakeAmadeus(
      environment: ServiceEnvironment(clock), faultInjector: script, clientID: "id",
      clientSecret: "secret", seed: 7)
    fake.setCapacity(flight: "F1", seats: seats)
    fake.add(
      FakeAmadeus.Offer(
        id: "o1", flight: "F1", currency: "EUR", totalMinor: 20_010, seats: 2,
        expiresMicroseconds: vendorEpoch + 3_600_000_000,
        // 2027-03-01T10:00:00
        route: .init(
          origin: "MAD", destination: "ATH", departureMicroseconds: 1_803_895_200_000_000)))
    let reply = try await fake.respond(
      to: vendorCall(
        .post, "/v1/security/oauth2/token",
        "grant_type=client_credentials&client_id=id&client_secret=secret"))
    token = try #require(reply.text("access_token"))
  }

  func call(_ method: HTTPRequest.Method, _ path: String, _ body: String = "") async throws
    -> HTTPReply
  {
    try await fake.respond(
      to: vendorCall(method, path, body, ["Authorization": "Bearer \(token)"]))
  }

  static let usual =
    "originLocationCode=MAD&destinationLocationCode=ATH&departureDate=2027-03-01&adults=2"

  func search(_ query: String = usual) async throws -> HTTPReply {
    try await call(.get, "/v2/shopping/flight-offers?" + query)
  }

  /// The offer of a search as it would be sent back.
  func found(_ query: String = usual) async throws -> String {
    let offers = try #require(try await search(query).value("data") as? [Any])
    let first = try #require(offers.first)
    return String(decoding: try JSONSerialization.data(withJSONObject: first), as: UTF8.self)
  }

  func price(_ offer: String) async throws -> HTTPReply {
    try await call(
      .post, "/v1/shopping/flight-offers/pricing",
      #"{"data":{"type":"flight-offers-pricing","flightOffers":[\#(offer)]}}"#)
  }

  func order(_ offer: String, travelers: String) async throws -> HTTPReply {
    try await call(
      .post, "/v1/booking/flight-orders",
      #"{"data":{"type":"flight-order","flightOffers":[\#(offer)],"travelers":[\#(travelers)]}}"#)
  }

  static func people(_ count: Int) -> String {
    (1...count).map { #"{"id":"\#($0)","name":{"firstName":"Ada","lastName":"Lovelace"}}"# }
      .joined(separator: ",")
  }
}

struct AmadeusSearchTests {
  @Test func theOfferOnSaleIsFoundByItsParty() async throws {
    let shop = try await AmadeusShop()
    let reply = try await shop.search()
    #expect(reply.status == 200)
    #expect(reply.header("Content-Type") == "application/vnd.amadeus+json")
    #expect(reply.integer("meta.count") == 1)
    #expect(reply.text("data.0.id") == "o1")
    #expect(reply.text("data.0.price.grandTotal") == "200.10")
    #expect(
      reply.text("data.0.itineraries.0.segments.0.departure.at") == "2027-03-01T10:00:00")
    #expect(shop.script.calls.map(\.operation) == ["token", "search"])
    #expect(shop.fake.capacities[0].available == 9)
  }

  @Test func anotherPartyFindsItAtTheSameFarePerAdult() async throws {
    let shop = try await AmadeusShop()
    let query = AmadeusShop.usual.replacing("adults=2", with: "adults=1&children=1&infants=1")
    let reply = try await shop.search(query)
    let shares = (0..<3).map { reply.text("data.0.travelerPricings.\($0).price.total") }
    // 100.05 for an adult, three quarters and a tenth of it for the others.
    #expect(shares == ["100.05", "75.03", "10.00"])
    #expect(reply.text("data.0.price.total") == "185.08")
    let types = (0..<3).map { reply.text("data.0.travelerPricings.\($0).travelerType") }
    #expect(types == ["ADULT", "CHILD", "HELD_INFANT"])
    #expect(reply.text("data.0.travelerPricings.2.associatedAdultId") == "1")
    // A search that is repeated finds the same offer.
    #expect(try await shop.search(query).body == reply.body)
  }

  @Test func whatWasFoundIsPricedAndOrderedForItsSeats() async throws {
    let shop = try await AmadeusShop()
    let offer = try await shop.found(
      AmadeusShop.usual.replacing("adults=2", with: "adults=2&children=1&infants=1"))
    #expect(try await shop.price(offer).status == 200)
    #expect(try await shop.order(offer, travelers: AmadeusShop.people(4)).status == 201)
    // The infant has no seat.
    #expect(shop.fake.capacities[0].confirmed == 3)
    expectConserved(shop.fake.capacities)
  }

  @Test func postFindsWhatGetFinds() async throws {
    let shop = try await AmadeusShop()
    let reply = try await shop.call(
      .post, "/v2/shopping/flight-offers",
      #"{"currencyCode":"EUR","originDestinations":[{"id":"1","originLocationCode":"MAD","#
        + #""destinationLocationCode":"ATH","departureDateTimeRange":{"date":"2027-03-01"}}],"#
        + #""travelers":[{"id":"1","travelerType":"ADULT"},{"id":"2","travelerType":"ADULT"}],"#
        + #""sources":["GDS"],"searchCriteria":{"maxFlightOffers":2}}"#)
    #expect(reply.body == (try await shop.search()).body)
  }

  @Test(arguments: [
    ("{", 477, nil), ("{}", 32171, "/originDestinations"),
    (#"{"originDestinations":[{}]}"#, 32171, "/originDestinations[0]/originLocationCode"),
  ])
  func mistakesOfAPostAreToldByPointer(body: String, expected: Int, pointer: String?) async throws {
    let shop = try await AmadeusShop()
    let reply = try await shop.call(.post, "/v2/shopping/flight-offers", body)
    #expect(reply.status == 400)
    #expect(reply.integer("errors.0.code") == expected)
    #expect(reply.text("errors.0.source.pointer") == pointer)
  }

  @Test(arguments: [
    ("2027-03-01", "2027-03-02"), ("MAD", "JFK"), ("adults=2", "adults=2&currencyCode=USD"),
    ("adults=2", "adults=2&maxPrice=100"), ("adults=2", "adults=2&travelClass=FIRST"),
    ("adults=2", "adults=9&children=0&includedAirlineCodes=ZZ"),
    ("adults=2", "adults=2&returnDate=2027-03-08"),
  ])
  func whatDoesNotFitIsNotFound(part: String, other: String) async throws {
    let shop = try await AmadeusShop()
    let reply = try await shop.search(AmadeusShop.usual.replacing(part, with: other))
    #expect(reply.status == 200)
    #expect(reply.integer("meta.count") == 0)
    #expect(reply.count("data") == 0)
  }

  @Test func aFlightWithoutTheSeatsIsNotFound() async throws {
    let shop = try await AmadeusShop(seats: 1)
    #expect(try await shop.search().count("data") == 0)
    let alone = AmadeusShop.usual.replacing("adults=2", with: "adults=1")
    #expect(try await shop.search(alone).count("data") == 1)
  }

  @Test(arguments: [
    ("originLocationCode=MAD&", "", 32171, "originLocationCode"),
    ("&adults=2", "", 32171, "adults"),
    ("MAD", "Madrid", 477, "originLocationCode"),
    ("2027-03-01", "2027-02-30", 477, "departureDate"),
    ("2027-03-01", "2027-01-14", 425, "departureDate"),
    ("adults=2", "adults=0", 477, "adults"),
    ("adults=2", "adults=2&infants=3", 2668, "infants"),
    ("adults=2", "adults=8&children=2", 10661, "children"),
    ("adults=2", "adults=2&nonStop=perhaps", 477, "nonStop"),
    ("adults=2", "adults=2&travelClass=LUXURY", 477, "travelClass"),
    ("adults=2", "adults=2&max=0", 477, "max"),
    ("adults=2", "adults=2&returnDate=2027-02-27", 425, "returnDate"),
  ])
  func mistakesAreToldByParameter(part: String, other: String, expected: Int, name: String)
    async throws
  {
    let shop = try await AmadeusShop()
    let reply = try await shop.search(AmadeusShop.usual.replacing(part, with: other))
    #expect(reply.status == 400)
    #expect(reply.integer("errors.0.code") == expected)
    #expect(reply.text("errors.0.source.parameter") == name)
  }

  /// A shop that sells the way back too: `o2`, one seat for 80.00 EUR from ATH to MAD on 2027-03-08.
  private func shopWithReturn(seats: Int = 9) async throws -> AmadeusShop {
    let shop = try await AmadeusShop()
    shop.fake.setCapacity(flight: "F2", seats: seats)
    shop.fake.add(
      FakeAmadeus.Offer(
        id: "o2", flight: "F2", currency: "EUR", totalMinor: 8_000, seats: 1,
        expiresMicroseconds: vendorEpoch + 1_800_000_000,
        // 2027-03-08T10:00:00
        route: .init(
          origin: "ATH", destination: "MAD", departureMicroseconds: 1_804_500_000_000_000)))
    return shop
  }

  private static let andBack = AmadeusShop.usual + "&returnDate=2027-03-08"

  @Test func thereAndBackIsOneOfferOfTwoItineraries() async throws {
    let shop = try await shopWithReturn()
    let reply = try await shop.search(Self.andBack)
    #expect(reply.integer("meta.count") == 1)
    #expect(reply.count("data.0.itineraries") == 2)
    let back = "data.0.itineraries.1.segments.0"
    #expect(reply.text("\(back).departure.iataCode") == "ATH")
    #expect(reply.text("\(back).departure.at") == "2027-03-08T10:00:00")
    #expect(reply.text("\(back).id") == "2")
    // 100.05 and 80.00 for each of two adults.
    #expect(reply.text("data.0.price.grandTotal") == "360.10")
    #expect(reply.count("data.0.travelerPricings.0.fareDetailsBySegment") == 2)
    #expect(try await shop.search(Self.andBack).body == reply.body)
    // One way it is as it was.
    #expect(try await shop.search().text("data.0.id") == "o1")
    let posted = try await shop.call(
      .post, "/v2/shopping/flight-offers",
      #"{"originDestinations":[{"id":"1","originLocationCode":"MAD","#
        + #""destinationLocationCode":"ATH","departureDateTimeRange":{"date":"2027-03-01"}},"#
        + #"{"id":"2","originLocationCode":"ATH","destinationLocationCode":"MAD","#
        + #""departureDateTimeRange":{"date":"2027-03-08"}}],"#
        + #""travelers":[{"id":"1","travelerType":"ADULT"},{"id":"2","travelerType":"ADULT"}],"#
        + #""sources":["GDS"]}"#)
    #expect(posted.body == reply.body)
  }

  @Test func thereAndBackIsPricedOrderedAndCancelledAsOne() async throws {
    let shop = try await shopWithReturn()
    let offer = try await shop.found(Self.andBack)
    #expect(try await shop.price(offer).status == 200)
    let order = try await shop.order(offer, travelers: AmadeusShop.people(2))
    #expect(order.status == 201)
    #expect(order.count("data.flightOffers.0.itineraries") == 2)
    #expect(shop.fake.capacities.map(\.confirmed) == [2, 2])
    #expect(shop.fake.reservations[0].priceMinor == 36_010)
    let id = try #require(order.text("data.id"))
    #expect(try await shop.call(.delete, "/v1/booking/flight-orders/\(id)").status == 204)
    #expect(shop.fake.capacities.map(\.available) == [9, 9])
    expectConserved(shop.fake.capacities)
  }

  @Test func thereAndBackTakesSeatsOfBothOrOfNone() async throws {
    let shop = try await shopWithReturn(seats: 3)
    let offer = try await shop.found(Self.andBack)
    #expect(try await shop.order(offer, travelers: AmadeusShop.people(2)).status == 201)
    let second = try await shop.order(offer, travelers: AmadeusShop.people(2))
    #expect(second.integer("errors.0.code") == 34651)
    #expect(shop.fake.capacities.map(\.confirmed) == [2, 2])
    #expect(try await shop.price(offer).integer("errors.0.code") == 34651)
    #expect(try await shop.search(Self.andBack).count("data") == 0)
    expectConserved(shop.fake.capacities)
  }

  @Test(arguments: ["&maxPrice=180", "&returnDate=2027-03-09"])
  func aWayBackThatDoesNotFitIsNotFound(more: String) async throws {
    let shop = try await shopWithReturn()
    let query = more.contains("return") ? AmadeusShop.usual + more : Self.andBack + more
    #expect(try await shop.search(query).count("data") == 0)
  }

  @Test func searchingDoesNotChangeTheIdsOfOrders() async throws {
    let quiet = try await AmadeusShop()
    let plain = try await quiet.order(
      String(decoding: quiet.fake.offerJSON(id: "o1"), as: UTF8.self),
      travelers: AmadeusShop.people(2))
    let busy = try await AmadeusShop()
    _ = try await busy.search(AmadeusShop.usual.replacing("adults=2", with: "adults=1"))
    let after = try await busy.order(
      String(decoding: busy.fake.offerJSON(id: "o1"), as: UTF8.self),
      travelers: AmadeusShop.people(2))
    #expect(plain.status == 201)
    #expect(plain.body == after.body)
  }
}

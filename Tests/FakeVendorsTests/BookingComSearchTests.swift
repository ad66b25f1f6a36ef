import FakeVendors
import Foundation
import HTTPService
import HTTPTypes
import Testing

/// Two accommodations: 11 with `p1` (300.50 EUR) and `p2` (280.00 EUR), 12 with `p3` (90.00 EUR).
private struct Shop {
  let script = VendorScript<BookingComFault>()
  let fake: FakeBookingCom

  init(rooms: Int = 2) {
    fake = FakeBookingCom(
      environment: ServiceEnvironment(VendorTestClock()), faultInjector: script, apiKey: "key",
      affiliateID: 42, seed: 5)
    for (id, accommodation, minor) in [("p1", 11, 30_050), ("p2", 11, 28_000), ("p3", 12, 9_000)] {
      fake.setCapacity(stock: "s-\(id)", rooms: rooms)
      fake.add(
        FakeBookingCom.Product(
          id: id, accommodation: accommodation, stock: "s-\(id)", currency: "EUR",
          totalMinor: Int64(minor)))
    }
  }

  func call(_ path: String, _ body: String) async throws -> HTTPReply {
    try await fake.respond(
      to: vendorCall(
        .post, "/3.2" + path, body, baggage: "b=1",
        ["Authorization": "Bearer key", "X-Affiliate-Id": "42"]))
  }

  static func body(_ more: String = #","city":-2140479"#, rooms: Int = 1) -> String {
    #"{"booker":{"country":"nl","platform":"mobile"},"checkin":"2027-02-01","#
      + #""checkout":"2027-02-03","guests":{"number_of_adults":2,"number_of_rooms":\#(rooms)}\#(more)}"#
  }

  func search(_ body: String = body()) async throws -> HTTPReply {
    try await call("/accommodations/search", body)
  }
}

struct BookingComSearchTests {
  @Test func aSearchFindsTheCheapestProductOfEachAccommodation() async throws {
    let shop = Shop()
    let reply = try await shop.search(Shop.body(#","city":1,"extras":["products"]"#))
    #expect(reply.status == 200)
    #expect(reply.count("data") == 2)
    #expect(reply.integer("data.0.id") == 11)
    #expect(reply.count("data.0.products") == 1)
    #expect(reply.text("data.0.products.0.id") == "p2")
    #expect(reply.text("data.0.currency.booker") == "EUR")
    #expect(reply.value("data.0.price.total.booker_currency") as? Double == 280)
    #expect(reply.integer("metadata.total_results") == 2)
    #expect(shop.script.calls.map(\.operation) == ["search"])
  }

  @Test func productsAreShownWhenAskedForOnly() async throws {
    #expect(try await Shop().search().value("data.0.products") == nil)
  }

  @Test func aSearchIsSortedWhenAsked() async throws {
    let sort = #","city":1,"sort":{"by":"price","direction":"ascending"}"#
    let reply = try await Shop().search(Shop.body(sort))
    #expect(reply.integer("data.0.id") == 12)
  }

  @Test func accommodationsWithoutSoManyRoomsAreNotFound() async throws {
    #expect(try await Shop(rooms: 1).search(Shop.body(rooms: 2)).count("data") == 0)
    let body = Shop.body(#","accommodations":[12],"currency":"USD""#)
    #expect(try await Shop().search(body).count("data") == 0)
  }

  @Test func availabilityListsEveryProduct() async throws {
    let shop = Shop()
    let reply = try await shop.call(
      "/accommodations/availability", Shop.body(#","accommodations":[11]"#))
    #expect(reply.count("data") == 1)
    #expect(reply.count("data.0.products") == 2)
    #expect(reply.text("data.0.products.0.id") == "p1")
    #expect(reply.integer("data.0.products.0.number_available") == 2)
    #expect(reply.count("data.0.products.0.policies.cancellation") == 1)
    #expect(shop.script.calls.map(\.operation) == ["availability"])
  }

  @Test func whatIsFoundIsPreviewedAndBooked() async throws {
    let shop = Shop()
    let found = try await shop.search(Shop.body(#","city":1,"extras":["products"]"#))
    let product = try #require(found.text("data.0.products.0.id"))
    let preview = try await shop.call(
      "/orders/preview",
      #"{"currency":"EUR","booker":{"country":"nl","platform":"mobile"},"accommodation":{"id":11,"#
        + #""checkin":"2027-02-01","checkout":"2027-02-03","products":[{"id":"\#(product)","#
        + #""allocation":{"number_of_adults":2}}]}}"#)
    let token = try #require(preview.text("data.order_token"))
    let order = try await shop.call(
      "/orders/create",
      #"{"order_token":"\#(token)","accommodation":{"label":"l"},"booker":{"email":"a@x.test","#
        + #""name":{"first_name":"A","last_name":"B"}},"payment":{"timing":"pay_online_now"}}"#)
    #expect(order.status == 200)
    #expect(shop.fake.reservations.map(\.priceMinor) == [28_000])
  }

  @Test func searchingDoesNotChangeTheIdsOfOrders() async throws {
    let body =
      #"{"booker":{"country":"nl"},"accommodation":{"id":12,"checkin":"2027-02-01","#
      + #""checkout":"2027-02-03","products":[{"id":"p3","allocation":{"number_of_adults":2}}]}}"#
    let quiet = Shop()
    let busy = Shop()
    _ = try await busy.search()
    #expect(
      try await quiet.call("/orders/preview", body).body
        == busy.call("/orders/preview", body).body)
  }

  @Test(arguments: [
    ("{}", "missing_parameter"), (Shop.body(""), "missing_parameter"),
    (Shop.body().replacing("2027-02-01", with: "2027-02-30"), "invalid_parameter"),
    (Shop.body().replacing("2027-02-01", with: "2027-01-01"), "invalid_parameter"),
    (Shop.body().replacing("2027-02-03", with: "2027-02-01"), "invalid_parameter"),
    (Shop.body(rooms: 3), "invalid_parameter"),
    (Shop.body(#","city":1,"rows":5"#), "invalid_parameter"),
  ])
  func mistakesAreTold(body: String, id: String) async throws {
    let reply = try await Shop().search(body)
    #expect(reply.status == 400)
    #expect(reply.text("errors.0.id") == id)
  }
}

import FakeVendors
import Foundation
import HTTPService
import HTTPTypes
import Testing

struct ViatorSearchTests {
  private let script = VendorScript<ViatorFault>()

  /// Sells `a1` (99.99 USD, free to cancel), `a2` (50.00 USD) and `a3` (70.00 EUR).
  private func fake() -> FakeViator {
    let fake = FakeViator(
      environment: ServiceEnvironment(VendorTestClock()), faultInjector: script, apiKey: "key",
      seed: 5)
    fake.setCapacity(stock: "s1", places: 2)
    for (code, currency, minor, percent) in [
      ("a1", "USD", 9_999, 100), ("a2", "USD", 5_000, 50), ("a3", "EUR", 7_000, 100),
    ] {
      fake.add(
        FakeViator.Product(
          code: code, stock: "s1", currency: currency, totalMinor: Int64(minor),
          percentageRefundable: percent))
    }
    return fake
  }

  private func post(_ fake: FakeViator, _ path: String, _ body: String) async throws -> HTTPReply {
    try await fake.respond(
      to: vendorCall(
        .post, "/partner" + path, body, baggage: "b=1",
        ["exp-api-key": "key", "Accept": "application/json;version=2.0"]))
  }

  private func search(_ more: String = "", filter: String = "") async throws -> HTTPReply {
    try await post(
      fake(), "/products/search",
      #"{"filtering":{"destination":"732"\#(filter)},"currency":"USD"\#(more)}"#)
  }

  @Test func productsOfTheCurrencyAreFound() async throws {
    let reply = try await search()
    #expect(reply.status == 200)
    #expect(reply.integer("totalCount") == 2)
    #expect(reply.text("products.0.productCode") == "a1")
    #expect(reply.bodyText.contains(#""fromPrice":99.99"#))
    #expect(reply.text("products.0.pricing.currency") == "USD")
    #expect(script.calls.map(\.operation) == ["search"])
  }

  @Test func priceFlagsSortingAndPagesAreFollowed() async throws {
    #expect(try await search(filter: #","highestPrice":60"#).text("products.0.productCode") == "a2")
    #expect(
      try await search(filter: #","flags":["FREE_CANCELLATION"]"#).integer("totalCount") == 1)
    let sorted = try await search(#","sorting":{"sort":"PRICE","order":"ASCENDING"}"#)
    #expect(sorted.text("products.0.productCode") == "a2")
    let second = try await search(#","pagination":{"start":2,"count":1}"#)
    #expect(second.count("products") == 1)
    #expect(second.text("products.0.productCode") == "a2")
    #expect(second.integer("totalCount") == 2)
  }

  private func get(_ fake: FakeViator, _ path: String) async throws -> HTTPReply {
    try await fake.respond(
      to: vendorCall(
        .get, "/partner" + path, "", baggage: "b=1",
        ["exp-api-key": "key", "Accept": "application/json;version=2.0"]))
  }

  @Test func aScheduleSaysDaysAndPrice() async throws {
    let reply = try await get(fake(), "/availability/schedules/a1")
    #expect(reply.status == 200)
    #expect(reply.text("productCode") == "a1")
    #expect(reply.text("currency") == "USD")
    #expect(reply.bodyText.contains(#""summary":{"fromPrice":99.99}"#))
    let season = "bookableItems.0.seasons.0"
    #expect(reply.text("\(season).startDate") == "2027-01-15")
    #expect(reply.count("\(season).pricingRecords.0.daysOfWeek") == 7)
    let detail = "\(season).pricingRecords.0.pricingDetails.0"
    #expect(reply.text("\(detail).pricingPackageType") == "UNIT")
    #expect(script.calls.map(\.operation) == ["schedules"])
    #expect(try await get(fake(), "/availability/schedules/a9").status == 404)
  }

  @Test func whatCannotBeHadHasNoBookableItem() async throws {
    let fake = fake()
    fake.add(
      FakeViator.Product(code: "a4", stock: "none", currency: "USD", totalMinor: 1_000))
    let reply = try await get(fake, "/availability/schedules/a4")
    #expect(reply.status == 200)
    #expect(reply.count("bookableItems") == 0)
  }

  @Test func bulkAnswersForTheCodesThatThereAre() async throws {
    let path = "/availability/schedules/bulk"
    let reply = try await post(fake(), path, #"{"productCodes":["a2","a9","a1"]}"#)
    #expect(reply.count("availabilitySchedules") == 2)
    #expect(reply.text("availabilitySchedules.0.productCode") == "a2")
    let many = (0...500).map { #""p\#($0)""# }.joined(separator: ",")
    for body in ["{}", #"{"productCodes":[1]}"#, #"{"productCodes":[\#(many)]}"#] {
      #expect(try await post(fake(), path, body).text("code") == "BAD_REQUEST")
    }
  }

  @Test func whatIsFoundIsCheckedAndBooked() async throws {
    let fake = fake()
    let found = try await post(
      fake, "/products/search", #"{"filtering":{"destination":"732"},"currency":"USD"}"#)
    let code = try #require(found.text("products.0.productCode"))
    let party =
      #"{"productCode":"\#(code)","travelDate":"2027-02-01","currency":"USD","#
      + #""paxMix":[{"ageBand":"ADULT","numberOfTravelers":2}]"#
    let check = try await post(fake, "/availability/check", party + "}")
    #expect(check.flag("bookableItems.0.available") == true)
    let booked = try await post(
      fake, "/bookings/book",
      party + #","partnerBookingRef":"r","bookerInfo":{"firstName":"A","lastName":"B"},"#
        + #""communication":{"phone":"+1 2"}}"#)
    #expect(booked.text("status") == "CONFIRMED")
  }

  @Test(arguments: [
    "{}", #"{"currency":"USD"}"#, #"{"currency":"USD","filtering":{}}"#,
    #"{"currency":"USD","filtering":{"destination":"1"},"pagination":{"start":0}}"#,
    #"{"currency":"USD","filtering":{"destination":"1"},"pagination":{"count":51}}"#,
    #"{"currency":"USD","filtering":{"destination":"1","lowestPrice":"x"}}"#,
  ])
  func mistakesAreBadRequests(body: String) async throws {
    let reply = try await post(fake(), "/products/search", body)
    #expect(reply.status == 400)
    #expect(reply.text("code") == "BAD_REQUEST")
  }
}

import HTTPService
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct BookingComClientTests {
  private func client(_ transport: ScriptedTransport) -> BookingComClient {
    BookingComClient(configuration, transport: transport)
  }

  private let hotel = TripOption.Hotel(
    componentId: "h", amount: 12340, accommodationId: 6_745_031, productId: "674503106_1_0_2_0",
    checkin: "2027-01-01", checkout: "2027-01-04", adults: 2)

  private static func error(_ status: Int, _ id: String, reservation: String? = nil) -> HTTPReply {
    let reservation = reservation.map { #","reservation":"\#($0)""# } ?? ""
    return reply(
      status,
      #"{"request_id":"r","errors":[{"id":"\#(id)","message":"words"\#(reservation)}]}"#)
  }

  private static func previewed(_ currency: String, own: String, booker: String) -> HTTPReply {
    reply(
      200,
      #"{"request_id":"r","data":{"order_token":"tok","accommodation":{"id":6745031,"#
        + #""currency":\#(currency),"price":{"base":{"accommodation_currency":1},"#
        + #""total":{"accommodation_currency":\#(own),"booker_currency":\#(booker)}},"#
        + #""products":[{"id":"674503106_1_0_2_0"}]}}}"#)
  }

  // MARK: Preview

  @Test func previewAsksForTheStay() async throws {
    let transport = ScriptedTransport(reply(500))
    _ = try await client(transport).preview(
      hotel, currency: try currency("EUR"), booker: customer, context)
    let call = try #require(transport.calls.first)
    #expect(call.url == "POST http://bookingcom.test/3.2/orders/preview")
    #expect(
      call.lines == [
        "Authorization: Bearer bk_key", "X-Affiliate-Id: 42", "Content-Type: application/json",
        "baggage: \(baggage)",
      ])
    #expect(
      call.text
        == #"{"accommodation":{"checkin":"2027-01-01","checkout":"2027-01-04","id":6745031,"#
        + #""products":[{"allocation":{"children":[],"number_of_adults":2},"id":"674503106_1_0_2_0"}]},"#
        + #""booker":{"country":"gb","platform":"desktop"},"currency":"EUR"}"#)
  }

  @Test(arguments: [
    ("EUR", "123.4", Int64(12340)), ("EUR", "0.1", 10), ("EUR", "1.10", 110), ("EUR", "170", 17000),
    ("JPY", "12340", 12340), ("JPY", "12340.00", 12340), ("KWD", "12.345", 12345),
    ("USD", "4503599627370497.01", 450_359_962_737_049_701), ("EUR", "1.7e2", 17000),
  ])
  func totalIsReadExactly(code: String, number: String, minor: Int64) async throws {
    let transport = ScriptedTransport(
      Self.previewed(#"{"accommodation":"CHF","booker":"\#(code)"}"#, own: "1", booker: number))
    let outcome = try await client(transport).preview(
      hotel, currency: try currency(code), booker: customer, context)
    #expect(
      outcome.value
        == HotelPreview(
          orderToken: "tok", total: Money(minorUnits: minor, currency: try currency(code)),
          accommodationID: 6_745_031, productIDs: ["674503106_1_0_2_0"]))
  }

  @Test func withoutABookersAmountThePropertysCounts() async throws {
    let transport = ScriptedTransport(
      Self.previewed(#"{"accommodation":"CHF","booker":null}"#, own: "99.9", booker: "null"))
    let outcome = try await client(transport).preview(
      hotel, currency: try currency("EUR"), booker: customer, context)
    #expect(outcome.value?.total == Money(minorUnits: 9990, currency: try currency("CHF")))
  }

  @Test(arguments: [
    Reading(error(409, "order_unavailable"), "rejected order_unavailable"),
    Reading(error(400, "invalid_request"), "rejected invalid_request"),
    Reading(error(401, "unauthorized"), "retry"), Reading(error(403, "sandbox_blocked"), "retry"),
    Reading(error(429, "too_many"), "retry"), Reading(error(500, "500"), "unknown"),
    Reading(reply(502, "<html>"), "unknown"), Reading(reply(400, "<html>"), "unknown"),
    Reading(reply(200, "{}"), "unknown"),
    Reading(
      previewed(#"{"accommodation":"EUR","booker":"EUR"}"#, own: "1.001", booker: "1.001"),
      "rejected price_unpayable"),
  ])
  func previewIsClassified(reading: Reading) async throws {
    let outcome = try await client(ScriptedTransport(reading.reply)).preview(
      hotel, currency: try currency("EUR"), booker: customer, context)
    #expect(outcome.verdict == reading.verdict)
  }

  // MARK: Orders

  @Test func createNamesLabelGuestsAndBooker() {
    let request = client(ScriptedTransport()).createOrder(
      token: "tok", label: "bk_17:hotel:1", hotel: hotel, booker: customer, guests: travelers)
    #expect(request.method == "POST")
    #expect(request.path == "/3.2/orders/create")
    #expect(
      request.text
        == #"{"accommodation":{"label":"bk_17:hotel:1","products":[{"guests":[{"#
        + #""email":"ann@example.test","name":"Ann Lee"},{"email":"ann@example.test","name":"Bo Lee"}],"#
        + #""id":"674503106_1_0_2_0"}]},"booker":{"address":{"country":"gb"},"#
        + #""email":"ann@example.test","language":"en-gb","name":{"first_name":"Ann","last_name":"Lee"},"#
        + #""telephone":"+44 20 7946 0000"},"order_token":"tok","#
        + #""payment":{"method":"wallet","timing":"pay_online_now"}}"#)
  }

  @Test func bookerWithoutATelephoneGetsOurs() {
    var customer = customer
    customer.phone = nil
    customer.country = nil
    let request = client(ScriptedTransport()).createOrder(
      token: "tok", label: "l", hotel: hotel, booker: customer, guests: [])
    #expect(request.text.contains(#""telephone":"+15550100""#))
    #expect(request.text.contains(#""country":"us""#))
  }

  @Test(arguments: [
    Reading(
      reply(200, #"{"data":{"order":"5","accommodation":{"reservation":"1","pincode":"0000"}}}"#),
      "done"),
    Reading(reply(200, #"{"data":{"accommodation":{"reservation":"1"}}}"#), "unknown"),
    Reading(error(409, "order_unavailable"), "rejected order_unavailable"),
    Reading(error(409, "duplicate_request", reservation: "9"), "unknown"),
    Reading(error(409, "something_new"), "unknown"),
    Reading(error(400, "expired_token"), "rejected expired_token"),
    Reading(error(400, "invalid_token"), "rejected invalid_token"),
    Reading(error(401, "x"), "retry"), Reading(error(403, "x"), "retry"),
    Reading(reply(429, "", ["Retry-After": "9"]), "retry 9s"),
    Reading(error(500, "500"), "unknown"), Reading(reply(502, "<html>"), "unknown"),
    Reading(reply(409, "<html>"), "unknown"),
  ])
  func createIsClassified(reading: Reading) async throws {
    let client = client(ScriptedTransport(reading.reply))
    let request = client.createOrder(
      token: "tok", label: "l", hotel: hotel, booker: customer, guests: travelers)
    #expect(try await client.sendCreate(request, context).verdict == reading.verdict)
  }

  @Test func duplicateNamesItsReservation() async throws {
    let client = client(
      ScriptedTransport(Self.error(409, "duplicate_request", reservation: "982045031")))
    let request = client.createOrder(
      token: "tok", label: "l", hotel: hotel, booker: customer, guests: [])
    let outcome = try await client.sendCreate(request, context)
    #expect(outcome.reason == "Booking.com answered 409: duplicate_request, reservation 982045031")
    #expect(outcome.showsVendorWorks == true)
  }

  @Test func orderIsReadWhole() async throws {
    let body =
      #"{"request_id":"r","data":{"order":"509430129718799","accommodation":{"reservation":"#
      + #""12345678","pincode":"0000"},"payment":{"receipt_url":"https://x"}}}"#
    let client = client(ScriptedTransport(reply(200, body)))
    let request = client.createOrder(
      token: "tok", label: "l", hotel: hotel, booker: customer, guests: [])
    #expect(
      try await client.sendCreate(request, context).value
        == HotelOrder(order: "509430129718799", reservation: "12345678", pincode: "0000"))
  }

  @Test func cancelNamesOrderAndReservation() {
    let request = client(ScriptedTransport()).cancelOrder("5", reservation: "1")
    #expect(request.path == "/3.2/orders/cancel")
    #expect(
      request.text
        == #"{"accommodation":{"reason":"The trip was cancelled.","reservation":"1"},"order":"5"}"#)
  }

  @Test(arguments: [
    Reading(reply(200, #"{"data":{"status":"successful"}}"#), "done"),
    Reading(reply(200, #"{"data":{"status":"processing"}}"#), "unknown"),
    Reading(error(409, "conflict"), "rejected cancel_conflict"),
    Reading(reply(409, "<html>"), "unknown"), Reading(error(400, "x"), "rejected x"),
    Reading(error(401, "x"), "retry"), Reading(error(429, "x"), "retry"),
    Reading(error(500, "500"), "unknown"),
  ])
  func cancelIsClassified(reading: Reading) async throws {
    let client = client(ScriptedTransport(reading.reply))
    #expect(
      try await client.sendCancel(client.cancelOrder("5", reservation: "1"), context).verdict
        == reading.verdict)
  }

  // MARK: Looking up

  private static let cancelledOrder =
    #"{"data":[{"id":"5","reservation":"1","label":"bk_17:hotel:1","status":"cancelled","#
    + #""currency":{"accommodation":"EUR","booker":"USD"},"price":{"total":{"#
    + #""accommodation_currency":170.01,"booker_currency":186.87}},"cancellation_details":{"#
    + #""at":"2025-12-09T00:00:00+00:00","fee":{"accommodation_currency":17.5,"booker_currency":19.2}}}]}"#

  @Test(
    arguments: [
      (nil, "EUR", Int64(17001), Int64(1750), "EUR"), ("USD", "USD", 18687, 1920, "USD"),
      ("GBP", "GBP", 17001, 1750, "EUR"),
    ] as [(String?, String, Int64, Int64, String)])
  func detailsAreInTheWantedCurrencyOrThePropertys(
    wanted: String?, asked: String, total: Int64, fee: Int64, code: String
  ) async throws {
    let transport = ScriptedTransport(reply(200, Self.cancelledOrder))
    let outcome = try await client(transport).details(
      order: "5", currency: try wanted.map(currency), context)
    #expect(
      outcome.value
        == HotelOrderDetails(
          order: "5", reservation: "1", label: "bk_17:hotel:1", status: "cancelled",
          total: Money(minorUnits: total, currency: try currency(code)),
          cancellationFee: Money(minorUnits: fee, currency: try currency(code))))
    #expect(
      transport.calls.map(\.url) == [
        "POST http://bookingcom.test/3.2/orders/details/accommodations"
      ])
    #expect(transport.calls.map(\.text) == [#"{"currency":"\#(asked)","orders":["5"]}"#])
  }

  @Test(arguments: [
    (#"{"id":"5","reservation":"1","status":"something_new"}"#, "unknown"),
    (#"{"id":"5","reservation":"1","status":"cancelled","cancellation_details":null}"#, "unknown"),
    (#"{"id":"5","reservation":"1","status":"no_show"}"#, "done"),
  ])
  func whatCannotBeJudgedProvesNothing(_ order: String, _ verdict: String) async throws {
    let transport = ScriptedTransport(reply(200, #"{"data":[\#(order)]}"#))
    #expect(try await client(transport).details(order: "5", context).verdict == verdict)
  }

  @Test func orderThatIsNotListedIsNotFound() async throws {
    let transport = ScriptedTransport(reply(200, #"{"data":[]}"#))
    #expect(
      try await client(transport).details(order: "5", context).verdict == "rejected not_found")
  }

  private func page(_ orders: [(String, String)], next: String?) -> HTTPReply {
    let data = orders.map { #"{"id":"\#($0.0)","label":"\#($0.1)","status":"booked"}"# }
    let next = next.map { #""\#($0)""# } ?? "null"
    return reply(
      200,
      #"{"data":[\#(data.joined(separator: ","))],"metadata":{"next_page":\#(next),"total_results":9}}"#
    )
  }

  private let from = Timestamp(microseconds: 1_795_420_000_900_000)

  @Test func ordersAreSearchedByLabelOverAllPages() async throws {
    let transport = ScriptedTransport(
      page([("4", "other"), ("3", "bk_1:hotel:1")], next: "p2"),
      page([("5", "bk_17:hotel:1")], next: nil),
      reply(200, Self.cancelledOrder))
    let outcome = try await client(transport).orders(
      label: "bk_17:hotel:1", createdFrom: from, to: from + .seconds(60), context)
    #expect(outcome.value?.map(\.order) == ["5"])
    #expect(
      transport.calls.map(\.text) == [
        #"{"created":{"from":"2026-11-23T07:46:40Z","to":"2026-11-23T07:47:41Z"},"currency":"EUR","#
          + #""maximum_results":100,"services":["accommodations"]}"#,
        #"{"page":"p2"}"#,
        #"{"currency":"EUR","orders":["5"]}"#,
      ])
    #expect(
      transport.calls.map { $0.request.path } == [
        "/3.2/orders/details", "/3.2/orders/details", "/3.2/orders/details/accommodations",
      ])
  }

  @Test func labelThatNobodyCarriesFindsNothing() async throws {
    let transport = ScriptedTransport(page([("4", "other")], next: nil))
    let outcome = try await client(transport).orders(
      label: "bk_17:hotel:1", createdFrom: from, to: from + .seconds(60), context)
    #expect(outcome.value == [])
    #expect(transport.calls.count == 1)
  }

  @Test func rangeLongerThanSevenDaysIsSearchedInParts() async throws {
    let transport = ScriptedTransport(page([], next: nil), page([], next: nil))
    let start = Timestamp(microseconds: 1_795_420_000_000_000)
    let outcome = try await client(transport).orders(
      label: "l", createdFrom: start, to: start + .seconds(8 * 86_400), context)
    #expect(outcome.value == [])
    #expect(
      transport.calls.map { $0.text.prefix(70) } == [
        #"{"created":{"from":"2026-11-23T07:46:40Z","to":"2026-11-30T07:46:40Z"}"#,
        #"{"created":{"from":"2026-11-30T07:46:41Z","to":"2026-12-01T07:46:40Z"}"#,
      ])
  }

  @Test func pageThatFailsFailsTheSearch() async throws {
    let transport = ScriptedTransport(page([("5", "l")], next: "p2"), reply(500))
    let outcome = try await client(transport).orders(
      label: "l", createdFrom: from, to: from + .seconds(60), context)
    #expect(outcome.verdict == "unknown")
  }
}

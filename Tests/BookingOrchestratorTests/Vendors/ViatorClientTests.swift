import HTTPService
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct ViatorClientTests {
  private func client(_ transport: ScriptedTransport) -> ViatorClient {
    ViatorClient(configuration, transport: transport)
  }

  private let activity = TripOption.Activity(
    componentId: "a", amount: 6020, productCode: "5010SYDNEY", travelDate: "2027-01-02",
    travelers: 2)

  private static func error(
    _ status: Int, _ code: String, _ fields: [String: String] = [:]
  ) -> HTTPReply {
    reply(
      status, #"{"code":"\#(code)","message":"words","timestamp":"t","trackingId":"x"}"#, fields)
  }

  private static let unavailable = error(503, "SERVICE_UNAVAILABLE", ["Retry-After": "60"])

  // MARK: Availability

  private static func available(_ items: String, currency: String = "AUD") -> HTTPReply {
    reply(
      200,
      #"{"currency":"\#(currency)","productCode":"5010SYDNEY","travelDate":"2027-01-02","#
        + #""bookableItems":[\#(items)]}"#)
  }

  private static func price(_ number: String) -> String {
    #""totalPrice":{"price":{"recommendedRetailPrice":999,"partnerTotalPrice":\#(number)}}"#
  }

  @Test func availabilityAsksForTheParty() async throws {
    let transport = ScriptedTransport(reply(500))
    _ = try await client(transport).availability(activity, currency: try currency("AUD"), context)
    let call = try #require(transport.calls.first)
    #expect(call.url == "POST http://viator.test/partner/availability/check")
    #expect(
      call.lines == [
        "exp-api-key: vi_key", "Accept: application/json;version=2.0", "Accept-Language: en-US",
        "Content-Type: application/json;version=2.0", "baggage: \(baggage)",
      ])
    #expect(
      call.text == #"{"currency":"AUD","paxMix":[{"ageBand":"ADULT","numberOfTravelers":2}],"#
        + #""productCode":"5010SYDNEY","travelDate":"2027-01-02"}"#)
  }

  @Test(arguments: [
    ("AUD", "60.2", Int64(6020)), ("AUD", "0.1", 10), ("JPY", "6020", 6020), ("KWD", "6.02", 6020),
    ("KWD", "6.021", 6021), ("USD", "4503599627370497.01", 450_359_962_737_049_701),
  ])
  func partnersTotalIsReadExactly(code: String, number: String, minor: Int64) async throws {
    let transport = ScriptedTransport(
      Self.available(#"{"available":true,\#(Self.price(number))}"#, currency: code))
    let outcome = try await client(transport).availability(
      activity, currency: try currency(code), context)
    #expect(
      outcome.value
        == ActivityAvailability(
          available: true, productCode: "5010SYDNEY",
          total: Money(minorUnits: minor, currency: try currency(code))))
  }

  @Test func firstOptionThatIsAvailableCounts() async throws {
    let transport = ScriptedTransport(
      Self.available(
        #"{"available":false,"unavailableReason":"SOLD_OUT"},{"available":true,\#(Self.price("5"))},"#
          + #"{"available":true,\#(Self.price("4"))}"#))
    let outcome = try await client(transport).availability(
      activity, currency: try currency("AUD"), context)
    #expect(outcome.value?.available == true)
    #expect(outcome.value?.total?.minorUnits == 500)
  }

  @Test func soldOutTellsItsReason() async throws {
    let transport = ScriptedTransport(
      Self.available(#"{"available":false,"unavailableReason":"SOLD_OUT"}"#))
    let outcome = try await client(transport).availability(
      activity, currency: try currency("AUD"), context)
    #expect(
      outcome.value
        == ActivityAvailability(available: false, productCode: "5010SYDNEY", reason: "SOLD_OUT"))
  }

  @Test func nothingBookableIsUnavailable() async throws {
    let outcome = try await client(ScriptedTransport(Self.available(""))).availability(
      activity, currency: try currency("AUD"), context)
    #expect(outcome.value?.available == false)
  }

  /// One that cannot be read may be the one that is to be had.
  @Test(arguments: [
    (#"{"available":null}"#, "unknown"), (#"{"available":false},{"available":{}}"#, "unknown"),
    (#"{"available":"yes"},{"available":true}"#, "done"),
  ])
  func anOptionThatCannotBeReadIsNotGone(_ items: String, _ verdict: String) async throws {
    let outcome = try await client(ScriptedTransport(Self.available(items))).availability(
      activity, currency: try currency("AUD"), context)
    #expect(outcome.verdict == verdict)
  }

  private static let common = [
    Reading(error(400, "BAD_REQUEST"), "rejected BAD_REQUEST"),
    Reading(error(404, "NOT_FOUND"), "rejected NOT_FOUND"), Reading(error(401, "X"), "retry"),
    Reading(error(403, "X"), "retry"),
    Reading(error(429, "TOO_MANY_REQUESTS", ["Retry-After": "10"]), "retry 10s"),
    Reading(error(500, "INTERNAL_SERVER_ERROR"), "unknown"),
    Reading(reply(502, "<html>"), "unknown"),
    Reading(reply(400, "<html>"), "unknown"), Reading(reply(200, "{}"), "unknown"),
  ]

  @Test(arguments: common + [Reading(unavailable, "retry 60s"), Reading(reply(503), "unknown")])
  func readIsClassified(reading: Reading) async throws {
    let outcome = try await client(ScriptedTransport(reading.reply)).status(
      partnerBookingRef: "p", context)
    #expect(outcome.verdict == reading.verdict)
  }

  // MARK: Bookings

  @Test func bookCarriesOurReference() throws {
    let request = client(ScriptedTransport()).book(
      activity, currency: try currency("AUD"), partnerBookingRef: "bk_17:activity-1:1",
      booker: customer)
    #expect(request.method == "POST")
    #expect(request.path == "/partner/bookings/book")
    #expect(
      request.text
        == #"{"bookerInfo":{"firstName":"Ann","lastName":"Lee"},"communication":{"#
        + #""email":"ann@example.test","phone":"+44 20 7946 0000"},"currency":"AUD","#
        + #""partnerBookingRef":"bk_17:activity-1:1","paxMix":[{"ageBand":"ADULT","#
        + #""numberOfTravelers":2}],"productCode":"5010SYDNEY","travelDate":"2027-01-02"}"#)
  }

  private func booked(_ answer: HTTPReply) async throws -> Outcome<ActivityBooking> {
    let client = client(ScriptedTransport(answer))
    let request = client.book(
      activity, currency: try currency("AUD"), partnerBookingRef: "p", booker: customer)
    return try await client.sendBook(request, context)
  }

  @Test(arguments: ["CONFIRMED", "PENDING", "CANCELED", "IN_PROGRESS", "ON_HOLD"])
  func bookingIsToldWithItsStatus(status: String) async throws {
    let outcome = try await booked(
      reply(
        200,
        #"{"status":"\#(status)","bookingRef":"BR-1","partnerBookingRef":"p","currency":"AUD","#
          + "\(Self.price("60.2"))}"))
    #expect(
      outcome.value
        == ActivityBooking(
          status: status, bookingRef: "BR-1",
          total: Money(minorUnits: 6020, currency: try currency("AUD"))))
  }

  @Test func rejectionInsideASuccessIsDone() async throws {
    let outcome = try await booked(
      reply(
        200,
        #"{"status":"REJECTED","rejectionReasonCode":"BOOKABLE_ITEM_IS_NO_LONGER_AVAILABLE"}"#))
    #expect(
      outcome.value
        == ActivityBooking(
          status: "REJECTED", bookingRef: "",
          rejectionReason: "BOOKABLE_ITEM_IS_NO_LONGER_AVAILABLE"))
  }

  @Test func bookingWithoutAReferenceIsUnknown() async throws {
    #expect(try await booked(reply(200, #"{"status":"CONFIRMED"}"#)).verdict == "unknown")
  }

  @Test(arguments: ["SOMETHING_NEW", "", "confirmed"])
  func aStatusThatNobodyKnowsProvesNothing(_ status: String) async throws {
    let body = #"{"status":"\#(status)","bookingRef":"BR-1"}"#
    #expect(try await booked(reply(200, body)).verdict == "unknown")
  }

  @Test(arguments: common + [Reading(unavailable, "unknown 60s")])
  func bookIsClassified(reading: Reading) async throws {
    #expect(try await booked(reading.reply).verdict == reading.verdict)
  }

  @Test func statusAsksByOurReference() async throws {
    let transport = ScriptedTransport(reply(200, #"{"status":"PENDING","bookingRef":"BR-1"}"#))
    let outcome = try await client(transport).status(
      partnerBookingRef: "bk_17:activity-1:1", context)
    #expect(outcome.value == ActivityBooking(status: "PENDING", bookingRef: "BR-1"))
    #expect(transport.calls.map(\.url) == ["POST http://viator.test/partner/bookings/status"])
    #expect(transport.calls.map(\.text) == [#"{"partnerBookingRef":"bk_17:activity-1:1"}"#])
  }

  // MARK: Cancelling

  @Test func quoteIsReadExactly() async throws {
    let transport = ScriptedTransport(
      reply(
        200,
        #"{"bookingId":"BR-1","status":"CANCELLABLE","refundDetails":{"itemPrice":60.2,"#
          + #""refundAmount":30.1,"refundPercentage":50,"currencyCode":"AUD"}}"#))
    let outcome = try await client(transport).cancelQuote(bookingRef: "BR-1", context)
    #expect(
      outcome.value
        == ActivityCancelQuote(
          status: "CANCELLABLE", itemPrice: Money(minorUnits: 6020, currency: try currency("AUD")),
          refundAmount: Money(minorUnits: 3010, currency: try currency("AUD"))))
    #expect(
      transport.calls.map(\.url) == ["GET http://viator.test/partner/bookings/BR-1/cancel-quote"])
  }

  @Test(arguments: [
    (#"{"status":"CANCELLABLE"}"#, "unknown"),
    (#"{"status":"CANCELLED","refundDetails":{"itemPrice":60.2,"currencyCode":"AUD"}}"#, "unknown"),
    (#"{"status":"CANCELLED","refundDetails":{"itemPrice":60.2,"refundAmount":1}}"#, "unknown"),
    (#"{"status":"SOMETHING_NEW"}"#, "unknown"), (#"{"status":"NOT_CANCELLABLE"}"#, "done"),
  ])
  func aQuoteWithoutItsAmountsIsNone(_ body: String, _ verdict: String) async throws {
    let transport = ScriptedTransport(reply(200, body))
    let outcome = try await client(transport).cancelQuote(bookingRef: "BR-1", context)
    #expect(outcome.verdict == verdict)
  }

  @Test func cancelNamesItsReason() {
    let request = client(ScriptedTransport()).cancel(bookingRef: "BR-1")
    #expect(request.path == "/partner/bookings/BR-1/cancel")
    #expect(request.text == #"{"reasonCode":"Customer_Service.I_canceled_my_entire_trip"}"#)
  }

  @Test(arguments: [
    (#"{"bookingId":"BR-1","status":"ACCEPTED"}"#, ActivityCancellation(accepted: true)),
    (
      #"{"bookingId":"BR-1","status":"DECLINED","reason":"ALREADY_CANCELLED"}"#,
      ActivityCancellation(accepted: false, reason: "ALREADY_CANCELLED")
    ),
    (#"{"bookingId":"BR-1","status":"SHRUG"}"#, nil),
  ])
  func cancellationIsRead(body: String, expected: ActivityCancellation?) async throws {
    let client = client(ScriptedTransport(reply(200, body)))
    let outcome = try await client.sendCancel(client.cancel(bookingRef: "BR-1"), context)
    #expect(outcome.value == expected)
  }

  @Test(arguments: common + [Reading(unavailable, "unknown 60s")])
  func cancelIsClassified(reading: Reading) async throws {
    let client = client(ScriptedTransport(reading.reply))
    #expect(
      try await client.sendCancel(client.cancel(bookingRef: "BR-1"), context).verdict
        == reading.verdict)
  }
}

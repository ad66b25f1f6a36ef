import HTTPService
import Testing

@testable import BookingOrchestrator

/// Every member of every vendor's success, bent in every way: only what decides may matter.
struct DecorationTests {
  private static let token = reply(
    200, #"{"access_token":"t1","expires_in":1799,"token_type":"Bearer"}"#)

  private static let order =
    #"{"meta":{"count":1},"data":{"type":"flight-order","id":"eJz%2fAiY%3D","associatedRecords":["#
    + #"{"reference":"2ZYVAL","originSystemCode":"GDS","flightOfferId":"1"},"#
    + #"{"reference":"3ABCDE","originSystemCode":"GDS"}],"flightOffers":[{"id":"1","itineraries":["#
    + #"{"duration":"PT1H","segments":[{"departure":{"iataCode":"LHR","at":"2027-01-01T07:00:00"}},"#
    + #"{"departure":{"iataCode":"CDG","at":"2027-01-01T09:00:00"}}]}],"price":{"currency":"EUR","#
    + #""grandTotal":"355.34"}}],"travelers":[{"id":"1"}]},"dictionaries":{}}"#

  private func amadeus(_ body: String, status: Int = 201) -> AmadeusClient {
    AmadeusClient(
      configuration, transport: ScriptedTransport(Self.token, reply(status, body)),
      wallClock: ManualClock(seconds: 1_795_420_000))
  }

  private func ordered(_ body: String) async throws -> Outcome<FlightOrder> {
    let client = amadeus(body)
    return try await client.sendCreate(
      client.createOrder(offer: Array("{}".utf8), travelers: travelers, contact: customer), context)
  }

  @Test func anOrderStandsWhateverDecoratesIt() async throws {
    try await BentBody.everyDecoration(of: Self.order, deciding: ["data", "data.id"]) {
      body, what in
      let outcome = try await ordered(body)
      #expect(outcome.value?.id == "eJz%2fAiY%3D", "\(what): \(outcome.verdict)")
    }
  }

  @Test(arguments: [
    (#"[{"originSystemCode":"GDS"}]"#, ""),
    (#"[{"reference":"2ZYVAL"},{"originSystemCode":"GDS"}]"#, "2ZYVAL"),
    (#"[{"originSystemCode":"GDS"},{"reference":"2ZYVAL"}]"#, "2ZYVAL"),
    (#"[null,{"reference":null},{"reference":""},{"reference":"2ZYVAL"}]"#, "2ZYVAL"),
    (#"[]"#, ""), (#"null"#, ""), (#"{"reference":"2ZYVAL"}"#, ""),
  ])
  func theFirstLocatorThereIsCounts(_ records: String, _ pnr: String) async throws {
    let outcome = try await ordered(#"{"data":{"id":"o1","associatedRecords":\#(records)}}"#)
    #expect(outcome.value == FlightOrder(id: "o1", pnr: pnr))
  }

  @Test(arguments: [("17", "17"), (#""17""#, "17"), ("9007199254740993", "9007199254740993")])
  func anIdMayBeANumber(_ id: String, _ expected: String) async throws {
    #expect(try await ordered(#"{"data":{"id":\#(id)}}"#).value?.id == expected)
  }

  @Test(arguments: [#""""#, "null", "true", "{}", "1.5"])
  func withoutAnIdNothingIsProven(_ id: String) async throws {
    #expect(try await ordered(#"{"data":{"id":\#(id)}}"#).verdict == "unknown")
  }

  // MARK: Booking.com

  private func bookingCom(_ body: String) -> BookingComClient {
    BookingComClient(configuration, transport: ScriptedTransport(reply(200, body)))
  }

  private let hotel = TripOption.Hotel(
    componentId: "h", amount: 29100, accommodationId: 10004, productId: "p1",
    checkin: "2027-01-01", checkout: "2027-01-04", adults: 2)

  @Test func aRoomIsOrderedWhateverDecoratesIt() async throws {
    let body =
      #"{"request_id":"r","data":{"order":"509","accommodation":{"reservation":12345678,"#
      + #""pincode":"0000","third_party_inventory":{"status":null}},"payment":{"receipt_url":"x"}}}"#
    let deciding: Set = [
      "data", "data.order", "data.accommodation", "data.accommodation.reservation",
    ]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let client = bookingCom(body)
      let outcome = try await client.sendCreate(
        client.createOrder(
          token: "t", label: "l", hotel: hotel, booker: customer, guests: travelers), context)
      #expect(outcome.value?.reservation == "12345678", "\(what): \(outcome.verdict)")
      #expect(outcome.value?.order == "509", "\(what)")
    }
  }

  @Test func anOrderIsReadWhateverDecoratesIt() async throws {
    let body =
      #"{"data":[{"id":"509","reservation":"12","label":"l","status":"booked","currency":"#
      + #"{"accommodation":"EUR","booker":"EUR"},"price":{"total":{"accommodation_currency":291.5,"#
      + #""booker_currency":291.5}},"cancellation_details":{"at":"x","fee":{"booker_currency":1}}}]}"#
    let deciding: Set = ["data", "data.0", "data.0.id", "data.0.reservation", "data.0.status"]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let outcome = try await bookingCom(body).details(order: "509", context)
      #expect(outcome.value?.status == "booked", "\(what): \(outcome.verdict)")
    }
  }

  private func previewed(_ price: String, _ currencies: String) async throws -> Outcome<
    HotelPreview
  > {
    try await bookingCom(
      #"{"data":{"order_token":"t","accommodation":{"id":"10004","currency":\#(currencies),"price":"#
        + #"{"total":{"accommodation_currency":1,"booker_currency":\#(price)}},"products":["#
        + #"null,{"id":"p1"}]}}}"#
    ).preview(hotel, currency: currency("EUR"), booker: customer, context)
  }

  @Test(arguments: ["291.004", #""291.004""#, "99999999999999999999999", "0.001"])
  func aPriceThatNobodyCanPayIsJudged(_ price: String) async throws {
    let outcome = try await previewed(price, #"{"booker":"EUR","accommodation":"EUR"}"#)
    #expect(outcome.verdict == "rejected price_unpayable")
  }

  @Test(arguments: ["291", "291.0", "291.000", #""291.00""#])
  func aPriceIsReadHoweverItIsWritten(_ price: String) async throws {
    let outcome = try await previewed(price, #"{"booker":"EUR","accommodation":null}"#)
    #expect(outcome.value?.total.minorUnits == 29_100)
    #expect(outcome.value?.accommodationID == 10004)
    #expect(outcome.value?.productIDs == ["p1"])
  }

  // MARK: Viator

  @Test func anActivityIsBookedWhateverDecoratesIt() async throws {
    let body =
      #"{"status":"CONFIRMED","bookingRef":"BR-1","partnerBookingRef":"p","currency":"EUR","#
      + #""lineItems":[{"ageBand":"ADULT"}],"totalPrice":{"price":{"partnerTotalPrice":12.5,"#
      + #""recommendedRetailPrice":15}},"rejectionReasonCode":null,"voucherInfo":{"url":"x"}}"#
    try await BentBody.everyDecoration(of: body, deciding: ["status", "bookingRef"]) { body, what in
      let client = ViatorClient(configuration, transport: ScriptedTransport(reply(200, body)))
      let outcome = try await client.sendBook(
        PreparedRequest(method: "POST", path: "/partner/bookings/book", body: []), context)
      #expect(outcome.value?.bookingRef == "BR-1", "\(what): \(outcome.verdict)")
      #expect(outcome.value?.status == "CONFIRMED", "\(what)")
    }
  }

  @Test func aCancellationIsAcceptedWhateverDecoratesIt() async throws {
    let body = #"{"bookingId":"BR-1","reason":null,"status":"ACCEPTED"}"#
    try await BentBody.everyDecoration(of: body, deciding: ["status"]) { body, what in
      let client = ViatorClient(configuration, transport: ScriptedTransport(reply(200, body)))
      let outcome = try await client.sendCancel(client.cancel(bookingRef: "BR-1"), context)
      #expect(outcome.value?.accepted == true, "\(what): \(outcome.verdict)")
    }
  }

  // MARK: Stripe

  @Test func aPaymentIsSeenWhateverDecoratesIt() async throws {
    let body =
      #"{"id":"pi_1","object":"payment_intent","status":"succeeded","amount":500,"currency":"usd","#
      + #""amount_received":500,"latest_charge":{"id":"ch_1","object":"charge"},"metadata":"#
      + #"{"booking":"bk_1","generation":"1"},"created":1795420000,"last_payment_error":"#
      + #"{"code":"x","decline_code":"y"},"payment_method_types":["card"],"livemode":false}"#
    let deciding: Set = ["id", "status", "amount", "currency"]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let client = StripeClient(configuration, transport: ScriptedTransport(reply(200, body)))
      let outcome = try await client.sendPaymentIntent(client.confirmPaymentIntent("pi_1"), context)
      #expect(outcome.value?.status == "succeeded", "\(what): \(outcome.verdict)")
    }
  }

  @Test func aRefundIsSeenWhateverDecoratesIt() async throws {
    let body =
      #"{"id":"re_1","object":"refund","status":"succeeded","amount":500,"currency":"usd","#
      + #""payment_intent":{"id":"pi_1"},"metadata":{"booking":"bk_1"},"created":1795420000,"#
      + #""failure_reason":null,"destination_details":{"type":"card"}}"#
    let deciding: Set = ["id", "status", "amount", "currency"]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let client = StripeClient(configuration, transport: ScriptedTransport(reply(200, body)))
      let outcome = try await client.refund("re_1", context)
      #expect(outcome.value?.id == "re_1", "\(what): \(outcome.verdict)")
      #expect(outcome.value?.status == "succeeded", "\(what)")
    }
  }
}

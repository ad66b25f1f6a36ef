import HTTPService
import Testing

@testable import BookingOrchestrator

/// What is asked without effect (prices, previews, quotes, searches, tokens), and what refuses: every
/// member of every answer, bent in every way. Only what decides may matter.
struct LookDecorationTests {
  private static let token = reply(
    200,
    #"{"type":"amadeusOAuth2Token","username":"u","application_name":"a","client_id":"c","#
      + #""token_type":"Bearer","access_token":"t1","expires_in":1799,"state":"approved","scope":""}"#
  )

  private let flight = TripOption.Flight(
    componentId: "f", amount: 35_534, offer: #"{"id":"1"}"#, offerId: "1")
  private let hotel = TripOption.Hotel(
    componentId: "h", amount: 29_100, accommodationId: 10_004, productId: "p1",
    checkin: "2027-01-01", checkout: "2027-01-04", adults: 2)
  private let activity = TripOption.Activity(
    componentId: "a", amount: 5_000, productCode: "P1", travelDate: "2027-01-02", travelers: 2)

  private func amadeus(_ replies: HTTPReply...) -> AmadeusClient {
    AmadeusClient(
      configuration, transport: ScriptedTransport(replies.map { .success($0) }),
      wallClock: ManualClock(seconds: 1_795_420_000))
  }

  private func bookingCom(_ replies: HTTPReply...) -> BookingComClient {
    BookingComClient(
      configuration, transport: ScriptedTransport(replies.map { .success($0) }))
  }

  private func viator(_ reply: HTTPReply) -> ViatorClient {
    ViatorClient(configuration, transport: ScriptedTransport(reply))
  }

  private func stripe(_ reply: HTTPReply) -> StripeClient {
    StripeClient(configuration, transport: ScriptedTransport(reply))
  }

  // MARK: Amadeus

  private static let pricing =
    #"{"data":{"type":"flight-offers-pricing","flightOffers":[{"type":"flight-offer","id":"1","#
    + #""source":"GDS","oneWay":false,"lastTicketingDate":"2027-01-01","numberOfBookableSeats":9,"#
    + #""itineraries":[{"duration":"PT1H"}],"price":{"currency":"EUR","total":"355.34","base":"300","#
    + #""fees":[{"amount":"0.00","type":"SUPPLIER"}],"grandTotal":"355.34"},"pricingOptions":"#
    + #"{"fareType":["PUBLISHED"]},"validatingAirlineCodes":["BA"]}],"bookingRequirements":"#
    + #"{"emailAddressRequired":true}},"dictionaries":{"locations":{}}}"#

  @Test func aPriceIsReadWhateverDecoratesIt() async throws {
    let offer = "data.flightOffers.0"
    let deciding: Set = [
      "data", "data.flightOffers", offer, offer + ".id", offer + ".price",
      offer + ".price.currency", offer + ".price.grandTotal",
    ]
    try await BentBody.everyDecoration(of: Self.pricing, deciding: deciding) { body, what in
      let outcome = try await amadeus(Self.token, reply(200, body))
        .price(flight, currency: currency("EUR"), context)
      #expect(outcome.value?.total.minorUnits == 35_534, "\(what): \(outcome.verdict)")
      #expect(outcome.value?.offerID == "1", "\(what)")
    }
  }

  @Test(arguments: ["absent", "null"] as [BentBody.Bend.RawValue])
  func aPriceWithoutACurrencyIsInTheOneAskedFor(bend: String) async throws {
    let body = try BentBody.bend(
      Self.pricing, at: ["data", "flightOffers", "0", "price", "currency"],
      try #require(BentBody.Bend(rawValue: bend)))
    let outcome = try await amadeus(Self.token, reply(200, body))
      .price(flight, currency: currency("EUR"), context)
    #expect(outcome.value?.total.currency.code == "EUR")
  }

  @Test func aTokenIsTakenWhateverDecoratesIt() async throws {
    let text = String(decoding: Self.token.body, as: UTF8.self)
    try await BentBody.everyDecoration(of: text, deciding: ["access_token"]) { body, what in
      let outcome = try await amadeus(reply(200, body), reply(200, Self.pricing))
        .price(flight, currency: currency("EUR"), context)
      #expect(outcome.verdict == "done", "\(what): \(outcome.reason ?? "")")
    }
  }

  @Test(arguments: [#""""#, "null", "{}"])
  func withoutATokenNothingIsSent(_ token: String) async throws {
    let outcome = try await amadeus(reply(200, #"{"access_token":\#(token),"expires_in":1799}"#))
      .price(flight, currency: currency("EUR"), context)
    #expect(outcome.verdict == "retry")
  }

  @Test func anOrderIsRefusedWhateverDecoratesTheError() async throws {
    let body =
      #"{"errors":[{"status":400,"code":34651,"title":"SEGMENT SELL FAILURE","detail":"x","source":"#
      + #"{"pointer":"/data/flightOffers[0]"}}]}"#
    let deciding: Set = ["errors", "errors.0", "errors.0.code"]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let client = amadeus(Self.token, reply(400, body))
      let outcome = try await client.sendCreate(
        client.createOrder(offer: [], travelers: travelers, contact: customer), context)
      #expect(outcome.verdict == "rejected 34651", "\(what)")
    }
  }

  // MARK: Booking.com

  @Test func aPreviewIsReadWhateverDecoratesIt() async throws {
    let body =
      #"{"request_id":"r","data":{"order_token":"t","accommodation":{"id":10004,"currency":"#
      + #"{"accommodation":"EUR","booker":"EUR"},"general_policies":{"payment":{"timings":["now"]}},"#
      + #""price":{"base":{"booker_currency":291},"charges":[],"total":{"accommodation_currency":291,"#
      + #""booker_currency":291}},"products":[{"id":"p1","policies":{"meal_plan":null},"price":null}]"#
      + "}}}"
    let stay = "data.accommodation"
    let deciding: Set = [
      "data", "data.order_token", stay, stay + ".id", stay + ".currency",
      stay + ".currency.booker", stay + ".price", stay + ".price.total",
      stay + ".price.total.booker_currency", stay + ".products", stay + ".products.0",
      stay + ".products.0.id",
    ]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let outcome = try await bookingCom(reply(200, body))
        .preview(hotel, currency: currency("EUR"), booker: customer, context)
      #expect(outcome.value?.orderToken == "t", "\(what): \(outcome.verdict)")
      #expect(outcome.value?.total.minorUnits == 29_100, "\(what)")
      #expect(outcome.value?.productIDs == ["p1"], "\(what)")
    }
  }

  @Test func anOrderIsFoundByItsLabelWhateverDecoratesIt() async throws {
    let page =
      #"{"request_id":"r","data":[{"id":"508","label":"other"},{"id":"509","status":"booked","#
      + #""label":"l","created":"2027-01-01T07:00:00+00:00","updated":null,"booker":{"email":"a@b"},"#
      + #""price":{"total":{"booker_currency":1}},"accommodations":{"reservation":12}}],"metadata":"#
      + #"{"next_page":null,"total_results":2}}"#
    let details = reply(200, #"{"data":[{"id":"509","reservation":12,"status":"booked"}]}"#)
    let deciding: Set = [
      "data", "data.0", "data.1", "data.1.id", "data.1.label", "metadata", "metadata.next_page",
    ]
    try await BentBody.everyDecoration(of: page, deciding: deciding) { body, what in
      let outcome = try await bookingCom(reply(200, body), details).orders(
        label: "l", createdFrom: Timestamp(microseconds: 1_795_420_000_000_000),
        to: Timestamp(microseconds: 1_795_420_060_000_000), context)
      #expect(outcome.value?.map(\.order) == ["509"], "\(what): \(outcome.verdict)")
    }
  }

  @Test func aRoomIsCancelledWhateverDecoratesIt() async throws {
    let body =
      #"{"request_id":"r","data":{"status":"successful","fee":{"amount":1}},"metadata":{}}"#
    try await BentBody.everyDecoration(of: body, deciding: ["data", "data.status"]) { body, what in
      let client = bookingCom(reply(200, body))
      let outcome = try await client.sendCancel(
        client.cancelOrder("509", reservation: "12"), context)
      #expect(outcome.verdict == "done", "\(what): \(outcome.reason ?? "")")
    }
  }

  @Test func aRoomIsRefusedWhateverDecoratesTheError() async throws {
    let body =
      #"{"request_id":"r","errors":[{"id":"order_unavailable","message":"x","reservation":12}]}"#
    let deciding: Set = ["errors", "errors.0", "errors.0.id"]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let client = bookingCom(reply(409, body))
      let outcome = try await client.sendCreate(
        client.createOrder(
          token: "t", label: "l", hotel: hotel, booker: customer, guests: travelers), context)
      #expect(outcome.verdict == "rejected order_unavailable", "\(what)")
    }
  }

  // MARK: Viator

  @Test func anActivityIsAvailableWhateverDecoratesIt() async throws {
    let body =
      #"{"currency":"EUR","productCode":"P1","travelDate":"2027-01-02","bookableItems":[{"#
      + #""productOptionCode":"TG1","startTime":"09:00","available":true,"unavailableReason":null,"#
      + #""lineItems":[{"ageBand":"ADULT","subtotalPrice":{"price":{}}}],"totalPrice":{"price":{"#
      + #""recommendedRetailPrice":60,"partnerNetPrice":50,"bookingFee":0,"partnerTotalPrice":50}}}]}"#
    let item = "bookableItems.0"
    let deciding: Set = [
      "currency", "productCode", "bookableItems", item, item + ".available", item + ".totalPrice",
      item + ".totalPrice.price", item + ".totalPrice.price.partnerTotalPrice",
    ]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let outcome = try await viator(reply(200, body))
        .availability(activity, currency: currency("EUR"), context)
      #expect(outcome.value?.available == true, "\(what): \(outcome.verdict)")
      #expect(outcome.value?.total?.minorUnits == 5_000, "\(what)")
    }
  }

  @Test func aQuoteIsReadWhateverDecoratesIt() async throws {
    let body =
      #"{"bookingId":"BR-1","status":"CANCELLABLE","refundDetails":{"itemPrice":50,"refundAmount":25,"#
      + #""refundPercentage":50,"currencyCode":"EUR"},"reasons":[{"x":1}]}"#
    let refund = "refundDetails"
    let deciding: Set = [
      "status", refund, refund + ".itemPrice", refund + ".refundAmount", refund + ".currencyCode",
    ]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let outcome = try await viator(reply(200, body)).cancelQuote(bookingRef: "BR-1", context)
      #expect(outcome.value?.itemPrice?.minorUnits == 5_000, "\(what): \(outcome.verdict)")
      #expect(outcome.value?.refundAmount?.minorUnits == 2_500, "\(what)")
    }
  }

  @Test func aBookingIsRefusedWhateverDecoratesTheError() async throws {
    let body = #"{"code":"BAD_REQUEST","message":"x","timestamp":"2027-01-01","trackingId":"1:2"}"#
    try await BentBody.everyDecoration(of: body, deciding: ["code"]) { body, what in
      let outcome = try await viator(reply(400, body)).sendBook(
        PreparedRequest(method: "POST", path: "/partner/bookings/book", body: []), context)
      #expect(outcome.verdict == "rejected BAD_REQUEST", "\(what)")
    }
  }

  // MARK: Stripe

  @Test func paymentsAreListedWhateverDecoratesThem() async throws {
    let body =
      #"{"object":"list","url":"/v1/payment_intents","has_more":false,"data":[{"id":"pi_1","#
      + #""object":"payment_intent","status":"succeeded","amount":500,"currency":"usd","customer":"#
      + #"null,"latest_charge":"ch_1","metadata":{"booking":"bk_1"},"created":1795420000}]}"#
    let deciding: Set = [
      "has_more", "data", "data.0", "data.0.id", "data.0.status", "data.0.amount",
      "data.0.currency",
    ]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let outcome = try await stripe(reply(200, body)).paymentIntents(
        customer: nil, createdFrom: 1, to: 2, context)
      #expect(outcome.value?.map(\.id) == ["pi_1"], "\(what): \(outcome.verdict)")
    }
  }

  @Test func refundsAreListedWhateverDecoratesThem() async throws {
    let body =
      #"{"object":"list","url":"/v1/refunds","has_more":false,"data":[{"id":"re_1","object":"refund","#
      + #""status":"succeeded","amount":500,"currency":"usd","charge":"ch_1","reason":null,"#
      + #""metadata":{"cause":"cancel"},"payment_intent":"pi_1","created":1795420000}]}"#
    let deciding: Set = [
      "has_more", "data", "data.0", "data.0.id", "data.0.status", "data.0.amount",
      "data.0.currency",
    ]
    try await BentBody.everyDecoration(of: body, deciding: deciding) { body, what in
      let outcome = try await stripe(reply(200, body)).refunds(ofPaymentIntent: "pi_1", context)
      #expect(outcome.value?.map(\.amount) == [500], "\(what): \(outcome.verdict)")
    }
  }

  @Test func aPaymentMethodIsReadWhateverDecoratesIt() async throws {
    let body =
      #"{"id":"pm_1","object":"payment_method","type":"card","card":{"brand":"visa","last4":"4242","#
      + #""checks":{"cvc_check":"pass"}},"billing_details":{"address":null},"customer":null,"#
      + #""created":1795420000,"livemode":false,"metadata":{}}"#
    try await BentBody.everyDecoration(of: body, deciding: ["id", "type"]) { body, what in
      let outcome = try await stripe(reply(200, body)).paymentMethod("pm_1", context)
      #expect(outcome.value?.id == "pm_1", "\(what): \(outcome.verdict)")
    }
  }

  @Test func aCardIsDeclinedWhateverDecoratesTheError() async throws {
    let body =
      #"{"error":{"type":"card_error","code":"card_declined","decline_code":"do_not_honor","message":"#
      + #""x","charge":"ch_1","doc_url":"u","payment_intent":{"id":"pi_1","status":"#
      + #""requires_payment_method","amount":500,"currency":"usd"},"request_log_url":"l"}}"#
    try await BentBody.everyDecoration(of: body, deciding: ["error", "error.type"]) { body, what in
      let client = stripe(reply(402, body))
      let outcome = try await client.sendPaymentIntent(client.confirmPaymentIntent("pi_1"), context)
      #expect(outcome.rejection?.httpStatus == 402, "\(what): \(outcome.verdict)")
      #expect(outcome.rejection?.code.isEmpty == false, "\(what)")
    }
  }
}

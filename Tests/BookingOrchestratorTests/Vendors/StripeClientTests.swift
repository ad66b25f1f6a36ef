import HTTPService
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct StripeClientTests {
  private func client(_ transport: ScriptedTransport) -> StripeClient {
    StripeClient(configuration, transport: transport)
  }

  private let intent =
    #"{"id":"pi_1","object":"payment_intent","amount":2500,"amount_received":2500,"currency":"usd","#
    + #""latest_charge":"ch_1","metadata":{"booking":"bk_17","generation":"1"},"created":1795420000,"#
    + #""last_payment_error":null,"status":"succeeded","next_action":null}"#

  // MARK: Requests

  @Test func aCaptureNamesItsAmount() throws {
    let request = client(ScriptedTransport()).capturePaymentIntent(
      "pi_1", amount: Money(minorUnits: 1_250, currency: try currency("USD")))
    #expect(request.method == "POST" && request.path == "/v1/payment_intents/pi_1/capture")
    #expect(String(decoding: request.body, as: UTF8.self) == "amount_to_capture=1250")
  }

  @Test func createIsAFormInAFixedOrder() throws {
    let request = client(ScriptedTransport()).createPaymentIntent(
      amount: Money(minorUnits: 2500, currency: try currency("USD")), customer: "cus_1",
      paymentMethod: "pm_1", booking: BookingID("bk_17"), generation: 2)
    #expect(request.method == "POST")
    #expect(request.path == "/v1/payment_intents")
    #expect(
      request.text == "amount=2500&currency=usd&customer=cus_1&payment_method=pm_1"
        + "&confirmation_method=automatic&payment_method_types%5B0%5D=card&capture_method=automatic"
        + "&metadata%5Bbooking%5D=bk_17&metadata%5Bgeneration%5D=2")
  }

  @Test(arguments: [("JPY", "amount=1250&currency=jpy&"), ("KWD", "amount=1250&currency=kwd&")])
  func amountsAreMinorUnitsInEveryCurrency(code: String, prefix: String) throws {
    let request = client(ScriptedTransport()).createPaymentIntent(
      amount: Money(minorUnits: 1250, currency: try currency(code)), customer: nil,
      paymentMethod: "pm_1", booking: BookingID("bk_17"), generation: 1)
    #expect(request.text.hasPrefix(prefix + "payment_method=pm_1"))
  }

  @Test func confirmIsAnEmptyForm() {
    let request = client(ScriptedTransport()).confirmPaymentIntent("pi_1")
    #expect(
      request == PreparedRequest(method: "POST", path: "/v1/payment_intents/pi_1/confirm", body: [])
    )
  }

  @Test func cancelNamesItsReason() {
    let request = client(ScriptedTransport()).cancelPaymentIntent("pi_1")
    #expect(request.path == "/v1/payment_intents/pi_1/cancel")
    #expect(request.text == "cancellation_reason=abandoned")
  }

  @Test func refundNamesItsCause() throws {
    let request = client(ScriptedTransport()).createRefund(
      paymentIntent: "pi_1", amount: Money(minorUnits: 700, currency: try currency("EUR")),
      booking: BookingID("bk_17"), cause: "activity-1", generation: 1)
    #expect(request.path == "/v1/refunds")
    #expect(
      request.text == "payment_intent=pi_1&amount=700&reason=requested_by_customer"
        + "&metadata%5Bbooking%5D=bk_17&metadata%5Bcause%5D=activity-1&metadata%5Bgeneration%5D=1")
  }

  @Test func refundWithoutAmountLeavesItOut() {
    let request = client(ScriptedTransport()).createRefund(
      paymentIntent: "pi_1", amount: nil, booking: BookingID("bk_17"), cause: "rollback",
      generation: 1)
    #expect(request.text.hasPrefix("payment_intent=pi_1&reason="))
  }

  @Test func idsCannotEscapeTheirPathSegment() async throws {
    let transport = ScriptedTransport(reply(404))
    _ = try await client(transport).paymentMethod("../refunds?limit=1", context)
    #expect(
      transport.calls.map(\.url)
        == ["GET http://stripe.test/v1/payment_methods/..%2Frefunds%3Flimit%3D1"])
  }

  @Test func postCarriesKeyVersionAndCredentials() async throws {
    let transport = ScriptedTransport(reply(200, intent))
    let client = client(transport)
    _ = try await client.sendPaymentIntent(client.cancelPaymentIntent("pi_1"), context)
    #expect(
      transport.calls.map(\.lines) == [
        [
          "Authorization: Bearer sk_test_1", "Stripe-Version: 2026-10-28.endive",
          "Content-Type: application/x-www-form-urlencoded",
          "Idempotency-Key: bk_17:charge:do:1", "baggage: \(baggage)",
        ]
      ])
    #expect(transport.calls.map(\.text) == ["cancellation_reason=abandoned"])
  }

  @Test func getCarriesNoKey() async throws {
    let transport = ScriptedTransport(reply(200, intent))
    _ = try await client(transport).paymentIntent("pi_1", context)
    #expect(
      transport.calls.map(\.lines) == [
        [
          "Authorization: Bearer sk_test_1", "Stripe-Version: 2026-10-28.endive",
          "baggage: \(baggage)",
        ]
      ])
  }

  // MARK: Answers

  @Test func intentIsReadWhole() async throws {
    let outcome = try await client(ScriptedTransport(reply(200, intent))).paymentIntent(
      "pi_1", context)
    #expect(
      outcome.value
        == StripePaymentIntent(
          id: "pi_1", status: "succeeded", amount: 2500, amountReceived: 2500, currency: "usd",
          latestCharge: "ch_1", metadata: ["booking": "bk_17", "generation": "1"],
          created: 1_795_420_000))
  }

  @Test func refundIsReadWhole() async throws {
    let body =
      #"{"id":"re_1","object":"refund","amount":700,"currency":"jpy","payment_intent":"pi_1","#
      + #""metadata":{"cause":"cancel"},"failure_reason":"declined","created":5,"status":"failed"}"#
    let outcome = try await client(ScriptedTransport(reply(200, body))).refund("re_1", context)
    #expect(
      outcome.value
        == StripeRefund(
          id: "re_1", status: "failed", amount: 700, currency: "jpy", paymentIntent: "pi_1",
          metadata: ["cause": "cancel"], failureReason: "declined", created: 5))
  }

  @Test func paymentMethodIsRead() async throws {
    let body = #"{"id":"pm_1","type":"card","card":{"brand":"visa","last4":"4242"}}"#
    let outcome = try await client(ScriptedTransport(reply(200, body))).paymentMethod(
      "pm_1", context)
    #expect(
      outcome.value
        == StripePaymentMethod(id: "pm_1", type: "card", cardBrand: "visa", last4: "4242"))
  }

  private static func error(_ type: String, _ code: String?) -> String {
    let code = code.map { #","code":"\#($0)""# } ?? ""
    return #"{"error":{"type":"\#(type)"\#(code),"message":"words"}}"#
  }

  @Test(arguments: [
    Reading(reply(402, error("card_error", "card_declined")), "rejected card_declined"),
    Reading(
      reply(400, error("invalid_request_error", "charge_already_refunded")),
      "rejected charge_already_refunded"),
    Reading(reply(400, error("invalid_request_error", nil)), "rejected invalid_request_error"),
    Reading(reply(400, error("idempotency_error", nil)), "rejected idempotency_error"),
    Reading(reply(400, error("idempotency_error", "something")), "rejected idempotency_error"),
    Reading(
      reply(404, error("invalid_request_error", "resource_missing")), "rejected resource_missing"),
    Reading(reply(404, error("invalid_request_error", nil)), "rejected resource_missing"),
    Reading(reply(401, error("invalid_request_error", nil)), "retry"),
    Reading(reply(403, error("invalid_request_error", nil)), "retry"),
    Reading(
      reply(409, error("idempotency_error", "idempotency_key_in_use"), ["Retry-After": "2"]),
      "unknown 2s"),
    Reading(reply(409, error("invalid_request_error", "idempotency_key_in_use")), "unknown"),
    Reading(reply(409), "unknown"),
    Reading(
      reply(429, error("invalid_request_error", "lock_timeout"), ["Retry-After": "1"]), "retry 1s"),
    Reading(reply(429, error("invalid_request_error", "rate_limit")), "retry"),
    Reading(reply(500, error("api_error", nil)), "unknown"),
    Reading(reply(502, "<html>Bad gateway</html>"), "unknown"),
    Reading(reply(503), "unknown"),
    Reading(reply(400, "<html>"), "unknown"),
    Reading(reply(402, ""), "unknown"),
    Reading(reply(404, "<html>"), "unknown"),
    Reading(reply(422, error("invalid_request_error", nil)), "unknown"),
    Reading(reply(200, "<html>"), "unknown"),
    Reading(reply(200, #"{"id":"pi_1","sta"#), "unknown"),
    Reading(reply(302), "unknown"),
  ])
  func answerIsClassified(reading: Reading) async throws {
    let client = client(ScriptedTransport(reading.reply))
    let outcome = try await client.sendPaymentIntent(client.confirmPaymentIntent("pi_1"), context)
    #expect(outcome.verdict == reading.verdict)
  }

  @Test func declineTellsItsIntent() async throws {
    let body =
      #"{"error":{"type":"card_error","code":"card_declined","decline_code":"lost_card","message":"#
      + #""Your card was declined.","payment_intent":{"id":"pi_1","amount":2500,"#
      + #""amount_received":0,"currency":"usd","latest_charge":"ch_9","metadata":{},"created":5,"#
      + #""status":"requires_payment_method","last_payment_error":{"type":"card_error","code":"#
      + #""card_declined","decline_code":"lost_card"}}}}"#
    let client = client(ScriptedTransport(reply(402, body)))
    let outcome = try await client.sendPaymentIntent(client.confirmPaymentIntent("pi_1"), context)
    let rejection = try #require(outcome.rejection)
    #expect(rejection.declineCode == "lost_card")
    #expect(rejection.message == "Your card was declined.")
    #expect(rejection.httpStatus == 402)
    #expect(rejection.paymentIntent?.id == "pi_1")
    #expect(rejection.paymentIntent?.status == "requires_payment_method")
    #expect(rejection.paymentIntent?.lastDeclineCode == "lost_card")
  }

  @Test(arguments: [
    ["Idempotent-Replayed": "true"], ["Stripe-Should-Retry": "false"],
  ])
  func storedErrorSaysSo(fields: [String: String]) async throws {
    let client = client(ScriptedTransport(reply(500, Self.error("api_error", nil), fields)))
    let outcome = try await client.sendPaymentIntent(client.confirmPaymentIntent("pi_1"), context)
    #expect(outcome.verdict == "unknown")
    #expect(outcome.reason?.contains("the stored answer was replayed") == true)
  }

  @Test func secretKeyIsInNoReason() async throws {
    let body = #"{"error":{"type":"invalid_request_error","message":"Invalid key: sk_test_1"}}"#
    let outcome = try await client(ScriptedTransport(reply(401, body))).paymentIntent(
      "pi_1", context)
    #expect(outcome.reason == "Stripe refused our credentials (401)")
  }

  // MARK: Lists

  private func page(_ ids: [String], more: Bool) -> HTTPReply {
    let items = ids.map {
      #"{"id":"\#($0)","amount":1,"currency":"usd","metadata":{},"created":1,"status":"succeeded"}"#
    }
    return reply(
      200, #"{"object":"list","data":[\#(items.joined(separator: ","))],"has_more":\#(more)}"#)
  }

  @Test func listFollowsItsPages() async throws {
    let transport = ScriptedTransport(page(["a", "b"], more: true), page(["c"], more: false))
    let outcome = try await client(transport).paymentIntents(
      customer: "cus_1", createdFrom: 100, to: 200, context)
    #expect(outcome.value?.map(\.id) == ["a", "b", "c"])
    let query = "customer=cus_1&created%5Bgte%5D=100&created%5Blte%5D=200&limit=100"
    #expect(
      transport.calls.map(\.url) == [
        "GET http://stripe.test/v1/payment_intents?\(query)",
        "GET http://stripe.test/v1/payment_intents?\(query)&starting_after=b",
      ])
  }

  @Test func refundsAreListedByIntent() async throws {
    let transport = ScriptedTransport(page(["r"], more: false))
    let outcome = try await client(transport).refunds(ofPaymentIntent: "pi_1", context)
    #expect(outcome.value?.map(\.id) == ["r"])
    #expect(
      transport.calls.map(\.url)
        == ["GET http://stripe.test/v1/refunds?payment_intent=pi_1&limit=100"])
  }

  @Test func pageThatFailsFailsTheList() async throws {
    let transport = ScriptedTransport(page(["a"], more: true), reply(500))
    let outcome = try await client(transport).paymentIntents(
      customer: nil, createdFrom: 100, to: 200, context)
    #expect(outcome.verdict == "unknown")
  }

  @Test func emptyPageThatPromisesMoreEndsTheList() async throws {
    let transport = ScriptedTransport(page([], more: true))
    let outcome = try await client(transport).refunds(ofPaymentIntent: "pi_1", context)
    #expect(outcome.value == [])
  }
}

import FakeVendors
import HTTPTypes
import Testing

struct StripeParameterTests {
  @Test(arguments: [
    (
      "amount=100&currency=usd&wat=1", "parameter_unknown", "Received unknown parameter: wat", "wat"
    ),
    ("amount=100", "parameter_missing", "Missing required param: currency.", "currency"),
    ("currency=usd", "parameter_missing", "Missing required param: amount.", "amount"),
    ("amount=abc&currency=usd", "parameter_invalid_integer", "Invalid integer: abc", "amount"),
    ("amount=1.5&currency=usd", "parameter_invalid_integer", "Invalid integer: 1.5", "amount"),
    (
      "amount=0&currency=usd", "parameter_invalid_integer",
      "This value must be greater than or equal to 1.", "amount"
    ),
    (
      "amount=49&currency=usd", "amount_too_small", "Amount must be at least $0.50 usd", "amount"
    ),
    (
      "amount=100000000&currency=usd", "amount_too_large",
      "Amount must be no more than $999,999.99", "amount"
    ),
    (
      "amount=49&currency=jpy", "amount_too_small", "Amount must be at least ¥50 jpy", "amount"
    ),
    (
      "amount=100&currency=usd&customer=cus_x", "resource_missing", "No such customer: 'cus_x'",
      "customer"
    ),
    (
      "amount=100&currency=usd&payment_method=pm_x", "resource_missing",
      "No such PaymentMethod: 'pm_x'", "payment_method"
    ),
  ])
  func parameterIsRefused(form: String, code: String, message: String, param: String) throws {
    try StripeTestWorld.run { world in
      let answer = try await world.post("payment_intents", form)
      #expect(answer.status == 400)
      #expect(answer.json["error"]["type"].string == "invalid_request_error")
      #expect(answer.code == code)
      #expect(answer.message == message)
      #expect(answer.param == param)
      #expect(
        answer.json["error"]["doc_url"].string?.hasSuffix(
          String(code.map { $0 == "_" ? "-" : $0 })) == true)
      #expect(world.stripe.paymentIntents.isEmpty)
    }
  }

  @Test func unknownCurrencyIsRefused() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.post("payment_intents", "amount=100&currency=xyz")
      #expect(answer.param == "currency")
      #expect(answer.message?.hasPrefix("Invalid currency: xyz.") == true)
    }
  }

  @Test(arguments: [
    ("kwd", 5125, 400), ("kwd", 5120, 200), ("jpy", 501, 200), ("isk", 550, 400),
    ("ugx", 150_050, 400), ("ugx", 150_000, 200), ("huf", 17_501, 200), ("twd", 4_001, 200),
    ("idr", 100_000_000, 200), ("idr", 999_999_999_999, 200), ("idr", 1_000_000_000_000, 400),
    ("jpy", 99_999_999, 200), ("jpy", 100_000_000, 400), ("kwd", 99_999_990, 200),
    ("kwd", 100_000_000, 400),
    // The published minimums, and currencies without one.
    ("krw", 49, 400), ("krw", 50, 200), ("zar", 49, 400), ("zar", 50, 200), ("idr", 49, 400),
    ("ars", 49, 400), ("cop", 49, 400), ("ils", 49, 400), ("php", 49, 400), ("rub", 49, 400),
    ("huf", 17_499, 400), ("huf", 17_500, 200), ("bgn", 1, 200), ("clp", 1, 200), ("isk", 100, 200),
    ("inr", 999_999_999, 200), ("inr", 1_000_000_000, 400),
    ("cop", 9_999_999_999, 200), ("cop", 10_000_000_000, 400),
  ])
  func amountFitsItsCurrency(currency: String, amount: Int, status: Int) throws {
    try StripeTestWorld.run { world in
      let answer = try await world.post("payment_intents", "amount=\(amount)&currency=\(currency)")
      #expect(answer.status == status)
    }
  }

  /// ISK and UGX are whole units in every amount, HUF and TWD in payouts only.
  @Test(arguments: [
    ("isk", 150, 400), ("isk", 100, 200), ("ugx", 150, 400), ("ugx", 100, 200), ("huf", 1, 200),
    ("twd", 1, 200), ("idr", 1, 200),
  ])
  func partialRefundFitsItsCurrency(currency: String, amount: Int, status: Int) throws {
    try StripeTestWorld.run { world in
      let id = try await world.post(
        "payment_intents",
        "amount=500000&currency=\(currency)&payment_method=pm_card_visa&confirm=true"
          + "&payment_method_types[]=card"
      ).id
      let answer = try await world.post("refunds", "payment_intent=\(id)&amount=\(amount)")
      #expect(answer.status == status)
    }
  }

  @Test func partialRefundInAThreeDecimalCurrencyEndsInZero() throws {
    try StripeTestWorld.run { world in
      let id = try await world.post(
        "payment_intents",
        "amount=5120&currency=kwd&payment_method=pm_card_visa&confirm=true&payment_method_types[]=card"
      ).id
      #expect(try await world.post("refunds", "payment_intent=\(id)&amount=1001").status == 400)
      #expect(try await world.post("refunds", "payment_intent=\(id)&amount=1000").status == 200)
    }
  }

  @Test func percentEncodedBracketsAndBlanksAreDecoded() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent(
        "metadata%5Bbooking%5D=bk+1%26%C3%A9&description=a%2Bb&payment_method_types%5B0%5D=card")
      #expect(answer.json["metadata"]["booking"].string == "bk 1&é")
      #expect(answer.json["description"].string == "a+b")
      #expect(answer.json["payment_method_types"] == .array([.string("card")]))
    }
  }

  @Test func textIsEscapedInJSON() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent("description=%22a%5C%0A%01%22")
      #expect(answer.json["description"].string == "\"a\\\n\u{1}\"")
    }
  }

  @Test(arguments: [
    "expand[]=latest_charge", "expand[0]=latest_charge", "expand%5B0%5D=latest_charge",
  ])
  func latestChargeExpands(query: String) throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      let answer = try await world.get("payment_intents/\(id)", query)
      #expect(answer.json["latest_charge"]["object"].string == "charge")
    }
  }

  @Test func unknownExpansionIsRefused() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent("expand[]=wat")
      #expect(answer.message == "This property cannot be expanded (wat).")
    }
  }

  @Test func unknownCancellationReasonIsRefused() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent().id
      let answer = try await world.post(
        "payment_intents/\(id)/cancel", "cancellation_reason=whim")
      #expect(answer.param == "cancellation_reason")
      #expect(world.stripe.paymentIntent(id)?.status == "requires_payment_method")
    }
  }

  @Test func registeredCustomerIsAccepted() throws {
    try StripeTestWorld.run { world in
      world.stripe.addCustomer(id: "cus_1")
      world.stripe.addCustomer(id: "cus_1")
      #expect(try await world.intent("customer=cus_1").json["customer"].string == "cus_1")
      let made = try await world.post("customers", "email=a%40example.com")
      #expect(try await world.get("customers/\(made.id)").json["email"].string == "a@example.com")
    }
  }

  @Test func unknownIntentIsMissing() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.get("payment_intents/pi_x")
      #expect(answer.status == 404)
      #expect(answer.code == "resource_missing")
      #expect(answer.param == "intent")
      #expect(answer.message == "No such payment_intent: 'pi_x'")
    }
  }

  @Test(arguments: [nil, "Bearer sk_test_wrong", "Basic d3Jvbmc6"])
  func otherKeysAreUnauthorised(authorization: String?) throws {
    try StripeTestWorld.run { world in
      let answer = try await world.send(
        .get, "/v1/payment_intents", authorization: authorization)
      #expect(answer.status == 401)
      #expect(answer.json["error"]["type"].string == "invalid_request_error")
      #expect(world.script.calls.isEmpty)
      #expect(world.stripe.requests.map(\.status) == [401])
    }
  }

  @Test func basicAuthenticationIsAccepted() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.send(
        .get, "/v1/payment_intents", authorization: "Basic c2tfdGVzdF9hYmNkZWZnaGlqa2xtbm9wOg==")
      #expect(answer.status == 200)
    }
  }

  @Test func unknownURLIsNotRecognised() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.post("wat")
      #expect(answer.status == 404)
      #expect(answer.message?.hasPrefix("Unrecognized request URL (POST: /v1/wat).") == true)
    }
  }

  @Test func answersCarryStripesHeaders() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent(key: "k")
      #expect(answer.header("Content-Type") == "application/json")
      #expect(answer.header("Request-Id")?.count == 18)
      #expect(answer.header("Request-Id")?.hasPrefix("req_") == true)
      #expect(answer.header("Stripe-Version") == "2026-10-28.endive")
      #expect(answer.header("Idempotency-Key") == "k")
      #expect(answer.header("Original-Request") == answer.header("Request-Id"))
      #expect(answer.header("Cache-Control") == "no-cache, no-store")
    }
  }
}

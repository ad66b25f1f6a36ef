import FakeVendors
import Testing

/// Rules of parameters that a caller meets at Stripe before any money moves.
struct StripeRuleTests {
  private static let paid = "amount=2500&currency=usd&payment_method=pm_card_visa&confirm=true"

  @Test(arguments: [
    ("", 400), ("&automatic_payment_methods[enabled]=true", 400),
    ("&return_url=https%3A%2F%2Fshop.test%2Fdone", 200),
    (
      "&automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never",
      200
    ),
    ("&payment_method_types[]=card", 200),
  ])
  func dashboardMethodsNeedAReturnURL(more: String, status: Int) throws {
    try StripeTestWorld.run { world in
      let answer = try await world.post("payment_intents", Self.paid + more)
      #expect(answer.status == status)
      if status == 400 {
        #expect(answer.message?.contains("you must provide a `return_url`") == true)
        #expect(world.stripe.paymentIntents.isEmpty)
      }
    }
  }

  @Test func dashboardMethodsNeedAReturnURLAtALaterConfirm() throws {
    try StripeTestWorld.run { world in
      let made = try await world.post(
        "payment_intents", "amount=2500&currency=usd&payment_method=pm_card_visa")
      #expect(made.json["automatic_payment_methods"]["allow_redirects"].string == "always")
      #expect(try await world.post("payment_intents/\(made.id)/confirm").status == 400)
      let confirmed = try await world.post(
        "payment_intents/\(made.id)/confirm", "return_url=https%3A%2F%2Fshop.test")
      #expect(confirmed.state == "succeeded")
    }
  }

  @Test(arguments: [
    ("receipt_email=nobody", "receipt_email", "Invalid email address: nobody"),
    ("receipt_email=a%40b", "receipt_email", "Invalid email address: a@b"),
    (
      "metadata[k]=" + String(repeating: "x", count: 501), "metadata[k]",
      "Metadata values can have up to 500 characters, but you passed in a value that is 501 "
        + "characters. Invalid value: " + String(repeating: "x", count: 501)
    ),
    (
      "metadata[" + String(repeating: "k", count: 41) + "]=1", "metadata",
      "Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters. "
        + "Invalid key: " + String(repeating: "k", count: 41)
    ),
    (
      "metadata[a][b]=1", "metadata[a]",
      "Metadata values must be strings, but for key a you passed in a hash or list."
    ),
    ("metadata=text", "metadata", "Invalid metadata: must be a hash, not text"),
    (
      "statement_descriptor_suffix=12345678901234567890123", "statement_descriptor_suffix",
      "Invalid string: 1234567890...90123; must be at most 22 characters"
    ),
    (
      "statement_descriptor_suffix=a*b", "statement_descriptor_suffix",
      "The statement descriptor must contain at least one alphabetic character and none of the "
        + "characters <, >, \\, ', \", *."
    ),
    (
      "description[a]=1", "description", "Invalid string: {\"a\"=>\"1\"}"
    ),
  ])
  func textIsRefusedOnCreateAndOnUpdate(form: String, param: String, message: String) throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent().id
      let created = try await world.intent(form)
      let updated = try await world.post("payment_intents/\(id)", form)
      for answer in [created, updated] {
        #expect(answer.status == 400)
        #expect(answer.param == param)
        #expect(answer.message == message)
      }
      #expect(world.stripe.paymentIntents.count == 1)
    }
  }

  @Test func fiftyKeysOfMetadataAreTheMostAfterAnUpdate() throws {
    try StripeTestWorld.run { world in
      let fifty = (0..<50).map { "metadata[k\($0)]=v" }.joined(separator: "&")
      let id = try await world.intent(fifty).id
      let more = try await world.post("payment_intents/\(id)", "metadata[one]=more")
      #expect(more.message == "You can have up to 50 metadata keys.")
      let swapped = try await world.post(
        "payment_intents/\(id)", "metadata[one]=more&metadata[k0]=")
      #expect(swapped.json["metadata"].keys.count == 50)
      let paid = try await world.paid()
      let refund = try await world.post("refunds", "payment_intent=\(paid)&\(fifty)").id
      #expect(try await world.post("refunds/\(refund)", "metadata[one]=more").status == 400)
    }
  }

  @Test(arguments: [
    ("payment_intents", "automatic_payment_methods[wat]"), ("payment_methods", "card[wat]"),
    ("payment_methods", "billing_details[wat]"), ("customers", "wat"), ("refunds", "wat"),
  ])
  func unknownParameterIsRefusedWhereverItStands(path: String, param: String) throws {
    try StripeTestWorld.run { world in
      let answer = try await world.post(path, "\(param)=1")
      #expect(answer.code == "parameter_unknown")
      #expect(answer.param == param)
    }
  }

  @Test func unknownParameterOfAListIsRefused() throws {
    try StripeTestWorld.run { world in
      let list = try await world.get("payment_intents", "created[wat]=1")
      #expect(list.param == "created[wat]")
      let event = try await world.get("events/evt_1", "wat=1")
      #expect(event.param == "wat")
    }
  }

  @Test func statementDescriptorIsForOtherMethodsThanCards() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent(
        "payment_method=pm_card_visa&confirm=true&statement_descriptor=TRAVEL")
      #expect(answer.param == "statement_descriptor")
      let id = try await world.paid("statement_descriptor_suffix=OSLO")
      let charge = try await world.get("payment_intents/\(id)", "expand[]=latest_charge").json
      #expect(
        charge["latest_charge"]["calculated_statement_descriptor"].string == "TRAVEL* OSLO")
    }
  }

  @Test func idempotencyKeyHasAtMost255Characters() throws {
    try StripeTestWorld.run { world in
      let longest = try await world.intent(key: String(repeating: "k", count: 255))
      let longer = try await world.intent(key: String(repeating: "k", count: 256))
      #expect(longest.status == 200)
      #expect(longer.status == 400)
      #expect(world.stripe.paymentIntents.count == 1)
    }
  }

  @Test(arguments: [("usd", "$0.50 usd"), ("czk", "15.00 czk")])
  func messageNamesTheCurrencyOnce(currency: String, least: String) throws {
    try StripeTestWorld.run { world in
      let answer = try await world.post("payment_intents", "amount=1&currency=\(currency)")
      #expect(answer.message == "Amount must be at least \(least)")
    }
  }
}

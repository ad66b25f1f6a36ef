import FakeVendors
import HTTPTypes
import Testing

struct StripeCheckoutTests {
  private static let form =
    "mode=payment&success_url=https%3A%2F%2Fa.test%2Fok&line_items[0][quantity]=2"
    + "&line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=700"
    + "&line_items[0][price_data][product_data][name]=Seat"

  private static func opened(
    _ world: StripeTestWorld, _ more: String = ""
  ) async throws -> String {
    let session = try await world.post("checkout/sessions", form + more)
    #expect(session.json["payment_intent"] == .null)
    return session.id
  }

  @Test func aPaidSessionIsCompleteAndHasItsPayment() throws {
    try StripeTestWorld.serving { world, inbox in
      let id = try await Self.opened(
        world, "&payment_intent_data[metadata][trip]=7&client_reference_id=c1")
      #expect(world.stripe.pay(id, with: "pm_card_visa", email: "ada@example.com") == .completed)
      let session = try await world.get(
        "checkout/sessions/\(id)", "expand[]=payment_intent.latest_charge")
      #expect(session.state == "complete")
      #expect(session.json["payment_status"].string == "paid")
      #expect(session.json["url"] == .null)
      #expect(session.json["customer_details"]["email"].string == "ada@example.com")
      let intent = session.json["payment_intent"]
      #expect(intent["amount_received"].int == 1400)
      #expect(intent["currency"].string == "eur")
      #expect(intent["metadata"]["trip"].string == "7")
      #expect(intent["latest_charge"]["paid"].bool == true)
      let found = try await world.get(
        "checkout/sessions", "payment_intent=\(intent["id"].string ?? "")&status=complete")
      #expect(found.data.map { $0["id"].string } == [id])
      try await world.sleep(.seconds(5))
      #expect(
        inbox.types == [
          "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
          "checkout.session.completed",
        ])
      #expect(inbox.deliveries.last?.json["data"]["object"]["client_reference_id"].string == "c1")
      // Nobody pays twice, and what is paid does not expire.
      #expect(world.stripe.pay(id, with: "pm_card_visa", email: nil) != .completed)
      let refused = try await world.post("checkout/sessions/\(id)/expire")
      #expect(refused.status == 400)
      try await world.sleep(.seconds(90_000))
      let later = try await world.get("checkout/sessions/\(id)")
      #expect(later.state == "complete")
    }
  }

  @Test func theLinesOfASessionAreListedInTheirOrder() throws {
    try StripeTestWorld.run { world in
      let id = try await Self.opened(
        world,
        "&line_items[1][price_data][currency]=eur&line_items[1][price_data][unit_amount]=50"
          + "&line_items[1][price_data][product_data][name]=Bag")
      let path = "checkout/sessions/\(id)/line_items"
      let all = try await world.get(path)
      #expect(all.data.map { $0["description"].string } == ["Seat", "Bag"])
      #expect(all.data.map { $0["amount_total"].int } == [1400, 50])
      #expect(all.data[0]["price"]["unit_amount"].int == 700)
      #expect(all.json["has_more"].bool == false)
      let first = try await world.get(path, "limit=1")
      #expect(first.json["has_more"].bool == true)
      let last = all.data[1]["id"].string ?? ""
      let second = try await world.get(path, "starting_after=\(first.data[0]["id"].string ?? "")")
      #expect(second.data.map { $0["id"].string } == [last])
      let before = try await world.get(path, "limit=1&ending_before=\(last)")
      #expect(before.data == first.data)
      #expect(try await world.get(path, "starting_after=li_x").status == 400)
      let shown = try await world.get("checkout/sessions/\(id)", "expand[]=line_items")
      #expect(shown.json["line_items"]["data"].array == all.data)
    }
  }

  @Test func aDeclinedCustomerTriesAnotherCardOfTheSamePayment() throws {
    try StripeTestWorld.run { world in
      let id = try await Self.opened(world)
      #expect(
        world.stripe.pay(id, with: "pm_card_chargeDeclined", email: nil)
          == .stillOpen(status: "card_declined"))
      let open = try await world.get("checkout/sessions/\(id)")
      #expect(open.state == "open")
      #expect(open.json["payment_status"].string == "unpaid")
      #expect(world.stripe.pay(id, with: "pm_card_visa", email: "ada@example.com") == .completed)
      let paid = try await world.get("checkout/sessions/\(id)")
      #expect(paid.json["customer_details"]["email"].string == "ada@example.com")
      #expect(world.stripe.paymentIntents.count == 1)
      #expect(world.stripe.paymentIntents[0].id == open.json["payment_intent"].string)
    }
  }

  @Test func a3DSecureCustomerCompletesItByAuthenticating() throws {
    try StripeTestWorld.run { world in
      let id = try await Self.opened(world)
      #expect(
        world.stripe.pay(id, with: "pm_card_threeDSecure2Required", email: nil)
          == .stillOpen(status: "requires_action"))
      #expect(world.stripe.authenticate(world.stripe.paymentIntents[0].id, succeeds: true))
      #expect(try await world.get("checkout/sessions/\(id)").state == "complete")
    }
  }

  @Test func heldMoneyIsPaidOnceItIsCaptured() throws {
    try StripeTestWorld.run { world in
      let id = try await Self.opened(world, "&payment_intent_data[capture_method]=manual")
      #expect(world.stripe.pay(id, with: "pm_card_visa", email: nil) == .completed)
      let held = try await world.get("checkout/sessions/\(id)")
      #expect(held.json["payment_status"].string == "unpaid")
      let intent = held.json["payment_intent"].string ?? ""
      _ = try await world.post("payment_intents/\(intent)/capture")
      let paid = try await world.get("checkout/sessions/\(id)")
      #expect(paid.json["payment_status"].string == "paid")
      #expect(world.stripe.events.count { $0.type == "checkout.session.completed" } == 1)
    }
  }

  @Test func aGuestBecomesACustomerWhenTheSessionSaysSo() throws {
    try StripeTestWorld.run { world in
      let id = try await Self.opened(
        world, "&customer_creation=always&customer_email=ada%40example.com")
      #expect(world.stripe.pay(id, with: "pm_card_visa", email: "other@example.com") == .completed)
      let session = try await world.get(
        "checkout/sessions/\(id)", "expand[]=customer&expand[]=payment_intent")
      #expect(session.json["customer"]["email"].string == "ada@example.com")
      #expect(
        session.json["payment_intent"]["customer"].string == session.json["customer"]["id"].string)
    }
  }

  @Test func aSessionExpiresByItself() throws {
    try StripeTestWorld.serving { world, inbox in
      let id = try await Self.opened(world)
      try await world.sleep(.seconds(86_410))
      #expect(inbox.types == ["checkout.session.expired"])
      #expect(world.stripe.pay(id, with: "pm_card_visa", email: nil) != .completed)
    }
  }

  @Test func unknownCardsAndSessionsAreRefused() throws {
    try StripeTestWorld.run { world in
      let id = try await Self.opened(world)
      for outcome in [
        world.stripe.pay(id, with: "pm_card_nobody", email: nil),
        world.stripe.pay("cs_test_none", with: "pm_card_visa", email: nil),
      ] {
        guard case .refused = outcome else {
          Issue.record("\(outcome)")
          return
        }
      }
    }
  }
}

struct StripeCustomerEventTests {
  @Test func customersAndTheirMethodsCauseEvents() throws {
    try StripeTestWorld.serving { world, inbox in
      let customer = try await world.post("customers", "name=Ada").id
      _ = try await world.post("customers/\(customer)", "name=Grace")
      _ = try await world.post("customers/\(customer)", "name=Grace")
      let method = try await world.post(
        "payment_methods/pm_card_visa/attach", "customer=\(customer)"
      ).id
      _ = try await world.post("payment_methods/\(method)", "metadata[a]=1")
      _ = try await world.post("payment_methods/\(method)/detach")
      try await world.sleep(.seconds(5))
      #expect(
        inbox.types == [
          "customer.created", "customer.updated", "payment_method.attached",
          "payment_method.updated", "payment_method.detached",
        ])
      #expect(Set(inbox.deliveries.map(\.id)).count == 5)
      #expect(inbox.deliveries[1].json["data"]["object"]["name"].string == "Grace")
      let listed = try await world.get("events", "type=customer.created")
      #expect(listed.data.map { $0["id"].string } == [inbox.deliveries[0].id])
    }
  }

  @Test func aDeletedCustomerIsToldOfAndPaysNoMore() throws {
    try StripeTestWorld.run { world in
      let customer = try await world.post("customers", "email=ada%40example.com").id
      let method = try await world.post(
        "payment_methods/pm_card_visa/attach", "customer=\(customer)"
      ).id
      let deleted = try await world.send(.delete, "/v1/customers/\(customer)")
      #expect(deleted.status == 200)
      #expect(deleted.json.keys == ["id", "object", "deleted"])
      #expect(deleted.json["deleted"].bool == true)
      #expect(try await world.get("customers/\(customer)").json["deleted"].bool == true)
      #expect(try await world.get("customers").data.isEmpty)
      let again = try await world.send(.delete, "/v1/customers/\(customer)")
      #expect(again.status == 404)
      #expect(again.code == "resource_missing")
      #expect(try await world.post("customers/\(customer)", "name=A").status == 404)
      let paid = try await world.post(
        "payment_intents", "amount=500&currency=usd&customer=\(customer)")
      #expect(paid.param == "customer")
      #expect(try await world.get("payment_methods/\(method)").json["customer"] == .null)
      #expect(
        world.stripe.events.map(\.type) == [
          "customer.created", "payment_method.attached", "payment_method.detached",
          "customer.deleted",
        ])
    }
  }

  @Test(arguments: ["/v1/payment_intents/pi_1", "/v1/customers", "/v1/customers/c/sources"])
  func nothingElseIsDeleted(path: String) throws {
    try StripeTestWorld.run { world in
      let reply = try await world.send(.delete, path)
      #expect(reply.status == 404)
    }
  }
}

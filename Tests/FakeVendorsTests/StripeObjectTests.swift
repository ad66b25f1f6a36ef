import FakeVendors
import Testing

/// Customers, their payment methods, expansion, lists, search, the balance and Checkout.
struct StripeObjectTests {
  @Test func customersMethodsAreAttachedListedAndDetached() throws {
    try StripeTestWorld.run { world in
      let customer = try await world.post("customers", "email=ada%40example.com&name=Ada").id
      let updated = try await world.post("customers/\(customer)", "name=&metadata[a]=1")
      #expect(updated.json["name"] == .null)
      #expect(updated.json["metadata"]["a"].string == "1")
      let method = try await world.post(
        "payment_methods/pm_card_visa/attach", "customer=\(customer)")
      #expect(method.json["customer"].string == customer)
      let list = try await world.get("customers/\(customer)/payment_methods", "type=card")
      #expect(list.data.map { $0["id"].string } == [method.id])
      let stranger = try await world.intent("payment_method=\(method.id)")
      #expect(stranger.param == "payment_method")
      let paid = try await world.paid("customer=\(customer)", card: method.id)
      #expect(world.stripe.paymentIntent(paid)?.status == "succeeded")
      let detached = try await world.post("payment_methods/\(method.id)/detach")
      #expect(detached.json["customer"] == .null)
      let spent = try await world.post(
        "payment_methods/\(method.id)/attach", "customer=\(customer)")
      #expect(spent.message?.contains("It may not be used again") == true)
    }
  }

  @Test func cardThatDeclinesCannotBeAttached() throws {
    try StripeTestWorld.run { world in
      let customer = try await world.post("customers").id
      let declined = try await world.post(
        "payment_methods/pm_card_chargeDeclined/attach", "customer=\(customer)")
      #expect(declined.status == 402)
      let later = try await world.post(
        "payment_methods/pm_card_chargeCustomerFail/attach", "customer=\(customer)")
      #expect(later.status == 200)
    }
  }

  @Test func paymentMethodDataMakesAPaymentMethod() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent(
        "confirm=true&payment_method_data[type]=card&payment_method_data[card][token]=tok_mastercard"
          + "&payment_method_data[billing_details][name]=Ada&expand[]=payment_method")
      #expect(answer.state == "succeeded")
      #expect(answer.json["payment_method"]["card"]["brand"].string == "mastercard")
      #expect(answer.json["payment_method"]["billing_details"]["name"].string == "Ada")
    }
  }

  @Test func objectsExpandWithinObjects() throws {
    try StripeTestWorld.run { world in
      let customer = try await world.post("customers", "name=Ada").id
      let id = try await world.paid("customer=\(customer)")
      let refund = try await world.post(
        "refunds",
        "payment_intent=\(id)&amount=500&expand[]=charge.balance_transaction"
          + "&expand[]=payment_intent.customer")
      #expect(refund.json["charge"]["balance_transaction"]["amount"].int == 2500)
      #expect(refund.json["payment_intent"]["customer"]["name"].string == "Ada")
      let list = try await world.get(
        "payment_intents", "expand[]=data.latest_charge.refunds&expand[]=data.customer")
      let first = list.data.first ?? .null
      #expect(
        first["latest_charge"]["refunds"]["data"].array.map { $0["id"].string } == [refund.id])
      #expect(first["customer"]["id"].string == customer)
      let refused = try await world.get("payment_intents/\(id)", "expand[]=latest_charge.wat")
      #expect(refused.message == "This property cannot be expanded (latest_charge.wat).")
    }
  }

  @Test func chargesAreListedAndSearched() throws {
    try StripeTestWorld.run { world in
      let first = try await world.paid("metadata[order]=7")
      let second = try await world.intent("payment_method=pm_card_visa&metadata[order]=8").id
      let charges = try await world.get("charges", "payment_intent=\(first)")
      #expect(charges.data.count == 1)
      for (query, found) in [
        ("metadata[%22order%22]:%227%22", [first]), ("status:'succeeded'", [first]),
        ("-status:'succeeded'", [second]), ("amount>2000", [second, first]),
        ("metadata['order']:'7'+OR+metadata['order']:'8'", [second, first]),
        ("status:'succeeded'+AND+metadata['order']:'8'", []),
      ] {
        let answer = try await world.get("payment_intents/search", "query=\(query)")
        #expect(answer.data.map { $0["id"].string ?? "" } == found)
      }
      let page = try await world.get("payment_intents/search", "query=amount>1&limit=1")
      #expect(page.json["has_more"].bool == true)
      let next = try await world.get(
        "payment_intents/search",
        "query=amount>1&limit=1&page=\(page.json["next_page"].string ?? "")")
      #expect(next.data.map { $0["id"].string } == [first])
      #expect(next.json["has_more"].bool == false)
      let broken = try await world.get("payment_intents/search", "query=wat")
      #expect(broken.status == 400)
    }
  }

  @Test func balanceIsWhatItsMovementsSay() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      _ = try await world.post("refunds", "payment_intent=\(id)&amount=500")
      let now = try await world.get("balance")
      #expect(now.json["pending"].array.first?["amount"].int == 2428)
      #expect(now.json["available"].array.first?["amount"].int == -500)
      let moves = try await world.get("balance_transactions", "type=refund")
      #expect(moves.data.map { $0["net"].int } == [-500])
      try await world.sleep(.seconds(2 * 86_400))
      let later = try await world.get("balance")
      #expect(later.json["available"].array.first?["amount"].int == 1928)
    }
  }

  @Test func checkoutSessionIsOpenUntilItExpires() throws {
    try StripeTestWorld.run { world in
      let form =
        "mode=payment&success_url=https%3A%2F%2Fshop.test&line_items[0][quantity]=2"
        + "&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=700"
      let session = try await world.post("checkout/sessions", form)
      #expect(session.json["amount_total"].int == 1400)
      #expect(session.json["payment_status"].string == "unpaid")
      #expect(session.state == "open")
      let other = try await world.post("checkout/sessions", form).id
      let expired = try await world.post("checkout/sessions/\(other)/expire")
      #expect(expired.state == "expired")
      let open = try await world.get("checkout/sessions", "status=open")
      #expect(open.data.map { $0["id"].string } == [session.id])
      try await world.sleep(.seconds(86_400))
      let late = try await world.get("checkout/sessions/\(session.id)")
      #expect(late.state == "expired")
    }
  }
}

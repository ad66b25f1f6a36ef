import FakeVendors
import Testing

/// The field names of Stripe's own schema and of recorded answers.
struct StripeShapeTests {
  static let intent: Set<String> = [
    "id", "object", "amount", "amount_capturable", "amount_details", "amount_received",
    "application", "application_fee_amount", "automatic_payment_methods", "canceled_at",
    "cancellation_reason", "capture_method", "client_secret", "confirmation_method", "created",
    "currency", "customer", "description", "last_payment_error", "latest_charge", "livemode",
    "metadata", "next_action", "on_behalf_of", "payment_method", "payment_method_options",
    "payment_method_types", "processing", "receipt_email", "review", "setup_future_usage",
    "shipping", "statement_descriptor", "statement_descriptor_suffix", "status", "transfer_data",
    "transfer_group",
  ]
  static let charge: Set<String> = [
    "id", "object", "amount", "amount_captured", "amount_refunded", "application",
    "application_fee", "application_fee_amount", "balance_transaction", "billing_details",
    "calculated_statement_descriptor", "captured", "created", "currency", "customer",
    "description", "disputed", "failure_balance_transaction", "failure_code", "failure_message",
    "fraud_details", "livemode", "metadata", "on_behalf_of", "outcome", "paid", "payment_intent",
    "payment_method", "payment_method_details", "receipt_email", "receipt_number", "receipt_url",
    "refunded", "review", "shipping", "source_transfer", "statement_descriptor",
    "statement_descriptor_suffix", "status", "transfer_data", "transfer_group",
  ]
  static let card: Set<String> = [
    "amount_authorized", "brand", "capture_before", "checks", "country", "exp_month", "exp_year",
    "extended_authorization", "fingerprint", "funding", "incremental_authorization",
    "installments", "last4", "mandate", "multicapture", "network", "overcapture",
    "three_d_secure", "wallet",
  ]
  static let refund: Set<String> = [
    "id", "object", "amount", "balance_transaction", "charge", "created", "currency",
    "destination_details", "metadata", "payment_intent", "reason", "receipt_number",
    "source_transfer_reversal", "status", "transfer_reversal",
  ]

  @Test(arguments: [
    "requires_payment_method", "requires_confirmation", "requires_action", "requires_capture",
    "processing", "succeeded", "canceled",
  ])
  func intentHasAllFieldsInEveryState(state: String) throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(in: state)
      let answer = try await world.get("payment_intents/\(id)")
      #expect(answer.json.keys == Self.intent)
      #expect(answer.state == state)
    }
  }

  @Test(arguments: ["pm_card_visa", "pm_card_chargeDeclined"])
  func chargeHasAllFields(card: String) throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent("payment_method=\(card)&confirm=true")
      let intent = answer.status == 200 ? answer.json : answer.json["error"]["payment_intent"]
      let charge = try await world.get("charges/\(intent["latest_charge"].string ?? "")").json
      #expect(charge.keys == Self.charge)
      #expect(charge["payment_method_details"]["card"].keys == Self.card)
      #expect(
        charge["outcome"].keys == [
          "network_status", "reason", "risk_level", "risk_score", "seller_message", "type",
        ])
    }
  }

  @Test func refundHasAllFields() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      #expect(
        try await world.post("refunds", "payment_intent=\(id)&amount=500").json.keys == Self.refund)
      world.script.next(
        "refunds.create", .refundPending(settlesAfter: .seconds(1), succeeds: false))
      let pending = try await world.post("refunds", "payment_intent=\(id)&amount=500")
      #expect(pending.json.keys == Self.refund.union(["pending_reason"]))
      #expect(pending.json["destination_details"]["card"]["type"].string == "pending")
      try await world.sleep(.seconds(1))
      let failed = try await world.get("refunds/\(pending.id)")
      #expect(failed.json.keys == Self.refund.union(["failure_reason"]))
    }
  }

  @Test func eventHasAllFields() throws {
    try StripeTestWorld.run { world in
      _ = try await world.intent()
      let event = try await world.get("events").data[0]
      #expect(
        event.keys == [
          "id", "object", "api_version", "created", "data", "livemode", "pending_webhooks",
          "request", "type",
        ])
      #expect(event["data"]["object"].keys == Self.intent)
    }
  }

  @Test func declineHasAllFields() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent("payment_method=pm_card_chargeDeclined&confirm=true")
      #expect(
        answer.json["error"].keys == [
          "type", "code", "decline_code", "charge", "doc_url", "message", "payment_intent",
          "payment_method", "request_log_url",
        ])
      #expect(answer.json["error"]["payment_intent"].keys == Self.intent)
    }
  }

  @Test func paymentMethodHasTheRequiredFields() throws {
    try StripeTestWorld.run { world in
      let method = try await world.post("payment_methods", "type=card&card[token]=tok_visa")
      #expect(
        method.json.keys.isSuperset(of: [
          "billing_details", "created", "id", "livemode", "object", "type",
        ]))
    }
  }

  @Test func idsOfOnePaymentShareTheirLeadingPart() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      let refund = try await world.post("refunds", "payment_intent=\(id)")
      let leading = id.dropFirst(3).prefix(16)
      #expect(id.hasPrefix("pi_3") && id.count == 27)
      #expect(refund.id == "re_\(leading)" + refund.id.dropFirst(19))
      #expect(refund.json["charge"].string?.hasPrefix("ch_\(leading)") == true)
      #expect(refund.json["balance_transaction"].string?.hasPrefix("txn_\(leading)") == true)
      #expect(world.stripe.events.allSatisfy { $0.id.hasPrefix("evt_\(leading)") })
      #expect(Set(world.stripe.events.map(\.id)).count == 5)
      let secret = try await world.get("payment_intents/\(id)").json["client_secret"].string
      #expect(secret?.hasPrefix("\(id)_secret_") == true)
      #expect(secret?.count == id.count + 8 + 25)
    }
  }

  @Test func otherBookingsDoNotChangeIDs() throws {
    @Sendable func baggage(_ booking: String, attempt: Int) -> String {
      "booking=\(booking),slot=intent,direction=do,generation=1,attempt=\(attempt),epoch=1"
    }
    let clock = ManualClock()
    let ids = try clock.run {
      var result: [[String]] = []
      for others in [0, 3] {
        let world = StripeTestWorld()
        for other in 0..<others {
          _ = try await world.post(
            "payment_intents", "amount=100&currency=usd", key: "other\(other)",
            baggage: baggage("bk_\(other)", attempt: 1))
        }
        var ids: [String] = []
        for attempt in 1...2 {
          let answer = try await world.post(
            "payment_intents", "amount=100&currency=usd",
            baggage: baggage("bk_17", attempt: attempt))
          ids += [answer.id, answer.header("Request-Id") ?? ""]
        }
        ids += world.stripe.events.suffix(2).map(\.id)
        result.append(ids)
      }
      return result
    }
    #expect(ids[0] == ids[1])
    #expect(Set(ids[0]).count == 6)
  }

  @Test func seedChangesIDs() throws {
    let clock = ManualClock()
    let ids = try clock.run {
      [
        try await StripeTestWorld(seed: 1).intent(key: "k").id,
        try await StripeTestWorld(seed: 2).intent(key: "k").id,
      ]
    }
    #expect(ids[0] != ids[1])
  }

  @Test func ledgerNotesWhoAsked() throws {
    try StripeTestWorld.run { world in
      let baggage = "booking=bk_1,slot=charge,direction=do,generation=1,attempt=1,epoch=1"
      let answer = try await world.post(
        "payment_intents", "amount=100&currency=usd&metadata[booking]=bk_1", key: "k",
        baggage: baggage)
      let intent = try #require(world.stripe.paymentIntent(answer.id))
      #expect(intent.baggage == baggage)
      #expect(intent.idempotencyKey == "k")
      #expect(intent.metadata == ["booking": "bk_1"])
      #expect(world.stripe.requests.map(\.operation) == ["payment_intents.create"])
      #expect(world.script.calls.map(\.baggage) == [baggage])
      #expect(world.script.calls.map(\.handle) == ["k"])
    }
  }
}

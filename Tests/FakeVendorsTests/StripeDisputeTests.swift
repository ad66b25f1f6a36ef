import FakeVendors
import Testing

struct StripeDisputeTests {
  /// Pays with the card that is disputed and returns the intent's and the dispute's ids.
  private static func disputed(_ world: StripeTestWorld) async throws -> (String, String) {
    let id = try await world.paid(card: "pm_card_createDispute")
    let list = try await world.get("disputes", "payment_intent=\(id)")
    return (id, list.data.first?["id"].string ?? "")
  }

  @Test func cardOfDisputesIsDisputedAfterTheCharge() throws {
    try StripeTestWorld.run { world in
      let (intent, id) = try await Self.disputed(world)
      let dispute = try await world.get(
        "disputes/\(id)", "expand[]=charge&expand[]=payment_intent")
      #expect(dispute.state == "needs_response")
      #expect(dispute.json["amount"].int == 2500)
      #expect(dispute.json["reason"].string == "fraudulent")
      #expect(dispute.json["charge"]["disputed"].bool == true)
      #expect(dispute.json["payment_intent"]["id"].string == intent)
      #expect(dispute.json["balance_transactions"].array.first?["amount"].int == -2500)
      let refund = try await world.post("refunds", "payment_intent=\(intent)")
      #expect(refund.code == "charge_disputed")
      #expect(
        world.stripe.events.map(\.type).suffix(3) == [
          "payment_intent.succeeded", "charge.dispute.created", "charge.dispute.funds_withdrawn",
        ])
    }
  }

  @Test func heldChargeIsDisputedOnceItIsCaptured() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid("capture_method=manual", card: "pm_card_createDispute")
      let before = try await world.get("disputes")
      #expect(before.data.isEmpty)
      _ = try await world.post("payment_intents/\(id)/capture", "amount_to_capture=2000")
      let after = try await world.get("disputes")
      #expect(after.data.map { $0["amount"].int } == [2000])
    }
  }

  @Test(arguments: [("winning_evidence", "won"), ("losing_evidence", "lost")])
  func evidenceDecides(text: String, status: String) throws {
    try StripeTestWorld.run { world in
      let (intent, id) = try await Self.disputed(world)
      let draft = try await world.post(
        "disputes/\(id)", "evidence[customer_name]=Ada&submit=false")
      #expect(draft.state == "needs_response")
      let ended = try await world.post("disputes/\(id)", "evidence[uncategorized_text]=\(text)")
      #expect(ended.state == status)
      #expect(ended.json["evidence"]["customer_name"].string == "Ada")
      #expect(ended.json["evidence_details"]["submission_count"].int == 1)
      #expect(world.stripe.events.map(\.type).contains("charge.dispute.closed"))
      let refund = try await world.post("refunds", "payment_intent=\(intent)")
      #expect(refund.status == (status == "won" ? 200 : 400))
    }
  }

  @Test func aDisputeThatNobodyAnswersIsLost() throws {
    try StripeTestWorld.serving(types: ["charge.dispute.closed"]) { world, inbox in
      let (_, id) = try await Self.disputed(world)
      let open = try await world.get("disputes/\(id)")
      let due = open.json["evidence_details"]["due_by"].int ?? 0
      // A draft is no answer.
      _ = try await world.post("disputes/\(id)", "evidence[customer_name]=Ada&submit=false")
      try await world.sleep(.seconds(7 * 86_400 - 10))
      #expect(try await world.get("disputes/\(id)").state == "needs_response")
      try await world.sleep(.seconds(15))
      #expect(try await world.get("disputes/\(id)").state == "lost")
      #expect(inbox.types == ["charge.dispute.closed"])
      #expect(inbox.deliveries.first?.json["created"].int == due)
    }
  }

  @Test func anAnsweredDisputeHasNoDeadline() throws {
    try StripeTestWorld.run { world in
      let (_, id) = try await Self.disputed(world)
      _ = try await world.post("disputes/\(id)", "evidence[customer_name]=Ada")
      try await world.sleep(.seconds(30 * 86_400))
      #expect(try await world.get("disputes/\(id)").state == "under_review")
    }
  }

  @Test func whatIsLeftAfterARefundCanBeDisputed() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      _ = try await world.post("refunds", "payment_intent=\(id)&amount=1000")
      #expect(world.stripe.dispute(id, reason: "product_not_received"))
      let dispute = try await world.get("disputes", "payment_intent=\(id)").data.first
      #expect(dispute?["amount"].int == 1500)
      #expect(dispute?["reason"].string == "product_not_received")
      #expect(!world.stripe.dispute(id, reason: "fraudulent"))
      let refund = try await world.post("refunds", "payment_intent=\(id)")
      #expect(refund.code == "charge_disputed")
    }
  }

  @Test func closingADisputeLosesIt() throws {
    try StripeTestWorld.run { world in
      let (_, id) = try await Self.disputed(world)
      let closed = try await world.post("disputes/\(id)/close")
      #expect(closed.state == "lost")
      let again = try await world.post("disputes/\(id)/close")
      #expect(again.status == 400)
      let late = try await world.post("disputes/\(id)", "evidence[wat]=1")
      #expect(late.param == "evidence[wat]")
    }
  }
}

import Testing

@testable import FakeVendors

/// What people, other programs and banks do past the caller.
struct StripeDashboardTests {
  private static func everyStep(_ world: StripeTestWorld, _ fault: StripeFault) {
    for operation in ["payment_intents.create", "payment_intents.confirm"] {
      world.script.next(operation, fault)
    }
  }

  private static func balance(_ world: StripeTestWorld) async throws -> Int64 {
    let list = try await world.get("balance_transactions?limit=100")
    return list.data.reduce(0) { $0 + ($1["amount"].int ?? 0) }
  }

  @Test(arguments: [true, false])
  func aBankDisputesAndDecides(isWon: Bool) throws {
    try StripeTestWorld.serving { world, inbox in
      Self.everyStep(
        world,
        .disputed(after: .seconds(60), decidedAfter: .seconds(600), isWon: isWon))
      let id = try await world.paid()
      try await world.sleep(.seconds(61))
      #expect(world.stripe.disputes.map(\.status) == ["needs_response"])
      #expect(world.stripe.disputes.map(\.amountMinor) == [2500])
      #expect(try await Self.balance(world) == 0)
      #expect(try await world.post("refunds", "payment_intent=\(id)").code == "charge_disputed")
      try await world.sleep(.seconds(700))
      let dispute = try #require(world.stripe.disputes.first)
      #expect(dispute.status == (isWon ? "won" : "lost"))
      #expect(dispute.closedMicroseconds == dispute.openedMicroseconds + 600_000_000)
      #expect(try await Self.balance(world) == (isWon ? 2500 : 0))
      #expect(
        inbox.types.filter { $0.hasPrefix("charge.dispute.") }.contains("charge.dispute.closed"))
      let refund = try await world.post("refunds", "payment_intent=\(id)")
      #expect(refund.status == (isWon ? 200 : 400))
    }
  }

  /// Source: Stripe documentation, "Disputes", inquiries: no funds are withdrawn.
  @Test func aBankAsksAndTakesNothing() throws {
    try StripeTestWorld.serving { world, inbox in
      Self.everyStep(world, .enquiry(after: .seconds(60), closedAfter: .seconds(600)))
      let id = try await world.paid()
      try await world.sleep(.seconds(61))
      #expect(world.stripe.disputes.map(\.status) == ["warning_needs_response"])
      #expect(try await Self.balance(world) == 2500)
      let list = try await world.get("disputes", "payment_intent=\(id)")
      #expect(list.data.first?["is_charge_refundable"].bool == true)
      #expect(list.data.first?["balance_transactions"].array.isEmpty == true)
      #expect(try await world.post("refunds", "payment_intent=\(id)&amount=500").status == 200)
      try await world.sleep(.seconds(700))
      let enquiry = try #require(world.stripe.disputes.first)
      #expect(enquiry.status == "warning_closed")
      #expect(enquiry.closedMicroseconds == enquiry.openedMicroseconds + 600_000_000)
      #expect(
        inbox.types.filter { $0.hasPrefix("charge.dispute.") } == [
          "charge.dispute.created", "charge.dispute.closed",
        ])
      #expect(try await world.post("refunds", "payment_intent=\(id)").status == 200)
    }
  }

  @Test(arguments: [
    (StripeFault.Pending.End.succeeded, "succeeded", 1500), (.failed, "failed", 2500),
    (.canceled, "canceled", 2500),
  ])
  func aRefundByHandIsPendingFirst(end: StripeFault.Pending.End, status: String, left: Int64) throws
  {
    try StripeTestWorld.serving { world, inbox in
      Self.everyStep(
        world,
        .refundByHand(
          after: .seconds(60), partsPerMillion: 400_000,
          pending: .init(after: .seconds(600), end: end)))
      let id = try await world.paid()
      try await world.sleep(.seconds(61))
      #expect(world.stripe.refunds.map(\.status) == ["pending"])
      try await world.sleep(.seconds(700))
      #expect(world.stripe.refunds.map(\.status) == [status])
      #expect(inbox.types.contains("refund.updated"))
      #expect(try await Self.balance(world) == left)
      #expect(try await world.post("refunds", "payment_intent=\(id)").json["amount"].int == left)
    }
  }

  /// Whoever refunds by hand may write another payment's metadata on it.
  @Test(arguments: [false, true])
  func aRefundByHandMayCarryAnothersMetadata(_ isMislabelled: Bool) throws {
    try StripeTestWorld.serving { world, _ in
      _ = try await world.paid("metadata[booking]=one")
      Self.everyStep(
        world,
        .refundByHand(
          after: .seconds(60), partsPerMillion: 400_000, isMislabelled: isMislabelled))
      let id = try await world.paid("metadata[booking]=two")
      try await world.sleep(.seconds(61))
      #expect(world.stripe.refunds.map(\.paymentIntent) == [id])
      #expect(world.stripe.refunds.map { $0.metadata["booking"] } == [isMislabelled ? "one" : nil])
    }
  }

  @Test func anIntentIsCancelledByHand() throws {
    try StripeTestWorld.run { world in
      world.script.next("payment_intents.create", .cancelledByHand(after: .seconds(5)))
      let id = try await world.intent(in: "requires_confirmation")
      try await world.sleep(.seconds(6))
      let confirmed = try await world.post("payment_intents/\(id)/confirm", "")
      #expect(confirmed.code == "payment_intent_unexpected_state")
      #expect(world.stripe.paymentIntent(id)?.status == "canceled")
      #expect(world.stripe.paymentIntent(id)?.doneByHand == "canceled")
    }
  }

  @Test func anotherProgramConfirms() throws {
    try StripeTestWorld.run { world in
      world.script.next("payment_intents.create", .confirmedByHand(after: .seconds(5)))
      let id = try await world.intent(in: "requires_confirmation")
      try await world.sleep(.seconds(6))
      let confirmed = try await world.post("payment_intents/\(id)/confirm", "")
      #expect(confirmed.json["error"]["payment_intent"]["status"].string == "succeeded")
      #expect(world.stripe.paymentIntents.map(\.capturedMinor) == [2500])
      #expect(world.stripe.paymentIntent(id)?.doneByHand == "confirmed")
    }
  }

  /// Source: Stripe documentation, "Place a hold on a payment method", capture by the Dashboard.
  @Test(arguments: [(Int64(1_000_000), Int64(2500)), (400_000, 1000), (1, 1)])
  func aHoldIsCapturedByHand(share: Int64, taken: Int64) throws {
    try StripeTestWorld.serving { world, inbox in
      Self.everyStep(world, .capturedByHand(after: .seconds(60), partsPerMillion: share))
      let id = try await world.paid("capture_method=manual")
      #expect(try await world.get("payment_intents/\(id)").state == "requires_capture")
      try await world.sleep(.seconds(61))
      let intent = try await world.get("payment_intents/\(id)")
      #expect(intent.state == "succeeded")
      #expect(intent.json["amount_received"].int == taken)
      #expect(intent.json["amount_capturable"].int == 0)
      #expect(world.stripe.paymentIntent(id)?.doneByHand == "captured")
      #expect(try await Self.balance(world) == taken)
      #expect(try await world.post("payment_intents/\(id)/capture").status == 400)
      try await world.sleep(.seconds(700))
      #expect(inbox.types.contains("payment_intent.succeeded"))
    }
  }

  @Test func aHoldIsVoidedByHand() throws {
    try StripeTestWorld.serving { world, inbox in
      Self.everyStep(world, .voidedByHand(after: .seconds(60)))
      let id = try await world.paid("capture_method=manual")
      try await world.sleep(.seconds(61))
      let intent = try await world.get("payment_intents/\(id)")
      #expect(intent.state == "canceled")
      #expect(intent.json["cancellation_reason"].string == "requested_by_customer")
      #expect(world.stripe.paymentIntent(id)?.doneByHand == "voided")
      #expect(try await Self.balance(world) == 0)
      try await world.sleep(.seconds(700))
      #expect(inbox.types.contains("payment_intent.canceled"))
    }
  }

  @Test(arguments: [
    StripeFault.capturedByHand(after: .seconds(60), partsPerMillion: 500_000),
    .voidedByHand(after: .seconds(60)),
  ])
  func whatIsTakenAtOnceHoldsNothingForHands(fault: StripeFault) throws {
    try StripeTestWorld.run { world in
      Self.everyStep(world, fault)
      let id = try await world.paid()
      try await world.sleep(.seconds(61))
      #expect(try await world.get("payment_intents/\(id)").state == "succeeded")
      #expect(world.stripe.paymentIntent(id)?.doneByHand == nil)
      #expect(try await Self.balance(world) == 2500)
    }
  }
}

import FakeVendors
import Testing

struct StripeRefundTests {
  @Test func refundWithoutAmountReturnsEverything() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      let refund = try await world.post(
        "refunds", "payment_intent=\(id)&reason=requested_by_customer&metadata[cause]=cancel")
      #expect(refund.state == "succeeded")
      #expect(refund.json["amount"].int == 2500)
      #expect(refund.id.hasPrefix("re_3"))
      #expect(world.stripe.refund(refund.id)?.metadata == ["cause": "cancel"])
      let charge = try await world.get("charges/\(refund.json["charge"].string ?? "")")
      #expect(charge.json["amount_refunded"].int == 2500)
      #expect(charge.json["refunded"].bool == true)
    }
  }

  @Test func theDeskRefundsAPartByHand() throws {
    try StripeTestWorld.run { world in
      for operation in ["payment_intents.create", "payment_intents.confirm"] {
        world.script.next(
          operation, .refundByHand(after: .seconds(60), partsPerMillion: 400_000))
      }
      let id = try await world.paid()
      try await world.sleep(.seconds(61))
      let list = try await world.get("refunds?payment_intent=\(id)")
      #expect(list.data.map { $0["amount"].int } == [1000])
      #expect(list.data.first?["metadata"]["cause"].string == nil)
      #expect(world.stripe.refunds(ofPaymentIntent: id).map(\.idempotencyKey) == [""])
      let tooMuch = try await world.post("refunds", "payment_intent=\(id)&amount=2500")
      #expect(tooMuch.status == 400)
      #expect(try await world.post("refunds", "payment_intent=\(id)").json["amount"].int == 1500)
    }
  }

  @Test func partialRefundsAddUpToTheCharge() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      for amount in [1000, 1000] {
        let refund = try await world.post("refunds", "payment_intent=\(id)&amount=\(amount)")
        #expect(refund.status == 200)
      }
      let tooMuch = try await world.post("refunds", "payment_intent=\(id)&amount=501")
      #expect(tooMuch.status == 400)
      #expect(tooMuch.param == "amount")
      #expect(
        tooMuch.message
          == "Refund amount ($5.01) is greater than unrefunded amount on charge ($5.00)")
      #expect(try await world.post("refunds", "payment_intent=\(id)").json["amount"].int == 500)
      #expect(world.stripe.refunds(ofPaymentIntent: id).map(\.amountMinor) == [1000, 1000, 500])
    }
  }

  @Test func fullyRefundedChargeIsNotRefundedAgain() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      let refund = try await world.post("refunds", "payment_intent=\(id)")
      let again = try await world.post("refunds", "payment_intent=\(id)")
      #expect(again.code == "charge_already_refunded")
      #expect(
        again.message
          == "Charge \(refund.json["charge"].string ?? "") has already been refunded.")
    }
  }

  @Test func capturedPartIsWhatCanBeRefunded() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid("capture_method=manual")
      _ = try await world.post("payment_intents/\(id)/capture", "amount_to_capture=1000")
      let answer = try await world.post("refunds", "payment_intent=\(id)&amount=1001")
      #expect(
        answer.message
          == "Refund amount ($10.01) is greater than unrefunded amount on charge ($10.00)")
    }
  }

  @Test(arguments: [
    "requires_payment_method", "requires_confirmation", "requires_action", "processing", "canceled",
  ])
  func thereIsNothingToRefund(state: String) throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(in: state)
      let answer = try await world.post("refunds", "payment_intent=\(id)")
      #expect(answer.status == 400)
      #expect(
        answer.message
          == "This PaymentIntent (\(id)) does not have a successful charge to refund.")
    }
  }

  @Test func holdMustBeCancelledInstead() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(in: "requires_capture")
      let answer = try await world.post("refunds", "payment_intent=\(id)")
      #expect(
        answer.message?.hasPrefix(
          "This uncaptured Charge was created by a PaymentIntent (\(id)). You must cancel the PaymentIntent to reverse the authorization"
        ) == true)
    }
  }

  @Test func disputedChargeIsNotRefunded() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid(card: "pm_card_createDispute")
      let answer = try await world.post("refunds", "payment_intent=\(id)&reason=wrong")
      #expect(answer.code == "charge_disputed")
    }
  }

  @Test func reasonIsCheckedBeforeTheAmount() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      let answer = try await world.post("refunds", "payment_intent=\(id)&reason=wrong&amount=9999")
      #expect(
        answer.message
          == "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer")
    }
  }

  @Test func refundNeedsAPayment() throws {
    try StripeTestWorld.run { world in
      #expect(
        try await world.post("refunds", "amount=5").message
          == "One of the following params should be provided for this request: payment_intent or charge."
      )
      let missing = try await world.post("refunds", "payment_intent=pi_x")
      #expect(missing.status == 404)
      #expect(missing.message == "No such payment_intent: 'pi_x'")
    }
  }

  @Test func pendingRefundSettles() throws {
    try StripeTestWorld.run { world in
      world.script.next(
        "refunds.create", .refundPending(settlesAfter: .seconds(90), succeeds: true))
      let id = try await world.paid()
      let refund = try await world.post("refunds", "payment_intent=\(id)")
      #expect(refund.state == "pending")
      #expect(refund.json["pending_reason"].string == "processing")
      #expect(refund.json["balance_transaction"] == .null)
      try await world.sleep(.seconds(90))
      #expect(try await world.get("refunds/\(refund.id)").state == "succeeded")
      #expect(
        world.stripe.refund(refund.id)?.updatedMicroseconds == ManualClock.epoch + 90_000_000)
    }
  }

  @Test func pendingRefundCountsAgainstTheCharge() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid(card: "pm_card_pendingRefund")
      #expect(try await world.post("refunds", "payment_intent=\(id)").state == "pending")
      #expect(
        try await world.post("refunds", "payment_intent=\(id)").code == "charge_already_refunded")
    }
  }

  @Test func failedRefundGivesTheMoneyBackToTheCharge() throws {
    try StripeTestWorld.run { world in
      world.script.next("refunds.create", .refundFailsLater(after: .seconds(60)))
      let id = try await world.paid()
      let refund = try await world.post("refunds", "payment_intent=\(id)")
      #expect(refund.state == "succeeded")
      try await world.sleep(.seconds(60))
      let failed = try await world.get("refunds/\(refund.id)")
      #expect(failed.state == "failed")
      #expect(failed.json["failure_reason"].string == "expired_or_canceled_card")
      #expect(failed.json["failure_balance_transaction"].string?.hasPrefix("txn_3") == true)
      let charge = try await world.get("charges/\(refund.json["charge"].string ?? "")")
      #expect(charge.json["amount_refunded"].int == 0)
      #expect(charge.json["refunded"].bool == false)
      #expect(try await world.post("refunds", "payment_intent=\(id)").status == 200)
      #expect(
        world.stripe.events.map(\.type).dropFirst(5).prefix(3) == [
          "refund.updated", "charge.refund.updated", "refund.failed",
        ])
    }
  }

  @Test func testCardRefundFailsLater() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid(card: "pm_card_refundFail")
      let refund = try await world.post("refunds", "payment_intent=\(id)")
      #expect(refund.state == "succeeded")
      try await world.sleep(.seconds(600))
      #expect(try await world.get("refunds/\(refund.id)").state == "failed")
    }
  }

  @Test func cardRefundCannotBeCancelled() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      let refund = try await world.post("refunds", "payment_intent=\(id)")
      let answer = try await world.post("refunds/\(refund.id)/cancel")
      #expect(answer.status == 400)
      #expect(answer.message == "Canceling this refund is unsupported.")
      #expect(try await world.post("test_helpers/refunds/\(refund.id)/expire").status == 400)
    }
  }
}

import FakeVendors
import Testing

struct StripePaymentIntentTests {
  @Test func newIntentNeedsAPaymentMethod() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent()
      #expect(answer.status == 200)
      #expect(answer.state == "requires_payment_method")
    }
  }

  @Test func intentWithMethodNeedsConfirmation() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent("payment_method=pm_card_visa")
      #expect(answer.state == "requires_confirmation")
    }
  }

  @Test func confirmChargesTheCard() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent().id
      let answer = try await world.post(
        "payment_intents/\(id)/confirm", "payment_method=pm_card_visa")
      #expect(answer.state == "succeeded")
      #expect(answer.json["amount_received"].int == 2500)
      #expect(answer.json["latest_charge"].string?.hasPrefix("ch_3") == true)
      #expect(world.stripe.paymentIntent(id)?.capturedMinor == 2500)
      #expect(world.stripe.paymentIntent(id)?.capturedMicroseconds == ManualClock.epoch)
    }
  }

  @Test func aMethodOfOnesOwnIsLikeItsToken() throws {
    try StripeTestWorld.run { world in
      #expect(world.stripe.addPaymentMethod(id: "pm_1234567890", like: "pm_card_visa"))
      #expect(!world.stripe.addPaymentMethod(id: "pm_2", like: "pm_card_unheard_of"))
      let paid = try await world.post(
        "payment_intents/\(try await world.intent().id)/confirm", "payment_method=pm_1234567890")
      #expect(paid.state == "succeeded")
      let refused = try await world.post(
        "payment_intents/\(try await world.intent().id)/confirm", "payment_method=pm_2")
      #expect(refused.status == 400)
    }
  }

  @Test func manualCaptureHoldsTheMoney() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid("capture_method=manual")
      let answer = try await world.get("payment_intents/\(id)", "expand[]=latest_charge")
      #expect(answer.state == "requires_capture")
      #expect(answer.json["amount_capturable"].int == 2500)
      #expect(answer.json["latest_charge"]["captured"].bool == false)
    }
  }

  @Test func partialCaptureReleasesTheRest() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid("capture_method=manual")
      let answer = try await world.post("payment_intents/\(id)/capture", "amount_to_capture=1000")
      #expect(answer.state == "succeeded")
      #expect(answer.json["amount_received"].int == 1000)
      #expect(answer.json["amount_capturable"].int == 0)
    }
  }

  @Test func captureOfTooMuchIsRefused() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid("capture_method=manual")
      let answer = try await world.post("payment_intents/\(id)/capture", "amount_to_capture=2501")
      #expect(answer.status == 400)
      #expect(answer.code == "amount_too_large")
      #expect(answer.json["error"]["payment_intent"]["id"].string == id)
    }
  }

  @Test func secondCaptureFindsTheRestReleased() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(in: "captured")
      let answer = try await world.post("payment_intents/\(id)/capture")
      #expect(
        answer.message
          == "The remaining amount on this PaymentIntent could not be captured because the remainder of the authorized amount has been released."
      )
    }
  }

  @Test(arguments: [
    "requires_payment_method", "requires_confirmation", "requires_action", "processing",
    "succeeded", "canceled",
  ])
  func captureNeedsAHold(state: String) throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(in: state)
      let answer = try await world.post("payment_intents/\(id)/capture")
      #expect(answer.status == 400)
      #expect(answer.code == "payment_intent_unexpected_state")
      #expect(
        answer.message
          == "This PaymentIntent could not be captured because it has a status of \(state). Only a PaymentIntent with one of the following statuses may be captured: requires_capture."
      )
    }
  }

  @Test(arguments: [
    "requires_payment_method", "requires_confirmation", "requires_action", "requires_capture",
    "processing",
  ])
  func cancelEndsAnUnfinishedIntent(state: String) throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(in: state)
      let answer = try await world.post(
        "payment_intents/\(id)/cancel", "cancellation_reason=abandoned")
      #expect(answer.state == "canceled")
      #expect(answer.json["cancellation_reason"].string == "abandoned")
      #expect(answer.json["canceled_at"].int == ManualClock.epoch / 1_000_000)
      #expect(answer.json["amount_capturable"].int == 0)
    }
  }

  @Test(arguments: ["succeeded", "canceled"])
  func finishedIntentCannotBeCancelled(state: String) throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(in: state)
      let answer = try await world.post("payment_intents/\(id)/cancel")
      #expect(answer.code == "payment_intent_unexpected_state")
      #expect(
        answer.message
          == "You cannot cancel this PaymentIntent because it has a status of \(state). Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, requires_action, expired, processing."
      )
    }
  }

  @Test(arguments: ["processing", "requires_capture", "succeeded", "canceled"])
  func onlyAnOpenIntentCanBeConfirmed(state: String) throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(in: state)
      let answer = try await world.post(
        "payment_intents/\(id)/confirm", "payment_method=pm_card_visa")
      #expect(answer.status == 400)
      #expect(answer.code == "payment_intent_unexpected_state")
      #expect(answer.json["error"]["payment_intent"]["status"].string == state)
    }
  }

  @Test func confirmWithoutMethodIsRefused() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent().id
      let answer = try await world.post("payment_intents/\(id)/confirm")
      #expect(answer.status == 400)
      #expect(
        answer.message?.hasPrefix(
          "You cannot confirm this PaymentIntent because it's missing a payment method.") == true)
    }
  }

  @Test func holdExpiresAfterSevenDays() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid("capture_method=manual")
      try await world.sleep(.seconds(7 * 86_400 - 1))
      #expect(try await world.get("payment_intents/\(id)").state == "requires_capture")
      try await world.sleep(.seconds(1))
      let answer = try await world.get("payment_intents/\(id)")
      #expect(answer.state == "canceled")
      #expect(answer.json["cancellation_reason"].string == "automatic")
      #expect(
        world.stripe.events.suffix(2).map(\.type) == [
          "charge.expired", "payment_intent.canceled",
        ])
    }
  }

  @Test func aBankMayTakeItsAuthorisationBackEarly() throws {
    try StripeTestWorld.run { world in
      for operation in ["payment_intents.create", "payment_intents.confirm"] {
        world.script.next(operation, .holdExpires(after: .seconds(60)))
      }
      let id = try await world.paid("capture_method=manual")
      let known = world.stripe.paymentIntent(id)
      #expect(known?.heldMicroseconds != nil)
      try await world.sleep(.seconds(61))
      let answer = try await world.post("payment_intents/\(id)/capture")
      #expect(answer.status == 400)
      #expect(answer.code == "payment_intent_unexpected_state")
      #expect(try await world.get("payment_intents/\(id)").state == "canceled")
      #expect(world.stripe.paymentIntent(id)?.cancellationReason == "automatic")
      #expect(world.stripe.paymentIntent(id)?.canceledMicroseconds != nil)
    }
  }

  @Test func whatIsCapturedAtOnceHoldsNothingThatCouldExpire() throws {
    try StripeTestWorld.run { world in
      for operation in ["payment_intents.create", "payment_intents.confirm"] {
        world.script.next(operation, .holdExpires(after: .seconds(60)))
      }
      let id = try await world.paid()
      try await world.sleep(.seconds(61))
      #expect(try await world.get("payment_intents/\(id)").state == "succeeded")
      #expect(world.stripe.paymentIntent(id)?.heldMicroseconds == nil)
    }
  }

  @Test(arguments: [
    ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."),
    ("pm_card_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."),
    (
      "pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds",
      "Your card has insufficient funds."
    ),
    (
      "pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card",
      "Your card was declined."
    ),
    (
      "pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card",
      "Your card was declined."
    ),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", nil, "Your card has expired."),
    (
      "pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", nil,
      "Your card's security code is incorrect."
    ),
    (
      "pm_card_chargeDeclinedProcessingError", "processing_error", nil,
      "An error occurred while processing your card. Try again in a little bit."
    ),
    ("pm_card_chargeCustomerFail", "card_declined", "generic_decline", "Your card was declined."),
  ])
  func testCardIsDeclined(card: String, code: String, declineCode: String?, message: String) throws
  {
    try StripeTestWorld.run { world in
      let answer = try await world.intent("payment_method=\(card)&confirm=true")
      #expect(answer.status == 402)
      #expect(answer.json["error"]["type"].string == "card_error")
      #expect(answer.code == code)
      #expect(answer.json["error"]["decline_code"].string == declineCode)
      #expect(answer.message == message)
    }
  }

  @Test func declinedIntentCanBeTriedAgain() throws {
    try StripeTestWorld.run { world in
      let declined = try await world.intent("payment_method=pm_card_chargeDeclined&confirm=true")
      let intent = declined.json["error"]["payment_intent"]
      let id = try #require(intent["id"].string)
      #expect(intent["status"].string == "requires_payment_method")
      #expect(intent["payment_method"] == .null)
      #expect(intent["latest_charge"] == declined.json["error"]["charge"])
      #expect(intent["last_payment_error"]["code"].string == "card_declined")
      let charge = try await world.get("charges/\(intent["latest_charge"].string ?? "")")
      #expect(charge.state == "failed")
      #expect(charge.json["failure_code"].string == "card_declined")
      let again = try await world.post(
        "payment_intents/\(id)/confirm", "payment_method=pm_card_visa")
      #expect(again.state == "succeeded")
      #expect(again.json["last_payment_error"] == .null)
      #expect(world.stripe.paymentIntent(id)?.declineCode == "generic_decline")
    }
  }

  @Test func declineFaultOverridesTheCard() throws {
    try StripeTestWorld.run { world in
      world.script.next(
        "payment_intents.confirm", .decline(code: "card_declined", declineCode: "do_not_honor"))
      let id = try await world.intent("payment_method=pm_card_visa").id
      let answer = try await world.post("payment_intents/\(id)/confirm")
      #expect(answer.status == 402)
      #expect(answer.json["error"]["decline_code"].string == "do_not_honor")
    }
  }

  @Test func offSessionPaymentCannotAskTheCustomer() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent(
        "payment_method=pm_card_authenticationRequired&confirm=true&off_session=true")
      #expect(answer.status == 402)
      #expect(answer.code == "authentication_required")
      #expect(answer.json["error"]["charge"] == .null)
      #expect(answer.json["error"]["payment_intent"]["latest_charge"] == .null)
    }
  }

  @Test func authenticatedIntentSucceeds() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(in: "requires_action")
      #expect(try await world.get("payment_intents/\(id)").json["latest_charge"] == .null)
      #expect(world.stripe.authenticate(id, succeeds: true))
      #expect(try await world.get("payment_intents/\(id)").state == "succeeded")
    }
  }

  @Test(arguments: [true, false])
  func processingIntentResolvesOnTime(succeeds: Bool) throws {
    try StripeTestWorld.run { world in
      world.script.next(
        "payment_intents.create", .processing(resolvesAfter: .seconds(60), succeeds: succeeds))
      let id = try await world.paid()
      try await world.sleep(.seconds(59))
      #expect(try await world.get("payment_intents/\(id)").state == "processing")
      try await world.sleep(.seconds(1))
      #expect(
        try await world.get("payment_intents/\(id)").state
          == (succeeds ? "succeeded" : "requires_payment_method"))
    }
  }

  @Test func cancelledProcessingIntentStaysCancelled() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(in: "processing")
      _ = try await world.post("payment_intents/\(id)/cancel")
      #expect(world.stripe.nextDue == nil)
      try await world.sleep(.seconds(7200))
      #expect(try await world.get("payment_intents/\(id)").state == "canceled")
    }
  }

  @Test func updateMergesMetadata() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent("metadata[booking]=bk_1&metadata[generation]=1").id
      let answer = try await world.post(
        "payment_intents/\(id)", "metadata[booking]=bk_2&metadata[generation]=&metadata[x]=y")
      #expect(
        answer.json["metadata"] == .object(["booking": .string("bk_2"), "x": .string("y")]))
      #expect(world.stripe.paymentIntents(ofBooking: "bk_2").map(\.id) == [id])
      #expect(world.stripe.paymentIntents(ofBooking: "bk_1").isEmpty)
    }
  }

  @Test func amountOfASucceededIntentIsFixed() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      let answer = try await world.post("payment_intents/\(id)", "amount=9900")
      #expect(answer.code == "payment_intent_unexpected_state")
    }
  }

  @Test func registeredPaymentMethodPays() throws {
    try StripeTestWorld.run { world in
      let method = try await world.post(
        "payment_methods", "type=card&card[number]=4000000000009995&card[exp_month]=4")
      #expect(method.json["card"]["last4"].string == "9995")
      #expect(try await world.get("payment_methods/\(method.id)").id == method.id)
      let answer = try await world.intent("payment_method=\(method.id)&confirm=true")
      #expect(answer.json["error"]["decline_code"].string == "insufficient_funds")
    }
  }
}

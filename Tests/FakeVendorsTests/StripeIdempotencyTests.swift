import FakeVendors
import HTTPTypes
import Testing

struct StripeIdempotencyTests {
  @Test func repetitionBringsTheStoredAnswer() throws {
    try StripeTestWorld.run { world in
      let first = try await world.intent(key: "k")
      let second = try await world.intent(key: "k")
      #expect(second.bytes == first.bytes)
      #expect(second.header("Idempotent-Replayed") == "true")
      #expect(second.header("Request-Id") != first.header("Request-Id"))
      #expect(second.header("Original-Request") == first.header("Request-Id"))
      #expect(first.header("Idempotent-Replayed") == nil)
      #expect(world.stripe.paymentIntents.count == 1)
      #expect(world.stripe.requests.map(\.replayed) == [false, true])
    }
  }

  @Test func replayShowsTheStateOfTheFirstExecution() throws {
    try StripeTestWorld.run { world in
      let first = try await world.intent(key: "k")
      _ = try await world.post("payment_intents/\(first.id)/cancel")
      #expect(try await world.intent(key: "k").state == "requires_payment_method")
    }
  }

  @Test func orderOfParametersDoesNotMatter() throws {
    try StripeTestWorld.run { world in
      _ = try await world.post("payment_intents", "amount=100&currency=usd", key: "k")
      let again = try await world.post("payment_intents", "currency=usd&amount=100", key: "k")
      #expect(again.header("Idempotent-Replayed") == "true")
    }
  }

  @Test func otherParametersAreRefused() throws {
    try StripeTestWorld.run { world in
      _ = try await world.intent(key: "k")
      let answer = try await world.intent(amount: 2600, key: "k")
      #expect(answer.status == 400)
      #expect(answer.json["error"]["type"].string == "idempotency_error")
      #expect(
        answer.message
          == "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'k' if you meant to execute a different request."
      )
    }
  }

  @Test func otherEndpointIsRefused() throws {
    try StripeTestWorld.run { world in
      _ = try await world.intent(key: "k")
      let answer = try await world.post("refunds", "charge=ch_1", key: "k")
      #expect(
        answer.message
          == "Keys for idempotent requests can only be used for the same endpoint they were first used for ('/v1/payment_intents' vs '/v1/refunds'). Try using a key other than 'k' if you meant to execute a different request."
      )
    }
  }

  @Test func declineIsStored() throws {
    try StripeTestWorld.run { world in
      world.script.next(
        "payment_intents.confirm", .decline(code: "card_declined", declineCode: nil))
      let id = try await world.intent("payment_method=pm_card_visa").id
      for replayed in [nil, "true"] {
        let answer = try await world.post("payment_intents/\(id)/confirm", key: "k")
        #expect(answer.status == 402)
        #expect(answer.header("Idempotent-Replayed") == replayed)
      }
    }
  }

  @Test(arguments: [true, false])
  func internalErrorIsStored(effect: Bool) throws {
    try StripeTestWorld.run { world in
      world.script.next("payment_intents.create", .internalError(effect: effect))
      for replayed in [nil, "true"] {
        let answer = try await world.intent(key: "k")
        #expect(answer.status == 500)
        #expect(answer.json["error"]["type"].string == "api_error")
        #expect(answer.header("Stripe-Should-Retry") == "false")
        #expect(answer.header("Idempotent-Replayed") == replayed)
      }
      #expect(world.stripe.paymentIntents.count == (effect ? 1 : 0))
    }
  }

  @Test func refusedStateIsStored() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent().id
      #expect(try await world.post("payment_intents/\(id)/capture", key: "k").status == 400)
      let again = try await world.post("payment_intents/\(id)/capture", key: "k")
      #expect(again.header("Idempotent-Replayed") == "true")
    }
  }

  @Test func refusedParameterIsNotStored() throws {
    try StripeTestWorld.run { world in
      let refused = try await world.post("payment_intents", "amount=5", key: "k")
      #expect(refused.status == 400)
      let accepted = try await world.intent(key: "k")
      #expect(accepted.status == 200)
    }
  }

  @Test func rateLimitIsNotStored() throws {
    try StripeTestWorld.run { world in
      world.script.next("payment_intents.create", .rateLimited)
      let limited = try await world.intent(key: "k")
      #expect(limited.status == 429)
      #expect(limited.code == "rate_limit")
      #expect(limited.header("Stripe-Rate-Limited-Reason") != nil)
      #expect(try await world.intent(key: "k").status == 200)
    }
  }

  @Test func lockTimeoutIsNotStored() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent().id
      world.script.next("payment_intents.cancel", .lockTimeout)
      let refused = try await world.post("payment_intents/\(id)/cancel", key: "k")
      #expect(refused.status == 429)
      #expect(refused.code == "lock_timeout")
      #expect(try await world.post("payment_intents/\(id)/cancel", key: "k").state == "canceled")
    }
  }

  @Test func requestInFlightConflicts() throws {
    try StripeTestWorld.run { world in
      world.script.next("payment_intents.create", nil, latency: .seconds(2))
      async let slow = world.intent(key: "k")
      try await world.sleep(.seconds(1))
      let second = try await world.intent(key: "k")
      #expect(second.status == 409)
      #expect(second.code == "idempotency_key_in_use")
      #expect(
        second.message
          == "There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): k. Please try again later."
      )
      let first = try await slow
      #expect(try await world.intent(key: "k").bytes == first.bytes)
      #expect(world.stripe.paymentIntents.count == 1)
    }
  }

  @Test func callThatDiesHasNoEffectAndFreesItsKey() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent("payment_method=pm_card_visa").id
      world.script.next("payment_intents.confirm", nil, latency: .seconds(2))
      await withTaskGroup { group in
        group.addTask { _ = try? await world.post("payment_intents/\(id)/confirm", key: "k") }
        try? await world.sleep(.seconds(1))
        group.cancelAll()
      }
      #expect(world.stripe.paymentIntent(id)?.status == "requires_confirmation")
      let again = try await world.post("payment_intents/\(id)/confirm", key: "k")
      #expect(again.state == "succeeded")
      #expect(again.header("Idempotent-Replayed") == nil)
    }
  }

  @Test func effectComesAtTheEndOfTheProcessingTime() throws {
    try StripeTestWorld.run { world in
      world.script.next("payment_intents.create", nil, latency: .seconds(2))
      async let slow = world.intent()
      try await world.sleep(.milliseconds(1999))
      #expect(world.stripe.paymentIntents.isEmpty)
      _ = try await slow
      #expect(
        world.stripe.paymentIntents.map(\.createdMicroseconds) == [ManualClock.epoch + 2_000_000])
    }
  }

  @Test func keyExpiresADayAfterItsFirstRequest() throws {
    try StripeTestWorld.run { world in
      let first = try await world.intent(key: "k")
      try await world.sleep(.seconds(86_399))
      #expect(try await world.intent(key: "k").id == first.id)
      try await world.sleep(.seconds(1))
      #expect(try await world.intent(key: "k").id != first.id)
    }
  }

  @Test func replayIsQuickAndMeetsNoFault() throws {
    try StripeTestWorld.run { world in
      _ = try await world.intent(key: "k")
      world.script.next(
        "payment_intents.create", .internalError(effect: false), latency: .seconds(9))
      #expect(try await world.intent(key: "k").status == 200)
      #expect(world.clock.microseconds == ManualClock.epoch + 20_000)
      #expect(world.script.calls.count == 2)
    }
  }

  @Test func emptyKeyIsRefused() throws {
    try StripeTestWorld.run { world in
      let answer = try await world.intent(key: "")
      #expect(answer.status == 400)
      #expect(answer.message == "Idempotency Key must be a non-empty string.")
    }
  }

  @Test(arguments: [(255, 200), (256, 400)])
  func keyHasAtMost255Characters(length: Int, status: Int) throws {
    try StripeTestWorld.run { world in
      let key = String(repeating: "k", count: length)
      let answer = try await world.intent(key: key)
      #expect(answer.status == status)
    }
  }

  @Test func keyOfAReadIsIgnored() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent(key: "k").id
      let read = try await world.send(.get, "/v1/payment_intents/\(id)", key: "k")
      #expect(read.status == 200)
      #expect(read.header("Idempotency-Key") == nil)
    }
  }

  @Test func concurrentChangesOfOnePaymentTimeOutOnItsLock() throws {
    try StripeTestWorld.run { world in
      let id = try await world.intent("payment_method=pm_card_visa").id
      world.script.next("payment_intents.confirm", nil, latency: .seconds(2))
      async let confirm = world.post("payment_intents/\(id)/confirm", key: "a")
      try await world.sleep(.seconds(1))
      let cancel = try await world.post("payment_intents/\(id)/cancel", key: "b")
      #expect(cancel.status == 429)
      #expect(cancel.code == "lock_timeout")
      #expect(try await world.get("payment_intents/\(id)").status == 200)
      let confirmed = try await confirm
      #expect(confirmed.state == "succeeded")
      #expect(try await world.post("refunds", "payment_intent=\(id)", key: "c").status == 200)
    }
  }
}

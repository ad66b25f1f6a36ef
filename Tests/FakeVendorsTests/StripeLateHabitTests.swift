// swift-format-ignore-file: OnlyOneTrailingClosureArgument
// A delivery plan and a script read best as closures.

import FakeVendors
import Testing

/// Requests at work, long waits, refunds that cannot be paid, copies of payments, events in reversed order.
struct StripeLateHabitTests {
  @Test func aKeyAtWorkIsRefused() throws {
    try StripeTestWorld.run { world in
      world.script.next("payment_intents.create", .atWork(for: .seconds(100)))
      async let first = world.intent(key: "k")
      try await world.sleep(.seconds(50))
      #expect(try await world.intent(key: "k").status == 409)
      let made = try await first
      #expect(made.status == 200)
      #expect(try await world.intent(key: "k").id == made.id)
    }
  }

  @Test func aLongWaitIsAskedFor() throws {
    try StripeTestWorld.run { world in
      world.script.next("payment_intents.create", .rateLimitedFor(.seconds(7_200)))
      let answer = try await world.intent()
      #expect(answer.status == 429)
      #expect(answer.header("Retry-After") == "7200")
    }
  }

  @Test func aRefundThatCannotBePaidMovesNothing() throws {
    try StripeTestWorld.run { world in
      let id = try await world.paid()
      world.script.next("refunds.create", .refundRefused)
      let refused = try await world.post("refunds", "payment_intent=\(id)", key: "r")
      #expect(refused.status == 400)
      #expect(refused.code == "balance_insufficient")
      #expect(try await world.post("refunds", "payment_intent=\(id)", key: "r").status == 400)
      #expect(world.stripe.refunds.isEmpty)
      #expect(try await world.post("refunds", "payment_intent=\(id)", key: "s").status == 200)
    }
  }

  @Test func aRefundByHandMayBounce() throws {
    try StripeTestWorld.run { world in
      for operation in ["payment_intents.create", "payment_intents.confirm"] {
        world.script.next(
          operation,
          .refundByHand(
            after: .seconds(60), partsPerMillion: 400_000,
            pending: .init(after: .seconds(60), end: .bounced)))
      }
      let id = try await world.paid()
      try await world.sleep(.seconds(61))
      let made = try await world.get("refunds?payment_intent=\(id)")
      #expect(made.data.map { $0["status"].string } == ["succeeded"])
      try await world.sleep(.seconds(61))
      let list = try await world.get("refunds?payment_intent=\(id)")
      #expect(list.data.map { $0["status"].string } == ["failed"])
    }
  }

  @Test(arguments: [true, false])
  func anotherProgramChargesOnceMoreAndGivesItBack(isNamed: Bool) throws {
    try StripeTestWorld.run { world in
      for operation in ["payment_intents.create", "payment_intents.confirm"] {
        world.script.next(
          operation,
          .paidAgainByHand(
            after: .seconds(60), returnedAfter: .seconds(600), isNamed: isNamed))
      }
      let id = try await world.paid("&metadata[booking]=bk_1")
      try await world.sleep(.seconds(61))
      _ = try await world.get("payment_intents/\(id)")
      let copy = try #require(world.stripe.paymentIntents.first { $0.id != id })
      #expect(copy.capturedMinor == 2500)
      #expect(copy.metadata == (isNamed ? ["booking": "bk_1"] : [:]))
      let refund = try await world.post(
        "refunds", "payment_intent=\(id)&amount=1000&metadata[cause]=cancel")
      #expect(refund.status == 200)
      try await world.sleep(.seconds(601))
      _ = try await world.get("refunds?payment_intent=\(copy.id)")
      let returned = world.stripe.refunds(ofPaymentIntent: copy.id)
      #expect(returned.map(\.amountMinor) == [isNamed ? 1000 : 2500])
      #expect(returned.first?.metadata == (isNamed ? ["cause": "cancel"] : [:]))
    }
  }
}

// swift-format-ignore-file: OnlyOneTrailingClosureArgument
// A delivery plan and a script read best as closures.

import Crypto
import FakeVendors
import Foundation
import HTTPService
import HTTPTypes
import Testing

struct StripeWebhookTests {
  /// Checks a signature from the documentation alone.
  private static func isSigned(
    _ delivery: StripeTestInbox.Delivery, with secret: String = StripeTestWorld.secret
  ) -> Bool {
    signatures(of: delivery, with: secret) == [true]
  }

  /// Which signatures of a delivery are a secret's.
  private static func signatures(
    of delivery: StripeTestInbox.Delivery, with secret: String = StripeTestWorld.secret
  ) -> [Bool] {
    let fields = delivery.signature.split(separator: ",").map { $0.split(separator: "=") }
    guard fields[0][0] == "t", fields.dropFirst().allSatisfy({ $0[0] == "v1" }) else { return [] }
    let signed = Array("\(fields[0][1]).".utf8) + delivery.call.body
    let code = HMAC<SHA256>.authenticationCode(
      for: signed, using: SymmetricKey(data: Data(secret.utf8)))
    let text = code.map { String(format: "%02x", $0) }.joined()
    return fields.dropFirst().map { $0[1] == text }
  }

  private static func time(of delivery: StripeTestInbox.Delivery) -> Int64? {
    delivery.signature.split(separator: ",").first.flatMap { Int64($0.dropFirst(2)) }
  }

  @Test func deliveriesAreSigned() throws {
    try StripeTestWorld.serving { world, inbox in
      _ = try await world.paid()
      try await world.sleep(.seconds(2))
      #expect(inbox.deliveries.count == 3)
      for delivery in inbox.deliveries {
        #expect(Self.isSigned(delivery))
        #expect(Self.time(of: delivery) == ManualClock.epoch / 1_000_000 + 1)
        #expect(delivery.call.request.path == "/webhooks/stripe")
        #expect(delivery.call.request.authority == "orchestrator.test")
      }
    }
  }

  @Test func paymentEmitsItsEventsInOrder() throws {
    try StripeTestWorld.serving { world, inbox in
      _ = try await world.paid()
      try await world.sleep(.seconds(2))
      #expect(
        inbox.types == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"])
      #expect(world.stripe.events.allSatisfy { $0.delivered && !$0.pending && $0.attempts == 1 })
      #expect(world.stripe.nextDue == nil)
    }
  }

  @Test(arguments: [
    (
      "requires_capture",
      ["payment_intent.created", "charge.succeeded", "payment_intent.amount_capturable_updated"]
    ),
    (
      "captured",
      [
        "payment_intent.created", "charge.succeeded", "payment_intent.amount_capturable_updated",
        "charge.captured", "payment_intent.succeeded",
      ]
    ),
    ("canceled", ["payment_intent.created", "payment_intent.canceled"]),
    ("requires_action", ["payment_intent.created", "payment_intent.requires_action"]),
    (
      "processing", ["payment_intent.created", "charge.pending", "payment_intent.processing"]
    ),
  ])
  func eventsHaveTheRecordedOrder(state: String, types: [String]) throws {
    try StripeTestWorld.run { world in
      _ = try await world.intent(in: state)
      #expect(world.stripe.events.map(\.type) == types)
    }
  }

  @Test func declineEmitsItsEventsInOrder() throws {
    try StripeTestWorld.run { world in
      _ = try await world.intent("payment_method=pm_card_chargeDeclined&confirm=true")
      #expect(
        world.stripe.events.map(\.type) == [
          "payment_intent.created", "charge.failed", "payment_intent.payment_failed",
        ])
    }
  }

  @Test func eventShowsTheObjectAsItWas() throws {
    try StripeTestWorld.serving { world, inbox in
      let id = try await world.intent(key: "k").id
      _ = try await world.post("payment_intents/\(id)/cancel")
      try await world.sleep(.seconds(2))
      let created = inbox.deliveries[0].json
      #expect(created["data"]["object"]["status"].string == "requires_payment_method")
      #expect(created["request"]["idempotency_key"].string == "k")
      #expect(created["request"]["id"].string == world.stripe.requests[0].id)
      #expect(created["api_version"].string == "2026-10-28.endive")
      #expect(created["pending_webhooks"].int == 1)
    }
  }

  @Test func onlySubscribedTypesAreDelivered() throws {
    try StripeTestWorld.serving(types: ["payment_intent.succeeded"]) { world, inbox in
      _ = try await world.paid()
      try await world.sleep(.seconds(2))
      #expect(inbox.types == ["payment_intent.succeeded"])
    }
  }

  @Test func companionsComeFirstAndAreEventsOfTheirOwn() throws {
    try StripeTestWorld.serving(
      types: ["payment_intent.succeeded"],
      plan: { _ in WebhookPlan(companions: [.unknown, .thin]) }
    ) { world, inbox in
      let paid = try await world.paid()
      try await world.sleep(.seconds(2))
      #expect(
        inbox.types == [
          "payment_intent.something_new", "v1.payment_intent.succeeded", "payment_intent.succeeded",
        ])
      #expect(inbox.deliveries.allSatisfy { Self.isSigned($0) })
      #expect(Set(inbox.deliveries.compactMap { $0.json["id"].string }).count == 3)
      let thin = inbox.deliveries[1].json
      #expect(thin["object"].string == "v2.core.event")
      #expect(thin["related_object"]["id"].string == paid)
      #expect(thin["related_object"]["type"].string == "payment_intent")
      #expect(thin["related_object"]["url"].string == "/v1/payment_intents/\(paid)")
      #expect(thin["data"]["object"]["id"].string == nil)
      let sent = world.stripe.events.filter { $0.attempts > 0 }
      #expect(sent.count { $0.delivered } == 3)
      // The list is that of the older form.
      let listed = try await world.get("events")
      #expect(listed.data.count == 4)
    }
  }

  @Test func refusalsAreInTheLedger() throws {
    try StripeTestWorld.serving({ StripeTestInbox($0) { _ in 400 } }) { world, inbox in
      _ = try await world.intent()
      try await world.sleep(.seconds(70))
      #expect(world.stripe.events.map(\.refusals) == [[400, 400]])
    }
  }

  @Test func eventWithoutDelayOvertakesTheReply() throws {
    try StripeTestWorld.serving(
      { clock in
        StripeTestInbox(clock) { _ in
          try await clock.sleep(for: .milliseconds(300))
          return 200
        }
      }, plan: { _ in WebhookPlan(delay: .zero) }
    ) { world, inbox in
      _ = try await world.intent()
      #expect(inbox.types == ["payment_intent.created"])
      #expect(world.clock.microseconds == ManualClock.epoch + 300_000)
    }
  }

  @Test func failedDeliveryIsTriedAgainForThreeDays() throws {
    try StripeTestWorld.serving({ StripeTestInbox($0) { _ in 500 } }) { world, inbox in
      _ = try await world.intent()
      try await world.sleep(.seconds(10 * 86_400))
      let times = inbox.deliveries.map { $0.atMicroseconds - ManualClock.epoch }
      #expect(times.count == 15)
      #expect(times.last.map { $0 <= (3 * 86_400 + 1) * 1_000_000 } == true)
      let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
      for (gap, least) in zip(gaps, [60, 300, 1800, 7200, 21_600, 21_600].map { $0 * 1_000_000 }) {
        #expect(gap >= Int64(least) && gap < Int64(least) * 11 / 10)
      }
      #expect(inbox.deliveries.allSatisfy { Self.isSigned($0) })
      #expect(Set(inbox.deliveries.map(\.id)).count == 1)
      #expect(Set(inbox.deliveries.map(\.signature)).count == times.count)
      let event = world.stripe.events[0]
      #expect(!event.delivered && !event.pending && event.attempts == times.count)
      #expect(world.stripe.nextDue == nil)
      #expect(try await world.get("events", "delivery_success=false").data.count == 1)
    }
  }

  @Test func lostDeliveryIsTriedAgain() throws {
    try StripeTestWorld.serving({
      StripeTestInbox($0) { index in
        if index == 0 { throw TransportError(effect: .unknown, reason: "timed out") }
        return 200
      }
    }) { world, inbox in
      _ = try await world.intent()
      try await world.sleep(.seconds(120))
      #expect(inbox.deliveries.count == 2)
      #expect(world.stripe.events[0].delivered)
    }
  }

  @Test func slowDeliveryDelaysNoOther() throws {
    try StripeTestWorld.serving({ clock in
      StripeTestInbox(clock) { index in
        if index == 0 { try await clock.sleep(for: .seconds(15)) }
        return 200
      }
    }) { world, inbox in
      _ = try await world.paid()
      try await world.sleep(.seconds(2))
      #expect(
        inbox.deliveries.map(\.atMicroseconds)
          == Array(repeating: ManualClock.epoch + 1_000_000, count: 3))
    }
  }

  @Test func duplicatesCarryTheSameEvent() throws {
    try StripeTestWorld.serving(plan: { _ in
      WebhookPlan(delay: .seconds(1), duplicates: [.seconds(5), .seconds(50)])
    }) { world, inbox in
      _ = try await world.intent()
      try await world.sleep(.seconds(100))
      #expect(
        inbox.deliveries.map { $0.atMicroseconds - ManualClock.epoch }
          == [1_000_000, 6_000_000, 51_000_000])
      #expect(Set(inbox.deliveries.map(\.id)).count == 1)
    }
  }

  @Test func forgedDeliveryPrecedesTheTrueOne() throws {
    try StripeTestWorld.serving(plan: { _ in WebhookPlan(forged: true) }) { world, inbox in
      _ = try await world.intent()
      try await world.sleep(.seconds(2))
      #expect(inbox.deliveries.map { Self.isSigned($0) } == [false, true])
      #expect(inbox.deliveries[0].id != inbox.deliveries[1].id)
      #expect(inbox.types == ["payment_intent.succeeded", "payment_intent.created"])
      #expect(world.stripe.events[0].attempts == 1)
    }
  }

  @Test func whileSecretsAreRolledOursIsOneOfThem() throws {
    try StripeTestWorld.serving(plan: { _ in WebhookPlan(rolled: true) }) { world, inbox in
      _ = try await world.intent()
      try await world.sleep(.seconds(2))
      #expect(inbox.deliveries.map { Self.signatures(of: $0) } == [[false, true, false]])
    }
  }

  @Test func staleDeliveryIsSignedButOld() throws {
    try StripeTestWorld.serving(plan: { _ in WebhookPlan(stale: true) }) { world, inbox in
      _ = try await world.intent()
      try await world.sleep(.seconds(2))
      #expect(inbox.deliveries.allSatisfy { Self.isSigned($0) })
      let times = inbox.deliveries.compactMap { Self.time(of: $0) }
      #expect(times.count == 2 && times[1] - times[0] > 300)
    }
  }

  @Test func eventsMayOvertakeEachOther() throws {
    try StripeTestWorld.serving(plan: { type in
      WebhookPlan(delay: type == "payment_intent.created" ? .seconds(30) : .seconds(3))
    }) { world, inbox in
      _ = try await world.paid()
      try await world.sleep(.seconds(60))
      #expect(inbox.types.last == "payment_intent.created")
    }
  }

  @Test func laterFailureOfARefundIsDelivered() throws {
    try StripeTestWorld.serving { world, inbox in
      world.script.next("refunds.create", .refundFailsLater(after: .seconds(3600)))
      let id = try await world.paid()
      _ = try await world.post("refunds", "payment_intent=\(id)")
      try await world.sleep(.seconds(3602))
      #expect(
        inbox.types.suffix(3) == ["refund.updated", "charge.refund.updated", "refund.failed"])
      #expect(inbox.deliveries.last?.json["request"]["id"] == .null)
      #expect(inbox.deliveries.last?.atMicroseconds == ManualClock.epoch + 3_601_000_000)
    }
  }

  @Test func refundSettlesOnTimeWithoutAnEndpoint() throws {
    try StripeTestWorld.serving({ _ in nil }) { world, _ in
      world.script.next(
        "refunds.create", .refundPending(settlesAfter: .seconds(60), succeeds: true))
      let id = try await world.paid()
      let refund = try await world.post("refunds", "payment_intent=\(id)").id
      #expect(world.stripe.nextDue == ManualClock.epoch + 60_000_000)
      try await world.sleep(.seconds(61))
      #expect(world.stripe.refund(refund)?.status == "succeeded")
    }
  }

  @Test func watcherHearsOfEveryChange() throws {
    try StripeTestWorld.serving { world, _ in
      let id = try await world.paid()
      let refund = try await world.post("refunds", "payment_intent=\(id)").id
      #expect(world.changes.all.contains(.paymentIntent(id: id)))
      #expect(world.changes.all.contains(.refund(id: refund)))
      try await world.sleep(.seconds(2))
      let webhooks = world.changes.all.filter { if case .webhook = $0 { true } else { false } }
      #expect(webhooks.count == 5)
    }
  }

  @Test func deathOfTheTransportEndsTheRun() throws {
    struct Dead: Error {}
    try StripeTestWorld.run { world in
      let inbox = StripeTestInbox(world.clock) { _ in throw Dead() }
      let endpoint = WebhookEndpoint(
        transport: inbox, url: "http://orchestrator.test/hooks", secret: StripeTestWorld.secret)
      async let running: Void = world.stripe.run(webhooks: endpoint)
      await Task.yield()
      _ = try await world.intent()
      do {
        try await running
        Issue.record("the run went on")
      } catch {
        #expect(error is Dead)
      }
    }
  }
}

import HTTPTypes
import Testing

@testable import BookingOrchestrator

/// Our Stripe client against `localstripe`, for everything that `localstripe` implements.
///
/// It runs where `LOCALSTRIPE_URL` says that one listens, as in CI, which counts these tests.
@Suite(.enabled(if: LocalStripe.url != nil))
struct LocalStripeTests {
  @Test func createWaitsForItsConfirmation() async throws {
    try await LocalStripe.run { local in
      let intent = try await local.create()
      #expect(intent.id.hasPrefix("pi_"))
      #expect(intent.status == "requires_confirmation")
      #expect(intent.amount == 2500)
      #expect(intent.currency == "usd")
      #expect(intent.latestCharge == nil)
      #expect(intent.metadata == ["booking": "bk_1", "generation": "1"])
    }
  }

  @Test func confirmCharges() async throws {
    try await LocalStripe.run { local in
      let paid = try await local.pay()
      #expect(paid.status == "succeeded")
      // It writes the whole charge here where Stripe writes an id.
      #expect(paid.latestCharge?.hasPrefix("ch_") == true)
    }
  }

  @Test func retrieveReadsWhatWasMade() async throws {
    try await LocalStripe.run { local in
      let paid = try await local.pay()
      let read = try await local.client.paymentIntent(paid.id, local.context)
      #expect(read.value == paid)
    }
  }

  @Test func secondConfirmationIsADefinitiveNo() async throws {
    try await LocalStripe.run { local in
      let paid = try await local.pay()
      let again = try await local.client.sendPaymentIntent(
        local.client.confirmPaymentIntent(paid.id), local.context)
      #expect(again.rejection?.httpStatus == 400)
      #expect(again.rejection?.code == "invalid_request_error")
    }
  }

  @Test func cancelEndsAnIntent() async throws {
    try await LocalStripe.run { local in
      let intent = try await local.create()
      // It knows nothing of `cancellation_reason`, a parameter of Stripe's.
      let request = local.client.cancelPaymentIntent(intent.id).without("cancellation_reason")
      let gone = try await local.client.sendPaymentIntent(request, local.context)
      #expect(gone.value?.status == "canceled")
      let paid = try await local.pay()
      let late = local.client.cancelPaymentIntent(paid.id).without("cancellation_reason")
      let refused = try await local.client.sendPaymentIntent(late, local.context)
      #expect(refused.rejection?.httpStatus == 400)
    }
  }

  @Test func refundsInPartAndTheirList() async throws {
    try await LocalStripe.run { local in
      let paid = try await local.pay()
      var made: [StripeRefund] = []
      for cents: Int64? in [700, nil] {
        let request = try local.refund(of: paid.id, cents: cents).without("reason")
        made.append(
          try #require(try await local.client.sendRefund(request, local.context).value))
      }
      #expect(made[0].amount == 700)
      #expect(made[0].status == "succeeded")
      #expect(made[0].paymentIntent == paid.id)
      #expect(made[0].metadata["cause"] == "rollback")
      let read = try await local.client.refund(made[0].id, local.context)
      #expect(read.value == made[0])
      let list = try await local.client.refunds(ofPaymentIntent: paid.id, local.context)
      #expect(Set(try #require(list.value).map(\.id)) == Set(made.map(\.id)))
    }
  }

  @Test func paymentMethodIsRead() async throws {
    try await LocalStripe.run { local in
      let method = try await local.client.paymentMethod("pm_card_visa", local.context)
      #expect(method.value?.type == "card")
      #expect(method.value?.cardBrand == "visa")
      #expect(method.value?.last4 == "4242")
    }
  }

  @Test func unknownIDsAreADefinitiveNo() async throws {
    try await LocalStripe.run { local in
      let intent = try await local.client.paymentIntent("pi_none", local.context)
      #expect(intent.rejection?.httpStatus == 404)
      #expect(intent.rejection?.code == "resource_missing")
      let refund = try await local.client.refund("re_none", local.context)
      #expect(refund.rejection?.code == "resource_missing")
    }
  }

  @Test func parametersThatItDoesNotKnowAreADefinitiveNo() async throws {
    try await LocalStripe.run { local in
      let created = try await local.client.sendPaymentIntent(local.creation(), local.context)
      #expect(created.rejection?.message == "Unexpected confirmation_method")
      let intent = try await local.create()
      let cancelled = try await local.client.sendPaymentIntent(
        local.client.cancelPaymentIntent(intent.id), local.context)
      #expect(cancelled.rejection?.message == "Unexpected cancellation_reason")
      let paid = try await local.pay()
      let refunded = try await local.client.sendRefund(
        local.refund(of: paid.id, cents: 100), local.context)
      #expect(refunded.rejection?.message == "Unexpected reason")
      let listed = try await local.client.paymentIntents(
        customer: nil, createdFrom: 0, to: 4_000_000_000, local.context)
      #expect(listed.rejection?.message == "Unexpected created")
    }
  }

  @Test func itsSignaturesVerify() async throws {
    try await LocalStripe.run { local in
      let secret = "whsec_conformance"
      let delivery = try await WebhookCatcher.delivery(
        of: "payment_intent.succeeded", mark: "\"amount\": 4321,", secret: secret, from: local
      ) { _ = try await local.pay(cents: 4321) }
      let created = Timestamp(microseconds: delivery.signedAt * 1_000_000)
      let event = try StripeWebhook.event(
        body: delivery.body, signatureHeader: delivery.signature, secret: secret, now: created)
      #expect(event.type == "payment_intent.succeeded")
      #expect(event.paymentIntent?.amount == 4321)
      #expect(throws: StripeWebhook.Refusal.wrongSignature) {
        try StripeWebhook.event(
          body: delivery.body, signatureHeader: delivery.signature, secret: "whsec_other",
          now: created)
      }
      #expect(throws: StripeWebhook.Refusal.tooOld) {
        try StripeWebhook.event(
          body: delivery.body, signatureHeader: delivery.signature, secret: secret,
          now: created + .seconds(301))
      }
    }
  }
}

import Crypto
import Testing

@testable import BookingOrchestrator

struct StripeWebhookTests {
  private static let secret = "whsec_test"
  private static let sent: Int64 = 1_795_420_002
  private static let body = Array(
    #"{"id":"evt_1","type":"charge.succeeded","created":1795420002,"data":{"object":{"id":"ch_1"}}}"#
      .utf8)

  private static func signature(_ body: [UInt8], t: Int64 = sent, secret: String = secret) -> String
  {
    let key = SymmetricKey(data: Array(secret.utf8))
    let code = HMAC<SHA256>.authenticationCode(for: Array("\(t).".utf8) + body, using: key)
    return code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  private func event(
    _ header: String?, body: [UInt8] = body, secret: String = secret, after seconds: Int64 = 0
  ) throws(StripeWebhook.Refusal) -> StripeEvent {
    try StripeWebhook.event(
      body: body, signatureHeader: header, secret: secret,
      now: Timestamp(microseconds: (Self.sent + seconds) * 1_000_000))
  }

  /// Computed with `openssl dgst -sha256 -hmac whsec_test` over `1795420002.` and the body.
  @Test func knownSignatureIsBelieved() throws {
    let event = try event(
      "t=1795420002,v1=ce27dd7bb0e3e79bc36abfd0cd36a7c921f17cc9ac0b7210603c0e7d98d758e6")
    #expect(event == StripeEvent(id: "evt_1", type: "charge.succeeded", created: 1_795_420_002))
  }

  @Test(arguments: [
    "t=\(sent),v1=\(signature(body))",
    "v1=\(signature(body)),t=\(sent)",
    "t=\(sent),v1=\(String(repeating: "0", count: 64)),v1=\(signature(body))",
    "t=\(sent),v1=\(signature(body)),v1=nonsense",
    "t=\(sent),v0=\(String(repeating: "0", count: 64)),v1=\(signature(body))",
    "t=\(sent),rubbish,v1=\(signature(body))",
  ])
  func oneRightSignatureIsEnough(header: String) throws {
    #expect(try event(header).id == "evt_1")
  }

  @Test(
    arguments: [
      (nil, StripeWebhook.Refusal.noSignature),
      ("", .noSignature),
      ("t=\(sent)", .noSignature),
      ("t=\(sent),v0=\(signature(body))", .noSignature),
      ("v1=\(signature(body))", .malformed("Stripe-Signature has no timestamp")),
      ("t=soon,v1=\(signature(body))", .malformed("Stripe-Signature has no timestamp")),
      (
        "t=9223372036854775807,v1=\(signature(body))",
        .malformed("Stripe-Signature has no timestamp")
      ),
      ("t=\(sent),v1=", .wrongSignature),
      ("t=\(sent),v1=\(signature(body).dropLast())", .wrongSignature),
      ("t=\(sent),v1=\(signature(body).uppercased())", .wrongSignature),
      ("t=\(sent),v1=\(signature(body, t: sent + 1))", .wrongSignature),
      ("t=\(sent + 1),v1=\(signature(body))", .wrongSignature),
      ("t=\(sent),v1=\(signature(body, secret: "test"))", .wrongSignature),
      ("t=\(sent),v1=\(signature(body, secret: ""))", .wrongSignature),
      ("t=\(sent),v1=\(signature(body + [0x20]))", .wrongSignature),
    ] as [(String?, StripeWebhook.Refusal)])
  func otherHeadersAreRefused(header: String?, refusal: StripeWebhook.Refusal) {
    #expect(throws: refusal) { try event(header) }
  }

  @Test(arguments: ["", " ", "\n"])
  func blankSecretVerifiesNothing(secret: String) {
    let header = "t=\(Self.sent),v1=\(Self.signature(Self.body, secret: secret))"
    #expect(throws: StripeWebhook.Refusal.noSecret) { try event(header, secret: secret) }
  }

  @Test(arguments: [Int64(-100_000), -1, 0, 299, 300])
  func deliveryIsBelievedForFiveMinutes(age: Int64) throws {
    let header = "t=\(Self.sent),v1=\(Self.signature(Self.body))"
    #expect(try event(header, after: age).id == "evt_1")
  }

  @Test func olderDeliveryIsRefused() {
    let header = "t=\(Self.sent),v1=\(Self.signature(Self.body))"
    #expect(throws: StripeWebhook.Refusal.tooOld) { try event(header, after: 301) }
  }

  private func parsed(_ json: String) throws -> StripeEvent {
    let body = Array(json.utf8)
    return try event("t=\(Self.sent),v1=\(Self.signature(body))", body: body)
  }

  @Test(arguments: ["payment_intent.succeeded", "payment_intent.payment_failed"])
  func paymentIntentEventCarriesTheIntent(type: String) throws {
    let event = try parsed(
      #"{"id":"evt_1","type":"\#(type)","created":7,"data":{"object":{"id":"pi_1","amount":5,"#
        + #""amount_received":5,"currency":"usd","metadata":{"booking":"bk_1"},"created":6,"#
        + #""status":"succeeded","latest_charge":"ch_1"}}}"#)
    #expect(event.paymentIntent?.id == "pi_1")
    #expect(event.paymentIntent?.metadata == ["booking": "bk_1"])
    #expect(event.refund == nil)
  }

  @Test(arguments: ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"])
  func refundEventCarriesTheRefund(type: String) throws {
    let event = try parsed(
      #"{"id":"evt_1","type":"\#(type)","created":7,"data":{"object":{"id":"re_1","amount":5,"#
        + #""currency":"usd","metadata":{},"created":6,"status":"failed","payment_intent":"pi_1","#
        + #""failure_reason":"unknown"}}}"#)
    #expect(event.refund?.id == "re_1")
    #expect(event.refund?.failureReason == "unknown")
    #expect(event.paymentIntent == nil)
  }

  @Test(arguments: ["charge.updated", "customer.created", "payment_intentional"])
  func otherEventsCarryNothing(type: String) throws {
    let event = try parsed(
      #"{"id":"evt_1","type":"\#(type)","created":7,"data":{"object":{"id":"x"}}}"#)
    #expect(event == StripeEvent(id: "evt_1", type: type, created: 7))
  }

  @Test(arguments: [
    #"{"id":"evt_1","type":"payment_intent.succeeded","created":7,"data":{"object":{"id":"x"}}}"#,
    #"{"id":"evt_1","type":"payment_intent.succeeded","created":7,"data":{"object":null}}"#,
    #"{"id":"evt_1","type":"refund.updated","created":7,"data":"x"}"#,
    #"{"id":"evt_1","type":"refund.updated","created":7}"#,
    #"{"id":"evt_1","object":"v2.core.event","type":"v1.billing.meter.error_report_triggered","#
      + #""created":"2026-11-23T07:46:40.000Z","livemode":false,"related_object":"#
      + #"{"id":"mtr_1","type":"billing.meter","url":"/v1/billing/meters/mtr_1"}}"#,
    #"{"id":"evt_1","type":null}"#,
  ])
  func anEventThatTellsNothingIsAnEvent(json: String) throws {
    let event = try parsed(json)
    #expect(event.id == "evt_1")
    #expect(event.paymentIntent == nil && event.refund == nil)
  }

  /// Stripe's schema does not require `amount_received`; its absence is no other amount.
  @Test(arguments: [("succeeded", Int64(5)), ("processing", 0)])
  func aPaymentThatDoesNotTellWhatCameIn(status: String, received: Int64) throws {
    let event = try parsed(
      #"{"id":"evt_1","type":"payment_intent.\#(status)","data":{"object":{"id":"pi_1","#
        + #""amount":5,"currency":"usd","status":"\#(status)"}}}"#)
    #expect(event.paymentIntent?.amountReceived == received)
  }

  @Test(arguments: ["", "{}", "<html>", "[]", #"{"id":""}"#])
  func signedNonsenseIsMalformed(json: String) {
    #expect(throws: StripeWebhook.Refusal.malformed("the body is not an event")) {
      try parsed(json)
    }
  }
}

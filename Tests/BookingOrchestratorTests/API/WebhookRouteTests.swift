import Crypto
import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct WebhookRouteTests {
  private static let signature = HTTPField.Name("Stripe-Signature")!

  private func event(
    _ type: String = "payment_intent.succeeded", id: String = "evt_1", intent: String = "pi_bk_1",
    booking: String? = "bk_1", amount: Int64 = 17_100, received: Int64 = 17_100,
    currency: String = "eur"
  ) -> StripeEvent {
    StripeEvent(
      id: id, type: type, created: 0,
      paymentIntent: StripePaymentIntent(
        id: intent, status: "succeeded", amount: amount, amountReceived: received,
        currency: currency, latestCharge: "ch_1",
        metadata: booking.map { ["booking": $0, "generation": "1"] } ?? [:], created: 0))
  }

  private func refund(status: String, id: String = "re_1") -> StripeEvent {
    StripeEvent(
      id: "evt_\(id)_\(status)", type: "refund.updated", created: 0,
      refund: StripeRefund(
        id: id, status: status, amount: 900, currency: "eur", paymentIntent: "pi_bk_1",
        metadata: ["booking": "bk_1", "cause": "activity-2"], created: 0))
  }

  /// A booking, with a payment of a given status or none.
  private func bed(payment status: String? = nil) async throws -> APITestBed {
    let bed = try APITestBed { db, id in
      if let status { try Sagas.pay(db, id, status: status) }
    }
    try await bed.register()
    _ = try await bed.book()
    return bed
  }

  private func receive(_ event: StripeEvent, _ bed: APITestBed) async throws {
    try await bed.api.receive(event, at: APITestBed.start)
  }

  @Test func newsAreKeptAndWakeTheBooking() async throws {
    let bed = try await bed(payment: "PENDING")
    try await receive(event(), bed)
    #expect(bed.host.submitted.count == 2)
    let rows = try await bed.queue.read { try InboxStore.open($0, booking: BookingID("bk_1")) }
    #expect(rows.map(\.source) == ["evt_1"])
    #expect(rows.map(\.kind) == ["webhook"])
    let kept = try JSONDecoder().decode(
      StripeEvent.self, from: Data(try #require(rows.first).payload.utf8))
    #expect(kept == event())
  }

  @Test func aDuplicateIsOneRow() async throws {
    let bed = try await bed()
    try await receive(event(), bed)
    try await receive(event(), bed)
    #expect(try bed.count("inbox") == 1)
    #expect(bed.host.submitted.count == 2)
  }

  @Test(arguments: ["SUCCEEDED", "PARTIALLY_REFUNDED", "REFUNDED"])
  func whatIsKnownIsClosedAtOnce(_ status: String) async throws {
    let bed = try await bed(payment: status)
    try await receive(event(), bed)
    let row = try #require(try bed.rows("SELECT * FROM inbox").first)
    #expect(row["result"] == "no news")
    #expect(row["applied_us"] == APITestBed.start.microseconds)
    #expect(bed.host.submitted.count == 1)
  }

  @Test func anotherAmountOrCurrencyIsNeverClosedSilently() async throws {
    let bed = try await bed(payment: "SUCCEEDED")
    try await receive(event(id: "evt_a", amount: 17_101), bed)
    try await receive(event(id: "evt_b", received: 17_099), bed)
    try await receive(event(id: "evt_c", currency: "usd"), bed)
    #expect(
      try await bed.queue.read { try InboxStore.open($0, booking: BookingID("bk_1")) }.count == 3)
    #expect(bed.host.submitted.count == 4)
  }

  @Test(arguments: [
    ("payment_intent.created", "PENDING", true), ("payment_intent.succeeded", "FAILED", false),
    ("payment_intent.payment_failed", "FAILED", true),
    ("payment_intent.payment_failed", "SUCCEEDED", false),
    ("payment_intent.canceled", "CANCELED", true), ("payment_intent.canceled", "PENDING", false),
    ("payment_intent.processing", "SUCCEEDED", false),
  ])
  func onlyWhatThePaymentProvesIsNoNews(
    _ type: String, _ status: String, _ isOld: Bool
  ) async throws {
    let bed = try await bed(payment: status)
    try await receive(event(type, received: 0), bed)
    #expect(bed.host.submitted.count == (type.hasSuffix("succeeded") || !isOld ? 2 : 1))
  }

  @Test func aRefundIsNoNewsOnceItsStepIsDone() async throws {
    let bed = try await bed(payment: "SUCCEEDED")
    try await receive(refund(status: "succeeded", id: "re_0"), bed)
    #expect(bed.host.submitted.count == 2)
    try bed.write(
      """
      INSERT INTO saga_step (booking_id, slot, direction, generation, idempotency_key,
        payload_hash, cause, status, reference, created_us, updated_us)
      VALUES ('bk_1', 'refund-activity-2', 'undo', 1, 'k', '', 'activity-2',
        'DONE', 're_1', 0, 0)
      """)
    try await receive(refund(status: "succeeded"), bed)
    #expect(bed.host.submitted.count == 2)
    try await receive(refund(status: "failed"), bed)
    #expect(bed.host.submitted.count == 3)
  }

  @Test func thePaymentFindsTheBookingWhenTheMetadataDoesNot() async throws {
    let bed = try await bed(payment: "PENDING")
    try await receive(event(id: "evt_a", booking: nil), bed)
    try await receive(event(id: "evt_b", booking: "bk_99"), bed)
    #expect(
      try bed.rows("SELECT booking_id FROM inbox").map { $0[0] as String? } == ["bk_1", "bk_1"])
  }

  @Test func anEventOfNobodyIsKeptUntilItIsAdopted() async throws {
    let bed = try await bed()
    try await receive(event(intent: "pi_early", booking: nil), bed)
    #expect(bed.host.submitted.count == 1)
    let booking = BookingID("bk_1")
    #expect(try await bed.queue.read { try InboxStore.open($0, booking: booking) }.isEmpty)
    let adopted = try await bed.queue.write { db in
      try InboxStore.adopt(db, paymentIntent: "pi_other", booking: booking)
        + InboxStore.adopt(db, paymentIntent: "pi_early", booking: booking)
    }
    #expect(adopted == 1)
    #expect(
      try await bed.queue.read { try InboxStore.open($0, booking: booking) }.map(\.source)
        == ["evt_1"])
  }

  @Test func anAppliedEventIsNotOpenAnyMore() async throws {
    let bed = try await bed()
    try await receive(event(), bed)
    try await bed.queue.write { db in
      for row in try InboxStore.open(db, booking: BookingID("bk_1")) {
        try InboxStore.markApplied(db, id: row.id, result: "applied", at: APITestBed.start)
        try InboxStore.markApplied(db, id: row.id, result: "again", at: APITestBed.start)
      }
    }
    #expect(try bed.rows("SELECT result FROM inbox").map { $0[0] as String } == ["applied"])
  }

  @Test func anEventThatConcernsNothingIsKeptAsIgnored() async throws {
    let bed = try await bed()
    for _ in 1...2 {
      try await receive(StripeEvent(id: "evt_x", type: "customer.created", created: 0), bed)
    }
    let rows = try bed.rows("SELECT * FROM inbox")
    #expect(rows.map { $0["result"] as String? } == ["ignored"])
    #expect(rows.map { $0["applied_us"] as Int64? } == [APITestBed.start.microseconds])
    #expect(bed.host.submitted.count == 1)
  }

  @Test(arguments: [
    #"{"id":"evt_3","object":"v2.core.event","type":"v2.core.account.updated","#
      + #""created":"2026-11-23T07:46:40.000Z","related_object":{"id":"acct_1"}}"#,
    #"{"id":"evt_3","object":"event","type":"treasury.something.new","created":1,"data":{"object":{}}}"#,
    #"{"id":"evt_3","object":"event","type":"payment_intent.succeeded","data":{"object":[]}}"#,
  ])
  func aSignedDeliveryThatTellsNothingIsAnswered200(_ body: String) async throws {
    let bed = try await bed()
    let answer = try await deliver(body, to: bed, secret: "whsec_test")
    #expect(answer.status == 200)
    #expect(try bed.rows("SELECT result FROM inbox").map { $0[0] as String? } == ["ignored"])
  }

  /// It would wait for a payment for ever, and keep the inbox from draining.
  @Test func aRefundThatNamesNoPaymentIsKeptClosed() async throws {
    let bed = try await bed(payment: "SUCCEEDED")
    var event = refund(status: "succeeded")
    event.refund?.paymentIntent = nil
    event.refund?.metadata = [:]
    try await receive(event, bed)
    #expect(try bed.rows("SELECT result FROM inbox").map { $0[0] as String? } == ["ignored"])
    #expect(bed.host.submitted.count == 1)
  }

  @Test func aSignedDeliveryIsReceived() async throws {
    let bed = try await bed()
    let answer = try await deliver(to: bed, secret: "whsec_test")
    #expect(answer.status == 200)
    #expect(answer.json["received"] as? Bool == true)
    #expect(
      try bed.rows("SELECT object FROM inbox").map { $0[0] as String } == ["pi_bk_1"])
  }

  @Test(arguments: [("whsec_other", Int64(0)), ("whsec_test", -301)])
  func aForgedOrStaleDeliveryChangesNothing(_ secret: String, _ age: Int64) async throws {
    let bed = try await bed()
    let answer = try await deliver(to: bed, secret: secret, after: age)
    #expect(answer.status == 400)
    #expect(answer.code == "webhook-refused")
    #expect(try bed.count("inbox") == 0)
    #expect(bed.host.submitted.count == 1)
  }

  @Test func anUnsignedDeliveryChangesNothing() async throws {
    let bed = try await bed()
    let answer = try await bed.call(.post, "/webhooks/stripe", Self.delivery)
    #expect(answer.status == 400)
    #expect(try bed.count("inbox") == 0)
  }

  private func deliver(
    _ body: String = delivery, to bed: APITestBed, secret: String, after seconds: Int64 = 0
  ) async throws -> Answer {
    let time = APITestBed.start.microseconds / 1_000_000 + seconds
    let mac = HMAC<SHA256>.authenticationCode(
      for: Data("\(time).\(body)".utf8), using: SymmetricKey(data: Data(secret.utf8)))
    let hex = mac.map { String(format: "%02x", $0) }.joined()
    return try await bed.call(
      .post, "/webhooks/stripe", body, headers: [Self.signature: "t=\(time),v1=\(hex)"])
  }

  private static let delivery = """
    {"id":"evt_2","object":"event","api_version":"2026-10-28.endive","created":1795420000,
     "livemode":false,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},
     "type":"payment_intent.succeeded","data":{"object":{"id":"pi_bk_1","object":"payment_intent",
     "amount":17100,"amount_received":17100,"amount_capturable":0,"currency":"eur",
     "status":"succeeded","created":1795420000,"latest_charge":"ch_1","livemode":false,
     "capture_method":"automatic_async","confirmation_method":"automatic",
     "payment_method_types":["card"],"last_payment_error":null,
     "metadata":{"booking":"bk_1","generation":"1"}}}}
    """
}

import HTTPService
import HTTPTypes
import Wire

extension BookingAPI {
  /// `POST /webhooks/stripe`: believes what is signed, keeps it, and only then says so.
  func receiveWebhook(_ call: HTTPCall) async throws -> HTTPReply {
    let now = wallClock.now()
    let event: StripeEvent
    do {
      event = try StripeWebhook.event(
        body: call.body, signatureHeader: call.request.headerFields[Self.stripeSignature],
        secret: configuration.vendors.stripeWebhookSecret, now: now)
    } catch {
      // The reason stays here: it would only help whoever forges deliveries.
      throw Problem.webhookRefused
    }
    try await receive(event, at: now)
    let body = JSONWriter.object(.newline) { $0.field("received", true) }
    return HTTPReply(status: .ok, contentType: Self.json, body: body)
  }

  /// Keeps a verified event and wakes the booking that it is news for.
  ///
  /// An event that comes before its payment is known is kept without a booking, until
  /// ``InboxStore/adopt(_:paymentIntent:booking:)`` gives it one. One that tells nothing (a type that
  /// is not known, a thin event, an object that cannot be read) is kept closed.
  func receive(_ event: StripeEvent, at now: Timestamp) async throws {
    guard
      event.paymentIntent != nil || event.refund != nil || event.charge != nil
        || event.dispute != nil
    else {
      try await database.write { db in
        try InboxStore.ignored(db, event, encoder: encoder, at: now)
      }
      return
    }
    let booking = try await database.write { db in
      try InboxStore.webhook(db, event, encoder: encoder, at: now)
    }
    if let booking { engine.submit(booking) }
  }

  // A constant that is a valid field name (RFC 9110, token).
  private static let stripeSignature = HTTPField.Name("Stripe-Signature")!
}

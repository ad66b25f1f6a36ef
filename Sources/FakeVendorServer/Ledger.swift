import FakeVendors

/// What one fake knows to be true, as `GET /_ledger` shows it. All times are microseconds since
/// 1970, all amounts minor units.
enum Ledger: Encodable {
  case stripe(FakeStripe)
  case reservations(ReservationLedger)
  case mail(FakeMail)

  /// What one of the fakes knows.
  init(_ vendor: VendorName, of fakes: VendorSet) {
    self =
      switch vendor {
      case .stripe: .stripe(fakes.stripe)
      case .amadeus:
        .reservations(
          ReservationLedger(
            fakes.amadeus.reservations, fakes.amadeus.capacities,
            fakes.amadeus.availabilityRefusals, fakes.amadeus.createRequests))
      case .bookingcom:
        .reservations(
          ReservationLedger(
            fakes.bookingCom.reservations, fakes.bookingCom.capacities,
            fakes.bookingCom.availabilityRefusals, fakes.bookingCom.createRequests))
      case .viator:
        .reservations(
          ReservationLedger(
            fakes.viator.reservations, fakes.viator.capacities,
            fakes.viator.availabilityRefusals, fakes.viator.createRequests))
      case .mail: .mail(fakes.mail)
      }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .stripe(let stripe): try StripeLedgerJSON(stripe).encode(to: encoder)
    case .reservations(let ledger): try ledger.encode(to: encoder)
    case .mail(let mail): try MailLedgerJSON(mail).encode(to: encoder)
    }
  }
}

private struct StripeLedgerJSON: Encodable {
  struct PaymentIntent: Encodable {
    let id, status, currency: String
    let amountMinor, capturableMinor, capturedMinor: Int64
    let declineCode: String?
    let metadata: [String: String]
    let idempotencyKey, baggage: String
    let createdUs: Int64
    let capturedUs: Int64?
  }
  struct Refund: Encodable {
    let id, paymentIntent, status, currency: String
    let amountMinor: Int64
    let metadata: [String: String]
    let idempotencyKey, baggage: String
    let createdUs, updatedUs: Int64
  }
  struct Event: Encodable {
    let id, type, object: String
    let createdUs: Int64
    let attempts: Int
    let delivered, pending: Bool
  }
  struct Request: Encodable {
    let id, operation, idempotencyKey, baggage: String
    let status: Int
    let replayed: Bool
    let atUs: Int64
  }

  let paymentIntents: [PaymentIntent]
  let refunds: [Refund]
  let events: [Event]
  let requests: [Request]

  init(_ stripe: FakeStripe) {
    paymentIntents = stripe.paymentIntents.map {
      PaymentIntent(
        id: $0.id, status: $0.status, currency: $0.currency, amountMinor: $0.amountMinor,
        capturableMinor: $0.capturableMinor, capturedMinor: $0.capturedMinor,
        declineCode: $0.declineCode, metadata: $0.metadata, idempotencyKey: $0.idempotencyKey,
        baggage: $0.baggage, createdUs: $0.createdMicroseconds, capturedUs: $0.capturedMicroseconds)
    }
    refunds = stripe.refunds.map {
      Refund(
        id: $0.id, paymentIntent: $0.paymentIntent, status: $0.status, currency: $0.currency,
        amountMinor: $0.amountMinor, metadata: $0.metadata, idempotencyKey: $0.idempotencyKey,
        baggage: $0.baggage, createdUs: $0.createdMicroseconds, updatedUs: $0.updatedMicroseconds)
    }
    events = stripe.events.map {
      Event(
        id: $0.id, type: $0.type, object: $0.object, createdUs: $0.createdMicroseconds,
        attempts: $0.attempts, delivered: $0.delivered, pending: $0.pending)
    }
    requests = stripe.requests.map {
      Request(
        id: $0.id, operation: $0.operation, idempotencyKey: $0.idempotencyKey,
        baggage: $0.baggage, status: $0.status, replayed: $0.replayed, atUs: $0.atMicroseconds)
    }
  }
}

private struct MailLedgerJSON: Encodable {
  struct Message: Encodable {
    let id, to, subject, text, tag: String
    let metadata: [String: String]
    let acceptedUs: Int64
  }

  let messages: [Message]
  let requests: [ReservationLedger.Request]

  init(_ mail: FakeMail) {
    messages = mail.messages.map {
      Message(
        id: $0.id, to: $0.to, subject: $0.subject, text: $0.text, tag: $0.tag,
        metadata: $0.metadata, acceptedUs: $0.acceptedMicroseconds)
    }
    requests = mail.createRequests.map(ReservationLedger.Request.init)
  }
}

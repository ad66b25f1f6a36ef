/// What a vendor's answer, or its absence, proves about one call.
enum Outcome<Value: Sendable>: Sendable {
  /// It was done (or read).
  case done(Value)
  /// A documented, definitive answer: it was not done and will not be.
  case rejected(Rejection)
  /// Provably without effect, and worth sending again as it is: refused connection, 429, 401.
  case retry(Retry)
  /// It may have been done, or may yet be: time-out, connection lost, 5xx, "in progress", nonsense.
  case unknown(Retry)
}

extension Outcome {
  /// Whether the call must be made again, or looked into.
  var isOpen: Bool {
    switch self {
    case .done, .rejected: false
    case .retry, .unknown: true
    }
  }

  /// Whether it shows that the vendor works, whatever has become of the call; nil when the vendor had
  /// no part in it.
  var showsVendorWorks: Bool? {
    switch self {
    case .done, .rejected: true
    case .retry(let retry), .unknown(let retry): retry.vendorWorks
    }
  }
}

/// A vendor's definitive no.
struct Rejection: Error, Sendable, Hashable, Codable {
  /// The vendor's own code: `card_declined`, `34651`, `order_unavailable`, `REJECTED`.
  var code: String
  /// The vendor's own words.
  var message: String
  /// HTTP status, 200 for refusals inside a success.
  var httpStatus: Int
  /// Stripe's decline code.
  var declineCode: String?
  /// The payment intent that came with a Stripe error.
  var paymentIntent: StripePaymentIntent?
  /// Another reference in the answer (the reservation of a duplicate_request).
  var reference: String?
}

/// Why a call should be sent again or looked into, and when at the earliest.
struct Retry: Sendable, Hashable {
  /// What happened, for people.
  var reason: String
  /// The vendor's `Retry-After`, when it gave one.
  var after: Duration?
  /// Whether the vendor answered as one that works: it is busy with this very request. Nil when it was
  /// not asked at all.
  var vendorWorks: Bool? = false
}

/// A mutating request made ready: the bytes that are written down before they are sent, and sent
/// again unchanged.
struct PreparedRequest: Sendable, Hashable {
  /// `POST`, `DELETE`.
  var method: String
  /// Path with query, as on the wire, starting with `/`.
  var path: String
  /// The body.
  var body: [UInt8]
}

/// Who calls and why; travels with every outbound call in its `baggage` header (W3C Baggage).
struct CallContext: Sendable {
  var booking: BookingID
  var slot: String
  /// `do` or `undo`.
  var direction: String
  var generation: Int
  var attempt: Int
  /// The lease's epoch: the fencing token.
  var epoch: Int64
  /// Sent as `Idempotency-Key` where the vendor has one.
  var idempotencyKey: String?
  /// Asked in the very moment before the call goes out: no once what it belongs to may be another
  /// process's, as after a standstill. ``VendorExchange`` then answers that it was not sent.
  var mayBeSent: @Sendable () -> Bool = { true }

  /// The header's value.
  var baggage: String {
    "booking=\(booking),slot=\(slot),direction=\(direction),generation=\(generation),attempt=\(attempt),epoch=\(epoch)"
  }
}

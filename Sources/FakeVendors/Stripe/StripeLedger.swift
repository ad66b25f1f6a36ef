/// What the fake Stripe knows to be true, for an auditor.
public struct StripeLedger: Sendable {
  /// A payment intent.
  public struct PaymentIntent: Sendable, Hashable {
    /// `pi_3…`
    public var id: String
    /// The request's `baggage` header at creation, verbatim.
    public var baggage: String
    /// The idempotency key at creation; empty when there was none.
    public var idempotencyKey: String
    /// The status word on the wire (`succeeded`, `requires_confirmation`, …).
    public var status: String
    /// ISO 4217 code, lower case as Stripe writes it.
    public var currency: String
    /// Amount asked for, in minor units.
    public var amountMinor: Int64
    /// Amount held but not captured, in minor units.
    public var capturableMinor: Int64
    /// Amount captured, in minor units.
    public var capturedMinor: Int64
    /// The caller's metadata.
    public var metadata: [String: String]
    /// Microseconds since 1970.
    public var createdMicroseconds: Int64
    /// When money was captured, in microseconds since 1970.
    public var capturedMicroseconds: Int64?
    /// The last decline code, if any charge failed.
    public var declineCode: String?
    /// What somebody did to it past the caller: `canceled` or `confirmed`; to a hold `captured` or `voided`.
    public var doneByHand: String?
    /// `ch_3…`, the last try to charge it; nil before the first.
    public var latestCharge: String?
    /// When its amount was authorised to be captured later, in microseconds since 1970; nil for what is
    /// captured at once.
    public var heldMicroseconds: Int64? = nil
    /// When it was cancelled, in microseconds since 1970.
    public var canceledMicroseconds: Int64? = nil
    /// Why it was cancelled, in Stripe's word; `automatic` for an authorisation that expired.
    public var cancellationReason: String? = nil
  }

  /// A refund.
  public struct Refund: Sendable, Hashable {
    /// `re_3…`
    public var id: String
    /// The payment intent refunded.
    public var paymentIntent: String
    /// The request's `baggage` header at creation, verbatim.
    public var baggage: String
    /// The idempotency key at creation; empty when there was none.
    public var idempotencyKey: String
    /// The status word on the wire: pending, requires_action, succeeded, failed, canceled.
    public var status: String
    /// ISO 4217 code, lower case.
    public var currency: String
    /// Amount, in minor units.
    public var amountMinor: Int64
    /// The caller's metadata.
    public var metadata: [String: String]
    /// Microseconds since 1970.
    public var createdMicroseconds: Int64
    /// When the status last changed, in microseconds since 1970.
    public var updatedMicroseconds: Int64
  }

  /// A dispute of a payment by the customer's bank.
  public struct Dispute: Sendable, Hashable {
    /// `du_…`
    public var id: String
    /// The payment intent disputed.
    public var paymentIntent: String
    /// The status word on the wire: needs_response, under_review, won, lost; of an enquiry
    /// warning_needs_response, warning_closed.
    public var status: String
    /// ISO 4217 code, lower case.
    public var currency: String
    /// Amount withdrawn, in minor units; of an enquiry what is asked about.
    public var amountMinor: Int64
    /// Microseconds since 1970.
    public var openedMicroseconds: Int64
    /// When it was decided, in microseconds since 1970; nil while it is open.
    public var closedMicroseconds: Int64?
  }

  /// An event and its deliveries.
  public struct Event: Sendable, Hashable {
    /// `evt_…`
    public var id: String
    /// For example `payment_intent.succeeded`.
    public var type: String
    /// The id of `data.object`.
    public var object: String
    /// Microseconds since 1970.
    public var createdMicroseconds: Int64
    /// Delivery attempts so far, duplicates included.
    public var attempts: Int
    /// Whether some attempt was answered with a 2xx.
    public var delivered: Bool
    /// Whether delivery attempts are still due.
    public var pending: Bool
    /// The statuses of answers to attempts that were no 2xx, in order; lost ones are not among them.
    public var refusals: [Int] = []
  }

  /// One request that the fake answered, as its log keeps it.
  public struct Request: Sendable, Hashable {
    /// `req_…`
    public var id: String
    /// For example `refunds.create`.
    public var operation: String
    /// The request's `baggage` header, verbatim.
    public var baggage: String
    /// The idempotency key; empty when there was none.
    public var idempotencyKey: String
    /// HTTP status answered.
    public var status: Int
    /// Whether a stored answer was replayed.
    public var replayed: Bool
    /// Microseconds since 1970 at which it was answered.
    public var atMicroseconds: Int64
  }
}

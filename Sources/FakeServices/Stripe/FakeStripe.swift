public import HTTPService

/// A failure that Stripe is known for, met by one call.
public enum StripeFault: Sendable, Hashable {
  /// A 402 with the given code and decline code; confirm (or create with confirm) only.
  case decline(code: String, declineCode: String?)
  /// The confirmed intent needs the customer (3-D Secure): `requires_action`; confirm only.
  case requiresAction
  /// The confirmed intent stays `processing`, then succeeds or fails; confirm only.
  case processing(resolvesAfter: Duration, succeeds: Bool)
  /// 429 `rate_limit`, raised before the idempotency layer.
  case rateLimited
  /// 429 `lock_timeout`.
  case lockTimeout
  /// A 500 that is stored under the idempotency key; the effect happened or not.
  case internalError(effect: Bool)
  /// The refund is `pending` first; refunds.create only.
  case refundPending(settlesAfter: Duration, succeeds: Bool)
  /// The refund succeeds at once and fails later; refunds.create only.
  case refundFailsLater(after: Duration)
}

/// How one event reaches the webhook endpoint.
public struct WebhookPlan: Sendable, Hashable {
  /// From the change to the first attempt; zero means before the reply to the call that caused it.
  public var delay: Duration
  /// Delays, from the first attempt, of further deliveries of the same event.
  public var duplicates: [Duration]
  /// A delivery with a wrong signature precedes the true one.
  public var forged: Bool
  /// A delivery with a valid signature and a timestamp older than the tolerance precedes the true one.
  public var stale: Bool

  /// Creates a plan.
  public init(
    delay: Duration = .seconds(1), duplicates: [Duration] = [], forged: Bool = false,
    stale: Bool = false
  ) {
    self.delay = delay
    self.duplicates = duplicates
    self.forged = forged
    self.stale = stale
  }
}

/// Where and how a fake Stripe sends its events.
public struct WebhookEndpoint: Sendable {
  /// Carries the deliveries.
  public let transport: any HTTPTransport
  /// `http://orchestrator/webhooks/stripe`
  public let url: String
  /// The endpoint's signing secret, `whsec_…`.
  public let secret: String
  /// The event types that the endpoint subscribes to; empty means all.
  public let types: [String]
  /// Plans the delivery of one event.
  public let plan: @Sendable (_ event: StripeLedger.Event, _ baggage: String) -> WebhookPlan

  /// Creates an endpoint.
  public init(
    transport: any HTTPTransport, url: String, secret: String, types: [String] = [],
    plan: @escaping @Sendable (_ event: StripeLedger.Event, _ baggage: String) -> WebhookPlan = {
      _, _ in WebhookPlan()
    }
  ) {
    self.transport = transport
    self.url = url
    self.secret = secret
    self.types = types
    self.plan = plan
  }
}

/// A stateful fake of Stripe's payment API.
public final class FakeStripe: HTTPService {
  /// Creates an account without any objects.
  /// - Parameters:
  ///   - apiKey: the only secret key that is accepted.
  ///   - seed: what ids are derived from.
  ///   - keyLifetime: how long an idempotency key is kept; Stripe promises at least 24 hours.
  public init(
    environment: ServiceEnvironment, conduct: any Conduct<StripeFault>, apiKey: String,
    seed: UInt64, keyLifetime: Duration = .seconds(86_400)
  ) {
    fatalError("seam")
  }

  /// Registers a customer, so that intents may name it. Idempotent.
  public func addCustomer(id: String) { fatalError("seam") }

  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply { fatalError("seam") }

  /// Performs what is due without a request: deliveries of events, refunds that settle or fail,
  /// payments that finish processing. Runs until its task is cancelled; start it once.
  public func run(webhooks: WebhookEndpoint?) async throws { fatalError("seam") }

  /// When the earliest of the things that ``run(webhooks:)`` has yet to do is due, in microseconds
  /// since 1970; nil when there is nothing left to do.
  public var nextDue: Int64? { fatalError("seam") }

  // For the auditor. Each is a copy of the present state, in order of creation.

  /// All payment intents.
  public var paymentIntents: [StripeLedger.PaymentIntent] { fatalError("seam") }
  /// All refunds.
  public var refunds: [StripeLedger.Refund] { fatalError("seam") }
  /// All events.
  public var events: [StripeLedger.Event] { fatalError("seam") }
  /// All requests that were answered, refused ones included.
  public var requests: [StripeLedger.Request] { fatalError("seam") }
  /// One payment intent. O(1).
  public func paymentIntent(_ id: String) -> StripeLedger.PaymentIntent? { fatalError("seam") }
  /// One refund. O(1).
  public func refund(_ id: String) -> StripeLedger.Refund? { fatalError("seam") }
}

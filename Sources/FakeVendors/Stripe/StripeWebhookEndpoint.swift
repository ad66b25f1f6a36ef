public import HTTPService

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
  /// Rewrites the body of an event, by its id, before it is signed; the same for every attempt.
  public let rewrite: @Sendable (_ event: String, _ body: [UInt8]) -> [UInt8]

  /// Creates an endpoint.
  public init(
    transport: any HTTPTransport, url: String, secret: String, types: [String] = [],
    plan: @escaping @Sendable (_ event: StripeLedger.Event, _ baggage: String) -> WebhookPlan = {
      _, _ in WebhookPlan()
    },
    rewrite: @escaping @Sendable (_ event: String, _ body: [UInt8]) -> [UInt8] = { $1 }
  ) {
    self.transport = transport
    self.url = url
    self.secret = secret
    self.types = types
    self.plan = plan
    self.rewrite = rewrite
  }
}

extension FakeStripe {
  /// The types of all events that the fake ever sends.
  public static let eventTypes = [
    "charge.captured", "charge.dispute.closed", "charge.dispute.created",
    "charge.dispute.funds_reinstated", "charge.dispute.funds_withdrawn",
    "charge.dispute.updated", "charge.expired", "charge.failed", "charge.pending",
    "charge.refund.updated", "charge.refunded", "charge.succeeded",
    "checkout.session.completed", "checkout.session.expired", "customer.created",
    "customer.deleted", "customer.updated",
    "payment_intent.amount_capturable_updated", "payment_intent.canceled",
    "payment_intent.created", "payment_intent.payment_failed", "payment_intent.processing",
    "payment_intent.requires_action", "payment_intent.succeeded", "payment_method.attached",
    "payment_method.detached", "payment_method.updated", "refund.created",
    "refund.failed", "refund.updated",
  ]
}

/// How one event reaches the webhook endpoint.
public struct WebhookPlan: Sendable, Hashable {
  /// An event of the same object that comes just before this one, whatever the endpoint subscribes to.
  public enum Companion: Sendable, Hashable {
    /// Of a type that came later than whoever receives it. Source: Stripe documentation, API upgrades:
    /// new event types are backward-compatible changes.
    case unknown
    /// In the newer form, `v2.core.event`. Source: Stripe documentation, Event destinations.
    case thin
  }

  /// From the change to the first attempt; zero means before the reply to the call that caused it.
  public var delay: Duration
  /// Delays, from the first attempt, of further deliveries of the same event.
  public var duplicates: [Duration]
  /// A delivery with a wrong signature precedes the true one.
  public var forged: Bool
  /// A delivery with a valid signature and a timestamp older than the tolerance precedes the true one.
  public var stale: Bool
  /// Events that come with it.
  public var companions: [Companion]
  /// Whether it comes only after the next event of the same object has been tried, or after
  /// ``longestHold`` when there is none.
  public var waitsForNext: Bool
  /// Whether the endpoint's secret is being rolled: the header has a signature for each secret that is
  /// active, of which the endpoint knows the second of three.
  ///
  /// Source: Stripe documentation, Roll endpoint signing secrets.
  public var rolled: Bool

  /// How long an event waits at most for the next one of its object.
  public static let longestHold = Duration.seconds(4 * 3_600)

  /// Creates a plan.
  public init(
    delay: Duration = .seconds(1), duplicates: [Duration] = [], forged: Bool = false,
    stale: Bool = false, companions: [Companion] = [], waitsForNext: Bool = false,
    rolled: Bool = false
  ) {
    self.delay = delay
    self.duplicates = duplicates
    self.forged = forged
    self.stale = stale
    self.companions = companions
    self.waitsForNext = waitsForNext
    self.rolled = rolled
  }
}

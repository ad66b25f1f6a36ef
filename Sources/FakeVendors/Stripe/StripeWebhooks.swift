import HTTPTypes

/// What is known about deliveries: where they go, what is due, and who waits for them.
struct StripeWebhooks: Sendable {
  /// One delivery that is due or under way.
  struct Delivery: Sendable {
    /// Position in ``StripeAccount/events``.
    let event: Int
    /// Attempts made before this one; duplicates are tried once.
    var failures = 0
    /// When the first attempt was due, in microseconds since 1970.
    let first: Int64
    var isDuplicate = false
    var forged = false
    var stale = false
    var rolled = false
    /// Whether it was held back, and the next event of its object has let it go.
    var isReleased = false
  }

  /// What the loop of ``FakeStripe/run(webhooks:)`` is asked to do.
  enum Order: Sendable {
    /// Look again at a time, in microseconds since 1970.
    case wake(at: Int64)
    /// Make one attempt now.
    case attempt(Delivery)
  }

  /// Where one endpoint is and how it is signed for.
  struct Target: Sendable {
    let endpoint: WebhookEndpoint
    let signature: StripeSignature
    let forger: StripeSignature
    let request: HTTPRequest

    init(_ endpoint: WebhookEndpoint) {
      self.endpoint = endpoint
      signature = StripeSignature(secret: endpoint.secret)
      forger = StripeSignature(secret: "whsec_" + String(endpoint.secret.reversed()))
      var scheme = "http"
      var rest = Substring(endpoint.url)
      if let colon = endpoint.url.firstIndex(of: ":"), rest[colon...].hasPrefix("://") {
        scheme = String(rest[..<colon])
        rest = rest[colon...].dropFirst(3)
      }
      let slash = rest.firstIndex(of: "/") ?? rest.endIndex
      request = HTTPRequest(
        method: .post, scheme: scheme, authority: String(rest[..<slash]),
        path: slash == rest.endIndex ? "/" : String(rest[slash...]),
        headerFields: [
          .contentType: "application/json; charset=utf-8", .accept: "*/*; q=0.5, application/xml",
          .userAgent: "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        ])
    }
  }

  /// How long Stripe goes on trying. Source: Stripe documentation, Webhooks, retry behaviour.
  static let horizon: Int64 = 3 * 86_400 * 1_000_000
  /// How long an endpoint may take (U).
  static let timeout = Duration.seconds(20)

  var target: Target?
  var due = StripeDueQueue<Delivery>()
  /// Events that wait for the next one of their object, by the object's id.
  var held: [String: Delivery] = [:]
  /// Positions of those that were let go and are still due as if they had not been.
  var released: Set<Int> = []
  /// Deliveries under way.
  var underway = 0
  /// When the last delivery began, in microseconds since 1970.
  var lastStart: Int64 = 0
  /// Where orders go while the loop runs.
  var orders: AsyncStream<Order>.Continuation?
  /// Times for which somebody sleeps, latest first: a new one is always the earliest.
  private var alarms: [Int64] = []
  /// Ended when the first attempt at an event is over, by the event's position.
  var waiters: [Int: AsyncStream<Never>.Continuation] = [:]

  /// Returns the time for which somebody must go to sleep, if nobody sleeps until then or earlier.
  mutating func alarm(for due: Int64?) -> Int64? {
    guard orders != nil, let due, due < alarms.last ?? .max else { return nil }
    alarms.append(due)
    return due
  }

  /// Notes that the sleeper for a time has woken.
  mutating func ended(alarm: Int64) {
    if let index = alarms.lastIndex(of: alarm) { alarms.remove(at: index) }
  }

  /// Forgets the loop and ends all waiting.
  mutating func stop() -> [AsyncStream<Never>.Continuation] {
    orders = nil
    target = nil
    alarms = []
    underway = 0
    let ended = waiters.sorted { $0.key < $1.key }.map(\.value)
    waiters = [:]
    return ended
  }

  /// Returns when to try again after `failures` failed attempts, in microseconds after the last.
  ///
  /// Stripe says "exponential back off" for three days and publishes no intervals (U): here 1 minute,
  /// 5 minutes, 30 minutes, 2 hours, then every 6 hours, each up to a tenth longer.
  static func backoff(failures: Int, spread: UInt64) -> Int64 {
    let seconds: Int64 =
      switch failures {
      case ...1: 60
      case 2: 300
      case 3: 1800
      case 4: 7200
      default: 21_600
      }
    let base = seconds * 1_000_000
    return base + Int64(spread % UInt64(base / 10))
  }
}

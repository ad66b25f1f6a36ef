import Wire

/// What a vendor promises: what a step with an unknown outcome can be resolved by.
///
/// Sources: Stripe API reference, "Idempotent requests" (keys kept at least 24 hours); Booking.com
/// Demand API 3.2 (no idempotency, look-up by `created` range and label); Viator Partner API v2
/// (idempotent by `partnerBookingRef`, bookings may take over 90 s); Amadeus Self-Service (neither).
struct Capabilities: Sendable, Hashable {
  /// How long an idempotency key keeps its answer; nil when there are no keys.
  var keyLifetime: Duration?
  /// How long a new object may stay invisible to a look-up.
  var lookupLag: Duration
  /// The longest time from the moment a request is sent to its effect, the network included.
  var longestProcessing: Duration

  /// The shortest that a card holds money, if its bank does not take it back: it may be longer.
  ///
  /// Source: Stripe documentation, "Place a hold on a payment method", authorisation validity windows:
  /// online 7 days for most cards, 5 days for some of Visa's (4 days and 18 hours).
  static let shortestHold: Duration = .seconds((4 * 24 + 18) * 3_600)

  /// How long a hold on a card can be counted on: a trip that is paid when it is booked must be over by
  /// then. A day less than the shortest that is documented.
  static let holdIsGood: Duration = shortestHold - .seconds(24 * 3_600)

  /// From the last send on, this long "not found" proves nothing.
  var proofAfter: Duration { longestProcessing + lookupLag }
  /// From the first send on, this long the same key is safe; a margin for requests on their way.
  var resendWithin: Duration { (keyLifetime ?? .zero) - longestProcessing - longestProcessing }

  static func of(_ service: Service) -> Capabilities {
    switch service {
    case .stripe:
      Capabilities(
        keyLifetime: .seconds(86_400), lookupLag: .zero,
        longestProcessing: .seconds(900))
    case .flight:
      Capabilities(
        keyLifetime: nil, lookupLag: .zero, longestProcessing: .seconds(900))
    case .hotel:
      Capabilities(
        keyLifetime: nil, lookupLag: .seconds(300),
        longestProcessing: .seconds(900))
    case .activity:
      Capabilities(
        keyLifetime: nil, lookupLag: .zero, longestProcessing: .seconds(900))
    }
  }
}

/// The limits of patience, in one place.
enum RetryPolicy {
  /// First back-off; doubled with each attempt, then drawn uniformly between ``floor`` and all of it.
  static let base: Duration = .seconds(1)
  /// No delay is shorter, so that a failing call is never repeated in a hot loop.
  static let floor: Duration = .milliseconds(100)
  /// Longest back-off.
  static let cap: Duration = .seconds(900)
  /// How long a trip that a breaker put off rests at most before it asks by itself: the process that
  /// would have rung for it may have died, and no back-off is longer.
  static let deferral = cap
  /// How long a lease lasts: longer than any single call may take.
  static let lease: Duration = .seconds(180)
  /// How long after the commit that intended it a request may go out: a token may have to be fetched
  /// before. Whoever comes later has stood still, and the trip may be another's; half of the lease is
  /// left for clocks that differ. Source: Kleppmann, "How to do distributed locking", 2016.
  static let sending: Duration = .seconds(90)
  /// How long activities are waited for, from the moment they are asked for.
  static let activities: Duration = .seconds(1_200)
  /// When a standing trip is looked after once.
  static let inspection: Duration = .seconds(6 * 3_600)
  /// How often a refused undo is tried again before it is parked.
  static let refusals = 10
  /// How long an event of a payment that no booking knows is kept open: Stripe delivers for three days, so
  /// by then whatever could tell whose it is has come. Source: Stripe documentation, Webhooks, retries.
  static let nobodys: Duration = .seconds(3 * 86_400)
  /// How often a payment is confirmed under one key before a new one is taken.
  static let confirmations = 3
  /// How many logical tries a hotel gets.
  static let hotelGenerations = 3
  /// Up to this age an order token of Booking.com (15 minutes) is used.
  static let orderToken: Duration = .seconds(600)

  /// Returns the delay before attempt `attempt + 1`: uniform between 100 ms and
  /// 1 s × 2^(attempt − 1), the latter at most 15 minutes ("full jitter" above a floor).
  ///
  /// Source: Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
  static func delay(afterAttempt attempt: Int, fraction: Double) -> Duration {
    let doublings = min(max(attempt - 1, 0), 10)
    let whole = min(base.microseconds() << Int64(doublings), cap.microseconds())
    let least = floor.microseconds()
    return .microseconds(least + Int64(Double(whole - least) * fraction))
  }
}

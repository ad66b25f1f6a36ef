import DequeModule

/// An answer as it is kept: the picture of what it says, not its bytes.
struct StripeAnswer: Sendable {
  let status: Int
  let body: StripeBody
  /// The request that was executed.
  let requestID: String
  /// When it was answered, in seconds since 1970.
  let seconds: Int64
  let rateLimitedReason: String?
  /// In seconds.
  let retryAfter: Int64?

  /// - Parameter now: microseconds since 1970.
  init(_ outcome: Result<StripeBody, StripeError>, requestID: String, at now: Int64) {
    self.requestID = requestID
    seconds = now / 1_000_000
    switch outcome {
    case .success(let body):
      status = 200
      self.body = body
      rateLimitedReason = nil
      retryAfter = nil
    case .failure(let error):
      status = error.status
      body = .error(StripeSnapshot(error))
      rateLimitedReason = error.rateLimitedReason
      retryAfter = error.retryAfter
    }
  }
}

/// The idempotency layer.
///
/// Source: Stripe API reference, Idempotent requests; Stripe documentation, Advanced error handling.
struct StripeKeys: Sendable {
  /// What becomes of a call that brings a key.
  enum Admission {
    /// It is the first: it holds the key until it is finished or released.
    case execute
    case replay(StripeAnswer)
    case refuse(StripeError)
  }

  private struct Entry: Sendable {
    let path: String
    let fingerprint: UInt64
    /// Microseconds since 1970.
    let first: Int64
    /// Nil while the first request is in flight.
    var answer: StripeAnswer?
  }

  private let lifetime: Int64
  private var entries: [String: Entry] = [:]
  /// Keys in the order of their first use, so that old ones are forgotten in O(1).
  private var order: Deque<(key: String, first: Int64)> = []

  init(lifetime: Duration) { self.lifetime = lifetime.wholeMicroseconds }

  /// Decides about a call.
  ///
  /// A call that differs is refused even while the first is in flight (U).
  mutating func admit(_ key: String, path: String, fingerprint: UInt64, now: Int64) -> Admission {
    guard !key.isEmpty else { return .refuse(.emptyKey) }
    guard key.utf8.count <= 255 || key.count <= 255 else { return .refuse(.longKey) }
    forgetOld(now: now)
    if let entry = entries[key] {
      if entry.path != path { return .refuse(.otherEndpoint(key, first: entry.path, now: path)) }
      if entry.fingerprint != fingerprint { return .refuse(.otherParameters(key)) }
      guard let answer = entry.answer else { return .refuse(.keyInUse(key)) }
      return .replay(answer)
    }
    entries[key] = Entry(path: path, fingerprint: fingerprint, first: now)
    order.append((key, now))
    return .execute
  }

  /// Keeps the answer of the call that holds the key.
  mutating func finish(_ key: String, _ answer: StripeAnswer) { entries[key]?.answer = answer }

  /// Forgets the call that holds the key, as if it had never been made.
  mutating func release(_ key: String) {
    guard let entry = entries[key], entry.answer == nil else { return }
    entries[key] = nil
  }

  /// Forgets keys whose first request is `lifetime` ago; never one whose request is in flight.
  private mutating func forgetOld(now: Int64) {
    while let (key, first) = order.first, first <= now - lifetime {
      if let entry = entries[key], entry.first == first {
        guard entry.answer != nil else {
          // Still in flight: look at it again one lifetime later.
          order.removeFirst()
          order.append((key, now))
          entries[key] = Entry(path: entry.path, fingerprint: entry.fingerprint, first: now)
          continue
        }
        entries[key] = nil
      }
      order.removeFirst()
    }
  }
}

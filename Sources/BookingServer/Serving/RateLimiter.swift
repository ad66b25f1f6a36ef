import BookingOrchestrator
import Synchronization

/// How many requests one client may send in which time.
package struct RateLimit: Sendable, Hashable {
  /// So many at once, and so many in each ``time`` from then on.
  package let requests: Int64
  package let time: Duration

  /// Creates a limit.
  /// - Precondition: both are more than none.
  package init(requests: Int64, in time: Duration) {
    precondition(requests > 0 && time > .zero)
    self.requests = requests
    self.time = time
  }

  /// Reads `50/s`, `600/m`, `20/500ms`; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let requests = Int64(parts[0]), (1...1_000_000).contains(requests)
    else { return nil }
    let unit = String(parts[1])
    guard
      let time = unit.first?.isNumber == true
        ? SettingReader.duration(unit) : SettingReader.duration("1" + unit)
    else { return nil }
    self.init(requests: requests, in: time)
  }
}

/// Counts what each client sends: a token bucket each, full at first, that fills again evenly.
///
/// Kept is the moment at which a client's bucket would be full, which is all that a bucket needs (the
/// generic cell rate algorithm, ITU-T I.371, annex A). Clients have keys, so there are a few of them,
/// and nobody else gets a bucket. The clock is monotonic: setting the wall clock frees and locks nobody.
final class RateLimiter: Sendable {
  private let limit: RateLimit
  private let now: @Sendable () -> Duration
  private let fullAt = Mutex<[ClientName: Duration]>([:])

  /// Creates buckets that are full.
  init<C: Clock<Duration>>(_ limit: RateLimit, clock: C) {
    self.limit = limit
    let start = clock.now
    now = { start.duration(to: clock.now) }
  }

  /// Takes a token of a client; where there is none, returns in how long there is one.
  func refuse(_ client: ClientName) -> Duration? {
    let each = limit.time / Int(limit.requests)
    let now = now()
    return fullAt.withLock { fullAt in
      let next = max(fullAt[client] ?? now, now) + each
      // All tokens are there when the bucket is full by now; the last one is gone when it takes the
      // whole time to be full again.
      let wait = next - now - each * Int(limit.requests)
      guard wait <= .zero else { return wait }
      fullAt[client] = next
      return nil
    }
  }
}

import Foundation
import HTTPTypes
import Synchronization

/// How often one address may open links: a bucket that refills.
///
/// Tokens cannot be guessed; this bounds what trying costs us, and what a loop of somebody's costs
/// others. It forgets: the buckets of this process only, and of the addresses that came last.
final class AddressLimiter: Sendable {
  /// How many at once, and how long each takes to come back.
  struct Limit: Sendable, Hashable {
    var burst = 60
    var refill: Duration = .seconds(1)
  }

  private struct Bucket {
    /// When it is full again.
    var fullAt: ContinuousClock.Instant
  }

  private let limit: Limit
  private let mostAddresses: Int
  private let buckets = Mutex<[String: Bucket]>([:])

  /// Creates a limiter that has seen nobody.
  init(_ limit: Limit = Limit(), mostAddresses: Int = 10_000) {
    self.limit = limit
    self.mostAddresses = mostAddresses
  }

  /// Takes one from an address's bucket; how long to wait when it is empty, nil when it is not.
  func take(from address: String, at now: ContinuousClock.Instant) -> Duration? {
    let key = Self.network(of: address)
    return buckets.withLock { buckets in
      if buckets.count >= mostAddresses, buckets[key] == nil {
        // Full buckets are as good as none. If none is full, all begin anew: to count fewer is better
        // than to turn people away because others came.
        buckets = buckets.filter { $0.value.fullAt > now }
        if buckets.count >= mostAddresses { buckets = [:] }
      }
      let fullAt = max(buckets[key]?.fullAt ?? now, now) + limit.refill
      let wait = (fullAt - now) - limit.refill * limit.burst
      guard wait <= .zero else { return wait }
      buckets[key] = Bucket(fullAt: fullAt)
      return nil
    }
  }

  /// What one person has: an IPv4 address, or a /64 of IPv6 (RFC 6177), of which a host takes any.
  static func network(of address: String) -> String {
    var bytes = in6_addr()
    guard address.contains(":"), inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
    let prefix = withUnsafeBytes(of: bytes) { Array($0.prefix(8)) }
    // ::ffff:a.b.c.d is an IPv4 address.
    if prefix.allSatisfy({ $0 == 0 }) { return address }
    return prefix.map { String($0, radix: 16) }.joined(separator: ":") + "/64"
  }
}

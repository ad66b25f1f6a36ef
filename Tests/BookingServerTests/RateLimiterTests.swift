import BookingOrchestrator
import Foundation
import HTTPService
import HTTPTypes
import Synchronization
import Testing

@testable import BookingServer

struct RateLimiterTests {
  private let ann = ClientName("ann")
  private let bob = ClientName("bob")

  @Test func bucketIsFullAtFirstAndFillsEvenly() throws {
    let clock = HandClock()
    let limiter = RateLimiter(try #require(RateLimit("3/s")), clock: clock)
    for _ in 0..<3 { #expect(limiter.refuse(ann) == nil) }
    let wait = try #require(limiter.refuse(ann))
    #expect(wait > .milliseconds(333) && wait < .milliseconds(334))
    // Refusals take nothing.
    for _ in 0..<50 { #expect(limiter.refuse(ann) == wait) }
    clock.advance(by: wait)
    #expect(limiter.refuse(ann) == nil)
    #expect(limiter.refuse(ann) != nil)
  }

  @Test func eachClientHasItsOwn() throws {
    let limiter = RateLimiter(try #require(RateLimit("1/h")), clock: HandClock())
    #expect(limiter.refuse(ann) == nil)
    #expect(limiter.refuse(ann) == .seconds(3_600))
    #expect(limiter.refuse(bob) == nil)
  }

  /// Nobody saves up more than a bucket.
  @Test func aLongPauseFillsTheBucketAndNoMore() throws {
    let clock = HandClock()
    let limiter = RateLimiter(try #require(RateLimit("5/1m")), clock: clock)
    clock.advance(by: .seconds(86_400))
    for _ in 0..<5 { #expect(limiter.refuse(ann) == nil) }
    #expect(limiter.refuse(ann) != nil)
    clock.advance(by: .seconds(24))
    for _ in 0..<2 { #expect(limiter.refuse(ann) == nil) }
    #expect(limiter.refuse(ann) != nil)
  }

  @Test(arguments: ["50/s", "600/m", "1/h", "20/500ms", "7/10s"])
  func limitsAreRead(_ text: String) { #expect(RateLimit(text) != nil) }

  @Test(arguments: [
    "", "off", "0/s", "-1/s", "5", "5/", "/s", "5/0s", "5/x", "5/s/s", "+5/s", "5 /s",
  ])
  func otherTextsAreNot(_ text: String) { #expect(RateLimit(text) == nil) }

  @Test func whoSendsTooMuchIsToldWhenToComeBack() async throws {
    let folder = try TestFolder()
    let limited: (inout Settings) -> Void = {
      $0.rateLimit = RateLimit(requests: 2, in: .seconds(3_600))
    }
    try await ServerRig.run(folder: folder, change: limited) { rig in
      for _ in 0..<2 { #expect(try await rig.send(.get, "/bookings").response.status == .ok) }
      let refused = try await rig.send(.get, "/bookings")
      #expect(refused.response.status.code == 429)
      #expect(text(refused).contains(#""code":"rate-limited""#))
      let wait = try #require(Int(refused.response.headerFields[.retryAfter] ?? ""))
      #expect((1...1_800).contains(wait))
      // Others, and what needs no key, go on.
      #expect(try await rig.send(.get, "/bookings", key: Keys.other).response.status == .ok)
      #expect(try await rig.send(.get, "/health", key: nil).response.status == .ok)
      #expect(try await rig.send(.get, "/metrics", key: Keys.operator).response.status == .ok)
    }
  }
}

/// A clock that a test moves.
final class HandClock: Clock, Sendable {
  struct Instant: InstantProtocol {
    var time: Duration
    func advanced(by duration: Duration) -> Instant { Instant(time: time + duration) }
    func duration(to other: Instant) -> Duration { other.time - time }
    static func < (a: Instant, b: Instant) -> Bool { a.time < b.time }
  }

  private let time = Mutex(Duration.seconds(1_000))
  var now: Instant { Instant(time: time.withLock { $0 }) }
  let minimumResolution: Duration = .zero

  func advance(by duration: Duration) { time.withLock { $0 += duration } }
  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    preconditionFailure("nobody waits on this clock")
  }
}

import HTTPService
import HTTPTypes
import Testing

@testable import BookingServer

struct AddressLimiterTests {
  private let start = ContinuousClock().now

  @Test func aBucketIsEmptyAfterItsBurstAndRefills() {
    let limiter = AddressLimiter(.init(burst: 3, refill: .seconds(2)))
    for _ in 0..<3 { #expect(limiter.take(from: "1.2.3.4", at: start) == nil) }
    #expect(limiter.take(from: "1.2.3.4", at: start) == .seconds(2))
    #expect(limiter.take(from: "1.2.3.5", at: start) == nil)
    #expect(limiter.take(from: "1.2.3.4", at: start + .milliseconds(500)) == .milliseconds(1_500))
    #expect(limiter.take(from: "1.2.3.4", at: start + .seconds(2)) == nil)
    #expect(limiter.take(from: "1.2.3.4", at: start + .seconds(2)) == .seconds(2))
    for _ in 0..<3 { #expect(limiter.take(from: "1.2.3.4", at: start + .seconds(60)) == nil) }
  }

  @Test(arguments: [
    ("2001:db8:1:2::5", "2001:db8:1:2:ffff::1", true),
    ("2001:db8:1:2::5", "2001:db8:1:3::5", false),
    ("::ffff:1.2.3.4", "::ffff:1.2.3.5", false), ("1.2.3.4", "1.2.3.5", false),
  ])
  func oneHostHasOneBucket(_ one: String, _ other: String, _ isSame: Bool) {
    #expect((AddressLimiter.network(of: one) == AddressLimiter.network(of: other)) == isSame)
  }

  @Test func manyAddressesTakeNoMoreThanSoMuchMemory() {
    let limiter = AddressLimiter(.init(burst: 1, refill: .seconds(2)), mostAddresses: 10)
    for number in 0..<100 { #expect(limiter.take(from: "10.0.0.\(number)", at: start) == nil) }
    // Those whose buckets are full again are forgotten first.
    let later = start + .seconds(3)
    #expect(limiter.take(from: "10.0.1.1", at: later) == nil)
    #expect(limiter.take(from: "10.0.1.1", at: later) != nil)
  }

  private struct Always: HTTPService {
    func respond(to call: HTTPCall) async throws -> HTTPReply {
      HTTPReply(status: .ok, contentType: "text/plain", body: [])
    }
  }

  private func ask(_ door: SharedLinks, peer: String, forwarded: String? = nil) async throws
    -> HTTPReply
  {
    var request = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/share/x")
    request.headerFields[SharedLinks.peer] = peer
    request.headerFields[HTTPField.Name("X-Forwarded-For")!] = forwarded  // A legal token.
    return try await door.respond(to: HTTPCall(request))
  }

  @Test func whoComesTooOftenIsToldWhenToComeAgain() async throws {
    let door = SharedLinks(
      limiter: AddressLimiter(.init(burst: 1, refill: .seconds(90))), trustsForwarded: false,
      orchestrator: Always())
    #expect(try await ask(door, peer: "1.2.3.4").response.status == .ok)
    let refused = try await ask(door, peer: "1.2.3.4", forwarded: "9.9.9.9")
    #expect(refused.response.status == .tooManyRequests)
    #expect(refused.response.headerFields[.retryAfter] == "90")
    #expect(try await ask(door, peer: "1.2.3.5").response.status == .ok)
  }

  /// Only the last address is the proxy's word; whoever asks can write the others.
  @Test func behindAProxyItsWordCounts() async throws {
    let door = SharedLinks(
      limiter: AddressLimiter(.init(burst: 1, refill: .seconds(90))), trustsForwarded: true,
      orchestrator: Always())
    #expect(try await ask(door, peer: "127.0.0.1", forwarded: "1.1.1.1").response.status == .ok)
    #expect(try await ask(door, peer: "127.0.0.1", forwarded: "2.2.2.2").response.status == .ok)
    let refused = try await ask(door, peer: "127.0.0.1", forwarded: "3.3.3.3, 1.1.1.1")
    #expect(refused.response.status == .tooManyRequests)
  }
}

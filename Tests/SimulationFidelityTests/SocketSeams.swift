import BookingOrchestrator
import FakeVendorServer
import HTTPService
import HTTPSockets
import HTTPTypes
import Scenarios
import Synchronization

@testable import Audit
@testable import Worlds

/// The fakes' clock as the orchestrator's wall clock: both live in the same, faster time.
struct FasterWallClock: BookingOrchestrator.WallClock {
  let clock: VendorClock
  func now() -> Timestamp { Timestamp(microseconds: clock.microseconds) }
}

/// Bookings numbered like their clients, as in simulated worlds: draws are keyed by these ids.
struct NumberedIdentifiers: IdentifierSource {
  private let world = WorldIdentifiers()

  func identifier(_ kind: String, hint: String) -> String {
    let digits = hint.utf8.reversed().prefix {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    let number = String(decoding: digits.reversed(), as: UTF8.self)
    return world.make(kind, "_", number.isEmpty ? "1" : number)
  }
}

/// Carries calls over sockets, waits shorter by the clock's speed, and times what was answered.
final class TimingTransport: HTTPTransport {
  private let inner: SocketTransport
  private let speed: Int
  private let clock: VendorClock
  /// The simulated world's authorities by the real ones.
  private let authorities: [String: String]
  private let timed = Mutex<[TimedCall]>([])

  init(_ inner: SocketTransport, speed: Int, clock: VendorClock, authorities: [String: String]) {
    self.inner = inner
    self.speed = speed
    self.clock = clock
    self.authorities = authorities
  }

  private static let least = Duration.milliseconds(1_500)

  /// What was answered.
  var calls: [TimedCall] { timed.withLock { $0 } }

  func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
    let begin = clock.microseconds
    // A busy machine must not look like a vendor that keeps silent: no wait is shorter than this. What
    // is lost is then known to be lost a little later than in the world, still within a lease.
    let patience = max(timeout / speed, Self.least)
    let reply = try await inner.send(call, timeout: patience)
    let passed = clock.microseconds - begin
    let authority = call.request.authority ?? ""
    let (service, operation) = CallRouter.name(
      authority: authorities[authority] ?? authority, method: call.request.method.rawValue,
      path: call.request.path ?? "")
    timed.withLock {
      $0.append(TimedCall(operation: "\(service) \(operation)", microseconds: passed))
    }
    return reply
  }
}

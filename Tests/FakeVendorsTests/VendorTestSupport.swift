import FakeVendors
import Foundation
import HTTPService
import HTTPTypes
import Synchronization
import Testing

/// A clock on which sleeping takes no time: it jumps to the end of the sleep.
final class VendorTestClock: Clock, Sendable {
  struct Instant: InstantProtocol {
    var microseconds: Int64
    func advanced(by duration: Duration) -> Instant {
      let (seconds, attoseconds) = duration.components
      return Instant(
        microseconds: microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
    func duration(to other: Instant) -> Duration {
      .microseconds(other.microseconds - microseconds)
    }
    static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.microseconds < rhs.microseconds }
  }

  struct Died: Error {}

  private let time: Mutex<Int64>
  private let dies = Mutex(false)

  init(at microseconds: Int64 = vendorEpoch) { time = Mutex(microseconds) }

  var now: Instant { Instant(microseconds: microseconds) }
  var minimumResolution: Duration { .microseconds(1) }
  var microseconds: Int64 { time.withLock { $0 } }

  func advance(by duration: Duration) {
    time.withLock { $0 = Instant(microseconds: $0).advanced(by: duration).microseconds }
  }

  /// Makes the next sleep throw, as when the process dies meanwhile.
  func dieInNextSleep() { dies.withLock { $0 = true } }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try Task.checkCancellation()
    let died = dies.withLock { dies in
      defer { dies = false }
      return dies
    }
    if died { throw Died() }
    time.withLock { $0 = max($0, deadline.microseconds) }
  }
}

/// 2027-01-15T10:00:00Z.
let vendorEpoch: Int64 = 1_800_007_200_000_000

/// A fault injector that plays prepared plans, one per call of an operation, and then none.
final class VendorScript<Fault: Sendable>: FaultInjector {
  private let plans = Mutex<[String: [CallPlan<Fault>]]>([:])
  private let seen = Mutex<[ServiceCall]>([])

  func next(_ operation: String, latency: Duration = .zero, _ fault: Fault? = nil) {
    plans.withLock { $0[operation, default: []].append(CallPlan(latency: latency, fault: fault)) }
  }

  func plan(for call: ServiceCall) -> CallPlan<Fault> {
    seen.withLock { $0.append(call) }
    return plans.withLock { plans in
      guard var queue = plans[call.operation], !queue.isEmpty else { return CallPlan() }
      let plan = queue.removeFirst()
      plans[call.operation] = queue
      return plan
    }
  }

  var calls: [ServiceCall] { seen.withLock { $0 } }
}

/// A list of ledger changes that grows while a test runs.
final class VendorWatch: Sendable {
  private let list = Mutex<[LedgerChange]>([])
  private let stream: AsyncStream<LedgerChange>
  private let continuation: AsyncStream<LedgerChange>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func note(_ change: LedgerChange) {
    list.withLock { $0.append(change) }
    continuation.yield(change)
  }

  var changes: [LedgerChange] { list.withLock { $0 } }

  /// Waits until so many changes have been noted in all.
  func wait(for count: Int) async {
    guard count > 0 else { return }
    var seen = 0
    for await _ in stream {
      seen += 1
      if seen == count { return }
    }
  }
}

extension ServiceEnvironment {
  init(_ clock: VendorTestClock, _ watch: VendorWatch = VendorWatch()) {
    self.init(clock: clock, now: { clock.microseconds }, watch: { watch.note($0) })
  }
}

/// Returns a call with a JSON body.
func vendorCall(
  _ method: HTTPRequest.Method, _ path: String, _ body: String = "", baggage: String = "",
  _ fields: [String: String] = [:]
) -> HTTPCall {
  var request = HTTPRequest(method: method, scheme: "http", authority: "vendor.test", path: path)
  if !body.isEmpty { request.headerFields[.contentType] = "application/json" }
  // The names are constants of the tests, made of token characters.
  if !baggage.isEmpty { request.headerFields[HTTPField.Name("baggage")!] = baggage }
  for (name, value) in fields { request.headerFields[HTTPField.Name(name)!] = value }
  return HTTPCall(request, body: Array(body.utf8))
}

extension HTTPReply {
  var status: Int { response.status.code }
  var bodyText: String { String(decoding: body, as: UTF8.self) }

  func header(_ name: String) -> String? {
    // The names are constants of the tests, made of token characters.
    response.headerFields[HTTPField.Name(name)!]
  }

  /// The value at a path such as `data.products.0.id`, as Foundation reads it.
  func value(_ path: String) -> Any? {
    var value = try? JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed])
    for part in path.split(separator: ".") {
      if let index = Int(part), let array = value as? [Any] {
        value = array.indices.contains(index) ? array[index] : nil
      } else {
        value = (value as? [String: Any])?[String(part)]
      }
    }
    return value
  }

  func text(_ path: String) -> String? { value(path) as? String }
  func integer(_ path: String) -> Int? { value(path) as? Int }
  func flag(_ path: String) -> Bool? { value(path) as? Bool }
  func count(_ path: String) -> Int? { (value(path) as? [Any])?.count }
}

/// Asserts that no unit of any capacity is lost or sold twice.
func expectConserved(
  _ capacities: [Capacity], sourceLocation: SourceLocation = #_sourceLocation
) {
  for capacity in capacities {
    #expect(
      capacity.available + capacity.held + capacity.confirmed == capacity.total,
      sourceLocation: sourceLocation)
    #expect(
      min(capacity.available, capacity.held, capacity.confirmed) >= 0,
      sourceLocation: sourceLocation)
  }
}

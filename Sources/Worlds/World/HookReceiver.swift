import Audit
import Crypto
import HTTPService
import HTTPTypes
import Scenarios
import Simulation

/// A client's receiver: believes what is signed and fresh, keeps it, and says so; or fails as receivers do.
///
/// It reckons the signature by itself, from Stripe's documents, which the orchestrator's own ones name.
/// What happens to an event is drawn from streams of the event's own, so that no other event shifts it.
final class HookReceiver: HTTPService, @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.
  private let scenario: Scenario.Hooks
  private let authority: String
  private let key: SymmetricKey
  private let recorder: Recorder
  private let process: SimulatedProcess
  private let epochMicroseconds: Int64
  private var keys = CallKeys()
  /// Until when it takes nothing, in virtual microseconds, and what it does instead.
  private let death: (until: Int64, way: Failure)?

  private static let death = Purpose("hooks/dead")
  private static let fault = Purpose("hooks/fault")
  private static let latency = Purpose("hooks/latency")

  /// How old an event may be, in seconds. Source: Stripe's libraries, the default tolerance.
  private static let tolerance: Int64 = 300

  /// What it does instead of taking an event.
  private enum Failure: CaseIterable {
    case silent, error500, gone, redirect, forbidden
  }

  init(
    _ scenario: Scenario.Hooks, name: Int, secret: String, recorder: Recorder,
    process: SimulatedProcess, epochMicroseconds: Int64
  ) {
    self.scenario = scenario
    self.recorder = recorder
    self.process = process
    self.epochMicroseconds = epochMicroseconds
    authority = Authority.hook(name)
    key = SymmetricKey(data: Array(secret.utf8))
    var stream = recorder.simulator.streams.stream(Self.death, UInt64(name))
    let isDead = stream.chance(partsPerMillion: scenario.dead.share.partsPerMillion)
    let ways = Failure.allCases
    let way = ways[stream.index(below: ways.count)]
    let length = stream.delay(scenario.dead.after)
    death = isDead ? (Int64(length / .microseconds(1)), way) : nil
  }

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let event = WebhookFaults.eventID(in: call.body) ?? ""
    let draw = keys.next(event, "event")
    var latencies = recorder.simulator.streams.stream(Self.latency, draw)
    let latency = latencies.delay(scenario.latency)
    let isSigned = isSigned(call)
    let (status, isTaken, wait, after) = verdict(
      event, draw, isGood: isSigned && isFresh(call), call)
    recorder.hookVisited(
      HookVisit(authority: authority, event: event, isSigned: isSigned, isTaken: isTaken))
    try await process.wait(latency + wait)
    var reply = HTTPReply(HTTPResponse(status: .init(code: status)))
    if let after { reply.response.headerFields[.retryAfterSeconds] = "\(after)" }
    if (300..<400).contains(status) {
      reply.response.headerFields[.location] = "http://\(authority)/moved"
    }
    return reply
  }

  /// What it answers, whether it keeps the event, how long it takes on top, and what it asks to wait.
  private func verdict(
    _ event: String, _ draw: CallKeys.Key, isGood: Bool, _ call: HTTPCall
  ) -> (status: Int, isTaken: Bool, wait: Duration, after: Int64?) {
    if let death, recorder.now < death.until {
      switch death.way {
      case .silent: return (200, false, .seconds(90), nil)
      case .error500: return (500, false, .zero, nil)
      case .gone: return (410, false, .zero, nil)
      case .redirect: return (302, false, .zero, nil)
      case .forbidden: return (403, false, .zero, nil)
      }
    }
    var stream = recorder.simulator.streams.stream(Self.fault, draw)
    let taken = [200, 201, 202, 204][stream.index(below: 4)]
    guard isGood else { return (400, false, .zero, nil) }
    if recorder.isQuiet { return (taken, true, .zero, nil) }
    let isFirst = stream.index(below: 2) == 0
    // All are drawn, needed or not.
    let slow = stream.delay(scenario.slow.after)
    let after = Int64(scenario.unavailable.after.sample(&stream).rounded())
    let redirect = [301, 302, 307, 308][stream.index(below: 4)]
    var faults = ExclusiveDraw(&stream)
    func failed(_ kind: String, _ detail: String = "") {
      recorder.fault(
        kind, service: Authority.hooks, operation: "event",
        bookingID: HookReceivers.booking(of: call.body), attempt: Int(draw.count) + 1,
        detail: detail)
    }
    if faults.hits(scenario.slow.share) {
      failed("slow", "\(slow)")
      return (taken, true, slow, nil)
    }
    if faults.hits(scenario.error500) {
      failed("error-500", isFirst ? "before" : "after")
      return (500, !isFirst, .zero, nil)
    }
    if faults.hits(scenario.unavailable.share) {
      failed("unavailable", "\(after)s")
      return (503, false, .zero, max(0, after))
    }
    if faults.hits(scenario.redirect) {
      failed("redirect", "\(redirect)")
      return (redirect, false, .zero, nil)
    }
    if faults.hits(scenario.gone) {
      failed("gone")
      return (410, false, .zero, nil)
    }
    return (taken, true, .zero, nil)
  }

  // MARK: What is believed

  /// Source: Stripe documentation, "Verify webhook signatures manually": of several `v1` one must be right.
  private func isSigned(_ call: HTTPCall) -> Bool {
    guard let (time, codes) = signature(call) else { return false }
    var message = Array("\(time).".utf8)
    message += call.body
    let code = HMAC<SHA256>.authenticationCode(for: message, using: key)
    return codes.contains { $0.elementsEqual(code) }
  }

  private func isFresh(_ call: HTTPCall) -> Bool {
    guard let time = signature(call).flatMap({ Int64($0.time) }) else { return false }
    return abs(process.wallClockMicroseconds(epoch: epochMicroseconds) / 1_000_000 - time)
      <= Self.tolerance
  }

  /// The time and the codes that a call's field names.
  private func signature(_ call: HTTPCall) -> (time: Substring, codes: [[UInt8]])? {
    let field = call.request.headerFields.first {
      $0.name.canonicalName == "turbulence-signature"
    }
    guard let field else { return nil }
    let parts = field.value.split(separator: ",")
    guard let time = parts.first(where: { $0.hasPrefix("t=") }) else { return nil }
    let codes = parts.filter { $0.hasPrefix("v1=") }.map { Self.bytes($0.dropFirst(3)) }
    return (time.dropFirst(2), codes)
  }

  /// Reads hexadecimal digits; nothing of what is none.
  private static func bytes(_ text: Substring) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) {
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return rest.isEmpty ? bytes : []
  }
}

import HTTPService
import HTTPTypes
import Synchronization
import Testing

@testable import BookingOrchestrator

/// A transport that plays back what it was told and remembers what it was sent.
final class ScriptedTransport: HTTPTransport {
  private struct State {
    var script: [Result<HTTPReply, any Error>]
    var calls: [HTTPCall] = []
    var timeouts: [Duration] = []
  }

  private let state: Mutex<State>

  init(_ script: [Result<HTTPReply, any Error>]) {
    state = Mutex(State(script: script))
  }

  convenience init(_ replies: HTTPReply...) {
    self.init(replies.map { .success($0) })
  }

  var calls: [HTTPCall] { state.withLock { $0.calls } }
  var timeouts: [Duration] { state.withLock { $0.timeouts } }

  func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
    // Gives way as a real transport does, so that concurrent callers meet.
    await Task.yield()
    let next = state.withLock { state -> Result<HTTPReply, any Error>? in
      state.calls.append(call)
      state.timeouts.append(timeout)
      return state.script.isEmpty ? nil : state.script.removeFirst()
    }
    guard let next else { throw ScriptEnded() }
    return try next.get()
  }
}

/// More was sent than the script has answers for.
struct ScriptEnded: Error {}

/// The process died: not a transport error.
struct Died: Error {}

func reply(_ status: Int, _ body: String = "", _ fields: [String: String] = [:]) -> HTTPReply {
  var response = HTTPResponse(status: .init(code: status))
  for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
    if let name = HTTPField.Name(name) { response.headerFields[name] = value }
  }
  return HTTPReply(response, body: Array(body.utf8))
}

/// A moving wall clock.
final class ManualClock: WallClock {
  private let moment: Mutex<Timestamp>

  init(seconds: Int64) { moment = Mutex(Timestamp(microseconds: seconds * 1_000_000)) }

  func now() -> Timestamp { moment.withLock { $0 } }
  func advance(by duration: Duration) { moment.withLock { $0 = $0 + duration } }
}

let context = CallContext(
  booking: BookingID("bk_17"), slot: "charge", direction: "do", generation: 1, attempt: 2, epoch: 3,
  idempotencyKey: "bk_17:charge:do:1")

let baggage = "booking=bk_17,slot=charge,direction=do,generation=1,attempt=2,epoch=3"

var configuration: VendorConfiguration {
  var configuration = VendorConfiguration()
  configuration.stripeURL = "http://stripe.test"
  configuration.amadeusURL = "http://amadeus.test"
  configuration.bookingComURL = "http://bookingcom.test"
  configuration.viatorURL = "http://viator.test"
  configuration.mailURL = "http://mail.test"
  configuration.stripeSecretKey = "sk_test_1"
  configuration.stripeVersion = "2026-10-28.endive"
  configuration.amadeusClientID = "client&1"
  configuration.amadeusClientSecret = "s=cret"
  configuration.bookingComAPIKey = "bk_key"
  configuration.bookingComAffiliateID = 42
  configuration.viatorAPIKey = "vi_key"
  configuration.mailToken = "mail_token"
  configuration.mailFrom = "desk@example.test"
  configuration.contactPhone = "+15550100"
  return configuration
}

func currency(_ code: String) throws -> Currency {
  guard let currency = Currency(code: code) else { throw ScriptEnded() }
  return currency
}

let customer = TripRequest.Customer(
  id: "c1", stripeCustomerId: "cus_1", email: "ann@example.test", firstName: "Ann",
  lastName: "Lee", phone: "+44 20 7946 0000", country: "GB")

let travelers = [
  TripRequest.Traveler(firstName: "Ann", lastName: "Lee", dateOfBirth: "1980-01-02"),
  TripRequest.Traveler(firstName: "Bo", lastName: "Lee", dateOfBirth: "1981-03-04"),
]

extension Outcome {
  /// The outcome in a few characters: `done`, `rejected card_declined`, `retry`, `retry 30s`, `unknown`.
  var verdict: String {
    func seconds(_ retry: Retry) -> String {
      retry.after.map { " \($0.components.seconds)s" } ?? ""
    }
    return switch self {
    case .done: "done"
    case .rejected(let rejection): "rejected \(rejection.code)"
    case .retry(let retry): "retry" + seconds(retry)
    case .unknown(let retry): "unknown" + seconds(retry)
    }
  }

  var value: Value? { if case .done(let value) = self { value } else { nil } }
  var rejection: Rejection? { if case .rejected(let rejection) = self { rejection } else { nil } }
  var reason: String? {
    switch self {
    case .retry(let retry), .unknown(let retry): retry.reason
    case .done, .rejected: nil
    }
  }
}

extension HTTPCall {
  var text: String { String(decoding: body, as: UTF8.self) }
  /// The header fields as lines, in order.
  var lines: [String] { request.headerFields.map { "\($0.name): \($0.value)" } }
  var url: String {
    "\(request.method) \(request.scheme ?? "")://\(request.authority ?? "")\(request.path ?? "")"
  }
}

extension PreparedRequest {
  var text: String { String(decoding: body, as: UTF8.self) }
}

/// A reply and the verdict that it must lead to.
struct Reading: Sendable, CustomTestStringConvertible {
  var reply: HTTPReply
  var verdict: String
  init(_ reply: HTTPReply, _ verdict: String) {
    self.reply = reply
    self.verdict = verdict
  }
  var testDescription: String {
    "\(reply.response.status.code) \(String(decoding: reply.body, as: UTF8.self).prefix(60)) → \(verdict)"
  }
}

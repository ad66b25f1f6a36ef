import FakeVendors
import Foundation
import HTTPService
import HTTPTypes
import Synchronization
import Testing

/// JSON as the tests read it: decoded by Foundation, so that no code is shared with the fake.
enum StripeTestJSON: Decodable, Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case string(String)
  case array([StripeTestJSON])
  case object([String: StripeTestJSON])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .int(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([StripeTestJSON].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: StripeTestJSON].self))
    }
  }

  subscript(_ key: String) -> StripeTestJSON {
    if case .object(let object) = self { object[key] ?? .null } else { .null }
  }
  var string: String? { if case .string(let value) = self { value } else { nil } }
  var int: Int64? { if case .int(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var array: [StripeTestJSON] { if case .array(let value) = self { value } else { [] } }
  var keys: Set<String> { if case .object(let value) = self { Set(value.keys) } else { [] } }
}

/// An answer of the fake as a test reads it.
struct StripeTestAnswer: Sendable {
  let status: Int
  let headers: HTTPFields
  let bytes: [UInt8]
  let json: StripeTestJSON

  init(_ reply: HTTPReply) throws {
    status = reply.response.status.code
    headers = reply.response.headerFields
    bytes = reply.body
    json = try JSONDecoder().decode(StripeTestJSON.self, from: Data(reply.body))
  }

  func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
  var id: String { json["id"].string ?? "" }
  var state: String { json["status"].string ?? "" }
  var code: String? { json["error"]["code"].string }
  var message: String? { json["error"]["message"].string }
  var param: String? { json["error"]["param"].string }
  var data: [StripeTestJSON] { json["data"].array }
}

/// A fault injector that a test scripts, and that remembers what it was asked.
final class StripeScript: FaultInjector {
  private let plans = Mutex<[@Sendable (ServiceCall) -> CallPlan<StripeFault>?]>([])
  private let asked = Mutex<[ServiceCall]>([])

  var calls: [ServiceCall] { asked.withLock { $0 } }

  /// The next call of an operation meets a fault.
  func next(_ operation: String, _ fault: StripeFault?, latency: Duration = .zero) {
    let isUsed = Flag()
    plans.withLock {
      $0.append { call in
        guard call.operation == operation, !isUsed.raise() else { return nil }
        return CallPlan(latency: latency, fault: fault)
      }
    }
  }

  func plan(for call: ServiceCall) -> CallPlan<StripeFault> {
    asked.withLock { $0.append(call) }
    for plan in plans.withLock({ $0 }) {
      if let plan = plan(call) { return plan }
    }
    return CallPlan()
  }

  private final class Flag: Sendable {
    private let raised = Mutex(false)
    /// Returns whether it was raised already.
    func raise() -> Bool {
      raised.withLock { raised in
        defer { raised = true }
        return raised
      }
    }
  }
}

/// A webhook endpoint that remembers deliveries.
final class StripeTestInbox: HTTPTransport {
  struct Delivery: Sendable {
    let atMicroseconds: Int64
    let call: HTTPCall
    let json: StripeTestJSON
    var type: String { json["type"].string ?? "" }
    var id: String { json["id"].string ?? "" }
    var signature: String { call.request.headerFields[HTTPField.Name("Stripe-Signature")!] ?? "" }
  }

  private let clock: ManualClock
  private let answer: @Sendable (Int) async throws -> Int
  private let received = Mutex<[Delivery]>([])

  /// - Parameter answer: returns the status for the n-th delivery, from 0.
  init(_ clock: ManualClock, answer: @escaping @Sendable (Int) async throws -> Int = { _ in 200 }) {
    self.clock = clock
    self.answer = answer
  }

  var deliveries: [Delivery] { received.withLock { $0 } }
  var types: [String] { deliveries.map(\.type) }

  func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
    let json = try JSONDecoder().decode(StripeTestJSON.self, from: Data(call.body))
    let index = received.withLock { received in
      received.append(
        Delivery(atMicroseconds: clock.microseconds, call: call, json: json))
      return received.count - 1
    }
    return HTTPReply(HTTPResponse(status: .init(code: try await answer(index))))
  }
}

/// A fake Stripe on a manual clock, and what a caller does with it.
struct StripeTestWorld: Sendable {
  static let secret = "whsec_test"

  let clock: ManualClock
  let script: StripeScript
  let stripe: FakeStripe
  let changes: ChangeLog

  final class ChangeLog: Sendable {
    private let noted = Mutex<[LedgerChange]>([])
    var all: [LedgerChange] { noted.withLock { $0 } }
    func note(_ change: LedgerChange) { noted.withLock { $0.append(change) } }
  }

  init(seed: UInt64 = 1, keyLifetime: Duration = .seconds(86_400)) {
    let clock = ManualClock()
    let script = StripeScript()
    let changes = ChangeLog()
    self.clock = clock
    self.script = script
    self.changes = changes
    stripe = FakeStripe(
      environment: ServiceEnvironment(
        clock: clock, now: { clock.microseconds }, watch: { changes.note($0) }),
      faultInjector: script, apiKey: "sk_test_abcdefghijklmnop", seed: seed,
      keyLifetime: keyLifetime)
  }

  /// Runs a script against a world of its own.
  static func run(
    seed: UInt64 = 1, keyLifetime: Duration = .seconds(86_400),
    _ script: @escaping @Sendable (StripeTestWorld) async throws -> Void
  ) throws {
    let world = StripeTestWorld(seed: seed, keyLifetime: keyLifetime)
    try world.clock.run { try await script(world) }
  }

  /// Runs a script while the fake performs what is due.
  static func serving(
    _ inbox: @escaping @Sendable (ManualClock) -> StripeTestInbox? = { StripeTestInbox($0) },
    types: [String] = [],
    plan: @escaping @Sendable (String) -> WebhookPlan = { _ in WebhookPlan() },
    _ script: @escaping @Sendable (StripeTestWorld, StripeTestInbox) async throws -> Void
  ) throws {
    try run { world in
      let transport = inbox(world.clock)
      let endpoint = transport.map {
        WebhookEndpoint(
          transport: $0, url: "http://orchestrator.test/webhooks/stripe", secret: secret,
          types: types, plan: { event, _ in plan(event.type) })
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try? await world.stripe.run(webhooks: endpoint) }
        await Task.yield()
        try await script(world, transport ?? StripeTestInbox(world.clock))
        group.cancelAll()
      }
    }
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, _ form: String = "", key: String? = nil,
    baggage: String? = nil, authorization: String? = "Bearer sk_test_abcdefghijklmnop"
  ) async throws -> StripeTestAnswer {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: "stripe.test",
      path: method == .get && !form.isEmpty ? "\(path)?\(form)" : path)
    request.headerFields[.authorization] = authorization
    if let key { request.headerFields[HTTPField.Name("Idempotency-Key")!] = key }
    if let baggage { request.headerFields[HTTPField.Name("baggage")!] = baggage }
    let body = method == .get ? [] : Array(form.utf8)
    return try StripeTestAnswer(try await stripe.respond(to: HTTPCall(request, body: body)))
  }

  func post(_ path: String, _ form: String = "", key: String? = nil, baggage: String? = nil)
    async throws -> StripeTestAnswer
  {
    try await send(.post, "/v1/" + path, form, key: key, baggage: baggage)
  }

  func get(_ path: String, _ query: String = "") async throws -> StripeTestAnswer {
    try await send(.get, "/v1/" + path, query)
  }

  /// Creates an intent.
  func intent(_ more: String = "", amount: Int = 2500, key: String? = nil) async throws
    -> StripeTestAnswer
  {
    var extra = more.isEmpty ? "" : "&" + more
    let namesTypes = more.contains("_method_types") || more.contains("automatic_payment_methods")
    if !namesTypes { extra += "&payment_method_types[]=card" }
    return try await post("payment_intents", "amount=\(amount)&currency=usd\(extra)", key: key)
  }

  /// Creates and confirms an intent and returns its id.
  func paid(_ more: String = "", card: String = "pm_card_visa") async throws -> String {
    let extra = more.isEmpty ? "" : "&" + more
    return try await intent("payment_method=\(card)&confirm=true" + extra).id
  }

  /// Brings an intent into a state and returns its id.
  func intent(in state: String) async throws -> String {
    switch state {
    case "requires_payment_method": return try await intent().id
    case "requires_confirmation": return try await intent("payment_method=pm_card_visa").id
    case "requires_action": return try await paid(card: "pm_card_threeDSecure2Required")
    case "requires_capture": return try await paid("capture_method=manual")
    case "processing":
      script.next(
        "payment_intents.create", .processing(resolvesAfter: .seconds(3600), succeeds: true))
      return try await paid()
    case "succeeded": return try await paid()
    case "captured":
      let id = try await paid("capture_method=manual")
      _ = try await post("payment_intents/\(id)/capture")
      return id
    default:
      let id = try await intent().id
      _ = try await post("payment_intents/\(id)/cancel")
      return id
    }
  }

  func sleep(_ duration: Duration) async throws { try await clock.sleep(for: duration) }
}

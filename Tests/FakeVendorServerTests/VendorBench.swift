import FakeVendorServer
import FakeVendors
import Foundation
import HTTPService
import HTTPSockets
import HTTPTypes
import Synchronization

/// Fakes on free ports, and a client of them that keeps no connection it does not need.
struct VendorBench: Sendable {
  let urls: [VendorName: String]
  let transport: SocketTransport
  let vendors: VendorServer

  /// An answer, read.
  struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String

    /// A member of the answer's object, as text.
    func member(_ name: String) -> String? {
      guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      else { return nil }
      return object[name].map { "\($0)" }
    }
  }

  /// Serves fakes while the body runs.
  static func serve(
    _ change: (inout VendorServer.Configuration) -> Void = { _ in },
    _ body: @escaping @Sendable (VendorBench) async throws -> Void
  ) async throws {
    var configuration = VendorServer.Configuration()
    change(&configuration)
    let (stream, opened) = AsyncStream.makeStream(of: (VendorName, Int).self)
    let vendors = VendorServer(configuration) { opened.yield(($0, $1)) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await vendors.run() }
      var urls: [VendorName: String] = [:]
      for await (vendor, port) in stream {
        urls[vendor] = "127.0.0.1:\(port)"
        if urls.count == VendorName.allCases.count { break }
      }
      let transport = SocketTransport()
      do {
        try await body(VendorBench(urls: urls, transport: transport, vendors: vendors))
      } catch {
        try await transport.shutDown()
        throw error
      }
      try await transport.shutDown()
      group.cancelAll()
    }
  }

  /// Sends one request; `form` and `json` are bodies.
  func send(
    _ method: HTTPRequest.Method, _ vendor: VendorName, _ path: String, form: String? = nil,
    json: String? = nil, key: String? = nil, authorization: String = "Bearer sk_test_mine",
    within: Duration = .seconds(20)
  ) async throws -> Answer {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: urls[vendor] ?? "", path: path)
    request.headerFields[.authorization] = authorization
    if let key, let name = HTTPField.Name("Idempotency-Key") { request.headerFields[name] = key }
    if form != nil { request.headerFields[.contentType] = "application/x-www-form-urlencoded" }
    let reply = try await transport.send(
      HTTPCall(request, body: Array((form ?? json ?? "").utf8)), timeout: within)
    return Answer(
      status: reply.response.status.code, headers: reply.response.headerFields,
      text: String(decoding: reply.body, as: UTF8.self))
  }

  /// Creates a payment intent at Stripe, paid if `more` says so.
  func pay(_ more: String = "", key: String? = nil, within: Duration = .seconds(20)) async throws
    -> Answer
  {
    try await send(
      .post, .stripe, "/v1/payment_intents", form: "amount=2500&currency=usd" + more, key: key,
      within: within)
  }

  /// Orders faults at Stripe's port.
  func order(_ json: String) async throws -> Answer {
    try await send(.post, .stripe, "/_faults", json: json)
  }

  /// Moves the clock.
  func advance(_ seconds: Int) async throws -> Answer {
    try await send(.post, .stripe, "/_clock/advance", json: #"{"seconds":\#(seconds)}"#)
  }

  /// The payment intents in Stripe's ledger.
  func intents() async throws -> [[String: Any]] {
    let text = try await send(.get, .stripe, "/_ledger").text
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    return object?["payment_intents"] as? [[String: Any]] ?? []
  }
}

/// A webhook endpoint on a free port that remembers the types of events.
final class EventInbox: HTTPService {
  private let received = Mutex<[String]>([])

  var types: [String] { received.withLock { $0 } }

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let object = try JSONSerialization.jsonObject(with: Data(call.body)) as? [String: Any]
    received.withLock { $0.append(object?["type"] as? String ?? "") }
    return HTTPReply(HTTPResponse(status: .ok))
  }
}

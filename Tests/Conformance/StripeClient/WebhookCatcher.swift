import HTTPService
import HTTPSockets
import HTTPTypes
import Logging
import Testing

/// An endpoint on loopback that waits for one of `localstripe`'s events.
struct WebhookCatcher: HTTPService {
  /// One event as it came.
  struct Delivery: Sendable {
    let body: [UInt8]
    let signature: String

    /// The `t` of the signature, in seconds since 1970; 0 when there is none.
    var signedAt: Int64 {
      let item = signature.split(separator: ",").first { $0.hasPrefix("t=") }
      return item.flatMap { Int64($0.dropFirst(2)) } ?? 0
    }
  }

  private let arrived: AsyncStream<Delivery>.Continuation

  /// Returns the event of a type that `body` causes; those of other tests arrive here too.
  /// - Parameter mark: what only this event's body contains.
  static func delivery(
    of type: String, mark: String, secret: String, from local: LocalStripe,
    after body: () async throws -> Void
  ) async throws -> Delivery {
    let (deliveries, arrived) = AsyncStream.makeStream(of: Delivery.self)
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    var logger = Logger(label: "webhooks")
    logger.logLevel = .error
    let server = SocketServer(
      port: 0, service: WebhookCatcher(arrived: arrived), logger: logger
    ) { listening.yield($0) }
    return try await withThrowingTaskGroup { group in
      group.addTask { try await server.run() }
      defer { group.cancelAll() }
      let port = try #require(await ports.first { _ in true })
      try await register(port: port, type: type, secret: secret, at: local)
      try await body()
      return try #require(
        await deliveries.first { String(decoding: $0.body, as: UTF8.self).contains(mark) })
    }
  }

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let name = try #require(HTTPField.Name("Stripe-Signature"))
    arrived.yield(
      Delivery(body: call.body, signature: call.request.headerFields[name] ?? ""))
    return HTTPReply(HTTPResponse(status: .ok))
  }

  /// Tells `localstripe`, by its own control endpoint, where events go.
  private static func register(
    port: Int, type: String, secret: String, at local: LocalStripe
  ) async throws {
    let authority = try #require(LocalStripe.url).split(separator: "/")[1]
    var request = HTTPRequest(
      method: .post, scheme: "http", authority: String(authority),
      path: "/_config/webhooks/conformance")
    request.headerFields[.contentType] = "application/x-www-form-urlencoded"
    let form =
      "url=http%3A%2F%2F127.0.0.1%3A\(port)%2F&secret=\(secret)&events%5B0%5D=\(type)"
    let reply = try await local.transport.send(
      HTTPCall(request, body: Array(form.utf8)), timeout: .seconds(10))
    #expect(reply.response.status == .ok)
  }
}

import HTTPService
import HTTPSockets
import HTTPTypes
import Logging
import Testing

struct SocketServerTests {
  private struct Echo: HTTPService {
    func respond(to call: HTTPCall) async throws -> HTTPReply {
      if call.request.path == "/cut" { throw ConnectionCut.silent }
      return HTTPReply(status: .ok, contentType: "text/plain", body: call.body)
    }
  }

  @Test func answersAreWhatTheServiceSaid() async throws {
    try await serve { transport, authority in
      let reply = try await transport.send(
        HTTPCall(
          HTTPRequest(method: .post, scheme: "http", authority: authority, path: "/echo"),
          body: Array("abc".utf8)), timeout: .seconds(5))
      #expect(reply.response.status == .ok)
      #expect(reply.body == Array("abc".utf8))
    }
  }

  @Test func cutConnectionLeavesTheEffectUnknown() async throws {
    try await serve { transport, authority in
      let error = await #expect(throws: TransportError.self) {
        try await transport.send(
          HTTPCall(HTTPRequest(method: .post, scheme: "http", authority: authority, path: "/cut")),
          timeout: .seconds(5))
      }
      #expect(error?.effect == .unknown)
    }
  }

  @Test func refusedConnectionProvesNoEffect() async throws {
    let transport = SocketTransport()
    let error = await #expect(throws: TransportError.self) {
      // Port 1 on loopback: nothing listens there.
      try await transport.send(
        HTTPCall(HTTPRequest(method: .get, scheme: "http", authority: "127.0.0.1:1", path: "/")),
        timeout: .seconds(5))
    }
    #expect(error?.effect == TransportError.Effect.none)
    try await transport.shutDown()
  }

  /// A server that stops has connections in hand that it never began to serve; NIO ends the process
  /// when such a one is dropped unclosed, so a failure here is a crash.
  @Test func stoppingDropsUnservedConnections() async throws {
    for _ in 0..<20 {
      let (ports, port) = AsyncStream.makeStream(of: Int.self)
      let server = SocketServer(port: 0, service: Echo(), logger: Logger(label: "test")) {
        port.yield($0)
      }
      let transport = SocketTransport()
      try await withThrowingTaskGroup { group in
        group.addTask { try await server.run() }
        let authority = try #require(await ports.first { _ in true }.map { "127.0.0.1:\($0)" })
        for _ in 0..<50 {
          group.addTask {
            _ = try? await transport.send(
              HTTPCall(HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/")),
              timeout: .seconds(5))
          }
        }
        // One is answered, the others are being accepted: the server stops right then.
        try await group.next()
        group.cancelAll()
      }
      try await transport.shutDown()
    }
  }

  /// Runs a server on a free port and talks to it.
  private func serve(
    _ talk: @escaping @Sendable (SocketTransport, String) async throws -> Void
  ) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let server = SocketServer(port: 0, service: Echo(), logger: Logger(label: "test")) {
      port.yield($0)
    }
    try await withThrowingTaskGroup { group in
      group.addTask { try await server.run() }
      var iterator = ports.makeAsyncIterator()
      let number = await iterator.next()!
      let transport = SocketTransport()
      try await talk(transport, "127.0.0.1:\(number)")
      try await transport.shutDown()
      group.cancelAll()
    }
  }
}

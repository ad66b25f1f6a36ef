/// Real sockets under the one seam: any ``HTTPService`` behind a TCP port, and a transport that
/// carries calls to one.
///
/// The production server and the fakes on loopback both stand on this; it knows neither. HTTP/1.1
/// only: TLS and HTTP/2 are a proxy's work.
public import HTTPService
public import HTTPTypes
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// Serves one ``HTTPService`` on one TCP port until it is told to stop.
///
/// A graceful shutdown stops accepting, lets requests under way end, and closes idle connections.
public struct SocketServer: ServiceLifecycle.Service {
  /// What one client may take.
  public struct Limits: Sendable, Hashable {
    /// The most bytes of a body that are read, plus one: a service that refuses longer bodies sees
    /// one byte too many and answers in its own words.
    public var bodyBytes = 256 * 1024 + 1
    /// How long a client may take to send a whole body.
    public var bodyWithin: Duration = .seconds(30)
    /// How long a connection may be silent.
    public var idle: Duration = .seconds(75)
    /// The most bytes of all header fields together.
    public var headerBytes = 32 * 1024
    /// Creates the defaults.
    public init() {}
  }

  private let host: String
  private let port: Int
  private let service: any HTTPService
  private let limits: Limits
  private let peerField: HTTPField.Name?
  private let logger: Logger
  private let listening: @Sendable (_ port: Int) async -> Void

  /// Creates a server that does not listen yet.
  /// - Parameters:
  ///   - port: the TCP port; 0 lets the system choose a free one.
  ///   - peerField: the field in which the service is told the address at the other end of the
  ///     connection; what came from there in it is removed.
  ///   - listening: told the real port once the server accepts connections.
  public init(
    host: String = "127.0.0.1", port: Int, service: any HTTPService, limits: Limits = Limits(),
    peerField: HTTPField.Name? = nil, logger: Logger,
    listening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    self.host = host
    self.port = port
    self.service = service
    self.limits = limits
    self.peerField = peerField
    self.logger = logger
    self.listening = listening
  }

  /// Listens and answers until a graceful shutdown or cancellation.
  /// - Throws: ``PortTaken`` when the port is in use; NIO's error when it cannot be bound otherwise.
  public func run() async throws {
    let channel = HTTP1Channel(
      responder: { [self] request, writer, channel in
        try await answer(request, writer, channel)
      },
      configuration: .init(
        idleTimeout: TimeAmount(limits.idle),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes)))
    let server = Server(
      childChannelSetup: DroppableHTTP1(http: channel),
      configuration: ServerConfiguration(address: .hostname(host, port: port), backlog: 1_024),
      onServerRunning: { [listening, port] channel in
        await listening(channel.localAddress?.port ?? port)
      },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    do {
      try await server.run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw PortTaken(host: host, port: port)
    }
  }

  @concurrent private func answer(
    _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
  ) async throws {
    let body: [UInt8]
    let isWhole: Bool
    do {
      (body, isWhole) = try await read(request.body)
    } catch is TooSlow {
      try await writer.writeResponse(
        HTTPResponse(
          status: .requestTimeout, headerFields: [.connection: "close", .contentLength: "0"]))
      channel.close(promise: nil)
      return
    }
    var reply: HTTPReply
    var head = request.head
    if let peerField { head.headerFields[peerField] = channel.remoteAddress?.ipAddress }
    do {
      reply = try await service.respond(to: HTTPCall(head, body: body))
    } catch let cut as ConnectionCut {
      try await perform(cut, writer, channel)
      return
    }
    // Whatever the service says: a body after the answer to HEAD would be read as the next answer.
    if request.head.method == .head { reply = reply.withoutBody }
    if !isWhole { reply.response.headerFields[.connection] = "close" }
    try await send(reply, writer, isHead: request.head.method == .head)
    if !isWhole { channel.close(promise: nil) }
  }

  @concurrent private func send(
    _ reply: HTTPReply, _ writer: consuming ResponseWriter, isHead: Bool
  ) async throws {
    var head = reply.response
    // The length in an answer to HEAD is the one that GET would have.
    if head.status != .noContent, !isHead {
      head.headerFields[.contentLength] = String(reply.body.count)
    }
    try await writer.write(
      response: head,
      body: reply.body.isEmpty
        ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
  }

  @concurrent private func perform(
    _ cut: ConnectionCut, _ writer: consuming ResponseWriter, _ channel: any Channel
  ) async throws {
    if case .during(let reply, let bytes) = cut {
      var head = reply.response
      head.headerFields[.contentLength] = String(reply.body.count)
      var body = try await writer.writeHead(head)
      try await body.write(ByteBuffer(bytes: reply.body.prefix(bytes)))
    }
    try? await channel.close()  // It may be closed already; then there is nothing left to do.
  }

  private struct TooSlow: Error {}

  /// Reads a body, but not more than the limit, and not for longer than the limit.
  private func read(_ body: RequestBody) async throws -> (bytes: [UInt8], isWhole: Bool) {
    let limit = limits.bodyBytes
    return try await withThrowingTaskGroup(of: (bytes: [UInt8], isWhole: Bool)?.self) { group in
      group.addTask {
        var bytes: [UInt8] = []
        for try await part in body {
          bytes.append(contentsOf: part.readableBytesView.prefix(limit - bytes.count))
          if bytes.count >= limit { return (bytes, false) }
        }
        return (bytes, true)
      }
      group.addTask { [within = limits.bodyWithin] in
        try await Task.sleep(for: within)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let read = first else { throw TooSlow() }
      return read
    }
  }
}

/// Thrown by a service that wants the connection closed instead of an answer sent.
///
/// For fakes that play a lost answer; no production service throws it.
public enum ConnectionCut: Error, Sendable {
  /// Not a byte is sent.
  case silent
  /// The head and the first bytes of the body are sent, then the connection is closed.
  case during(HTTPReply, bodyBytes: Int)
}

/// The port that a server was to listen on is in use by another program.
public struct PortTaken: Error, Sendable, Hashable, CustomStringConvertible {
  public let host: String
  public let port: Int
  public var description: String {
    "\(host):\(port) is in use by another program; choose another port, or 0 for a free one"
  }
}

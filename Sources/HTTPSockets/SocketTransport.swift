import AsyncHTTPClient
public import HTTPService
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix

/// Carries calls to real servers with AsyncHTTPClient.
///
/// One try per call, no redirects: retries belong to the caller, who knows what may be repeated.
public final class SocketTransport: HTTPTransport {
  private let client: HTTPClient
  private let bodyLimit: Int

  /// Creates a transport with connections of its own.
  /// - Parameters:
  ///   - connectWithin: how long a connection may take to be made.
  ///   - bodyLimit: the longest answer that is read, in bytes.
  public init(connectWithin: Duration = .seconds(10), bodyLimit: Int = 8 * 1024 * 1024) {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = TimeAmount(connectWithin)
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    client = HTTPClient(
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    self.bodyLimit = bodyLimit
  }

  /// Closes all connections; calls still under way fail. Call once, last.
  public func shutDown() async throws { try await client.shutdown() }

  public func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
    let request = call.request
    var outgoing = HTTPClientRequest(
      url: "\(request.scheme ?? "http")://\(request.authority ?? "")\(request.path ?? "/")")
    outgoing.method = .init(rawValue: request.method.rawValue)
    for field in request.headerFields {
      outgoing.headers.add(name: field.name.rawName, value: field.value)
    }
    if !call.body.isEmpty { outgoing.body = .bytes(call.body) }
    do {
      let response = try await client.execute(
        outgoing, deadline: .now() + TimeAmount(timeout), logger: nil)
      let body = try await response.body.collect(upTo: bodyLimit)
      var head = HTTPResponse(status: .init(code: Int(response.status.code)))
      for (name, value) in response.headers {
        if let name = HTTPField.Name(name) {
          head.headerFields.append(.init(name: name, value: value))
        }
      }
      return HTTPReply(head, body: Array(body.readableBytesView))
    } catch {
      if error is CancellationError || (error as? HTTPClientError) == .cancelled, Task.isCancelled {
        throw CancellationError()
      }
      throw TransportError(effect: Self.wasNeverSent(error) ? .none : .unknown, reason: "\(error)")
    }
  }

  /// Whether an error proves that not a byte of the request left.
  private static func wasNeverSent(_ error: any Error) -> Bool {
    if error is NIOConnectionError { return true }
    switch error as? HTTPClientError {
    case .connectTimeout?, .getConnectionFromPoolTimeout?, .emptyHost?, .invalidURL?, .emptyScheme?:
      return true
    default: break
    }
    // Of a connection that was never made the kernel says so.
    if let error = error as? IOError { return error.errnoCode == ECONNREFUSED }
    return false
  }
}

/// The one seam that production code and simulation share.
///
/// A *service* answers a request; a *transport* carries a request to a service and brings the answer
/// back, or does not. The orchestrator is a service towards its clients and uses a transport towards
/// its vendors; the fakes are services; the simulated network and the production HTTP client are
/// transports. Nothing here knows of bookings, money, sockets or virtual time.
public import HTTPTypes

/// One HTTP request with its whole body.
public struct HTTPCall: Sendable, Hashable {
  /// Method, scheme, authority, path and header fields.
  public var request: HTTPRequest
  /// The body's bytes; empty when there is none.
  public var body: [UInt8]

  /// Creates a call from its head and its body.
  public init(_ request: HTTPRequest, body: [UInt8] = []) {
    self.request = request
    self.body = body
  }
}

/// One HTTP response with its whole body.
public struct HTTPReply: Sendable, Hashable {
  /// Status and header fields.
  public var response: HTTPResponse
  /// The body's bytes; empty when there is none.
  public var body: [UInt8]

  /// Creates a reply from its head and its body.
  public init(_ response: HTTPResponse, body: [UInt8] = []) {
    self.response = response
    self.body = body
  }

  /// Creates a reply with a content type.
  public init(status: HTTPResponse.Status, contentType: String, body: [UInt8]) {
    self.response = HTTPResponse(status: status, headerFields: [.contentType: contentType])
    self.body = body
  }
}

extension HTTPReply {
  /// The reply as it answers `HEAD`: the same status and fields, the body's length, and no body.
  ///
  /// Source: RFC 9110, sections 8.6 and 9.3.2.
  public var withoutBody: HTTPReply {
    var reply = self
    let hasLength = response.status.kind != .informational && response.status != .noContent
    if hasLength, response.headerFields[.contentLength] == nil {
      reply.response.headerFields[.contentLength] = String(body.count)
    }
    reply.body = []
    return reply
  }

  /// Creates the answer to `OPTIONS`: 204, with the methods that are allowed.
  ///
  /// Source: RFC 9110, sections 9.3.7 and 10.2.1.
  public init(allowing methods: [HTTPRequest.Method]) {
    self.init(HTTPResponse(status: .noContent, headerFields: [.allow: methods.allowField]))
  }
}

extension [HTTPRequest.Method] {
  /// The methods as a field `Allow` lists them (RFC 9110, section 10.2.1).
  public var allowField: String { map(\.rawValue).joined(separator: ", ") }
}

/// Answers HTTP requests.
public protocol HTTPService: Sendable {
  /// Answers one request.
  ///
  /// Every outcome of the service itself, refusals and internal errors included, is a reply. It
  /// throws only when there is nobody left to answer: the task was cancelled or the process died.
  func respond(to call: HTTPCall) async throws -> HTTPReply
}

/// Carries HTTP requests to services.
public protocol HTTPTransport: Sendable {
  /// Sends one request to the authority it names and waits at most `timeout` for the whole answer.
  ///
  /// - Throws: ``TransportError`` when no answer came. Anything else thrown (cancellation, the death
  ///   of the calling process) means that the caller must not go on.
  func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply
}

/// Why a transport brought no answer, and what that proves.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is known about the request's effect.
  public enum Effect: Sendable, Hashable {
    /// The request did not reach the service: it had, and will have, no effect.
    case none
    /// The request may have reached the service, or may still: its effect is unknown.
    case unknown
  }

  /// What is known about the request's effect.
  public let effect: Effect
  /// What happened, for people: "connection refused", "timed out after 80.0 seconds".
  public let reason: String

  /// Creates an error.
  public init(effect: Effect, reason: String) {
    self.effect = effect
    self.reason = reason
  }

  public var description: String {
    switch effect {
    case .none: "\(reason) (the request was not sent)"
    case .unknown: "\(reason) (the request may have taken effect)"
    }
  }
}

import HTTPService
import HTTPTypes
import Wire

/// The way every client speaks: builds the call, sends it, and says what a missing answer proves.
///
/// Errors of the transport become outcomes here; anything else that it throws (cancellation, the
/// death of the process) goes through, because then nobody is left to act on an outcome.
struct VendorExchange: Sendable {
  /// The vendor's name in reasons for people.
  let vendor: String
  private let transport: any HTTPTransport
  private let scheme: String
  private let authority: String
  private let basePath: String
  private let timeout: Duration
  private let fields: HTTPFields
  private let fieldsWithBody: HTTPFields
  /// Bodies of others may name a member twice.
  private let decoder = JSONTextDecoder(.lenient)

  /// Creates an exchange with one vendor.
  /// - Parameters:
  ///   - baseURL: scheme and authority, perhaps a path; a trailing slash is ignored.
  ///   - fields: what every request carries.
  ///   - contentType: what requests with a body (POST) carry besides.
  init(
    vendor: String, baseURL: String, transport: any HTTPTransport, timeout: Duration,
    fields: [HTTPField], contentType: String
  ) {
    let parts = baseURL.split(separator: "/", omittingEmptySubsequences: false)
    precondition(
      parts.count >= 3 && parts[0].last == ":" && parts[1].isEmpty && !parts[2].isEmpty,
      "\(vendor)'s base URL is not of the form https://host: '\(baseURL)'")
    self.vendor = vendor
    self.transport = transport
    self.timeout = timeout
    scheme = String(parts[0].dropLast())
    authority = String(parts[2])
    basePath = parts.dropFirst(3).filter { !$0.isEmpty }.map { "/" + $0 }.joined()
    self.fields = HTTPFields(fields)
    fieldsWithBody = HTTPFields(fields + [HTTPField(name: .contentType, value: contentType)])
  }

  /// What came back, or what its absence proves.
  enum Answer: Sendable {
    case reply(HTTPReply)
    case notSent(Retry)
    case unknown(Retry)
  }

  /// Sends one request and waits for its answer; a call that comes too late is not sent.
  /// - Throws: what the transport throws but ``TransportError``.
  /// - Parameter extra: header fields of this call only.
  func answer(
    _ method: HTTPRequest.Method, _ path: String, body: [UInt8] = [], extra: [HTTPField] = [],
    _ context: CallContext
  ) async throws -> Answer {
    var request = HTTPRequest(
      method: method, scheme: scheme, authority: authority,
      path: basePath.isEmpty ? path : basePath + path,
      headerFields: method == .post ? fieldsWithBody : fields)
    for field in extra { request.headerFields.append(field) }
    request.headerFields.append(HTTPField(name: .baggage, value: context.baggage))
    guard context.mayBeSent() else {
      return .notSent(
        Retry(reason: "not sent to \(vendor): it was too late", after: nil, vendorWorks: nil))
    }
    do {
      return .reply(try await transport.send(HTTPCall(request, body: body), timeout: timeout))
    } catch let error as TransportError {
      let retry = Retry(reason: "\(vendor): \(error.reason)", after: nil)
      switch error.effect {
      case .none: return .notSent(retry)
      case .unknown: return .unknown(retry)
      }
    }
  }

  /// Sends one request and reads its answer with `read`.
  func send<Value>(
    _ method: HTTPRequest.Method, _ path: String, body: [UInt8] = [], extra: [HTTPField] = [],
    _ context: CallContext, read: (HTTPReply) -> Outcome<Value>
  ) async throws -> Outcome<Value> {
    switch try await answer(method, path, body: body, extra: extra, context) {
    case .reply(let reply): read(reply)
    case .notSent(let retry): .retry(retry)
    case .unknown(let retry): .unknown(retry)
    }
  }

  /// Reads a JSON body; nil when it is not what was promised.
  func decode<Wire: Decodable>(_ type: Wire.Type, from reply: HTTPReply) -> Wire? {
    // Why it cannot be read does not matter: every caller answers with `unreadable`.
    try? decoder.decode(type, from: reply.body)
  }

  /// Writes a JSON body: keys sorted, so that the same value always gives the same bytes.
  func encode(_ value: some Encodable) -> [UInt8] {
    do {
      return try JSONTextEncoder().encode(value)
    } catch {
      // The wire structures hold nothing but text, whole numbers and Booleans.
      preconditionFailure("\(vendor): a request cannot be encoded: \(error)")
    }
  }

  /// The outcome of a reply whose body is not what was promised: it proves nothing.
  func unreadable<Value>(_ reply: HTTPReply) -> Outcome<Value> {
    .unknown(
      Retry(
        reason: "\(vendor) answered \(reply.status) with a body that is not what was promised",
        after: reply.retryAfter))
  }

  /// The outcome of a reply without a documented, definitive meaning.
  ///
  /// A vendor's own 401, 403 and 429 are given before a request is executed, so it can be sent again
  /// (operators must mend the credentials meanwhile); anything else, above all 5xx and the page of
  /// somebody in between, proves nothing.
  func indefinite<Value>(_ reply: HTTPReply, detail: String? = nil) -> Outcome<Value> {
    let after = reply.retryAfter
    switch reply.status {
    case 401 where !reply.isPage, 403 where !reply.isPage:
      // Without the vendor's own words: they may repeat what was sent.
      return .retry(
        Retry(reason: "\(vendor) refused our credentials (\(reply.status))", after: after))
    case 429 where !reply.isPage:
      return .retry(Retry(reason: text(reply, detail), after: after))
    default:
      return .unknown(
        Retry(reason: text(reply, detail), after: after, vendorWorks: reply.status == 409))
    }
  }

  private func text(_ reply: HTTPReply, _ detail: String?) -> String {
    guard let detail else { return "\(vendor) answered \(reply.status)" }
    return "\(vendor) answered \(reply.status): \(detail)"
  }
}

extension HTTPReply {
  /// The status code.
  var status: Int { response.status.code }

  /// Whether it says that its body is anything but JSON, as no answer of a vendor does: somebody in between
  /// has answered.
  var isPage: Bool { response.headerFields[.contentType].map { !$0.contains("json") } ?? false }

  /// Whether the status is 200 to 299.
  var isSuccess: Bool { (200..<300).contains(status) }

  /// `Retry-After` in its form of whole seconds, at most a day; nil when absent or a date.
  var retryAfter: Duration? {
    guard let text = response.headerFields[.retryAfter], let seconds = Int64(text), seconds >= 0
    else { return nil }
    return .seconds(min(seconds, 86_400))
  }
}

extension HTTPField.Name {
  /// Creates a name that is known to be a legal token.
  init(known name: String) {
    guard let name = Self(name) else { preconditionFailure("not a header field name: \(name)") }
    self = name
  }

  /// W3C Baggage: who calls and why.
  static let baggage = Self(known: "baggage")
  /// Stripe's handle against doing things twice.
  static let idempotencyKey = Self(known: "Idempotency-Key")
}

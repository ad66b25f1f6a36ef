import HTTPService
import HTTPTypes
import Wire

/// The API's own description: `GET /openapi.json` for programs, `GET /docs` for people.
///
/// Both say the same, because the page is made from the document. Neither needs a key, and the page
/// loads nothing from elsewhere.
struct Documentation: HTTPService {
  /// Whether a path leads here.
  static func has(_ path: some StringProtocol) -> Bool {
    path == "/openapi.json" || path == "/docs"
  }

  /// The document, OpenAPI 3.1, as it was written by hand.
  static let document = PackageResources.openapi_json

  private static let page: [UInt8] = {
    guard let json = JSONValue(parsing: document) else {
      preconditionFailure("openapi.json is not JSON; a test reads it")
    }
    return Array(DocumentationPage(json).html.utf8)
  }()

  private static let methods: [HTTPRequest.Method] = [.get, .head, .options]

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let reply = answer(call)
    return call.request.method == .head ? reply.withoutBody : reply
  }

  private func answer(_ call: HTTPCall) -> HTTPReply {
    if call.request.method == .options { return HTTPReply(allowing: Self.methods) }
    guard Self.methods.contains(call.request.method) else {
      var refusal = AccessRefusal.onlyReading.reply
      refusal.response.headerFields[.allow] = Self.methods.allowField
      return refusal
    }
    if (call.request.path ?? "").hasPrefix("/openapi.json") {
      return HTTPReply(status: .ok, contentType: "application/json", body: Self.document)
    }
    var reply = HTTPReply(
      status: .ok, contentType: "text/html; charset=utf-8", body: Self.page)
    reply.response.headerFields[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    return reply
  }
}

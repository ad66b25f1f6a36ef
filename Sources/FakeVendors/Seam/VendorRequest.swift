import HTTPService
import HTTPTypes
import Wire

/// An HTTP request as a vendor's router sees it.
struct VendorRequest: Sendable {
  /// The method.
  let method: HTTPRequest.Method
  /// The path without its query, still percent-encoded.
  let path: Substring
  /// What follows the path's question mark, still encoded.
  let query: Substring
  /// The `baggage` header, verbatim; empty when there is none.
  let baggage: String
  /// The header fields.
  let fields: HTTPFields
  /// The body.
  let body: [UInt8]

  /// Reads a call; `prefix` is taken off the path when it is there.
  init(_ call: HTTPCall, prefix: String = "") {
    method = call.request.method
    var path = Substring(call.request.path ?? "/")
    var query = Substring()
    if let mark = path.utf8.firstIndex(of: UInt8(ascii: "?")) {
      query = path[mark...].dropFirst()
      path = path[..<mark]
    }
    self.query = query
    if !prefix.isEmpty, path.utf8.starts(with: prefix.utf8) {
      path = path.dropFirst(prefix.count)
    }
    self.path = path
    fields = call.request.headerFields
    baggage = fields[VendorField.baggage] ?? ""
    body = call.body
  }

  /// The token of an `Authorization: Bearer` header; nil when there is none of that form.
  var bearerToken: Substring? {
    guard let value = fields[.authorization] else { return nil }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return parts[1]
  }
}

/// The header fields that the vendors use beside the registered ones.
enum VendorField {
  // Each name is a constant of token characters only, so the initialiser cannot return nil.
  static let baggage = HTTPField.Name("baggage")!
  static let affiliate = HTTPField.Name("X-Affiliate-Id")!
  static let apiKey = HTTPField.Name("exp-api-key")!
  static let uniqueID = HTTPField.Name("X-Unique-ID")!
  static let rateLimit = HTTPField.Name("RateLimit-Limit")!
  static let rateRemaining = HTTPField.Name("RateLimit-Remaining")!
  static let rateReset = HTTPField.Name("RateLimit-Reset")!
  /// A time as `Retry-After` has it: whole seconds, rounded up.
  static func wholeSeconds(_ time: Duration) -> Int { Int((time / .seconds(1)).rounded(.up)) }
  static let retryAfter = HTTPField.Name("Retry-After")!
  static let serverToken = HTTPField.Name("X-Postmark-Server-Token")!
}

extension PercentCoding {
  /// Returns the first value of each name of an `application/x-www-form-urlencoded` body.
  static func form(_ body: [UInt8]) -> [String: String] {
    var values: [String: String] = [:]
    for pair in FormText.pairs(of: body, .skipped) where values[pair.name] == nil {
      values[pair.name] = pair.value
    }
    return values
  }
}

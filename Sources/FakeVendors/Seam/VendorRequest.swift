import HTTPService
import HTTPTypes

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
  static let retryAfter = HTTPField.Name("Retry-After")!
  static let serverToken = HTTPField.Name("X-Postmark-Server-Token")!
}

/// Percent-decoding as in a path (RFC 3986, 2.1) and in a form.
enum PercentCoding {
  /// Returns the text that an encoded one stands for; nil when it is malformed or not UTF-8.
  static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    func value(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x41...0x46: byte - 0x41 + 10
      case 0x61...0x66: byte - 0x61 + 10
      default: nil
      }
    }
    var out: [UInt8] = []
    let utf8 = Array(text.utf8)
    out.reserveCapacity(utf8.count)
    var at = 0
    while at < utf8.count {
      switch utf8[at] {
      case UInt8(ascii: "%"):
        guard at + 2 < utf8.count, let high = value(utf8[at + 1]), let low = value(utf8[at + 2])
        else { return nil }
        out.append(high << 4 | low)
        at += 3
      case UInt8(ascii: "+") where plusIsSpace:
        out.append(0x20)
        at += 1
      case let byte:
        out.append(byte)
        at += 1
      }
    }
    return String(validating: out, as: UTF8.self)
  }

  /// Returns the first value of each name of an `application/x-www-form-urlencoded` body.
  static func form(_ body: [UInt8]) -> [String: String] {
    var values: [String: String] = [:]
    for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decode(parts[0], plusIsSpace: true),
        let value = decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
      else { continue }
      if values[name] == nil { values[name] = value }
    }
    return values
  }
}

import FoundationEssentials
import HTTPService
import HTTPTypes

/// Header fields and the head of answers. Source: recorded header sets of the real service.
enum StripeHeaders {
  // Literals that are valid field names: the initialiser cannot return nil.
  static let baggage = HTTPField.Name("baggage")!
  static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
  static let idempotentReplayed = HTTPField.Name("Idempotent-Replayed")!
  static let originalRequest = HTTPField.Name("Original-Request")!
  static let rateLimitedReason = HTTPField.Name("Stripe-Rate-Limited-Reason")!
  static let requestID = HTTPField.Name("Request-Id")!
  static let routing = HTTPField.Name("X-Stripe-Routing-Context-Priority-Tier")!
  static let shouldRetry = HTTPField.Name("Stripe-Should-Retry")!
  static let signature = HTTPField.Name("Stripe-Signature")!
  static let version = HTTPField.Name("Stripe-Version")!

  /// The API version that the bodies follow.
  static let apiVersion = "2026-10-28.endive"

  /// Returns the `Authorization` values that carry a secret key.
  static func authorizations(_ apiKey: String) -> (bearer: String, basic: String) {
    ("Bearer \(apiKey)", "Basic " + Data("\(apiKey):".utf8).base64EncodedString())
  }

  /// Returns the key that a refused `Authorization` names, as far as it can be read.
  static func key(in authorization: String) -> String {
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return authorization }
    if parts[0] == "Basic", let data = Data(base64Encoded: String(parts[1])) {
      return String(decoding: data.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    }
    return String(parts[1])
  }

  /// Makes the reply of an answer.
  /// - Parameters:
  ///   - requestID: this request's id, which a replayed answer does not have.
  ///   - version: the caller's `Stripe-Version`.
  ///   - key: the idempotency key, echoed; nil when none came with a POST.
  static func reply(
    _ answer: StripeAnswer, requestID: String, version: String?, key: String?, isReplay: Bool
  ) -> HTTPReply {
    var fields = HTTPFields()
    fields.append(HTTPField(name: .contentType, value: "application/json"))
    fields.append(HTTPField(name: Self.requestID, value: requestID))
    fields.append(HTTPField(name: Self.version, value: version ?? apiVersion))
    fields.append(HTTPField(name: .cacheControl, value: "no-cache, no-store"))
    fields.append(HTTPField(name: routing, value: "api-testmode"))
    if let key {
      fields.append(HTTPField(name: idempotencyKey, value: key))
      fields.append(HTTPField(name: originalRequest, value: answer.requestID))
      if isReplay { fields.append(HTTPField(name: idempotentReplayed, value: "true")) }
    }
    // A repetition would only bring the stored answer again; a 409 and a 429 say nothing, as the
    // official libraries then decide by status.
    if answer.status != 409 && answer.status != 429 && answer.status != 200 {
      fields.append(HTTPField(name: shouldRetry, value: "false"))
    }
    if let seconds = answer.retryAfter {
      fields.append(HTTPField(name: .retryAfter, value: String(seconds)))
    }
    if let reason = answer.rateLimitedReason {
      fields.append(HTTPField(name: rateLimitedReason, value: reason))
    }
    let response = HTTPResponse(status: .init(code: answer.status), headerFields: fields)
    return HTTPReply(
      response, body: answer.body.encoded(log: (answer.requestID, answer.seconds)))
  }
}

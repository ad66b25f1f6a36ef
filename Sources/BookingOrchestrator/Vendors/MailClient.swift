// swift-format-ignore-file: AlwaysUseLowerCamelCase
// Property names are those on the wire.

import HTTPService
import HTTPTypes

/// Speaks a mail API in the shape of Postmark's `POST /email`.
///
/// Source: Postmark developer documentation, "Email API" and "API error codes": 200 with
/// `ErrorCode` 0 is accepted, 422 is refused for good, 401 is a wrong token.
struct MailClient: Sendable {
  private let exchange: VendorExchange
  private let from: String

  init(_ configuration: VendorConfiguration, transport: any HTTPTransport) {
    exchange = VendorExchange(
      vendor: "the mail API", baseURL: configuration.mailURL, transport: transport,
      timeout: configuration.mailTimeout,
      fields: [
        HTTPField(name: .accept, value: "application/json"),
        HTTPField(
          name: .init(known: "X-Postmark-Server-Token"), value: configuration.mailToken),
      ],
      contentType: "application/json")
    from = configuration.mailFrom
  }

  /// Sends one mail; done with the message id.
  ///
  /// The API has no handle against sending twice: after an unknown outcome a second mail may follow.
  func send(
    to: String, subject: String, text: String, tag: String, metadata: [String: String],
    _ context: CallContext
  ) async throws -> Outcome<String> {
    let mail = WireMail(
      From: from, MessageStream: "outbound", Metadata: metadata, Subject: subject, Tag: tag,
      TextBody: text, To: to)
    return try await exchange.send(.post, "/email", body: exchange.encode(mail), context) { reply in
      guard reply.status == 200 || reply.status == 422 else { return exchange.indefinite(reply) }
      guard let answer = exchange.decode(WireAnswer.self, from: reply) else {
        return exchange.unreadable(reply)
      }
      if reply.status == 200, answer.ErrorCode == 0 {
        guard let id = answer.MessageID else { return exchange.unreadable(reply) }
        return .done(id)
      }
      return .rejected(
        Rejection(
          code: String(answer.ErrorCode), message: answer.Message ?? "", httpStatus: reply.status))
    }
  }
}

// Postmark's names begin with capitals; as property names they save a table of keys.
private struct WireMail: Encodable {
  var From: String
  var MessageStream: String
  var Metadata: [String: String]
  var Subject: String
  var Tag: String
  var TextBody: String
  var To: String
}

private struct WireAnswer: Decodable {
  var ErrorCode: Int
  var Message: String?
  var MessageID: String?
}

public import HTTPService
import HTTPTypes
import Synchronization
import Wire

/// A fake of an HTTP mail API in the shape of Postmark's `POST /email`.
///
/// One operation, `send`. A request that fails authentication is answered at once and without asking
/// the fault injector. There is no idempotency key: two equal requests are two messages.
///
/// Source: postmarkapp.com/developer, "Email API" and "API error codes". (U) marks what no source
/// establishes.
///
/// | modelled | how |
/// |---|---|
/// | accepted | 200 `{To,SubmittedAt,MessageID,ErrorCode:0,Message:"OK"}` |
/// | refused | 401 code 10; 422 codes 402 (JSON), 300 (fields), 406 (inactive recipient) |
/// | trouble | 429 and 500, whose bodies' codes are (U); that a 429 has `Retry-After` is (U) |
///
/// Not modelled: delivery, bounces, HTML bodies, attachments, batches, templates.
public final class FakeMail: HTTPService {
  /// One accepted message.
  public struct Message: Sendable, Hashable {
    /// Its `MessageID`.
    public var id: String
    /// The recipient.
    public var to: String
    /// The subject line.
    public var subject: String
    /// The text body.
    public var text: String
    /// Postmark's `Tag` (the message kind).
    public var tag: String
    /// Postmark's `Metadata` (booking, version).
    public var metadata: [String: String]
    /// Microseconds since 1970.
    public var acceptedMicroseconds: Int64
  }

  private struct Box: Sendable {
    var messages: [Message] = []
    var requests: [ServedRequest] = []
    var ids: Set<String> = []
  }

  private let environment: ServiceEnvironment
  private let faultInjector: any FaultInjector<MailFault>
  private let serverToken: String
  private let seed: UInt64
  private let box = Mutex(Box())

  /// Creates a fake that has seen no message.
  public init(
    environment: ServiceEnvironment, faultInjector: any FaultInjector<MailFault>,
    serverToken: String,
    seed: UInt64
  ) {
    self.environment = environment
    self.faultInjector = faultInjector
    self.serverToken = serverToken
    self.seed = seed
  }

  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply {
    let request = VendorRequest(call)
    guard request.method == .post, request.path == "/email" else {
      return Self.refusal(.notFound, 0, "The requested resource does not exist.")
    }
    guard request.fields[VendorField.serverToken] == serverToken else {
      return Self.refusal(.unauthorized, 10, "Bad or missing server token.")
    }
    let plan = faultInjector.plan(
      for: ServiceCall(service: "mail", operation: "send", baggage: request.baggage, handle: ""))
    if plan.latency > .zero { try await environment.clock.sleep(for: plan.latency) }
    let now = environment.now()
    let (reply, id) = box.withLock { box in
      Self.send(request, fault: plan.fault, seed: seed, at: now, &box)
    }
    if let id { environment.watch(.message(id: id)) }
    return reply
  }

  /// All accepted messages, in order of acceptance.
  public var messages: [Message] { box.withLock { $0.messages } }

  /// Every authenticated `send`, in order of the answers; the effect is the `MessageID`.
  public var createRequests: [ServedRequest] { box.withLock { $0.requests } }

  private static func send(
    _ request: VendorRequest, fault: MailFault?, seed: UInt64, at now: Int64, _ box: inout Box
  ) -> (HTTPReply, String?) {
    var id: String?
    var reply: HTTPReply
    switch (fault, JSONValue(parsing: request.body)) {
    case (.tooManyRequests, _):
      reply = refusal(.tooManyRequests, 429, "Rate limit exceeded.")
      reply.response.headerFields[VendorField.retryAfter] = "20"
    case (.internalError(accepted: false), _):
      reply = refusal(.internalServerError, 500, "Internal server error.")
    case (_, nil): reply = refusal(.unprocessableContent, 402, "Invalid JSON.")
    case (_, let body?):
      guard let to = body["To"]?.string, to.contains("@"), body["From"]?.string != nil,
        let text = body["TextBody"]?.string
      else {
        reply = refusal(
          .unprocessableContent, 300, "Invalid email request: From, To and TextBody are required.")
        break
      }
      if case .refused = fault {
        reply = refusal(
          .unprocessableContent, 406, "The recipient \(to) has been marked as inactive.")
        break
      }
      let message = accept(body, to, text, request, seed, now, &box)
      id = message.id
      if case .internalError = fault {
        reply = refusal(.internalServerError, 500, "Internal server error.")
        break
      }
      reply = HTTPReply(
        status: .ok, contentType: "application/json",
        body: JSONWriter.object { text in
          text.field("To", to)
          text.field("SubmittedAt", WireTime.seconds(now) + ".0000000+00:00")
          text.field("MessageID", message.id)
          text.field("ErrorCode", 0)
          text.field("Message", "OK")
        })
    }
    box.requests.append(
      ServedRequest(
        operation: "send", baggage: request.baggage, handle: "",
        status: reply.response.status.code, effect: id, atMicroseconds: now))
    return (reply, id)
  }

  private static func accept(
    _ body: JSONValue, _ to: String, _ text: String, _ request: VendorRequest, _ seed: UInt64,
    _ now: Int64, _ box: inout Box
  ) -> Message {
    var id = ""
    var salt = 0
    repeat {
      var hash = KeyedHash(seed: seed, "mail.message", request.baggage, salt: salt)
      id = [8, 4, 4, 4, 12].map { hash.characters($0, of: KeyedHash.hexadecimal) }
        .joined(separator: "-")
      salt += 1
    } while !box.ids.insert(id).inserted
    var metadata: [String: String] = [:]
    if case .object(let members) = body["Metadata"] {
      for member in members { metadata[member.key] = member.value.identifier ?? "" }
    }
    let message = Message(
      id: id, to: to, subject: body["Subject"]?.string ?? "", text: text,
      tag: body["Tag"]?.string ?? "", metadata: metadata, acceptedMicroseconds: now)
    box.messages.append(message)
    return message
  }

  private static func refusal(
    _ status: HTTPResponse.Status, _ code: Int, _ message: String
  ) -> HTTPReply {
    HTTPReply(
      status: status, contentType: "application/json",
      body: JSONWriter.object { text in
        text.field("ErrorCode", code)
        text.field("Message", message)
      })
  }
}

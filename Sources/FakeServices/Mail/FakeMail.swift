public import HTTPService

/// A failure of a mail API, met by one call.
public enum MailFault: Sendable, Hashable {
  /// 500; with `accepted`, the message was accepted all the same.
  case internalError(accepted: Bool)
  /// 429.
  case tooManyRequests
  /// 422 with an ErrorCode (inactive recipient): definitive.
  case refused
}

/// A fake of an HTTP mail API in the shape of Postmark's `POST /email`.
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

  /// Creates a fake that has seen no message.
  public init(
    environment: ServiceEnvironment, conduct: any Conduct<MailFault>, serverToken: String,
    seed: UInt64
  ) { fatalError("seam") }
  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply { fatalError("seam") }
  /// All accepted messages, in order of acceptance.
  public var messages: [Message] { fatalError("seam") }
}

/// A failure of a mail API, met by one call.
public enum MailFault: Sendable, Hashable {
  /// 500; with `accepted`, the message was accepted all the same.
  case internalError(accepted: Bool)
  /// 429.
  case tooManyRequests
  /// 422 with an ErrorCode (inactive recipient): definitive.
  case refused
}

extension MailFault: VendorFault {
  /// `mail`.
  public static let service = "mail"

  /// The mail API's faults.
  public static let table: [FaultRow<MailFault>] = [
    FaultRow("error-500", .every, "a 500, before the message is taken or after it", [.effect]) {
      .internalError(accepted: $0.bool("effect"))
    },
    FaultRow(
      "message-refused", .every, "the message is refused for good, 422: an inactive recipient",
      .refused),
    FaultRow("too-many-requests", .every, "429", .tooManyRequests),
  ]
}

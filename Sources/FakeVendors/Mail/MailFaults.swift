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

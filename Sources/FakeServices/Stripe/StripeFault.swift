/// A failure that Stripe is known for, met by one call.
///
/// A fault that does not fit the operation it is planned for is ignored.
public enum StripeFault: Sendable, Hashable {
  /// A 402 with the given code and decline code; confirm (or create with confirm) only.
  case decline(code: String, declineCode: String?)
  /// The confirmed intent needs the customer (3-D Secure): `requires_action`; confirm only.
  case requiresAction
  /// The confirmed intent stays `processing`, then succeeds or fails; confirm only.
  case processing(resolvesAfter: Duration, succeeds: Bool)
  /// 429 `rate_limit`, raised before the idempotency layer.
  case rateLimited
  /// 429 `lock_timeout`; every POST.
  case lockTimeout
  /// A 500 that is stored under the idempotency key; the effect happened or not.
  case internalError(effect: Bool)
  /// The refund is `pending` first; refunds.create only.
  case refundPending(settlesAfter: Duration, succeeds: Bool)
  /// The refund succeeds at once and fails later; refunds.create only.
  case refundFailsLater(after: Duration)
  /// Somebody at the merchant's desk refunds so much of the payment by hand, this long after it
  /// succeeded; confirm (or create with confirm) only.
  case refundByHand(after: Duration, partsPerMillion: Int64)
}

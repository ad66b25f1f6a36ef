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
  case refundByHand(after: Duration, partsPerMillion: Int64, pending: Pending? = nil)
  /// The customer's bank disputes what is left of the payment, this long after it succeeded, and
  /// decides it so much later; confirm (or create with confirm) only.
  case disputed(after: Duration, decidedAfter: Duration, isWon: Bool)
  /// Somebody cancels the intent by hand, this long after it was made and if it is not confirmed by
  /// then; create only.
  case cancelledByHand(after: Duration)
  /// Another program confirms the intent, this long after it was made and if it is not confirmed by
  /// then; create only.
  case confirmedByHand(after: Duration)

  /// How a refund that is pending first ends.
  public struct Pending: Sendable, Hashable {
    /// When it ends, after it was made.
    public var after: Duration
    /// What becomes of it.
    public var end: End

    /// The ways in which it can end.
    public enum End: Sendable, Hashable { case succeeded, failed, canceled }

    /// Creates an end.
    public init(after: Duration, end: End) {
      self.after = after
      self.end = end
    }
  }
}

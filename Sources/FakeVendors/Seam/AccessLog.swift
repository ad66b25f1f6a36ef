/// An answer that told a caller "not available", "sold out" or "the price has changed", or that what
/// it asked is badly written.
///
/// An auditor reads these to know which items were truthfully refused, and which the caller lost by
/// its own mistake.
public struct Refusal: Sendable, Hashable {
  /// Why an item was refused.
  public enum Reason: String, Sendable, Hashable {
    /// It is not on sale, or there is not enough of it.
    case unavailable
    /// It costs something else than the caller said or the listing says.
    case priceChanged
    /// The offer or token is too old.
    case expired
    /// The request itself is wrong: a member is missing, badly written or not one that is taken.
    case malformed
  }

  /// The refused request's `baggage` header, verbatim.
  public let baggage: String
  /// The offer id, product id or product code; joined by `,` when a request names several.
  public let item: String
  /// When it was answered, in microseconds since 1970.
  public let atMicroseconds: Int64
  /// The operation that was answered, for example `price`.
  public let operation: String
  /// Why.
  public let reason: Reason
}

/// A request that asked a vendor to make something, and what it came to.
public struct ServedRequest: Sendable, Hashable {
  /// `create`, `book` or `send`.
  public let operation: String
  /// The request's `baggage` header, verbatim.
  public let baggage: String
  /// Booking.com's `label`, Viator's `partnerBookingRef`; empty elsewhere.
  public let handle: String
  /// The HTTP status that was answered.
  public let status: Int
  /// The reference of what this very request made; nil when it made nothing, also on a repetition.
  public let effect: String?
  /// When the effect happened and the answer was made, in microseconds since 1970.
  public let atMicroseconds: Int64
}

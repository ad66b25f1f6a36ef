/// A failure that Booking.com's Demand API is known for, met by one call.
public enum BookingComFault: Sendable, Hashable {
  /// 409 order_unavailable; preview or create. The token of a create stays good.
  case unavailable
  /// The preview's total differs from the listed price by so much; an order made with its token
  /// costs what the preview said.
  case repriced(byMinor: Int64)
  /// The preview tells a price that nobody can pay.
  case oddPrice(OddPrice)
  /// 400 expired_token although the token is young; create only. It stays expired.
  case tokenExpired
  /// 409 duplicate_request although the order was made by this very request; create only.
  case duplicateRequest
  /// 500; with `effect`, the order exists all the same (create) or was cancelled all the same
  /// (cancel).
  case internalError(effect: Bool)
  /// 429.
  case tooManyRequests
  /// The property cancels the order some time after it was made; create only.
  case cancelledByProperty(after: Duration)
  /// The traveller cancels the order at the property some time after it was made, for the fee that is
  /// due then; create only.
  case cancelledByTraveller(after: Duration)
  /// The cancellation is answered 409 although the order is still booked; it may be asked again.
  case cancelConflict
  /// 429 with a `Retry-After` of this long.
  case asksToWait(Duration)
  /// The cancellation is answered 409, now and for ever.
  case neverCancellable
  /// The cancellation is answered 200 with a status that says that it is under way, and nothing is
  /// cancelled; it may be asked again.
  case cancelUnderWay
  /// The preview is of another product of the property than was asked for; so is what its token orders
  /// (which no order should be made with).
  case anotherProduct
  /// A range shows orders of another program of the same affiliate as well, whose labels look like the
  /// one that is looked for; details only.
  case alikeLabels
  /// Amounts are told in the property's own currency only; details only.
  case localOnly
}

extension BookingComFault: VendorFault {
  /// `hotel`.
  public static let service = "hotel"

  /// Booking.com's faults.
  public static let table: [FaultRow<BookingComFault>] = [
    FaultRow("too-many-requests", .every, "429", .tooManyRequests),
    FaultRow("error-500", .every, "a 500, before the effect or after it", [.effect]) {
      .internalError(effect: $0.bool("effect"))
    },
    FaultRow(
      "unavailable", .only(["preview", "create"]),
      "the room cannot be ordered: 409 order_unavailable", .unavailable),
    FaultRow("repriced", .only(["preview"]), "the preview shows another price", [.minor]) {
      .repriced(byMinor: $0.whole("minor"))
    },
    FaultRow(
      "price-odd", .only(["preview"]),
      "the preview shows a price that nobody can pay: too many digits, another currency, none",
      [.oddPrice]
    ) { .oddPrice($0.oddPrice) },
    FaultRow(
      "token-expired", .only(["create"]),
      "the order token has expired although it is young: 400 expired_token", .tokenExpired),
    FaultRow(
      "duplicate-request", .only(["create"]),
      "the order is said to exist already, although this very request made it: 409",
      .duplicateRequest),
    FaultRow(
      "cancelled-by-property", .only(["create"]), "the hotel cancels, this long after",
      [.after(.uniform(low: 600, high: 14_400))]
    ) { .cancelledByProperty(after: $0.time("after")) },
    FaultRow(
      "cancelled-by-traveller", .only(["create"]),
      "the traveller cancels at the property, for its fee, this long after",
      [.after(.uniform(low: 600, high: 14_400))]
    ) { .cancelledByTraveller(after: $0.time("after")) },
    FaultRow(
      "cancel-conflict", .only(["cancel"]), "a cancel is answered 409 and may be asked again",
      .cancelConflict),
    FaultRow("asks-to-wait", .every, "429 with a Retry-After of this long", [.wait]) {
      .asksToWait($0.time("after"))
    },
    FaultRow(
      "never-cancellable", .only(["cancel"]), "a cancel is answered 409 for ever",
      .neverCancellable),
    FaultRow(
      "cancel-under-way", .only(["cancel"]),
      "a cancel is answered 200 with another status than successful, and nothing is cancelled",
      .cancelUnderWay),
    FaultRow(
      "another-product", .only(["preview"]),
      "the preview is of another product than was asked for", .anotherProduct),
    FaultRow(
      "alike-labels", .only(["details"]),
      "orders of others, with labels that look like ours, are shown as well", .alikeLabels),
    FaultRow(
      "local-only", .only(["details"]),
      "amounts are told in the property's own currency only", .localOnly),
  ]
}

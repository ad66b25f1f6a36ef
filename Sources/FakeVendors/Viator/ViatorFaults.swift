/// A failure that Viator's Partner API is known for, met by one call.
public enum ViatorFault: Sendable, Hashable {
  /// `available: false`, SOLD_OUT, in a 200 of the availability check; this once.
  case soldOut
  /// REJECTED with BOOKABLE_ITEM_IS_NO_LONGER_AVAILABLE in a 200; book only.
  case rejected
  /// PENDING first, then CONFIRMED or REJECTED; book only.
  case pending(resolvesAfter: Duration, confirmed: Bool)
  /// 500; with `effect`, the booking was made (book) or cancelled (cancel) all the same.
  case internalError(effect: Bool)
  /// 503 SERVICE_UNAVAILABLE with Retry-After 60.
  case unavailable
  /// 429 with Retry-After.
  case tooManyRequests
  /// The supplier cancels the confirmed booking, this long after it was made; all of its price is
  /// given back; book only.
  case cancelledBySupplier(after: Duration)
  /// The traveller cancels the confirmed booking at the supplier, this long after it was made, on the
  /// product's terms; book only.
  case cancelledByTraveller(after: Duration)
  /// DECLINED NOT_CANCELLABLE although it can be cancelled later; cancel only.
  case cancelDeclined
  /// DECLINED NOT_CANCELLABLE, now and for ever; cancel only.
  case neverCancellable
  /// 429 with a `Retry-After` of this long.
  case asksToWait(Duration)
  /// ON_HOLD or IN_PROGRESS, and never decided; book only.
  case onHold(status: String)
  /// The availability tells a price that nobody can pay; availability only.
  case oddPrice(OddPrice)
  /// The quote is told in another currency than the booking's, at six times the figures; cancel-quote
  /// only.
  case quoteConverted
}

extension ViatorFault: VendorFault {
  /// `activity`.
  public static let service = "activity"

  /// Viator's faults.
  public static let table: [FaultRow<ViatorFault>] = [
    FaultRow("too-many-requests", .every, "429 with Retry-After", .tooManyRequests),
    FaultRow("unavailable", .every, "503 with Retry-After", .unavailable),
    FaultRow("error-500", .every, "a 500, before the effect or after it", [.effect]) {
      .internalError(effect: $0.bool("effect"))
    },
    FaultRow(
      "sold-out", .only(["availability"]), "the activity is sold out, in a 200, this once",
      .soldOut),
    FaultRow("rejected", .only(["book"]), "REJECTED inside a 200", .rejected),
    FaultRow(
      "pending", .only(["book"]),
      "PENDING first, resolved after this; `fails` of them are rejected",
      [
        .succeeds(failing: 300_000, ("confirmed", "rejected")),
        .after(.exponential(mean: 300), ordered: 60),
      ]
    ) { .pending(resolvesAfter: $0.time("after"), confirmed: $0.bool("succeeds")) },
    FaultRow(
      "cancelled-by-supplier", .only(["book"]), "the supplier cancels, this long after",
      [.after(.uniform(low: 600, high: 14_400))]
    ) { .cancelledBySupplier(after: $0.time("after")) },
    FaultRow(
      "cancelled-by-traveller", .only(["book"]),
      "the traveller cancels at the supplier, on its terms, this long after",
      [.after(.uniform(low: 600, high: 14_400))]
    ) { .cancelledByTraveller(after: $0.time("after")) },
    FaultRow(
      "cancel-declined", .only(["cancel"]), "a cancel is refused and works a little later",
      .cancelDeclined),
    FaultRow(
      "never-cancellable", .only(["cancel"]), "a cancel is refused for ever", .neverCancellable),
    FaultRow("asks-to-wait", .every, "429 with a Retry-After of this long", [.wait]) {
      .asksToWait($0.time("after"))
    },
    FaultRow(
      "on-hold", .only(["book"]), "ON_HOLD or IN_PROGRESS, and never decided",
      [
        FaultParameter(
          "status", .word(["ON_HOLD", "IN_PROGRESS"]), usual: .text("ON_HOLD"),
          words: .value(unit: ""))
      ]
    ) { .onHold(status: $0.text("status") ?? "ON_HOLD") },
    FaultRow(
      "price-odd", .only(["availability"]),
      "the availability tells a price that nobody can pay: too many digits, another currency, none",
      [.oddPrice]
    ) { .oddPrice($0.oddPrice) },
    FaultRow(
      "quote-converted", .only(["cancel-quote"]),
      "what a cancellation gives back is told in another currency", .quoteConverted),
  ]
}

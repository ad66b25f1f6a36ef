/// A failure that Amadeus is known for, met by one call.
public enum AmadeusFault: Sendable, Hashable {
  /// 400 34651 SEGMENT SELL FAILURE; create only.
  case sellFailure
  /// 400 37200 PRICE DISCREPANCY; price or create. The offer costs 1 % more from then on.
  case priceDiscrepancy
  /// The offer's priced total differs from the listed one by so much, in a 200 of price; a create
  /// with the new price works from then on, and one with the old price is a 37200.
  case repriced(byMinor: Int64)
  /// A 200 of price tells a price that nobody can pay; the offer costs what it did.
  case oddPrice(OddPrice)
  /// A 200 of price shows a second, dearer offer behind the one that was asked for; price only.
  case moreOffers
  /// 400 4926 (the offer is no longer valid); price or create. It stays so.
  case quoteExpired
  /// 500 141; with `order`, the order was made all the same (create) or cancelled all the same
  /// (cancel).
  case systemError(order: Bool)
  /// 429 38194.
  case tooManyRequests
  /// 401 38192: the token is taken for expired.
  case tokenExpired
  /// A flight of the order moves some time after its creation, by this many minutes: the way there or,
  /// where there is one, the way back; create only.
  case scheduleChange(after: Duration, minutes: Int, isBack: Bool)
  /// The airline cancels the order some time after its creation; create only.
  case cancelledByAirline(after: Duration)
  /// The airline confirms some time after the order was made: until then the order has no record
  /// locator; create only.
  case ticketingDelayed(after: Duration)
  /// A second DELETE is answered with 400 instead of 404 1797; cancel only, met by either DELETE.
  case cancelRefusedTwice
  /// 429 with a `Retry-After` of this long.
  case asksToWait(Duration)
  /// A cancel is refused with a 400 although the order stands, this once; cancel only.
  case cancelRefused
  /// A cancel is refused with a 400, now and for ever; cancel only.
  case neverCancellable
}

extension AmadeusFault: VendorFault {
  /// `flight`.
  public static let service = "flight"

  /// Amadeus's faults.
  public static let table: [FaultRow<AmadeusFault>] = [
    FaultRow("too-many-requests", .every, "429 38194", .tooManyRequests),
    FaultRow("error-500", .every, "500 141, before the effect or after it", [.effect]) {
      .systemError(order: $0.bool("effect"))
    },
    FaultRow(
      "token-expired", .except(["token"]), "the access token is refused before its time: 401 38192",
      .tokenExpired),
    FaultRow(
      "sell-failure", .only(["create"]), "the airline does not sell the seats: 34651", .sellFailure),
    FaultRow(
      "quote-expired", .only(["price", "create"]), "the offer is no longer known: 4926",
      .quoteExpired),
    FaultRow(
      "price-discrepancy", .only(["price", "create"]),
      "the order is refused since the price moved: 37200", .priceDiscrepancy),
    FaultRow("repriced", .only(["price"]), "validation finds another price", [.minor]) {
      .repriced(byMinor: $0.whole("minor"))
    },
    FaultRow(
      "price-odd", .only(["price"]),
      "validation is told a price that nobody can pay: too many digits, another currency, none",
      [.oddPrice]
    ) { .oddPrice($0.oddPrice) },
    FaultRow(
      "more-offers", .only(["price"]), "validation shows a dearer offer behind the one asked for",
      .moreOffers),
    FaultRow(
      "schedule-change", .only(["create"]), "the airline moves the flight, this long after",
      [
        FaultParameter(
          "minutes", .whole(first: 30, count: 600, step: 1, most: 100_000), member: "minutes",
          usual: .whole(120), words: .value(unit: " min")),
        .after(.uniform(low: 600, high: 14_400)),
        FaultParameter("way", .word(["there", "back"]), member: "way", usual: .text("there")),
      ]
    ) {
      .scheduleChange(
        after: $0.time("after"), minutes: Int($0.whole("minutes")),
        isBack: $0.text("way") == "back")
    },
    FaultRow(
      "cancelled-by-airline", .only(["create"]), "the airline cancels, this long after",
      [.after(.uniform(low: 600, high: 14_400))]
    ) { .cancelledByAirline(after: $0.time("after")) },
    FaultRow(
      "ticketing-delayed", .only(["create"]),
      "the airline gives its record locator only later, this long after",
      [.after(.uniform(low: 600, high: 14_400))]
    ) { .ticketingDelayed(after: $0.time("after")) },
    FaultRow(
      "cancel-refused-twice", .only(["cancel"]), "a second cancel is answered 400 instead of 404",
      .cancelRefusedTwice),
    FaultRow(
      "asks-to-wait", .except(["token"]), "429 with a Retry-After of this long", [.wait]
    ) { .asksToWait($0.time("after")) },
    FaultRow(
      "cancel-refused", .only(["cancel"]), "a cancel is refused and works a little later",
      .cancelRefused),
    FaultRow(
      "never-cancellable", .only(["cancel"]), "a cancel is refused for ever", .neverCancellable),
  ]
}

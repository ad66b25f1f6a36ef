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
  /// One that does not succeed fails, or is cancelled in the dashboard.
  case refundPending(settlesAfter: Duration, succeeds: Bool, isCanceled: Bool = false)
  /// The refund succeeds at once and fails later; refunds.create only.
  case refundFailsLater(after: Duration)
  /// Somebody at the merchant's desk refunds so much of the payment by hand, this long after it
  /// succeeded; confirm (or create with confirm) only.
  /// Whoever does it may write the metadata of another payment on it.
  case refundByHand(
    after: Duration, partsPerMillion: Int64, pending: Pending? = nil, isMislabelled: Bool = false)
  /// The customer's bank disputes what is left of the payment, this long after it succeeded, and
  /// decides it so much later; confirm (or create with confirm) only.
  case disputed(after: Duration, decidedAfter: Duration, isWon: Bool)
  /// The customer's bank asks about the payment, this long after it succeeded, and asks no more so much
  /// later; confirm (or create with confirm) only.
  case enquiry(after: Duration, closedAfter: Duration)
  /// Somebody cancels the intent by hand, this long after it was made and if it is not confirmed by
  /// then; create only.
  case cancelledByHand(after: Duration)
  /// Another program confirms the intent, this long after it was made and if it is not confirmed by
  /// then; create only.
  case confirmedByHand(after: Duration)

  /// Stripe works on the request for this long and then answers; whoever sends its key again meanwhile is
  /// told so with a 409.
  case atWork(for: Duration)
  /// 429 that asks to wait this long, raised before the idempotency layer.
  case rateLimitedFor(Duration)
  /// A 400 to a refund that Stripe cannot pay; the next one may be taken. refunds.create only.
  case refundRefused
  /// Another program charges the customer once more this long after the payment succeeded: for the same
  /// amount, and with a copy of the payment's metadata, which it gives back as that is, copying the
  /// refunds' metadata too; or with none, which it gives back so much later.
  /// Confirm (or create with confirm) only.
  case paidAgainByHand(after: Duration, returnedAfter: Duration, isNamed: Bool)
  /// The customer's bank takes its authorisation back this long after it was given, if it is not
  /// captured by then: it ends as one does that has expired. Confirm (or create with confirm) of an
  /// intent that is captured by hand only.
  case holdExpires(after: Duration)
  /// Somebody at the merchant's desk captures so much of the hold by hand, this long after it was
  /// authorised; confirm (or create with confirm) of an intent that is captured by hand only.
  case capturedByHand(after: Duration, partsPerMillion: Int64)
  /// Somebody at the merchant's desk cancels the hold by hand, this long after it was authorised; confirm
  /// (or create with confirm) of an intent that is captured by hand only.
  case voidedByHand(after: Duration)

  /// How a refund that is pending first ends.
  public struct Pending: Sendable, Hashable {
    /// When it ends, after it was made.
    public var after: Duration
    /// What becomes of it.
    public var end: End

    /// The ways in which it can end.
    ///
    /// `bounced`: it was never pending, but succeeded at once, and fails.
    public enum End: Sendable, Hashable { case succeeded, failed, canceled, bounced }

    /// Creates an end.
    public init(after: Duration, end: End) {
      self.after = after
      self.end = end
    }
  }
}

extension StripeFault: VendorFault {
  /// `stripe`.
  public static let service = "stripe"

  private static let confirm = FaultReach.only(["payment_intents.confirm"])
  private static let create = FaultReach.only(["payment_intents.create"])
  private static let refund = FaultReach.only(["refunds.create"])
  private static let writes = FaultReach.except(["*.retrieve", "*.list"])

  /// Stripe's faults.
  public static let table: [FaultRow<StripeFault>] =
    [
      FaultRow("rate-limited", .every, "429 before the idempotency layer", .rateLimited),
      FaultRow("lock-timeout", writes, "429 lock_timeout", .lockTimeout),
      FaultRow("error-500", writes, "a stored 500, before the effect or after it", [.effect]) {
        .internalError(effect: $0.bool("effect"))
      },
      FaultRow(
        "decline", confirm, "the card is declined",
        [
          FaultParameter("reason", .word(declines), usual: .text("generic_decline")),
          FaultParameter("code", .text, member: "code"),
          FaultParameter("decline_code", .text, member: "decline_code"),
        ], detail: { $0.text("reason") ?? "" }, make: decline),
      FaultRow(
        "requires-action", confirm, "the bank wants the customer to authenticate", .requiresAction),
      FaultRow(
        "processing", confirm, "the payment is processing first and resolves after this",
        [.succeeds(failing: 200_000), .after(.exponential(mean: 120), ordered: 60)]
      ) { .processing(resolvesAfter: $0.time("after"), succeeds: $0.bool("succeeds")) },
    ] + byHand + [
      FaultRow(
        "refund-pending", refund, "the refund is pending first and resolves after this",
        [
          .succeeds(failing: 100_000), .after(.exponential(mean: 3_600)),
          FaultParameter(
            "canceled", .odds(partsPerMillion: 0, outcome: true),
            source: .init(
              .share, of: "refund-pending-canceled",
              "of the refunds that are pending and do not succeed, how many are cancelled by hand")),
        ]
      ) {
        .refundPending(
          settlesAfter: $0.time("after"), succeeds: $0.bool("succeeds"),
          isCanceled: $0.bool("canceled"))
      },
      FaultRow(
        "refund-fails-later", refund, "a succeeded refund fails after this",
        [.after(.exponential(mean: 7_200))]
      ) { .refundFailsLater(after: $0.time("after")) },
    ] + late

  // Behind all others, so that worlds without these keep their draws.
  private static let late: [FaultRow<StripeFault>] = [
    FaultRow(
      "at-work", writes,
      "Stripe works on the request this long; the same key meets a 409 meanwhile",
      [.after(.uniform(low: 100, high: 280), ordered: 100)]
    ) { .atWork(for: $0.time("after")) },
    FaultRow(
      "rate-limited-long", .every, "429 that asks to wait this long",
      [.after(.uniform(low: 3_600, high: 18_000))]
    ) { .rateLimitedFor($0.time("after")) },
    FaultRow("refund-refused", refund, "Stripe cannot pay the refund now: a 400", .refundRefused),
    FaultRow(
      "paid-again-by-hand", confirm,
      "another program charges the customer once more, this long after the payment, and gives it back later",
      [
        FaultParameter(
          "named", .odds(partsPerMillion: 500_000, outcome: true), member: "succeeds",
          usual: .bool(true), words: .either(yes: "named", no: "nameless")),
        .after(.exponential(mean: 120), ordered: 60),
        FaultParameter(
          "returned", .time(.exponential(mean: 1_800)),
          source: .init(
            .after, of: "paid-again-returned", "from such a charge until it is given back"),
          member: "seconds", usual: .time(.seconds(600))),
      ]
    ) {
      .paidAgainByHand(
        after: $0.time("after"), returnedAfter: $0.time("returned"), isNamed: $0.bool("named"))
    },
    FaultRow(
      "hold-expires", confirm,
      "the bank takes its authorisation back before it is captured, this long after it was given",
      [.after(.exponential(mean: 60), ordered: 60)]
    ) { .holdExpires(after: $0.time("after")) },
    FaultRow(
      "captured-by-hand", confirm,
      "somebody captures the hold in Stripe's dashboard, this long after it was authorised",
      [
        FaultParameter(
          "all", .odds(partsPerMillion: 500_000, outcome: true),
          source: .init(
            .share, of: "captured-by-hand-all", "of those captures, how many are of all of it"),
          usual: .bool(true), words: .either(yes: "all", no: "part")),
        FaultParameter("part", .whole(first: 10_000, count: 980_000, step: 1, most: 1_000_000)),
        .after(.exponential(mean: 30), ordered: 30),
      ], detail: toldOfCapture
    ) {
      .capturedByHand(
        after: $0.time("after"), partsPerMillion: $0.bool("all") ? 1_000_000 : $0.whole("part"))
    },
    FaultRow(
      "voided-by-hand", confirm,
      "somebody cancels the hold in Stripe's dashboard, this long after it was authorised",
      [.after(.exponential(mean: 30), ordered: 30)]
    ) { .voidedByHand(after: $0.time("after")) },
  ]

  /// What people and banks do to payments past the merchant's program. Banks take days to months; a
  /// world has less time.
  private static let byHand: [FaultRow<StripeFault>] = [
    FaultRow(
      "refund-by-hand", confirm,
      "somebody refunds the payment in Stripe's dashboard, this long after it",
      refundByHand, detail: toldOfRefund
    ) {
      .refundByHand(
        after: $0.time("after"),
        partsPerMillion: $0.bool("all") ? 1_000_000 : $0.whole("part"), pending: pending($0),
        isMislabelled: $0.bool("mislabelled"))
    },
    FaultRow(
      "dispute", confirm, "the customer's bank disputes the payment, this long after it",
      [
        FaultParameter(
          "won", .odds(partsPerMillion: 400_000, outcome: true),
          source: .init(
            .share, of: "dispute-won", "of the disputes, how many are won; the others are lost"),
          member: "succeeds", usual: .bool(false), words: .either(yes: "won", no: "lost")),
        .after(.exponential(mean: 3_600)),
        FaultParameter(
          "decided", .time(.exponential(mean: 86_400)),
          source: .init(.after, of: "dispute-open", "from a dispute's opening to its decision"),
          member: "seconds", usual: .time(.seconds(3_600))),
      ]
    ) {
      .disputed(
        after: $0.time("after"), decidedAfter: $0.time("decided"), isWon: $0.bool("won"))
    },
    FaultRow(
      "enquiry", confirm,
      "the customer's bank asks about the payment, this long after it, and takes nothing",
      [
        .after(.exponential(mean: 3_600)),
        FaultParameter(
          "closed", .time(.exponential(mean: 86_400)),
          source: .init(.after, of: "enquiry-open", "from an enquiry to its end"),
          member: "seconds", usual: .time(.seconds(3_600))),
      ]
    ) { .enquiry(after: $0.time("after"), closedAfter: $0.time("closed")) },
    FaultRow(
      "cancelled-by-hand", create,
      "somebody cancels the payment intent, this long after it was made, before it is confirmed",
      [.after(.exponential(mean: 1), ordered: 1)]
    ) { .cancelledByHand(after: $0.time("after")) },
    FaultRow(
      "confirmed-by-hand", create,
      "another program confirms the payment intent, this long after it was made",
      [.after(.exponential(mean: 1), ordered: 1)]
    ) { .confirmedByHand(after: $0.time("after")) },
  ]

  /// Decline codes of `card_declined`, and error codes that say as much by themselves.
  ///
  /// Source: docs.stripe.com/declines/codes and docs.stripe.com/error-codes.
  private static let declines = [
    "insufficient_funds", "generic_decline", "do_not_honor", "lost_card", "stolen_card",
    "card_velocity_exceeded", "expired_card", "incorrect_cvc", "processing_error",
  ]

  @Sendable private static func decline(_ told: FaultValues) -> StripeFault {
    if let code = told.text("code") {
      return .decline(code: code, declineCode: told.text("decline_code"))
    }
    if let declineCode = told.text("decline_code") {
      return .decline(code: "card_declined", declineCode: declineCode)
    }
    let reason = told.text("reason") ?? "generic_decline"
    return ["expired_card", "incorrect_cvc", "processing_error"].contains(reason)
      ? .decline(code: reason, declineCode: nil)
      : .decline(code: "card_declined", declineCode: reason)
  }

  private static let refundByHand: [FaultParameter] = [
    FaultParameter(
      "all", .odds(partsPerMillion: 300_000, outcome: true),
      source: .init(
        .share, of: "refund-by-hand-all", "of those refunds, how many are of all of it"),
      usual: .bool(true), words: .either(yes: "all", no: "part")),
    FaultParameter("part", .whole(first: 10_000, count: 980_000, step: 1, most: 1_000_000)),
    .after(.exponential(mean: 1_800)),
    FaultParameter(
      "pending", .odds(partsPerMillion: 0, outcome: true),
      source: .init(
        .share, of: "refund-by-hand-pending",
        "of those refunds, how many are pending first and resolve after this; `fails` of them fail or are cancelled"
      )),
    FaultParameter(
      "pending-fails", .odds(partsPerMillion: 300_000, outcome: true),
      source: .init(.fails, of: "refund-by-hand-pending")),
    // Of those that come to nothing every second one is cancelled.
    FaultParameter("canceled", .coin),
    FaultParameter(
      "pending-after", .time(.exponential(mean: 1_800)),
      source: .init(.after, of: "refund-by-hand-pending")),
    FaultParameter(
      "bounced", .odds(partsPerMillion: 0, outcome: true),
      source: .init(
        .share, of: "refund-by-hand-bounced",
        "of those refunds, how many succeed at once and fail later")),
    FaultParameter(
      "bounced-after", .time(.exponential(mean: 3_600)),
      source: .init(.after, of: "refund-by-hand-bounced")),
    FaultParameter(
      "mislabelled", .odds(partsPerMillion: 0, outcome: true),
      source: .init(
        .share, of: "refund-by-hand-mislabelled",
        "of those refunds, how many carry the metadata of another payment")),
  ]

  /// How a refund made by hand begins and ends: nil when it succeeds at once.
  private static func pending(_ told: FaultValues) -> Pending? {
    if told.bool("bounced") { return Pending(after: told.time("bounced-after"), end: .bounced) }
    guard told.bool("pending") else { return nil }
    return Pending(
      after: told.time("pending-after"),
      end: !told.bool("pending-fails")
        ? .succeeded : told.bool("canceled") ? .canceled : .failed)
  }

  @Sendable private static func toldOfCapture(_ told: FaultValues) -> String {
    told.bool("all") ? "all" : "part"
  }

  @Sendable private static func toldOfRefund(_ told: FaultValues) -> String {
    let end = pending(told).map {
      $0.end == .bounced ? ", then bounced" : ", pending, then \($0.end)"
    }
    let label = told.bool("mislabelled") ? ", with another payment's metadata" : ""
    return (told.bool("all") ? "all" : "part") + (end ?? "") + label
  }
}

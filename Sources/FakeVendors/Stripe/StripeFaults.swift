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
        [.succeeds(failing: 100_000), .after(.exponential(mean: 3_600))]
      ) { .refundPending(settlesAfter: $0.time("after"), succeeds: $0.bool("succeeds")) },
      FaultRow(
        "refund-fails-later", refund, "a succeeded refund fails after this",
        [.after(.exponential(mean: 7_200))]
      ) { .refundFailsLater(after: $0.time("after")) },
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
        partsPerMillion: $0.bool("all") ? 1_000_000 : $0.whole("part"), pending: pending($0))
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
  ]

  /// How a refund made by hand begins and ends: nil when it succeeds at once.
  private static func pending(_ told: FaultValues) -> Pending? {
    guard told.bool("pending") else { return nil }
    return Pending(
      after: told.time("pending-after"),
      end: !told.bool("pending-fails")
        ? .succeeded : told.bool("canceled") ? .canceled : .failed)
  }

  @Sendable private static func toldOfRefund(_ told: FaultValues) -> String {
    (told.bool("all") ? "all" : "part") + (pending(told).map { ", pending, then \($0.end)" } ?? "")
  }
}

/// What can be wrong with how an event of Stripe is delivered; apart from one another.
public enum StripeEventFault: String, Sendable, Hashable, CaseIterable {
  case early = "webhook-early"
  case twice = "webhook-twice"
  case forged = "webhook-forged"
  case stale = "webhook-stale"
  case unknown = "webhook-unknown"
  case thin = "webhook-thin"
  case incomplete = "webhook-incomplete"
  case oddForms = "webhook-odd-forms"
  case hollow = "webhook-hollow"

  /// What is told about it; its name in orders and reports begins with `webhook-`.
  public var declaration: FaultDeclaration {
    let about =
      switch self {
      case .early: "arrives before the answer to the call that caused it"
      case .twice: "delivered a second time"
      case .forged: "accompanied by one with a wrong signature"
      case .stale: "accompanied by one with an old timestamp"
      case .unknown: "accompanied by one of a type that nobody knows"
      case .thin: "accompanied by one in Stripe's newer, thin form"
      case .incomplete: "an event lacks optional members"
      case .oddForms:
        "an event has optional members of other types, words nobody knows, and more"
      case .hollow: "a payment's event lacks its object, or the id, status or amount in it"
      }
    return FaultDeclaration(
      rawValue, .only(["webhook"]), about,
      self == .twice
        ? [FaultParameter("again", .wait, member: "seconds", usual: .time(.seconds(1)))] : [])
  }

  /// Its key in a scenario's `webhook` section.
  public var key: String { String(rawValue.dropFirst("webhook-".count)) }

  /// How many events meet it unless a scenario says otherwise, in parts per million.
  public var usualPartsPerMillion: Int { self == .twice ? 10_000 : 0 }

  /// Whether it is made by changing the event's body, which orders cannot ask for.
  public var isInBody: Bool { [.incomplete, .oddForms, .hollow].contains(self) }

  /// Changes how an event is delivered.
  /// - Parameter again: how much later it comes a second time.
  public func apply(to plan: inout WebhookPlan, again: Duration) {
    switch self {
    case .early: plan.delay = .zero
    case .twice: plan.duplicates.append(again)
    case .forged: plan.forged = true
    case .stale: plan.stale = true
    case .unknown: plan.companions.append(.unknown)
    case .thin: plan.companions.append(.thin)
    case .incomplete, .oddForms, .hollow: break
    }
  }
}

/// Refunds that somebody else made: in Stripe's dashboard, or by another program.
///
/// Stripe's figures are the truth: whatever was given back counts, by whomever, and what is owed is
/// what is left. Learnt from events, from Stripe's list of refunds before a refund that Stripe would
/// take although less is due, and from its refusal of one that is more than is left.
extension Saga {
  /// Takes in a refund that no step of this trip asked for; returns what came of it.
  mutating func refundedElsewhere(_ refund: StripeRefund, at now: Timestamp) -> String {
    guard refund.currency.uppercased() == charge.currency.code else {
      return "not a refund of this trip"
    }
    let known = plan.refunds.firstIndex { $0.id == refund.id }
    let before = known.map { plan.refunds[$0].status }
    if before == refund.status { return "known already" }
    guard SagaPlan.Refund.mayBecome(refund.status, after: before) else {
      return "older than what is known"
    }
    let entry = SagaPlan.Refund(
      id: refund.id, slot: SagaPlan.Refund.elsewhere, amount: refund.amount, status: refund.status)
    if let known { plan.refunds[known] = entry } else { plan.refunds.append(entry) }
    let amount = Money(minorUnits: refund.amount, currency: charge.currency)
    let words = "\(amount.decimalText) \(amount.currency) by somebody else (\(refund.id))"
    switch refund.status {
    case "succeeded":
      changes.append(
        .ledger(
          LedgerPosting(
            txn: "\(id):refund:\(refund.id)", debit: "customer", credit: "stripe", amount: amount,
            cause: "refunded-elsewhere")))
      changes.append(.payment(.refunded(total: refundedTotal, refund: refund.id)))
      story.append("refunded \(words)")
      return "refunded by somebody else"
    case "failed", "canceled":
      if before == "succeeded" {
        changes.append(
          .ledger(
            LedgerPosting(
              txn: "\(id):refund-failed:\(refund.id)", debit: "stripe", credit: "customer",
              amount: amount, cause: "refund-failed")))
        changes.append(.payment(.refunded(total: refundedTotal, refund: refund.id)))
      }
      story.append("a refund of \(words) is \(refund.status)")
      if before != nil { oweAgain(refund.id, refund.amount) }
      return "a refund by somebody else is \(refund.status)"
    default:
      story.append("a refund of \(words) is \(refund.status)")
      return "a refund by somebody else is \(refund.status)"
    }
  }

  /// Takes in what an event about the charge says of its refunds.
  mutating func stripe(_ charge: StripeCharge, at now: Timestamp) -> String {
    guard charge.paymentIntent == plan.paymentIntent else { return "not this trip's charge" }
    guard charge.amountRefunded > refundedKnown else {
      return "known already"
    }
    // The event names no refund; the list does.
    doubtRefunds(at: now)
    return "looking"
  }

  /// Has Stripe's list of the payment's refunds read as soon as nothing else is under way.
  mutating func doubtRefunds(at now: Timestamp) {
    plan.refundsInDoubt = now.microseconds
    goOn()
  }

  /// Has a trip that has ended go on with what Stripe is asked for.
  mutating func goOn() {
    if plan.phase == .ended { plan.phase = state == .confirmed ? .monitoring : .awaitingRefunds }
  }

  /// Reads Stripe's list of refunds when an event told of more than is known.
  mutating func listRefundsInDoubt(at now: Timestamp) -> Progress {
    guard plan.refundsInDoubt != nil, index(.charge, .forward) != nil else { return .settled }
    return .working(listRefunds(at: now))
  }

  /// Asks Stripe for the payment's refunds, once for all who want to know at this moment.
  mutating func listRefunds(at now: Timestamp) -> [SagaAction] {
    guard refundsAsked != now, let intent = plan.paymentIntent, let done = index(.charge, .forward)
    else { return [] }
    let actions = lookUp(done, .refunds(paymentIntent: intent), at: now)
    if !actions.isEmpty { refundsAsked = now }
    return actions
  }

  /// The refunds of the payment, looked up to know what others have given back.
  mutating func refundsSeen(_ refunds: [StripeRefund], at now: Timestamp) {
    refundsListed = now
    plan.refundsInDoubt = nil
    for refund in refunds { stripe(refund, at: now) }
  }

  /// Takes in every refund of a list but the one that a step asked for.
  mutating func noteOthers(than index: Int, in refunds: [StripeRefund], at now: Timestamp) {
    let step = steps[index]
    for refund in refunds {
      let isOwn =
        refund.metadata["booking"] == id.rawValue && refund.metadata["cause"] == step.cause
        && refund.metadata["generation"] == "\(step.generation)"
      if !isOwn { stripe(refund, at: now) }
    }
  }

  /// What Stripe would still refund, as far as is known.
  var refundable: Int64 {
    plan.refunds.reduce(taken) { left, refund in
      refund.status == "failed" || refund.status == "canceled" || refund.isVoidElsewhere
        ? left : left - refund.amount
    }
  }

  /// What the refunds that are known come to. Money that a bank took back is none: Stripe does not
  /// count it among a charge's refunds either (Stripe API reference, "Charges", `amount_refunded`).
  private var refundedKnown: Int64 {
    plan.refunds.reduce(0) { sum, refund in
      refund.slot == SagaPlan.Refund.dispute || refund.status == "failed"
        || refund.status == "canceled" ? sum : sum + refund.amount
    }
  }

  /// What is left to ask for of an amount that is owed: less what others have given back.
  ///
  /// The charge's own undo has subtracted it already. Parts are looked at together: money given back
  /// by hand pays for whichever part of the trip is owed first.
  func stillDue(_ amount: Money, in slot: Slot) -> Money {
    guard slot.isPartialRefund else { return amount }
    let left = promised - asked(but: slot) - givenElsewhere
    return Money(minorUnits: max(0, min(amount.minorUnits, left)), currency: amount.currency)
  }

  /// What our refunds have asked for, in all slots but one.
  private func asked(but slot: Slot?) -> Int64 {
    steps.reduce(0) { sum, step in
      guard step.key.direction == .undo, step.key.slot != slot, step.status != .rejected,
        step.key.slot.isPartialRefund || step.key.slot == .charge
      else { return sum }
      return sum + step.amountAsked
    }
  }

  /// What the customer is to get back in all.
  private var promised: Int64 {
    guard plan.cause == nil else { return max(0, taken - kept) }
    let due = chargedInVain.reduce(goneBack + plan.changeBack) {
      $0 + option.activities[$1 - 1].amount
    }
    return plan.modifies == nil ? max(0, due - leftOfHold) : min(due, taken)
  }

  private var givenElsewhere: Int64 {
    plan.refunds.reduce(0) { sum, refund in
      [SagaPlan.Refund.elsewhere, SagaPlan.Refund.dispute].contains(refund.slot)
        ? sum + refund.counted : sum
    }
  }

  /// Money that had counted as given back was not, in the end: what it paid for is owed again.
  ///
  /// Nothing is when our own refunds were not made less for it.
  mutating func oweAgain(_ refund: String, _ amount: Int64, _ giver: Giver = .somebody) {
    let missing = missing
    guard missing > 0 else { return }
    let isAsked = steps.contains { step in
      step.key.direction == .undo && step.status != .rejected
        && (plan.cause == nil ? step.key.slot.isPartialRefund : step.key.slot == .charge)
    }
    if isAsked, missing > askable {
      let left = min(amount, missing - askable)
      for index in plan.refunds.indices where plan.refunds[index].id == refund {
        plan.refunds[index].left = left
      }
      attend(
        AttentionItem(
          slot: .charge, reason: "refund-failed", reference: refund,
          known: JSONObject.text([
            ("payment_intent", plan.paymentIntent ?? ""), ("refund", refund),
            ("amount", "\(left) \(charge.currency)"),
            ("what", giver.what),
          ]),
          advice:
            "\(giver.sentence), and the trip's own refund was less for it: compare with Stripe and pay what is missing."
        ))
      if askable == 0 { return }
    }
    if plan.phase == .ended, state == .confirmed {
      plan.phase = .monitoring
    } else {
      tryChargeAgain()
    }
  }

  /// Who had given money back that does not count any more.
  enum Giver {
    /// Somebody who refunded it by hand, or another program.
    case somebody
    /// The customer's bank, which had withdrawn it for a dispute.
    case bank

    fileprivate var what: String {
      switch self {
      case .somebody: "made by somebody else"
      case .bank: "withdrawn by the customer's bank, which has given it back to us"
      }
    }
    fileprivate var sentence: String {
      switch self {
      case .somebody: "A refund that was made by hand came to nothing"
      case .bank: "The customer's bank lost a dispute, and has given the money back to us"
      }
    }
  }

  /// What the customer is to get back and nobody has given back or been asked for.
  private var missing: Int64 {
    guard plan.cause != nil else { return promised - asked(but: nil) - givenElsewhere }
    // A refund on its way, whose answer is not known yet, is not among those that are known.
    let underWay = steps.reduce(Int64(0)) { sum, step in
      let isRefund = step.key.slot.isPartialRefund || step.key.slot == .charge
      let isUnknown = step.reference == nil && step.isOpen
      return sum
        + (step.key.direction == .undo && isRefund && isUnknown ? step.amountAsked : 0)
    }
    return owed.minorUnits - underWay
  }

  /// The prices of the failed parts whose refund was not asked for, as others had paid for them.
  private var askable: Int64 {
    guard plan.cause == nil else { return 0 }
    func price(_ slot: Slot, _ amount: Int64) -> Int64 {
      let step = step(slot, .undo)
      return step == nil || step?.status == .rejected ? amount : 0
    }
    let vendors =
      (plan.hotelGone ? price(.hotelRefund, hotelBack) : 0)
      + (plan.flightGone ? price(.flightRefund, option.flight.amount) : 0) + changeUnasked
    return (chargedInVain + plan.activitiesGone).reduce(vendors) {
      $0 + price(.activityRefund($1), back($1))
    }
  }
}

extension SagaPlan.Refund {
  /// The slot of refunds that no step of the trip asked for.
  static let elsewhere = "elsewhere"

  /// Whether a refund may go from a status that is known to another one, or has it still: a final status is never
  /// taken back by an older word, and events, lists and answers come in any order.
  ///
  /// Source: Stripe documentation, "Refunds": a refund that succeeded may still fail; nothing follows a failure.
  static func mayBecome(_ status: String, after before: String?) -> Bool {
    switch before {
    case "failed", "canceled": false
    case "succeeded": status == "failed" || status == "canceled"
    default: true
    }
  }

  /// Whether it was made by somebody else and gave nothing back.
  var isVoidElsewhere: Bool {
    (slot == Self.elsewhere && (status == "failed" || status == "canceled"))
      || (slot == Self.dispute && status == Dispute.won.rawValue)
  }
}

extension SagaPlan.Refund {
  /// What of it need not be given back any more, in minor units.
  var counted: Int64 { isVoidElsewhere ? left ?? 0 : amount }
}

extension SagaStep {
  /// What a refund's request asks for, in minor units; 0 when it names no amount.
  var amountAsked: Int64 {
    for field in request.body.split(separator: UInt8(ascii: "&")) {
      let text = String(decoding: field, as: UTF8.self)
      if text.hasPrefix("amount=") { return Int64(text.dropFirst(7)) ?? 0 }
    }
    return 0
  }
}

extension Rejection {
  /// Whether Stripe refuses a refund because less (or nothing) is left to refund.
  ///
  /// Source: Stripe documentation, Error codes, `charge_already_refunded`; for too large an amount
  /// Stripe answers without a code, and its recorded text tells.
  var saysLessIsLeft: Bool { Self.saysLessIsLeft(text) }

  static func saysLessIsLeft(_ text: String) -> Bool {
    text.contains("charge_already_refunded") || text.contains("greater than unrefunded amount")
  }
}

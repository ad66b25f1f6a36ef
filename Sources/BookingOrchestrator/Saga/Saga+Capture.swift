/// Paying when booked: the card holds the total first, and is charged once when the trip is booked.
///
/// Source: Stripe documentation, "Place a hold on a payment method": `capture_method=manual`; the intent
/// waits in `requires_capture`; it is captured once, in full or in part, and what is not captured is
/// released; one that is cancelled, or expires, becomes `canceled` and takes nothing.
///
/// People capture holds too, or cancel them, in Stripe's dashboard. A hold can be captured only once, so
/// what they took is the trip's payment: enough, and the trip goes on, what is too much of it refunded; too
/// little, and the rest cannot be had any more: the trip fails, and what was taken is refunded.
extension Saga {
  /// Whether the card only holds the money until the trip is booked; of a modification that costs nothing
  /// more there is nothing to hold.
  var capturesLater: Bool { request.capture == .whenBooked && !isFree }

  /// Whether the card holds the money and nothing of it was taken, as far as is known.
  var isHeld: Bool {
    capturesLater && step(.charge, .forward)?.status == .done && plan.hold?.captured == nil
  }

  /// What was taken from the card, in minor units.
  var taken: Int64 { capturesLater ? plan.hold?.captured ?? 0 : charge.minorUnits }

  /// The activities that failed and were charged all the same: their prices are owed.
  var chargedInVain: [Int] {
    guard let hold = plan.hold else { return plan.failed }
    return plan.failed.filter { !hold.released.contains($0) }
  }

  /// Whether the customer bears what vendors keep: it was they who cancelled, and they had paid. Who
  /// cancels before the card is charged is charged nothing, and neither is who cancels what could not
  /// have been confirmed any more.
  var isAtCustomersCost: Bool {
    guard plan.cause == .cancel else { return false }
    guard capturesLater else { return true }
    return plan.hold?.captured.map { $0 >= due.minorUnits } ?? false
  }

  /// What whoever captured the hold left of it beyond what had failed by then, in minor units: nobody was
  /// charged it, so nobody is given it back.
  var leftOfHold: Int64 {
    guard let hold = plan.hold, let captured = hold.captured else { return 0 }
    return charge.minorUnits - captured - priceOfActivities(hold.released)
  }

  /// What is taken of the hold: the price of what is booked. Of a modification that may be nothing: what
  /// failed costs more than the difference, and its lenders give back the rest.
  private var due: Money {
    Money(minorUnits: max(0, charge.minorUnits - failedPrice), currency: charge.currency)
  }

  /// What the trip can still come to cost at least, in minor units: if all activities that are not booked
  /// yet fail.
  private var leastDue: Int64 {
    due.minorUnits
      - priceOfActivities(
        ownActivities.filter {
          !plan.leftOut.contains($0) && !plan.failed.contains($0)
            && step(.activity($0), .forward)?.status != .done
        })
  }

  private var failedPrice: Int64 { priceOfActivities(plan.failed) }

  private func priceOfActivities(_ numbers: [Int]) -> Int64 {
    numbers.reduce(0) { $0 + option.activities[$1 - 1].amount }
  }

  // MARK: Holding

  /// Draws the conclusion for a confirmation that was to hold the money; false for what is the same
  /// of any charge.
  mutating func holdSeen(_ index: Int, _ intent: StripePaymentIntent, at now: Timestamp) -> Bool {
    switch intent.status {
    case "requires_capture":
      guard steps[index].status != .done else { return true }
      guard intent.amount == charge.minorUnits, intent.amountCapturable == charge.minorUnits,
        intent.currency.uppercased() == charge.currency.code
      else {
        park(
          index, reason: "payment-mismatch",
          known: [
            ("payment_intent", intent.id), ("expected", "\(charge.minorUnits) \(charge.currency)"),
            ("held", "\(intent.amountCapturable ?? 0) \(intent.currency)"),
          ], advice: "Stripe holds other money than was asked for: see that it is released.")
        return true
      }
      plan.hold = SagaPlan.Hold()
      changes.append(.payment(.held(charge: intent.latestCharge)))
      finish(
        index, intent.latestCharge ?? intent.id, "held \(charge.decimalText) \(charge.currency)")
      return true
    case "succeeded" where intent.isReceivedUntold == true:
      guard steps[index].status != .done else { return true }
      again(index, Self.untold, isUnknown: true, at: now)
      return true
    case "succeeded" where isAsAsked(intent):
      // Somebody else captured all of it before its hold was known.
      if steps[index].status != .done { plan.hold = SagaPlan.Hold(captured: charge.minorUnits) }
      return false
    case "succeeded" where isPart(intent):
      // Likewise a part of it.
      guard steps[index].status != .done else { return true }
      changes.append(.payment(.held(charge: intent.latestCharge)))
      finish(
        index, intent.latestCharge ?? intent.id, "held \(charge.decimalText) \(charge.currency)")
      takenByHand(intent)
      return true
    default: return false
    }
  }

  /// Whether the booking may go on: nil while the hold stands, or enough was taken of it.
  ///
  /// An event may have told that the bank took it back, or that somebody captured too little of it: then
  /// nothing more is booked on it.
  mutating func watchHold(at now: Timestamp) -> [SagaAction]? {
    if let captured = plan.hold?.captured, captured < leastDue { return failShort() }
    guard isHeld, let hold = plan.hold, let intent = plan.paymentIntent,
      let index = index(.charge, .forward)
    else { return nil }
    if hold.hasEnded { return failUnpaid() }
    guard hold.isInDoubt else { return nil }
    return lookUp(index, .paymentIntent(id: intent), at: now)
  }

  /// Takes in a look at a hold that an event had brought into doubt.
  mutating func holdLookedAt(_ intent: StripePaymentIntent, at now: Timestamp) {
    guard isHeld else { return }
    plan.hold?.isInDoubt = false
    switch intent.status {
    case "canceled":
      plan.hold?.hasEnded = true
      story.append("the hold has ended")
    case "succeeded": heldWasTaken(intent, at: now)
    default: break
    }
  }

  private mutating func failUnpaid() -> [SagaAction] {
    fail(
      "payment-expired",
      "The hold on the card ended before the trip was booked; the card was not charged.")
  }

  /// A hold is captured once: what somebody left of it cannot be had any more.
  private mutating func failShort() -> [SagaAction] {
    fail(
      "payment-mismatch",
      "Somebody captured less of the hold than the trip costs; what was taken is refunded.")
  }

  // MARK: Taking

  /// Takes the price of what is booked; nil when it is taken, or was when the card was charged.
  mutating func takeHeld(at now: Timestamp) -> [SagaAction]? {
    guard capturesLater, let intent = plan.paymentIntent else { return nil }
    if let captured = plan.hold?.captured {
      guard captured < due.minorUnits else {
        // Before the mail that is written next, which tells what is paid.
        if let index = index(.capture, .forward) { writeDown(index) }
        return nil
      }
      return failShort()
    }
    if let why = whyNotCapturable { return fail("difference-too-small", why) }
    if due.minorUnits == 0 { return letGo(at: now) }
    if let index = index(.capture, .forward) {
      switch steps[index].status {
      case .done: return nil
      case .needsAttention: return fail("payment-mismatch", "The payment could not be completed.")
      case .rejected where !steps[index].wasWithoutEffect: return failUnpaid()
      case .intent, .unknown:
        guard isDue(index, at: now) else { return [] }
        // Look before sending again: the truth is one read away.
        if steps[index].isUnseen { return lookUp(index, .paymentIntent(id: intent), at: now) }
        guard steps[index].attempt >= RetryPolicy.confirmations else {
          return resend(index, at: now)
        }
        // A stored 500 is replayed for ever. A new key is safe: a hold is captured once.
        reject(index, SagaStep.withoutEffect + "one hold cannot be captured twice")
      case .rejected: break
      }
    }
    guard mayIntend(.capture, .forward, at: now) else { return [] }
    return intend(
      .capture, .forward, vendors.stripe.capturePaymentIntent(intent, amount: due), cause: "book",
      at: now)
  }

  /// Why what is left of a difference cannot be taken; nil when it can, or nothing is left.
  private var whyNotCapturable: String? {
    guard plan.modifies != nil, isHeld,
      (1..<ChargeRules(charge.currency).least).contains(due.minorUnits)
    else { return nil }
    return "The difference of \(due.decimalText) \(due.currency) is too small to be charged."
  }

  /// Releases a hold of which nothing is taken, before the trip is confirmed; nil when that is done.
  private mutating func letGo(at now: Timestamp) -> [SagaAction]? {
    if case .working(let actions) = cancelIntent(at: now) { return actions }
    // Somebody else may have taken it after all.
    if plan.hold?.captured == nil { plan.hold = SagaPlan.Hold(captured: 0, released: plan.failed) }
    return nil
  }

  mutating func captureAnswered(
    _ index: Int, _ outcome: Outcome<StripePaymentIntent>, at now: Timestamp
  ) {
    switch outcome {
    case .done(var intent):
      // What our own capture took is what it asked for.
      if intent.isReceivedUntold == true {
        intent.amountReceived = due.minorUnits
        intent.isReceivedUntold = nil
      }
      captureSeen(index, intent, at: now)
    case .rejected(let rejection):
      // "Unexpected state" may mean that an earlier try took it: believe the intent's status.
      if let intent = rejection.paymentIntent, ["succeeded", "canceled"].contains(intent.status) {
        captureSeen(index, intent, at: now)
      } else {
        reject(index, rejection.text)
      }
    case .retry(let retry):
      again(index, retry, isUnknown: false, at: now)
      steps[index].lookups = 1  // Nothing was executed: no need to look, send again.
    case .unknown(let retry): again(index, retry, isUnknown: true, at: now)
    }
  }

  /// Draws the conclusion from the payment intent's own status after it was to be captured.
  mutating func captureSeen(_ index: Int, _ intent: StripePaymentIntent, at now: Timestamp) {
    guard steps[index].isOpen else { return }
    switch intent.status {
    case "succeeded" where intent.isReceivedUntold == true:
      again(index, Self.untold, isUnknown: true, at: now)
    case "succeeded":
      guard isPart(intent) || isAsAsked(intent) else {
        park(
          index, reason: "payment-mismatch",
          known: [
            ("payment_intent", intent.id), ("expected", "\(due.minorUnits) \(charge.currency)"),
            ("charged", "\(intent.amountReceived) \(intent.currency)"),
          ], advice: "Stripe charged other money than was asked for: refund it by hand.")
        return
      }
      guard intent.amountReceived == due.minorUnits else {
        reject(index, "somebody else had captured the hold")
        takenByHand(intent)
        return
      }
      finish(
        index, intent.latestCharge ?? intent.id, "captured \(due.decimalText) \(due.currency)")
      noteTaken(due, releasing: plan.failed)
    case "canceled": reject(index, "the hold ended before it was captured")
    case "requires_capture":
      // Not captured so far; a request on its way may still do it.
      postpone(index, nil, at: now)
    default:
      again(
        index, Retry(reason: "unexpected status \(intent.status)", after: nil), isUnknown: true,
        at: now)
    }
  }

  private static var untold: Retry {
    Retry(reason: "Stripe does not tell how much it captured", after: nil)
  }

  /// Takes in that what was held is taken, by our own capture or by somebody else's.
  mutating func heldWasTaken(_ intent: StripePaymentIntent, at now: Timestamp) {
    guard isHeld else { return }
    if let index = index(.capture, .forward), steps[index].isOpen {
      captureSeen(index, intent, at: now)
    } else if intent.isReceivedUntold == true {
      plan.hold?.isInDoubt = true
    } else if isPart(intent) || isAsAsked(intent) {
      takenByHand(intent)
    }
  }

  /// Whether a part of what this trip asked for was captured.
  private func isPart(_ intent: StripePaymentIntent) -> Bool {
    intent.amount == charge.minorUnits && intent.currency.uppercased() == charge.currency.code
      && intent.amountReceived > 0 && intent.amountReceived < charge.minorUnits
  }

  /// Notes what somebody else captured: whatever had failed by then, they may have taken its price.
  private mutating func takenByHand(_ intent: StripePaymentIntent) {
    story.append("captured by somebody else")
    noteTaken(Money(minorUnits: intent.amountReceived, currency: charge.currency), releasing: [])
    for position in warnings.indices where warnings[position].code == TripWarning.activityFailed {
      warnings[position].message = warnings[position].message.replacing(
        Self.notCharged, with: Self.notKept)
    }
  }

  /// What becomes of the price of an activity that failed, as its warning says.
  var becomesOfPrice: String {
    // A hold that is too small for it leaves the rest to be given back.
    if isHeld, failedPrice <= charge.minorUnits { return Self.notCharged }
    return leftOfHold > 0 ? Self.notKept : "is refunded"
  }
  private static var notCharged: String { "is not charged" }
  private static var notKept: String { "is not kept" }

  private mutating func noteTaken(_ amount: Money, releasing failed: [Int]) {
    plan.hold = SagaPlan.Hold(captured: amount.minorUnits, released: failed)
    changes.append(.payment(.heldCaptured(amount.minorUnits)))
    let generation = step(.charge, .forward)?.generation ?? 1
    changes.append(
      .ledger(
        LedgerPosting(
          txn: "\(id):charge:\(generation)", debit: "stripe", credit: "customer", amount: amount,
          cause: "book")))
  }

  /// Notes that the hold is released: what was to take it cannot any more.
  mutating func holdReleased() {
    guard let index = index(.capture, .forward), steps[index].isOpen else { return }
    reject(index, "the hold was released before it was captured")
  }

  // MARK: Told by events

  /// Takes in what an event says of a hold; nil for what is the same of any payment.
  ///
  /// That there is news is the event's to say; what is so, Stripe's own object tells.
  mutating func told(
    ofHold intent: StripePaymentIntent, _ type: String, charge index: Int
  ) -> String? {
    guard capturesLater else { return nil }
    if steps[index].isOpen {
      guard type == "payment_intent.amount_capturable_updated" else { return nil }
      lookAtOnce(index)
      return "looking"
    }
    // What we release ourselves is no news.
    guard isHeld, plan.phase == .booking, step(.intent, .undo) == nil,
      ["payment_intent.succeeded", "payment_intent.canceled"].contains(type)
    else { return nil }
    if let capture = self.index(.capture, .forward), steps[capture].isOpen {
      lookAtOnce(capture)
    } else {
      plan.hold?.isInDoubt = true
    }
    return "looking"
  }

  private mutating func lookAtOnce(_ index: Int) {
    steps[index].lookups = 0
    steps[index].notBefore = nil
    steps[index].isChanged = true
  }
}

/// Undoing, in the reverse order of doing; a slot begins only when every later one is settled.
extension Saga {
  /// How far one undo is.
  enum Progress {
    /// Undone, parked, or there was nothing to undo.
    case settled
    /// Something is to be done, or (without actions) waited for.
    case working([SagaAction])
  }

  mutating func beginUndo(_ cause: SagaPlan.Cause) -> [SagaAction] {
    plan.cause = cause
    plan.phase = .undoing
    plan.tries = SagaPlan.Tries()
    if cause == .cancel { move(to: .cancelling) }
    story.append(cause == .cancel ? "cancelling" : "rolling back")
    return []
  }

  mutating func undo(at now: Timestamp) -> [SagaAction] {
    if case .working(let actions) = cancelModifications() { return actions }
    // Refunds already under way come to rest first, so that the last one is exact.
    for index in steps.indices where steps[index].key.slot.isPartialRefund {
      if case .working(let actions) = refundProgress(index, at: now) { return actions }
    }
    for number in option.activities.indices.reversed().map({ $0 + 1 }) {
      if case .working(let actions) = undoActivity(number, at: now) { return actions }
    }
    if case .working(let actions) = undoHotel(at: now) { return actions }
    if case .working(let actions) = undoFlight(at: now) { return actions }
    if case .working(let actions) = undoCharge(at: now) { return actions }
    if case .working(let actions) = undoIntent(at: now) { return actions }
    move(to: plan.cause == .cancel ? .cancelled : .failed)
    plan.phase = .awaitingRefunds
    finishedAt = now
    plan.tries = SagaPlan.Tries()
    postPenalties()
    tellEnd()
    if plan.modifies == nil {
      changes.append(.mail(state == .cancelled ? .cancellation : .failure))
    } else if state == .failed {
      changes.append(.mail(.unchanged))
    }
    releaseOption()
    story.append(state == .cancelled ? "cancelled" : "failed")
    return []
  }

  /// Lets others have the option of a trip that failed, once nothing of it is left to anybody.
  mutating func releaseOption() {
    if state == .failed, !needsAttention { changes.append(.releaseOption) }
  }

  // MARK: Activities

  mutating func undoActivity(_ number: Int, at now: Timestamp) -> Progress {
    let slot = Slot.activity(number)
    if plan.activitiesGone.contains(number), plan.penalties[slot.text] != nil { return .settled }
    guard let done = index(slot, .forward) else { return .settled }
    switch steps[done].status {
    case .rejected, .needsAttention: return .settled
    case .intent, .unknown:
      // Whether it exists, and whether the supplier has decided: our own reference finds it.
      return .working(status(of: done, at: now))
    case .done: break
    }
    guard let reference = steps[done].reference else { return .settled }
    if let undo = index(slot, .undo) {
      switch steps[undo].status {
      case .needsAttention: return .settled
      case .done:
        guard !plan.finalPenalties.contains(slot.text) else { return .settled }
        // The quote was taken before the cancellation; only now is it final.
        return .working(lookUp(undo, .activityCancelQuote(bookingRef: reference), at: now))
      case .intent, .unknown: return .working(isDue(undo, at: now) ? resend(undo, at: now) : [])
      case .rejected: break
      }
    }
    guard mayIntend(slot, .undo, at: now) else { return .working([]) }
    if steps[done].reason == SagaStep.unlisted { return .working(status(of: done, at: now)) }
    guard plan.penalties[slot.text] != nil else {
      return .working(lookUp(done, .activityCancelQuote(bookingRef: reference), at: now))
    }
    let cause = plan.phase == .undoing || plan.isOut(slot) ? undoCause : slot.text
    return .working(
      intend(slot, .undo, vendors.viator.cancel(bookingRef: reference), cause: cause, at: now))
  }

  private mutating func status(of index: Int, at now: Timestamp) -> [SagaAction] {
    lookUp(
      index,
      .activityStatus(
        partnerBookingRef: label(steps[index].key.slot, steps[index].generation)), at: now)
  }

  /// Why a part is undone: with the whole trip, or because a modification replaced it.
  private var undoCause: String {
    plan.cause?.rawValue ?? (plan.modifications == nil ? "rollback" : "change")
  }

  // MARK: Hotel

  mutating func undoHotel(at now: Timestamp) -> Progress {
    guard let done = index(.hotel, .forward) else { return .settled }
    switch steps[done].status {
    case .rejected, .needsAttention: return .settled
    case .intent, .unknown: return .working(findHotel(done, at: now))
    case .done: break
    }
    guard let order = steps[done].reference else { return .settled }
    if plan.hotelGone { return .settled }
    if let undo = index(.hotel, .undo) {
      switch steps[undo].status {
      case .needsAttention: return .settled
      case .done:
        // What the property kept is known only afterwards.
        guard plan.penalties["hotel"] == nil else { return .settled }
        return .working(lookUp(undo, .hotelOrder(id: order), at: now))
      case .intent, .unknown:
        guard isDue(undo, at: now) else { return .working([]) }
        if steps[undo].wasRefused {
          return .working(lookUp(undo, .hotelOrder(id: order), at: now))
        }
        return .working(resend(undo, at: now))
      case .rejected: break
      }
    }
    guard mayIntend(.hotel, .undo, at: now) else { return .working([]) }
    return .working(
      intend(
        .hotel, .undo,
        vendors.bookingCom.cancelOrder(order, reservation: plan.hotelReservation ?? ""),
        cause: undoCause, at: now))
  }

  // MARK: Flight

  mutating func undoFlight(at now: Timestamp) -> Progress {
    guard let done = index(.flight, .forward), steps[done].status == .done,
      let order = steps[done].reference
    else { return .settled }
    if plan.flightGone { return .settled }
    if let undo = index(.flight, .undo) {
      switch steps[undo].status {
      case .done, .needsAttention: return .settled
      case .intent, .unknown:
        guard isDue(undo, at: now) else { return .working([]) }
        if steps[undo].wasRefused {
          return .working(lookUp(undo, .flightOrder(id: order), at: now))
        }
        return .working(resend(undo, at: now))
      case .rejected: break
      }
    }
    guard mayIntend(.flight, .undo, at: now) else { return .working([]) }
    return .working(
      intend(
        .flight, .undo, vendors.amadeus.cancelOrder(order),
        cause: undoCause, at: now))
  }

  // MARK: Charge and intent

  mutating func undoCharge(at now: Timestamp) -> Progress {
    guard let done = index(.charge, .forward) else { return .settled }
    switch steps[done].status {
    case .rejected, .needsAttention: return .settled
    case .intent, .unknown:
      // Cancelling the intent is the fence: afterwards no late confirmation can charge it.
      return cancelIntent(at: now)
    case .done where isHeld:
      // Nothing was taken: the hold is released, and nothing is refunded.
      return cancelIntent(at: now)
    case .done:
      // What a bank took back is not given back as well.
      if case .working(let actions) = listDisputesInDoubt(at: now) { return .working(actions) }
      let amount = owed
      guard amount.minorUnits > 0 || step(.charge, .undo) != nil else { return .settled }
      return refund(.charge, amount, cause: plan.cause?.rawValue ?? "rollback", at: now)
    }
  }

  private mutating func undoIntent(at now: Timestamp) -> Progress {
    guard let done = index(.intent, .forward) else { return .settled }
    switch steps[done].status {
    case .rejected, .needsAttention: return .settled
    case .intent, .unknown:
      reject(done, SagaStep.withoutEffect + "an unconfirmed payment intent moves no money")
      return .settled
    case .done:
      guard step(.charge, .forward)?.status == .done, !isHeld else {
        return cancelIntent(at: now)
      }
      if let undo = index(.intent, .undo), steps[undo].isOpen {
        // The fence came too late, as an event told before its own answer did.
        reject(undo, "the payment had succeeded")
      }
      return .settled
    }
  }

  mutating func cancelIntent(at now: Timestamp) -> Progress {
    guard let intent = plan.paymentIntent else { return .settled }
    if let undo = index(.intent, .undo) {
      switch steps[undo].status {
      case .done, .needsAttention: return .settled
      case .intent, .unknown:
        guard isDue(undo, at: now) else { return .working([]) }
        if steps[undo].isUnseen {
          return .working(lookUp(undo, .paymentIntent(id: intent), at: now))
        }
        guard steps[undo].attempt >= 3 else { return .working(resend(undo, at: now)) }
        // Cancelling twice is harmless; a new key gets past a stored 500.
        reject(undo, SagaStep.withoutEffect + "Stripe shows the intent uncanceled")
      case .rejected where !steps[undo].wasWithoutEffect: return .settled
      case .rejected: break
      }
    }
    guard mayIntend(.intent, .undo, at: now) else { return .working([]) }
    return .working(
      intend(
        .intent, .undo, vendors.stripe.cancelPaymentIntent(intent),
        cause: plan.cause?.rawValue ?? "rollback", at: now))
  }

  /// What the last refund gives back: what was charged, less what was refunded already or closed by an
  /// operator, less, when the customer asked for the cancellation, what the vendors keep for what the
  /// customer had.
  var owed: Money {
    let refunded = plan.refunds.reduce(Int64(0)) { $0 + $1.counted }
    return Money(
      minorUnits: max(0, taken - refunded - closedRefusals - kept),
      currency: charge.currency)
  }

  /// What the customer bears of the vendors' penalties, in minor units: those of what they had, when
  /// it was they who cancelled.
  ///
  /// What modifications still need of this payment is kept as well; what a modification was lent pays for
  /// its penalties first.
  var kept: Int64 {
    guard isAtCustomersCost else { return 0 }
    return max(0, keptByVendors - plan.changeLoss + plan.lent - credit)
  }

  /// What vendors keep of what the customer had, in minor units.
  var keptByVendors: Int64 {
    // The order does not matter to a sum.
    plan.penalties.reduce(0) { $0 + (isGivenUp($1.key) ? 0 : $1.value) }
  }

  /// Whether a slot is an activity that the traveller was told had failed: they never had it, so
  /// what its supplier keeps when it is found and undone after all is our loss, whatever they
  /// cancel later.
  func isGivenUp(_ slot: String) -> Bool {
    plan.failed.contains { Slot.activity($0).text == slot }
  }

  /// Writes down who bears the vendors' cancellation penalties: the customer who cancelled, or us.
  ///
  /// The penalty of an activity given up is posted as soon as it is final, before or after this.
  private mutating func postPenalties() {
    for (slot, amount) in plan.penalties.sorted(by: { $0.key < $1.key }) where !isGivenUp(slot) {
      if plan.activitiesGone.contains(where: { Slot.activity($0).text == slot }) { continue }
      if plan.hotelGone, slot == Slot.hotel.text { continue }
      if Slot(text: slot).map(plan.isOut) == true { continue }
      post(penalty: amount, slot, bearer: isAtCustomersCost ? "customer" : "penalty")
    }
  }

  /// Writes down one penalty and who bears it: the account `customer`, or ours, `penalty`.
  mutating func post(
    penalty amount: Int64, _ slot: String, bearer: String, cause: String? = nil
  ) {
    guard amount > 0 else { return }
    changes.append(
      .ledger(
        LedgerPosting(
          txn: "\(id):penalty:\(slot)", debit: bearer, credit: "vendors",
          amount: Money(minorUnits: amount, currency: charge.currency),
          cause: cause ?? plan.cause?.rawValue ?? "rollback")))
  }
}

extension Slot {
  /// Whether it is a refund of a part, beside the trip's own undoing.
  var isPartialRefund: Bool {
    switch self {
    case .activityRefund, .hotelRefund, .flightRefund, .changeRefund: true
    case .intent, .charge, .flight, .hotel, .activity, .capture: false
    }
  }
}

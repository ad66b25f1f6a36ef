/// Booking, in order: intent, charge, flight, hotel, then all activities side by side.
extension Saga {
  mutating func book(at now: Timestamp) -> [SagaAction] {
    if plan.cancelAsked { return beginUndo(.cancel) }
    if now > deadline {
      return fail(
        "deadline-passed",
        capturesLater
          ? "The trip could not be completed in time; nothing of its price is kept."
          : "The trip could not be completed in time; the customer is refunded in full.")
    }
    if let actions = openIntent(at: now) { return actions }
    if let actions = bookCharge(at: now) { return actions }
    if let actions = watchHold(at: now) { return actions }
    if let actions = bookFlight(at: now) { return actions }
    if let actions = bookHotel(at: now) { return actions }
    return bookActivities(at: now)
  }

  /// Whether a step that does not exist yet, or was rejected without effect, may be tried now.
  func mayIntend(_ slot: Slot, _ direction: Direction, at now: Timestamp) -> Bool {
    (plan.tries[.send(.init(slot: slot, direction: direction))]?.notBefore).map { $0 <= now }
      ?? true
  }

  /// Notes that a request was answered "not executed": the next try is a new generation.
  mutating func notExecuted(_ index: Int, _ retry: Retry, at now: Timestamp) {
    let step = steps[index]
    reject(index, SagaStep.notExecuted + retry.reason)
    let delay = RetryPolicy.delay(
      afterAttempt: step.generation, fraction: jitter(step.key.slot, step.generation))
    plan.tries[.send(step.key)] = .init(
      failures: step.generation, notBefore: now + max(delay, retry.after ?? .zero))
  }

  // Each returns nil when its slot is done.

  private mutating func openIntent(at now: Timestamp) -> [SagaAction]? {
    if isFree { return nil }
    if let index = index(.intent, .forward) {
      switch steps[index].status {
      case .done: return nil
      case .rejected where !steps[index].wasWithoutEffect:
        return fail(
          "payment-refused", "The payment could not be set up: \(steps[index].reason ?? "")")
      case .needsAttention: return fail("payment-refused", "The payment could not be set up.")
      case .intent, .unknown:
        guard isDue(index, at: now) else { return [] }
        guard steps[index].attempt >= 4 else { return resend(index, at: now) }
        // An intent that nobody confirms moves no money: a second one is harmless, and a stored
        // 500 would be replayed for ever under the first key.
        reject(index, SagaStep.withoutEffect + "an unconfirmed payment intent moves no money")
      case .rejected: break
      }
    }
    guard mayIntend(.intent, .forward, at: now) else { return [] }
    let generation = (step(.intent, .forward)?.generation ?? 0) + 1
    return intend(
      .intent, .forward,
      vendors.stripe.createPaymentIntent(
        amount: charge, customer: request.customer.stripeCustomerId,
        paymentMethod: request.paymentMethodId, booking: id, generation: generation,
        capture: request.capture ?? .atOnce),
      cause: "book", at: now)
  }

  private mutating func bookCharge(at now: Timestamp) -> [SagaAction]? {
    if isFree { return nil }
    guard let intent = plan.paymentIntent else {
      preconditionFailure("\(id): no intent to confirm")
    }
    if let index = index(.charge, .forward) {
      switch steps[index].status {
      case .done: return nil
      case .rejected where !steps[index].wasWithoutEffect:
        return fail("payment-declined", "The payment was declined: \(steps[index].reason ?? "")")
      case .needsAttention: return fail("payment-declined", "The payment could not be completed.")
      case .intent, .unknown:
        guard isDue(index, at: now) else { return [] }
        // Look before sending again: the truth is one read away.
        if steps[index].isUnseen || steps[index].reference == SagaStep.processing {
          return lookUp(index, .paymentIntent(id: intent), at: now)
        }
        guard steps[index].attempt >= RetryPolicy.confirmations else {
          return resend(index, at: now)
        }
        // Stripe shows the intent unconfirmed after several tries (a stored 500 is replayed for
        // ever). A new key is safe: one intent cannot be confirmed twice.
        reject(index, SagaStep.withoutEffect + "one intent cannot be charged twice")
      case .rejected: break
      }
    }
    guard mayIntend(.charge, .forward, at: now) else { return [] }
    return intend(
      .charge, .forward, vendors.stripe.confirmPaymentIntent(intent), cause: "book", at: now)
  }

  private mutating func bookFlight(at now: Timestamp) -> [SagaAction]? {
    if !isOwn(.flight) { return nil }
    if let step = step(.flight, .forward) {
      switch step.status {
      case .done: return nil
      case .rejected where !step.wasWithoutEffect:
        return fail("flight-refused", "The flight could not be booked: \(step.reason ?? "")")
      case .needsAttention:
        return fail(
          "flight-unknown",
          "Whether the flight was booked is not known; the trip is rolled back and "
            + (capturesLater ? "not charged." : "refunded."))
      case .intent, .unknown:
        preconditionFailure("\(id): a flight order's doubt is parked at once")
      case .rejected: break
      }
    }
    guard mayIntend(.flight, .forward, at: now) else { return [] }
    guard let priced else { return read(.priceFlight, .flight, at: now) }
    if let expiry = option.flight.expiresAt, now.microseconds >= expiry {
      return fail("flight-offer-expired", "The flight offer expired before it could be booked.")
    }
    return intend(
      .flight, .forward,
      vendors.amadeus.createOrder(
        offer: priced.offer, travelers: request.travelers, contact: request.customer),
      cause: "book", at: now)
  }

  private mutating func bookHotel(at now: Timestamp) -> [SagaAction]? {
    if !isOwn(.hotel) { return nil }
    if let index = index(.hotel, .forward) {
      let step = steps[index]
      switch step.status {
      case .done: return nil
      case .rejected
      where !step.wasWithoutEffect
        || (!step.wasNotExecuted && step.generation >= RetryPolicy.hotelGenerations):
        return fail("hotel-refused", "The hotel could not be booked: \(step.reason ?? "")")
      case .needsAttention: return fail("hotel-refused", "The hotel could not be booked.")
      case .intent, .unknown:
        guard step.reason?.hasPrefix(SagaStep.notExecuted) == true else {
          return findHotel(index, at: now)
        }
        return isDue(index, at: now) ? resend(index, at: now) : []
      case .rejected: break
      }
    }
    guard mayIntend(.hotel, .forward, at: now) else { return [] }
    if let shown = preview, now - shown.at > RetryPolicy.orderToken { preview = nil }
    guard let shown = preview?.0 else { return read(.previewHotel, .hotel, at: now) }
    preview = nil  // A token is good for one order.
    let generation = (step(.hotel, .forward)?.generation ?? 0) + 1
    let actions = intend(
      .hotel, .forward,
      vendors.bookingCom.createOrder(
        token: shown.orderToken, label: label(.hotel, generation), hotel: option.hotel,
        booker: request.customer, guests: request.travelers),
      cause: "book", at: now)
    return actions
  }

  /// Looks a hotel order up by its label, among those made while our requests could have arrived.
  mutating func findHotel(_ index: Int, at now: Timestamp) -> [SagaAction] {
    let step = steps[index]
    let sent = step.lastSent ?? createdAt
    let from = (step.firstSent ?? sent) + .seconds(-60)
    let to = min(now + .seconds(1), sent + Capabilities.of(.hotel).longestProcessing)
    return lookUp(
      index, .hotelByLabel(label(.hotel, step.generation), from: from, to: to), at: now)
  }

  /// Our reference of a slot's try, as the vendor keeps it.
  func label(_ slot: Slot, _ generation: Int) -> String { "\(id):\(slot.text):\(generation)" }

  private mutating func bookActivities(at now: Timestamp) -> [SagaAction] {
    let until: Timestamp
    if let known = plan.activitiesUntil {
      until = Timestamp(microseconds: known)
    } else {
      until = min(now + RetryPolicy.activities, deadline + .seconds(-60))
      plan.activitiesUntil = until.microseconds
    }
    var actions: [SagaAction] = []
    var isComplete = true
    for number in ownActivities
    where !plan.leftOut.contains(number) && !plan.failed.contains(number) {
      let slot = Slot.activity(number)
      let current = index(slot, .forward)
      if let current, steps[current].status == .done { continue }
      if let current, steps[current].status == .rejected, !steps[current].wasWithoutEffect {
        giveUp(number)
        continue
      }
      guard now < until else {
        giveUp(number)
        continue
      }
      isComplete = false
      if let current, steps[current].isOpen {
        guard isDue(current, at: now) else { continue }
        if steps[current].reference != nil {
          actions += lookUp(
            current, .activityStatus(partnerBookingRef: label(slot, steps[current].generation)),
            at: now)
        } else {
          actions += resend(current, at: now)
        }
      } else if mayIntend(slot, .forward, at: now) {
        let generation = (current.map { steps[$0].generation } ?? 0) + 1
        actions += intend(
          slot, .forward,
          vendors.viator.book(
            option.activities[number - 1], currency: option.currency,
            partnerBookingRef: label(slot, generation), booker: request.customer),
          cause: "book", at: now)
      }
    }
    guard isComplete else { return actions }
    if let actions = takeHeld(at: now) { return actions }
    confirm(at: now)
    return []
  }

  private mutating func giveUp(_ number: Int) {
    plan.failed.append(number)
    warn(
      .activity(number), TripWarning.activityFailed,
      "could not be booked; its price is \(holdsAllThatFailed ? "not charged" : "refunded")")
    changes.append(
      .component(.activity(number), ComponentChange(status: "FAILED", error: "not booked")))
    story.append("activity-\(number) given up")
  }

  private mutating func confirm(at now: Timestamp) {
    move(to: .confirmed)
    plan.phase = .monitoring
    plan.inspectAt = (now + RetryPolicy.inspection).microseconds
    finishedAt = now
    plan.tries = SagaPlan.Tries()
    // Before the mail, which tells of the trip as it is then.
    handOver()
    changes.append(.mail(plan.modifies == nil ? .confirmation : .changed))
    story.append("confirmed")
  }
}

extension SagaStep {
  /// Begins the reason of a rejection that only says "not this time": nothing was executed.
  static let notExecuted = "not executed: "
  /// Begins the reason of a rejection after which a new generation is safe.
  static let withoutEffect = "without effect: "
  /// Stands in for a reference while Stripe is processing a payment.
  static let processing = "processing"

  var wasNotExecuted: Bool { status == .rejected && reason?.hasPrefix(Self.notExecuted) == true }
  var wasWithoutEffect: Bool {
    wasNotExecuted || (status == .rejected && reason?.hasPrefix(Self.withoutEffect) == true)
  }
}

/// What the answers of vendors mean.
extension Saga {
  mutating func answered(_ key: SagaStep.Key, _ answer: SagaEvent.Answer, at now: Timestamp) {
    guard let index = index(key.slot, key.direction) else {
      preconditionFailure("\(id): an answer to \(key.slot.text), which was never sent")
    }
    switch answer {
    case .paymentIntent(let outcome):
      switch (key.slot, key.direction) {
      case (.intent, .forward): intentAnswered(index, outcome, at: now)
      case (.charge, .forward): chargeAnswered(index, outcome, at: now)
      case (.capture, _): captureAnswered(index, outcome, at: now)
      default: intentCancelAnswered(index, outcome, at: now)
      }
    case .refund(let outcome): refundAnswered(index, outcome, at: now)
    case .flightOrder(let outcome): flightAnswered(index, outcome, at: now)
    case .hotelOrder(let outcome): hotelAnswered(index, outcome, at: now)
    case .activity(let outcome): activityAnswered(index, outcome, at: now)
    case .activityCancellation(let outcome): activityCancelAnswered(index, outcome, at: now)
    case .cancelled(let outcome):
      if key.slot == .flight {
        flightCancelAnswered(index, outcome, at: now)
      } else {
        hotelCancelAnswered(index, outcome, at: now)
      }
    }
  }

  /// For vendors that recognise what they have seen: wait and send the same again.
  mutating func again(_ index: Int, _ retry: Retry, isUnknown: Bool, at now: Timestamp) {
    steps[index].status = .unknown
    steps[index].reason = retry.reason
    postpone(index, retry, at: now)
    store(
      index,
      "\(steps[index].key.slot.text) \(isUnknown ? "unknown" : "not executed"): \(retry.reason)")
  }

  // MARK: Stripe

  private mutating func intentAnswered(
    _ index: Int, _ outcome: Outcome<StripePaymentIntent>, at now: Timestamp
  ) {
    switch outcome {
    case .done(let intent):
      plan.paymentIntent = intent.id
      changes.append(.payment(.intentCreated(intent.id)))
      finish(index, intent.id, "intent created")
    case .rejected(let rejection): reject(index, rejection.text)
    case .retry(let retry): again(index, retry, isUnknown: false, at: now)
    case .unknown(let retry): again(index, retry, isUnknown: true, at: now)
    }
  }

  private mutating func chargeAnswered(
    _ index: Int, _ outcome: Outcome<StripePaymentIntent>, at now: Timestamp
  ) {
    switch outcome {
    case .done(let intent): chargeSeen(index, intent, at: now)
    case .rejected(let rejection):
      // "Unexpected state" may mean that an earlier try succeeded, or that somebody else confirmed
      // or cancelled it: believe the intent's status.
      if let intent = rejection.paymentIntent,
        ["succeeded", "processing", "canceled"].contains(intent.status)
          || (capturesLater && intent.status == "requires_capture")
      {
        chargeSeen(index, intent, at: now)
      } else {
        chargeRefused(index, rejection.text)
      }
    case .retry(let retry):
      again(index, retry, isUnknown: false, at: now)
      steps[index].lookups = 1  // Nothing was executed: no need to look, send again.
    case .unknown(let retry): again(index, retry, isUnknown: true, at: now)
    }
  }

  /// Draws the conclusion from the payment intent's own status.
  mutating func chargeSeen(_ index: Int, _ intent: StripePaymentIntent, at now: Timestamp) {
    if capturesLater, holdSeen(index, intent, at: now) { return }
    switch intent.status {
    case "succeeded":
      guard steps[index].status != .done else { return }
      guard isAsAsked(intent) else {
        park(
          index, reason: "payment-mismatch",
          known: [
            ("payment_intent", intent.id), ("expected", "\(charge.minorUnits) \(charge.currency)"),
            ("charged", "\(intent.amountReceived) \(intent.currency)"),
          ], advice: "Stripe charged other money than was asked for: refund it by hand.")
        return
      }
      finish(
        index, intent.latestCharge ?? intent.id, "charged \(charge.decimalText) \(charge.currency)")
      changes.append(.payment(.captured(charge: intent.latestCharge)))
      changes.append(
        .ledger(
          LedgerPosting(
            txn: "\(id):charge:\(steps[index].generation)", debit: "stripe", credit: "customer",
            amount: charge, cause: "book")))
    case "processing":
      steps[index].reference = SagaStep.processing
      again(
        index, Retry(reason: "Stripe is processing the payment", after: nil), isUnknown: true,
        at: now)
    case "requires_action":
      chargeRefused(index, "the card needs the customer's authentication")
    case "requires_confirmation":
      // Not confirmed so far; a request on its way may still confirm it.
      if steps[index].reference == SagaStep.processing { steps[index].reference = nil }
      postpone(index, nil, at: now)
    case "requires_payment_method":
      chargeRefused(index, intent.lastDeclineCode ?? intent.lastErrorCode ?? "declined")
    case "canceled":
      reject(index, "the payment intent was canceled before it was charged")
    default:
      again(
        index, Retry(reason: "unexpected status \(intent.status)", after: nil), isUnknown: true,
        at: now)
    }
  }

  private mutating func chargeRefused(_ index: Int, _ reason: String) {
    changes.append(.payment(.failed))
    reject(index, reason)
  }

  private mutating func intentCancelAnswered(
    _ index: Int, _ outcome: Outcome<StripePaymentIntent>, at now: Timestamp
  ) {
    switch outcome {
    case .done(let intent): intentCancelSeen(index, intent, at: now)
    case .rejected(let rejection):
      if let intent = rejection.paymentIntent, ["succeeded", "canceled"].contains(intent.status) {
        intentCancelSeen(index, intent, at: now)
      } else {
        notExecuted(index, Retry(reason: rejection.text, after: nil), at: now)
      }
    case .retry(let retry): again(index, retry, isUnknown: false, at: now)
    case .unknown(let retry): again(index, retry, isUnknown: true, at: now)
    }
  }

  /// The intent after we asked to cancel it: canceled is final, succeeded means it was too late.
  mutating func intentCancelSeen(_ index: Int, _ intent: StripePaymentIntent, at now: Timestamp) {
    let charge = self.index(.charge, .forward)
    switch intent.status {
    case "canceled":
      finish(index, intent.id, "intent canceled")
      changes.append(.payment(.canceled))
      if let charge, steps[charge].isOpen {
        reject(charge, "the payment intent was canceled before it was charged")
      }
      holdReleased()
    case "succeeded":
      reject(index, "the payment had succeeded")
      let charge = charge ?? adoptCharge(intent)
      if steps[charge].isOpen || steps[charge].status == .rejected {
        chargeSeen(charge, intent, at: now)
      }
      heldWasTaken(intent, at: now)
    default:
      // The look showed it uncanceled: send the cancellation again.
      postpone(index, nil, at: now)
    }
  }

  // MARK: Flight

  private mutating func flightAnswered(
    _ index: Int, _ outcome: Outcome<FlightOrder>, at now: Timestamp
  ) {
    switch outcome {
    case .done(let order):
      plan.note(departures: order.departures)
      changes.append(
        .component(
          .flight,
          ComponentChange(
            status: "BOOKED", reference: order.id, pnr: order.pnr.isEmpty ? nil : order.pnr)))
      if order.pnr.isEmpty {
        warn(
          .flight, TripWarning.referenceMissing,
          "is booked, and its record locator is not known yet")
      }
      finish(index, order.id, "flight booked \(order.pnr)")
    case .rejected(let rejection):
      changes.append(.component(.flight, ComponentChange(status: "FAILED", error: rejection.text)))
      reject(index, rejection.text)
    case .retry(let retry): notExecuted(index, retry, at: now)
    case .unknown(let retry): parkFlight(index, reason: retry.reason)
    }
  }

  /// A flight order that may exist and cannot be looked up: Amadeus has neither key nor search.
  mutating func parkFlight(_ index: Int, reason: String) {
    let step = steps[index]
    let travelers = request.travelers.map { "\($0.firstName) \($0.lastName)" }
    changes.append(.component(.flight, ComponentChange(status: "NEEDS_ATTENTION", error: reason)))
    park(
      index, reason: "flight-order-lost",
      known: [
        ("offer", option.flight.offerId), ("travelers", travelers.joined(separator: ", ")),
        ("sent_us", "\((step.firstSent ?? createdAt).microseconds)"),
        (
          "until_us",
          "\(((step.lastSent ?? createdAt) + Capabilities.of(.flight).proofAfter).microseconds)"
        ),
        ("what", reason),
      ],
      advice:
        "Ask the consolidator for an order of these travelers created in this time window; if there is one, cancel it. The customer is "
        + (isHeld ? "not charged." : "refunded in full.")
    )
  }

  private mutating func flightCancelAnswered(
    _ index: Int, _ outcome: Outcome<Bool>, at now: Timestamp
  ) {
    switch outcome {
    case .done: flightCancelled(index)
    case .rejected(let rejection):
      // "Cannot be cancelled" may mean "is cancelled already": look.
      steps[index].lookups = 0
      again(
        index, Retry(reason: SagaStep.refused + rejection.text, after: nil), isUnknown: true,
        at: now)
      steps[index].notBefore = nil
    case .retry(let retry): again(index, retry, isUnknown: false, at: now)
    case .unknown(let retry): again(index, retry, isUnknown: true, at: now)
    }
  }

  mutating func flightCancelled(_ index: Int) {
    changes.append(.component(.flight, ComponentChange(status: "CANCELLED")))
    finish(index, step(.flight, .forward)?.reference, "flight cancelled")
  }

  // MARK: Hotel

  private mutating func hotelAnswered(
    _ index: Int, _ outcome: Outcome<HotelOrder>, at now: Timestamp
  ) {
    switch outcome {
    case .done(let order): hotelBooked(index, order: order.order, reservation: order.reservation)
    case .rejected(let rejection):
      if ["expired_token", "invalid_token"].contains(rejection.code) {
        guard steps[index].attempt > 1 else {
          return reject(index, SagaStep.withoutEffect + rejection.text)
        }
        // While the token was good a copy of an earlier request may have arrived, whatever that was
        // answered: the label tells.
        again(
          index, Retry(reason: SagaStep.refused + rejection.text, after: nil), isUnknown: true,
          at: now)
        steps[index].lookups = 0
        steps[index].notBefore = nil
      } else {
        changes.append(.component(.hotel, ComponentChange(status: "FAILED", error: rejection.text)))
        reject(index, rejection.text)
      }
    case .retry(let retry):
      // The same order token once more: it is good for one order, whatever a copy of the first
      // request that is still on its way may do.
      again(
        index, Retry(reason: SagaStep.notExecuted + retry.reason, after: retry.after),
        isUnknown: false, at: now)
    case .unknown(let retry):
      again(index, retry, isUnknown: true, at: now)
    }
  }

  mutating func hotelBooked(_ index: Int, order: String, reservation: String) {
    plan.hotelReservation = reservation
    changes.append(
      .component(
        .hotel,
        ComponentChange(status: "BOOKED", reference: order, confirmation: reservation)))
    finish(index, order, "hotel booked \(order)")
  }

  private mutating func hotelCancelAnswered(
    _ index: Int, _ outcome: Outcome<Bool>, at now: Timestamp
  ) {
    switch outcome {
    case .done:
      finish(index, step(.hotel, .forward)?.reference, "hotel cancelled")
    case .rejected(let rejection):
      // 409: cancelled already, or not cancellable now. The details tell.
      again(
        index, Retry(reason: SagaStep.refused + rejection.text, after: nil), isUnknown: true,
        at: now)
      steps[index].lookups = 0
      steps[index].notBefore = nil
    case .retry(let retry): again(index, retry, isUnknown: false, at: now)
    case .unknown(let retry): again(index, retry, isUnknown: true, at: now)
    }
  }

  // MARK: Activities

  private mutating func activityAnswered(
    _ index: Int, _ outcome: Outcome<ActivityBooking>, at now: Timestamp
  ) {
    switch outcome {
    case .done(let booking): activitySeen(index, booking, at: now)
    case .rejected(let rejection): reject(index, rejection.text)
    case .retry(let retry): again(index, retry, isUnknown: false, at: now)
    case .unknown(let retry): again(index, retry, isUnknown: true, at: now)
    }
  }

  /// Draws the conclusion from the activity booking's own status.
  mutating func activitySeen(_ index: Int, _ booking: ActivityBooking, at now: Timestamp) {
    let slot = steps[index].key.slot
    switch booking.status {
    case "CONFIRMED":
      changes.append(
        .component(slot, ComponentChange(status: "BOOKED", reference: booking.bookingRef)))
      finish(index, booking.bookingRef, "\(slot.text) booked")
    case "PENDING", "IN_PROGRESS", "ON_HOLD":
      steps[index].reference = booking.bookingRef
      guard plan.phase == .booking else {
        // It exists, undecided: there is something to undo.
        finish(index, booking.bookingRef, "\(slot.text) is undone while pending")
        return
      }
      again(
        index, Retry(reason: "the supplier has not decided yet", after: nil), isUnknown: true,
        at: now)
    default:
      reject(index, "\(booking.status) \(booking.rejectionReason ?? "")")
    }
  }

  private mutating func activityCancelAnswered(
    _ index: Int, _ outcome: Outcome<ActivityCancellation>, at now: Timestamp
  ) {
    let slot = steps[index].key.slot
    switch outcome {
    case .done(let answer) where answer.accepted || answer.reason == "ALREADY_CANCELLED":
      changes.append(.component(slot, ComponentChange(status: "CANCELLED")))
      finish(index, step(slot, .forward)?.reference, "\(slot.text) cancelled")
    case .done(let answer):
      refused(index, answer.reason ?? "DECLINED", at: now)
    case .rejected(let rejection):
      if rejection.httpStatus == 404, let done = self.index(slot, .forward) {
        // The supplier may have rejected it meanwhile: its status tells.
        steps[done].reason = SagaStep.unlisted
        store(done, "\(slot.text) is not listed any more")
      }
      refused(index, rejection.text, at: now)
    case .retry(let retry): again(index, retry, isUnknown: false, at: now)
    case .unknown(let retry): again(index, retry, isUnknown: true, at: now)
    }
  }

  /// An undo that the vendor refuses: tried again later, a bounded number of times, then parked.
  mutating func refused(_ index: Int, _ reason: String, at now: Timestamp) {
    let step = steps[index]
    guard step.generation >= RetryPolicy.refusals else {
      notExecuted(index, Retry(reason: reason, after: nil), at: now)
      return
    }
    changes.append(
      .component(step.key.slot, ComponentChange(status: "NEEDS_ATTENTION", error: reason)))
    steps[index].reference = self.step(step.key.slot, .forward)?.reference
    park(
      index, reason: "undo-refused",
      known: [
        ("slot", step.key.slot.text), ("reference", steps[index].reference ?? ""), ("what", reason),
      ],
      advice: "The vendor refuses to cancel this item. Settle it with the vendor by hand.")
  }
}

extension SagaStep {
  /// Begins the reason of an undo that was refused and is being looked into.
  static let refused = "refused: "
  /// The reason of a done step whose object the vendor does not list any more.
  static let unlisted = "not listed any more"
  var wasRefused: Bool { reason?.hasPrefix(Self.refused) == true }
}

extension TripWarning {
  /// The code of a booking whose vendor did not name the reference that travellers use.
  static let referenceMissing = "reference-missing"
}

extension Rejection {
  /// Code and words, for reasons.
  var text: String { declineCode.map { "\($0): \(message)" } ?? "\(code): \(message)" }
}

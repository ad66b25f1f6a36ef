/// What looks at the vendors show.
extension Saga {
  mutating func lookedUp(_ key: SagaStep.Key, _ result: SagaEvent.LookupResult, at now: Timestamp) {
    guard let index = index(key.slot, key.direction) else {
      preconditionFailure("\(id): a look at \(key.slot.text), which was never sent")
    }
    switch result {
    case .paymentIntent(let outcome):
      guard let intent = read(index, outcome, at: now) else { return }
      if key.direction == .undo {
        intentCancelSeen(index, intent, at: now)
      } else if key.slot == .capture {
        captureSeen(index, intent, at: now)
      } else if steps[index].isOpen {
        chargeSeen(index, intent, at: now)
      } else {
        holdLookedAt(intent, at: now)
      }
    case .refund(let outcome):
      guard let refund = read(index, outcome, at: now) else { return }
      refundSeen(index, refund, at: now)
    case .refunds(let outcome):
      guard let refunds = read(index, outcome, at: now) else { return }
      if key.direction == .forward {
        refundsSeen(refunds, at: now)
      } else {
        refundsSeen(index, refunds, at: now)
      }
    case .disputes(let outcome):
      guard let disputes = read(index, outcome, at: now) else { return }
      disputesSeen(disputes, at: now)
    case .flightOrder(let outcome): flightSeen(index, outcome, at: now)
    case .hotelOrder(let outcome):
      guard let order = read(index, outcome, at: now) else { return }
      hotelSeen(index, order, at: now)
    case .hotelOrders(let outcome):
      guard let orders = read(index, outcome, at: now) else { return }
      hotelFound(index, orders, at: now)
    case .activity(let outcome): activityFound(index, outcome, at: now)
    case .cancelQuote(let outcome): quoted(index, outcome, at: now)
    }
  }

  /// What the vendor keeps: quoted before a cancellation, told once more after it.
  private mutating func quoted(
    _ index: Int, _ outcome: Outcome<ActivityCancelQuote>, at now: Timestamp
  ) {
    let key = steps[index].key
    if case .rejected(let rejection) = outcome, rejection.httpStatus == 404,
      key.direction == .forward
    {
      steps[index].reason = SagaStep.unlisted
      store(index, "\(key.slot.text) is not listed any more")
      return
    }
    guard let quote = read(index, outcome, at: now) else { return }
    let isFirst = plan.penalties[key.slot.text] == nil
    if case .activity(let number) = key.slot, let told = quote.itemPrice,
      let back = quote.refundAmount,
      let refund = inTripCurrency(back, of: told, for: option.activities[number - 1].amount)
    {
      let price =
        told.currency == option.currency
        ? told.minorUnits : option.activities[number - 1].amount
      plan.penalties[key.slot.text] = max(0, price - refund)
    } else if plan.penalties[key.slot.text] == nil {
      // Nothing is said, or it is not cancellable now: ask for it all the same.
      plan.penalties[key.slot.text] = 0
    }
    if isFirst, case .activity(let number) = key.slot, plan.activitiesGone.contains(number) {
      // The traveller cancelled there, and bears what the supplier keeps.
      post(
        penalty: plan.penalties[key.slot.text] ?? 0, key.slot.text, bearer: "customer",
        cause: key.slot.text)
    }
    guard key.direction == .undo else { return }
    plan.finalPenalties.append(key.slot.text)
    if isGivenUp(key.slot.text) {
      // Asked for once, so posted once; the traveller's refund knows nothing of it.
      post(
        penalty: plan.penalties[key.slot.text] ?? 0, key.slot.text, bearer: "penalty",
        cause: key.slot.text)
    }
  }

  /// Unwraps a read; nil, and a back-off, when it brought nothing.
  private mutating func read<Value>(
    _ index: Int, _ outcome: Outcome<Value>, at now: Timestamp
  ) -> Value? {
    switch outcome {
    case .done(let value):
      steps[index].notBefore = nil
      return value
    case .rejected(let rejection):
      postpone(index, Retry(reason: rejection.text, after: nil), at: now)
    case .retry(let retry), .unknown(let retry):
      postpone(index, retry, at: now)
      // The look brought nothing: look again rather than send on a guess.
      if steps[index].isOpen { steps[index].lookups = -steps[index].looks }
    }
    return nil
  }

  private mutating func flightSeen(
    _ index: Int, _ outcome: Outcome<FlightOrder>, at now: Timestamp
  ) {
    let isInspection = steps[index].key.direction == .forward
    switch outcome {
    case .done(let order):
      steps[index].notBefore = nil
      if isInspection {
        plan.flightInspected = true
        learnReference(order)
        let moved = plan.moved(departures: order.departures)
        if !moved.isEmpty {
          warn(.flight, TripWarning.scheduleChanged, TripWarning.departs(moved))
          changes.append(.mail(.update))
          story.append("schedule change noticed")
        }
      } else {
        refused(index, steps[index].reason ?? "refused", at: now)
      }
    case .rejected(let rejection):
      if isInspection {
        plan.flightInspected = true
        steps[index].notBefore = nil
        if rejection.httpStatus == 404 { flightIsGone() }
      } else if rejection.httpStatus == 404 {
        flightCancelled(index)
      } else {
        postpone(index, Retry(reason: rejection.text, after: nil), at: now)
      }
    case .retry(let retry), .unknown(let retry): postpone(index, retry, at: now)
    }
  }

  /// Notes the record locator, and the departures, that the answer to the order did not tell.
  private mutating func learnReference(_ order: FlightOrder) {
    plan.note(departures: order.departures)
    let isMissing = warnings.contains {
      $0.slot == Slot.flight.text && $0.code == TripWarning.referenceMissing
    }
    guard isMissing, !order.pnr.isEmpty else { return }
    warnings.removeAll { $0.slot == Slot.flight.text && $0.code == TripWarning.referenceMissing }
    changes.append(.component(.flight, ComponentChange(status: "BOOKED", pnr: order.pnr)))
    changes.append(.mail(.update))
    story.append("record locator learnt")
  }

  private mutating func hotelSeen(_ index: Int, _ order: HotelOrderDetails, at now: Timestamp) {
    let isCancelled = order.isCancelled
    if steps[index].key.direction == .forward {
      plan.hotelInspected = true
      guard isCancelled, !plan.hotelGone else { return }
      hotelIsGone(order)
      return
    }
    guard isCancelled else {
      // Not cancelled: the refusal was real, for now.
      if steps[index].isOpen { refused(index, steps[index].reason ?? "refused", at: now) }
      return
    }
    plan.penalties["hotel"] = fee(of: order)
    changes.append(.component(.hotel, ComponentChange(status: "CANCELLED")))
    if steps[index].isOpen {
      finish(index, step(.hotel, .forward)?.reference, "hotel cancelled")
    } else {
      story.append("hotel penalty known")
    }
  }

  /// The orders that carry our label: there is at most one.
  private mutating func hotelFound(_ index: Int, _ orders: [HotelOrderDetails], at now: Timestamp) {
    if steps[index].status == .rejected {
      // The second look: only an order that stands is news.
      if let order = orders.first(where: { !$0.isCancelled }) {
        plan.hotelCameLate = true
        hotelBooked(index, order: order.order, reservation: order.reservation)
      } else {
        plan.hotelLookedTwice = true
        if let order = orders.first, plan.penalties["hotel"] == nil {
          post(penalty: fee(of: order), "hotel", bearer: "penalty")
        }
      }
      return
    }
    if let order = orders.first(where: { !$0.isCancelled }) ?? orders.first {
      if !order.isCancelled {
        hotelBooked(index, order: order.order, reservation: order.reservation)
      } else {
        // What its property keeps is known by nothing else.
        plan.penalties["hotel"] = fee(of: order)
        changes.append(
          .component(.hotel, ComponentChange(status: "CANCELLED", reference: order.order)))
        reject(index, "the order was made and is \(order.status)")
      }
      return
    }
    let proof = (steps[index].lastSent ?? createdAt) + Capabilities.of(.hotel).proofAfter
    // With a token that has expired nothing can be made any more.
    if now >= proof || steps[index].wasRefused {
      reject(index, SagaStep.withoutEffect + "no order carries our label")
    } else {
      postpone(index, nil, at: now)
      steps[index].notBefore = min(steps[index].notBefore ?? proof, proof)
    }
  }

  private mutating func activityFound(
    _ index: Int, _ outcome: Outcome<ActivityBooking>, at now: Timestamp
  ) {
    if inspected(index, outcome, at: now) { return }
    switch outcome {
    case .done(let booking):
      steps[index].notBefore = nil
      if steps[index].isOpen {
        activitySeen(index, booking, at: now)
      } else if ["REJECTED", "CANCELED", "FAILED"].contains(booking.status) {
        reject(index, "\(booking.status) \(booking.rejectionReason ?? "") after all")
      } else {
        steps[index].reason = nil
        postpone(index, nil, at: now)
      }
    case .rejected(let rejection):
      let proof = (steps[index].lastSent ?? createdAt) + Capabilities.of(.activity).proofAfter
      if now >= proof {
        reject(index, SagaStep.withoutEffect + rejection.text)
      } else {
        postpone(index, nil, at: now)
        steps[index].notBefore = min(steps[index].notBefore ?? proof, proof)
      }
    case .retry(let retry), .unknown(let retry): postpone(index, retry, at: now)
    }
  }
}

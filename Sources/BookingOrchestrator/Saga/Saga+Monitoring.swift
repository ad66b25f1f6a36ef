/// What is still to do for a trip that has its final answer.
extension Saga {
  /// A confirmed trip: refund what was not booked, undo what came too late, look after it once.
  mutating func monitor(at now: Timestamp) -> [SagaAction] {
    if plan.cancelAsked, !plan.isBeingChanged, plan.areChangesSettled { return beginUndo(.cancel) }
    var actions: [SagaAction] = []
    // A cancellation waits for the end of a change.
    var isComplete = !plan.cancelAsked
    func follow(_ progress: Progress) {
      if case .working(let more) = progress {
        isComplete = false
        actions += more
      }
    }
    follow(listRefundsInDoubt(at: now))
    follow(listDisputesInDoubt(at: now))
    for number in plan.failed {
      follow(undoActivity(number, at: now))
      let price = Money(
        minorUnits: option.activities[number - 1].amount, currency: option.currency)
      if price.minorUnits > 0, chargedInVain.contains(number) {
        follow(refund(.activityRefund(number), price, cause: "activity-\(number)", at: now))
      }
    }
    if plan.hotelGone, !plan.isReplaced(.hotel) {
      let price = Money(minorUnits: hotelBack, currency: option.currency)
      if price.minorUnits > 0 {
        follow(refund(.hotelRefund, price, cause: "vendor-cancel", at: now))
      }
    }
    if plan.flightGone, !plan.isReplaced(.flight) {
      let price = Money(minorUnits: option.flight.amount, currency: option.currency)
      follow(refund(.flightRefund, price, cause: "vendor-cancel-flight", at: now))
    }
    for number in plan.activitiesGone where !plan.isReplaced(.activity(number)) {
      guard plan.penalties[Slot.activity(number).text] != nil else {
        // What the supplier gives back tells on whose account it was.
        follow(quoteGone(number, at: now))
        continue
      }
      let price = Money(minorUnits: back(number), currency: option.currency)
      if price.minorUnits > 0 {
        follow(refund(.activityRefund(number), price, cause: "activity-\(number)", at: now))
      }
    }
    if let inspectAt = plan.inspectAt, now.microseconds >= inspectAt {
      if !plan.flightInspected, let index = index(.flight, .forward),
        let order = steps[index].reference
      {
        isComplete = false
        actions += lookUp(index, .flightOrder(id: order), at: now)
      }
      if !plan.hotelInspected, let index = index(.hotel, .forward),
        let order = steps[index].reference
      {
        isComplete = false
        actions += lookUp(index, .hotelOrder(id: order), at: now)
      }
      let looks = inspectActivities(at: now)
      if looks != nil { isComplete = false }
      actions += looks ?? []
      if plan.flightInspected, plan.hotelInspected, looks == nil { plan.inspectAt = nil }
    }
    for index in steps.indices where steps[index].isOpen && steps[index].reference != nil {
      if steps[index].key.slot.isPartialRefund {
        isComplete = false
        actions += awaitRefund(index, at: now)
      }
    }
    follow(settleChanges(at: now))
    releaseMore()
    if plan.cancelAsked, !plan.isBeingChanged, plan.areChangesSettled, actions.isEmpty {
      return beginUndo(.cancel)
    }
    if isComplete, plan.inspectAt == nil { plan.phase = .ended }
    return actions
  }

  /// A failed or cancelled trip: wait until its refunds are final.
  mutating func settle(at now: Timestamp) -> [SagaAction] {
    var actions: [SagaAction] = []
    var isComplete = true
    for index in steps.indices where steps[index].isOpen && steps[index].key.direction == .undo {
      isComplete = false
      actions += awaitRefund(index, at: now)
    }
    for progress in [listRefundsInDoubt(at: now), listDisputesInDoubt(at: now)] {
      guard case .working(let more) = progress else { continue }
      isComplete = false
      actions += more
    }
    if case .working(let more) = tryAgain(at: now) {
      isComplete = false
      actions += more
    }
    if case .working(let more) = lookForHotelAgain(at: now) {
      isComplete = false
      actions += more
    }
    if isComplete {
      plan.phase = .ended
      releaseOption()
      story.append("settled")
    }
    return actions
  }

  /// The second look for a hotel order that was refused.
  ///
  /// A network may deliver a request twice: the first copy is refused and answered, the second one
  /// makes an order minutes later, for a trip that has failed. Our label finds it, and it is
  /// cancelled; what the property keeps is our loss.
  private mutating func lookForHotelAgain(at now: Timestamp) -> Progress {
    guard !plan.hotelLookedTwice, let hotel = index(.hotel, .forward) else { return .settled }
    switch steps[hotel].status {
    case .rejected:
      let proof = (steps[hotel].lastSent ?? createdAt) + Capabilities.of(.hotel).proofAfter
      guard now >= proof else {
        if steps[hotel].notBefore == nil {
          steps[hotel].notBefore = proof
          steps[hotel].isChanged = true
        }
        return .working([])
      }
      return .working(findHotel(hotel, at: now))
    case .done where plan.hotelCameLate:
      let progress = undoHotel(at: now)
      if case .settled = progress {
        plan.hotelLookedTwice = true
        post(penalty: plan.penalties["hotel"] ?? 0, "hotel", bearer: "penalty")
        // The traveller never had it, and is told of no fee.
        plan.penalties["hotel"] = 0
      }
      return progress
    case .done, .intent, .unknown, .needsAttention:
      plan.hotelLookedTwice = true
      return .settled
    }
  }
}

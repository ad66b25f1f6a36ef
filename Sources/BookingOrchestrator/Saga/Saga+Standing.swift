/// What is still to do for a trip that has its final answer.
extension Saga {
  /// A confirmed trip: refund what was not booked, undo what came too late, look after it once.
  mutating func stand(at now: Timestamp) -> [SagaAction] {
    if plan.cancelAsked { return beginUndo(.cancel) }
    var actions: [SagaAction] = []
    var isComplete = true
    func follow(_ progress: Progress) {
      if case .working(let more) = progress {
        isComplete = false
        actions += more
      }
    }
    for number in plan.failed {
      follow(undoActivity(number, at: now))
      let price = Money(
        minorUnits: option.activities[number - 1].amount, currency: option.currency)
      if price.minorUnits > 0 {
        follow(refund(.activityRefund(number), price, cause: "activity-\(number)", at: now))
      }
    }
    if plan.hotelGone {
      let price = Money(minorUnits: option.hotel.amount, currency: option.currency)
      follow(refund(.hotelRefund, price, cause: "vendor-cancel", at: now))
    }
    if let inspectAt = plan.inspectAt, now.microseconds >= inspectAt {
      if !plan.flightInspected, let index = index(.flight, .forward),
        let order = steps[index].reference
      {
        isComplete = false
        actions += look(index, .flightOrder(id: order), at: now)
      }
      if !plan.hotelInspected, let index = index(.hotel, .forward),
        let order = steps[index].reference
      {
        isComplete = false
        actions += look(index, .hotelOrder(id: order), at: now)
      }
      if plan.flightInspected, plan.hotelInspected { plan.inspectAt = nil }
    }
    for index in steps.indices where steps[index].isOpen && steps[index].reference != nil {
      if steps[index].key.slot.isPartialRefund {
        isComplete = false
        actions += awaitRefund(index, at: now)
      }
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
    if isComplete {
      plan.phase = .ended
      story.append("settled")
    }
    return actions
  }
}

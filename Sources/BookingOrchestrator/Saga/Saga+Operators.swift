/// What operators decide about parked items.
extension Saga {
  /// An item that is parked and open.
  struct ParkedItem: Sendable, Hashable {
    var slot: String
    var reason: String
  }

  /// Carries a decision out; returns what came of it, for the inbox.
  mutating func decided(_ command: OperatorCommand, at now: Timestamp) -> String {
    let item = ParkedItem(slot: command.slot, reason: command.reason)
    guard parked.contains(item), let slot = Slot(text: command.slot) else {
      return "refused: no such item is open"
    }
    switch command.verb {
    case .retry:
      if let why = OperatorCommand.whyNoRetry(reason: command.reason) { return "refused: \(why)" }
      guard let index = index(slot, .undo), steps[index].status == .needsAttention else {
        return "refused: nothing was asked for that could be asked for again"
      }
      // Another item of the slot may have been closed before: that was paid another way, and stays so.
      if isClosedRefusal(steps[index]) {
        plan.closedRefused = (plan.closedRefused ?? 0) + steps[index].amountAsked
      }
      resolve(item, command, as: "retried")
      retry(index)
      return "retried"
    case .markDone:
      resolve(item, command, as: "done")
      noteSettled(slot, command.reason)
      releaseOption()
      return "done"
    case .abandon:
      resolve(item, command, as: "abandoned")
      releaseOption()
      return "abandoned"
    }
  }

  private mutating func resolve(
    _ item: ParkedItem, _ command: OperatorCommand, as resolution: String
  ) {
    parked.removeAll { $0 == item }
    needsAttention = !parked.isEmpty
    changes.append(
      .resolved(
        Resolution(
          slot: item.slot, reason: item.reason, resolution: resolution, by: command.by,
          note: command.note)))
    let words = command.note.isEmpty ? "" : ": \(command.note)"
    story.append(
      "\(command.by) decided \(command.verb.rawValue) for \(item.slot), \(item.reason)\(words)")
  }

  /// Lets a parked undo begin once more, as a new generation.
  mutating func retry(_ index: Int) {
    let slot = steps[index].key.slot
    // Of a refund that failed nothing was paid, so it is owed again; a later event about it is old
    // and finds it among those that are none of any step's.
    for index in plan.refunds.indices where plan.refunds[index].slot == slot.text {
      if ["failed", "canceled"].contains(plan.refunds[index].status) {
        plan.refunds[index].slot = SagaPlan.Refund.elsewhere
      }
    }
    // What people were to pay is asked of Stripe again.
    if slot == .charge {
      for index in plan.refunds.indices { plan.refunds[index].left = nil }
    }
    reject(index, SagaStep.withoutEffect + "an operator wants another try")
    switch plan.phase {
    case .validating, .booking, .monitoring: break
    // The last refund may be under way, and was made less by what was parked.
    case .undoing where slot.isPartialRefund: seeThrough(slot)
    case .undoing: break
    case .ended where state == .confirmed: plan.phase = .monitoring
    case .awaitingRefunds, .ended:
      plan.phase = .awaitingRefunds
      seeThrough(slot)
    }
  }

  /// Has a slot tried again once the trip has ended, as far as something is due there still.
  private mutating func seeThrough(_ slot: Slot) {
    plan.retried = (plan.retried ?? []).filter { $0 != slot.text } + [slot.text]
  }

  /// Takes the operator's word for what has become of a part.
  private mutating func noteSettled(_ slot: Slot, _ reason: String) {
    switch (slot, reason) {
    case (.flight, "flight-order-lost"):
      changes.append(.component(.flight, ComponentChange(status: "FAILED")))
    case (.flight, "undo-refused"), (.hotel, "undo-refused"), (.activity, "undo-refused"):
      changes.append(.component(slot, ComponentChange(status: "CANCELLED")))
    default: break
    }
  }

  /// Sees what operators wanted tried again through, for a trip that has ended.
  mutating func tryAgain(at now: Timestamp) -> Progress {
    var actions: [SagaAction] = []
    var left: [String] = []
    for text in plan.retried ?? [] {
      guard let slot = Slot(text: text) else { continue }
      if case .working(let more) = tryAgain(slot, at: now) {
        actions += more
        left.append(text)
      } else if slot == .hotel, step(.hotel, .undo)?.status == .done {
        // Who was owed money has it; what the property keeps is our loss.
        post(penalty: plan.penalties["hotel"] ?? 0, "hotel", bearer: "penalty")
      }
    }
    plan.retried = left.isEmpty ? nil : left
    return left.isEmpty ? .settled : .working(actions)
  }

  private mutating func tryAgain(_ slot: Slot, at now: Timestamp) -> Progress {
    switch slot {
    case .charge: undoCharge(at: now)
    case .flight: undoFlight(at: now)
    case .hotel: undoHotel(at: now)
    case .activity(let number): undoActivity(number, at: now)
    case .activityRefund(let number):
      refund(
        slot,
        Money(minorUnits: back(number), currency: option.currency),
        cause: "activity-\(number)", at: now)
    case .hotelRefund:
      refund(
        slot, Money(minorUnits: hotelBack, currency: option.currency),
        cause: "vendor-cancel", at: now)
    case .flightRefund:
      refund(
        slot, Money(minorUnits: option.flight.amount, currency: option.currency),
        cause: "vendor-cancel-flight", at: now)
    case .changeRefund(let number):
      refund(
        slot,
        Money(minorUnits: step(slot, .undo)?.amountAsked ?? 0, currency: option.currency),
        cause: Self.changeCause(number), at: now)
    case .intent, .capture: .settled
    }
  }
}

/// How an operator settled a parked item.
struct Resolution: Sendable, Hashable {
  var slot: String
  var reason: String
  /// `retried`, `done` or `abandoned`.
  var resolution: String
  var by: String
  var note: String
}

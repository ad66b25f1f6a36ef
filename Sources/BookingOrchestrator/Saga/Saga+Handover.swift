/// The booking whose trip is changed, and an earlier modification of it some of whose parts are: untouched
/// until the hand-over, then less what was replaced.
extension Saga {
  /// Takes in what a modification tells; returns what came of it.
  mutating func changed(_ notice: ChangeNotice, at now: Timestamp) -> String {
    let known = plan.modifications?.firstIndex { $0.id == notice.modification }
    guard notice.word != .begun else {
      guard known == nil else { return "known already" }
      plan.modifications =
        (plan.modifications ?? []) + [
          .init(id: notice.modification, replaced: notice.replaced, worth: notice.worth)
        ]
      story.append("being changed by \(notice.modification)")
      return "noted"
    }
    guard let known, var change = plan.modifications?[known] else {
      return "refused: no such modification"
    }
    switch notice.word {
    case .begun: break
    case .done:
      change.stage = .done
      change.credit = notice.credit
      change.released = notice.released
      change.left = change.worth - notice.credit + notice.released
      story.append("changed by \(notice.modification)")
    case .refused:
      change.stage = .refused
      story.append("not changed by \(notice.modification)")
    case .released: change.released = notice.released
    case .cancelled:
      change.stage = .cancelled
      change.released = notice.released
      story.append("\(notice.modification) is cancelled")
    }
    plan.modifications?[known] = change
    if change.stage == .done { leaveUninspected(change) }
    goOn()
    return "noted"
  }

  /// What is no longer part of the trip is not looked after any more.
  private mutating func leaveUninspected(_ change: SagaPlan.Change) {
    if change.replaced.contains(Slot.flight.text) { plan.flightInspected = true }
    if change.replaced.contains(Slot.hotel.text) { plan.hotelInspected = true }
  }

  /// Undoes what modifications replaced, in reverse order, and refunds what is left over.
  mutating func settleChanges(at now: Timestamp) -> Progress {
    for index in (plan.modifications ?? []).indices {
      guard let change = plan.modifications?[index], change.stage != .pending,
        change.stage != .refused
      else { continue }
      if case .working(let actions) = undoReplaced(change.replaced, at: now) {
        return .working(actions)
      }
      bear(index)
    }
    return refundChange(at: now)
  }

  private mutating func undoReplaced(_ replaced: [String], at now: Timestamp) -> Progress {
    for number in option.activities.indices.reversed().map({ $0 + 1 })
    where replaced.contains(Slot.activity(number).text) {
      if plan.activitiesGone.contains(number),
        plan.penalties[Slot.activity(number).text] == nil
      {
        return quoteGone(number, at: now)
      }
      if case .working(let actions) = undoActivity(number, at: now) { return .working(actions) }
    }
    if replaced.contains(Slot.hotel.text), case .working(let actions) = undoHotel(at: now) {
      return .working(actions)
    }
    if replaced.contains(Slot.flight.text), case .working(let actions) = undoFlight(at: now) {
      return .working(actions)
    }
    return .settled
  }

  /// Settles who bears what the replaced parts' vendors keep: the customer, as far as something is left
  /// over; beyond that we do, for nothing more is charged.
  private mutating func bear(_ index: Int) {
    guard var change = plan.modifications?[index] else { return }
    let isFirst = change.borne == nil
    var left = change.left
    for slot in change.replaced.sorted() where !change.posted.contains(slot) {
      guard let penalty = plan.penalties[slot] else { continue }
      change.posted.append(slot)
      guard isFirst else {
        // An operator had the undo tried again, after the customer had all that was left over.
        post(penalty: penalty, slot, bearer: "penalty", cause: "change")
        continue
      }
      let borne = min(penalty, left)
      left -= borne
      change.penalties += penalty
      // What the traveller cancelled at the vendor was written down when it was learnt.
      if wasCancelledThere(slot) { continue }
      post(penalty: borne, slot, bearer: "customer", cause: "change")
      postLoss(penalty - borne, slot)
    }
    if isFirst {
      change.borne = min(change.penalties, change.left)
      story.append("the change by \(change.id) is settled")
    }
    plan.modifications?[index] = change
  }

  private func wasCancelledThere(_ slot: String) -> Bool {
    (slot == Slot.hotel.text && plan.hotelGone)
      || plan.activitiesGone.contains { Slot.activity($0).text == slot }
  }

  private mutating func postLoss(_ amount: Int64, _ slot: String) {
    guard amount > 0 else { return }
    changes.append(
      .ledger(
        LedgerPosting(
          txn: "\(id):penalty-ours:\(slot)", debit: "penalty", credit: "vendors",
          amount: Money(minorUnits: amount, currency: charge.currency), cause: "change")))
  }

  /// Refunds what modifications leave over, and what they release later: each time in a slot of its own.
  private mutating func refundChange(at now: Timestamp) -> Progress {
    var asked: Int64 = 0
    var last = 0
    for index in steps.indices {
      guard case .changeRefund(let number) = steps[index].key.slot else { continue }
      last = max(last, number)
      let slot = steps[index].key.slot
      let amount = steps[index].amountAsked
      if steps[index].status == .rejected, steps[index].wasWithoutEffect {
        let again = Money(minorUnits: amount, currency: option.currency)
        let progress = refund(slot, again, cause: Self.changeCause(number), at: now)
        if case .working(let actions) = progress { return .working(actions) }
      } else if case .working(let actions) = refundProgress(index, at: now) {
        return .working(actions)
      }
      asked += amount
    }
    guard plan.areChangesSettled, plan.cause == nil, plan.changeBack > asked else {
      return .settled
    }
    return refund(
      .changeRefund(last + 1),
      Money(minorUnits: plan.changeBack - asked, currency: option.currency),
      cause: Self.changeCause(last + 1), at: now)
  }

  /// The cause of the refunds that modifications bring about.
  static func changeCause(_ number: Int) -> String { "change-\(number)" }

  /// What modifications leave over and no refund was asked for, in minor units.
  var changeUnasked: Int64 {
    let asked = steps.reduce(Int64(0)) { sum, step in
      guard case .changeRefund = step.key.slot, step.status != .rejected else { return sum }
      return sum + step.amountAsked
    }
    return max(0, plan.changeBack - asked)
  }

  /// Has the modifications that stand be cancelled first, when the whole trip is.
  ///
  /// One after the other, the latest first: what it gives back to an earlier one is known before that is
  /// cancelled. A modification hears of later ones and cancels none: that is its base's to do.
  mutating func cancelModifications() -> Progress {
    for index in (plan.modifications ?? []).indices.reversed() {
      switch plan.modifications?[index].stage {
      case .done where plan.modifies == nil:
        plan.modifications?[index].stage = .cancelling
        if let id = plan.modifications?[index].id {
          changes.append(.cancel(BookingID(id)))
          story.append("\(id) is to be cancelled")
        }
        return .working([])
      case .done, .cancelling, .pending: return .working([])
      case .refused, .cancelled, nil: break
      }
    }
    return .settled
  }
}

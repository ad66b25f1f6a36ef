/// A saga that changes a trip: what it books, what it charges, and what it tells its lenders.
extension Saga {
  /// Whether a slot is this saga's to book: all of a booking's are, of a modification's those that the base
  /// has not booked already.
  func isOwn(_ slot: Slot) -> Bool { plan.modifies?.kept[slot.text] == nil }

  /// The activities that are this saga's to book, counted from 1.
  var ownActivities: [Int] {
    option.activities.indices.map { $0 + 1 }.filter { isOwn(.activity($0)) }
  }

  /// What this saga's own parts cost, less those left out at validation, in minor units.
  private var ownPrice: Int64 {
    let flight = isOwn(.flight) ? option.flight.amount : 0
    let hotel = isOwn(.hotel) ? option.hotel.amount : 0
    return ownActivities.reduce(flight + hotel) { sum, number in
      plan.leftOut.contains(number) ? sum : sum + option.activities[number - 1].amount
    }
  }

  /// What of its lenders' money pays for a modification, in minor units; 0 for a booking.
  var credit: Int64 { plan.modifies.map { min($0.worth, ownPrice) } ?? 0 }

  /// What is charged: the price of what is booked, less what the replaced parts had cost.
  var charge: Money {
    Money(minorUnits: ownPrice - credit, currency: option.currency)
  }

  /// Whether there is anything to charge.
  var isFree: Bool { charge.minorUnits == 0 }

  /// Why a difference cannot be charged; nil when it can, or is none.
  ///
  /// Left-out activities may have made it smaller than the least that Stripe takes.
  var whyNotChargeable: String? {
    guard plan.modifies != nil, !isFree else { return nil }
    let least = ChargeRules(option.currency).least
    guard charge.minorUnits < least else { return nil }
    return "The difference of \(charge.decimalText) \(option.currency) is too small to be charged."
  }

  /// What a modification has to give back beyond its own payment, in all, in minor units.
  var released: Int64 {
    guard plan.modifies != nil else { return 0 }
    if plan.cause == .cancel {
      return max(0, credit - (keptByVendors - plan.changeLoss + plan.lent))
    }
    let due = plan.failed.reduce(goneBack + plan.changeBack) {
      $0 + option.activities[$1 - 1].amount
    }
    return max(0, due - charge.minorUnits)
  }

  /// Tells the base, and whoever else lends, that the new trip stands, in the commit that confirms it.
  mutating func handOver() {
    guard let modifies = plan.modifies else { return }
    if !isOwn(.flight) { plan.flightInspected = true }
    if !isOwn(.hotel) { plan.hotelInspected = true }
    let released = released
    plan.modifies?.told = released
    notify(modifies, .done, released: released)
    story.append("handed over to \(modifies.base)")
  }

  /// Tells its lenders when there is more to give back than they were told.
  mutating func releaseMore() {
    let released = released
    guard let modifies = plan.modifies, let told = modifies.told, released > told else { return }
    plan.modifies?.told = released
    notify(modifies, .released, released: released)
    story.append("\(released - told) released")
  }

  /// Tells the base, and whoever else lent, how a modification ended that was undone.
  mutating func tellEnd() {
    guard let modifies = plan.modifies else { return }
    notify(modifies, plan.cause == .cancel ? .cancelled : .refused, released: released)
  }

  private mutating func notify(
    _ modifies: SagaPlan.Modifies, _ word: ChangeNotice.Word, released: Int64
  ) {
    let lent = modifies.shares(ofCredit: credit)
    let back = modifies.shares(ofReleased: released, lent: lent)
    for (listener, (lent, back)) in zip(modifies.listeners, zip(lent, back)) {
      changes.append(
        .notice(
          BookingID(listener.id),
          ChangeNotice(
            modification: id.rawValue, word: word, isDecision: listener.id == modifies.base,
            credit: lent, released: back)))
    }
  }
}

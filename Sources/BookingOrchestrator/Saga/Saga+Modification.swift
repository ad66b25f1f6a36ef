/// A saga that changes a trip: what it books, what it charges, and what it tells its booking.
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

  /// What of the base's money pays for a modification, in minor units; 0 for a booking.
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
    if plan.cause == .cancel { return max(0, credit - keptByVendors) }
    let due = plan.failed.reduce(goneBack) { $0 + option.activities[$1 - 1].amount }
    return max(0, due - charge.minorUnits)
  }

  /// Tells the base that the new trip stands, in the commit that confirms it.
  mutating func handOver() {
    guard let base = plan.modifies?.base else { return }
    if !isOwn(.flight) { plan.flightInspected = true }
    if !isOwn(.hotel) { plan.hotelInspected = true }
    let released = released
    plan.modifies?.told = released
    notify(base, .done)
    story.append("handed over to \(base)")
  }

  /// Tells the base when there is more to give back than it was told.
  mutating func releaseMore() {
    let released = released
    guard let modifies = plan.modifies, let told = modifies.told, released > told else { return }
    plan.modifies?.told = released
    notify(modifies.base, .released)
    story.append("\(released - told) released to \(modifies.base)")
  }

  /// Tells the base how a modification ended that was undone.
  mutating func tellEnd() {
    guard let base = plan.modifies?.base else { return }
    notify(base, plan.cause == .cancel ? .cancelled : .refused)
  }

  private mutating func notify(_ base: String, _ word: ChangeNotice.Word) {
    changes.append(
      .notice(
        BookingID(base),
        ChangeNotice(
          modification: id.rawValue, word: word, credit: credit, released: released)))
  }
}

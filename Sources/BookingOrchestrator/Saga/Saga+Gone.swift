/// What was cancelled at its vendor, past us.
extension Saga {
  /// Looks after the activities of a confirmed trip, once; nil when all were looked after.
  mutating func inspectActivities(at now: Timestamp) -> [SagaAction]? {
    var actions: [SagaAction]?
    for number in option.activities.indices.map({ $0 + 1 }) where isToInspect(number) {
      let slot = Slot.activity(number)
      guard let index = index(slot, .forward) else { continue }
      actions =
        (actions ?? [])
        + lookUp(
          index, .activityStatus(partnerBookingRef: label(slot, steps[index].generation)), at: now)
    }
    return actions
  }

  /// Whether an activity that is booked was not looked after yet.
  private func isToInspect(_ number: Int) -> Bool {
    !plan.failed.contains(number) && !plan.activitiesInspected.contains(number)
      && !plan.isOut(.activity(number))
      && step(.activity(number), .forward)?.status == .done
  }

  /// Takes in what a look after a confirmed trip shows; false when it was no such look.
  mutating func inspected(
    _ index: Int, _ outcome: Outcome<ActivityBooking>, at now: Timestamp
  ) -> Bool {
    guard plan.phase == .monitoring, case .activity(let number) = steps[index].key.slot,
      isToInspect(number)
    else { return false }
    let slot = steps[index].key.slot
    switch outcome {
    case .done(let booking):
      steps[index].notBefore = nil
      plan.activitiesInspected.append(number)
      guard booking.status == "CANCELED" else { return true }
      plan.activitiesGone.append(number)
      changes.append(
        .component(slot, ComponentChange(status: "CANCELLED", error: "cancelled at the supplier")))
      warn(
        slot, "activity-cancelled-by-supplier",
        "was cancelled at its supplier; what the supplier gives back is refunded")
      changes.append(.mail(.update))
      story.append("\(slot.text) was cancelled at the supplier")
    case .rejected:
      plan.activitiesInspected.append(number)
      steps[index].notBefore = nil
    case .retry(let retry), .unknown(let retry): postpone(index, retry, at: now)
    }
    return true
  }

  /// Notes that an inspection found no flight order any more.
  mutating func flightIsGone() {
    guard !plan.flightGone else { return }
    plan.flightGone = true
    changes.append(
      .component(
        .flight, ComponentChange(status: "CANCELLED", error: "cancelled by the airline")))
    warn(
      .flight, "flight-cancelled-by-airline",
      "was cancelled by the airline; its price is refunded")
    changes.append(.mail(.update))
    story.append("the airline cancelled the flight")
  }

  /// Notes that an inspection found the hotel cancelled: by the property, or past us by the traveller,
  /// who then bears the fee that the property told.
  mutating func hotelIsGone(_ order: HotelOrderDetails) {
    plan.hotelGone = true
    let isByProperty = order.status == "cancelled_by_accommodation"
    let who = isByProperty ? "by the property" : "at the property"
    changes.append(
      .component(.hotel, ComponentChange(status: "CANCELLED", error: "cancelled \(who)")))
    if isByProperty {
      warn(
        .hotel, "hotel-cancelled-by-property",
        "was cancelled by the property; its price is refunded")
    } else {
      let fee = fee(of: order)
      plan.penalties[Slot.hotel.text] = fee
      post(penalty: fee, Slot.hotel.text, bearer: "customer", cause: "vendor-cancel")
      warn(
        .hotel, "hotel-cancelled-by-traveller",
        "was cancelled at the property; its price less the property's fee is refunded")
    }
    changes.append(.mail(.update))
    story.append("the hotel was cancelled \(who)")
  }

  /// What a property keeps of a cancelled order, in the trip's minor units; 0 when it does not say.
  func fee(of order: HotelOrderDetails) -> Int64 {
    order.cancellationFee.flatMap {
      inTripCurrency($0, of: order.total, for: option.hotel.amount)
    } ?? 0
  }

  /// Reads a part of a price, in the trip's minor units, rounded half up.
  ///
  /// A vendor may tell its own currency's figures. They are never taken for the trip's: as large as the
  /// part is of the whole that is told beside it, as large it is of the price. Nil when that is not told.
  func inTripCurrency(_ part: Money, of whole: Money?, for price: Int64) -> Int64? {
    if part.currency == option.currency { return part.minorUnits }
    guard let whole, whole.currency == part.currency, whole.minorUnits > 0,
      (0...whole.minorUnits).contains(part.minorUnits)
    else { return nil }
    let (high, low) = price.multipliedFullWidth(by: part.minorUnits)
    let (quotient, remainder) = whole.minorUnits.dividingFullWidth((high, low))
    return remainder >= whole.minorUnits - remainder ? quotient + 1 : quotient
  }

  /// What the customer gets back for a hotel that is gone: its price, less the fee that the property
  /// keeps when the traveller cancelled there.
  var hotelBack: Int64 {
    max(0, option.hotel.amount - (plan.penalties[Slot.hotel.text] ?? 0))
  }

  /// Asks what the supplier gives back for an activity that was cancelled there.
  mutating func quoteGone(_ number: Int, at now: Timestamp) -> Progress {
    guard let index = index(.activity(number), .forward), let reference = steps[index].reference
    else { return .settled }
    if steps[index].reason == SagaStep.unlisted {
      // Its supplier knows it no more, so nobody can say what is kept: the traveller bears nothing.
      plan.penalties[steps[index].key.slot.text] = 0
      return .settled
    }
    return .working(lookUp(index, .activityCancelQuote(bookingRef: reference), at: now))
  }

  /// What the customer gets back for an activity: its price, less what its supplier keeps of one
  /// that was cancelled there by the traveller.
  func back(_ number: Int) -> Int64 {
    let price = option.activities[number - 1].amount
    guard plan.activitiesGone.contains(number) else { return price }
    return max(0, price - (plan.penalties[Slot.activity(number).text] ?? 0))
  }

  /// What the customer gets back for all that was cancelled at vendors.
  var goneBack: Int64 {
    let hotel = plan.hotelGone && !plan.isReplaced(.hotel) ? hotelBack : 0
    let flight = plan.flightGone && !plan.isReplaced(.flight) ? option.flight.amount : 0
    return plan.activitiesGone.reduce(hotel + flight) {
      plan.isReplaced(.activity($1)) ? $0 : $0 + back($1)
    }
  }
}

/// Validation: is everything there, is it what was offered, does it cost what was said?
extension Saga {
  mutating func validate(at now: Timestamp) -> [SagaAction] {
    if state == .pending { move(to: .validating) }
    if plan.cancelAsked { return beginUndo(.cancel) }
    if now > deadline {
      return fail(
        "validation-timed-out", "The vendors could not be reached in time; nothing was charged.")
    }
    var actions: [SagaAction] = []
    if priced == nil, isOwn(.flight) { actions += read(.priceFlight, .flight, at: now) }
    if preview == nil, isOwn(.hotel) { actions += read(.previewHotel, .hotel, at: now) }
    for number in ownActivities where availability[number] == nil {
      actions += read(.checkActivity(number), .activity, at: now)
    }
    let isComplete =
      (priced != nil || !isOwn(.flight)) && (preview != nil || !isOwn(.hotel))
      && ownActivities.allSatisfy { availability[$0] != nil }
    guard isComplete else { return actions }
    for number in availability.keys.sorted() where availability[number] == false {
      plan.leftOut.append(number)
      warn(.activity(number), "activity-unavailable", "is no longer available and was left out")
      changes.append(
        .component(.activity(number), ComponentChange(status: "FAILED", error: "gone")))
    }
    if let why = whyNotChargeable { return fail("difference-too-small", why) }
    move(to: .processing)
    plan.phase = .booking
    story.append("validated")
    if !isFree { changes.append(.payment(.opened(charge))) }
    return []
  }

  /// Ends a trip for which nothing was done yet.
  mutating func fail(_ code: String, _ message: String) -> [SagaAction] {
    failure = TripFailure(code: code, message: message)
    plan.cause = .rollback
    plan.phase = .undoing
    plan.tries = SagaPlan.Tries()
    story.append("failed: \(code)")
    return []
  }

  /// Asks for a read unless it failed a moment ago or the breaker is open.
  mutating func read(_ action: SagaAction, _ service: Service, at now: Timestamp) -> [SagaAction] {
    if let failed = plan.tries[action], failed.notBefore > now { return [] }
    if isDeferred(service) {
      plan.tries[action] = .init(failures: plan.tries[action]?.failures ?? 0, notBefore: now)
      return []
    }
    return [action]
  }

  /// Has a read wait after a failure.
  mutating func readFailed(
    _ action: SagaAction, _ slot: Slot, _ retry: Retry, at now: Timestamp
  ) {
    let failures = (plan.tries[action]?.failures ?? 0) + 1
    let delay = RetryPolicy.delay(afterAttempt: failures, fraction: jitter(slot, failures))
    plan.tries[action] = .init(
      failures: failures, notBefore: now + max(delay, retry.after ?? .zero))
  }

  mutating func warn(_ slot: Slot, _ code: String, _ what: String) {
    let name: String =
      switch slot {
      case .activity(let number):
        "Activity \(number) (\(option.activities[number - 1].productCode))"
      case .hotel: "The hotel"
      case .flight: "The flight"
      default: slot.text
      }
    warnings.append(TripWarning(slot: slot.text, code: code, message: "\(name) \(what)."))
  }

  mutating func flightPriced(_ outcome: Outcome<PricedFlight>, at now: Timestamp) {
    if !outcome.isOpen { plan.tries[.priceFlight] = nil }
    switch outcome {
    case .done(let offer):
      let expected = Money(minorUnits: option.flight.amount, currency: option.currency)
      if offer.offerID != option.flight.offerId {
        refuse("flight-mismatch", "The flight is not the one that was offered.")
      } else if offer.total != expected {
        refuse(
          "flight-price-changed",
          "The flight now costs \(offer.total.decimalText) instead of \(expected.decimalText) \(option.currency)."
        )
      } else if let expiry = option.flight.expiresAt, now.microseconds >= expiry {
        refuse("flight-offer-expired", "The flight offer has expired.")
      } else {
        priced = offer
      }
    case .rejected(let rejection) where rejection.code == Rejection.unpayablePrice:
      refuse("flight-price-changed", "The flight \(rejection.message).")
    case .rejected(let rejection):
      refuse("flight-unavailable", "The flight is not available: \(rejection.message)")
    case .retry(let retry), .unknown(let retry):
      readFailed(.priceFlight, .flight, retry, at: now)
    }
  }

  private mutating func refuse(_ code: String, _ message: String) {
    if failure == nil { _ = fail(code, message) }
  }

  mutating func hotelPreviewed(_ outcome: Outcome<HotelPreview>, at now: Timestamp) {
    if !outcome.isOpen { plan.tries[.previewHotel] = nil }
    switch outcome {
    case .done(let shown):
      let expected = Money(minorUnits: option.hotel.amount, currency: option.currency)
      if shown.accommodationID != option.hotel.accommodationId
        || !shown.productIDs.contains(option.hotel.productId)
      {
        refuse("hotel-mismatch", "The hotel is not the one that was offered.")
      } else if shown.total != expected {
        refuse(
          "hotel-price-changed",
          "The hotel now costs \(shown.total.decimalText) instead of \(expected.decimalText) \(option.currency)."
        )
      } else {
        preview = (shown, now)
      }
    case .rejected(let rejection) where rejection.code == Rejection.unpayablePrice:
      refuse("hotel-price-changed", "The hotel \(rejection.message).")
    case .rejected(let rejection):
      refuse("hotel-unavailable", "The hotel is not available: \(rejection.message)")
    case .retry(let retry), .unknown(let retry):
      readFailed(.previewHotel, .hotel, retry, at: now)
    }
  }

  mutating func activityChecked(
    _ number: Int, _ outcome: Outcome<ActivityAvailability>, at now: Timestamp
  ) {
    if !outcome.isOpen { plan.tries[.checkActivity(number)] = nil }
    let activity = option.activities[number - 1]
    switch outcome {
    case .done(let found):
      let expected = Money(minorUnits: activity.amount, currency: option.currency)
      availability[number] =
        found.available && found.productCode == activity.productCode
        && (found.total.map { $0 == expected } ?? false)
    case .rejected:
      availability[number] = false
    case .retry(let retry), .unknown(let retry):
      readFailed(.checkActivity(number), .activity(number), retry, at: now)
    }
  }
}

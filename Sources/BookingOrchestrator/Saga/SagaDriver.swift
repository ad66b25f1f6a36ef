/// Performs the actions of one saga at a time; decides nothing.
struct SagaDriver: Sendable {
  let vendors: VendorClients
  let breakers: Breakers
  let wallClock: any WallClock

  /// Performs actions side by side and returns what happened, in the order of the actions.
  func perform(_ actions: [SagaAction], for saga: Saga) async throws -> [SagaEvent] {
    if actions.count == 1 { return [try await perform(actions[0], for: saga)] }
    return try await withThrowingTaskGroup(of: (Int, SagaEvent).self) { group in
      for (index, action) in actions.enumerated() {
        group.addTask { (index, try await perform(action, for: saga)) }
      }
      var events: [(Int, SagaEvent)] = []
      for try await event in group { events.append(event) }
      return events.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func perform(_ action: SagaAction, for saga: Saga) async throws -> SagaEvent {
    switch action {
    case .priceFlight:
      .flightPriced(
        noted(
          .flight,
          try await vendors.amadeus.price(
            saga.option.flight, currency: saga.option.currency,
            context(saga, .init(slot: .flight, direction: .forward), isRead: true))))
    case .previewHotel:
      .hotelPreviewed(
        noted(
          .hotel,
          try await vendors.bookingCom.preview(
            saga.option.hotel, currency: saga.option.currency, booker: saga.request.customer,
            context(saga, .init(slot: .hotel, direction: .forward), isRead: true))))
    case .checkActivity(let number):
      .activityChecked(
        number,
        noted(
          .activity,
          try await vendors.viator.availability(
            saga.option.activities[number - 1], currency: saga.option.currency,
            context(saga, .init(slot: .activity(number), direction: .forward), isRead: true))))
    case .send(let key): .answered(key, try await send(key, for: saga))
    case .lookUp(let key, let look): .lookedUp(key, try await self.lookUp(key, look, for: saga))
    }
  }

  private func send(_ key: SagaStep.Key, for saga: Saga) async throws -> SagaEvent.Answer {
    guard let step = saga.step(key.slot, key.direction) else {
      preconditionFailure("\(saga.id): \(key.slot.text) is not written down")
    }
    let request = step.request
    let context = context(saga, key, isRead: false)
    switch (key.slot, key.direction) {
    case (.intent, _), (.charge, .forward), (.capture, _):
      return .paymentIntent(
        noted(.stripe, try await vendors.stripe.sendPaymentIntent(request, context)))
    case (.charge, .undo), (.activityRefund, _), (.hotelRefund, _), (.flightRefund, _),
      (.changeRefund, _):
      return .refund(noted(.stripe, try await vendors.stripe.sendRefund(request, context)))
    case (.flight, .forward):
      return .flightOrder(noted(.flight, try await vendors.amadeus.sendCreate(request, context)))
    case (.flight, .undo):
      return .cancelled(noted(.flight, try await vendors.amadeus.sendCancel(request, context)))
    case (.hotel, .forward):
      return .hotelOrder(noted(.hotel, try await vendors.bookingCom.sendCreate(request, context)))
    case (.hotel, .undo):
      return .cancelled(noted(.hotel, try await vendors.bookingCom.sendCancel(request, context)))
    case (.activity, .forward):
      return .activity(noted(.activity, try await vendors.viator.sendBook(request, context)))
    case (.activity, .undo):
      return .activityCancellation(
        noted(.activity, try await vendors.viator.sendCancel(request, context)))
    }
  }

  private func lookUp(_ key: SagaStep.Key, _ look: SagaAction.Lookup, for saga: Saga) async throws
    -> SagaEvent.LookupResult
  {
    let context = context(saga, key, isRead: true)
    switch look {
    case .paymentIntent(let id):
      return .paymentIntent(noted(.stripe, try await vendors.stripe.paymentIntent(id, context)))
    case .refund(let id):
      return .refund(noted(.stripe, try await vendors.stripe.refund(id, context)))
    case .refunds(let intent):
      return .refunds(
        noted(.stripe, try await vendors.stripe.refunds(ofPaymentIntent: intent, context)))
    case .disputes(let intent):
      return .disputes(
        noted(.stripe, try await vendors.stripe.disputes(ofPaymentIntent: intent, context)))
    case .flightOrder(let id):
      return .flightOrder(noted(.flight, try await vendors.amadeus.order(id, context)))
    case .hotelOrder(let id):
      return .hotelOrder(
        noted(
          .hotel,
          try await vendors.bookingCom.details(order: id, currency: saga.option.currency, context)))
    case .hotelByLabel(let label, let from, let to):
      return .hotelOrders(
        noted(
          .hotel,
          try await vendors.bookingCom.orders(
            label: label, createdFrom: from, to: to, currency: saga.option.currency, context)))
    case .activityStatus(let reference):
      return .activity(
        noted(.activity, try await vendors.viator.status(partnerBookingRef: reference, context)))
    case .activityCancelQuote(let reference):
      return .cancelQuote(
        noted(.activity, try await vendors.viator.cancelQuote(bookingRef: reference, context)))
    }
  }

  /// Tells the breaker how a call ended.
  private func noted<Value>(_ service: Service, _ outcome: Outcome<Value>) -> Outcome<Value> {
    if let worked = outcome.showsVendorWorks {
      breakers.note(service, worked: worked, at: wallClock.now())
    }
    return outcome
  }

  private func context(_ saga: Saga, _ key: SagaStep.Key, isRead: Bool) -> CallContext {
    let step = saga.step(key.slot, key.direction)
    return CallContext(
      booking: saga.id, slot: key.slot.text, direction: key.direction.rawValue,
      generation: step?.generation ?? 1,
      attempt: isRead
        ? max(1, (step.map { $0.attempt + $0.looks } ?? saga.failures(of: key) + 1))
        : (step?.attempt ?? 1),
      epoch: saga.epoch, idempotencyKey: isRead ? nil : step?.idempotencyKey,
      mayBeSent: { [wallClock, sendBefore = saga.sendBefore] in
        isRead || sendBefore.map { wallClock.now() < $0 } ?? true
      })
  }
}

extension Saga {
  /// How often the read that prepares a slot has failed, so that each try has its own number.
  func failures(of key: SagaStep.Key) -> Int {
    switch key.slot {
    case .flight: plan.tries[.priceFlight]?.failures ?? 0
    case .hotel: plan.tries[.previewHotel]?.failures ?? 0
    case .activity(let number): plan.tries[.checkActivity(number)]?.failures ?? 0
    case .intent, .charge, .activityRefund, .hotelRefund, .flightRefund, .changeRefund, .capture: 0
    }
  }
}

import HTTPService
import HTTPTypes
import Synchronization

extension FakeStripe {
  /// Performs what is due without a request: deliveries of events, refunds that settle or fail,
  /// payments that finish processing. Runs until its task is cancelled; start it once.
  ///
  /// Only events that happen while it runs are delivered. An event whose plan says no delay is sent
  /// before the reply to the call that caused it: the reply waits until its first attempt is over.
  /// Every attempt is a child of its own, so a slow one holds up nothing; nothing sleeps for a
  /// delivery that is merely due later.
  /// - Throws: `CancellationError` when its task is cancelled; what the endpoint's transport throws
  ///   besides ``TransportError``.
  public func run(webhooks: WebhookEndpoint?) async throws {
    let (orders, continuation) = AsyncStream.makeStream(of: StripeWebhooks.Order.self)
    let first: Int64? = state.withLock { state in
      precondition(state.webhooks.orders == nil, "run(webhooks:) was started twice")
      state.webhooks.orders = continuation
      state.webhooks.target = webhooks.map(StripeWebhooks.Target.init)
      return state.nextAlarm()
    }
    defer {
      for waiter in state.withLock({ $0.webhooks.stop() }) { waiter.finish() }
    }
    if let first { continuation.yield(.wake(at: first)) }
    try await withThrowingDiscardingTaskGroup { group in
      for await order in orders {
        group.addTask {
          do {
            switch order {
            case .wake(let time): try await self.wake(at: time)
            case .attempt(let delivery): try await self.deliver(delivery)
            }
          } catch {
            // A child's error cancels its siblings, but it does not wake this loop.
            continuation.finish()
            throw error
          }
        }
      }
      try Task.checkCancellation()
    }
  }

  /// Changes where events go while ``run(webhooks:)`` runs; nil: nowhere. Deliveries that are still
  /// due go to the new endpoint.
  public func deliver(to webhooks: WebhookEndpoint?) {
    state.withLock { $0.webhooks.target = webhooks.map(StripeWebhooks.Target.init) }
  }

  /// When the earliest of the things that ``run(webhooks:)`` has yet to do is due, in microseconds
  /// since 1970; nil when there is nothing left to do. A delivery under way counts from its start.
  public var nextDue: Int64? {
    state.withLock { state in
      let due = state.earliest()
      guard state.webhooks.underway > 0 else { return due }
      return min(due ?? .max, state.webhooks.lastStart)
    }
  }

  /// Sleeps until a time, then does what is due; the first due delivery is made right here.
  private func wake(at time: Int64) async throws {
    let wait = time - environment.now()
    if wait > 0 { try await environment.clock.sleep(for: .microseconds(wait)) }
    let now = environment.now()
    let (effects, deliveries, orders, next) = state.withLock { state in
      state.webhooks.ended(alarm: time)
      state.account.settle(now: now)
      var deliveries: [StripeWebhooks.Delivery] = []
      while let (_, delivery) = state.webhooks.due.pop(dueBy: now) { deliveries.append(delivery) }
      state.webhooks.underway += deliveries.count
      if !deliveries.isEmpty { state.webhooks.lastStart = now }
      return (
        state.account.takeEffects(), deliveries, state.webhooks.orders, state.nextAlarm()
      )
    }
    if let next { orders?.yield(.wake(at: next)) }
    for delivery in deliveries.dropFirst() { orders?.yield(.attempt(delivery)) }
    _ = publish(effects, now: now)
    if let delivery = deliveries.first { try await deliver(delivery) }
  }

  /// Tells the watcher of changes and plans the deliveries of new events.
  /// - Returns: one stream for each event that must be sent before the reply; it ends when it was.
  func publish(_ effects: StripeAccount.Effects, now: Int64) -> [AsyncStream<Never>] {
    for change in effects.changes { environment.watch(change) }
    guard let (endpoint, subscribed) = subscribed(to: effects.events) else {
      // Changes may have planned something for later, which the loop must wake up for.
      if !effects.changes.isEmpty || effects.planned { rearm() }
      return []
    }
    // The plan is somebody else's code: it must not run inside the lock.
    let plans = subscribed.map {
      (position: $0.position, plan: endpoint.plan($0.event, $0.baggage))
    }
    var streams: [AsyncStream<Never>] = []
    let (orders, alarm) = state.withLock { state in
      for (position, plan) in plans {
        let soon = now &+ max(0, plan.delay.wholeMicroseconds)
        let due = plan.waitsForNext ? now &+ WebhookPlan.longestHold.wholeMicroseconds : soon
        if !plan.waitsForNext { state.release(heldBack: position, at: soon &+ 1_000_000) }
        for companion in plan.companions {
          let other = state.account.accompany(position, companion)
          state.account.events[other].outstanding = 1
          state.account.events[other].isSubscribed = true
          state.webhooks.due.insert(
            StripeWebhooks.Delivery(event: other, first: due), due: due)
        }
        state.webhooks.due.insert(
          StripeWebhooks.Delivery(
            event: position, first: due, forged: plan.forged, stale: plan.stale,
            rolled: plan.rolled), due: due)
        if plan.waitsForNext { state.hold(position, plan) }
        for duplicate in plan.duplicates {
          state.webhooks.due.insert(
            StripeWebhooks.Delivery(event: position, first: due, isDuplicate: true),
            due: due &+ max(0, duplicate.wholeMicroseconds))
        }
        state.account.events[position].outstanding += 1 + plan.duplicates.count
        state.account.events[position].isSubscribed = true
        if plan.delay <= .zero && !plan.waitsForNext && state.webhooks.orders != nil {
          let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
          state.webhooks.waiters[position] = continuation
          streams.append(stream)
        }
      }
      return (state.webhooks.orders, state.nextAlarm())
    }
    if let alarm { orders?.yield(.wake(at: alarm)) }
    return streams
  }

  private func rearm() {
    let (orders, alarm) = state.withLock { ($0.webhooks.orders, $0.nextAlarm()) }
    if let alarm { orders?.yield(.wake(at: alarm)) }
  }

  /// Returns the endpoint and those of the events that it subscribes to; nil when there are none.
  private func subscribed(to events: [Int]) -> (
    WebhookEndpoint, [(position: Int, event: StripeLedger.Event, baggage: String)]
  )? {
    guard !events.isEmpty else { return nil }
    return state.withLock { state in
      guard let endpoint = state.webhooks.target?.endpoint else { return nil }
      let wanted = events.compactMap { position in
        let record = state.account.events[position]
        let type = record.event.value.type
        return endpoint.types.isEmpty || endpoint.types.contains(type)
          ? (
            position: position, event: state.account.ledgerEvent(position), baggage: record.baggage
          )
          : nil
      }
      return wanted.isEmpty ? nil : (endpoint, wanted)
    }
  }

  /// Makes one attempt, forged and stale forerunners included, and plans the next if it fails.
  private func deliver(_ delivery: StripeWebhooks.Delivery) async throws {
    guard let (target, event) = beginAttempt(delivery) else { return }
    if delivery.forged, delivery.failures == 0 {
      let body = event.value.forgery.encoded()
      try await send(body, target, target.forger, secondsAgo: 0)
    }
    let body = target.endpoint.rewrite(
      event.value.id, StripeBody.event(event, pendingWebhooks: 1).encoded())
    if delivery.stale, delivery.failures == 0 {
      // Older than the tolerance of five minutes that Stripe's libraries apply.
      try await send(body, target, target.signature, secondsAgo: 3600)
    }
    state.withLock { $0.account.events[delivery.event].attempts += 1 }
    environment.watch(.webhook(event: event.value.id))
    let status = try await send(
      body, target, target.signature, secondsAgo: 0, rolled: delivery.rolled)
    endAttempt(delivery, status: status)
  }

  private func beginAttempt(_ delivery: StripeWebhooks.Delivery) -> (
    StripeWebhooks.Target, StripeSnapshot<EventObject>
  )? {
    state.withLock { state in
      if !delivery.isReleased, state.webhooks.released.remove(delivery.event) != nil {
        // Its turn came with the next event of its object.
        state.webhooks.underway = max(0, state.webhooks.underway - 1)
        return nil
      }
      let object = state.account.events[delivery.event].event.value.object.id
      if state.webhooks.held[object]?.event == delivery.event {
        state.webhooks.held[object] = nil
      }
      return state.webhooks.target.map { ($0, state.account.events[delivery.event].event) }
    }
  }

  /// Returns the status of the endpoint's answer; nil when none came.
  @discardableResult
  private func send(
    _ body: [UInt8], _ target: StripeWebhooks.Target, _ signature: StripeSignature,
    secondsAgo: Int64, rolled: Bool = false
  ) async throws -> Int? {
    let seconds = environment.now() / 1_000_000 - secondsAgo
    var request = target.request
    request.headerFields[StripeHeaders.signature] =
      rolled
      ? signature.header(body, at: seconds, between: target.forger)
      : signature.header(body, at: seconds)
    do {
      let reply = try await target.endpoint.transport.send(
        HTTPCall(request, body: body), timeout: StripeWebhooks.timeout)
      return reply.response.status.code
    } catch is TransportError {
      return nil
    }
  }

  private func endAttempt(_ delivery: StripeWebhooks.Delivery, status: Int?) {
    let now = environment.now()
    let accepted = status.map { (200..<300).contains($0) } ?? false
    let (waiter, orders, alarm) = state.withLock { state in
      state.webhooks.underway = max(0, state.webhooks.underway - 1)
      if accepted {
        state.account.events[delivery.event].delivered = true
      } else if let status {
        state.account.events[delivery.event].refusals.append(status)
      }
      var retry: Int64?
      if !accepted && !delivery.isDuplicate {
        let event = state.account.events[delivery.event].event.value.id
        let spread = StripeHash.mix(StripeHash.of(event.utf8) &+ UInt64(delivery.failures))
        let next = now &+ StripeWebhooks.backoff(failures: delivery.failures + 1, spread: spread)
        if next - delivery.first <= StripeWebhooks.horizon { retry = next }
      }
      if let retry {
        var again = delivery
        again.failures += 1
        state.webhooks.due.insert(again, due: retry)
      } else {
        state.account.events[delivery.event].outstanding -= 1
      }
      let waiter =
        delivery.isDuplicate ? nil : state.webhooks.waiters.removeValue(forKey: delivery.event)
      return (waiter, state.webhooks.orders, state.nextAlarm())
    }
    waiter?.finish()
    if let alarm { orders?.yield(.wake(at: alarm)) }
  }
}

extension FakeStripe.State {
  /// Notes that an event waits for the next one of its object.
  mutating func hold(_ position: Int, _ plan: WebhookPlan) {
    let object = account.events[position].event.value.object.id
    webhooks.held[object] = StripeWebhooks.Delivery(
      event: position, first: 0, forged: plan.forged, stale: plan.stale, rolled: plan.rolled,
      isReleased: true)
  }

  /// Has the event go out that waits for one of the same object.
  mutating func release(heldBack next: Int, at time: Int64) {
    let object = account.events[next].event.value.object.id
    guard let held = webhooks.held.removeValue(forKey: object) else { return }
    webhooks.released.insert(held.event)
    let delivery = StripeWebhooks.Delivery(
      event: held.event, first: time, forged: held.forged, stale: held.stale, rolled: held.rolled,
      isReleased: true)
    webhooks.due.insert(delivery, due: time)
  }

  /// When the next thing of any kind is due, in microseconds since 1970.
  mutating func earliest() -> Int64? {
    [account.nextDue, webhooks.due.first?.due].compactMap(\.self).min()
  }

  /// Returns the time for which the loop must wake, if it would not.
  mutating func nextAlarm() -> Int64? { webhooks.alarm(for: earliest()) }
}

extension EventObject {
  /// What an attacker would send: an event that never was and claims the opposite of this one.
  var forgery: StripeBody {
    var event = self
    event.id = String(id.dropLast(4)) + "F0RG"
    switch object {
    case .intent(let snapshot):
      var intent = snapshot.value
      if intent.status == .succeeded {
        event.type = "payment_intent.canceled"
        intent.status = .canceled
        intent.amountReceived = 0
        intent.canceledAt = createdMicroseconds / 1_000_000
      } else {
        event.type = "payment_intent.succeeded"
        intent.status = .succeeded
        intent.amountReceived = intent.amount
      }
      event.object = .intent(StripeSnapshot(intent))
    case .refund(let snapshot):
      var refund = snapshot.value
      if refund.status == .failed {
        event.type = "refund.updated"
        refund.status = .succeeded
        refund.failureReason = nil
      } else {
        event.type = "refund.failed"
        refund.status = .failed
        refund.failureReason = "declined"
      }
      event.object = .refund(StripeSnapshot(refund))
    case .charge, .paymentMethod, .customer, .event, .dispute, .transaction, .session, .lineItem,
      .balance,
      .expanded, .list, .search, .error:
      break
    }
    return .event(StripeSnapshot(event), pendingWebhooks: 1)
  }
}

// Lists are newest first. Source: Stripe API reference, Pagination.

extension StripeAccount {
  /// Returns one page of the objects of a kind.
  func list<Value: Sendable>(
    _ page: StripeCommand.Page, _ shelf: StripeShelf<Value>, url: String, kind: String,
    where matches: (Value) -> Bool, created: (Value) -> Int64,
    body: (StripeSnapshot<Value>) -> StripeBody
  ) throws(StripeError) -> StripeBody {
    let cursor = try cursor(page, shelf.positions, kind: kind)
    let (found, more) = select(page, cursor, count: shelf.objects.count) { position in
      let value = shelf.objects[position].value
      return (created(value), matches(value))
    }
    return .list(url: url, hasMore: more, found.map { body(shelf.objects[$0]) })
  }

  /// Returns an event as it would be delivered now.
  func body(ofEvent position: Int) -> StripeBody {
    let record = events[position]
    let pending = record.isSubscribed && !record.delivered && record.outstanding > 0 ? 1 : 0
    return .event(record.event, pendingWebhooks: pending)
  }

  func listIntents(_ page: StripeCommand.Page, customer: String?)
    throws(StripeError) -> StripeBody
  {
    let cursor = try cursor(page, intentPositions, kind: "payment_intent")
    let (found, more) = select(page, cursor, count: intents.count) { position in
      let intent = intents[position].object.value
      return (intent.created, customer == nil || intent.customer == customer)
    }
    return .list(
      url: "/v1/payment_intents", hasMore: more, found.map { .intent(intents[$0].object) })
  }

  func listRefunds(_ page: StripeCommand.Page, paymentIntent: String?, charge: String?)
    throws(StripeError) -> StripeBody
  {
    let cursor = try cursor(page, refundPositions, kind: "refund")
    var ofPayment: [Int]?
    if let charge {
      guard let intent = charges[charge]?.value.paymentIntent else {
        throw .noSuch("charge", charge, param: "charge")
      }
      ofPayment = intentPositions[intent].map { intents[$0].refunds }
    }
    if let paymentIntent {
      guard let position = intentPositions[paymentIntent] else {
        throw .noSuch("payment_intent", paymentIntent, param: "payment_intent")
      }
      ofPayment = intents[position].refunds
    }
    let wanted = ofPayment
    // Positions within the payment's refunds, or within all of them.
    let translated: Cursor
    if let wanted {
      translated = Cursor(
        after: cursor.after.map { after in wanted.firstIndex { $0 >= after } ?? wanted.count },
        before: cursor.before.map { before in (wanted.lastIndex { $0 <= before } ?? -1) })
    } else {
      translated = cursor
    }
    let (found, more) = select(page, translated, count: wanted?.count ?? refunds.count) { index in
      let refund = refunds[wanted?[index] ?? index].object.value
      return (refund.created, charge == nil || refund.charge == charge)
    }
    return .list(
      url: "/v1/refunds", hasMore: more, found.map { .refund(refunds[wanted?[$0] ?? $0].object) })
  }

  /// Events are listed for 30 days.
  func listEvents(
    _ page: StripeCommand.Page, types: [String], deliverySuccess: Bool?, now: Int64
  ) throws(StripeError) -> StripeBody {
    let cursor = try cursor(page, eventPositions, kind: "event")
    var page = page
    let oldest = now / 1_000_000 - 30 * 86_400
    let upper = page.created.upperBound
    page.created =
      upper < oldest ? Int64.min...Int64.min : max(page.created.lowerBound, oldest)...upper
    let (found, more) = select(page, cursor, count: events.count) { position in
      let record = events[position]
      let event = record.event.value
      let failed = record.isSubscribed && !record.delivered
      let matches =
        !event.isThin && (types.isEmpty || types.contains { Self.matches(event.type, $0) })
        && (deliverySuccess == nil || deliverySuccess == !failed)
      return (event.createdMicroseconds / 1_000_000, matches)
    }
    return .list(url: "/v1/events", hasMore: more, found.map { body(ofEvent: $0) })
  }

  /// `charge.*` stands for all types that begin so.
  private static func matches(_ type: String, _ pattern: String) -> Bool {
    pattern.hasSuffix("*") ? type.hasPrefix(pattern.dropLast()) : type == pattern
  }

  private struct Cursor {
    /// Only what is older than this position.
    var after: Int?
    /// Only what is newer than this position.
    var before: Int?
  }

  private func cursor(_ page: StripeCommand.Page, _ positions: [String: Int], kind: String)
    throws(StripeError) -> Cursor
  {
    var cursor = Cursor()
    if let id = page.startingAfter {
      guard let position = positions[id] else {
        throw .noSuch(kind, id, param: "starting_after", status: 400)
      }
      cursor.after = position
    }
    if let id = page.endingBefore {
      guard let position = positions[id] else {
        throw .noSuch(kind, id, param: "ending_before", status: 400)
      }
      cursor.before = position
    }
    return cursor
  }

  /// Selects one page out of `count` objects that are stored oldest first.
  ///
  /// `ending_before` walks upwards from its object, so that the page lies directly above it.
  /// - Parameter examine: returns when an object was created, in seconds, and whether it matches.
  private func select(
    _ page: StripeCommand.Page, _ cursor: Cursor, count: Int,
    _ examine: (Int) -> (created: Int64, matches: Bool)
  ) -> (positions: [Int], hasMore: Bool) {
    var found: [Int] = []
    let upwards = cursor.before != nil
    var position = cursor.before.map { $0 + 1 } ?? (cursor.after ?? count) - 1
    while position >= 0 && position < (upwards ? cursor.after ?? count : count) {
      let (created, matches) = examine(position)
      // Objects are stored in the order of creation: beyond the range nothing can match.
      if upwards ? created > page.created.upperBound : created < page.created.lowerBound { break }
      if matches && page.created.contains(created) {
        if found.count == page.limit { return (upwards ? found.reversed() : found, true) }
        found.append(position)
      }
      position += upwards ? 1 : -1
    }
    return (upwards ? found.reversed() : found, false)
  }
}

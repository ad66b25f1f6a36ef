import FoundationEssentials
import GRDB
import Wire

/// How trips are read back.
extension SagaStore {
  /// What a trip is about; never changes once written.
  struct TripTexts: Sendable {
    var option: TripOption
    var request: TripRequest
  }

  /// Reads a trip's rows back into a saga.
  func load(_ db: Database, _ id: BookingID, _ row: Row, epoch: Int64) throws -> Saga {
    let stateText: String = row[3]
    guard let state = TripState(rawValue: stateText) else {
      throw UnknownValue(booking: id, column: "state", value: stateText)
    }
    let planText: String = row[4]
    let warningsText: String = row[6]
    let failureText: String? = row[7]
    let finished: Int64? = row[11]
    let trip = try trip(db, id)
    var saga = Saga(
      id: id, option: trip.option, request: trip.request, vendors: vendors,
      createdAt: Timestamp(microseconds: row[10]), deadline: Timestamp(microseconds: row[9]),
      state: state, plan: planText == "{}" ? SagaPlan() : try Self.decoded(SagaPlan.self, planText),
      warnings: warningsText == "[]" ? [] : try Self.decoded([TripWarning].self, warningsText),
      failure: try failureText.map { try Self.decoded(TripFailure.self, $0) },
      needsAttention: row[5] as Int64 != 0,
      finishedAt: finished.map { Timestamp(microseconds: $0) }, version: Int(row[8] as Int64),
      epoch: epoch)
    saga.storedPlan = planText == "{}" ? nil : saga.plan
    saga.storedWarnings = saga.warnings
    saga.storedHash = row[12]
    if saga.needsAttention { saga.parked = try parkedItems(db, id) }
    if state != .pending { try loadSteps(db, into: &saga) }
    // A crash here would take the trips of everybody else along.
    if saga.step(.intent, .forward)?.status == .done, saga.plan.paymentIntent == nil {
      throw StoreError("booking \(id) has a payment intent that is DONE and that nothing names")
    }
    return saga
  }

  /// What a trip is about, from memory or from its texts.
  private func trip(_ db: Database, _ id: BookingID) throws -> TripTexts {
    if let known = trips[id] { return known }
    let select = try db.cachedStatement(
      sql: """
        SELECT o.snapshot, r.request FROM trip_booking b
          JOIN trip_option o ON o.id = b.trip_option_id JOIN trip_request r ON r.booking_id = b.id
        WHERE b.id = ?
        """)
    guard let row = try Row.fetchOne(select, arguments: [id.rawValue]) else {
      throw StoreError("booking \(id) has no option or no request")
    }
    let texts = TripTexts(
      option: try Self.decoded(TripOption.self, row[0]),
      request: try Self.decoded(TripRequest.self, row[1]))
    trips[id] = texts
    return texts
  }

  private static func decoded<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
    try JSONTextDecoder().decode(type, from: text)
  }

  private func parkedItems(_ db: Database, _ id: BookingID) throws -> [Saga.ParkedItem] {
    let select = try db.cachedStatement(
      sql: """
        SELECT slot, reason FROM attention_item WHERE booking_id = ? AND resolved_us IS NULL
        ORDER BY id
        """)
    return try Array(
      Row.fetchCursor(select, arguments: [id.rawValue]).map {
        Saga.ParkedItem(slot: $0[0], reason: $0[1])
      })
  }

  private func loadSteps(_ db: Database, into saga: inout Saga) throws {
    let select = try db.cachedStatement(
      sql: """
        SELECT slot, direction, generation, attempt, s.idempotency_key, method, path, body,
          payload_hash, cause, status, reference, reason, first_sent_us, last_sent_us,
          looks, not_before_us, created_us
        FROM saga_step s JOIN saga_request r ON r.idempotency_key = s.idempotency_key
        WHERE booking_id = ? ORDER BY slot, direction, generation
        """)
    let rows = try Row.fetchCursor(select, arguments: [saga.id.rawValue])
    var steps: [(step: SagaStep, created: Int64, place: Int)] = []
    while let row = try rows.next() {
      let slotText: String = row[0]
      let directionText: String = row[1]
      let statusText: String = row[10]
      guard let slot = Slot(text: slotText) else {
        throw UnknownValue(booking: saga.id, column: "slot", value: slotText)
      }
      guard let direction = Direction(rawValue: directionText) else {
        throw UnknownValue(booking: saga.id, column: "direction", value: directionText)
      }
      guard let status = SagaStep.Status(rawValue: statusText) else {
        throw UnknownValue(booking: saga.id, column: "status", value: statusText)
      }
      let body: Data = row[7]
      let first: Int64? = row[13]
      let last: Int64? = row[14]
      let notBefore: Int64? = row[16]
      let step = SagaStep(
        key: SagaStep.Key(slot: slot, direction: direction), generation: Int(row[2] as Int64),
        attempt: Int(row[3] as Int64), idempotencyKey: row[4],
        request: PreparedRequest(method: row[5], path: row[6], body: Array(body)),
        payloadHash: row[8], cause: row[9], status: status, reference: row[11], reason: row[12],
        firstSent: first.map { Timestamp(microseconds: $0) },
        lastSent: last.map { Timestamp(microseconds: $0) },
        notBefore: notBefore.map { Timestamp(microseconds: $0) }, lookups: Int(row[15] as Int64),
        isStored: true)
      steps.append((step, row[17], steps.count))
    }
    // In the order of their making, else in that of the rows. Sorted here: SQLite would copy each row,
    // with its request, into a sorter.
    steps.sort { ($0.created, $0.place) < ($1.created, $1.place) }
    for (step, _, _) in steps {
      saga.takeUp(step)
    }
  }

  func openInbox(_ db: Database, _ id: BookingID) throws -> [SagaMessage] {
    try InboxStore.open(db, booking: id).map { row in
      if row.kind == "cancel" { return .cancel(inbox: row.id) }
      do {
        if row.kind == "change" {
          return .changed(
            inbox: row.id, try JSONTextDecoder().decode(ChangeNotice.self, from: row.payload))
        }
        if row.kind == "operator" {
          return .decided(
            inbox: row.id,
            try JSONTextDecoder().decode(OperatorCommand.self, from: row.payload))
        }
        return .stripe(
          inbox: row.id,
          try JSONTextDecoder().decode(StripeEvent.self, from: row.payload))
      } catch {
        return .unreadable(inbox: row.id, "\(error)")
      }
    }
  }
}

extension Saga {
  /// Takes in a stored step. Only the latest generation counts, as earlier ones were rejected; but for a
  /// payment that was given up and somebody made all the same.
  fileprivate mutating func takeUp(_ step: SagaStep) {
    guard let index = index(step.key.slot, step.key.direction) else { return steps.append(step) }
    let known = steps[index]
    let isIntent = step.key == .init(slot: .intent, direction: .forward)
    let isMade = isIntent && known.status == .done
    let counts = known.generation < step.generation && !isMade
    if counts { steps[index] = step }
    if isIntent { earlierIntents.append(counts ? known : step) }
  }
}

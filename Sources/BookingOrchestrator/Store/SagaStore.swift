import FoundationEssentials
import GRDB
import Wire

/// The saga's part of the database: claims, loads and commits trips.
///
/// Every function runs inside the caller's transaction.
struct SagaStore: Sendable {
  /// Who claims: a new name for each process.
  let owner: String
  let vendors: VendorClients
  /// The clients that are told of their bookings.
  let hookedClients: Set<ClientName>
  /// A trip is claimed several times (to be booked, for each webhook, for the inspection), and decoding
  /// its texts costs more than the rest of a claim; about 3 KB each.
  let trips = BookingCache<TripTexts>()

  /// Creates the store of one process.
  init(owner: String, vendors: VendorClients, hookedClients: Set<ClientName> = []) {
    self.owner = owner
    self.vendors = vendors
    self.hookedClients = hookedClients
  }

  /// A trip that is not this process's to write any more: its lease was taken over.
  struct OwnershipLost: Error, CustomStringConvertible {
    let booking: BookingID
    var description: String { "the lease of \(booking) was taken over" }
  }

  /// A stored value that this version does not know: refused loudly, never guessed at.
  struct UnknownValue: Error, CustomStringConvertible {
    let booking: BookingID
    let column: String
    let value: String
    var description: String { "\(booking): unknown \(column) '\(value)'" }
  }

  /// Takes the lease of a trip and loads it; nil when it is leased, unknown, or not due.
  ///
  /// - Parameter onlyIfDue: claim only when its time to wake has come (a timer asks), not whenever
  ///   it is free (a message asks).
  func claim(_ db: Database, _ id: BookingID, onlyIfDue: Bool, at now: Timestamp) throws -> (
    saga: Saga, inbox: [SagaMessage]
  )? {
    let select = try db.cachedStatement(
      sql: """
        SELECT lease_epoch, lease_until_us, wake_us, state, saga, needs_attention, warnings,
          failure, t.version, deadline_us, created_us, finished_us,
          (SELECT hash FROM event e WHERE e.booking_id = t.id AND e.version = t.version) AS hash,
          EXISTS (SELECT 1 FROM inbox i WHERE i.booking_id = t.id AND i.applied_us IS NULL) AS waits
        FROM trip_booking t WHERE id = ?
        """)
    guard let row = try Row.fetchOne(select, arguments: [id.rawValue]) else { return nil }
    let leaseUntil: Int64 = row[1]
    let wake: Int64? = row[2]
    guard leaseUntil <= now.microseconds else { return nil }
    let inbox = row[13] ? try openInbox(db, id) : []
    if onlyIfDue, inbox.isEmpty { guard let wake, wake <= now.microseconds else { return nil } }
    let epoch: Int64 = row[0]
    let until = (now + RetryPolicy.lease).microseconds
    let update = try db.cachedStatement(
      sql: """
        UPDATE trip_booking SET lease_owner = ?, lease_epoch = ?, lease_until_us = ?, wake_us = ?
        WHERE id = ? AND lease_epoch = ?
        """)
    try update.execute(arguments: [owner, epoch + 1, until, until, id.rawValue, epoch])
    guard db.changesCount == 1 else { return nil }
    return (try load(db, id, row, epoch: epoch + 1), inbox)
  }

  /// What is left after a commit.
  struct Committed: Sendable {
    /// Messages that came meanwhile.
    var inbox: [SagaMessage]
    /// Whether the lease was given back.
    var isReleased: Bool
    /// The hash of the latest event.
    var hash: String
  }

  /// Writes everything that a reaction changed, in the caller's transaction.
  ///
  /// Gives the lease back when the reaction wants nothing done, no message is waiting, and the wait
  /// is not so short that it is slept through.
  /// - Throws: ``OwnershipLost`` when another owner has taken the trip; nothing is written then.
  func commit(_ db: Database, _ saga: Saga, _ reaction: Reaction, at now: Timestamp) throws
    -> Committed
  {
    for change in reaction.changes {
      if case .applied(let row, let result) = change {
        try InboxStore.markApplied(db, id: row, result: result, at: now)
      }
    }
    let inbox = try InboxStore.waits(db, for: saga.id) ? openInbox(db, saga.id) : []
    let isBrief =
      reaction.deferred == nil
      && reaction.wake.map { $0 - now <= SagaEngine.briefWait } ?? false
    let isReleased = reaction.actions.isEmpty && inbox.isEmpty && !isBrief
    try writeTrip(db, saga, reaction, isReleased: isReleased, at: now)
    for change in reaction.changes { try write(db, change, of: saga, at: now) }
    // The trip is still this owner's at the version it wrote last, so nobody appended since.
    var hash = saga.storedHash
    for (number, state) in reaction.moves.dropLast().enumerated() {
      hash = try EventLog.append(
        db, booking: saga.id, version: saga.version - reaction.versions + 1 + number,
        kind: "became \(state.rawValue)", state: state, needsAttention: saga.needsAttention,
        detail: "{}", at: now, after: hash)
    }
    let latest = try EventLog.append(
      db, booking: saga.id, version: saga.version,
      kind: reaction.story.isEmpty ? "noted" : reaction.story, state: saga.state,
      needsAttention: saga.needsAttention, detail: "{}", at: now, after: hash)
    // Last, since it shows the booking as this transaction leaves it.
    let base = (saga.plan.modifies?.base).map { BookingID($0) }
    let kinds = HookKind.kinds(of: reaction)
    try HookStore.enqueue(
      db, booking: base ?? saga.id, kinds: base == nil ? kinds : HookKind.ofBase(kinds),
      for: hookedClients, at: now)
    return Committed(inbox: inbox, isReleased: isReleased, hash: latest)
  }

  private func writeTrip(
    _ db: Database, _ saga: Saga, _ reaction: Reaction, isReleased: Bool, at now: Timestamp
  ) throws {
    let until = isReleased ? 0 : (now + RetryPolicy.lease).microseconds
    let wake = isReleased ? (reaction.deferred?.until ?? reaction.wake)?.microseconds : until
    // Nil leaves a column as it is. Warnings also go away, so that their number tells nothing: while
    // one is learnt to be settled, another may be learnt.
    let plan = saga.storedPlan == saga.plan ? nil : saga.plan.json
    let warnings =
      saga.storedWarnings == saga.warnings ? nil : try Self.json(saga.warnings)
    let failure = try saga.failure.map { try Self.json($0) }
    let update = try db.cachedStatement(
      sql: """
        UPDATE trip_booking SET state = ?, needs_attention = ?, lease_owner = ?, lease_until_us = ?,
          wake_us = ?, version = ?, updated_us = ?, finished_us = ?, saga = coalesce(?, saga),
          warnings = coalesce(?, warnings), failure = coalesce(?, failure)
        WHERE id = ? AND lease_epoch = ? AND version = ?
        """)
    try update.execute(arguments: [
      saga.state.rawValue, saga.needsAttention ? 1 : 0, isReleased ? nil : owner, until, wake,
      saga.version, now.microseconds, saga.finishedAt?.microseconds, plan, warnings, failure,
      saga.id.rawValue, saga.epoch, saga.version - reaction.versions,
    ])
    guard db.changesCount == 1 else { throw OwnershipLost(booking: saga.id) }
  }

  private func write(_ db: Database, _ change: SagaChange, of saga: Saga, at now: Timestamp) throws
  {
    switch change {
    case .step(let step): try write(db, step, of: saga.id, at: now)
    case .component(let slot, let component): try write(db, component, slot, of: saga, at: now)
    case .payment(let payment): try write(db, payment, of: saga, at: now)
    case .ledger(let posting): try write(db, posting, of: saga.id, at: now)
    case .attention(let item):
      try Self.write(db, item, of: saga.id, at: now)
    case .resolved(let resolution):
      try db.cachedStatement(
        sql: """
          UPDATE attention_item SET resolved_us = ?, resolution = ?, resolved_by = ?, note = ?
          WHERE booking_id = ? AND slot = ? AND reason = ? AND resolved_us IS NULL
          """
      ).execute(arguments: [
        now.microseconds, resolution.resolution, resolution.by, resolution.note, saga.id.rawValue,
        resolution.slot, resolution.reason,
      ])
    case .mail(let kind):
      try Outbox.enqueue(db, booking: saga.id, kind: kind, version: saga.version, at: now)
    case .applied: break  // Written before everything else.
    case .notice(let base, let notice):
      try ModificationStore.write(db, notice, to: base, version: saga.version, at: now)
    case .cancel(let modification):
      try InboxStore.cancel(db, booking: modification, key: nil, at: now)
    case .releaseOption:
      try db.cachedStatement(
        sql: """
          UPDATE trip_option SET lock_status = 'open', locked_by = NULL
          WHERE id = ? AND locked_by = ?
          """
      ).execute(arguments: [saga.option.tripOptionId.rawValue, saga.id.rawValue])
    }
  }

  private func write(_ db: Database, _ step: SagaStep, of id: BookingID, at now: Timestamp) throws {
    if step.isStored {
      try db.cachedStatement(
        sql: """
          UPDATE saga_step SET attempt = ?, status = ?, reference = ?, reason = ?, last_sent_us = ?,
            looks = ?, not_before_us = ?, updated_us = ?
          WHERE booking_id = ? AND slot = ? AND direction = ? AND generation = ?
          """
      ).execute(arguments: [
        step.attempt, step.status.rawValue, step.reference, step.reason,
        step.lastSent?.microseconds,
        step.lookups, step.notBefore?.microseconds, now.microseconds, id.rawValue,
        step.key.slot.text,
        step.key.direction.rawValue,
        step.generation,
      ])
    } else {
      try db.cachedStatement(
        sql: """
          INSERT INTO saga_step (booking_id, slot, direction, generation, attempt, idempotency_key,
            payload_hash, cause, status, reference, reason, first_sent_us, last_sent_us, looks,
            not_before_us, created_us, updated_us)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        id.rawValue, step.key.slot.text, step.key.direction.rawValue, step.generation, step.attempt,
        step.idempotencyKey, step.payloadHash, step.cause, step.status.rawValue, step.reference,
        step.reason, step.firstSent?.microseconds, step.lastSent?.microseconds, step.lookups,
        step.notBefore?.microseconds, now.microseconds, now.microseconds,
      ])
      try db.cachedStatement(
        sql: """
          INSERT INTO saga_request (idempotency_key, method, path, body) VALUES (?, ?, ?, ?)
          """
      ).execute(arguments: [
        step.idempotencyKey, step.request.method, step.request.path, Data(step.request.body),
      ])
    }
  }

  private func write(
    _ db: Database, _ component: ComponentChange, _ slot: Slot, of saga: Saga, at now: Timestamp
  ) throws {
    let booked = component.status == "BOOKED" ? now.microseconds : nil
    let cancelled = component.status == "CANCELLED" ? now.microseconds : nil
    try db.cachedStatement(
      sql: """
        UPDATE booking SET status = ?, state = ?, bookingReference = coalesce(?, bookingReference),
          vendorConfirmation = coalesce(?, vendorConfirmation), pnr = coalesce(?, pnr),
          error = coalesce(?, error), bookedAt = coalesce(bookedAt, ?),
          cancelledAt = coalesce(cancelledAt, ?), updatedAt = ?
        WHERE id = ?
        """
    ).execute(arguments: [
      component.status, saga.state.rawValue, component.reference, component.confirmation,
      component.pnr, component.error, booked, cancelled, now.microseconds,
      "\(saga.id):\(slot.text)",
    ])
  }

  private func write(_ db: Database, _ payment: PaymentChange, of saga: Saga, at now: Timestamp)
    throws
  {
    let paymentID = "\(saga.id):payment"
    func update(_ assignments: String, _ values: [(any DatabaseValueConvertible)?]) throws {
      try db.cachedStatement(
        sql: "UPDATE payment SET \(assignments), updatedAt = ? WHERE id = ?"
      ).execute(arguments: StatementArguments(values + [now.microseconds, paymentID]))
    }
    switch payment {
    case .opened(let amount):
      let billing = try saga.request.billingDetails.map { try Self.json($0) } ?? "{}"
      try db.cachedStatement(
        sql: """
          INSERT INTO payment (id, tripBookingId, tripOptionId, amount, currency, status,
            paymentMethodId, billingDetails, createdAt, updatedAt)
          VALUES (?, ?, ?, ?, ?, 'PENDING', ?, ?, ?, ?)
          """
      ).execute(arguments: [
        paymentID, saga.id.rawValue, saga.option.tripOptionId.rawValue, amount.minorUnits,
        amount.currency.code, saga.request.paymentMethodId,
        billing, now.microseconds,
        now.microseconds,
      ])
    case .intentCreated(let intent):
      try update("paymentIntentId = ?", [intent])
      try db.cachedStatement(sql: "UPDATE booking SET paymentIntentId = ? WHERE tripBookingId = ?")
        .execute(arguments: [intent, saga.id.rawValue])
      try InboxStore.adopt(db, paymentIntent: intent, booking: saga.id)
    case .captured(let charge):
      // Somebody may have refunded it before the charge itself was known.
      try update(
        """
        chargeId = ?, status = CASE WHEN refundAmount = 0 THEN 'SUCCEEDED'
          WHEN refundAmount = amount THEN 'REFUNDED' ELSE 'PARTIALLY_REFUNDED' END
        """, [charge])
    case .held(let charge):
      try update(
        "chargeId = ?, status = 'AUTHORIZED', authorizedAmount = amount, authorizedAt = ?",
        [charge, now.microseconds])
    case .heldCaptured(let amount):
      try update(
        """
        amount = ?, capturedAt = ?, status = CASE WHEN refundAmount = 0 THEN 'SUCCEEDED'
          WHEN refundAmount = ? THEN 'REFUNDED' ELSE 'PARTIALLY_REFUNDED' END
        """, [amount, now.microseconds, amount])
    case .failed: try update("status = 'FAILED'", [])
    case .canceled:
      try update("status = CASE status WHEN 'FAILED' THEN 'FAILED' ELSE 'CANCELED' END", [])
    case .refunded(let total, let refund):
      try update(
        """
        refundAmount = ?, refundId = ?, refundedAt = ?, status = CASE WHEN ? = 0 THEN 'SUCCEEDED'
          WHEN ? = amount THEN 'REFUNDED' ELSE 'PARTIALLY_REFUNDED' END
        """, [total, refund, now.microseconds, total, total])
    }
  }

  private func write(_ db: Database, _ posting: LedgerPosting, of id: BookingID, at now: Timestamp)
    throws
  {
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO ledger_entry (booking_id, txn, account, debit_minor, credit_minor, currency, cause,
          at_us)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
    let amount = posting.amount
    try insert.execute(arguments: [
      id.rawValue, posting.txn, posting.debit, amount.minorUnits, 0, amount.currency.code,
      posting.cause, now.microseconds,
    ])
    try insert.execute(arguments: [
      id.rawValue, posting.txn, posting.credit, 0, amount.minorUnits, amount.currency.code,
      posting.cause, now.microseconds,
    ])
  }

  /// The trips whose time has come, earliest first, and the free ones with a message waiting (the
  /// process that took the message died before it could say so).
  func due(_ db: Database, at now: Timestamp, limit: Int) throws -> [BookingID] {
    let select = try db.cachedStatement(
      sql: "SELECT id FROM trip_booking WHERE wake_us <= ? ORDER BY wake_us, id LIMIT ?")
    let due = try String.fetchAll(select, arguments: [now.microseconds, limit])
    let waiting = try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT DISTINCT booking_id FROM inbox WHERE applied_us IS NULL AND booking_id IS NOT NULL
          """))
    return (due + waiting).map { BookingID($0) }
  }

  /// Gives back every lease of this owner; its trips are due at once.
  func giveBackLeases(_ db: Database, at now: Timestamp) throws {
    try db.cachedStatement(
      sql: """
        UPDATE trip_booking SET lease_owner = NULL, lease_until_us = 0, wake_us = ?
        WHERE lease_owner = ?
        """
    ).execute(arguments: [now.microseconds, owner])
  }

  /// Ends every lease, whoever holds it; its trips are due at once. Returns how many there were.
  ///
  /// Due as well are the trips on their way: one that waits for a breaker rests for a while,
  /// and the process whose breaker would have rung for it is gone. Who wakes too early rests again.
  /// Leased trips and those on their way always have a time to wake, so the index of those finds them.
  func endAllLeases(_ db: Database, at now: Timestamp) throws -> Int {
    try db.cachedStatement(
      sql: """
        UPDATE trip_booking SET lease_owner = NULL, lease_until_us = 0, wake_us = ?
        WHERE wake_us IS NOT NULL AND lease_owner IS NOT NULL
        """
    ).execute(arguments: [now.microseconds])
    let count = db.changesCount
    try db.cachedStatement(
      sql: """
        UPDATE trip_booking SET wake_us = ?1 WHERE wake_us > ?1 AND state NOT IN (?2, ?3, ?4)
        """
    ).execute(arguments: [
      now.microseconds, TripState.confirmed.rawValue, TripState.failed.rawValue,
      TripState.cancelled.rawValue,
    ])
    return count
  }

  /// Whether a trip's client has asked for its cancellation, which may wait for the end of a change.
  static func isCancelAsked(_ db: Database, _ id: BookingID) throws -> Bool {
    let select = try db.cachedStatement(
      sql: "SELECT coalesce(json_extract(saga, '$.cancelAsked'), 0) FROM trip_booking WHERE id = ?")
    return try Bool.fetchOne(select, arguments: [id.rawValue]) ?? false
  }

  private static func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONTextEncoder([.letters, .slash]).encode(value), as: UTF8.self)
  }
}

import GRDB

/// Reads the orchestrator's tables with the auditor's own SQL.
///
/// All reads are synchronous and outside the orchestrator's transactions; statements are cached by
/// GRDB. `unsafeRead` is GRDB's read without a transaction around it: on one connection, on one
/// thread, nothing can be written between two statements.
struct StoreReader {
  let database: DatabaseQueue

  /// One event with the trip's row as it is now.
  struct EventRow {
    var seq: Int64
    var booking: String
    var version: Int
    var state: String
    var needsAttention: Bool
    var at: Int64
    var rowState: String
    var rowVersion: Int
    var rowNeedsAttention: Bool
    var rowEpoch: Int64
  }

  /// Returns the events after a sequence number, in order.
  func events(after seq: Int64) throws -> [EventRow] {
    try database.unsafeRead { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT e.seq, e.booking_id, e.version, e.state, e.needs_attention, e.at_us,
            t.state, t.version, t.needs_attention, t.lease_epoch
          FROM event e JOIN trip_booking t ON t.id = e.booking_id WHERE e.seq > ? ORDER BY e.seq
          """)
      let rows = try Row.fetchCursor(statement, arguments: [seq])
      var events: [EventRow] = []
      while let row = try rows.next() {
        events.append(
          EventRow(
            seq: row[0], booking: row[1], version: row[2], state: row[3], needsAttention: row[4],
            at: row[5], rowState: row[6], rowVersion: row[7], rowNeedsAttention: row[8],
            rowEpoch: row[9]))
      }
      return events
    }
  }

  /// What is read once per trip.
  struct TripHead {
    var customer: String
    var clientKey: String
    var created: Int64
    var deadline: Int64
  }

  func head(_ booking: String) throws -> TripHead? {
    try database.unsafeRead { db in
      let statement = try db.cachedStatement(
        sql:
          "SELECT customer_id, client_key, created_us, deadline_us FROM trip_booking WHERE id = ?")
      return try Row.fetchOne(statement, arguments: [booking]).map { row in
        TripHead(customer: row[0], clientKey: row[1], created: row[2], deadline: row[3])
      }
    }
  }

  /// A step as it stands when its call is sent, with what of its trip bears on it.
  struct SentStep {
    var status: String
    var key: String
    var payloadHash: String
    var cause: String
    var attempt: Int
    var lastSent: Int64?
    var epoch: Int64
    /// When the trip's lease ends.
    var leaseUntil: Int64
    var hasBegunUndo: Bool
  }

  func sentStep(_ booking: String, _ slot: String, _ direction: String, _ generation: Int)
    throws -> SentStep?
  {
    try database.unsafeRead { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT s.status, s.idempotency_key, s.payload_hash, s.cause, s.attempt, s.last_sent_us,
            t.lease_epoch, t.lease_until_us,
            EXISTS (SELECT 1 FROM saga_step u WHERE u.booking_id = s.booking_id
              AND u.direction = 'undo' AND (u.cause = 'rollback' OR u.cause = 'cancel')) AS undo
          FROM saga_step s JOIN trip_booking t ON t.id = s.booking_id
          WHERE s.booking_id = ? AND s.slot = ? AND s.direction = ? AND s.generation = ?
          """)
      let rows = try Row.fetchCursor(
        statement, arguments: [booking, slot, direction, generation])
      guard let row = try rows.next() else { return nil }
      return SentStep(
        status: row[0], key: row[1], payloadHash: row[2], cause: row[3], attempt: row[4],
        lastSent: row[5], epoch: row[6], leaseUntil: row[7], hasBegunUndo: row[8])
    }
  }

  /// One step of a trip.
  struct StepRow {
    var slot: String
    var direction: String
    var generation: Int
    var attempt: Int
    var key: String
    var cause: String
    var status: String
    var reference: String
    var firstSent: Int64?
    var created: Int64
    var updated: Int64

    var isOpen: Bool { status == "INTENT" || status == "UNKNOWN" }
    var isSettled: Bool { status == "DONE" || status == "NEEDS_ATTENTION" }
  }

  /// Returns all steps of a trip, by slot, direction and generation.
  func steps(_ booking: String) throws -> [StepRow] {
    try database.unsafeRead { db in try Self.steps(db, booking) }
  }

  static func steps(_ db: Database, _ booking: String) throws -> [StepRow] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT slot, direction, generation, attempt, idempotency_key, cause, status,
          coalesce(reference, ''), first_sent_us, created_us, updated_us
        FROM saga_step WHERE booking_id = ? ORDER BY slot, direction, generation
        """)
    return try Array(
      Row.fetchCursor(statement, arguments: [booking]).map { row in
        StepRow(
          slot: row[0], direction: row[1], generation: row[2], attempt: row[3], key: row[4],
          cause: row[5], status: row[6], reference: row[7], firstSent: row[8], created: row[9],
          updated: row[10])
      })
  }

  /// Returns the slots of a trip with an open parked item.
  func parkedSlots(_ booking: String) throws -> [String] {
    try database.unsafeRead { db in
      try String.fetchAll(
        try db.cachedStatement(
          sql: "SELECT slot FROM attention_item WHERE booking_id = ? ORDER BY id"),
        arguments: [booking])
    }
  }

  /// The warnings of a trip, as JSON.
  func warnings(_ booking: String) throws -> String {
    try database.unsafeRead { db in
      try String.fetchOne(
        try db.cachedStatement(sql: "SELECT warnings FROM trip_booking WHERE id = ?"),
        arguments: [booking]) ?? "[]"
    }
  }

  /// One row of the payment table.
  struct PaymentRow {
    var id: String
    var intent: String?
    var amount: Int64
    var status: String
    var refundAmount: Int64
  }

  func payments(_ booking: String) throws -> [PaymentRow] {
    try database.unsafeRead { db in try Self.payments(db, booking) }
  }

  static func payments(_ db: Database, _ booking: String) throws -> [PaymentRow] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT id, paymentIntentId, amount, status, refundAmount FROM payment
        WHERE tripBookingId = ? ORDER BY id
        """)
    return try Array(
      Row.fetchCursor(statement, arguments: [booking]).map { row in
        PaymentRow(
          id: row[0], intent: row[1], amount: row[2], status: row[3], refundAmount: row[4])
      })
  }

  /// One transaction of the ledger whose two sides differ.
  struct Unbalanced {
    var txn: String
    var booking: String
    var debit: Int64
    var credit: Int64
  }

  /// Returns how many ledger rows there are after a row, the highest, and what does not balance.
  ///
  /// A ledger transaction is committed as a whole, so those after a row are whole too.
  func ledger(after id: Int64) throws -> (last: Int64, unbalanced: [Unbalanced]) {
    try database.unsafeRead { db in
      let last =
        try Int64.fetchOne(try db.cachedStatement(sql: "SELECT max(id) FROM ledger_entry")) ?? 0
      guard last > id else { return (id, []) }
      // Summed here: for a few rows SQLite's grouping costs more than reading them.
      let statement = try db.cachedStatement(
        sql: """
          SELECT txn, booking_id, debit_minor, credit_minor, currency FROM ledger_entry
          WHERE id > ? ORDER BY id
          """)
      var sums: [Unbalanced] = []
      var places: [String: Int] = [:]  // Looked up by key only.
      let rows = try Row.fetchCursor(statement, arguments: [id])
      while let row = try rows.next() {
        let key = "\(row[0] as String) \(row[4] as String)"
        let place = places[key] ?? sums.count
        if place == sums.count {
          places[key] = place
          sums.append(Unbalanced(txn: row[0], booking: row[1], debit: 0, credit: 0))
        }
        sums[place].debit += row[2] as Int64
        sums[place].credit += row[3] as Int64
      }
      return (last, sums.filter { $0.debit != $0.credit })
    }
  }

  /// One row of the inbox.
  struct InboxRow {
    var id: Int64
    var source: String
    var kind: String
    var booking: String
    var object: String
    var received: Int64
  }

  /// Returns the rows of the inbox after a row, in order.
  func inbox(after id: Int64) throws -> [InboxRow] {
    try database.unsafeRead { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT id, source, kind, coalesce(booking_id, ''), coalesce(object, ''), received_us
          FROM inbox WHERE id > ? ORDER BY id
          """)
      return try Row.fetchAll(statement, arguments: [id]).map { row in
        InboxRow(
          id: row[0], source: row[1], kind: row[2], booking: row[3], object: row[4],
          received: row[5])
      }
    }
  }

  /// An unfinished trip whose wake has passed, that nobody has begun, or that somebody was driving.
  struct DueTrip {
    var booking: String
    var epoch: Int64
    var leaseUntil: Int64
    /// Who holds, or held last, its lease; empty when it was given back.
    var owner: String
  }

  /// Returns the trips that are not in a final state and whose wake has passed, that are only accepted,
  /// which is to be acted on at once, or that are leased, by wake.
  func dueTrips(at now: Int64) throws -> [DueTrip] {
    try database.unsafeRead { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT id, lease_epoch, lease_until_us, coalesce(lease_owner, '') FROM trip_booking
          WHERE (wake_us <= ? OR state = 'PENDING' OR lease_owner IS NOT NULL AND lease_until_us > ?)
            AND state NOT IN ('CONFIRMED', 'FAILED', 'CANCELLED')
          ORDER BY wake_us, id
          """)
      return try Row.fetchAll(statement, arguments: [now, now]).map { row in
        DueTrip(booking: row[0], epoch: row[1], leaseUntil: row[2], owner: row[3])
      }
    }
  }

  /// Returns how many parked items are open.
  func openItems() throws -> Int {
    try database.unsafeRead { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM attention_item WHERE resolved_us IS NULL")
        ?? 0
    }
  }

  /// Returns the epoch of a trip's lease.
  func leaseEpoch(_ booking: String) throws -> Int64? {
    try database.unsafeRead { db in
      try Int64.fetchOne(
        try db.cachedStatement(sql: "SELECT lease_epoch FROM trip_booking WHERE id = ?"),
        arguments: [booking])
    }
  }

  /// Returns what is still due anywhere, in a sentence, or nil; cheap while something is.
  func somethingDue(epoch: Int64) throws -> String? {
    try database.unsafeRead { db in
      if let row = try Row.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT id, state, wake_us FROM trip_booking WHERE wake_us IS NOT NULL
            ORDER BY wake_us LIMIT 1
            """))
      {
        let wake: Int64 = row[2]
        return "\(row[0] as String) (\(row[1] as String)) is to be woken at "
          + "\(seconds(wake - epoch)) s"
      }
      if let row = try Row.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT coalesce(booking_id, 'nobody'), source FROM inbox WHERE applied_us IS NULL
            ORDER BY id LIMIT 1
            """))
      {
        return "the message \(row[1] as String) for \(row[0] as String) is not applied"
      }
      if let row = try Row.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT booking_id, kind FROM outbox WHERE status = 'pending' ORDER BY next_us LIMIT 1
            """))
      {
        return "the \(row[1] as String) mail of \(row[0] as String) is not sent"
      }
      if let row = try Row.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT booking_id, kind FROM hook_event WHERE status = 'pending' ORDER BY next_us LIMIT 1
            """))
      {
        return "the event \(row[1] as String) of \(row[0] as String) is not sent"
      }
      return nil
    }
  }

  /// Returns a step that was intended since a moment and has no answer yet, of a trip that nobody drives now and
  /// that no other process than this owner had last. Both in microseconds since 1970.
  func intendedStep(since: Int64, at now: Int64, by owner: String) throws -> (
    booking: String, step: String
  )? {
    try database.unsafeRead { db in
      try Row.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT s.booking_id, s.direction || ' ' || s.slot
            FROM saga_step s JOIN trip_booking t ON t.id = s.booking_id
            WHERE s.status = 'INTENT' AND s.last_sent_us >= ?1 AND t.lease_until_us <= ?2
              AND coalesce(t.lease_owner, ?3) = ?3
            ORDER BY s.booking_id, s.slot LIMIT 1
            """), arguments: [since, now, owner]
      ).map { ($0[0], $0[1]) }
    }
  }

  /// Who holds a trip's lease.
  struct Lease: Hashable {
    var booking: String
    var epoch: Int64
    /// Empty when it was given back.
    var owner: String
    var until: Int64
  }

  /// Returns the leases of all trips that ever had one.
  func leases() throws -> [Lease] {
    try database.unsafeRead { db in
      try Row.fetchAll(
        try db.cachedStatement(
          sql: """
            SELECT id, lease_epoch, coalesce(lease_owner, ''), lease_until_us FROM trip_booking
            WHERE lease_epoch > 0
            """)
      ).map { Lease(booking: $0[0], epoch: $0[1], owner: $0[2], until: $0[3]) }
    }
  }

  /// Returns which trips are leased until later than a moment, in microseconds since 1970, and by whom.
  func leases(at now: Int64) throws -> [(booking: String, owner: String)] {
    try database.unsafeRead { db in
      try Row.fetchAll(
        try db.cachedStatement(
          sql: """
            SELECT id, lease_owner FROM trip_booking
            WHERE lease_owner IS NOT NULL AND lease_until_us > ? ORDER BY id
            """), arguments: [now]
      ).map { ($0[0], $0[1]) }
    }
  }

  /// Returns a step that is open although nothing is due any more. Reads all steps.
  ///
  /// What was undone (a pending activity that was cancelled) has its answer.
  func openStep() throws -> String? {
    try database.unsafeRead { db in
      try Row.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT s.booking_id, s.slot, s.direction, s.status FROM saga_step s
            WHERE s.status IN ('INTENT', 'UNKNOWN') AND NOT (s.direction = 'do' AND EXISTS (
              SELECT 1 FROM saga_step u WHERE u.booking_id = s.booking_id AND u.slot = s.slot
                AND u.direction = 'undo' AND u.status IN ('DONE', 'NEEDS_ATTENTION')))
            ORDER BY s.booking_id, s.slot LIMIT 1
            """)
      ).map { row in
        "the step \(row[2] as String) \(row[1] as String) of \(row[0] as String) is still "
          + (row[3] as String)
      }
    }
  }
}

/// Prints virtual microseconds as seconds with three digits: `3.200`.
func seconds(_ microseconds: Int64) -> String {
  let sign = microseconds < 0 ? "-" : ""
  let millis = microseconds.magnitude / 1_000
  let fraction = String(millis % 1_000)
  return "\(sign)\(millis / 1_000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
}

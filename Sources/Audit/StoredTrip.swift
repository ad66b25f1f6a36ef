import GRDB
import Wire

/// All that the orchestrator's database says of one trip at the end.
struct StoredTrip {
  var state = ""
  var version = 0
  var needsAttention = false
  var wake: Int64?
  var finished: Int64?
  /// The code of why it failed, as clients are told; empty when it did not.
  var failure = ""
  var warnings: [Warning] = []
  var warningsAreReadable = true
  var steps: [StoreReader.StepRow] = []
  var payments: [StoreReader.PaymentRow] = []
  /// What is parked; once concluded, also what operators closed without a retry.
  var attention: [Attention] = []
  /// What was parked and is closed.
  var closed: [Closed] = []
  var outbox: [Mail] = []
  /// What the ledger says moved, from account to account.
  var flows: [Flow] = []
  /// Debits less credits of the account `stripe`.
  var ledgerNet: Int64 { flow("stripe", "customer") - flow("customer", "stripe") }
  var hasLedger: Bool { !flows.isEmpty }
  var openInbox = 0

  /// A warning for the traveller.
  struct Warning: Decodable {
    var slot: String
    var code: String
    var message: String
  }

  /// A parked item.
  struct Attention {
    var slot: String
    var reason: String
    var reference: String
    var known: String
    var advice: String
    var created: Int64
    /// Whether nobody has decided about it.
    var isOpen = true
    /// Whether it was given up.
    var isAbandoned = false

    /// The amount that it says is owed, in minor units; nil when it names none.
    func amount(_ decoder: JSONTextDecoder) -> Int64? {
      guard let known = try? decoder.decode([String: String].self, from: known),
        let amount = known["amount"]?.split(separator: " ").first
      else { return nil }
      return Int64(amount)
    }

    /// Whether its reference is, or is among other ids, this one.
    func names(_ id: String) -> Bool { reference.split(separator: " ").contains { $0 == id } }
  }

  /// A parked item that was closed.
  struct Closed {
    var slot: String
    var reason: String
    /// `retried`, `done` or `abandoned`.
    var resolution: String
    var by: String
    var note: String
    /// Microseconds since 1970.
    var at: Int64
  }

  /// A mail owed.
  struct Mail {
    var kind: String
    var status: String
    var version: Int
    /// As it was written, as JSON.
    var payload: String
  }

  /// One transaction of the ledger: an account that is debited, one that is credited.
  struct Flow {
    var txn: String
    var debit: String
    var credit: String
    var amount: Int64
    var currency: String
    var cause: String
    /// Unix time, in microseconds.
    var at: Int64 = 0
  }

  /// The sum of what an account was debited for another one.
  func flow(_ debit: String, _ credit: String, cause: String? = nil) -> Int64 {
    flows.reduce(0) { sum, flow in
      flow.debit == debit && flow.credit == credit && (cause == nil || flow.cause == cause)
        ? sum + flow.amount : sum
    }
  }

  func attention(_ reason: String) -> [Attention] { attention.filter { $0.reason == reason } }

  /// The latest generation of a step.
  func step(_ slot: String, _ direction: String) -> StoreReader.StepRow? {
    steps.last { $0.slot == slot && $0.direction == direction }
  }
}

extension StoreReader {
  /// Reads everything of one trip; nil when it is not there.
  func stored(_ booking: String, _ decoder: JSONTextDecoder) throws -> StoredTrip? {
    try database.unsafeRead { db in
      guard
        let row = try Row.fetchOne(
          try db.cachedStatement(
            sql: """
              SELECT state, version, needs_attention, wake_us, finished_us, warnings,
                coalesce(json_extract(failure, '$.code'), '')
              FROM trip_booking WHERE id = ?
              """), arguments: [booking])
      else { return nil }
      var trip = StoredTrip()
      trip.state = row[0]
      trip.version = row[1]
      trip.needsAttention = row[2]
      trip.wake = row[3]
      trip.finished = row[4]
      let warnings: String = row[5]
      trip.failure = row[6]
      if warnings != "[]" {
        if let read = try? decoder.decode([StoredTrip.Warning].self, from: warnings) {
          trip.warnings = read
        } else {  // Said by D3; not being readable is the finding.
          trip.warningsAreReadable = false
        }
      }
      trip.steps = try Self.steps(db, booking)
      trip.payments = try Self.payments(db, booking)
      try Self.items(db, booking, &trip)
      trip.outbox = try Row.fetchAll(
        try db.cachedStatement(
          sql:
            "SELECT kind, status, version, payload FROM outbox WHERE booking_id = ? ORDER BY id"),
        arguments: [booking]
      ).map { row in
        StoredTrip.Mail(kind: row[0], status: row[1], version: row[2], payload: row[3])
      }
      trip.flows = try Self.flows(db, booking)
      trip.openInbox =
        try Int.fetchOne(
          try db.cachedStatement(
            sql: "SELECT count(*) FROM inbox WHERE booking_id = ? AND applied_us IS NULL"),
          arguments: [booking]) ?? 0
      return trip
    }
  }

  private static func items(_ db: Database, _ booking: String, _ trip: inout StoredTrip) throws {
    let rows = try Row.fetchCursor(
      try db.cachedStatement(
        sql: """
          SELECT slot, reason, coalesce(reference, ''), known, advice, created_us, resolved_us,
            coalesce(resolution, ''), coalesce(resolved_by, ''), coalesce(note, '')
          FROM attention_item WHERE booking_id = ? ORDER BY id
          """), arguments: [booking])
    while let row = try rows.next() {
      if let at: Int64 = row[6] {
        trip.closed.append(
          StoredTrip.Closed(
            slot: row[0], reason: row[1], resolution: row[7], by: row[8], note: row[9], at: at))
      } else {
        trip.attention.append(
          StoredTrip.Attention(
            slot: row[0], reason: row[1], reference: row[2], known: row[3], advice: row[4],
            created: row[5]))
      }
    }
  }

  /// One row of a trip's events, whole.
  struct ChainLink {
    var version: Int
    var kind: String
    var state: String
    var needsAttention: Bool
    var detail: String
    var hash: String
    var at: Int64
  }

  /// Returns a trip's events in order of version.
  func chain(_ booking: String) throws -> [ChainLink] {
    try database.unsafeRead { db in
      try Row.fetchAll(
        try db.cachedStatement(
          sql: """
            SELECT version, kind, state, needs_attention, detail, hash, at_us FROM event
            WHERE booking_id = ? ORDER BY version
            """), arguments: [booking]
      ).map { row in
        ChainLink(
          version: row[0], kind: row[1], state: row[2], needsAttention: row[3], detail: row[4],
          hash: row[5], at: row[6])
      }
    }
  }

  /// Returns the trips without an event of their version, and clients' keys with two bookings.
  func orphans() throws -> (silent: [String], doubled: [(key: String, count: Int)]) {
    try database.unsafeRead { db in
      let silent = try String.fetchAll(
        db,
        sql: """
          SELECT t.id FROM trip_booking t LEFT JOIN event e
            ON e.booking_id = t.id AND e.version = t.version AND e.state = t.state
            AND e.needs_attention = t.needs_attention
          WHERE e.seq IS NULL ORDER BY t.id
          """)
      let doubled = try Row.fetchAll(
        db,
        sql: """
          SELECT client || ' ' || client_key, count(*) FROM trip_booking
          GROUP BY client, client_key HAVING count(*) > 1 ORDER BY 1
          """
      ).map { row in (key: row[0] as String, count: row[1] as Int) }
      return (silent, doubled)
    }
  }

  /// Returns sources of inbox rows that are there twice, and open rows.
  func inboxFaults() throws -> (
    doubled: [(source: String, booking: String)], open: [(source: String, booking: String)]
  ) {
    try database.unsafeRead { db in
      func pairs(_ sql: String) throws -> [(source: String, booking: String)] {
        try Row.fetchAll(db, sql: sql).map { row in
          (source: row[0] as String, booking: row[1] as String)
        }
      }
      return (
        try pairs(
          """
          SELECT source, coalesce(min(booking_id), '') FROM inbox GROUP BY source
          HAVING count(*) > 1 ORDER BY source
          """),
        try pairs(
          """
          SELECT source, coalesce(booking_id, '') FROM inbox WHERE applied_us IS NULL ORDER BY id
          """)
      )
    }
  }
}

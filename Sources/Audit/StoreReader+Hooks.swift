import GRDB

// Events for clients, as they are stored.
extension StoreReader {
  /// One event as it was written.
  struct HookRow {
    var id: Int64
    var booking: String
    var sequence: Int
    var kind: String
    var payload: String
  }

  /// Returns the events after a row, in order.
  func hookEvents(after id: Int64) throws -> [HookRow] {
    try database.unsafeRead { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT id, booking_id, sequence, kind, payload FROM hook_event WHERE id > ? ORDER BY id
          """)
      return try Array(
        Row.fetchCursor(statement, arguments: [id]).map { row in
          HookRow(id: row[0], booking: row[1], sequence: row[2], kind: row[3], payload: row[4])
        })
    }
  }

  /// The number of a booking's first event that is still to be sent.
  func firstOpenEvent(_ booking: String) throws -> Int? {
    try database.unsafeRead { db in
      try Int.fetchOne(
        try db.cachedStatement(
          sql: "SELECT min(sequence) FROM hook_event WHERE booking_id = ? AND status = 'pending'"),
        arguments: [booking])
    }
  }

  /// When the last of a booking's events before one ended; in microseconds since 1970.
  func lastEnd(before sequence: Int, of booking: String) throws -> Int64? {
    try database.unsafeRead { db in
      try Int64.fetchOne(
        try db.cachedStatement(
          sql: "SELECT max(ended_us) FROM hook_event WHERE booking_id = ? AND sequence < ?"),
        arguments: [booking, sequence])
    }
  }

  /// Whether something of a trip is parked.
  func hasOpenItem(_ trip: String) throws -> Bool {
    try database.unsafeRead { db in
      try Bool.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT EXISTS (SELECT 1 FROM attention_item WHERE booking_id = ? AND resolved_us IS NULL)
            """), arguments: [trip]) ?? false
    }
  }

  /// What became of one event.
  struct HookEnd {
    var sequence: Int
    var kind: String
    var status: String
    var created: Int64
    var ended: Int64?
    var result: String
  }

  /// Returns what became of a booking's events, in their order.
  func hookEnds(of booking: String) throws -> [HookEnd] {
    try database.unsafeRead { db in
      try Row.fetchAll(
        try db.cachedStatement(
          sql: """
            SELECT sequence, kind, status, created_us, ended_us, coalesce(result, '')
            FROM hook_event WHERE booking_id = ? ORDER BY sequence
            """), arguments: [booking]
      ).map { row in
        HookEnd(
          sequence: row[0], kind: row[1], status: row[2], created: row[3], ended: row[4],
          result: row[5])
      }
    }
  }

  /// Returns when something of a trip was parked or settled, or news were mailed, and as what that is to be
  /// told; in microseconds since 1970.
  func hookCauses(_ trip: String) throws -> [(kind: String, at: Int64)] {
    try database.unsafeRead { db in
      try Row.fetchAll(
        try db.cachedStatement(
          sql: """
            SELECT 'booking.needs_attention', created_us FROM attention_item WHERE booking_id = ?1
            UNION ALL
            SELECT 'booking.changed', resolved_us FROM attention_item
            WHERE booking_id = ?1 AND resolved_us IS NOT NULL
            UNION ALL
            SELECT 'booking.changed', e.at_us FROM outbox o
            JOIN event e ON e.booking_id = o.booking_id AND e.version = o.version
            WHERE o.booking_id = ?1 AND o.kind = 'update'
            """), arguments: [trip]
      ).map { ($0[0], $0[1]) }
    }
  }
}

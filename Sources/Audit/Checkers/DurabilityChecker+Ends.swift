import GRDB

// D13: what a settled trip leaves behind in the database.
extension DurabilityChecker {
  /// D13 of a settled trip: nothing is half written, held or promised any more.
  ///
  /// Judged of settled trips only: in a final state, no time to wake, nothing pending at Stripe and
  /// nothing open in the inbox.
  func judgeEnds(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    findings.check(.d13)
    func wrong(_ subject: String, _ what: String) {
      findings.violate(
        .d13, at: at, booking: trip.id, subject: subject,
        "\(trip.id) is \(trip.state.rawValue) and settled, and \(what)")
    }
    guard let rest = read({ try $0.remains(trip.id) }) ?? nil else { return }
    if !rest.owner.isEmpty, rest.leaseUntil - epoch > at {
      wrong("lease", "\(rest.owner) holds its lease until \(seconds(rest.leaseUntil - epoch)) s")
    }
    for step in stored.steps where step.isOpen {
      let undo = stored.step(step.slot, "undo")
      if step.direction == "do", undo?.isSettled == true { continue }
      wrong(step.key, "\(step.key) is \(step.status)")
    }
    let isParked = stored.attention.contains(where: \.isOpen)
    if isParked != trip.needsAttention {
      wrong("attention", isParked ? "nobody is told what is parked" : "nothing is parked")
    }
    if trip.state == .failed, !isParked, rest.lockedBy == trip.id {
      wrong("option", "its option \(rest.option) is still kept for it")
    }
    if trip.state != .failed, !rest.lockedBy.isEmpty, rest.lockedBy != trip.id {
      wrong("option", "its option \(rest.option) is kept for \(rest.lockedBy)")
    }
    if trip.state != .failed, rest.others > 0 {
      wrong("sold", "its option \(rest.option) is sold \(rest.others + 1) times")
    }
    for part in rest.parts
    where !["PENDING", "BOOKED", "FAILED", "CANCELLED"].contains(part.status) {
      // What is parked, or was abandoned, has no better word.
      let isLeft = stored.attention.contains {
        $0.slot == part.slot && ($0.isOpen || $0.isAbandoned)
      }
      if !isLeft { wrong(part.slot, "its \(part.slot) is \(part.status)") }
    }
  }
}

extension StoreReader {
  /// What is left of a trip beside its steps.
  struct Remains {
    var owner = ""
    var leaseUntil: Int64 = 0
    var option = ""
    /// Whom the option is kept for; empty for nobody.
    var lockedBy = ""
    /// Other standing trips of the same option.
    var others = 0
    var parts: [(slot: String, status: String)] = []
  }

  /// Reads what is left of a trip; nil when it is not there.
  func remains(_ booking: String) throws -> Remains? {
    try database.unsafeRead { db in
      guard
        let row = try Row.fetchOne(
          try db.cachedStatement(
            sql: """
              SELECT coalesce(t.lease_owner, ''), t.lease_until_us, o.id, coalesce(o.locked_by, ''),
                (SELECT count(*) FROM trip_booking x WHERE x.trip_option_id = t.trip_option_id
                  AND x.id <> t.id AND x.state IN ('CONFIRMED', 'PROCESSING', 'VALIDATING'))
              FROM trip_booking t JOIN trip_option o ON o.id = t.trip_option_id WHERE t.id = ?
              """), arguments: [booking])
      else { return nil }
      var remains = Remains(
        owner: row[0], leaseUntil: row[1], option: row[2], lockedBy: row[3], others: row[4])
      remains.parts = try Row.fetchAll(
        try db.cachedStatement(
          sql: "SELECT slot, status FROM booking WHERE tripBookingId = ? ORDER BY slot"),
        arguments: [booking]
      ).map { row in (slot: row[0] as String, status: row[1] as String) }
      return remains
    }
  }
}

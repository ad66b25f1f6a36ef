import GRDB

/// N9: what comes for a trip is taken in soon, whatever it is and however busy the trip is.
final class InboxChecker: Checker {
  let context: AuditContext
  /// When processes lived, from and until; virtual. The last one may live on.
  private var lives: [(from: Int64, until: Int64)] = []

  init(_ context: AuditContext) { self.context = context }

  /// A process started.
  func started(_ at: Int64) {
    if lives.last?.from != at { lives.append((at, .max)) }
  }

  /// A process died; where others run, a life begins in which they take its trips over.
  func noteDeath(_ at: Int64) {
    if !lives.isEmpty { lives[lives.count - 1].until = at }
  }

  /// N9 over the whole inbox.
  ///
  /// Time counts while a process lives, and from its start: a dead one's leases run out first. It does
  /// not count while a call of the trip is under way, for what it brings is noted together with the
  /// message; nor while a token of the airline is asked for, which whoever needs it waits for. An event that
  /// comes before its payment is known belongs to nobody until it is.
  func conclude(_ history: History, _ at: Int64) {
    var busy: [String: [(from: Int64, until: Int64)]] = [:]
    var tokens: [(from: Int64, until: Int64)] = []
    for call in history.calls
    where call.node.hasPrefix("orchestrator") && call.service != "mail" && call.service != "hooks" {
      let span = (call.sentMicroseconds, call.sentMicroseconds + call.latencyMicroseconds)
      if call.operation == "token" {
        tokens.append(span)
      } else {
        busy[call.bookingID, default: []].append(span)
      }
    }
    for row in read({ try $0.takings() }) ?? [] {
      let applied = row.applied.map(virtual) ?? at
      var start = max(virtual(row.received), row.known.map(virtual) ?? .min)
      var bound = row.isOperators ? Bounds.takingDecisions : Bounds.takingAwake
      if let life = lives.last(where: { $0.from <= applied }) {
        start = max(start, life.from)
        if lives.count > 1, applied - life.from < Bounds.taking { bound = Bounds.taking }
      }
      let spans = ((busy[row.booking] ?? []) + tokens).sorted { $0 < $1 }
      for call in spans where call.from < applied && call.until > start {
        start = min(applied, call.until)
      }
      findings.check(.n9)
      guard applied - start > bound else { continue }
      findings.violate(
        .n9, at: applied, booking: row.booking, subject: row.source,
        "'\(row.source)' came for \(row.booking) at \(seconds(virtual(row.received))) s and was "
          + (row.applied == nil ? "never taken in" : "taken in at \(seconds(applied)) s")
          + ", although nothing stood in the way from \(seconds(start)) s on")
    }
  }
}

extension StoreReader {
  /// A row of the inbox, when it came, when it could be its trip's, and when it was taken in.
  struct Taking {
    var source: String
    var booking: String
    var received: Int64
    var known: Int64?
    var applied: Int64?
    /// Whether it was written past the process that runs.
    var isOperators: Bool
  }

  /// Returns what came for trips.
  func takings() throws -> [Taking] {
    try database.unsafeRead { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT i.source, i.booking_id, i.received_us, i.applied_us, CASE i.kind WHEN 'webhook' THEN
            (SELECT min(s.updated_us) FROM saga_step s WHERE s.booking_id = i.booking_id
              AND s.slot = 'intent' AND s.direction = 'do' AND s.status = 'DONE') END,
            i.kind = 'operator'
          FROM inbox i WHERE i.booking_id IS NOT NULL ORDER BY i.id
          """
      ).map { row in
        Taking(
          source: row[0], booking: row[1], received: row[2], known: row[4], applied: row[3],
          isOperators: row[5])
      }
    }
  }
}

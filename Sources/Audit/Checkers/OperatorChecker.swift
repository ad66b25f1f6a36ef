import FakeVendors
import GRDB

/// D11, D12, D14: what is parked is left to operators, and what they decide is carried out once.
///
/// Who decided what, and when, is the world's own knowledge; what came of it is read from the rows.
final class OperatorChecker: Checker {
  let context: AuditContext
  /// Decisions that were taken into an inbox and not applied yet, in order.
  private var waiting: [DecisionRecord] = []
  /// Decisions that were taken and applied, with what came of them, by booking; looked up by key only.
  private var applied: [String: [(decision: DecisionRecord, result: String)]] = [:]

  init(_ context: AuditContext) { self.context = context }

  /// Notes a decision; one that the orchestrator's own tool refused has no effect.
  func noteDecision(_ decision: DecisionRecord) {
    mark(decision.refusal.isEmpty ? "operator-\(decision.verb)" : "operator-refused")
    judgeOverview(decision)
    guard decision.refusal.isEmpty else { return }
    if Self.resolutions[decision.verb] != nil { judgeTaken(decision) }
    waiting.append(decision)
  }

  /// D14: an item takes one decision at a time, and is tried again only where that is known to be safe.
  private func judgeTaken(_ decision: DecisionRecord) {
    findings.check(.d14)
    func wrong(_ subject: String, _ what: String) {
      findings.violate(
        .d14, at: decision.atMicroseconds, booking: decision.bookingID,
        subject: "\(subject) \(decision.by)", "\(sentence(decision)), which was taken \(what)")
    }
    let before = waiting.first {
      $0.item == decision.item && $0.parkedMicroseconds == decision.parkedMicroseconds
    }
    if let before {
      wrong("second", "although \(before.by)'s \(before.verb) waited to be carried out")
    }
    if decision.verb == "retry", !Self.retriable.contains(decision.reason) {
      wrong("unsafe", "although no call is known to be safe for it")
    }
  }

  /// What may be asked for again: what was refused, or failed, for certain.
  private static let retriable = ["refund-failed", "undo-refused"]

  /// D14: the overview counts what is open.
  private func judgeOverview(_ decision: DecisionRecord) {
    guard let told = decision.toldOpen, let open = read({ try $0.openItems() }), told != open else {
      return
    }
    findings.violate(
      .d14, at: decision.atMicroseconds, booking: "", subject: "overview",
      "\(decision.by) was shown \(told) open items at \(seconds(decision.atMicroseconds)) s; \(open) are"
    )
  }

  /// Judges the decisions that a commit applied, at that commit.
  func committed(_ at: Int64) {
    guard !waiting.isEmpty else { return }
    waiting.removeAll { decision in
      guard let row = read({ try $0.decision(decision.bookingID, by: decision.by) }) ?? nil else {
        findings.violate(
          .d14, at: at, booking: decision.bookingID, subject: "lost \(decision.by)",
          "\(sentence(decision)), and the decision is in no inbox")
        return true
      }
      guard let moment = row.applied else { return false }
      judge(decision, row.result, virtual(moment), at)
      applied[decision.bookingID, default: []].append((decision, row.result))
      return true
    }
  }

  private func sentence(_ decision: DecisionRecord) -> String {
    "\(decision.by) decided \(decision.verb) for \(decision.slot), \(decision.reason), of "
      + "\(decision.bookingID) at \(seconds(decision.atMicroseconds)) s"
  }

  private static let resolutions = [
    "retry": "retried", "mark-done": "done", "abandon": "abandoned",
  ]

  /// D12 and D14 of one decision that was applied: it closes its item and says who and why, or it is
  /// refused because the item was closed, or parked anew, before it.
  private func judge(_ decision: DecisionRecord, _ result: String, _ moment: Int64, _ at: Int64) {
    guard let trip = known(decision.bookingID) else { return }
    let item = read { try $0.item(decision.item) } ?? nil
    func wrong(_ invariant: Invariant, _ what: String) {
      findings.violate(
        invariant, at: at, booking: trip.id, subject: "\(decision.by)",
        "\(sentence(decision)); it was applied at \(seconds(moment)) s as '\(result)', and \(what)")
    }
    let isSame = item.map { virtual($0.created) } == decision.parkedMicroseconds
    guard let resolution = Self.resolutions[decision.verb] else {
      findings.check(.d12)
      if !result.hasPrefix("unreadable") { wrong(.d12, "no version knows that word") }
      if item?.by == decision.by { wrong(.d12, "the item is \(item?.resolution ?? "closed")") }
      return
    }
    findings.check(.d14)
    if result.hasPrefix("refused") {
      let isRetryOfNothing = decision.verb == "retry" && result.hasPrefix("refused: nothing")
      if isSame, item?.resolved == nil, !isRetryOfNothing { wrong(.d14, "the item is open") }
      return
    }
    if result != resolution { wrong(.d14, "that is not what was decided") }
    guard let item else { return wrong(.d14, "there is no such item any more") }
    if item.resolved.map(virtual) != moment || item.resolution != resolution
      || item.by != decision.by || item.note != decision.note
    {
      wrong(
        .d14,
        "the item says '\(item.resolution)' by '\(item.by)' ('\(item.note)') at "
          + "\(item.resolved.map { seconds(virtual($0)) } ?? "no") s")
    }
    guard decision.verb != "retry" else { return }
    trip.closedByHand.append(
      StoredTrip.Attention(
        slot: decision.slot, reason: decision.reason, reference: item.reference, known: item.known,
        advice: "", created: item.created, isOpen: false,
        isAbandoned: decision.verb == "abandon"))
  }

  /// D11 of a call that takes something back: a new try of what is parked follows a decision.
  ///
  /// An item about refunds of others stands beside our own refund of the slot; only one that names what
  /// the try before made is about it. That a parked step itself is not sent is M10's.
  func judgeSend(_ record: CallRecord, _ at: Int64) {
    guard record.direction == "undo", record.generation > 1, let trip = known(record.bookingID)
    else { return }
    let key = "\(trip.id):\(record.slot):undo:\(record.generation)"
    let steps = read { try $0.steps(trip.id) } ?? []
    let before = steps.first {
      $0.slot == record.slot && $0.direction == "undo" && $0.generation == record.generation - 1
    }
    let items = read { try $0.items(trip.id, record.slot) } ?? []
    findings.check(.d11, exercised: !items.isEmpty)
    func isAbout(_ reason: String, _ reference: String) -> Bool {
      guard reason == "refund-failed" else { return reason == "undo-refused" }
      guard let made = before?.reference, !made.isEmpty else { return false }
      return reference.split(separator: " ").contains { $0 == made }
    }
    for item in items where item.resolved == nil && isAbout(item.reason, item.reference) {
      findings.violate(
        .d11, at: at, booking: trip.id, subject: key,
        "\(key) is sent at \(seconds(at)) s although \(record.slot) is parked as '\(item.reason)' "
          + "and nobody has decided")
    }
    for item in trip.closedByHand
    where item.slot == record.slot && isAbout(item.reason, item.reference)
      && !items.contains(where: { $0.created > item.created })
    {
      findings.violate(
        .d11, at: at, booking: trip.id, subject: "\(key) closed",
        "\(key) is sent at \(seconds(at)) s although an operator had closed the item "
          + "'\(item.reason)' of \(record.slot)")
    }
  }

  /// D11 and D14 of one trip at the end: nothing was closed but by whom decided it, or by a dispute's
  /// end; every decision was applied, is named by one event, and by one only.
  func conclude(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    let decisions = applied[trip.id] ?? []
    for item in stored.closed {
      findings.check(.d11)
      let isDecided = decisions.contains { decision, result in
        decision.slot == item.slot && decision.reason == item.reason && decision.by == item.by
          && result == item.resolution
      }
      let isByBank = item.by == "stripe" && trip.disputes.contains { !$0.isOpen && !$0.isEnquiry }
      if isDecided || isByBank { continue }
      findings.violate(
        .d11, at: at, booking: trip.id, subject: "\(item.slot) \(item.reason)",
        "\(item.slot) of \(trip.id), '\(item.reason)', is \(item.resolution) by '\(item.by)' since "
          + "\(seconds(virtual(item.at))) s, who decided no such thing")
    }
    for (decision, result) in decisions where Self.resolutions[decision.verb] == result {
      let told = read { try $0.events(trip.id, naming: decision.by) } ?? 0
      guard told != 1 else { continue }
      findings.violate(
        .d14, at: at, booking: trip.id, subject: "event \(decision.by)",
        "\(sentence(decision)), and \(told) events of \(trip.id) say so")
    }
    guard let quiet = quietSince, at - quiet >= Bounds.taking else { return }
    for decision in waiting where decision.bookingID == trip.id {
      findings.violate(
        .d14, at: at, booking: trip.id, subject: "waits \(decision.by)",
        "\(sentence(decision)), and nothing has come of it")
    }
  }
}

extension StoreReader {
  /// A parked item, open or not.
  struct ItemRow {
    var reason: String
    var reference: String
    var known: String
    var created: Int64
    var resolved: Int64?
    var resolution: String
    var by: String
    var note: String
  }

  private static let itemColumns = """
    SELECT reason, coalesce(reference, ''), known, created_us, resolved_us,
      coalesce(resolution, ''), coalesce(resolved_by, ''), coalesce(note, '') FROM attention_item
    """

  private static func item(_ row: Row) -> ItemRow {
    ItemRow(
      reason: row[0], reference: row[1], known: row[2], created: row[3], resolved: row[4],
      resolution: row[5], by: row[6], note: row[7])
  }

  /// Returns an item by its number.
  func item(_ id: Int64) throws -> ItemRow? {
    try database.unsafeRead { db in
      try Row.fetchOne(
        try db.cachedStatement(sql: "\(Self.itemColumns) WHERE id = ?"), arguments: [id]
      ).map(Self.item)
    }
  }

  /// Returns the items of a slot.
  func items(_ booking: String, _ slot: String) throws -> [ItemRow] {
    try database.unsafeRead { db in
      try Row.fetchAll(
        try db.cachedStatement(
          sql: "\(Self.itemColumns) WHERE booking_id = ? AND slot = ? ORDER BY id"),
        arguments: [booking, slot]
      ).map(Self.item)
    }
  }

  /// Returns what has come of an operator's decision; nil when it is not there.
  func decision(_ booking: String, by: String) throws -> (applied: Int64?, result: String)? {
    try database.unsafeRead { db in
      try Row.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT applied_us, coalesce(result, '') FROM inbox
            WHERE booking_id = ? AND kind = 'operator' AND json_extract(payload, '$.by') = ?
            """), arguments: [booking, by]
      ).map { row in (applied: row[0], result: row[1]) }
    }
  }

  /// Returns how many events of a trip name somebody who decided.
  func events(_ booking: String, naming who: String) throws -> Int {
    try database.unsafeRead { db in
      try Int.fetchOne(
        try db.cachedStatement(
          sql: "SELECT count(*) FROM event WHERE booking_id = ? AND instr(kind, ? || ' ') > 0"),
        arguments: [booking, who]) ?? 0
    }
  }
}

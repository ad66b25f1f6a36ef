import GRDB
import Wire

/// A booking whose trip is being changed, or was.
extension BookingView {
  /// A modification as the client may see it.
  struct Modification: Sendable, Hashable {
    var id: BookingID
    /// Its saga's own state, until it is decided.
    var progress: TripState
    /// `PENDING`, `DONE` or `REFUSED`.
    var decision: String
    var from: TripOptionID
    var to: TripOptionID
    /// What the new trip costs more, in minor units; below zero when it is cheaper.
    var difference: Int64
    /// What the customer bears of what the old vendors keep, in minor units, as far as it is known.
    var penalties: Int64
    /// Why it was refused.
    var failure: TripFailure?

    /// The word for clients: `PENDING`, `VALIDATING`, `PROCESSING`, then `DONE` or `REFUSED`.
    var state: String { decision == "PENDING" ? progress.rawValue : decision }
    var isDecided: Bool { decision != "PENDING" }
  }

  /// Whether the modification that is shown came to its end; true when none is.
  var isModificationDecided: Bool { modification?.isDecided ?? true }

  /// Reads a booking's modifications: one that is done makes the trip another one, and what of any is
  /// parked is the booking's.
  /// - Parameter shown: the one to show; nil for the latest.
  mutating func readModifications(_ db: Database, shown: BookingID?) throws {
    // Only what was confirmed can be changed.
    guard [.confirmed, .cancelling, .cancelled].contains(state) else { return }
    let all = try ModificationStore.all(db, of: id)
    guard let latest = all.last(where: { shown == nil || $0.id == shown }) ?? all.last else {
      return
    }
    for known in all {
      guard let saga = try BookingView.load(db, known.id) else { continue }
      if known == latest {
        modification = Modification(
          id: known.id, progress: saga.state, decision: known.decision, from: known.from,
          to: known.to, difference: known.difference,
          penalties: try Self.borne(db, id, all, of: known.id),
          failure: saga.failure)
      }
      attention += saga.attention
      needsAttention = needsAttention || saga.needsAttention
      if known.decision == "DONE" { try become(saga, known, db) }
    }
  }

  /// Shows the new trip: what was kept under its new slots, and what the modification booked.
  private mutating func become(
    _ saga: BookingView, _ known: ModificationStore.Known, _ db: Database
  ) throws {
    var slots: [String: String] = [:]
    for (slot, own) in known.kept { slots[own] = slot }  // order: looked up by key only
    if open.isEmpty { try readOpenSteps(db) }
    components =
      components.compactMap { part in
        guard let slot = slots[part.slot] else { return nil }
        var part = part
        part.slot = slot
        return part
      } + saga.components
    components.sort { ($0.slot.utf8.count, $0.slot) < ($1.slot.utf8.count, $1.slot) }
    var penalties = saga.penalties
    for (slot, amount) in self.penalties {  // order: each goes to a place of its own
      if let slot = slots[slot] { penalties[slot] = amount }
    }
    self.penalties = penalties
    warnings =
      warnings.compactMap { warning in
        guard let slot = slots[warning.slot] else { return nil }
        return TripWarning(slot: slot, code: warning.code, message: warning.message)
      } + saga.warnings
    option = saga.option
    total = saga.total
    charged += saga.charged
    refunded += saga.refunded
    chargedBack += saga.chargedBack
    wasSettledByHand = wasSettledByHand || saga.wasSettledByHand
    open += saga.open
    if components.contains(where: \.isBooked) { try readNames(db) }
  }

  /// What the customer bears of the penalties for what a modification replaced, as far as it is known.
  ///
  /// The booking knows of it, and so do earlier modifications some of whose parts it replaced.
  private static func borne(
    _ db: Database, _ id: BookingID, _ all: [ModificationStore.Known], of modification: BookingID
  ) throws -> Int64 {
    let statement = try db.cachedStatement(
      sql: "SELECT json_extract(saga, '$.modifications') FROM trip_booking WHERE id = ?")
    return try ([id] + all.map(\.id)).reduce(0) { sum, saga in
      guard let text = try String.fetchOne(statement, arguments: [saga.rawValue]) else {
        return sum
      }
      let changes = try JSONTextDecoder().decode([SagaPlan.Change].self, from: text)
      return sum + (changes.first { $0.id == modification.rawValue }?.borne ?? 0)
    }
  }

  /// A sentence about a change that is under way, or that came to nothing; empty for none.
  var changeMessage: String {
    guard let modification else { return "" }
    switch modification.decision {
    case "PENDING": return " It is being changed; until that is done it stands as it was."
    case "REFUSED": return " It could not be changed and stands as it was."
    default: return ""
    }
  }

  /// Why a change came to nothing, for the traveller.
  static func sentence(refusing failure: TripFailure) -> String {
    "The trip could not be changed and stands as it was. \(failure.message)"
  }
}

extension BookingView {
  /// Writes what is being changed, or was changed last.
  func write(modification json: inout JSONWriter) {
    guard let modification else { return }
    json.field("modification", objectOf: modification) {
      $0.field("id", $1.id.rawValue)
      $0.field("state", $1.state)
      $0.field("from", $1.from.rawValue)
      $0.field("to", $1.to.rawValue)
      $0.field("priceDifference", $1.difference)
      $0.field("penalties", $1.penalties)
      if let failure = $1.failure {
        $0.field("reason", failure.code)
        $0.field("message", Self.sentence(refusing: failure))
      }
    }
  }
}

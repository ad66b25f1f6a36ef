import FakeVendors
import GRDB

/// What the auditor knows of a modification: a trip of its own that changes another one.
struct AuditedChange {
  /// The trip that it changes. Unowned by it: the context owns both.
  unowned let base: AuditedTrip
  /// The slots of the new offer that are said to be kept, with the base's own slot for each.
  let kept: [String: String]
  /// The base's slots that are said to be no longer part.
  let replaced: [String]

  /// What the replaced parts had been offered for, in minor units.
  var worth: Int64 { replaced.reduce(0) { $0 + (base.price($1) ?? 0) } }
}

extension AuditedTrip {
  /// The modification that came about, if any did.
  var becameChanged: AuditedTrip? { modifications.first(where: \.everConfirmed) }

  /// Whether a slot is a trip's own to book: of a modification those that are not kept.
  func isOwn(_ slot: String) -> Bool { change?.kept[slot] == nil }

  /// Whether a slot is no longer part, as a modification replaced it.
  func isOut(_ slot: String) -> Bool {
    modifications.contains { $0.everConfirmed && $0.change?.replaced.contains(slot) == true }
  }

  /// The slots of flight and hotel that are part of it and its own.
  var coreSlots: [String] { ["flight", "hotel"].filter { isOwn($0) && !isOut($0) } }

  /// What its own parts were offered for, in minor units.
  var ownPrice: Int64 {
    guard change != nil else { return offer?.total ?? 0 }
    return (["flight", "hotel"].filter(isOwn) + allActivitySlots.filter(isOwn))
      .reduce(0) { $0 + (price($1) ?? 0) }
  }

  /// What is to be charged when some parts are left out: of a modification what is dearer than what it
  /// replaces.
  func due(leavingOut left: Int64) -> Int64 { max(0, ownPrice - left - (change?.worth ?? 0)) }

  /// What was left out of the charge, as its traveller was told; once concluded.
  private var leftOut: Int64 {
    warnings.filter { $0.code == "activity-unavailable" }
      .reduce(0) { $0 + (price($1.slot) ?? 0) }
  }

  /// What of the base's money pays for a modification, in minor units; once concluded.
  var credit: Int64 {
    guard let change else { return 0 }
    return min(change.worth, ownPrice - leftOut)
  }

  /// What a modification left over when it came about, before the old vendors kept anything; once
  /// concluded.
  ///
  /// The price of an activity that was given up goes back from the modification's own payment first, and
  /// the rest of it from what the base had lent.
  var leftOver: Int64 {
    guard let change else { return 0 }
    let failed = reportedFailed.reduce(Int64(0)) { $0 + (price($1) ?? 0) }
    return change.worth - credit + max(0, failed - due(leavingOut: leftOut))
  }

  /// What the trip's own parts that stand were offered for, in minor units.
  var standing: Int64 {
    (coreSlots + activitySlots).reduce(0) { sum, slot in
      live(slot) != nil && !reportedFailed.contains(slot) ? sum + (price(slot) ?? 0) : sum
    }
  }

  /// Itself and the modification that came about: what answers about it add up.
  var group: [AuditedTrip] { (change?.base ?? self).groupOfBase }
  private var groupOfBase: [AuditedTrip] { [self] + modifications.filter(\.everConfirmed) }

  /// A part as the traveller is shown it: whose it is, and in which slot it is there.
  struct Shown {
    var slot: String
    var owner: AuditedTrip
    var own: String
  }

  /// The parts of the trip as its traveller knows it: of a changed one those of the new offer.
  ///
  /// - Parameter isChanged: whether the change is to be shown, if one came about.
  func shown(isChanged: Bool = true) -> [Shown] {
    let base = change?.base ?? self
    guard isChanged, let new = base.becameChanged, let change = new.change else {
      return (["flight", "hotel"] + base.allActivitySlots).map {
        Shown(slot: $0, owner: base, own: $0)
      }
    }
    return (["flight", "hotel"] + new.allActivitySlots).map { slot in
      change.kept[slot].map { Shown(slot: slot, owner: base, own: $0) }
        ?? Shown(slot: slot, owner: new, own: slot)
    }
  }
}

extension StoreReader {
  /// A modification as its row has it.
  struct ModificationRow {
    var base: String
    var kept: String
    var replaced: String
    var state: String
  }

  /// Reads a modification; nil when an id is none's.
  func modification(_ id: String) throws -> ModificationRow? {
    guard id.hasPrefix("md_") else { return nil }
    return try database.unsafeRead { db in
      try Row.fetchOne(
        try db.cachedStatement(
          sql: "SELECT base_id, kept, replaced, state FROM trip_modification WHERE id = ?"),
        arguments: [id]
      ).map { row in
        ModificationRow(base: row[0], kept: row[1], replaced: row[2], state: row[3])
      }
    }
  }
}

import FakeVendors
import GRDB

/// What the auditor knows of a modification: a trip of its own that changes another one.
struct AuditedChange {
  /// A part of the trip as it stood: whose it is, and in which slot its owner has it.
  struct Part {
    /// Unowned: the context owns all trips.
    unowned let owner: AuditedTrip
    let own: String
  }

  /// The trip that it changes. Unowned by it: the context owns both.
  unowned let base: AuditedTrip
  /// The slots of the new offer that are said to be kept, with the part that each is.
  let kept: [String: Part]
  /// The parts that are said to be no longer part, in the order of booking.
  let replaced: [Part]

  /// Tells what a modification changes, when it is accepted.
  /// - Parameters:
  ///   - kept: the new offer's slots that are kept, with the slot of the trip as it stood.
  ///   - replaced: slots of the trip as it stood.
  init(of base: AuditedTrip, kept: [String: String], replaced: [String]) {
    self.base = base
    let before = base.shown()
    func part(_ slot: String) -> Part? {
      before.first { $0.slot == slot }.map { Part(owner: $0.owner, own: $0.own) }
    }
    self.kept = kept.compactMapValues(part)
    self.replaced = replaced.compactMap(part)
  }

  /// Whether a part is no longer part of the trip.
  func replaces(_ owner: AuditedTrip, _ slot: String) -> Bool {
    replaced.contains { $0.owner === owner && $0.own == slot }
  }

  /// Whether a part is part of the new trip as well.
  func keeps(_ owner: AuditedTrip, _ slot: String) -> Bool {
    kept.values.contains { $0.owner === owner && $0.own == slot }  // order: whether there is one
  }

  /// What the replaced parts had been offered for, in minor units.
  var worth: Int64 { replaced.reduce(0) { $0 + ($1.owner.price($1.own) ?? 0) } }

  /// The booking and the modifications that were there before, and what each lends for its replaced
  /// parts: the oldest payment is used first.
  func loans(of credit: Int64) -> [(lender: AuditedTrip, amount: Int64)] {
    var left = credit
    return ([base] + base.modifications).compactMap { lender in
      let parts = replaced.filter { $0.owner === lender }
      guard !parts.isEmpty else { return nil }
      let amount = min(left, parts.reduce(0) { $0 + (lender.price($1.own) ?? 0) })
      left -= amount
      return (lender, amount)
    }
  }

  /// What of a loan is given back when so much of all of them is: the latest payment gives back first.
  func givenBack(_ back: Int64, by lender: AuditedTrip, of credit: Int64) -> Int64 {
    var left = back
    for loan in loans(of: credit).reversed() {
      let share = min(left, loan.amount)
      if loan.lender === lender { return share }
      left -= share
    }
    return 0
  }
}

extension AuditedTrip {
  /// The modifications that came about, in their order.
  var cameAbout: [AuditedTrip] { modifications.filter(\.everConfirmed) }

  /// The latest modification that came about, if any did.
  var becameChanged: AuditedTrip? { modifications.last(where: \.everConfirmed) }

  /// The modifications of the trip that it is part of which replaced parts of its own.
  var replacedBy: [AuditedTrip] {
    (change?.base ?? self).cameAbout.filter { other in
      other.change?.replaced.contains { $0.owner === self } == true
    }
  }

  /// Whether a slot is a trip's own to book: of a modification those that are not kept.
  func isOwn(_ slot: String) -> Bool { change?.kept[slot] == nil }

  /// The modification that replaced a slot; nil while it is part of the trip.
  func replacement(of slot: String) -> AuditedTrip? {
    (change?.base ?? self).modifications.first {
      $0.everConfirmed && $0.change?.replaces(self, slot) == true
    }
  }

  /// Whether a slot is no longer part, as a modification replaced it.
  func isOut(_ slot: String) -> Bool { replacement(of: slot) != nil }

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

  /// What of its lenders' money pays for a modification, in minor units; once concluded.
  var credit: Int64 {
    guard let change else { return 0 }
    return min(change.worth, ownPrice - leftOut)
  }

  /// What a modification left over with one of its lenders when it came about, before the old vendors kept
  /// anything; once concluded.
  ///
  /// The price of an activity that was given up goes back from the modification's own payment first, and
  /// the rest of it from what was lent.
  func leftOver(with lender: AuditedTrip) -> Int64 {
    guard let change else { return 0 }
    let failed = reportedFailed.reduce(Int64(0)) { $0 + (price($1) ?? 0) }
    let back = max(0, failed - due(leavingOut: leftOut))
    let worth = change.replaced.filter { $0.owner === lender }
      .reduce(Int64(0)) { $0 + (lender.price($1.own) ?? 0) }
    let loan = change.loans(of: credit).first { $0.lender === lender }?.amount ?? 0
    return worth - loan + change.givenBack(back, by: lender, of: credit)
  }

  /// What the trip's own parts that stand were offered for, in minor units.
  var standing: Int64 {
    (coreSlots + activitySlots).reduce(0) { sum, slot in
      live(slot) != nil && !reportedFailed.contains(slot) ? sum + (price(slot) ?? 0) : sum
    }
  }

  /// The booking and the modifications that came about: what answers about it add up.
  var group: [AuditedTrip] { (change?.base ?? self).groupOfBase }
  private var groupOfBase: [AuditedTrip] { [self] + cameAbout }

  /// Whether anything is parked of the booking or of any of its modifications, also one that came to
  /// nothing.
  var isParkedAnywhere: Bool { familyOfBase.contains(where: \.needsAttention) }
  /// What is parked of the booking and of all its modifications.
  var parkedAnywhere: [StoredTrip.Attention] { familyOfBase.flatMap(\.parked) }
  private var familyOfBase: [AuditedTrip] {
    let base = change?.base ?? self
    return [base] + base.modifications
  }

  /// A part as the traveller is shown it: whose it is, and in which slot it is there.
  struct Shown {
    var slot: String
    var owner: AuditedTrip
    var own: String
  }

  /// The parts of the trip as its traveller knows it: of a changed one those of the latest offer.
  func shown() -> [Shown] { shown(after: (change?.base ?? self).cameAbout.count) }

  /// The parts of the trip as its traveller knew it after so many changes.
  func shown(after count: Int) -> [Shown] {
    let base = change?.base ?? self
    guard let new = base.cameAbout.prefix(count).last, let change = new.change else {
      return (["flight", "hotel"] + base.allActivitySlots).map {
        Shown(slot: $0, owner: base, own: $0)
      }
    }
    return (["flight", "hotel"] + new.allActivitySlots).map { slot in
      change.kept[slot].map { Shown(slot: slot, owner: $0.owner, own: $0.own) }
        ?? Shown(slot: slot, owner: new, own: slot)
    }
  }
}

extension StoreReader {
  /// A modification as its row has it.
  struct ModificationRow {
    var base: String
    /// The option that the trip is to become.
    var option: String
    var kept: String
    var replaced: String
  }

  /// Reads a modification; nil when an id is none's.
  func modification(_ id: String) throws -> ModificationRow? {
    guard id.hasPrefix("md_") else { return nil }
    return try database.unsafeRead { db in
      try Row.fetchOne(
        try db.cachedStatement(
          sql: "SELECT base_id, to_option, kept, replaced FROM trip_modification WHERE id = ?"),
        arguments: [id]
      ).map { row in
        ModificationRow(base: row[0], option: row[1], kept: row[2], replaced: row[3])
      }
    }
  }
}

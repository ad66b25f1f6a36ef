import FakeVendors
import Wire

// A6, A13, A16: what a client is told of a trip that it changed.
extension APIChecker {
  /// What a client was told of a trip that somebody had asked to change.
  struct ChangedAnswer {
    var booking: String
    var client: Int
    /// Virtual microseconds.
    var told: Int64
    /// After how many changes the trip was told of.
    var changes: Int
    var warnings: [String]
  }

  /// Remembers an answer whose slots are those of the trip after so many changes.
  func noteChanged(_ record: ClientRecord, _ trip: AuditedTrip, changes: Int) {
    guard !trip.modifications.isEmpty, record.state == "CONFIRMED", record.request != .cancel
    else { return }
    changedAnswers.append(
      ChangedAnswer(
        booking: trip.id, client: record.client, told: record.toldMicroseconds, changes: changes,
        warnings: record.warnings))
  }

  /// A6 of trips that were changed: whoever was told that one is confirmed was told what was not booked
  /// of the trip as it was then.
  func judgeChangedWarnings() {
    for answer in changedAnswers {
      guard let trip = known(answer.booking), trip.state == .confirmed else { continue }
      let failed = trip.unbooked(after: answer.changes)
      findings.check(.a6, exercised: !failed.isEmpty)
      for slot in failed where !answer.warnings.contains(slot) {
        findings.violate(
          .a6, at: answer.told, booking: trip.id, subject: "changed \(slot) told",
          "client \(answer.client) was told at \(seconds(answer.told)) s that \(trip.id), after "
            + "\(answer.changes) changes, is CONFIRMED, without the warning that \(slot) is not "
            + "booked")
      }
    }
  }

  /// A13 and A16 of the last look at a trip that became another one: its parts are the latest trip's, kept
  /// or new, and its money is that of all payments.
  func judgeChangedLook(_ record: ClientRecord, _ trip: AuditedTrip) {
    let group = trip.group
    guard group.allSatisfy(\.isSettled), trip.modifications.allSatisfy(\.isSettled),
      let told = try? decoder.decode(ToldTrip.self, from: record.body)
    else { return }
    findings.check(.a16)
    func lie(_ invariant: Invariant, _ member: String, _ told: String, _ truth: String) {
      findings.violate(
        invariant, at: record.toldMicroseconds, booking: trip.id, subject: "changed \(member)",
        "client \(record.client) was told of \(trip.id), which was changed, at "
          + "\(seconds(record.toldMicroseconds)) s that \(member) is \(told); it is \(truth)")
    }
    if record.state != trip.state.rawValue { lie(.a13, "state", record.state, trip.state.rawValue) }
    if let latest = trip.modifications.last {
      let right = "\(latest.id) \(latest.everConfirmed ? "DONE" : "REFUSED")"
      let change = told.modification.map { "\($0.id ?? latest.id) \($0.state)" }
      if change != right { lie(.a13, "modification", change ?? "none", right) }
    }
    let captured = group.reduce(Int64(0)) { $0 + $1.captured }
    let refunded = group.reduce(Int64(0)) { $0 + $1.refunded }
    if let charged = told.charged, charged != captured {
      lie(.a16, "charged", "\(charged)", "\(captured)")
    }
    if let back = told.refunded, back != refunded {
      lie(.a16, "refunded", "\(back)", "\(refunded)")
    }
    let parked = trip.parkedAnywhere.map { "\($0.slot) \($0.reason)" }.sorted()
    let items = (told.attention ?? []).map { "\($0.slot) \($0.reason)" }.sorted()
    if parked != items {
      lie(.a16, "attention", items.joined(separator: ", "), parked.joined(separator: ", "))
    }
    guard parked.isEmpty else { return }
    findings.check(.a13)
    for place in trip.shown() {
      guard let part = told.parts.first(where: { $0.slot == place.slot })?.part else {
        lie(.a13, place.slot, "not told", "a part of the new trip")
        continue
      }
      judge(part, place, trip) { lie(.a13, $0, $1, $2) }
    }
    if told.parts.count > trip.shown().count {
      lie(.a13, "parts", "\(told.parts.count)", "\(trip.shown().count)")
    }
  }

  private func judge(
    _ part: ToldTrip.Part, _ place: AuditedTrip.Shown, _ trip: AuditedTrip, _ lie: Lie
  ) {
    let live = place.owner.live(place.own)
    switch part.status {
    case "BOOKED":
      guard let live else {
        if !place.owner.isGone(place.own) { lie(place.slot, "BOOKED", "not booked") }
        return
      }
      let names = Self.codes(of: live.reservation)
      let told = [part.reference, part.pnr, part.reservation].compactMap { $0 }
      if !told.contains(where: { names.contains($0) || self.names($0, live.reservation) }) {
        lie(
          "\(place.slot).reference", told.joined(separator: ", "), names.joined(separator: " or "))
      }
    case let status?:
      if let live { lie(place.slot, status, "booked as \(live.reservation.reference)") }
    case nil: lie(place.slot, "without a status", "one with an end")
    }
    if let amount = part.amount, amount != place.owner.price(place.own) {
      lie("\(place.slot).amount", "\(amount)", "\(place.owner.price(place.own) ?? 0)")
    }
  }
}

extension AuditedTrip {
  /// Whether a part is an activity that its traveller did not have.
  ///
  /// An activity that is not there in the end was not there then either, unless a later change replaced
  /// it, or it was cancelled past the orchestrator.
  fileprivate func missing(_ part: Shown) -> Bool {
    guard part.slot.hasPrefix("activity-") else { return false }
    return part.owner.isOut(part.own)
      ? !part.owner.wasConfirmed(part.own)
      : part.owner.live(part.own) == nil && !part.owner.isGone(part.own)
  }

  /// The slots of activities that its traveller did not have after so many changes; of a trip that is
  /// still confirmed.
  func unbooked(after changes: Int) -> [String] {
    shown(after: changes).filter(missing).map(\.slot)
  }
}

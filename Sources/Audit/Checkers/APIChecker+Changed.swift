import FakeVendors
import Wire

// A13, A16: what a client is told in the end of a trip that it changed.
extension APIChecker {
  /// A13 and A16 of the last look at a trip that became another one: its parts are the new trip's, kept or
  /// new, and its money is that of both payments.
  func judgeChangedLook(_ record: ClientRecord, _ trip: AuditedTrip) {
    let group = trip.group
    guard group.allSatisfy(\.isSettled),
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
    if told.modification?.state != "DONE" {
      lie(.a13, "modification", told.modification?.state ?? "none", "DONE")
    }
    let captured = group.reduce(Int64(0)) { $0 + $1.captured }
    let refunded = group.reduce(Int64(0)) { $0 + $1.refunded }
    if let charged = told.charged, charged != captured {
      lie(.a16, "charged", "\(charged)", "\(captured)")
    }
    if let back = told.refunded, back != refunded {
      lie(.a16, "refunded", "\(back)", "\(refunded)")
    }
    let parked = group.flatMap(\.parked).map { "\($0.slot) \($0.reason)" }.sorted()
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

import FakeVendors
import Scenarios
import Wire

/// C1 to C5: that a trip is changed as a whole or not at all, and never without a seat.
final class ModificationChecker: Checker {
  let context: AuditContext
  let money: MoneyChecker
  let vendors: VendorChecker

  init(_ context: AuditContext, _ money: MoneyChecker, _ vendors: VendorChecker) {
    self.context = context
    self.money = money
    self.vendors = vendors
  }

  // MARK: While it runs

  /// C4 of a modification that was accepted: nothing else was changing its trip, and the trip stood.
  ///
  /// Both are read from the events, in the order of their commits; the modification's first event is in
  /// the commit that accepts it.
  func accepted(_ trip: AuditedTrip, _ at: Int64) {
    guard let base = trip.change?.base else { return }
    findings.check(.c4)
    if base.state != .confirmed {
      findings.violate(
        .c4, at: at, booking: base.id, subject: trip.id,
        "\(base.id) is \(base.state.rawValue) at \(seconds(at)) s, and \(trip.id) begins to change it"
      )
    }
    let others = base.modifications.filter { $0.id != trip.id && !$0.state.isTerminal }
    guard let other = others.first else { return }
    findings.violate(
      .c4, at: at, booking: base.id, subject: "\(other.id) \(trip.id)",
      "\(trip.id) begins to change \(base.id) at \(seconds(at)) s while \(other.id) "
        + "(\(other.state.rawValue)) does")
  }

  /// C4 of a trip that begins to be undone: what changes it has been decided.
  func moved(_ trip: AuditedTrip, _ at: Int64) {
    if trip.change != nil {
      switch trip.state {
      case .confirmed: mark("trip-changed")
      case .failed: mark("change-refused")
      default: break
      }
    }
    guard trip.state == .cancelling, !trip.modifications.isEmpty else { return }
    findings.check(.c4)
    if trip.becameChanged != nil { mark("changed-trip-cancelled") }
    guard let open = trip.modifications.first(where: { !$0.state.isTerminal }) else { return }
    findings.violate(
      .c4, at: at, booking: trip.id, subject: "cancelled before \(open.id)",
      "\(trip.id) is being cancelled at \(seconds(at)) s while \(open.id) (\(open.state.rawValue)) "
        + "changes it")
  }

  /// Marks that show in what clients are told.
  func told(_ record: ClientRecord) {
    guard let trip = trips.first(where: { $0.client == record.client && $0.change == nil }) else {
      return
    }
    if record.request == .modify, record.problem == "change-under-way" {
      mark("second-change-refused")
    }
    if record.request == .cancel, record.result == .ok,
      trip.modifications.contains(where: { !$0.state.isTerminal })
    {
      mark("cancel-while-changing")
    }
  }

  /// C2 and C3 of a reservation that changed, after the vendors' checker has noted it.
  func reservationChanged(_ vendor: String, _ reference: String, _ at: Int64) {
    guard let reservation = books.reservation(vendor, reference),
      let trip = known(CallTags(reservation.baggage).booking)
    else { return }
    let slot = CallTags(reservation.baggage).slot
    if trip.change != nil, reservation.status.isLive { judgeAnew(reservation, slot, trip, at) }
    if !trip.modifications.isEmpty, reservation.status == .cancelled,
      reservation.cancelledBy == "caller"
    {
      judgeGivenUp(reservation, slot, trip, at)
    }
  }

  /// C3: what is the same in both is kept: the modification books no part that the trip has booked.
  ///
  /// Of two that are the same thing at the vendor, for the same party. What was cancelled past the
  /// orchestrator is not had any more, whether or not it knows.
  private func judgeAnew(
    _ reservation: Reservation, _ slot: String, _ trip: AuditedTrip, _ at: Int64
  ) {
    guard let base = trip.change?.base else { return }
    findings.check(.c3)
    let twins = base.placed.filter { made in
      made.isLive && made.reservation.item == reservation.item
        && made.reservation.vendor == reservation.vendor
        && base.live(made.slot)?.reservation.reference == made.reservation.reference
        && isSameDay(trip, slot, base, made.slot)
    }
    // What the traveller was told had failed they do not have, though it may turn up late.
    let failed = Set(warnings(read { try $0.warnings(base.id) } ?? "[]").map(\.slot))
    guard let twin = twins.first(where: { !failed.contains($0.slot) }), base.everConfirmed
    else { return }
    findings.violate(
      .c3, at: at, booking: base.id, subject: reservation.reference,
      "\(trip.id) books \(reservation.item) as \(reservation.reference) at \(seconds(at)) s, which "
        + "\(base.id) has as \(twin.reservation.reference)")
  }

  private func isSameDay(
    _ trip: AuditedTrip, _ slot: String, _ base: AuditedTrip, _ own: String
  ) -> Bool {
    guard slot.hasPrefix("activity-"), let new = trip.activity(slot), let old = base.activity(own)
    else { return true }
    return new.date == old.date
  }

  /// C2 and C3 of a part that a standing trip gave up.
  private func judgeGivenUp(
    _ reservation: Reservation, _ slot: String, _ trip: AuditedTrip, _ at: Int64
  ) {
    guard trip.state == .confirmed, trip.everConfirmed else { return }
    // An order of an older generation that turned up late was never what the trip stood on.
    let steps = read { try $0.steps(trip.id) } ?? []
    let isCurrent = steps.contains {
      $0.slot == slot && $0.direction == "do" && $0.status == "DONE"
        && names($0.reference, reservation)
    }
    guard isCurrent else { return }
    findings.check(.c3)
    if let change = trip.modifications.last?.change, change.kept.values.contains(slot) {
      findings.violate(
        .c3, at: at, booking: trip.id, subject: reservation.reference,
        "\(slot) \(reservation.reference) of \(trip.id) is cancelled at \(seconds(at)) s, although the "
          + "new trip has it as well")
    }
    guard slot == "flight" || slot == "hotel" else { return }
    findings.check(.c2)
    let new = trip.becameChanged
    let isThere = new.map { $0.wasConfirmed(slot) && $0.isOwn(slot) } ?? false
    guard !isThere else { return }
    findings.violate(
      .c2, at: at, booking: trip.id, subject: reservation.reference,
      "\(slot) \(reservation.reference) of \(trip.id) is cancelled at \(seconds(at)) s, and "
        + (new.map { "\($0.id) has none" } ?? "no change of it is confirmed"))
  }
}

import FakeVendors
import Scenarios
import Wire

/// C1 to C6: that a trip is changed as a whole or not at all, as often as asked for, and never without a seat.
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
      case .confirmed: noteChanged(trip)
      case .failed: mark("change-refused")
      default: break
      }
    }
    guard trip.state == .cancelling, !trip.modifications.isEmpty else { return }
    findings.check(.c4)
    if trip.becameChanged != nil { mark("changed-trip-cancelled") }
    if trip.cameAbout.count > 1 { mark("twice-changed-trip-cancelled") }
    guard let open = trip.modifications.first(where: { !$0.state.isTerminal }) else { return }
    findings.violate(
      .c4, at: at, booking: trip.id, subject: "cancelled before \(open.id)",
      "\(trip.id) is being cancelled at \(seconds(at)) s while \(open.id) (\(open.state.rawValue)) "
        + "changes it")
  }

  private func noteChanged(_ trip: AuditedTrip) {
    mark("trip-changed")
    guard let change = trip.change else { return }
    if change.base.cameAbout.count > 1 { mark("trip-changed-again") }
    if change.replaced.contains(where: { $0.owner !== change.base }) {
      mark("change-replaced-change")
    }
    if trip.isHeldFirst, trip.captured > 0 { mark("change-held") }
  }

  /// C6 and marks of what clients are told.
  func told(_ record: ClientRecord) {
    guard [.modify, .registerChange, .cancel].contains(record.request) else { return }
    guard let trip = trips.first(where: { $0.client == record.client && $0.change == nil }) else {
      return
    }
    if record.request != .cancel, record.result == .fail, [409, 422].contains(record.httpStatus) {
      judgeRefusal(record, trip)
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

  /// C6 of a change that was refused for the state of its trip: it was so at some moment between the asking
  /// and the telling.
  ///
  /// What clients want to change their trips into is on sale and well written; what it costs more may be
  /// too little to be charged, and who asks twice finds the option taken by the first request. An event's
  /// time is taken before its commit, which takes a moment: a second is allowed. From when a cancellation
  /// was asked for it may stand in the way.
  private func judgeRefusal(_ record: ClientRecord, _ trip: AuditedTrip) {
    // One that was cut off on its way says nothing.
    guard !record.problem.isEmpty else { return }
    findings.check(.c6)
    let (from, to) = (record.askedMicroseconds - 1_000_000, record.toldMicroseconds)
    let isRight: Bool
    switch record.problem {
    case "change-under-way":
      isRight =
        money.webhooks.hasCancel(trip.id)
        || trip.modifications.contains { other in
          let end = other.passed.first { $0.state.isTerminal }?.at ?? .max
          return other.createdAt <= to && end >= from
        }
    case "booking-not-confirmed":
      let ends = trip.passed.dropFirst().map(\.at) + [.max]
      isRight = zip(trip.passed, ends).contains { passage, end in
        passage.state != .confirmed && passage.at <= to && end >= from
      }
    case "request-invalid", "trip-option-locked":
      isRight = record.request == .modify && record.httpStatus == 422
    default: isRight = false
    }
    guard !isRight else { return }
    findings.violate(
      .c6, at: to, booking: trip.id, subject: "\(record.key) \(record.problem)",
      "client \(record.client) asked at \(seconds(record.askedMicroseconds)) s to change \(trip.id) "
        + "(\(record.request.rawValue)), which is \(trip.state.rawValue) and changed by nobody, and was "
        + "refused: \(record.problem)")
  }

  /// C2 and C3 of a reservation that changed, after the vendors' checker has noted it.
  func reservationChanged(_ vendor: String, _ reference: String, _ at: Int64) {
    guard let reservation = books.reservation(vendor, reference),
      let trip = known(CallTags(reservation.baggage).booking)
    else { return }
    let slot = CallTags(reservation.baggage).slot
    if trip.change != nil, reservation.status.isLive { judgeAnew(reservation, slot, trip, at) }
    if !(trip.change?.base ?? trip).modifications.isEmpty, reservation.status == .cancelled,
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
    let before = base.cameAbout.prefix { $0 !== trip }.count
    let twins = base.shown(after: before).compactMap { part -> AuditedTrip.Placed? in
      guard let live = part.owner.live(part.own), live.reservation.item == reservation.item,
        live.reservation.vendor == reservation.vendor, isSameDay(trip, slot, part)
      else { return nil }
      // What the traveller was told had failed they do not have, though it may turn up late.
      let failed = warnings(read { try $0.warnings(part.owner.id) } ?? "[]").map(\.slot)
      return failed.contains(part.own) ? nil : live
    }
    guard let twin = twins.first, base.everConfirmed else { return }
    findings.violate(
      .c3, at: at, booking: base.id, subject: reservation.reference,
      "\(trip.id) books \(reservation.item) as \(reservation.reference) at \(seconds(at)) s, which "
        + "\(base.id) has as \(twin.reservation.reference)")
  }

  private func isSameDay(_ trip: AuditedTrip, _ slot: String, _ part: AuditedTrip.Shown) -> Bool {
    guard slot.hasPrefix("activity-"), let new = trip.activity(slot),
      let old = part.owner.activity(part.own)
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
    let base = trip.change?.base ?? trip
    if base.modifications.last?.change?.keeps(trip, slot) == true {
      findings.violate(
        .c3, at: at, booking: trip.id, subject: reservation.reference,
        "\(slot) \(reservation.reference) of \(trip.id) is cancelled at \(seconds(at)) s, although the "
          + "new trip has it as well")
    }
    guard slot == "flight" || slot == "hotel" else { return }
    findings.check(.c2)
    let new = trip.replacement(of: slot)
    let isThere = new.map { $0.wasConfirmed(slot) && $0.isOwn(slot) } ?? false
    guard !isThere else { return }
    findings.violate(
      .c2, at: at, booking: trip.id, subject: reservation.reference,
      "\(slot) \(reservation.reference) of \(trip.id) is cancelled at \(seconds(at)) s, and "
        + (new.map { "\($0.id) has none" } ?? "no change that gives it up is confirmed"))
  }
}

import FakeVendors
import Wire

// A16: what the last answer says in words, and why; and what it says beyond the published shape.
extension APIChecker {
  typealias Lie = (_ member: String, _ told: String, _ truth: String) -> Void

  /// A16 of a last look at a settled trip, whether or not something of it is parked.
  func judgeWords(_ record: ClientRecord, _ trip: AuditedTrip, _ lieAbout: Lie) {
    guard let told = try? decoder.decode(ToldTrip.self, from: record.body),
      let end = try? decoder.decode(ToldEnd.self, from: record.body), let message = told.message
    else { return }
    findings.check(.a16)
    func lie(_ member: String, _ told: String, _ truth: String) { lieAbout(member, told, truth) }
    if let charged = told.charged, charged != trip.captured {
      lie("charged", "\(charged)", "\(trip.captured)")
    }
    if let refunded = told.refunded, refunded != trip.refunded {
      lie("refunded", "\(refunded)", "\(trip.refunded)")
    }
    judgeItems(told, trip, lie)
    judgeSentences(message, trip, lie)
    judgeReason(end, trip, lie)
    guard !trip.isParkedAnywhere else { return }
    for (slot, part) in told.parts { judgeEnd(of: part, slot, trip, lie) }
    judgeWarnings(end, trip, lie)
  }

  /// What is parked is told, and nothing else is.
  private func judgeItems(_ told: ToldTrip, _ trip: AuditedTrip, _ lie: Lie) {
    guard let items = told.attention else { return }
    let right = trip.parkedAnywhere.map { "\($0.slot) \($0.reason)" }.sorted()
    let named = items.map { "\($0.slot) \($0.reason)" }.sorted()
    if named != right {
      lie("attention", "[\(named.joined(separator: ", "))]", "[\(right.joined(separator: ", "))]")
    }
    if let needs = told.needsAttention, needs != !right.isEmpty {
      lie("needsAttention", "\(needs)", "\(!right.isEmpty)")
    }
  }

  private func judgeSentences(_ message: String, _ trip: AuditedTrip, _ lie: Lie) {
    func wrong(_ truth: String) { lie("message", "'\(message)'", truth) }
    let beginning: String? =
      switch trip.state {
      case .confirmed: "The trip is confirmed"
      case .failed: "The trip could not be booked"
      case .cancelled: "The trip is cancelled"
      default: nil
      }
    if let beginning, !message.hasPrefix(beginning) { wrong(trip.state.rawValue) }
    if message.contains("by our staff") != (trip.isParkedAnywhere || !trip.closedByHand.isEmpty),
      trip.closedByHand.isEmpty
    {
      wrong(trip.isParkedAnywhere ? "that something is parked" : "that nothing is parked")
    }
    guard trip.state != .confirmed else {
      let isWarned = message.contains("with a warning")
      if isWarned != !trip.warnings.isEmpty { wrong("a trip with \(trip.warnings.count) warnings") }
      return
    }
    let standing = trip.placed.lazy.compactMap { trip.live($0.slot) }
    if message.contains("Nothing is booked"), let live = standing.first {
      wrong("that \(live.reservation.reference) stands")
    }
    judgeMoney(message, trip, wrong)
  }

  /// The sentence about the money of a trip that ended without standing: exact, for it is settled.
  private func judgeMoney(_ message: String, _ trip: AuditedTrip, _ wrong: (String) -> Void) {
    let told = ToldMoney(message, currency: trip.currency)
    if let word = told.unreadable.first {
      return wrong("an amount in \(trip.currency), not \(word)")
    }
    guard told.isSaid else { return wrong("something of the money") }
    // What is parked about money is not known yet.
    let isOpen = trip.isParkedAnywhere
    if told.isUnknown, !isOpen { wrong("known") }
    if told.isNothing != (trip.captured == 0), !isOpen || told.isNothing {
      wrong("\(trip.captured) captured")
    }
    if told.held != nil { wrong("that nothing is held any more") }
    guard trip.captured > 0, !told.isNothing else { return }
    if let charged = told.charged, charged != trip.captured { wrong("\(trip.captured) captured") }
    if (told.refunded ?? 0) != trip.refunded, !(told.isUnknown && told.refunded == nil) {
      wrong("\(trip.refunded) refunded")
    }
    if told.isInFull != (trip.refunded == trip.captured), !told.isUnknown {
      wrong("\(trip.refunded) of \(trip.captured) refunded")
    }
    if (told.chargedBack ?? 0) != trip.chargedBack, !told.isInFull, !told.isUnknown {
      wrong("\(trip.chargedBack) given back by the bank")
    }
    if told.isOnItsWay { wrong("a trip with no refund on its way") }
    let byHand = trip.refundsClosedByHand
    if told.isForFees, trip.state != .cancelled || byHand > 0 || trip.isRefundClosedByHand {
      wrong(
        "that \(byHand == 0 ? "there are no fees of theirs" : "\(byHand) were settled by hand")")
    }
    if told.isByStaff, trip.closedByHand.isEmpty { wrong("that nobody settled anything by hand") }
  }

  /// Why a trip failed: a reason of the part that it names, which is not contradicted by its vendor.
  private func judgeReason(_ end: ToldEnd, _ trip: AuditedTrip, _ lie: Lie) {
    guard trip.state == .failed, let error = end.error else { return }
    if let failure = end.failure, failure.code != error.code {
      lie("failure.code", failure.code, error.code)
    }
    func wrong(_ truth: String) { lie("error", "\(error.code): '\(error.message)'", truth) }
    let code = error.code
    let word =
      code.hasPrefix("payment-")
      ? "card" : code.hasPrefix("flight-") ? "flight" : code.hasPrefix("hotel-") ? "hotel" : ""
    if !word.isEmpty, !error.message.contains(word) { wrong("a sentence about the \(word)") }
    if code.hasPrefix("payment-"), code != "payment-mismatch", trip.captured > 0 {
      wrong("that the card was charged")
    }
    for slot in ["flight", "hotel"]
    where code.hasPrefix("\(slot)-") && code != "flight-offer-expired" {
      let made = trip.placed.filter { $0.slot == slot && !$0.isLate && !$0.reservation.isGone }
      let isLost = trip.trails.contains {
        $0.slot == slot && $0.direction == "do"
          && ($0.ambiguousEnds > 0 || $0.diedOpen || $0.sends > $0.definitiveEnds)
      }
      guard !isLost, let booked = made.first(where: { $0.reservation.status == .cancelled })
      else { continue }
      wrong("that \(booked.reservation.reference) had been booked")
    }
    let ended = trip.firstUndo ?? trip.since
    if code == "deadline-passed" || code == "validation-timed-out", ended < trip.deadline {
      wrong("that it ended at \(seconds(ended)) s, before its deadline")
    }
    if code == "flight-offer-expired", let expires = trip.offer?.flight.expires,
      ended < virtual(expires), ended < trip.deadline
    {
      wrong("that the offer ended at \(seconds(virtual(expires))) s")
    }
  }

  /// A part in the end: booked if and only if it is, and named as its vendor names it.
  private func judgeEnd(of part: ToldTrip.Part, _ slot: String, _ trip: AuditedTrip, _ lie: Lie) {
    guard let status = part.status else { return }
    let live = trip.live(slot)
    switch status {
    case "BOOKED":
      if live == nil, !trip.isGone(slot) { lie("\(slot).status", "BOOKED", "that nothing stands") }
    case "PENDING", "FAILED", "CANCELLED":
      // An order that was lost may turn up after its item was closed.
      let isLost = trip.closedByHand.contains {
        $0.slot == slot && $0.reason == "flight-order-lost"
      }
      if let live, !isLost {
        lie("\(slot).status", status, "that \(live.reservation.reference) stands")
      }
    default:
      let isGivenUp = trip.closedByHand.contains { $0.slot == slot && $0.isAbandoned }
      if !isGivenUp { lie("\(slot).status", status, "an end") }
    }
    if trip.state == .confirmed, let live, let told = part.pnr,
      let pnr = live.reservation.attributes.first(where: { $0.hasPrefix("pnr=") }),
      pnr != "pnr=\(told)"
    {
      lie("\(slot).pnr", told, pnr)
    }
  }

  /// Warnings say what happened at the vendor, and name what it happened to.
  private func judgeWarnings(_ end: ToldEnd, _ trip: AuditedTrip, _ lie: Lie) {
    let stored = trip.warnings.map { "\($0.slot) \($0.code)" }.sorted()
    let told = (end.warnings ?? []).map { "\($0.slot) \($0.code)" }.sorted()
    if stored != told {
      lie("warnings", told.joined(separator: ", "), stored.joined(separator: ", "))
    }
    guard trip.state == .confirmed else { return }
    for warning in end.warnings ?? [] {
      func wrong(_ truth: String) { lie("warning of \(warning.slot)", warning.code, truth) }
      if warning.slot.hasPrefix("activity-"), let item = trip.item(warning.slot),
        !warning.message.contains(item)
      {
        wrong("something about \(item)")
      }
      let cancellers = trip.placed.filter { $0.slot == warning.slot }
        .compactMap(\.reservation.cancelledBy)
      switch warning.code {
      case "activity-cancelled-by-supplier":
        if !trip.isGone(warning.slot) { wrong("that its supplier keeps it") }
      case "flight-cancelled-by-airline", "hotel-cancelled-by-property":
        if !cancellers.contains("vendor") { wrong("that its vendor did not cancel it") }
      case "hotel-cancelled-by-traveller":
        if !cancellers.contains("traveller") { wrong("that its traveller did not cancel it") }
      case "activity-unavailable":
        if !trip.known(warning.slot).isEmpty { wrong("that it was booked") }
      default: break
      }
    }
  }
}

/// Reasons and warnings with their words.
private struct ToldEnd: Decodable {
  struct Reason: Decodable {
    var code: String
    var message: String
  }
  struct Warning: Decodable {
    var slot: String
    var code: String
    var message: String
  }
  var error: Reason?
  var failure: Reason?
  var warnings: [Warning]?
}

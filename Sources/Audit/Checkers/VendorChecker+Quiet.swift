import FakeVendors
import Scenarios

// V2, V3, V4, V9, P2 in the quiet.
extension VendorChecker {
  /// V2, V4, V9, P2: every reservation that is live when all is quiet is somebody's.
  ///
  /// Late effects have had their time: the orchestrator's second look comes after the longest
  /// processing time, so what is live now and not owned is an orphan for ever.
  func concludeReservations(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    for placed in trip.placed {
      findings.check(.v2, exercised: placed.isLive)
      findings.check(.v9, exercised: placed.isLate)
      let isFlight = placed.slot == "flight" && trip.state != .confirmed
      findings.check(.p2, exercised: isFlight && placed.isLive)
      guard placed.isLive else { continue }
      let reservation = placed.reservation
      let isParked = isParked(placed, of: trip, stored)
      let isOwned =
        trip.state == .confirmed && !trip.isOut(placed.slot)
        && stored.steps.contains {
          $0.slot == placed.slot && $0.direction == "do" && $0.status == "DONE"
            && names($0.reference, reservation)
        }
      if isOwned || isParked || isTwin(placed, of: trip) { continue }
      let text =
        "\(placed.slot) \(reservation.reference) of \(trip.id) (\(trip.state.rawValue)) is still "
        + "\(reservation.status.rawValue) at \(reservation.vendor), made at \(seconds(placed.at)) "
        + "s by \(placed.baggage.key), attempt \(placed.baggage.attempt); the trip neither owns "
        + "it nor is it parked"
      findings.violate(.v2, at: at, booking: trip.id, subject: reservation.reference, text)
      if trip.state == .failed {
        findings.violate(.v4, at: at, booking: trip.id, subject: reservation.reference, text)
      }
      if placed.isLate {
        findings.violate(
          .v9, at: at, booking: trip.id, subject: reservation.reference,
          text + ", and it came after the first undo at \(seconds(trip.firstUndo ?? 0)) s")
      }
      if isFlight {
        findings.violate(.p2, at: at, booking: trip.id, subject: reservation.reference, text)
      }
    }
  }

  /// Whether an open parked item names a reservation.
  ///
  /// A lost flight order has no reference: its item stands for what a send without a certain answer may
  /// have made, and for nothing else. A refused undo excuses the reservation that it names. Nothing else
  /// that is parked is about a reservation, and so excuses none.
  func isParked(_ placed: AuditedTrip.Placed, of trip: AuditedTrip, _ stored: StoredTrip) -> Bool {
    stored.attention.contains { item in
      guard item.slot == placed.slot else { return false }
      switch item.reason {
      case "flight-order-lost":
        let trail = trip.trails[trip.trail("flight", "do", placed.baggage.generation)]
        return trail.ambiguousEnds > 0 || trail.diedOpen || trail.sends > trail.definitiveEnds
      case "undo-refused": return names(item.reference, placed.reservation)
      default: return false
      }
    }
  }

  /// Whether a flight order comes from a doubled delivery in a way that nobody can learn of.
  ///
  /// Either both copies of one send made an order, or the send itself was definitively refused and a
  /// later copy of it was not. The orchestrator had an answer, Amadeus has neither a key nor a search:
  /// no call could have told it. (A hotel's copy is not excused: its order token is good for one.)
  private func isTwin(_ placed: AuditedTrip.Placed, of trip: AuditedTrip) -> Bool {
    guard placed.slot == "flight" else { return false }
    let trail = trip.trails[trip.trail("flight", "do", placed.baggage.generation)]
    guard trail.copies > 0 else { return false }
    let same = trip.placed.filter {
      $0.slot == "flight" && $0.baggage.generation == placed.baggage.generation
        && $0.baggage.attempt == placed.baggage.attempt
    }
    let wasRefused =
      (400..<500).contains(trail.lastStatus) && trail.ambiguousEnds == 0
      && trail.succeededEnds == 0 && trail.lastEnd > trail.lastSent.0
    return same.count > 1 || wasRefused
  }

  /// V3 at the transition to CONFIRMED (`stored` is nil then) and in the quiet.
  ///
  /// A property, or the traveller there, may cancel the hotel at any moment, also before the
  /// orchestrator can know: at the transition such a hotel counts as booked, in the quiet it must be
  /// warned of.
  func judgeConfirmed(_ trip: AuditedTrip, warned: [String], isQuiet: Bool, _ at: Int64) {
    findings.check(.v3)
    func missing(_ what: String) {
      findings.violate(
        .v3, at: at, booking: trip.id, subject: what,
        "\(trip.id) is CONFIRMED at \(seconds(at)) s, but \(what)")
    }
    let isFree =
      trip.change != nil && trip.due(leavingOut: warned.compactMap(trip.price).reduce(0, +)) == 0
    if trip.captured <= 0, !isFree { missing("no money was captured") }
    for slot in trip.coreSlots where !isConfirmed(slot, trip) {
      let isGone = trip.isGone(slot)
      if isGone, !isQuiet || warned.contains(slot) { continue }
      missing(
        "its \(slot) is not confirmed at the vendor\(isGone ? " and no warning says so" : "")")
    }
    for slot in trip.activitySlots where !isConfirmed(slot, trip) && !warned.contains(slot) {
      if !isQuiet, trip.isGone(slot) { continue }
      missing("\(slot) is neither confirmed at the vendor nor among the warnings")
    }
  }

  private func isConfirmed(_ slot: String, _ trip: AuditedTrip) -> Bool {
    trip.placed.contains { $0.slot == slot && $0.reservation.status == .confirmed }
  }
}

import FakeVendors
import Scenarios

/// V1, V5, V6, V7, V10, M11: reservations, judged at every change of a vendor's ledger; the others in
/// the quiet.
final class VendorChecker: Checker {
  let context: AuditContext
  let people: PeopleChecker
  private var reservationChanges = 0
  /// How many refusals of each vendor were read.
  private var refusalsRead = [Int](repeating: 0, count: VendorLedgers.vendors.count)

  init(_ context: AuditContext, _ people: PeopleChecker) {
    self.context = context
    self.people = people
  }

  /// Judges one reservation that changed.
  func reservationChanged(_ vendor: String, _ reference: String, _ at: Int64) {
    guard let reservation = books.reservation(vendor, reference) else { return }
    reservationChanges += 1
    // Capacities come as a whole list; looking at it every time would cost more than it tells.
    if reservationChanges % 512 == 0 { concludeCapacities(at) }
    let baggage = CallTags(reservation.baggage)
    guard let trip = trip(baggage.booking, at) else {
      findings.check(.m11)
      findings.violate(
        .m11, at: at, booking: baggage.booking, subject: reference,
        "the reservation \(reference) at \(vendor) was made for '\(baggage.booking)', which the "
          + "orchestrator does not have")
      return
    }
    let isPending = reservation.status == .processing || reservation.status == .held
    if let index = trip.placed.firstIndex(where: {
      $0.reservation.reference == reference && $0.reservation.vendor == vendor
    }) {
      let before = trip.placed[index].reservation
      trip.placed[index].reservation = reservation
      let wasPending = before.status == .processing || before.status == .held
      if wasPending && !isPending || reservation.isGone { trip.lastNews = at }
      if before.status.isLive, reservation.status == .cancelled {
        judgeCancelled(trip.placed[index], of: trip, at)
      }
      if reservation.status == .confirmed, trip.placed[index].wasPending,
        before.status != .confirmed
      {
        mark("pending-activity-confirmed")
      }
    } else {
      let placed = AuditedTrip.Placed(
        reservation: reservation, baggage: baggage, at: at, wasPending: isPending,
        isLate: trip.firstUndo != nil)
      trip.placed.append(placed)
      judgePlaced(placed, of: trip, at)
    }
    judgeTwins(baggage, of: trip, at)
  }

  /// V1: one live reservation per slot and generation.
  ///
  /// A network that delivers the bytes of one send twice makes two orders at a vendor without any
  /// idempotency, which no orchestrator can know; such a twin (same attempt, a copy was delivered)
  /// is not its doing and not counted here. Whether the twin stays is V2's question.
  private func judgeTwins(_ baggage: CallTags, of trip: AuditedTrip, _ at: Int64) {
    let live = trip.placed.filter {
      $0.isLive && $0.slot == baggage.slot && $0.baggage.generation == baggage.generation
    }
    findings.check(.v1, exercised: !live.isEmpty)
    guard live.count > 1 else { return }
    let copies = trip.trails[trip.trail(baggage.slot, "do", baggage.generation)].copies
    var attempts: [Int] = []
    for placed in live where copies == 0 || !attempts.contains(placed.baggage.attempt) {
      attempts.append(placed.baggage.attempt)
    }
    guard attempts.count > 1 else { return }
    findings.violate(
      .v1, at: at, booking: trip.id, subject: "\(baggage.slot) \(baggage.generation)",
      "\(trip.id) has \(live.count) live reservations for its \(baggage.slot), generation "
        + "\(baggage.generation), at \(seconds(at)) s: "
        + live.map { "\($0.reservation.reference) (attempt \($0.baggage.attempt))" }
        .joined(separator: ", "))
  }

  /// V10 and M11 of a new reservation.
  ///
  /// What a vendor made is compared with the offer, not with what was asked: a repriced room that
  /// was booked all the same shows here.
  private func judgePlaced(_ placed: AuditedTrip.Placed, of trip: AuditedTrip, _ at: Int64) {
    let reservation = placed.reservation
    let slot = placed.slot
    findings.check(.m11)
    if !reservation.clientReference.isEmpty,
      reservation.clientReference != "\(trip.id):\(slot):\(placed.baggage.generation)"
    {
      findings.violate(
        .m11, at: at, booking: trip.id, subject: reservation.reference,
        "the reservation \(reservation.reference) was made for \(placed.baggage.key) and carries "
          + "the reference '\(reservation.clientReference)'")
    }
    guard trip.offer != nil else { return }
    people.judgeParty(placed, of: trip, at)
    findings.check(.v10)
    let item = trip.item(slot)
    let price = trip.price(slot)
    if reservation.item != item || reservation.priceMinor != price
      || reservation.currency.uppercased() != trip.currency
    {
      findings.violate(
        .v10, at: at, booking: trip.id, subject: reservation.reference,
        "\(reservation.reference) books \(reservation.item) for \(reservation.priceMinor) "
          + "\(reservation.currency)-minor; \(slot) of \(trip.id) was offered as "
          + "\(item ?? "nothing") for \(price ?? 0) \(trip.currency)-minor")
    }
    for (name, value) in expectedAttributes(slot, trip) {
      guard let found = reservation.attributes.first(where: { $0.hasPrefix(name + "=") }),
        found != "\(name)=\(value)"
      else { continue }
      findings.violate(
        .v10, at: at, booking: trip.id, subject: "\(reservation.reference) \(name)",
        "\(reservation.reference) is booked with \(found), offered was \(value)")
    }
  }

  /// Attributes by the names that the fakes may use; one that a fake does not tell is not judged.
  private func expectedAttributes(_ slot: String, _ trip: AuditedTrip) -> [(String, String)] {
    guard let offer = trip.offer else { return [] }
    switch slot {
    case "hotel":
      let hotel = offer.hotel
      return [
        ("checkin", hotel.checkin), ("checkout", hotel.checkout), ("adults", "\(hotel.adults)"),
      ]
    case "flight":
      return [("travelers", "\(offer.party.count)")]
    default:
      guard let number = Int(slot.dropFirst(9)), offer.activities.indices ~= number - 1
      else { return [] }
      let activity = offer.activities[number - 1]
      return [("travelDate", activity.date), ("travelers", "\(activity.travelers)")]
    }
  }

  /// V5 and V6 of a reservation that was cancelled, and the marks that its end proves.
  private func judgeCancelled(_ placed: AuditedTrip.Placed, of trip: AuditedTrip, _ at: Int64) {
    let reservation = placed.reservation
    guard reservation.cancelledBy == "caller" else { return }
    findings.check(.v5)
    let canceller = CallTags(reservation.cancelBaggage ?? "")
    if canceller.booking != trip.id || canceller.slot != placed.slot {
      findings.violate(
        .v5, at: at, booking: trip.id, subject: reservation.reference,
        "\(reservation.reference) of \(placed.baggage.key) was cancelled by "
          + "\(canceller.key) at \(seconds(at)) s")
    }
    // V6. While CONFIRMED only what the trip does not stand on may be cancelled: an activity that
    // it warned of, or an order of an earlier generation that turned up late.
    findings.check(.v6, exercised: trip.state == .confirmed)
    if trip.state == .confirmed {
      let steps = read { try $0.steps(trip.id) } ?? []
      let isCurrent = steps.contains {
        $0.slot == placed.slot && $0.direction == "do" && $0.status == "DONE"
          && names($0.reference, reservation)
      }
      let warnings = read { try $0.warnings(trip.id) } ?? "[]"
      let isWarned = warnings.contains("\"slot\":\"\(placed.slot)\"")
      if isCurrent, !isWarned, !trip.isOut(placed.slot) {
        findings.violate(
          .v6, at: at, booking: trip.id, subject: reservation.reference,
          "\(trip.id) is CONFIRMED, and its \(placed.slot) \(reservation.reference) was cancelled "
            + "by \(canceller.key) at \(seconds(at)) s")
      }
    }
    if placed.isLate { mark("late-effect-undone") }
    if placed.wasPending { mark("pending-activity-cancelled") }
    let didLoseAnswer = trip.trails.contains {
      $0.slot == placed.slot && $0.direction == "do" && $0.ambiguousEnds > 0
    }
    if didLoseAnswer { mark("undo-after-lost-response") }
    if trip.lastCrash.map({ $0 > placed.at }) == true { mark("undo-after-crash") }
  }

  /// V7: nothing is sold twice.
  func concludeCapacities(_ at: Int64) {
    for capacity in books.capacities() {
      findings.check(.v7, exercised: capacity.available < capacity.total)
      if capacity.available < 0 || capacity.held < 0 || capacity.confirmed < 0
        || capacity.available + capacity.held + capacity.confirmed != capacity.total
      {
        findings.violate(
          .v7, at: at, booking: "", subject: capacity.item,
          "\(capacity.item) has \(capacity.total) units, of which \(capacity.available) are "
            + "available, \(capacity.held) held and \(capacity.confirmed) confirmed")
      }
    }
  }

  /// Reads the vendors' new refusals.
  func catchUpRefusals() {
    for (index, vendor) in VendorLedgers.vendors.enumerated() {
      let new = books.refusals(vendor, refusalsRead[index])
      refusalsRead[index] += new.count
      for refusal in new {
        let baggage = CallTags(refusal.baggage)
        let trip = known(baggage.booking)
        if refusal.isOutdated {
          trip?.outdated.append(baggage.slot)
        } else if refusal.isMistake {
          trip?.mistaken.append((baggage.slot, refusal.operation))
        } else {
          trip?.refused.append((baggage.slot, refusal.operation))
        }
      }
    }
  }
}

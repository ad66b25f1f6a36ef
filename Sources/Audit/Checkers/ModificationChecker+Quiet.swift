import FakeVendors

// C1, C5: what is left of a change when all is quiet.
extension ModificationChecker {
  /// C1 and C5 of one trip that was changed, or was to be; once all trips are concluded.
  func conclude(_ trip: AuditedTrip, _ at: Int64) {
    guard !trip.modifications.isEmpty, trip.isSettled,
      trip.modifications.allSatisfy(\.isSettled)
    else { return }
    if trip.refunds.contains(where: { $0.metadata["cause"]?.hasPrefix("change-") == true }) {
      mark("change-left-over")
    }
    judgeStanding(trip, at)
    judgeWhole(trip, at)
  }

  /// C1: the old trip stands or the new one does, never both and never a mixture.
  ///
  /// Read from the vendors' books alone. What is parked, an operator settles; what its vendor or the
  /// traveller cancelled past the orchestrator is nobody's doing.
  private func judgeStanding(_ trip: AuditedTrip, _ at: Int64) {
    guard trip.state == .confirmed else { return }
    findings.check(.c1)
    func wrong(_ slot: String, _ why: String) {
      findings.violate(.c1, at: at, booking: trip.id, subject: slot, why)
    }
    for other in trip.modifications where !other.everConfirmed {
      for placed in other.placed where placed.isLive && other.parked.isEmpty {
        wrong(
          placed.reservation.reference,
          "\(trip.id) was not changed by \(other.id), and \(placed.slot) "
            + "\(placed.reservation.reference) of that stands beside it")
      }
    }
    for new in trip.cameAbout {
      for part in new.change?.replaced ?? [] {
        let owner = part.owner
        guard let live = owner.live(part.own),
          !(owner.parked + owner.closedByHand).contains(where: { $0.slot == part.own })
        else { continue }
        wrong(
          "\(owner.id) \(part.own)",
          "\(trip.id) was changed by \(new.id), and \(part.own) \(live.reservation.reference) of "
            + "\(owner.id), which is no longer part of it, stands")
      }
    }
    for part in trip.shown() where part.slot == "flight" || part.slot == "hotel" {
      if part.owner.live(part.own) != nil || part.owner.isGone(part.own) { continue }
      wrong(
        part.slot,
        trip.becameChanged.map {
          "\(trip.id) was changed by \($0.id), and there is no \(part.slot) of the new trip"
        } ?? "\(trip.id) was not changed, and its \(part.slot) does not stand any more")
    }
  }

  /// C5: all payments together, a changed trip has cost what stands of it and what vendors keep, as far
  /// as that was paid for; one that was not changed has paid nothing for that.
  ///
  /// Summed over all payments, where M9 looks at each. Not where money moved past the orchestrator or
  /// something is parked: those are M9's.
  private func judgeWhole(_ trip: AuditedTrip, _ at: Int64) {
    let group = [trip] + trip.modifications
    let isPlain = group.allSatisfy { member in
      member.parked.isEmpty && member.closedByHand.isEmpty && member.disputes.isEmpty
        && !member.refunds.contains(where: \.isByHand) && member.foreign.isEmpty
    }
    guard isPlain else { return }
    findings.check(.c5)
    let net = group.reduce(Int64(0)) { $0 + $1.net }
    guard let right = money.groupNet(trip), net != right else { return }
    findings.violate(
      .c5, at: at, booking: trip.id,
      "\(group.map(\.id).joined(separator: " and ")) have cost \(net) \(trip.currency)-minor together; "
        + "what stands and what vendors keep is \(right)")
  }
}

extension MoneyChecker {
  /// What a trip and its modifications must have cost together; nil where no book tells.
  func groupNet(_ trip: AuditedTrip) -> Int64? {
    var right: Int64 = 0
    for member in trip.group {
      guard let stored = read({ try $0.stored(member.id, decoder) }) ?? nil else { return nil }
      if trip.state == .confirmed { right += member.standing }
      right += penalties(member, stored).customers
    }
    let paid = trip.group.reduce(Int64(0)) { $0 + $1.captured }
    return ChargeStep.kept(min(right, paid), trip.currency)
  }

  /// What of a trip's money pays for modifications that came about, in minor units: what it lent, less
  /// what was given back.
  func lent(by trip: AuditedTrip) -> Int64 {
    trip.replacedBy.reduce(0) { sum, new in
      guard let change = new.change,
        let loan = change.loans(of: new.credit).first(where: { $0.lender === trip })?.amount,
        let needed = needed(by: new)
      else { return sum }
      let back = max(0, new.credit - needed)
      return sum + loan - change.givenBack(back, by: trip, of: new.credit)
    }
  }

  /// What a modification costs: what stands of it, what its vendors keep of what the customer had, and
  /// what it lent in turn to later ones.
  private func needed(by new: AuditedTrip) -> Int64? {
    guard let stored = read({ try $0.stored(new.id, decoder) }) ?? nil else { return nil }
    return (new.state == .confirmed ? new.standing : 0) + penalties(new, stored).customers
      + lent(by: new)
  }

  /// Splits what vendors keep of the parts that modifications replaced: the customer's as far as
  /// something was left over, ours beyond that.
  func penaltiesOfReplaced(_ trip: AuditedTrip, _ stored: StoredTrip) -> Penalties {
    var split = Penalties()
    for new in trip.replacedBy { split.add(penalties(of: trip, replacedBy: new, stored)) }
    return split
  }

  private func penalties(
    of trip: AuditedTrip, replacedBy new: AuditedTrip, _ stored: StoredTrip
  ) -> Penalties {
    var split = Penalties()
    guard let since = new.passed.first(where: { $0.state == .confirmed })?.at else { return split }
    var kept: Int64 = 0
    for placed in trip.placed where new.change?.replaces(trip, placed.slot) == true {
      let reservation = placed.reservation
      let cancelled = reservation.cancelledMicroseconds.map(virtual) ?? 0
      switch reservation.status {
      case .cancelled where reservation.cancelledBy == "traveller":
        kept += reservation.penaltyMinor
      case .cancelled where cancelled >= since && reservation.cancelledBy != "desk":
        kept += reservation.penaltyMinor
      case .cancelled where cancelled < since:
        // Found late and undone before the change: never what the customer had.
        split.ours += reservation.penaltyMinor
      case _ where placed.isLive && isRefused(placed, stored):
        kept +=
          books.reservation(reservation.vendor, reservation.reference)?.quotedPenaltyMinor ?? 0
      default: break
      }
    }
    split.customers = min(kept, new.leftOver(with: trip))
    split.ours += kept - split.customers
    return split
  }
}

extension MoneyChecker.Penalties {
  /// Adds what others are.
  fileprivate mutating func add(_ other: Self) {
    customers += other.customers
    ours += other.ours
  }
}

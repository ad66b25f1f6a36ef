// What answers, deaths and starts teach; L4, L7's waits, P1's memory.
extension Auditor {
  /// Notes how a call to a vendor ended.
  func judgeEnd(_ record: CallRecord, _ retryAfterSeconds: Int?, _ at: Int64) {
    guard let trip = known(record.bookingID) else { return }
    // Most calls meet no fault, and looking into a string is dear.
    let isGarbled =
      !record.fault.isEmpty
      && (record.fault.contains("trunc") || record.fault.contains("garbl")
        || record.fault.contains("gateway") || record.fault.contains("malformed"))
    let status = record.httpStatus
    let isUnclear = status == 0 || status >= 500 || status == 408 || isGarbled
    if record.service == "mail" {
      if isUnclear { trip.ambiguousMails += 1 }
      return
    }
    guard Self.isMutating(record) else {
      noteLook(trip, record, isUnclear: isUnclear, at)
      return
    }
    let index = trip.trail(record.slot, record.direction, record.generation)
    var trail = trip.trails[index]
    trail.lastEnd = at
    trail.lastStatus = status
    if status >= 500 { trail.sawServerError = true }
    if status == 409 { trail.sawConflict = true }
    if isUnclear {
      trail.ambiguousEnds += 1
    } else if ![401, 429].contains(status), status != 409 || record.service != "stripe" {
      trail.definitiveEnds += 1
      if (200..<300).contains(status) { trail.succeededEnds += 1 }
    }
    // The statuses after which no vendor does anything else for the same bytes.
    if !isGarbled, [400, 402, 404, 422].contains(status) {
      trail.refusedFor = status
      trail.wasRefused = true
    }
    expectUnderstood(trip, trail, record, at)
    if let wait = retryAfterSeconds { trail.notBefore = at + Int64(wait) * 1_000_000 }
    trip.trails[index] = trail
  }

  /// Notes a read; L7 also bounds how often one slot is asked after.
  private func noteLook(
    _ trip: AuditedTrip, _ record: CallRecord, isUnclear: Bool, _ at: Int64
  ) {
    let isRefusal = !isUnclear && (400..<500).contains(record.httpStatus)
    let isLater = [401, 429].contains(record.httpStatus)
    // What lacks only the optional is no excuse for anything.
    let isOdd =
      !record.fault.isEmpty && (200..<300).contains(record.httpStatus) && !Self.isBent(record)
    if record.operation == "refunds.list", !isUnclear, (200..<300).contains(record.httpStatus) {
      trip.refundLists.append((asked: record.sentMicroseconds, answered: at))
    }
    let index: Int
    if let known = trip.lookups.firstIndex(where: { $0.slot == record.slot }) {
      index = known
    } else {
      trip.lookups.append(LookupHistory(slot: record.slot))
      index = trip.lookups.count - 1
    }
    trip.lookups[index].reads += 1
    judgeUnderstood(trip, &trip.lookups[index], record, at)
    if trip.lookups[index].reads == Bounds.reads + 1 {
      findings.violate(
        .l7, at: at, booking: trip.id, subject: "reads \(record.slot)",
        "\(record.slot) of \(trip.id) was asked after \(Bounds.reads + 1) times by \(seconds(at)) s, "
          + "the last time by \(record.service) \(record.operation)")
    }
    if (isRefusal && !isLater) || isOdd {
      trip.lookups[index].refusals += 1
    } else if isUnclear || isLater {
      trip.lookups[index].failures += 1
    }
  }

  /// Notes that a process died: what it had not committed is forgotten.
  func noteDeath(_ record: CrashRecord) {
    let at = record.atMicroseconds
    deaths.append(at)
    claims = []
    claimsDone = 0
    judgeUnderstood(at)
    understood = []
    for trip in trips where !trip.state.isTerminal || at - trip.since < Bounds.trip {
      if !trip.state.isTerminal {
        trip.crashes += 1
        trip.lastCrash = at
      }
      for index in trip.lookups.indices {
        trip.lookups[index].understood = [:]
        trip.lookups[index].oddPrice = nil
      }
      for index in trip.trails.indices {
        trip.trails[index].notBefore = 0
        trip.trails[index].refusedFor = nil
        let trail = trip.trails[index]
        let isOpen = trail.sends > trail.definitiveEnds + trail.ambiguousEnds
        if trail.sends > 0, isOpen || at - trail.lastEnd < Bounds.noting {
          trip.trails[index].diedOpen = true
        }
      }
    }
  }

  /// L4: a trip that must be claimed, and until when.
  struct Claim {
    var booking: String
    var epoch: Int64
    var until: Int64
  }

  /// L4: after a start, everything due must be claimed within a minute of its old lease.
  ///
  /// Only trips whose wake has passed at the start count; another death before the bound takes the
  /// promise with it.
  func expectClaims(_ at: Int64) {
    let due = read { try $0.dueTrips(at: epoch + at) } ?? []
    claims = due.map { trip in
      Claim(
        booking: trip.booking, epoch: trip.epoch,
        until: max(at, virtual(trip.leaseUntil)) + Bounds.claim)
    }.sorted { ($0.until, $0.booking) < ($1.until, $1.booking) }
    claimsDone = 0
  }

  /// L4: judges the promises whose time is over.
  func judgeClaims(_ at: Int64) {
    while claimsDone < claims.count, claims[claimsDone].until < at {
      let claim = claims[claimsDone]
      claimsDone += 1
      findings.check(.l4)
      guard let trip = known(claim.booking), !trip.state.isTerminal else { continue }
      let epoch = read { try $0.leaseEpoch(claim.booking) } ?? nil
      guard let epoch, epoch <= claim.epoch else { continue }
      findings.violate(
        .l4, at: claim.until, booking: claim.booking,
        "\(claim.booking) (\(trip.state.rawValue)) was due when the orchestrator started and is "
          + "not claimed at \(seconds(claim.until)) s: its lease is still of epoch \(claim.epoch)")
    }
  }
}

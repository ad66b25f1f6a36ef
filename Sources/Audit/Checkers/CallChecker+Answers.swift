// What answers and deaths teach; L7's waits, P1's memory.
extension CallChecker {
  /// Notes that a request (or a copy of it, from 1) reaches a vendor.
  func noteDelivery(_ record: CallRecord, copy: Int, _ at: Int64) {
    guard copy > 0, let trip = trip(record.bookingID, at) else { return }
    if record.service == "mail" { trip.ambiguousMails += 1 }
    guard record.isMutating else { return }
    trip.trails[trip.trail(record.slot, record.direction, record.generation)].copies += 1
  }

  /// Notes how a call to a vendor ended.
  func judgeEnd(_ record: CallRecord, _ retryAfterSeconds: Int?, _ at: Int64) {
    guard let trip = known(record.bookingID) else { return }
    let status = record.ownStatus
    let isUnclear = status == 0 || status >= 500 || status == 408 || record.isGarbled
    if record.service == "mail" {
      if isUnclear { trip.ambiguousMails += 1 }
      return
    }
    guard record.isMutating else {
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
    if !record.isGarbled, [400, 402, 404, 422].contains(status) {
      trail.refusedFor = status
      trail.wasRefused = true
      if status == 402 { trail.wasDeclined = true }
    }
    understanding.expectUnderstood(trip, trail, record, at)
    if let wait = retryAfterSeconds { trail.notBefore = at + Int64(wait) * 1_000_000 }
    trip.trails[index] = trail
  }

  /// Notes a read; L7 also bounds how often one slot is asked after.
  private func noteLook(
    _ trip: AuditedTrip, _ record: CallRecord, isUnclear: Bool, _ at: Int64
  ) {
    let isRefusal = !isUnclear && (400..<500).contains(record.ownStatus)
    let isLater = [401, 429].contains(record.ownStatus)
    if record.operation == "refunds.list", !isUnclear, (200..<300).contains(record.ownStatus) {
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
    understanding.judgeUnderstood(trip, &trip.lookups[index], record, at)
    if trip.lookups[index].reads == Bounds.reads + 1 {
      findings.violate(
        .l7, at: at, booking: trip.id, subject: "reads \(record.slot)",
        "\(record.slot) of \(trip.id) was asked after \(Bounds.reads + 1) times by \(seconds(at)) s, "
          + "the last time by \(record.service) \(record.operation)")
    }
    let isOffer = ["price", "preview", "availability"].contains(record.operation)
    if isOffer, isRefusal, !isLater { trip.lookups[index].refusals += 1 }
  }

  /// Notes that a process died: what it had not committed is forgotten, and nothing else.
  ///
  /// What a step's row says was written after its last answer; a wait that a vendor asked for is kept with
  /// it. Steps of trips with nothing under way that had no answer lately need no look at the database.
  func noteDeath(_ at: Int64) {
    understanding.noteDeath(at)
    let waiting = Set(context.underWay.all { _ in true }.map(\.bookingID))
    for trip in trips where !trip.state.isTerminal || at - trip.since < Bounds.trip {
      if !trip.state.isTerminal {
        trip.crashes += 1
        trip.lastCrash = at
      }
      for index in trip.lookups.indices {
        trip.lookups[index].understood = [:]
        trip.lookups[index].oddPrice = nil
      }
      forgetUnwritten(trip, isWaiting: waiting.contains(trip.id), at)
    }
  }

  /// - Parameter isWaiting: whether a call of the trip is under way: what was answered beside it is written
  ///   down with its answer.
  private func forgetUnwritten(_ trip: AuditedTrip, isWaiting: Bool, _ at: Int64) {
    var rows: [StoreReader.StepRow]?
    for index in trip.trails.indices {
      let trail = trip.trails[index]
      guard trail.sends > 0, isWaiting || at - trail.lastEnd < Bounds.noting else { continue }
      if rows == nil { rows = read { try $0.steps(trip.id) } ?? [] }
      let row = rows?.first {
        $0.slot == trail.slot && $0.direction == trail.direction
          && $0.generation == trail.generation
      }
      // An answer is written down after it came, and never in the row of a step that is being sent.
      if let row, row.status != "INTENT", virtual(row.updated) >= trail.lastEnd,
        trail.lastEnd >= trail.lastSent.0
      {
        continue
      }
      trip.trails[index].notBefore = 0
      trip.trails[index].refusedFor = nil
      trip.trails[index].diedOpen = true
    }
  }
}

import FakeVendors

/// L1 to L4, L6, L10: that everything comes to its end in time, and that what is due is claimed after a start,
/// or after its owner's end.
final class LivenessChecker: Checker {
  let context: AuditContext
  let vendors: VendorChecker
  /// Trips to be claimed after a start, by deadline.
  private var claims: [Claim] = []
  private var claimsDone = 0
  private var hasDied = false

  init(_ context: AuditContext, _ vendors: VendorChecker) {
    self.context = context
    self.vendors = vendors
  }

  /// A process died, and its promises with it.
  func noteDeath() {
    hasDied = true
    claims = []
    claimsDone = 0
  }

  /// A process begins to stop: where no other runs, nothing is claimed until the next one starts.
  func noteStopping() {
    if !context.processes.isAnyClaiming { claims = [] }
    claimsDone = min(claimsDone, claims.count)
  }

  /// A process started.
  func started(incarnation: Int, _ at: Int64) {
    guard incarnation > 1 || hasDied else { return }
    expectClaims(.l4, at)
  }

  /// A process died or stands still: where others run, they take its trips over.
  func expectTakeovers(_ at: Int64) {
    if context.processes.isAnyClaiming { expectClaims(.l6, at) }
  }

  /// L1, L2, L3, L10 of one trip.
  ///
  /// Time counts from when nothing stood in the way any more: the quiet had begun, the step was
  /// written down, and no vendor was still to do something of its own.
  func judgeLiveness(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    guard let quiet = quietSince else { return }
    let clear = max(quiet, trip.lastNews)
    findings.check(.l1)
    let waitedForTrip = at - max(quiet, trip.createdAt)
    if !trip.state.isTerminal, waitedForTrip >= Bounds.trip {
      findings.violate(
        .l1, at: at, booking: trip.id,
        "\(trip.id) is \(trip.state.rawValue) since \(seconds(trip.since)) s, "
          + "\(seconds(waitedForTrip)) s after all faults were healed")
    }
    let confirmed = trip.passed.first { $0.state == .confirmed }?.at
    for step in stored.steps {
      let isUndo = step.direction == "undo"
      let start = max(clear, virtual(step.created))
      // What was undone has its answer, whether or not the doing was ever answered.
      let undo = isUndo ? nil : stored.step(step.slot, "undo")
      let isAnswered = !step.isOpen || undo?.isSettled == true
      var end =
        !step.isOpen ? virtual(step.updated) : isAnswered ? virtual(undo?.updated ?? 0) : at
      // A trip is confirmed of settled steps, but for activities that are told to have failed. What is
      // looked at later, to see whether it still stands, is written into the same row.
      if let confirmed, !isUndo, !step.isOpen, !trip.reportedFailed.contains(step.slot) {
        end = min(end, max(confirmed, virtual(step.created)))
      }
      let bound = isUndo ? Bounds.compensation : Bounds.resolve
      findings.check(isUndo ? .l3 : .l2, exercised: step.firstSent != nil)
      if end - start > bound {
        findings.violate(
          isUndo ? .l3 : .l2, at: at, booking: trip.id, subject: step.key,
          "\(step.key) is \(step.status), \(seconds(end - start)) s after nothing stood in its "
            + "way (\(seconds(start)) s); the bound is \(seconds(bound)) s")
      }
    }
    // L3: an undo that was given up without being done or parked, of something that still stands.
    for placed in trip.placed where placed.isLive && trip.state.isTerminal {
      guard let undo = stored.step(placed.slot, "undo"), undo.status == "REJECTED",
        stored.wake == nil, !vendors.isParked(placed, of: trip, stored)
      else { continue }
      findings.violate(
        .l3, at: at, booking: trip.id, subject: "given up \(undo.key)",
        "\(undo.key) was rejected and given up, and \(placed.reservation.reference) still stands "
          + "and is not parked")
    }
    for mail in stored.outbox {
      findings.check(.l10)
      if mail.status == "pending", at - clear >= Bounds.trip {
        findings.violate(
          .l10, at: at, booking: trip.id, subject: mail.kind,
          "the \(mail.kind) mail of \(trip.id) is still pending, \(seconds(at - clear)) s after "
            + "all faults were healed")
      }
    }
  }

  /// L4, L6: a trip that must be claimed, and until when.
  private struct Claim {
    var invariant: Invariant
    var booking: String
    var epoch: Int64
    var until: Int64
  }

  /// L4: after a start, everything due must be claimed within a minute of its old lease. L6: likewise after the
  /// end of one of several processes.
  ///
  /// Only trips whose wake has passed count, and those that the dead process was driving, whose lease has at
  /// most its promised time to run, whatever the row says; those of a process that runs are its own. Another
  /// death before the bound takes the promise with it.
  private func expectClaims(_ invariant: Invariant, _ at: Int64) {
    let due = read { try $0.dueTrips(at: epoch + at) } ?? []
    claims = due.filter { !context.processes.runs($0.owner) }.map { trip in
      Claim(
        invariant: invariant, booking: trip.booking, epoch: trip.epoch,
        until: max(at, min(virtual(trip.leaseUntil), at + Bounds.lease)) + Bounds.claim)
    }.sorted { ($0.until, $0.booking) < ($1.until, $1.booking) }
    claimsDone = 0
  }

  /// L4, L6: judges the promises whose time is over.
  func judgeClaims(_ at: Int64) {
    while claimsDone < claims.count, claims[claimsDone].until < at {
      let claim = claims[claimsDone]
      claimsDone += 1
      findings.check(claim.invariant)
      guard let trip = known(claim.booking), !trip.state.isTerminal else { continue }
      let epoch = read { try $0.leaseEpoch(claim.booking) } ?? nil
      guard let epoch, epoch <= claim.epoch else { continue }
      findings.violate(
        claim.invariant, at: claim.until, booking: claim.booking,
        "\(claim.booking) (\(trip.state.rawValue)) was due when the orchestrator "
          + (claim.invariant == .l4 ? "started" : "that drove it ended")
          + " and is not claimed at \(seconds(claim.until)) s: its lease is still of epoch \(claim.epoch)"
      )
    }
  }
}

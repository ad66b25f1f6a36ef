import FakeVendors
import Scenarios

// L12, V13 to V15: what is judged of a trip at the end, by what was noted while it ran.
extension PatienceChecker {
  /// L12, V13 and V14 of one trip.
  func concludePatience(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    judgeGivenUp(trip, stored)
    judgeActivities(trip, stored)
    judgeInspection(trip, at)
    judgeLooksInVain(trip, at)
    judgeDeparture(trip, stored, at)
    for step in stored.steps { judgeRejected(step, of: trip) }
  }

  /// L12: no trip fails for want of time before its time is over, nor long after.
  ///
  /// A call that is under way may be waited for, what waits may be found by a scan only, and a process must
  /// live to do either.
  private func judgeGivenUp(_ trip: AuditedTrip, _ stored: StoredTrip) {
    guard ["deadline-passed", "validation-timed-out"].contains(stored.failure),
      let failed = trip.passed.first(where: { $0.state == .failed })?.at
    else { return }
    findings.check(.l12)
    let end = trip.createdAt + Promise.trip
    if failed < end {
      findings.violate(
        .l12, at: failed, booking: trip.id, subject: "early",
        "\(trip.id) failed at \(seconds(failed)) s as '\(stored.failure)'; it had until "
          + "\(seconds(end)) s")
    }
    let alive = max(end, starts.last { $0 <= failed } ?? 0)
    let latest = alive + Promise.call + Promise.scan + Promise.moment
    guard stored.failure == "validation-timed-out", failed > latest, !hasDied(end, failed)
    else { return }
    findings.violate(
      .l12, at: failed, booking: trip.id, subject: "late",
      "\(trip.id) failed at \(seconds(failed)) s as '\(stored.failure)'; its time was over at "
        + "\(seconds(end)) s")
  }

  /// Whether a process died so that something between two moments may be late because of it: it may have
  /// been down, and its lease has to run out.
  private func hasDied(_ from: Int64, _ to: Int64) -> Bool {
    deaths.contains { $0 > from - 10 * Promise.minute && $0 <= to }
  }

  /// V14: activities are waited for 20 minutes (or until a minute before the trip's end), unless they
  /// are refused, and no longer.
  private func judgeActivities(_ trip: AuditedTrip, _ stored: StoredTrip) {
    guard let first = firstActivity[trip.id],
      let confirmed = trip.passed.first(where: { $0.state == .confirmed })?.at,
      !hasDied(first, confirmed)
    else { return }
    findings.check(.v14)
    let until = min(
      first + Promise.activities, trip.createdAt + Promise.trip - Promise.minute)
    // A hold is captured before the trip is confirmed, and Stripe may have to be waited for.
    if !trip.isHeldFirst,
      confirmed > max(until, first) + Promise.call + Promise.scan + Promise.moment
    {
      findings.violate(
        .v14, at: confirmed, booking: trip.id, subject: "late",
        "\(trip.id) is confirmed at \(seconds(confirmed)) s; its activities were asked for at "
          + "\(seconds(first)) s and waited for until \(seconds(until)) s at most")
    }
    guard confirmed < until - Promise.moment else { return }
    for warning in stored.warnings where warning.code == "activity-failed" {
      let slot = warning.slot
      let isRefused =
        trip.refused.contains { $0.slot == slot && $0.operation == "book" }
        || trip.placed.contains { $0.slot == slot && $0.reservation.status != .confirmed }
        || trip.mistaken.contains { $0.slot == slot }
      guard !isRefused, trip.trails.contains(where: { $0.slot == slot && $0.direction == "do" })
      else { continue }
      findings.violate(
        .v14, at: confirmed, booking: trip.id, subject: slot,
        "\(slot) of \(trip.id) is given up by \(seconds(confirmed)) s; nobody had refused it, and it "
          + "was asked for at \(seconds(first)) s: 20 minutes are promised")
    }
  }

  /// V15: what stands six hours after it was confirmed is looked after then: flight and hotel at least.
  ///
  /// Not of trips that were cancelled or touched by a death, nor while a vendor is in trouble, whose calls
  /// may be put off.
  private func judgeInspection(_ trip: AuditedTrip, _ at: Int64) {
    guard trip.state == .confirmed, trip.passed.last?.state == .confirmed,
      let confirmed = trip.passed.first(where: { $0.state == .confirmed })?.at
    else { return }
    let due = confirmed + Promise.inspection
    let latest = due + Promise.longestPause + Promise.probe + Promise.scan + Promise.moment
    // Whoever stood still between its decision and the commit counts from the decision.
    guard at > latest, !hasDied(due, latest),
      !context.processes.stoodStill(from: confirmed - Promise.moment, to: confirmed)
    else { return }
    for slot in trip.coreSlots {
      let looks = (looks["\(trip.id)|\(slot)"] ?? []).filter { $0 > confirmed }
      findings.check(.v15)
      if looks.contains(where: { $0 >= due - Promise.moment && $0 <= latest }) { continue }
      if troubles.contains(where: { $0 > due - 3 * Promise.longestPause && $0 <= latest }) {
        continue
      }
      findings.violate(
        .v15, at: at, booking: trip.id, subject: slot,
        "\(slot) of \(trip.id), confirmed at \(seconds(confirmed)) s, is not looked after at "
          + "\(seconds(due)) s but "
          + (looks.first.map { "at \(seconds($0)) s" } ?? "never"))
    }
  }

  /// V15: who looks after what stands in vain looks again.
  private func judgeLooksInVain(_ trip: AuditedTrip, _ at: Int64) {
    guard trip.state == .confirmed, trip.passed.last?.state == .confirmed else { return }
    for slot in trip.coreSlots + trip.activitySlots
    where trip.live(slot) != nil && !trip.reportedFailed.contains(slot) {
      let vain = inVain["\(trip.id)|\(slot)"]
      findings.check(.v15, exercised: vain != nil)
      guard let vain, vain > trip.since else { continue }
      let latest =
        vain + Promise.delay(after: .max) + Promise.longestPause + Promise.probe + Promise.scan
      guard at > latest, !hasDied(vain, at) else { continue }
      findings.violate(
        .v15, at: at, booking: trip.id, subject: "\(slot) in vain",
        "\(slot) of \(trip.id) was looked after in vain until \(seconds(vain)) s, and by "
          + "\(seconds(at)) s not once more")
    }
  }

  /// V15: another departure than the order's answer had told, which a look shows, is told to the traveller.
  ///
  /// Not when a death may have taken the answer with it.
  private func judgeDeparture(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    guard trip.state == .confirmed, let look = departures[trip.id] ?? nil,
      let moved = trip.live("flight")?.reservation.rescheduledMicroseconds.map(virtual),
      look > moved, !deaths.contains(where: { $0 >= look && $0 <= look + 2 * Promise.minute })
    else { return }
    findings.check(.v15)
    guard !stored.warnings.contains(where: { $0.slot == "flight" && $0.code == "schedule-changed" })
    else { return }
    findings.violate(
      .v15, at: at, booking: trip.id, subject: "departure",
      "the flight of \(trip.id) departs at another time since \(seconds(moved)) s, as the look at "
        + "\(seconds(look)) s showed, and its traveller is told nothing of it")
  }

  /// V13: what was not answered is taken for not done only when it cannot be done any more.
  ///
  /// Payment intents are left out: nothing moves by one that nobody confirms, and one is charged at most
  /// once. What the vendor holds as refused or cancelled was found there.
  private func judgeRejected(_ step: StoreReader.StepRow, of trip: AuditedTrip) {
    let isBooking =
      step.direction == "do" && (step.slot == "hotel" || step.slot.hasPrefix("activity-"))
    let isRefund =
      step.direction == "undo"
      && (step.slot == "charge" || step.slot.hasPrefix("refund-"))
    guard isBooking || isRefund, step.status == "REJECTED",
      let line = unclear[Self.key(trip.id, step)]
    else { return }
    findings.check(.v13)
    let end = line + Self.proof(step.slot)
    guard virtual(step.updated) < end - Promise.moment,
      !isAtVendor(trip, step.slot, step.direction, step.generation)
        || trip.placed.contains(where: {
          $0.slot == step.slot && $0.baggage.generation == step.generation && $0.isLive
        })
    else { return }
    findings.violate(
      .v13, at: virtual(step.updated), booking: trip.id, subject: step.key,
      "\(step.key) is taken for not done at \(seconds(virtual(step.updated))) s; it was sent at "
        + "\(seconds(line)) s, not answered, and may take effect until \(seconds(end)) s")
  }
}

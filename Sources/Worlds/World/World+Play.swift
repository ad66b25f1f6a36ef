import Audit
import BookingOrchestrator
import FakeVendors
import GRDB
import Scenarios
import Simulation
import Wire

extension World {
  /// Plays the world to its end, and judges it.
  func play(_ progress: ((Int, Int64) -> Void)? = nil) -> RunResult {
    let ending = playPhases(progress)
    if case nil = ending { auditor?.conclude(recorder.history, at: recorder.now) }
    let result = result(ending)
    simulator.shutDown()
    for host in hosts { host.switchOff() }
    return result
  }

  /// Chaos, quiet, last looks; nil when the world came to its end.
  private func playPhases(_ progress: ((Int, Int64) -> Void)?) -> Verdict? {
    employ()
    for host in hosts {
      host.start()
      host.beginCrashing()
      host.beginPausing()
    }
    clients.begin()

    // Chaos lasts until nobody waits and the last outage is over, and at most half an hour longer
    // than the last arrival and the last outage: what is unfinished then must finish in the quiet. A
    // scenario may ask for more, so that long waits meet faults.
    let patience: Int64 = 1_800_000_000
    let leastEnd = max(outages.end, Int64(scenario.chaos * 1e6))
    let horizon = max(clients.lastArrival, leastEnd) + patience
    setDeadline(after: .microseconds(horizon))
    let chaos = run(progress) {
      self.deadlinePassed || (self.clients.isFinished && self.recorder.now >= leastEnd)
    }
    if let verdict = Verdict(chaos) { return verdict }

    recorder.beginQuiet()
    let quietAt = recorder.now
    var gap: Int64 = 10_000_000
    while true {
      setDeadline(after: .microseconds(gap))
      if let verdict = Verdict(run(progress, until: { self.deadlinePassed })) { return verdict }
      let lasted = recorder.now - quietAt
      let waitsFor = hindrance(after: lasted)
      guard let waitsFor else { break }
      if Double(lasted) >= scenario.limits.quiet * 1e6 {
        let why = waitsFor()
        // What is finished beside it is judged all the same, and what is not is what the liveness
        // invariants speak of; not before what was on the wire has arrived.
        if lasted >= Self.wire { auditor?.conclude(recorder.history, at: recorder.now) }
        return .stuck(why)
      }
      gap = min(gap * 5 / 4, 600_000_000)
    }

    clients.pollAgain()
    setDeadline(after: .seconds(3_600))
    let looks = run(progress) { self.deadlinePassed || self.clients.pollers == 0 }
    if let verdict = Verdict(looks) { return verdict }
    if clients.pollers > 0 { return .stuck("\(clients.pollers) last looks were not answered") }
    return nil
  }

  /// What keeps the quiet from ending, nil when nothing does; the cheapest questions first.
  private func hindrance(after lasted: Int64) -> (() -> String)? {
    if lasted < Self.wire { return { "requests were still on the wire" } }
    if !clients.isFinished {
      return { self.auditor?.unfinished() ?? self.clients.waiting ?? "a client waits" }
    }
    if !hosts.allSatisfy(\.isUp) { return { "the orchestrator did not come up again" } }
    if let due = vendors.nextDue, due - World.epoch < recorder.now + quietLeft(lasted) {
      return {
        self.auditor?.unfinished()
          ?? "a vendor had something to do at \(due - World.epoch)us"
      }
    }
    if let operators, operators.planned > 0 { return { "an operator was still to decide" } }
    if hasWork() {
      return {
        self.auditor?.unfinished() ?? "the orchestrator still had something to do"
      }
    }
    guard let sentence = auditor?.unfinished() else { return nil }
    return { sentence }
  }

  /// What is still on the wire arrives, and is worked on, within so many microseconds.
  private static let wire =
    (FaultLimits.longestDelay + FaultLimits.longestProcessing + FaultLimits.longestLatency * 2)
    .microseconds()

  private func quietLeft(_ lasted: Int64) -> Int64 {
    max(0, Int64(scenario.limits.quiet * 1e6) - lasted)
  }

  /// Whether a trip waits for its time, or a mail or an event to be sent.
  private func hasWork() -> Bool {
    let sql = """
      SELECT EXISTS (SELECT 1 FROM trip_booking WHERE wake_us IS NOT NULL)
        OR EXISTS (SELECT 1 FROM outbox WHERE status = 'pending')
        OR EXISTS (SELECT 1 FROM hook_event WHERE status = 'pending')
      """
    do {
      return try queue.unsafeRead { db in
        try Bool.fetchOne(db.cachedStatement(sql: sql)) ?? false
      }
    } catch {
      preconditionFailure("the world's database cannot be read: \(error)")
    }
  }

  /// All that the run has to tell.
  private func result(_ ending: Verdict?) -> RunResult {
    var history = recorder.history
    history.marks.merge(auditor?.marks ?? [:]) { $0 + $1 }
    let results = auditor?.results ?? []
    let isViolated = results.contains { $0.violations > 0 }
    let verdict: Verdict =
      switch ending {
      case .nondeterministic: ending ?? .pass
      case _ where isViolated: .violated
      case let other: other ?? .pass
      }
    return RunResult(
      scenario: scenario, seed: simulator.seed, verdict: verdict, history: history,
      trips: auditor?.tripRows(history) ?? [],
      paymentIntents: vendors.stripe.paymentIntents, refunds: vendors.stripe.refunds,
      disputes: vendors.stripe.disputes,
      reservations: vendors.amadeus.reservations + vendors.bookingCom.reservations
        + vendors.viator.reservations,
      invariants: results, violations: auditor?.violations ?? [],
      attention: auditor?.attentionRows() ?? [], meetings: auditor?.meetings ?? [],
      virtualMicroseconds: recorder.now,
      events: simulator.eventCount, traceHash: simulator.traceHash,
      epochMicroseconds: World.epoch)
  }
}

extension Verdict {
  /// What an unexpected end of a run means; nil when it is the expected one.
  init?(_ end: Simulator.End) {
    switch end {
    case .satisfied, .idle: return nil
    case .limit(let which): self = .inconclusive(which)
    case .stopped(let reason): self = .inconclusive(reason)
    case .escaped(let job): self = .nondeterministic("left the simulation: \(job)")
    }
  }
}

import Audit
import BookingOrchestrator
import FakeVendors
import GRDB
import Scenarios
import Simulation
import Wire

/// The operators of a world: they see what is parked, settle it with the vendors by hand where they say
/// so, and tell the orchestrator through the same functions as `booking-server attention` does.
///
/// They write into the database as a process of their own, whether or not the orchestrator is up. Each
/// decision is drawn from a stream of the item's own, so that no share shifts another draw.
final class OperatorDesk: HistoryObserver, @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.
  private let scenario: Scenario.Operators
  private let recorder: Recorder
  private let queue: DatabaseQueue
  private let vendors: WorldVendors
  private let epochMicroseconds: Int64
  /// When each item that was seen had been parked, by number; looked up by key only.
  private var seen: [Int64: Int64] = [:]
  /// How often each item was taken up, by number, and each event, by its number below zero; looked up by
  /// key only.
  private var rounds: [Int64: Int] = [:]
  /// When each event that was not told had been given up, by number; looked up by key only.
  private var givenUp: [Int64: Int64] = [:]
  /// How many decisions were taken so far.
  private var decisions = 0
  /// Decisions that are planned and not taken yet.
  private(set) var planned = 0

  /// An item that comes back is taken up so often.
  private static let patience = 3
  private static let purpose = Purpose("operators/decision")
  private static let resending = Purpose("operators/resend")

  init(
    _ scenario: Scenario.Operators, recorder: Recorder, queue: DatabaseQueue,
    vendors: WorldVendors, epochMicroseconds: Int64
  ) {
    self.scenario = scenario
    self.recorder = recorder
    self.queue = queue
    self.vendors = vendors
    self.epochMicroseconds = epochMicroseconds
  }

  /// Looks at what is parked whenever something was committed.
  func observe(_ event: HistoryEvent, at: Int64) {
    guard case .committed = event else { return }
    for item in read({ db in try OperatorStore.items(db) }).reversed()
    where seen[item.id] != item.createdUs {
      seen[item.id] = item.createdUs
      plan(item)
    }
    lookAtEvents()
  }

  private func plan(_ item: OperatorStore.Item) {
    let round = rounds[item.id, default: 0]
    rounds[item.id] = round + 1
    guard round < Self.patience else { return }
    var stream = recorder.simulator.streams.stream(
      Self.purpose, CallKeys.hash(item.booking, "\(item.slot) \(item.reason)"), UInt64(round))
    var draw = ExclusiveDraw(&stream)
    let choices: [(Chance, String)] = [
      (scenario.retry, OperatorCommand.Verb.retry.rawValue),
      (scenario.markDone, OperatorCommand.Verb.markDone.rawValue),
      (scenario.abandon, OperatorCommand.Verb.abandon.rawValue), (scenario.newer, Self.newer),
    ]
    guard let (chance, verb) = choices.first(where: { draw.hits($0.0.share) }) else { return }
    // All are drawn, needed or not.
    let delay = chance.after.duration(&stream)
    let isTwice = stream.chance(partsPerMillion: scenario.twice.partsPerMillion)
    let gap = Duration.milliseconds(stream.index(below: 40_000))
    // Whom the bank decides for is not an operator's to say.
    guard item.reason != "payment-disputed" else { return }
    schedule(item.id, verb, after: delay)
    if isTwice { schedule(item.id, verb, after: delay + gap) }
  }

  /// Looks at the events that clients were not told; each is taken up once whenever it is given up.
  private func lookAtEvents() {
    guard scenario.resend.share != .never else { return }
    for event in read({ db in try OperatorStore.untold(db) })
    where givenUp[event.id] != event.endedUs {
      givenUp[event.id] = event.endedUs
      let round = rounds[-event.id, default: 0]
      rounds[-event.id] = round + 1
      guard round < Self.patience else { continue }
      var stream = recorder.simulator.streams.stream(
        Self.resending, CallKeys.hash(event.booking, "\(event.sequence)"), UInt64(round))
      let isResent = stream.chance(partsPerMillion: scenario.resend.share.partsPerMillion)
      let delay = scenario.resend.after.duration(&stream)
      guard isResent else { continue }
      planned += 1
      recorder.simulator.schedule(after: delay, "operator") { [self] in
        planned -= 1
        resend(event)
      }
    }
  }

  private func resend(_ event: OperatorStore.UntoldEvent) {
    decisions += 1
    do {
      try queue.write { [decisions, epochMicroseconds, now = recorder.now] db in
        try OperatorStore.resend(
          db, event: event.id, by: "operator-\(decisions)",
          at: Timestamp(microseconds: epochMicroseconds + now))
      }
    } catch {
      preconditionFailure("an event that was given up cannot be sent again: \(error)")
    }
    recorder.hookResent("evt_\(event.booking)_\(event.sequence)", bookingID: event.booking)
    recorder.committed()
  }

  private func schedule(_ id: Int64, _ verb: String, after delay: Duration) {
    planned += 1
    recorder.simulator.schedule(after: delay, "operator") { [self] in
      planned -= 1
      decide(id, verb)
    }
  }

  private func decide(_ id: Int64, _ verb: String) {
    guard let item = read({ db in try OperatorStore.item(db, id) }) else { return }
    decisions += 1
    let by = "operator-\(decisions)"
    if verb == OperatorCommand.Verb.markDone.rawValue, item.resolvedUs == nil { settle(item) }
    var decision = DecisionRecord(
      atMicroseconds: recorder.now, bookingID: item.booking, item: item.id, slot: item.slot,
      reason: item.reason, parkedMicroseconds: item.createdUs - epochMicroseconds, verb: verb,
      by: by, note: "case \(decisions)", refusal: "")
    decision.toldOpen = read { db in try OperatorStore.openItems(db) }.reduce(0) { $0 + $1.count }
    do {
      try submit(decision)
    } catch let refused as OperatorStore.Refused {
      decision.refusal = refused.description
    } catch {
      preconditionFailure("the world's database cannot be written: \(error)")
    }
    recorder.decided(decision)
    if decision.refusal.isEmpty {
      recorder.committed()
    } else if verb == OperatorCommand.Verb.retry.rawValue, item.resolvedUs == nil,
      item.waiting == nil
    {
      // It cannot be tried again: something else must be done about it.
      plan(item)
    }
  }

  private func submit(_ decision: DecisionRecord) throws {
    let now = Timestamp(microseconds: epochMicroseconds + recorder.now)
    try queue.write { db in
      guard let verb = OperatorCommand.Verb(rawValue: decision.verb) else {
        return try Self.submitNewer(decision, at: now, db)
      }
      try OperatorStore.submit(
        db, item: decision.item, verb: verb, by: decision.by, note: decision.note, at: now)
    }
  }

  /// A word that only a newer version knows.
  private static let newer = "escalate"

  /// What the tool of a newer version would write.
  private static func submitNewer(
    _ decision: DecisionRecord, at now: Timestamp, _ db: Database
  ) throws {
    let payload = JSONWriter.object {
      $0.field("verb", decision.verb)
      $0.field("slot", decision.slot)
      $0.field("reason", decision.reason)
      $0.field("by", decision.by)
      $0.field("note", decision.note)
    }
    try db.execute(
      sql: """
        INSERT INTO inbox (source, kind, booking_id, payload, received_us)
        VALUES (?, 'operator', ?, ?, ?)
        """,
      arguments: [
        "operator:\(decision.item):\(decision.by)", decision.bookingID,
        String(decoding: payload, as: UTF8.self), now.microseconds,
      ])
  }

  /// Does by hand what is then said to be done: cancels at the vendor what stands there. Money is paid
  /// out another way, which Stripe knows nothing of.
  private func settle(_ item: OperatorStore.Item) {
    for reservation in vendors.reservations(ofSlot: item.slot) {
      let tags = CallTags(reservation.baggage)
      guard tags.booking == item.booking, tags.slot == item.slot, reservation.status.isLive else {
        continue
      }
      vendors.cancelAtDesk(reservation)
    }
  }

  private func read<T>(_ body: (Database) throws -> T) -> T {
    do { return try queue.unsafeRead(body) } catch {
      preconditionFailure("the world's database cannot be read: \(error)")
    }
  }
}

extension WorldVendors {
  /// What was reserved at the vendor of a slot; nothing for slots of money.
  fileprivate func reservations(ofSlot slot: String) -> [Reservation] {
    switch slot {
    case "flight": amadeus.reservations
    case "hotel": bookingCom.reservations
    case _ where slot.hasPrefix("activity-"): viator.reservations
    default: []
    }
  }

  fileprivate func cancelAtDesk(_ reservation: Reservation) {
    switch reservation.vendor {
    case "amadeus": amadeus.cancelAtDesk(reservation.reference)
    case "bookingcom": bookingCom.cancelAtDesk(reservation.reference)
    default: viator.cancelAtDesk(reservation.reference)
    }
  }
}

import Crypto
import FakeVendors

/// D1, D2, D3, L8: judged of every event as it is committed; D6, D9, D10 and the chain at the end.
final class DurabilityChecker: Checker {
  let context: AuditContext
  let money: MoneyChecker
  let vendors: VendorChecker
  /// The last event that was read.
  private var lastEvent: Int64 = 0
  /// The booking of each client; looked up by key only.
  private var clientOwner: [String: String] = [:]

  let modifications: ModificationChecker

  init(
    _ context: AuditContext, _ money: MoneyChecker, _ vendors: VendorChecker,
    _ modifications: ModificationChecker
  ) {
    self.context = context
    self.money = money
    self.vendors = vendors
    self.modifications = modifications
  }

  /// Reads the new events and judges each.
  ///
  /// Called after every commit, so that usually one event of one trip is new; when there are more,
  /// the row is compared with the last of its trip.
  func catchUp(_ at: Int64) {
    guard let events = read({ try $0.events(after: lastEvent) }), !events.isEmpty else { return }
    var didTransit = false
    for (index, event) in events.enumerated() {
      findings.check(.d2)
      if event.seq != lastEvent + 1 {
        findings.violate(
          .d2, at: at, booking: event.booking, subject: "seq \(event.seq)",
          "event \(event.seq) of \(event.booking) follows event \(lastEvent): "
            + "\(event.seq - lastEvent - 1) are missing")
      }
      lastEvent = event.seq
      let trip = open(event.booking, at)
      if event.version != trip.version + 1 {
        findings.violate(
          .d2, at: at, booking: trip.id, subject: "version \(event.version)",
          "version \(event.version) of \(trip.id) follows version \(trip.version)")
      }
      let isNew = trip.version == 0
      trip.version = event.version
      trip.needsAttention = event.needsAttention
      didTransit = judgeTransition(trip, event, isNew: isNew, at) || didTransit
      judgeRow(trip, event, isLast: index + 1 == events.count, at)
    }
    if didTransit { money.catchUpLedger(at) }
  }

  private func judgeTransition(
    _ trip: AuditedTrip, _ event: StoreReader.EventRow, isNew: Bool, _ at: Int64
  ) -> Bool {
    findings.check(.d1, exercised: isNew || event.state != trip.state.rawValue)
    guard let state = AuditedState(rawValue: event.state) else {
      findings.violate(
        .d1, at: at, booking: trip.id, subject: event.state,
        "\(trip.id) has the unknown state '\(event.state)'")
      return false
    }
    let before = trip.state
    guard isNew || state != before else { return false }
    let committed = virtual(event.at)
    let isLegal =
      isNew ? state == .pending || state == .validating : AuditedState.isDeclared(before, state)
    if !isLegal {
      findings.violate(
        .d1, at: at, booking: trip.id, subject: "\(before) \(state)",
        isNew
          ? "\(trip.id) begins as \(state.rawValue)"
          : "\(trip.id) went from \(before.rawValue) to \(state.rawValue) at \(seconds(at)) s")
    }
    trip.state = state
    trip.passed.append(AuditedTrip.Passage(state: state, version: event.version, at: committed))
    if before.isTerminal, !state.isTerminal { context.reopened(trip) }
    if isNew { modifications.accepted(trip, at) } else { modifications.moved(trip, at) }
    switch state {
    case .confirmed:
      findings.check(.l8)
      if committed > trip.deadline {
        findings.violate(
          .l8, at: at, booking: trip.id,
          "\(trip.id) became CONFIRMED at \(seconds(committed)) s, after its deadline at "
            + "\(seconds(trip.deadline)) s")
      }
      money.judgeRefundsAtConfirmation(trip, at)
      vendors.judgeConfirmed(trip, warned: warned(trip), isQuiet: false, at)
    case .cancelling:
      mark(before == .confirmed ? "cancel-after-confirmed" : "cancel-while-processing")
    default: break
    }
    if state.isTerminal {
      let rows = read { try $0.payments(trip.id) } ?? []
      money.judgePayments(trip, rows, exact: false, at)
    }
    return true
  }

  /// D3, and that epochs only grow (D5), of the row after its last event.
  private func judgeRow(
    _ trip: AuditedTrip, _ event: StoreReader.EventRow, isLast: Bool, _ at: Int64
  ) {
    guard isLast || event.rowVersion == event.version else { return }
    findings.check(.d3)
    if event.rowVersion != event.version || event.rowState != event.state
      || event.rowNeedsAttention != event.needsAttention
    {
      findings.violate(
        .d3, at: at, booking: trip.id, subject: "version \(event.version)",
        "the row of \(trip.id) is \(event.rowState), version \(event.rowVersion), attention "
          + "\(event.rowNeedsAttention); its last event says \(event.state), version "
          + "\(event.version), attention \(event.needsAttention)")
    }
    if event.rowEpoch < trip.epoch {
      findings.violate(
        .d5, at: at, booking: trip.id, subject: "epoch \(event.rowEpoch)",
        "the lease of \(trip.id) went from epoch \(trip.epoch) back to \(event.rowEpoch)")
    }
    trip.epoch = event.rowEpoch
  }

  /// The slots that the trip's row warns of.
  private func warned(_ trip: AuditedTrip) -> [String] {
    guard let text = read({ try $0.warnings(trip.id) }), text != "[]" else { return [] }
    return warnings(text).map(\.slot)
  }

  /// D10, as bookings appear: no client has two.
  private func noteOwner(_ trip: AuditedTrip, _ at: Int64) {
    // A modification has a key of its own; C4 says when there may be one.
    guard trip.change == nil, let client = trip.client else { return }
    findings.check(.d10)
    // A client of a world has one key for its trip, and one for the same option in another window.
    let key = "\(client)" + (trip.clientKey.contains("rival-") ? " as a rival" : "")
    if let other = clientOwner[key] {
      findings.violate(
        .d10, at: at, booking: trip.id,
        "client \(client) asked with one key (\(trip.clientKey)) and has two bookings: \(other) "
          + "and \(trip.id)")
    } else {
      clientOwner[key] = trip.id
    }
  }

  /// D3 and D10 over all rows, D2's chain over a sample of trips.
  func concludeStore(_ at: Int64) {
    guard let orphans = read({ try $0.orphans() }) else { return }
    for booking in orphans.silent {
      findings.violate(
        .d3, at: at, booking: booking, subject: "silent",
        "the row of \(booking) was written without an event that says so")
    }
    for (key, count) in orphans.doubled {
      findings.violate(.d10, at: at, booking: "", subject: key, "'\(key)' has \(count) bookings")
    }
    // A chain is as long as a trip's life; every trip of a small world, one in sixteen of others.
    let step = trips.count <= 64 ? 1 : 16
    for index in stride(from: 0, to: trips.count, by: step) { judgeChain(trips[index], at) }
  }

  /// D2: `hash(n)` covers `hash(n-1)` and the row (the event log's own documented formula).
  private func judgeChain(_ trip: AuditedTrip, _ at: Int64) {
    var previous = ""
    for link in read({ try $0.chain(trip.id) }) ?? [] {
      findings.check(.d2)
      let hash = Self.chainHash(after: previous, link)
      if link.hash != hash {
        findings.violate(
          .d2, at: at, booking: trip.id, subject: "chain",
          "the hash of version \(link.version) of \(trip.id) does not follow from the version "
            + "before: a row was changed, dropped or inserted later")
        return
      }
      previous = link.hash
    }
  }

  /// The hash of an event's row, from the hash before it and its own columns.
  static func chainHash(after previous: String, _ link: StoreReader.ChainLink) -> String {
    var text = previous
    for part in [
      String(link.version), link.kind, link.state, link.needsAttention ? "1" : "0", link.detail,
      String(link.at),
    ] {
      text += "\n"
      text += part
    }
    var hasher = SHA256()
    hasher.update(data: Array(text.utf8))
    return String(decoding: hexDigits(of: hasher.finalize()), as: UTF8.self)
  }

  /// The file of a booking, opened when it is seen for the first time.
  private func open(_ booking: String, _ at: Int64) -> AuditedTrip {
    if let trip = known(booking) { return trip }
    let trip = context.open(booking, at: at)
    noteOwner(trip, at)
    return trip
  }

  /// All that the database says of a trip at the end. D9: it is there; D3: its warnings can be read.
  func stored(_ trip: AuditedTrip, _ at: Int64) -> StoredTrip? {
    guard let stored = read({ try $0.stored(trip.id, decoder) }) ?? nil else {
      findings.check(.d9)
      findings.violate(
        .d9, at: at, booking: trip.id, "\(trip.id) was accepted and is no longer in the database")
      return nil
    }
    trip.warnings = stored.warnings
    for warning in stored.warnings where warning.code == "activity-failed" {
      trip.reportedFailed.insert(warning.slot)
    }
    if !stored.warningsAreReadable {
      findings.violate(
        .d3, at: at, booking: trip.id, subject: "warnings",
        "the warnings of \(trip.id) cannot be read")
    }
    return stored
  }

  /// D6: a step that is done names what the vendor made for it.
  func judgeReferences(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    for step in stored.steps where step.status == "DONE" {
      let isMade: Bool
      switch (step.direction, step.slot) {
      case ("do", "intent"):
        isMade = trip.intents.contains {
          step.reference.contains($0.id) && $0.idempotencyKey == step.key
        }
      case ("do", "charge"):
        isMade = trip.intents.contains {
          // The charge, or the payment where no answer told it.
          ($0.capturedMinor > 0 || $0.heldMicroseconds != nil)
            && [$0.latestCharge, $0.id].contains(step.reference)
        }
      case ("do", "capture"):
        isMade = trip.intents.contains {
          $0.heldMicroseconds != nil && $0.capturedMinor > 0
            && [$0.latestCharge, $0.id].contains(step.reference)
        }
      case ("do", let slot):
        isMade = trip.placed.contains { $0.slot == slot && names(step.reference, $0.reservation) }
      case ("undo", let slot) where slot == "charge" || slot.hasPrefix("refund-"):
        // A charge that was undone before any money moved has no refund to name.
        isMade =
          (step.reference.isEmpty && trip.captured == 0)
          || trip.refunds.contains {
            step.reference.contains($0.id)
              && $0.metadata["booking"] == trip.id && $0.idempotencyKey.hasPrefix("\(trip.id):")
          }
      default: continue
      }
      findings.check(.d6)
      if !isMade {
        findings.violate(
          .d6, at: at, booking: trip.id, subject: step.key,
          "\(step.key) is DONE with the reference '\(step.reference)', and the vendor has made no "
            + "such thing for it")
      }
    }
  }
}

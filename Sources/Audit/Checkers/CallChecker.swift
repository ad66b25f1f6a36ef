import FakeVendors
import HTTPService
import HTTPTypes
import Scenarios

/// M10, D5, D7, D8, V5, V8, V9, V10, V11, L7: the orchestrator's calls, each mutating one as it is sent.
final class CallChecker: Checker {
  let context: AuditContext
  let understanding: UnderstandingChecker

  init(_ context: AuditContext, _ understanding: UnderstandingChecker) {
    self.context = context
    self.understanding = understanding
  }

  /// Judges a mutating call at the moment it is sent; one read of the store.
  func judgeSend(_ call: HTTPCall, _ record: CallRecord, _ at: Int64) {
    let name = record.bookingID
    findings.check(.m10)
    let row =
      read {
        try $0.sentStep(name, record.slot, record.direction, record.generation)
      } ?? nil
    guard let trip = trip(name, at), let row else {
      findings.violate(
        .m10, at: at, booking: name,
        subject: "\(record.slot) \(record.direction) \(record.generation)",
        "\(record.service) \(record.operation) is sent for "
          + "\(name):\(record.slot):\(record.direction):\(record.generation) at \(seconds(at)) s, "
          + "and no such step is written down")
      return
    }
    let hash = call.payloadHash
    let key = "\(name):\(record.slot):\(record.direction):\(record.generation)"
    func m10(_ why: String) {
      findings.violate(
        .m10, at: at, booking: name, subject: key,
        "\(key) is sent (attempt \(record.attempt)) at \(seconds(at)) s, \(why)")
    }
    if row.status != "INTENT" && row.status != "UNKNOWN" {
      m10("although its step is \(row.status)")
    } else if row.lastSent == nil {
      m10("although its step says that it was never sent")
    } else if row.attempt != record.attempt {
      m10("although its step is at attempt \(row.attempt)")
    } else if !row.payloadHash.utf8.elementsEqual(hash) {
      m10("with other bytes than its step has written down")
    }
    judgeKey(call, record, row, key, m10)

    findings.check(.d5)
    if record.epoch != row.epoch {
      findings.violate(
        .d5, at: at, booking: name, subject: "\(key) \(record.epoch)",
        "\(key) is sent with epoch \(record.epoch) at \(seconds(at)) s; the lease is at epoch "
          + "\(row.epoch)")
    } else if row.leaseUntil > 0, virtual(row.leaseUntil) <= at {
      // One that was given back is D15's.
      findings.violate(
        .d5, at: at, booking: name, subject: "\(key) late",
        "\(key) is sent at \(seconds(at)) s; the lease ended at \(seconds(virtual(row.leaseUntil))) s"
      )
    }
    let index = trip.trail(record.slot, record.direction, record.generation)
    judgeRepetition(trip, index, record, hash, key, at)
    if record.direction == "do" {
      judgeForward(trip, record, row, key, at)
    } else {
      judgeUndo(call, trip, record, row, key, at)
    }
  }

  /// The key on the wire is the step's (Stripe); a new generation follows a rejection (D8).
  private func judgeKey(
    _ call: HTTPCall, _ record: CallRecord, _ row: StoreReader.SentStep, _ key: String,
    _ m10: (String) -> Void
  ) {
    findings.check(.d8)
    if row.key != key { m10("with the key '\(row.key)', which is not its own") }
    if record.service == "stripe" {
      let header = call.request.headerFields[Self.idempotencyKey]
      if header != row.key { m10("with the header Idempotency-Key '\(header ?? "none")'") }
    }
  }

  private static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .contentType

  /// D8 and L7: what an operation sends again, and when.
  ///
  /// A death of the process takes with it what was not yet committed: waits that a vendor asked
  /// for, and refusals not yet noted. After one, the same step may be sent once more at once.
  private func judgeRepetition(
    _ trip: AuditedTrip, _ index: Int, _ record: CallRecord, _ hash: [UInt8], _ key: String,
    _ at: Int64
  ) {
    var trail = trip.trails[index]
    if trail.sends == 0 {
      trail.firstSent = at
      trail.payloadHash = hash
      trail.key = record.idempotencyKey
      if record.generation > 1 { judgeNewGeneration(trip, record, key, at) }
    } else {
      if trail.payloadHash != hash || trail.key != record.idempotencyKey {
        findings.violate(
          .d8, at: at, booking: trip.id, subject: key,
          "\(key) was sent with one key and payload at \(seconds(trail.firstSent)) s and with "
            + "another at \(seconds(at)) s")
      }
      func l7(_ subject: String, _ why: String) {
        findings.violate(
          .l7, at: at, booking: trip.id, subject: "\(key) \(subject)",
          "\(key) is sent again (attempt \(record.attempt)) at \(seconds(at)) s, \(why)")
      }
      if let status = trail.refusedFor {
        l7("refused", "although it was answered \(status) at \(seconds(trail.lastEnd)) s")
      }
      if at - trail.lastSent.1 <= Bounds.hotLoop {
        l7("hot", "for the third time within 100 ms")
      }
    }
    findings.check(.l7, exercised: trail.sends > 0 || record.generation > 1)
    // A new generation is a retry too: the vendor's wish binds it as well.
    let notBefore = trip.trails.reduce(Int64(0)) { latest, other in
      other.slot == record.slot && other.direction == record.direction
        ? max(latest, other.notBefore) : latest
    }
    if at < notBefore {
      findings.violate(
        .l7, at: at, booking: trip.id, subject: "\(key) early",
        "\(key) is sent (attempt \(record.attempt)) at \(seconds(at)) s although the vendor asked "
          + "to wait until \(seconds(notBefore)) s")
    }
    if record.attempt > Bounds.attempts {
      findings.violate(
        .l7, at: at, booking: trip.id, subject: "\(key) attempts",
        "\(key) is sent for the \(record.attempt)th time; the bound is \(Bounds.attempts)")
    }
    trail.sends += 1
    trail.highestAttempt = max(trail.highestAttempt, record.attempt)
    trail.lastSent = (at, trail.lastSent.0, trail.lastSent.1)
    trip.trails[index] = trail
  }

  /// D8: a new generation only after the one before was rejected, or proven to have no effect.
  private func judgeNewGeneration(
    _ trip: AuditedTrip, _ record: CallRecord, _ key: String, _ at: Int64
  ) {
    let steps = read { try $0.steps(trip.id) } ?? []
    let before = steps.first {
      $0.slot == record.slot && $0.direction == record.direction
        && $0.generation == record.generation - 1
    }
    if before?.status != "REJECTED" {
      findings.violate(
        .d8, at: at, booking: trip.id, subject: key,
        "\(key) is sent at \(seconds(at)) s although generation \(record.generation - 1) is "
          + "\(before?.status ?? "not there"), not REJECTED")
    }
  }

  /// D7, V9, V10 of a call that brings something about.
  private func judgeForward(
    _ trip: AuditedTrip, _ record: CallRecord, _ row: StoreReader.SentStep, _ key: String,
    _ at: Int64
  ) {
    findings.check(.d7, exercised: trip.state.isTerminal)
    if trip.state.isTerminal {
      findings.violate(
        .d7, at: at, booking: trip.id, subject: key,
        "\(key) is sent at \(seconds(at)) s; \(trip.id) is \(trip.state.rawValue) since "
          + "\(seconds(trip.since)) s")
    }
    findings.check(.v9, exercised: row.hasBegunUndo)
    if row.hasBegunUndo {
      findings.violate(
        .v9, at: at, booking: trip.id, subject: key,
        "\(key) is sent at \(seconds(at)) s although the undo of \(trip.id) has begun")
    }
    // A check, a commit and a send take a moment; a second is allowed for them.
    if record.service == "flight", let expires = trip.offer?.flight.expires {
      findings.check(.v10)
      if at > virtual(expires) + 1_000_000 {
        findings.violate(
          .v10, at: at, booking: trip.id, subject: "expired",
          "the flight offer expired at \(seconds(virtual(expires))) s and is booked at "
            + "\(seconds(at)) s")
      }
    }
  }
}

import FakeVendors
import Scenarios

/// V12: an answer that lacks or bends only what is optional is taken for the success that it is.
final class UnderstandingChecker: Checker {
  let context: AuditContext
  /// Steps whose success was told in a bent answer, in order of the answers.
  private var understood: [Understood] = []

  init(_ context: AuditContext) { self.context = context }

  /// A step whose success was told in a bent answer.
  private struct Understood {
    var booking: String
    var slot: String
    var direction: String
    var generation: Int
    /// When it was told; virtual.
    var at: Int64
    var fault: String

    func isOf(_ record: CallRecord) -> Bool {
      booking == record.bookingID && slot == record.slot && direction == record.direction
        && generation == record.generation
    }

    var name: String { "\(booking):\(slot):\(direction):\(generation)" }
  }

  /// A mutating call is sent.
  func sent(_ record: CallRecord, _ at: Int64) {
    if !understood.isEmpty { judgeAgain(record, at) }
  }

  /// The orchestrator committed.
  func committed(_ at: Int64) {
    if !understood.isEmpty { judgeUnderstood(at) }
  }

  /// A process died: what it had not committed is forgotten.
  func noteDeath(_ at: Int64) {
    judgeUnderstood(at)
    understood = []
  }

  /// A bent answer came to a mutating call: if the vendor's ledger says that it told a success, the
  /// step must be done soon, without being sent again.
  ///
  /// What was undecided at first is left out: Stripe replays an answer as it was, so that a second try
  /// may be told of a payment under way that the ledger holds as made.
  func expectUnderstood(
    _ trip: AuditedTrip, _ trail: StepHistory, _ record: CallRecord, _ at: Int64
  ) {
    if record.service == "stripe", trail.sends > 1 { return }
    guard record.isBent, (200..<300).contains(record.ownStatus),
      isAchieved(trip, record.slot, record.direction, record.generation)
    else { return }
    findings.check(.v12)
    understood.append(
      Understood(
        booking: record.bookingID, slot: record.slot, direction: record.direction,
        generation: record.generation, at: at, fault: record.fault))
  }

  /// A call that was answered well must not be sent again. A death in between forgets the answer.
  private func judgeAgain(_ record: CallRecord, _ at: Int64) {
    guard let index = understood.firstIndex(where: { $0.isOf(record) }) else { return }
    let told = understood.remove(at: index)
    findings.violate(
      .v12, at: at, booking: told.booking, subject: told.name,
      "\(told.name) is sent again at \(seconds(at)) s although its success was told at "
        + "\(seconds(told.at)) s (\(told.fault))")
  }

  /// Judges the steps that were written since their success was told, and those whose time is over.
  ///
  /// What is written after the answer and is not DONE was written because of it; a step that is not
  /// written waits for the calls beside it. Either is wrong only as long as the vendor's ledger holds
  /// the success.
  func judgeUnderstood(_ at: Int64) {
    understood.removeAll { told in
      let row = read { try $0.steps(told.booking) }?.first {
        $0.slot == told.slot && $0.direction == told.direction
          && $0.generation == told.generation
      }
      guard let row, row.status != "DONE" else { return true }
      let isWritten = row.status != "INTENT" && virtual(row.updated) > told.at
      guard isWritten || at == .max || told.at + Bounds.understanding < at else { return false }
      guard let trip = known(told.booking),
        isAchieved(trip, told.slot, told.direction, told.generation)
      else { return true }
      findings.violate(
        .v12, at: min(at, told.at + Bounds.understanding), booking: told.booking,
        subject: told.name,
        "\(told.name) is \(row.status) although its success was told at \(seconds(told.at)) s "
          + "(\(told.fault))")
      return true
    }
  }

  /// A look of the validation that was answered well is not tried again.
  ///
  /// A validation that waited for another vendor begins anew, at the first attempt; an answer that was
  /// not understood is followed by the next one. After the validation a hotel is looked at once more when its
  /// order token has expired.
  func judgeUnderstood(
    _ trip: AuditedTrip, _ look: inout LookupHistory, _ record: CallRecord, _ at: Int64
  ) {
    guard ["price", "preview", "availability"].contains(record.operation) else { return }
    if let attempt = look.understood.removeValue(forKey: record.operation),
      record.attempt == attempt + 1, trip.state == .validating
    {
      findings.violate(
        .v12, at: at, booking: trip.id, subject: "\(record.slot) \(record.operation)",
        "\(record.service) \(record.operation) of \(trip.id) is asked for the \(record.attempt)th time by "
          + "\(seconds(at)) s although it was answered well")
    }
    judgeOddPrice(trip, &look, record, at)
    guard record.isBent, (200..<300).contains(record.ownStatus) else { return }
    findings.check(.v12)
    look.understood[record.operation] = record.attempt
  }

  /// L7 and X2: a price that nobody can pay is an answer, and a definite one: another price than was
  /// offered. Asking again at once brings nothing, and no money may move on it.
  ///
  /// A death in between forgets the answer, and a validation that begins anew asks anew.
  private func judgeOddPrice(
    _ trip: AuditedTrip, _ look: inout LookupHistory, _ record: CallRecord, _ at: Int64
  ) {
    if let odd = look.oddPrice, odd.operation == record.operation {
      look.oddPrice = nil
      if record.attempt == odd.attempt + 1 {
        findings.violate(
          .l7, at: at, booking: trip.id, subject: "\(record.slot) \(record.operation) odd",
          "\(record.service) \(record.operation) of \(trip.id) is asked for the "
            + "\(record.attempt)th time by \(seconds(at)) s although it told a price before, one that "
            + "nobody can pay")
      }
    }
    guard record.fault == "price-odd", record.ownStatus == 200 else { return }
    findings.check(.l7)
    look.oddPrice = (record.operation, record.attempt, at)
  }

  /// Whether the vendors' ledgers hold what a step was sent for.
  private func isAchieved(
    _ trip: AuditedTrip, _ slot: String, _ direction: String, _ generation: Int
  ) -> Bool {
    switch (slot, direction) {
    case ("intent", "do"): !trip.intents.isEmpty
    case ("intent", _): trip.intents.contains { $0.status == "canceled" }
    case ("charge", "do"):
      trip.intents.contains { $0.status == "succeeded" || $0.status == "requires_capture" }
    case ("capture", _): trip.intents.contains { $0.status == "succeeded" }
    case ("charge", _):
      trip.refunds.contains { refund in
        let origin = CallTags(refund.baggage)
        return origin.slot == slot && origin.generation == generation
          && refund.status == "succeeded"
      }
    case (_, "do"):
      trip.placed.contains {
        $0.slot == slot && $0.baggage.generation == generation
          && $0.reservation.status == .confirmed && !$0.wasPending
      }
    default:
      trip.placed.contains { $0.slot == slot && $0.reservation.status == .cancelled }
    }
  }
}

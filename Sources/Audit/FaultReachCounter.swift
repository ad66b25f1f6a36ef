/// How often a fault met a state of a trip, in one world.
package struct FaultMeeting: Sendable, Hashable {
  /// The phase of the trip and what was under way: `rolling back, flight undo`.
  package var state: String
  /// The fault's name, `crash`, `pause` or `cancel`.
  package var fault: String
  package var count: Int

  /// Creates a meeting.
  package init(state: String, fault: String, count: Int) {
    self.state = state
    self.fault = fault
    self.count = count
  }
}

/// Counts in which state of a trip which fault met its calls; judges nothing.
///
/// A run without violations says something about the pairs that were reached, and nothing about others.
final class FaultReachCounter {
  private let context: AuditContext
  private var counts: [[String]: Int] = [:]

  init(_ context: AuditContext) { self.context = context }

  /// All pairs, by state and fault.
  var meetings: [FaultMeeting] {
    // order: sorted
    counts.map { FaultMeeting(state: $0.key[0], fault: $0.key[1], count: $0.value) }
      .sorted { ($0.state, $0.fault) < ($1.state, $1.fault) }
  }

  func observe(_ event: HistoryEvent) {
    switch event {
    case .ended(let record, _):
      if !record.fault.isEmpty { count(Self.state(phase(record.bookingID), record), record.fault) }
    case .crashed(let record): countUpset(of: record.node, "crash")
    case .paused(let node, _): countUpset(of: node, "pause")
    case .told(let record):
      guard record.request == .cancel, record.result == .ok else { break }
      let call = underWay {
        $0.bookingID == record.bookingID && $0.node.hasPrefix("orchestrator")
      }.last
      let asked = record.askedMicroseconds
      let isUnderWay = call.map { $0.sentMicroseconds <= asked } ?? false
      count(Self.state(phase(record.bookingID, at: asked), isUnderWay ? call : nil), "cancel")
    default: break
    }
  }

  /// The calls to vendors under way, in the order of their sending.
  private func underWay(_ fits: (CallRecord) -> Bool) -> [CallRecord] {
    context.underWay.all { $0.service != "hooks" && fits($0) }
  }

  private func count(_ state: String, _ fault: String) { counts[[state, fault], default: 0] += 1 }

  /// A death, or a pause, meets every call that its process has under way, and every unfinished trip that waits.
  private func countUpset(of node: String, _ fault: String) {
    var met: Set<String> = []
    for record in underWay({ $0.node == node }) {
      count(Self.state(phase(record.bookingID), record), fault)
      met.insert(record.bookingID)
    }
    for trip in context.trips where !trip.state.isTerminal && !met.contains(trip.id) {
      count(Self.state(phase(trip.id), nil), fault)
    }
  }

  /// What a trip was about at a moment.
  private func phase(_ booking: String, at: Int64 = .max) -> String {
    guard let trip = context.known(booking) else { return "accepted" }
    let state = trip.passed.last { $0.at <= at }?.state ?? .pending
    let isUndone = trip.firstUndo.map { $0 <= at } ?? false
    return switch state {
    case .pending, .validating: isUndone ? "rolling back" : "validating"
    case .processing: isUndone ? "rolling back" : "booking"
    case .cancelling: "cancelling"
    case .confirmed: "standing"
    case .failed, .cancelled: "ended"
    }
  }

  private static func state(_ phase: String, _ call: CallRecord?) -> String {
    guard let call else { return "\(phase), waiting" }
    if call.service == "mail" { return "\(phase), mail" }
    let slot =
      call.slot.hasPrefix("activity-")
      ? "activity" : call.slot.hasPrefix("refund-") ? "part's refund" : call.slot
    let what = call.slot.isEmpty ? call.operation : "\(slot) \(call.direction)"
    return "\(phase), \(what)\(call.isMutating ? "" : " (look)")"
  }
}

extension Auditor {
  /// Which faults met which states of trips, by state and fault.
  package var meetings: [FaultMeeting] { reach.meetings }
}

/// How one booking ended: what the database says and what the vendors know.
struct Outcome: Hashable, Sendable, CustomStringConvertible {
  /// The trip's state as stored.
  var state = ""
  /// What Stripe took and gave back, in minor units; by the fake's own ledger.
  var charged: Int64 = 0
  var refunded: Int64 = 0
  /// Live reservations at the travel vendors by slot.
  var live: [String: Int] = [:]
  /// The warnings' slots, sorted.
  var warnings: [String] = []
  /// What was parked, `slot reason`, sorted.
  var parked: [String] = []

  var description: String {
    let live = live.sorted { $0.key < $1.key }.map { "\($0.key)×\($0.value)" }
    return "\(state) charged \(charged) refunded \(refunded) live [\(live.joined(separator: " "))]"
      + " warnings \(warnings) parked \(parked)"
  }
}

/// One call of the orchestrator to a vendor that was answered.
struct TimedCall: Sendable {
  /// `flight create`
  var operation: String
  /// In microseconds of the scenario's time.
  var microseconds: Int64
}

/// What a run of a case on either side has to tell.
struct PairedRun: Sendable {
  /// By booking id.
  var outcomes: [String: Outcome]
  var calls: [TimedCall]
  /// How many faults fired, by kind.
  var faults: [String: Int]
}

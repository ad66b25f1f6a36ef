/// The orchestrator's calls that have no answer yet, events for clients among them.
///
/// One book for all checkers. Noting a call costs constant time, whatever is under way; questions are asked
/// at deaths and cancellations only, and read all of them.
struct CallsUnderWay {
  /// By the call's number.
  private var calls: [Int: CallRecord] = [:]

  /// A call begins.
  mutating func sent(_ record: CallRecord) { calls[record.sequence] = record }

  /// A call ends for its caller.
  mutating func ended(_ record: CallRecord) { calls[record.sequence] = nil }

  /// A process dies, and with it all that it waited for.
  mutating func died(_ node: String) { calls = calls.filter { $0.value.node != node } }

  /// Those that fit, in the order of their sending.
  func all(where fits: (CallRecord) -> Bool) -> [CallRecord] {
    // order: sorted
    calls.values.filter(fits).sorted { $0.sequence < $1.sequence }
  }
}

/// L17: that a stop in good order leaves nothing in the air.
///
/// A stop in a world has five minutes, longer than two calls may take one after the other: it must end by
/// itself, unless it was made to stand still. When it has ended nobody else's help is needed to know what happened: no call lacks its answer,
/// no step is intended that was not sent, no trip waits for a lease to run out.
final class StopChecker: Checker {
  let context: AuditContext
  /// When each node's process started; virtual, looked up by key only.
  private var startedAt: [String: Int64] = [:]

  /// How long a stop may take.
  private static let time: Int64 = 300 * 1_000_000

  init(_ context: AuditContext) { self.context = context }

  /// Sees the orchestrator's processes begin and end.
  func observe(_ event: HistoryEvent, _ at: Int64) {
    switch event {
    case .started(let node, _): startedAt[node] = at
    case .crashed(let record): judge(record, at)
    default: break
    }
  }

  private func judge(_ record: CrashRecord, _ at: Int64) {
    guard record.isStop else { return }
    findings.check(.l17)
    if record.point == CrashRecord.cutOff {
      // Who stood still meanwhile was killed with what it had under way.
      guard !context.processes.stoodStill(from: at - Self.time, to: at) else { return }
      found(record, at, "", "is not over after five minutes")
    }
    if let call = context.underWay.all(where: { $0.node == record.node }).first {
      found(
        record, at, call.bookingID,
        "leaves \(call.service) \(call.operation) of \(call.bookingID) without its answer, sent at "
          + "\(seconds(call.sentMicroseconds)) s")
    }
    let since = epoch + (startedAt[record.node] ?? 0)
    let owner = ProcessTimes.owner(node: record.node, incarnation: record.incarnation)
    if let left = read({ try $0.intendedStep(since: since, at: epoch + at, by: owner) }) ?? nil {
      found(record, at, left.booking, "leaves the step \(left.step) of \(left.booking) intended")
    }
    for lease in leases(at) where lease.owner == owner {
      found(record, at, lease.booking, "leaves the lease of \(lease.booking)")
    }
  }

  private func leases(_ at: Int64) -> [(booking: String, owner: String)] {
    read { try $0.leases(at: epoch + at) } ?? []
  }

  private func found(_ record: CrashRecord, _ at: Int64, _ booking: String, _ what: String) {
    findings.violate(
      .l17, at: at, booking: booking, subject: "\(record.incarnation) \(what)",
      "the stop of \(record.node)#\(record.incarnation) at \(seconds(at)) s \(what)")
  }
}

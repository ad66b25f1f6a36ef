/// D15 and X8: that one process at a time drives a trip, and that no drive fails.
///
/// Two processes that drive one trip send each call twice. A lease changes hands by a new epoch only, not before
/// its time is over, and nobody ends it for its owner.
final class DriveChecker: Checker {
  let context: AuditContext
  /// The processes that have run; only where there are several is anybody to take a lease from.
  private var nodes: Set<String> = []
  /// The leases as they were after the commit before, by trip; looked up by key only.
  private var known: [String: StoreReader.Lease] = [:]

  init(_ context: AuditContext) { self.context = context }

  /// Sees the orchestrator's processes begin, and what they say of themselves.
  func observe(_ event: HistoryEvent, _ at: Int64) {
    switch event {
    case .started(let node, _): nodes.insert(node)
    case .committed: committed(at)
    case .reported(let booking, let error):
      findings.violate(
        .x8, at: at, booking: booking, subject: error,
        "the drive of \(booking) ended with an error at \(seconds(at)) s: \(error)")
    default: break
    }
  }

  /// Compares all leases with what they were before a commit.
  private func committed(_ at: Int64) {
    findings.check(.x8)
    guard nodes.count > 1 else { return }
    for lease in read({ try $0.leases() }) ?? [] {
      if let before = known.updateValue(lease, forKey: lease.booking), before != lease {
        judge(before, lease, at)
      }
    }
  }

  private func judge(_ before: StoreReader.Lease, _ now: StoreReader.Lease, _ at: Int64) {
    func wrong(_ why: String) {
      findings.violate(
        .d15, at: at, booking: now.booking, subject: "\(now.epoch) \(why)",
        "the lease of \(now.booking), of \(before.owner) until \(seconds(virtual(before.until))) s (epoch "
          + "\(before.epoch)), \(why) at \(seconds(at)) s")
    }
    if now.epoch != before.epoch {
      guard !before.owner.isEmpty else { return }
      findings.check(.d15)
      if virtual(before.until) > at { wrong("is taken by \(now.owner) before that") }
    } else if now.owner.isEmpty {
      if !context.processes.runs(before.owner) { wrong("is given back by somebody else") }
    } else if now.owner != before.owner {
      wrong("is \(now.owner)'s without a new epoch")
    }
  }
}

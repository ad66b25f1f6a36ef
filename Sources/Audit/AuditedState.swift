/// The state of a trip as the auditor knows it from the published contract: names, ends, transitions.
///
/// The auditor's own, so that a mistake in the orchestrator's table of states cannot excuse itself. It
/// is laxer in two rows: a trip may fail, or begin to be cancelled, while it is still PENDING. The
/// orchestrator first validates every trip and so never does either. But nothing is reserved or charged
/// of a trip that is PENDING, and the contract promises its client no VALIDATING before the end: who
/// would one day refuse or cancel a trip at once breaks no promise, and a judge that knew better than
/// the contract would cry wolf.
enum AuditedState: String, Sendable, Hashable {
  case pending = "PENDING"
  case validating = "VALIDATING"
  case processing = "PROCESSING"
  case confirmed = "CONFIRMED"
  case failed = "FAILED"
  case cancelling = "CANCELLING"
  case cancelled = "CANCELLED"

  /// Whether the traveller has the final answer.
  var isTerminal: Bool { self == .confirmed || self == .failed || self == .cancelled }

  /// Whether a trip may go from one state to another. A state may also be written again, with news.
  ///
  /// A cancellation that comes before CONFIRMED leads through CANCELLING, never to CONFIRMED.
  static func isDeclared(_ from: AuditedState, _ to: AuditedState) -> Bool {
    switch (from, to) {
    case (.pending, .validating), (.pending, .failed), (.pending, .cancelling),
      (.validating, .processing), (.validating, .failed), (.validating, .cancelling),
      (.processing, .confirmed), (.processing, .failed), (.processing, .cancelling),
      (.confirmed, .cancelling), (.cancelling, .cancelled):
      true
    default: from == to
    }
  }
}

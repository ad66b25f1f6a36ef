/// L18: a token that the airline refused is not used again.
///
/// A 401 tells whoever sent the call that its token is dead; the next call of that process must be the
/// one that fetches another. Only a refusal of a token that was the newest counts: one that was fetched,
/// or is being fetched, while the call was under way may be good. What is sent in the very moment of the refusal had taken its
/// token before, and the page of somebody in between tells nothing of tokens.
final class TokenChecker: Checker {
  let context: AuditContext
  /// What each node's process knows; looked up by key only.
  private var known: [String: Tokens] = [:]

  /// The tokens of one process.
  private struct Tokens {
    /// Those that were asked for and have not come.
    var fetches: Set<Int> = []
    /// When the newest one came, and when it was refused; virtual.
    var fetchedAt: Int64 = 0
    var refusedAt: Int64?
  }

  init(_ context: AuditContext) { self.context = context }

  /// A call is sent.
  func sent(_ record: CallRecord, _ at: Int64) {
    guard record.service == "flight" else { return }
    guard record.operation != "token" else {
      known[record.node, default: Tokens()].fetches.insert(record.sequence)
      known[record.node]?.refusedAt = nil
      return
    }
    let refusedAt = known[record.node]?.refusedAt
    findings.check(.l18, exercised: refusedAt != nil)
    guard let refusedAt, at > refusedAt else { return }
    findings.violate(
      .l18, at: at, booking: record.bookingID, subject: "token \(refusedAt)",
      "flight \(record.operation) of \(record.bookingID) is sent at \(seconds(at)) s with a token that "
        + "was refused at \(seconds(refusedAt)) s; none was fetched since")
  }

  /// A call ended.
  func ended(_ record: CallRecord, _ at: Int64) {
    guard record.service == "flight" else { return }
    var tokens = known[record.node] ?? Tokens()
    if record.operation == "token" {
      tokens.fetches.remove(record.sequence)
      tokens.fetchedAt = at
    } else if record.ownStatus == 401, tokens.fetches.isEmpty,
      record.sentMicroseconds >= tokens.fetchedAt
    {
      tokens.refusedAt = at
    }
    known[record.node] = tokens
  }

  /// A process died, and the next one has no token; or it hears nothing for a while.
  func noteDeath(_ node: String, _ at: Int64) { known[node] = Tokens(fetchedAt: at + 1) }
}

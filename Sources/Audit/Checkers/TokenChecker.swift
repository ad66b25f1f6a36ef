/// L18: a token that the airline refused is not used again.
///
/// A 401 tells whoever sent the call that its token is dead; the next call of that process must be the
/// one that fetches another. Only a refusal of a token that was the newest counts: one that was fetched,
/// or is being fetched, while the call was under way may be good. What is sent in the very moment of the refusal had taken its
/// token before, and the page of somebody in between tells nothing of tokens.
final class TokenChecker: Checker {
  let context: AuditContext
  /// Tokens that were asked for and have not come.
  private var fetches: Set<Int> = []
  /// When the newest token came, and when it was refused; virtual.
  private var fetchedAt: Int64 = 0
  private var refusedAt: Int64?

  init(_ context: AuditContext) { self.context = context }

  /// A call is sent.
  func sent(_ record: CallRecord, _ at: Int64) {
    guard record.service == "flight" else { return }
    guard record.operation != "token" else {
      fetches.insert(record.sequence)
      refusedAt = nil
      return
    }
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
    if record.operation == "token" {
      fetches.remove(record.sequence)
      fetchedAt = at
    } else if record.ownStatus == 401, fetches.isEmpty, record.sentMicroseconds >= fetchedAt {
      refusedAt = at
    }
  }

  /// A process died: the next one has no token.
  func noteDeath(_ at: Int64) {
    fetchedAt = at + 1
    refusedAt = nil
  }
}

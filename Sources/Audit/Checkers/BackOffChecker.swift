/// L19: pauses between tries grow, and are drawn.
///
/// A pause is what a trip does nothing in: the time of its own calls does not count. A chain is tries of
/// one step that failed one after the other, under one generation, or, where a vendor refuses an undo,
/// under one generation after the other; a death, and an operator's decision, end it.
final class BackOffChecker: Checker {
  let context: AuditContext
  /// What each trip waited, in all; by key only.
  private var rests: [String: Rest] = [:]
  /// The chains of failed tries; by trip, slot and direction, and by key only.
  private var chains: [String: Chain] = [:]
  /// The first pauses of steps, as far as they are no longer than the promise.
  private var firstPauses: [Int64] = []

  init(_ context: AuditContext) { self.context = context }

  private struct Rest {
    var underWay = 0
    var lastEnd: Int64?
    var total: Int64 = 0
  }

  private struct Chain {
    var generation: Int
    var attempt: Int
    var isRefused = false
    /// What the trip had waited when the latest try failed; nil while it is under way.
    var restAtFailure: Int64?
    var pauses: [Int64] = []
  }

  /// A call is sent.
  func sent(_ record: CallRecord, _ at: Int64) {
    guard record.service != "mail", !record.bookingID.isEmpty else { return }
    var rest = rests[record.bookingID] ?? Rest()
    if rest.underWay == 0, let lastEnd = rest.lastEnd { rest.total += at - lastEnd }
    rest.underWay += 1
    rests[record.bookingID] = rest
    guard record.isMutating else { return }
    let key = Self.key(record)
    let next = Chain(generation: record.generation, attempt: record.attempt)
    guard var chain = chains[key], let before = chain.restAtFailure else {
      chains[key] = next
      return
    }
    let isResent = record.generation == chain.generation && record.attempt == chain.attempt + 1
    let isNew = chain.isRefused && record.generation == chain.generation + 1
    guard chain.pauses.isEmpty || chain.isRefused == isNew, isResent || isNew else {
      chains[key] = next
      return
    }
    chain.generation = record.generation
    chain.attempt = record.attempt
    chain.restAtFailure = nil
    chain.pauses.append(rest.total - before)
    judge(chain, record, at)
    chains[key] = chain
  }

  /// A call ended.
  func ended(_ record: CallRecord, _ retryAfterSeconds: Int?, _ at: Int64) {
    guard record.service != "mail", var rest = rests[record.bookingID] else { return }
    rest.underWay = max(0, rest.underWay - 1)
    rest.lastEnd = at
    rests[record.bookingID] = rest
    let key = Self.key(record)
    guard record.isMutating, var chain = chains[key], chain.generation == record.generation,
      chain.attempt == record.attempt
    else { return }
    let status = record.ownStatus
    let isRefusal =
      record.direction == "undo" && record.service != "stripe" && [400, 409].contains(status)
    // A token that was refused is replaced at once.
    if status == 401 { return }
    guard isRefusal || status == 0 || status >= 500 || status == 429, retryAfterSeconds == nil
    else {
      chains[key] = nil
      return
    }
    chain.isRefused = isRefusal
    chain.restAtFailure = rest.total
    chains[key] = chain
  }

  /// Nothing is known any more of who waits for what.
  func forget() {
    rests = [:]
    chains = [:]
  }

  /// The tenth try: the last five pauses are drawn up to 16, 32, 64, 128 and 256 s. They are shorter than
  /// 10 s together less than once in a million times.
  private func judge(_ chain: Chain, _ record: CallRecord, _ at: Int64) {
    if chain.pauses.count == 1, !chain.isRefused, chain.pauses[0] <= Self.firstPause {
      firstPauses.append(chain.pauses[0])
    }
    guard chain.pauses.count == 9 else { return }
    findings.check(.l19)
    let waited = chain.pauses.suffix(5).reduce(0, +)
    guard waited < Self.leastOfFive else { return }
    findings.violate(
      .l19, at: at, booking: record.bookingID, subject: Self.key(record),
      "\(record.slot) \(record.direction) of \(record.bookingID) is tried for the tenth time in a row at "
        + "\(seconds(at)) s, and between the last six tries nothing was waited for but "
        + "\(seconds(waited)) s: pauses double")
  }

  /// First pauses are drawn between 100 ms and 1 s: that none of twelve is shorter than 0.8 s happens
  /// less than once in ten million worlds.
  func conclude(_ at: Int64) {
    findings.check(.l19, exercised: firstPauses.count >= 12)
    guard firstPauses.count >= 12, let shortest = firstPauses.min(), shortest > Self.longFirst
    else {
      return
    }
    findings.violate(
      .l19, at: at, booking: "", subject: "first",
      "\(firstPauses.count) calls that failed were tried again after a first pause, and none of these was "
        + "shorter than \(seconds(shortest)) s: pauses are drawn from 100 ms on, so that trips which "
        + "fail together do not come back together")
  }

  private static let leastOfFive: Int64 = 10_000_000
  private static let firstPause: Int64 = 1_100_000
  private static let longFirst: Int64 = 800_000

  private static func key(_ record: CallRecord) -> String {
    "\(record.bookingID)|\(record.slot)|\(record.direction)"
  }
}

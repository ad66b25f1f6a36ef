import FakeVendors
import Scenarios

/// L12 to L14, V13 to V15: that everything is waited for as long as was promised, and no longer.
///
/// All bounds are promises: of the vendors' documents, or of `Sources/README.md` ("Finding out", "Retries",
/// "Time"). A death of the process forgets waits and answers, so nothing is judged across one.
final class PatienceChecker: Checker {
  let context: AuditContext
  /// What was sent and answered, by booking, slot and direction; looked up by key only.
  private var lines: [String: Line] = [:]
  /// When a trip's latest call ended, by booking; looked up by key only.
  private var lastEnd: [String: Int64] = [:]
  /// When each trip first asked for an activity; looked up by key only.
  var firstActivity: [String: Int64] = [:]
  /// When each trip last asked for a preview of its hotel; looked up by key only.
  var previewed: [String: Int64] = [:]
  /// How each service fares, as each process sees it: by node and service; looked up by key only.
  private var health: [String: [String: Health]] = [:]
  /// The nodes that called any, in their order.
  private var nodes: [String] = []
  /// When the latest fetch of a token ended, which all who need one wait for.
  private var lastToken: Int64 = .min / 2
  private var lastDeath: Int64 = .min / 2
  /// Virtual times of all deaths.
  var deaths: [Int64] = []
  var starts: [Int64] = []
  private var mailsUnderWay = 0
  /// When a trip's flight or hotel was looked at, by booking and slot; looked up by key only.
  var looks: [String: [Int64]] = [:]
  /// Until when a slot's latest look had brought nothing, with the wait that its vendor asked for; missing
  /// when it brought something. By booking and slot; looked up by key only.
  var inVain: [String: Int64] = [:]
  /// Whose departure was told with the order, and when the latest look that told it was sent; by key only.
  var departures: [String: Int64?] = [:]
  /// When any vendor was in trouble; virtual, a minute apart at least.
  var troubles: [Int64] = []
  /// When a step's request was last sent, while nobody can tell whether it took effect; by booking, slot,
  /// direction and generation; looked up by key only.
  var unclear: [String: Int64] = [:]

  init(_ context: AuditContext) { self.context = context }

  /// What is promised; times in microseconds.
  enum Promise {
    static let second: Int64 = 1_000_000
    static let minute = 60 * second
    /// Sources/README.md, "Time": a trip must be confirmed within an hour of its acceptance.
    static let trip = 60 * minute
    /// Sources/README.md, "Finding out": after this a request has had its effect or never will.
    static let processing = 15 * minute
    /// Of Booking.com, on top.
    static let lookupLag = 5 * minute
    /// Sources/README.md, "Time": activities are waited for so long.
    static let activities = 20 * minute
    /// developers.booking.com, "Orders preview": the lifetime of an order token.
    static let orderToken = 15 * minute
    /// Viator's document: the longest time in which a call is answered; nobody waits longer for one.
    static let call = 120 * second
    /// Sources/README.md, "Leases and fencing": a scan finds what waits, every 30 s.
    static let scan = 30 * second
    /// What a commit, a claim and a wake may take.
    static let moment = 3 * second
    /// Sources/README.md, "Retries": so often is sent under one key; a new key is no new beginning.
    static let confirmations = 3
    /// Likewise: at most this after an attempt.
    static func delay(after attempt: Int) -> Int64 {
      min(second << Int64(min(max(attempt - 1, 0), 20)), 15 * minute)
    }
    /// Sources/README.md, "Breakers": so many failures in a row put calls off.
    static let failures = 10
    /// Half as many may be so many for whoever counts what is no call of its own.
    static let doubtfulFailures = 5
    /// Likewise: for so long at first, and at last.
    static let firstPause = 15 * second
    static let longestPause = 5 * minute
    /// As long as a probe is out, others wait for it.
    static let probe = 90 * second
    /// Sources/README.md, "Leases and fencing": a lease outlives any call.
    static let lease = 180 * second
    /// Sources/README.md, "First walk", 17.
    static let inspection = 6 * 60 * minute
    /// How long an answer may take by what vendors and their libraries document (see
    /// `scenarios/README.md`, "Where the numbers come from"); nil where nothing is.
    static func answer(of service: String) -> Int64? {
      switch service {
      case "stripe": 80 * second
      case "flight", "hotel": 60 * second
      case "activity": call
      default: nil
      }
    }
    /// Sources/README.md, "Retries": a refused undo is tried so often.
    static let refusals = 10
  }

  /// One slot of a trip in one direction.
  private struct Line {
    var generation = 0
    /// When its request was last sent; nil before.
    var lastSend: Int64?
    /// Whether its request may have an effect that nobody was told of.
    var isUnclear = false
    private var wasUnclear = false
    /// The latest call that ended.
    var ended: (attempt: Int, at: Int64, wait: Int64, hasFailed: Bool)?
    /// The latest look that proved that there is nothing, when nothing was sent since.
    var proved: (attempt: Int, at: Int64)?
    /// When the latest attempts of consecutive numbers, from the eleventh on, were made.
    var capped: [Int64] = []
    var lastAttempt = 0

    mutating func sent(_ at: Int64) {
      lastSend = at
      wasUnclear = isUnclear
      isUnclear = true
      proved = nil
    }

    mutating func answered(isClear: Bool, isNotExecuted: Bool) {
      if isClear { isUnclear = false } else if isNotExecuted { isUnclear = wasUnclear }
    }
  }

  /// How a service fares.
  private struct Health {
    /// Calls that failed in a row: for sure, and perhaps.
    var failures = 0
    var doubtfulFailures = 0
    /// Whether its last answer may have been taken for a failure: when ten are together cannot be said.
    var isUncertain = false
    /// When calls were last to be put off.
    var opened: Int64?
    /// When it was last in trouble, and when it was out of it.
    var lastTrouble: Int64 = .min / 2
    var recovered: Int64 = .min / 2
    /// When its latest call ended.
    var lastEnd: Int64 = .min / 2

    var isInTrouble: Bool { doubtfulFailures >= Promise.doubtfulFailures }
  }

  private static func key(_ record: CallRecord) -> String {
    "\(record.bookingID)|\(record.slot)|\(record.direction)"
  }

  static func key(_ booking: String, _ step: StoreReader.StepRow) -> String {
    "\(booking)|\(step.slot)|\(step.direction)|\(step.generation)"
  }

  /// Notes that a process started.
  func started(_ at: Int64) { starts.append(at) }

  /// Notes that a process died.
  func noteDeath(_ at: Int64) {
    lastDeath = at
    deaths.append(at)
    mailsUnderWay = 0
    health = [:]
  }

  // MARK: Calls

  /// Judges a call to a vendor as it is sent.
  func sent(_ record: CallRecord, _ at: Int64) {
    if record.service == "mail" { mailsUnderWay += 1 }
    guard !record.bookingID.isEmpty else { return }
    if record.operation == "preview" { previewed[record.bookingID] = at }
    if record.direction == "do", ["get", "details"].contains(record.operation) {
      looks["\(record.bookingID)|\(record.slot)", default: []].append(at)
    }
    let key = Self.key(record)
    var line = lines[key] ?? Line()
    judgeOpen(record, at)
    judgeSpacing(record, line, key, at)
    judgeCapped(record, &line, key, at)
    judgeProved(record, line, key, at)
    if record.generation != line.generation {
      line.generation = record.generation
      line.isUnclear = false
    }
    // What one look has found is known when all of it has come.
    if line.proved?.attempt == record.attempt { line.proved = nil }
    if record.isMutating {
      judgeBegun(record, key, at)
      line.sent(at)
      unclear["\(key)|\(record.generation)"] = at
    }
    lines[key] = line
  }

  /// Notes how a call to a vendor ended.
  func ended(_ record: CallRecord, _ retryAfterSeconds: Int?, _ at: Int64) {
    // What a dead process had sent ends as well, and tells nobody.
    guard record.sentMicroseconds > context.processes.lastUpset(of: record.node) else {
      // Whoever stood still hears it all the same, and may know.
      if record.unheardStatus > 0 || record.ownStatus > 0 {
        unclear["\(Self.key(record))|\(record.generation)"] = nil
      }
      return
    }
    if record.service == "mail" { mailsUnderWay = max(0, mailsUnderWay - 1) }
    let status = record.ownStatus
    let isBent = record.isBent || (200..<300).contains(status) && record.fault.isEmpty
    let isWell = isBent || [400, 402, 404, 409, 422].contains(status) && record.fault.isEmpty
    noteHealth(record, isWell: isWell, at)
    judgeTimeout(record, at)
    noteDeparture(record)
    guard !record.bookingID.isEmpty else { return }
    if record.direction == "do", ["get", "details", "status"].contains(record.operation) {
      let wait = Int64(retryAfterSeconds ?? 0) * Promise.second
      inVain["\(record.bookingID)|\(record.slot)"] = isWell ? nil : at + wait
    }
    lastEnd[record.bookingID] = at
    let key = Self.key(record)
    guard var line = lines[key] else { return }
    let hasFailed = status == 0 || status >= 500 || status == 429
    line.ended = (record.attempt, at, Int64(retryAfterSeconds ?? 0) * Promise.second, hasFailed)
    if record.isMutating {
      line.answered(
        isClear: !hasFailed && status != 401 && record.fault.isEmpty || record.isBent
          || [400, 402, 404, 409, 422].contains(status) || (200..<300).contains(status),
        isNotExecuted: [401, 429].contains(status))
    } else if isWell {
      noteProof(record, &line, at)
    }
    if record.isMutating {
      unclear["\(key)|\(record.generation)"] = line.isUnclear ? line.lastSend : nil
    }
    lines[key] = line
  }

  /// Notes whole answers that tell a departure: the one to the order, and the latest to a look.
  private func noteDeparture(_ record: CallRecord) {
    guard record.slot == "flight", record.direction == "do", !record.isGarbled, !record.isBent,
      (200..<300).contains(record.ownStatus)
    else { return }
    if record.operation == "create" {
      departures[record.bookingID] = .some(nil)
    } else if record.operation == "get", departures[record.bookingID] != nil {
      departures[record.bookingID] = record.sentMicroseconds
    }
  }

  private func noteHealth(_ record: CallRecord, isWell: Bool, _ at: Int64) {
    if !nodes.contains(record.node) { nodes.append(record.node) }
    var service = health[record.node]?[record.service] ?? Health()
    defer { health[record.node, default: [:]][record.service] = service }
    service.lastEnd = at
    let status = record.ownStatus
    if record.operation == "token" { lastToken = at }
    // A look at hotels is several calls, of which the last decides; a token is good for nothing by
    // itself, and one that could not be had has failed for all who waited for it.
    if isWell, ["token", "details"].contains(record.operation) {
      service.failures = 0
      service.opened = nil
      return
    }
    if record.operation == "token" {
      service.doubtfulFailures += Promise.doubtfulFailures
    }
    if status == 0 || status >= 500 || status == 429 {
      service.failures += 1
      if service.failures == Promise.failures, !service.isUncertain { service.opened = at }
    } else if status != 401 {
      service.failures = 0
      service.opened = nil
      service.isUncertain = !isWell
    }
    if isWell {
      if service.isInTrouble { service.recovered = at }
      service.doubtfulFailures = 0
    } else {
      service.doubtfulFailures += 1
      if service.isInTrouble {
        service.lastTrouble = at
        if at - (troubles.last ?? .min / 2) > Promise.minute { troubles.append(at) }
      }
    }
  }

  /// How a service fares, as each process sees it.
  private func health(of service: String) -> [Health] {
    nodes.compactMap { health[$0]?[service] }
  }

  /// V13 of a call: it is given up neither before its vendor's time is over nor after the lease's.
  private func judgeTimeout(_ record: CallRecord, _ at: Int64) {
    guard record.ownStatus == 0 else { return }
    findings.check(.v13)
    let lasted = record.latencyMicroseconds
    let least = record.fault.isEmpty ? Promise.answer(of: record.service) ?? 0 : 0
    guard lasted < least || lasted > Promise.lease else { return }
    findings.violate(
      .v13, at: at, booking: record.bookingID, subject: "\(Self.key(record)) given up",
      "\(record.service) \(record.operation) of \(record.bookingID) is given up at \(seconds(at)) s, "
        + "\(seconds(lasted)) s after it was sent")
  }

  /// L14: after ten failures in a row nobody is called for 15 s.
  ///
  /// A look of several pages, and what waits for a token, was let through before.
  private func judgeOpen(_ record: CallRecord, _ at: Int64) {
    guard record.service != "mail", record.service != "flight", record.operation != "details",
      let opened = health[record.node]?[record.service]?.opened
    else { return }
    findings.check(.l14)
    guard at > opened + Promise.second, at < opened + Promise.firstPause - Promise.second
    else { return }
    findings.violate(
      .l14, at: at, booking: record.bookingID, subject: "open \(record.service) \(opened)",
      "\(record.service) \(record.operation) of \(record.bookingID) is sent at \(seconds(at)) s; "
        + "\(record.service) had failed ten times in a row at \(seconds(opened)) s")
  }

  /// L14: a try follows the one before within the promised delay.
  ///
  /// Judged where nothing but the delay, and its own vendor's breaker, can hold it up: no death, no other
  /// service in trouble. Counted from the end of whatever call of the trip came last, since calls side by
  /// side are noted together and an undo waits for later ones. Stripe's events may settle a step between
  /// two tries, so of Stripe only the first step is judged. A mail may wait for one of 32 places.
  private func judgeSpacing(_ record: CallRecord, _ line: Line, _ key: String, _ at: Int64) {
    guard record.service != "stripe" || key.hasSuffix("|intent|do"),
      let ended = line.ended, ended.hasFailed, record.attempt == ended.attempt + 1,
      record.generation == line.generation, lastDeath < ended.at,
      record.service != "mail" || mailsUnderWay < 16
    else { return }
    let before =
      record.service == "stripe" ? Promise.confirmations * (record.generation - 1) : 0
    let allowed = max(Promise.delay(after: before + ended.attempt), ended.wait)
    let slack = allowed <= 2 * Promise.minute ? Promise.moment : Promise.scan + Promise.moment
    var from = ended.at
    var latest = from + allowed + slack
    if record.service != "mail" {
      for name in ["stripe", "flight", "hotel", "activity"] where name != record.service {
        let trouble = health(of: name).map(\.lastTrouble).max() ?? .min / 2
        if trouble + 3 * Promise.longestPause > from { return }
      }
      from = max(from, lastEnd[record.bookingID] ?? from, lastToken)
      latest = from + allowed + slack
      for service in health(of: record.service) {
        let relief = Promise.probe + Promise.scan + Promise.moment
        if service.isInTrouble {
          latest = max(latest, service.lastEnd + Promise.longestPause + relief)
        } else {
          latest = max(latest, service.recovered + relief)
        }
      }
    }
    findings.check(.l14)
    guard at > latest else { return }
    findings.violate(
      .l14, at: at, booking: record.bookingID, subject: "\(key) \(record.attempt)",
      "attempt \(record.attempt) of \(record.slot) \(record.direction) (\(record.service) "
        + "\(record.operation)) comes at \(seconds(at)) s, \(seconds(at - from)) s after anything was "
        + "waited for; the promise is \(seconds(allowed)) s")
  }

  /// L14: from the eleventh try on the delays are drawn up to 15 minutes.
  ///
  /// Twelve of them together are shorter than 20 minutes once in ten million times.
  private func judgeCapped(
    _ record: CallRecord, _ line: inout Line, _ key: String, _ at: Int64
  ) {
    defer { line.lastAttempt = record.attempt }
    guard record.attempt > 11, record.attempt == line.lastAttempt + 1,
      record.generation == line.generation, line.capped.last.map({ lastDeath < $0 }) ?? true
    else {
      line.capped = record.attempt > 11 ? [at] : []
      return
    }
    line.capped.append(at)
    guard line.capped.count == 13 else { return }
    let first = line.capped.removeFirst()
    findings.check(.l14)
    guard at - first < 20 * Promise.minute else { return }
    findings.violate(
      .l14, at: at, booking: record.bookingID, subject: "\(key) hurry",
      "attempts \(record.attempt - 12) to \(record.attempt) of \(record.slot) \(record.direction) "
        + "(\(record.service) \(record.operation)) are made within \(seconds(at - first)) s by "
        + "\(seconds(at)) s; delays grow to 15 minutes")
  }

  /// L13: what its vendor has proved is not asked again, nor what it refused ten times.
  private func judgeProved(_ record: CallRecord, _ line: Line, _ key: String, _ at: Int64) {
    if record.isMutating, record.direction == "undo", record.service != "stripe",
      record.generation > Promise.refusals
    {
      findings.check(.l13)
      let parked = read { try $0.parkedSlots(record.bookingID) } ?? []
      // An operator may have it tried again.
      if !parked.contains(record.slot) {
        findings.violate(
          .l13, at: at, booking: record.bookingID, subject: key,
          "\(record.slot) of \(record.bookingID) is undone for the \(record.generation)th time at "
            + "\(seconds(at)) s; what was refused \(Promise.refusals) times is an operator's")
      }
    }
    guard !record.isMutating, let proved = line.proved, record.attempt > proved.attempt,
      record.generation == line.generation, lastDeath < proved.at,
      let row = read({
        try $0.sentStep(record.bookingID, record.slot, record.direction, record.generation)
      }) ?? nil, row.status == "UNKNOWN"
    else { return }
    findings.violate(
      .l13, at: at, booking: record.bookingID, subject: key,
      "\(record.slot) \(record.direction) of \(record.bookingID) is looked for again at "
        + "\(seconds(at)) s although its vendor had nothing of it at \(seconds(proved.at)) s, when "
        + "nothing could come any more")
  }

  /// Notes a look that found nothing when nothing could come any more.
  private func noteProof(_ record: CallRecord, _ line: inout Line, _ at: Int64) {
    guard ["details", "status", "refunds.list"].contains(record.operation), line.isUnclear,
      let sent = line.lastSend, record.sentMicroseconds >= sent + Self.proof(record.slot),
      let trip = known(record.bookingID),
      !isAtVendor(trip, record.slot, record.direction, record.generation)
    else { return }
    findings.check(.l13)
    line.proved = (record.attempt, at)
  }

  static func proof(_ slot: String) -> Int64 {
    slot == "hotel" ? Promise.processing + Promise.lookupLag : Promise.processing
  }

  /// Whether a vendor's ledger holds what a step asked for, in whatever state.
  func isAtVendor(
    _ trip: AuditedTrip, _ slot: String, _ direction: String, _ generation: Int
  ) -> Bool {
    if direction == "do" {
      return trip.placed.contains { $0.slot == slot && $0.baggage.generation == generation }
    }
    return trip.refunds.contains { refund in
      let origin = CallTags(refund.baggage)
      return origin.slot == slot && origin.generation == generation
    }
  }

  /// L12 and V10 of something that is begun, and the beginning of V14.
  private func judgeBegun(_ record: CallRecord, _ key: String, _ at: Int64) {
    guard record.direction == "do", let trip = trip(record.bookingID, at) else { return }
    findings.check(.l12)
    if at > trip.createdAt + Promise.trip + Promise.second {
      findings.violate(
        .l12, at: at, booking: trip.id, subject: key,
        "\(record.slot) of \(trip.id) is sent at \(seconds(at)) s; it was accepted at "
          + "\(seconds(trip.createdAt)) s and had an hour")
    }
    if record.slot.hasPrefix("activity-"), firstActivity[trip.id] == nil {
      firstActivity[trip.id] = at
    }
    guard record.service == "hotel", record.operation == "create", record.attempt == 1,
      let shown = previewed[trip.id]
    else { return }
    findings.check(.v10)
    if at > shown + Promise.orderToken + Promise.call {
      findings.violate(
        .v10, at: at, booking: trip.id, subject: "\(key) \(record.generation)",
        "\(trip.id) orders its hotel at \(seconds(at)) s with a token of \(seconds(shown)) s; tokens "
          + "live 15 minutes")
    }
  }
}

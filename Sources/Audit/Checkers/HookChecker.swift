import HTTPService
import HTTPTypes
import Wire

/// K1…K6: the events by which clients are told of their bookings.
///
/// What a receiver got is told by the receiver, which reckons signatures by itself; what it should have got
/// follows from the trips' states, parked items and mails.
final class HookChecker: Checker {
  let context: AuditContext
  private let api: APIChecker
  /// Whether any client of the world has a receiver: nothing is read otherwise.
  private var isNeeded = false
  /// How many trips were looked at for that.
  private var seen = 0
  /// The last event that was read.
  private var lastRow: Int64 = 0
  /// How the sendings of each event went, by its id; looked up by key only.
  private var efforts: [String: HookEffort] = [:]
  /// The event that a call under way carries, and where to, by the call's number; looked up by key only.
  private var underWay: [Int: (event: String, to: String)] = [:]
  /// How many events are on their way to each receiver, and until when the last place was taken; looked up
  /// by key only.
  private var busy: [String: (count: Int, fullUntil: Int64)] = [:]
  /// When the process that runs was started; virtual.
  private var startedAt: Int64 = 0

  init(_ context: AuditContext, _ api: APIChecker) {
    self.context = context
    self.api = api
  }

  /// The receiver of a trip's client; nil when it has none.
  private func receiver(of trip: AuditedTrip) -> String? { trip.client.flatMap(context.hooks) }

  // MARK: What is written

  /// K1 and K4 of every event that a commit wrote, at that commit.
  func committed(_ at: Int64) {
    while !isNeeded, seen < trips.count {
      isNeeded = receiver(of: trips[seen]) != nil
      seen += 1
    }
    guard isNeeded, let rows = read({ try $0.hookEvents(after: lastRow) }), !rows.isEmpty else {
      return
    }
    for row in rows {
      lastRow = row.id
      let id = "evt_\(row.booking)_\(row.sequence)"
      efforts[id] = HookEffort(row, writtenAt: at)
      guard let trip = trip(row.booking, at), trip.offer != nil else { continue }
      judgeCause(row, trip, at)
      judgeContent(row, id, trip, at)
    }
  }

  /// K1: an event has a cause in the commit that wrote it.
  private func judgeCause(_ row: StoreReader.HookRow, _ trip: AuditedTrip, _ at: Int64) {
    findings.check(.k1)
    func isNow(_ moment: Int64) -> Bool { abs(moment - at) <= Bounds.moment }
    let hasCause =
      switch row.kind {
      case "booking.confirmed":
        trip.passed.contains { $0.state == .confirmed && isNow($0.at) }
      case "booking.failed": trip.passed.contains { $0.state == .failed && isNow($0.at) }
      case "booking.cancelled": trip.passed.contains { $0.state == .cancelled && isNow($0.at) }
      case "booking.changed":
        causes(of: trip).contains { $0.kind == row.kind && isNow($0.at) }
      // An open item may take a further one in, whose time it does not bear.
      case "booking.needs_attention":
        ([trip] + trip.modifications).contains { one in
          (read { try $0.hasOpenItem(one.id) } ?? true)
        }
      default: false
      }
    if !hasCause {
      findings.violate(
        .k1, at: at, booking: trip.id, subject: "cause \(row.sequence)",
        "\(trip.id) has the event \(row.sequence), \(row.kind), written at \(seconds(at)) s, and nothing "
          + "of the kind happened then")
    }
    if receiver(of: trip) == nil {
      findings.violate(
        .k1, at: at, booking: trip.id, subject: "nobody",
        "\(trip.id) has the event \(row.kind), and its client wants to hear of nothing")
    }
  }

  /// K4: an event is the booking as its commit left it.
  ///
  /// Only what runs ahead of the vendors is a lie, as in A15; the state is the trip's own, and exact.
  /// What the API shows to the client is no secret, as whom to pay in the advice about a parked refund; what it
  /// never shows is: addresses, telephone numbers, cards, and bookings of others.
  private func judgeContent(
    _ row: StoreReader.HookRow, _ id: String, _ trip: AuditedTrip, _ at: Int64
  ) {
    findings.check(.k4)
    func wrong(_ subject: String, _ why: String) {
      findings.violate(
        .k4, at: at, booking: trip.id, subject: "\(row.sequence) \(subject)",
        "the event \(id), \(row.kind), written at \(seconds(at)) s, \(why)")
    }
    guard let event = try? decoder.decode(WrittenEvent.self, from: row.payload),
      let booking = try? decoder.decode(ToldEvent.self, from: row.payload).booking
    else { return wrong("shape", "cannot be read") }
    if event.id != id { wrong("id", "calls itself \(event.id)") }
    if event.type != row.kind { wrong("type", "calls itself \(event.type)") }
    if event.sequence != row.sequence { wrong("sequence", "has the number \(event.sequence)") }
    let told = event.booking
    if told.bookingId != trip.id { wrong("booking", "is about \(told.bookingId)") }
    if told.state != trip.state.rawValue {
      wrong("state", "says \(told.state), and the trip is \(trip.state.rawValue)")
    }
    if row.kind == "booking.needs_attention", trip.isParkedAnywhere, !told.needsAttention {
      wrong("attention", "does not say that it needs attention")
    }
    api.compare(booking, state: told.state, with: trip, asked: at) { member, told, truth in
      wrong(member, "says that \(member) is \(told); \(truth)")
    }
    let advice = (event.booking.attention ?? []).map(\.advice).joined(separator: " ")
    for (what, secret) in secrets(of: trip)
    where Self.count(secret, row.payload) > Self.count(secret, advice) {
      wrong("secret", "tells \(what)")
    }
    let others = row.payload.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" })
    if let other = others.first(where: { $0.hasPrefix("bk_") && !isOwn($0, trip) }) {
      wrong("other", "names \(other)")
    }
  }

  /// Whether a word is the trip's id, the event's own id aside. A second booking's id ends in a hyphen and a
  /// number, which is no part of the word.
  private func isOwn(_ word: Substring, _ trip: AuditedTrip) -> Bool {
    trip.id == word || trip.id.hasPrefix("\(word)-")
  }

  private static func count(_ word: String, _ text: String) -> Int {
    text.split(separator: word, omittingEmptySubsequences: false).count - 1
  }

  private func secrets(of trip: AuditedTrip) -> [(String, String)] {
    guard let offer = trip.offer else { return [] }
    let all = [
      ("the customer's address", offer.contact.email),
      ("the customer's telephone number", offer.contact.phone ?? ""),
      ("the payer's address", offer.payer?.email ?? ""), ("the card", "\"pm_"),
    ]
    return all.filter { !$0.1.isEmpty }
  }

  // MARK: How it is sent

  /// K3, K5, K6 of one sending, at the moment it is sent.
  ///
  /// A death of the process takes with it what it had not written down: that an event was taken, and for how
  /// long its receiver wanted to be left alone.
  func judgeSend(_ call: HTTPCall, _ record: CallRecord, _ at: Int64) {
    let to = call.request.authority ?? ""
    let event = (try? decoder.decode(SentEvent.self, from: call.body).id) ?? ""
    for invariant in [Invariant.k3, .k5, .k6] { findings.check(invariant) }
    func wrong(_ invariant: Invariant, _ subject: String, _ why: String) {
      findings.violate(
        invariant, at: at, booking: record.bookingID, subject: "\(event) \(subject)",
        "the event \(event) is sent at \(seconds(at)) s to \(to), \(why)")
    }
    note(record.sequence, event, to, at)
    guard var effort = efforts[event], let trip = known(effort.booking) else {
      return wrong(.k3, "unwritten", "and was never written")
    }
    if receiver(of: trip) != to {
      wrong(.k3, "to", "and \(trip.id) is its client's of \(receiver(of: trip) ?? "no receiver")")
    }
    if !call.body.elementsEqual(effort.payload.utf8) {
      wrong(.k3, "bytes", "with other bytes than were written")
    }
    if let name = Self.foreignField(call) { wrong(.k3, "field", "with a field \(name)") }
    let signed = Self.signedAt(call).map { virtual($0 * 1_000_000) }
    if signed.map({ abs($0 - at) > 2 * Bounds.moment }) ?? true {
      wrong(.k3, "time", "signed at \(signed.map(seconds) ?? "no time")")
    }
    judgeOrder(effort, at) { wrong(.k5, $0, $1) }
    judgePause(effort, at) { wrong(.k5, $0, $1) }
    judgeDelay(effort, to, at) { wrong(.k6, $0, $1) }
    if effort.firstSent == nil { effort.begunAt = begun(effort, at) }
    effort.firstSent = effort.firstSent ?? at
    effort.sent = effort.sent.filter { at - $0 < 3_600 * 1_000_000 } + [at]
    effort.tries += 1
    efforts[event] = effort
  }

  /// The name of a field that is nobody's business, as `baggage` is; nil when there is none.
  private static func foreignField(_ call: HTTPCall) -> String? {
    let known = ["content-type", "turbulence-signature", "content-length", "user-agent"]
    return call.request.headerFields.map(\.name.canonicalName).first { !known.contains($0) }
  }

  /// The time that a signature names, in seconds since 1970.
  private static func signedAt(_ call: HTTPCall) -> Int64? {
    let field = call.request.headerFields.first {
      $0.name.canonicalName == "turbulence-signature"
    }
    let parts = field?.value.split(separator: ",") ?? []
    return parts.first { $0.hasPrefix("t=") }.flatMap { Int64($0.dropFirst(2)) }
  }

  private func judgeOrder(
    _ effort: HookEffort, _ at: Int64, _ wrong: (_ subject: String, _ why: String) -> Void
  ) {
    let open = read({ try $0.firstOpenEvent(effort.booking) }) ?? nil
    guard let open else { return wrong("ended", "and is not to be sent any more") }
    if open < effort.sequence { wrong("order", "before the event \(open)") }
  }

  private func judgePause(
    _ effort: HookEffort, _ at: Int64, _ wrong: (_ subject: String, _ why: String) -> Void
  ) {
    if effort.isTaken { wrong("taken", "although its receiver has said that it took it") }
    if at < effort.notBefore {
      wrong("early", "although it was asked to wait until \(seconds(effort.notBefore)) s")
    }
    if effort.isPausing {
      let least = effort.tries >= 12 ? Bounds.hookPauseLate : Bounds.hookPause
      if at - effort.ended < least {
        wrong("soon", "\(seconds(at - effort.ended)) s after its try \(effort.tries) failed")
      }
    }
    let recent = effort.sent.count { at - $0 < 3_600 * 1_000_000 } + 1
    if recent > Bounds.mailsAnHour { wrong("often", "the \(recent)th time in an hour") }
  }

  /// Time counts while a process lives, no earlier event of the booking is still to be sent, and a place
  /// is free among those of its own receiver.
  private func judgeDelay(
    _ effort: HookEffort, _ to: String, _ at: Int64,
    _ wrong: (_ subject: String, _ why: String) -> Void
  ) {
    let before = (read({ try $0.lastEnd(before: effort.sequence, of: effort.booking) }) ?? nil)
      .map(virtual)
    let free = busy[to]?.fullUntil ?? 0
    let due = max(
      max(effort.writtenAt, effort.ended), max(effort.mayWaitUntil, startedAt),
      max(before ?? 0, free, effort.resentAt ?? 0))
    // New, or new once more: it waits for nobody's back-off, and no dead process's claim.
    let since = effort.resentAt ?? effort.writtenAt
    let isNew = effort.firstSent == nil && startedAt <= since
    let bound =
      !isNew
      ? Bounds.mailing : effort.resentAt == nil ? Bounds.mailingNew : Bounds.hookAgain
    guard at - due > bound else { return }
    wrong("late", "\(seconds(at - due)) s after it could have been")
  }

  /// When the first try of an event began at the earliest: it is counted before it is made, and one that a
  /// death of the process cut off began at any time since the event could be sent.
  private func begun(_ effort: HookEffort, _ at: Int64) -> Int64 {
    let before = (read({ try $0.lastEnd(before: effort.sequence, of: effort.booking) }) ?? nil)
      .map(virtual)
    let due = max(effort.writtenAt, effort.resentAt ?? 0, before ?? 0)
    return startedAt > due ? due : at
  }

  private func note(_ call: Int, _ event: String, _ to: String, _ at: Int64) {
    underWay[call] = (event, to)
    var place = busy[to] ?? (0, 0)
    place.count += 1
    if place.count >= Bounds.hooksAtOnce { place.fullUntil = at }
    busy[to] = place
  }

  /// K3: what came to a receiver was signed with its client's own secret.
  func noteVisit(_ visit: HookVisit, _ at: Int64) {
    findings.check(.k3)
    let booking = efforts[visit.event]?.booking ?? ""
    if !visit.isSigned {
      findings.violate(
        .k3, at: at, booking: booking, subject: "\(visit.event) signature",
        "the event \(visit.event) came to \(visit.authority) at \(seconds(at)) s with a wrong signature"
      )
    }
    if visit.isTaken { efforts[visit.event]?.wasTaken = true }
  }

  /// Notes how a sending ended.
  func noteEnd(_ record: CallRecord, _ retryAfterSeconds: Int?, _ at: Int64) {
    guard let (event, to) = underWay.removeValue(forKey: record.sequence) else { return }
    if var place = busy[to] {
      if place.count >= Bounds.hooksAtOnce { place.fullUntil = at }
      place.count -= 1
      busy[to] = place
    }
    guard var effort = efforts[event] else { return }
    effort.ended = at
    effort.isPausing = true
    effort.isTaken = (200..<300).contains(record.httpStatus)
    if record.httpStatus > 0 { effort.lastStatus = record.httpStatus }
    if let wait = retryAfterSeconds {
      effort.notBefore = at + Int64(wait) * 1_000_000
      effort.mayWaitUntil = effort.notBefore
    }
    efforts[event] = effort
  }

  /// An operator had an event sent again: it has another day.
  func noteResent(_ event: String, _ at: Int64) {
    efforts[event]?.resentAt = at
    efforts[event]?.firstSent = nil
    efforts[event]?.notBefore = 0
    efforts[event]?.mayWaitUntil = 0
    efforts[event]?.isPausing = false
    efforts[event]?.isTaken = false
    efforts[event]?.tries = 0
    mark("hook-resent")
  }

  /// A process started.
  func started(_ at: Int64) { startedAt = at }

  /// A process died, with what it had not written down.
  func noteDeath(_ at: Int64) {
    underWay = [:]
    busy = [:]
    for event in efforts.keys {  // order: each by itself
      efforts[event]?.isTaken = false
      efforts[event]?.notBefore = 0
      efforts[event]?.isPausing = false
    }
  }
}

/// How the sendings of one event went; times are virtual.
struct HookEffort {
  let booking: String
  let sequence: Int
  let payload: String
  /// When it was written.
  let writtenAt: Int64
  /// When it was first sent, since an operator had it sent again.
  var firstSent: Int64?
  /// When that try began at the earliest.
  var begunAt: Int64 = 0
  var resentAt: Int64?
  /// The sendings of the last hour.
  var sent: [Int64] = []
  var tries = 0
  /// When the last of them ended, and with what status.
  var ended: Int64 = 0
  var lastStatus = 0
  /// Whether the process that runs knows of that end, and so waits before the next.
  var isPausing = false
  /// Whether the receiver has answered that it took it.
  var isTaken = false
  /// Whether the receiver ever did take it, answered or not.
  var wasTaken = false
  /// No earlier than this, by `Retry-After`; and the same where a process that died may have written it down.
  var notBefore: Int64 = 0
  var mayWaitUntil: Int64 = 0

  init(_ row: StoreReader.HookRow, writtenAt: Int64) {
    booking = row.booking
    sequence = row.sequence
    payload = row.payload
    self.writtenAt = writtenAt
  }
}

/// An event as it is written, as far as it is no answer of the API.
private struct WrittenEvent: Decodable {
  struct Booking: Decodable {
    var bookingId: String
    var state: String
    var needsAttention: Bool
    struct Item: Decodable { var advice: String }
    var attention: [Item]?
  }
  var id: String
  var type: String
  var sequence: Int
  var booking: Booking
}

/// The part of an event that the API would have answered.
private struct ToldEvent: Decodable { var booking: ToldTrip }

/// As much of an event on the wire as tells which one it is.
private struct SentEvent: Decodable { var id: String }

// MARK: At the end

extension HookChecker {
  /// K1 and K2 over everything.
  func conclude(_ at: Int64) {
    guard isNeeded else { return }
    for trip in trips where trip.change == nil && receiver(of: trip) != nil {
      let rows = read { try $0.hookEnds(of: trip.id) } ?? []
      judgeCauses(trip, rows, at)
      for row in rows { judgeEnd(row, trip, at) }
    }
  }

  /// K1: all that a client is to be told of has its event, written together with it.
  private func judgeCauses(_ trip: AuditedTrip, _ rows: [StoreReader.HookEnd], _ at: Int64) {
    let ends = [
      AuditedState.confirmed: "booking.confirmed", .failed: "booking.failed",
      .cancelled: "booking.cancelled",
    ]
    let passages = trip.passed.compactMap { passage in
      ends[passage.state].map { (kind: $0, at: passage.at) }
    }
    for (kind, moment) in passages + causes(of: trip) {
      findings.check(.k1)
      let isTold = rows.contains {
        $0.kind == kind && abs(virtual($0.created) - moment) <= Bounds.moment
      }
      if isTold { continue }
      findings.violate(
        .k1, at: at, booking: trip.id, subject: "\(kind) \(moment)",
        "\(trip.id) was to be told of as \(kind) at \(seconds(moment)) s, and no event was written then"
      )
    }
    for (place, row) in rows.enumerated() where row.sequence != place + 1 {
      findings.violate(
        .k1, at: at, booking: trip.id, subject: "numbers",
        "the events of \(trip.id) have a gap before \(row.sequence)")
    }
  }

  /// What of a trip and its modifications is to be told beside its final states.
  private func causes(of trip: AuditedTrip) -> [(kind: String, at: Int64)] {
    var causes: [(kind: String, at: Int64)] = []
    for one in [trip] + trip.modifications {
      for cause in read({ try $0.hookCauses(one.id) }) ?? [] {
        causes.append((cause.kind, virtual(cause.at)))
      }
      guard one.change != nil else { continue }
      for passage in one.passed where passage.state == .confirmed {
        causes.append(("booking.changed", passage.at))
      }
    }
    return causes
  }

  /// K2: an event ends in its receiver's hands, or after a day of tries.
  ///
  /// The day counts from the first try, since nobody can take what is not sent; a wait that the receiver
  /// asked for may stretch over its end.
  private func judgeEnd(_ row: StoreReader.HookEnd, _ trip: AuditedTrip, _ at: Int64) {
    let id = "evt_\(trip.id)_\(row.sequence)"
    guard let effort = efforts[id] else { return }
    findings.check(.k2)
    func wrong(_ why: String) {
      findings.violate(
        .k2, at: at, booking: trip.id, subject: id, "the event \(id), \(row.kind), \(why)")
    }
    switch row.status {
    case "sent" where !effort.wasTaken: wrong("counts as taken, and its receiver never had it")
    case "sent": break
    case "given-up":
      mark("hook-given-up")
      let ended = row.ended.map(virtual) ?? at
      guard effort.firstSent != nil else { return wrong("was given up without being sent") }
      if ended - effort.begunAt < Bounds.hookDay {
        wrong("was given up \(seconds(ended - effort.begunAt)) s after its first try")
      }
      if row.result.isEmpty { wrong("was given up, and nobody can see why") }
      if ended - max(effort.ended, effort.mayWaitUntil) > Bounds.mailing {
        wrong(
          "was given up at \(seconds(ended)) s, and not tried since \(seconds(effort.ended)) s")
      }
    default: wrong("is \(row.status) at the end")
    }
  }
}

import FoundationEssentials
import HTTPService
import HTTPTypes

/// A1…A6, A13…A18, D9: what clients were told.
final class APIChecker: Checker {
  let context: AuditContext
  /// What each client was told last, so that the same bytes are read once; looked up by key only.
  var lastTold: [Int: [UInt8]] = [:]
  /// What the last of these bytes said was charged, and what had been when looks at a booking arrived;
  /// both by key only.
  var lastCharged: [Int: Int64] = [:]
  var looks: [String: [(at: Int64, charged: Int64)]] = [:]
  /// What clients were told of trips that were to be changed.
  var changedAnswers: [ChangedAnswer] = []

  init(_ context: AuditContext) { self.context = context }

  /// A look at a trip arrives: what it is told was charged is no less than now.
  func noteArrival(_ call: HTTPCall, _ record: CallRecord, _ at: Int64) {
    guard record.operation == "look",
      let booking = call.request.path?.split(separator: "/").last.map(String.init),
      known(booking) != nil
    else { return }
    let charged = read { try $0.payments(booking) }?.reduce(Int64(0)) { sum, payment in
      let isPaid = ["SUCCEEDED", "PARTIALLY_REFUNDED", "REFUNDED"].contains(payment.status)
      return sum + (isPaid ? payment.amount : 0)
    }
    looks[booking, default: []].append((at, charged ?? 0))
  }

  /// A17 of the money: an answer that was made while its question was under way tells of no less than what
  /// was charged when that arrived.
  ///
  /// Of a booking several questions may be under way: the first that arrived since this one was asked came
  /// no later than this one did, and what is charged never becomes less.
  func judgeFresh(_ record: ClientRecord, charged: Int64?) {
    guard record.request == .look, let charged else { return }
    looks[record.bookingID]?.removeAll { $0.at < record.askedMicroseconds - Bounds.question }
    guard
      let known = looks[record.bookingID]?.first(where: {
        $0.at >= record.askedMicroseconds && $0.at <= record.toldMicroseconds
      })
    else { return }
    findings.check(.a17)
    guard charged < known.charged else { return }
    findings.violate(
      .a17, at: record.toldMicroseconds, booking: record.bookingID, subject: "charged",
      "client \(record.client) was told of \(record.bookingID) at "
        + "\(seconds(record.toldMicroseconds)) s that \(charged) is charged; when its question arrived, "
        + "at \(seconds(known.at)) s, \(known.charged) was")
  }

  /// A3 at the moment of the answer: a final state told is durable.
  func judgeTold(_ record: ClientRecord) {
    judgeOnTheWay(record)
    guard !record.bookingID.isEmpty, !record.state.isEmpty else { return }
    let isFinal = ["CONFIRMED", "FAILED", "CANCELLED"].contains(record.state)
    findings.check(.a3, exercised: isFinal)
    guard isFinal else { return }
    let at = record.toldMicroseconds
    let trip = trip(record.bookingID, at)
    let isDurable = trip?.passed.contains { $0.state.rawValue == record.state } == true
    if !isDurable {
      findings.violate(
        .a3, at: at, booking: record.bookingID, subject: "told \(record.state)",
        "client \(record.client) was told at \(seconds(at)) s that \(record.bookingID) is "
          + "\(record.state); the database has "
          + (trip.map { "\($0.state.rawValue)" } ?? "no such booking"))
    }
  }

  /// A1…A6, A14 and D9 over the whole history.
  func concludeClients(_ history: History, _ at: Int64) {
    var byClient: [Int: [ClientRecord]] = [:]
    for record in history.clients { byClient[record.client, default: []].append(record) }
    for client in byClient.keys.sorted() {
      let records = (byClient[client] ?? []).filter { !$0.request.isForeign }
      judgeSameness(client, records)
      // A rival is told of another booking.
      judgeMonotony(records.filter { $0.request != .rival })
      for record in records {
        judgePromise(record, at)
        judgeForm(record)
        judgeMoment(record)
      }
      judgeCancellations(records, at)
    }
    judgeChangedWarnings()
    judgeOwnership(history)
    for trip in trips {
      findings.check(.a3)
      if quietSince == nil || trip.state.isTerminal || trip.needsAttention { continue }
      guard at - max(quietSince ?? at, trip.createdAt) >= Bounds.trip else { continue }
      findings.violate(
        .a3, at: at, booking: trip.id, subject: "never ended",
        "\(trip.id) was accepted and is \(trip.state.rawValue) for ever")
    }
  }

  /// A1: one booking for the true body; another body is refused, and so is another content of an option.
  ///
  /// An answer that did not come, or says "not now", proves nothing.
  private func judgeSameness(_ client: Int, _ records: [ClientRecord]) {
    var bookings: [String] = []
    var answers = 0
    for record in records where record.request == .register && !record.trueBody {
      findings.check(.a1)
      guard record.result == .ok else { continue }
      findings.violate(
        .a1, at: record.toldMicroseconds, booking: "", subject: "other option \(client)",
        "client \(client) registered its option again with another price and was answered "
          + "\(record.httpStatus) at \(seconds(record.toldMicroseconds)) s")
    }
    for record in records where record.request == .book {
      if record.trueBody {
        if !record.bookingID.isEmpty {
          answers += 1
          if !bookings.contains(record.bookingID) { bookings.append(record.bookingID) }
        }
      } else {
        findings.check(.a1)
        if record.result == .ok {
          findings.violate(
            .a1, at: record.toldMicroseconds, booking: record.bookingID, subject: "other body",
            "client \(client) sent another body under the key \(record.key) and was answered "
              + "\(record.httpStatus) at \(seconds(record.toldMicroseconds)) s")
        }
      }
    }
    findings.check(.a1, exercised: answers > 1)
    if bookings.count > 1 {
      findings.violate(
        .a1, at: records.last?.toldMicroseconds ?? 0, booking: bookings[0], subject: "several",
        "client \(client) asked with one key and was given \(bookings.joined(separator: ", "))")
    }
  }

  private static func rank(_ state: String) -> Int? {
    switch state {
    case "PENDING": 0
    case "VALIDATING": 1
    case "PROCESSING": 2
    case "CONFIRMED": 3
    case "CANCELLING": 4
    case "FAILED", "CANCELLED": 5
    default: nil
    }
  }

  /// A2: what a client sees never goes backwards.
  ///
  /// Only an answer to a question asked after another answer came must not be older than it: two
  /// questions asked side by side may be answered in any order.
  /// Complexity: O(n log n) in the client's answers; a long outage makes it ask hundreds of times.
  private func judgeMonotony(_ records: [ClientRecord]) {
    let answers = records.filter { $0.result == .ok && !$0.bookingID.isEmpty }
      .sorted { $0.toldMicroseconds < $1.toldMicroseconds }
    let questions = records.filter { $0.result != .unknown }
      .sorted { $0.askedMicroseconds < $1.askedMicroseconds }
    var known: ClientRecord?
    // The furthest state seen so far, by booking; looked up by key only.
    var furthest: [String: (rank: Int, answer: ClientRecord)] = [:]
    var seen = 0
    for record in questions {
      while seen < answers.count, answers[seen].toldMicroseconds <= record.askedMicroseconds {
        let answer = answers[seen]
        seen += 1
        known = answer
        guard let rank = Self.rank(answer.state) else { continue }
        if let old = furthest[answer.bookingID], old.rank >= rank { continue }
        furthest[answer.bookingID] = (rank, answer)
      }
      findings.check(.a2, exercised: known != nil)
      if record.request == .look, record.httpStatus == 404, let known {
        findings.violate(
          .a2, at: record.toldMicroseconds, booking: known.bookingID, subject: "404",
          "client \(record.client) was told of \(known.bookingID) at "
            + "\(seconds(known.toldMicroseconds)) s and got 404 at "
            + "\(seconds(record.toldMicroseconds)) s")
      }
      guard let rank = Self.rank(record.state), let old = furthest[record.bookingID],
        old.rank > rank
      else { continue }
      findings.violate(
        .a2, at: record.toldMicroseconds, booking: record.bookingID, subject: record.state,
        "client \(record.client) saw \(record.bookingID) as \(old.answer.state) at "
          + "\(seconds(old.answer.toldMicroseconds)) s and as \(record.state), asked at "
          + "\(seconds(record.askedMicroseconds)) s")
    }
  }

  /// D9, A3, A4, A6 of one answer.
  private func judgePromise(_ record: ClientRecord, _ at: Int64) {
    guard !record.bookingID.isEmpty, record.result != .unknown else { return }
    let told = record.toldMicroseconds
    let who = "client \(record.client) was told at \(seconds(told)) s that \(record.bookingID)"
    findings.check(.d9)
    guard let trip = known(record.bookingID) else {
      findings.violate(
        .d9, at: told, booking: record.bookingID, "\(who) exists; the database has no such booking")
      return
    }
    if let state = AuditedState(rawValue: record.state),
      !trip.passed.contains(where: { $0.state == state && $0.at <= told })
    {
      findings.violate(
        .d9, at: told, booking: trip.id, subject: record.state,
        "\(who) is \(record.state); the database never had it so by then")
    }
    switch record.state {
    case "FAILED":
      if trip.state != .failed {
        findings.violate(
          .a3, at: told, booking: trip.id, subject: "failed \(trip.state)",
          "\(who) is FAILED, and later it is \(trip.state.rawValue)")
      }
      findings.check(.a4)
      guard let expected = trip.expectedNet, trip.state == .failed else { break }
      // Every reservation that V4 complains of, V2 does too; V4 alone speaks of money.
      let orphans = findings.violations.filter {
        $0.bookingID == trip.id && $0.invariant == "V2"
      }
      if trip.net != expected || !orphans.isEmpty {
        findings.violate(
          .a4, at: told, booking: trip.id,
          "\(who) is FAILED, and in the end \(trip.net) \(trip.currency)-minor are kept, expected "
            + "\(expected)" + (orphans.isEmpty ? "" : ", and something is still booked"))
      }
    case "CONFIRMED":
      if trip.state == .failed {
        findings.violate(
          .a3, at: told, booking: trip.id, subject: "confirmed",
          "\(who) is CONFIRMED, and later it is FAILED")
      }
      guard record.request != .cancel else { break }
      // An activity that is not there in the end was not there at confirmation either: it can only
      // be lost before, or by a cancellation, which also ends CONFIRMED, or at its supplier.
      // From its first modification on each answer is judged by the trip that it tells of:
      // `judgeChangedWarnings`.
      guard trip.state == .confirmed, told < trip.modifications.first?.createdAt ?? .max else {
        break
      }
      let failed = trip.unbooked(after: 0)
      findings.check(.a6, exercised: !failed.isEmpty)
      for slot in failed where !record.warnings.contains(slot) {
        findings.violate(
          .a6, at: told, booking: trip.id, subject: "\(slot) told",
          "\(who) is CONFIRMED, without the warning that \(slot) is not booked")
      }
    default: break
    }
  }

  /// A5: a cancellation that was accepted is honoured, one that was refused is not.
  private func judgeCancellations(_ records: [ClientRecord], _ at: Int64) {
    let cancels = records.filter { $0.request == .cancel }
    guard let first = cancels.first else { return }
    let booking = cancels.first { !$0.bookingID.isEmpty }?.bookingID ?? first.bookingID
    guard let trip = known(booking), trip.state.isTerminal else { return }
    findings.check(.a5)
    if let accepted = cancels.first(where: { $0.result == .ok }), trip.state == .confirmed {
      findings.violate(
        .a5, at: accepted.toldMicroseconds, booking: trip.id,
        "the cancellation of \(trip.id) was accepted (\(accepted.httpStatus)) at "
          + "\(seconds(accepted.toldMicroseconds)) s, and the trip stays CONFIRMED")
    }
    let areAllRefused = cancels.allSatisfy {
      $0.result == .fail && (400..<500).contains($0.httpStatus)
        && ![408, 425, 429].contains($0.httpStatus)
    }
    if areAllRefused, trip.state == .cancelled {
      findings.violate(
        .a5, at: first.toldMicroseconds, booking: trip.id, subject: "refused",
        "the cancellation of \(trip.id) was refused (\(first.httpStatus)) at "
          + "\(seconds(first.toldMicroseconds)) s, and the trip is CANCELLED")
    }
  }

  /// A17 of one answer about the client's own trip: it tells what was so while it was under way, and
  /// who waits for the end is told when it comes, or after a minute that it has not.
  ///
  /// An event's time is taken before its commit, which takes a moment: a second is allowed. Who stands still
  /// tells nobody anything.
  private func judgeMoment(_ record: ClientRecord) {
    guard record.result == .ok, let trip = known(record.bookingID),
      let state = AuditedState(rawValue: record.state)
    else { return }
    findings.check(.a17)
    let (asked, told) = (record.askedMicroseconds, record.toldMicroseconds)
    func wrong(_ subject: String, _ why: String) {
      findings.violate(
        .a17, at: told, booking: trip.id, subject: "\(subject) \(record.state)",
        "client \(record.client) asked for \(trip.id) (\(record.request.rawValue)) at "
          + "\(seconds(asked)) s and was told at \(seconds(told)) s that it is \(record.state), \(why)"
      )
    }
    // The states it was in, each until the next.
    let ends = trip.passed.dropFirst().map(\.at) + [.max]
    let wasSo = zip(trip.passed, ends).contains { passage, end in
      passage.state == state && passage.at <= told && end >= asked - 1_000_000
    }
    if !wasSo { wrong("old", "which it was no more") }
    guard record.request == .book || record.request == .cancel,
      !context.processes.stoodStill(from: asked, to: told)
    else { return }
    if record.httpStatus == 202 {
      if told - asked < Bounds.patienceOfAnswers { wrong("hasty", "without waiting for its end") }
    } else if let end = trip.passed.last(where: { $0.state == state && $0.at <= told })?.at,
      told - max(asked, end) > Bounds.telling
    {
      wrong("late", "long after that came to be at \(seconds(end)) s")
    }
  }
}

import FakeVendors

/// N1, N4, N6 to N8, A6's mail: messages.
final class MessageChecker: Checker {
  let context: AuditContext
  let people: PeopleChecker
  /// How often a process died.
  private var deaths = 0
  /// When the process that runs was started; virtual.
  var startedAt: Int64 = 0
  /// The last mail that was read from the outbox.
  var lastMail: Int64 = 0
  /// How the sendings of each mail went, by key; looked up by key only.
  var efforts: [String: MailEffort] = [:]
  /// What the mail service took, by booking, once it is asked for at the end; looked up by key only.
  private var messagesByTrip: [String: [FakeMail.Message]]?
  /// The mail that a call under way carries, by the call's number; looked up by key only.
  var underWay: [Int: String] = [:]

  init(_ context: AuditContext, _ people: PeopleChecker) {
    self.context = context
    self.people = people
  }

  /// A process died, perhaps with a mail on its way.
  func noteDeath() {
    deaths += 1
  }

  /// The mails about a trip that the mail service took, in their order. Ask only at the end.
  func taken(of booking: String) -> [FakeMail.Message] {
    if let known = messagesByTrip { return known[booking] ?? [] }
    var mails: [String: [FakeMail.Message]] = [:]
    for message in books.messages() {
      mails[message.metadata["booking"] ?? "", default: []].append(message)
    }
    messagesByTrip = mails
    return mails[booking] ?? []
  }

  /// N1 and A6 over all mails that the mail service accepted.
  ///
  /// A mail service has no idempotency: a send that was answered with a 500, or not at all, may
  /// have been accepted and must be sent again. So there may be as many mails of a kind as one and
  /// the trip's ambiguous sends (the deaths of a process with a mail on its way among them).
  func concludeMails(_ at: Int64) {
    for trip in trips {
      let received = taken(of: trip.id)
      // News may come more than once; of each version of the booking once.
      let kinds = received.map { mail in
        mail.tag == "update" ? "update \(mail.metadata["version"] ?? "")" : mail.tag
      }
      findings.check(.n1, exercised: !received.isEmpty)
      for kind in Set(kinds).sorted() {
        let count = kinds.count { $0 == kind }
        if count > 1 + trip.ambiguousMails + deaths {
          findings.violate(
            .n1, at: at, booking: trip.id, subject: kind,
            "\(trip.id) got \(count) \(kind) mails, and only \(trip.ambiguousMails) sends were "
              + "ambiguous")
        }
      }
      if kinds.contains("failure"), kinds.contains("confirmation") || kinds.contains("cancellation")
      {
        findings.violate(
          .n1, at: at, booking: trip.id, subject: "contradiction",
          "\(trip.id) got mails that disagree: \(kinds.joined(separator: ", "))")
      }
      judgeMailedWarnings(trip, received, at)
      judgeNews(trip, received, at)
      for mail in received { people.judgeLines(mail, of: trip, at) }
    }
  }

  private func judgeMailedWarnings(
    _ trip: AuditedTrip, _ received: [FakeMail.Message], _ at: Int64
  ) {
    guard trip.state == .confirmed else { return }
    // What was cancelled at the supplier was there when the confirmation was written.
    let failed = trip.activitySlots.filter { trip.live($0) == nil && !trip.isGone($0) }
    let confirmations = received.filter {
      $0.tag == (trip.change == nil ? "confirmation" : "changed")
    }
    guard !failed.isEmpty, !confirmations.isEmpty else { return }
    let text = read { try $0.warnings(trip.id) } ?? "[]"
    let warnings = warnings(text)
    for slot in failed {
      findings.check(.a6)
      let warning = warnings.first { $0.slot == slot }
      if warning == nil {
        findings.violate(
          .a6, at: at, booking: trip.id, subject: "\(slot) row",
          "\(slot) of \(trip.id) is not booked, and the trip has no warning that says so")
      }
      // The mail may use the warning's sentence, the slot's name or the product's code.
      let words = [warning?.message, slot, trip.item(slot)].compactMap { $0 }
      for mail in confirmations where !words.contains(where: { mail.text.contains($0) }) {
        findings.violate(
          .a6, at: at, booking: trip.id, subject: "\(slot) mail",
          "the confirmation mail \(mail.id) of \(trip.id) does not say that \(slot) is not booked")
      }
    }
  }

  /// N4: what the traveller of a standing trip is warned of is in a mail that reached them, also what
  /// came up after the confirmation.
  ///
  /// Judged by the mails that the mail service took, once all of the trip's are sent: of one that it
  /// refuses for good an operator is told, and nobody is asked for another. Activities that failed are
  /// A6's.
  private func judgeNews(
    _ trip: AuditedTrip, _ received: [FakeMail.Message], _ at: Int64
  ) {
    guard trip.state == .confirmed, trip.isMailed, !received.isEmpty else { return }
    for warning in trip.warnings
    where warning.code != "activity-failed" && warning.code != "activity-unavailable"
      && !trip.isOut(warning.slot)
    {
      findings.check(.n4)
      guard !received.contains(where: { $0.text.contains(warning.message) }) else { continue }
      findings.violate(
        .n4, at: at, booking: trip.id, subject: "\(warning.slot) \(warning.code)",
        "no mail about \(trip.id) says '\(warning.message)', which its traveller is warned of; it got "
          + "\(received.map(\.tag).joined(separator: ", "))")
    }
  }

  /// N4: each final state that a trip reached has its mail, sent or refused for good: by the service, whose
  /// 422 is the only such word. N7: what was sent and counts as taken, the service has.
  func judgeOutbox(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    trip.isMailed = stored.outbox.allSatisfy { $0.status == "sent" }
    for mail in stored.outbox where mail.status == "refused" {
      let effort = efforts[MailEffort.key(trip.id, mail.kind, "\(mail.version)")]
      findings.check(.n4)
      guard effort?.wasRefused != true else { continue }
      findings.violate(
        .n4, at: at, booking: trip.id, subject: "\(mail.kind) \(mail.version) refused",
        "the \(mail.kind) mail of \(trip.id) counts as refused for good, and the mail service has not "
          + "refused it")
    }
    let received = stored.outbox.isEmpty ? [] : taken(of: trip.id)
    for mail in stored.outbox where mail.status == "sent" {
      let effort = efforts[MailEffort.key(trip.id, mail.kind, "\(mail.version)")]
      guard let effort, effort.ended > 0, !effort.wasTaken else { continue }
      findings.check(.n7)
      let isThere = received.contains {
        $0.tag == mail.kind && $0.metadata["version"] == "\(mail.version)"
      }
      guard !isThere else { continue }
      findings.violate(
        .n7, at: at, booking: trip.id, subject: "\(mail.kind) \(mail.version) sent",
        "the \(mail.kind) mail of \(trip.id) counts as sent, and the mail service never took it")
    }
    // Of a modification that is cancelled with its trip the trip's own mail tells.
    let kinds: [(AuditedState, String)] =
      trip.change == nil
      ? [(.confirmed, "confirmation"), (.failed, "failure"), (.cancelled, "cancellation")]
      : [(.confirmed, "changed"), (.failed, "unchanged")]
    for (state, kind) in kinds where trip.passed.contains(where: { $0.state == state }) {
      findings.check(.n4)
      let mail = stored.outbox.first { $0.kind == kind }
      if mail?.status != "sent", mail?.status != "refused" {
        findings.violate(
          .n4, at: at, booking: trip.id, subject: kind,
          "\(trip.id) was \(state.rawValue) and its \(kind) mail "
            + (mail.map { "is \($0.status)" } ?? "was never written"))
      }
    }
  }
}

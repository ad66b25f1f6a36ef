import FakeVendors
import HTTPService
import Wire

// N8: how mails are sent.
extension MessageChecker {
  /// N8 of one sending, at the moment it is sent.
  ///
  /// A death of the process takes with it what it had not written down: that a mail was taken or
  /// refused, and for how long the service wanted to be left alone.
  func judgeSend(_ call: HTTPCall, _ record: CallRecord, _ at: Int64) {
    guard let body = try? decoder.decode(SentMail.self, from: call.body) else { return }
    let marks = body.metadata
    let key = MailEffort.key(marks.booking, marks.kind, marks.version)
    findings.check(.n8)
    func wrong(_ subject: String, _ why: String) {
      findings.violate(
        .n8, at: at, booking: record.bookingID, subject: "\(key) \(subject)",
        "the mail \(key) is sent at \(seconds(at)) s (attempt \(record.attempt)), \(why)")
    }
    guard var effort = efforts[key] else { return wrong("unwritten", "and was never written") }
    if effort.isTaken { wrong("taken", "although the mail service has taken it") }
    if let status = effort.refusedFor { wrong("refused", "although it was answered \(status)") }
    if at < effort.notBefore {
      wrong("early", "although the service asked to wait until \(seconds(effort.notBefore)) s")
    }
    effort.sent.append(at)
    let recent = effort.sent.filter { at - $0 < 3_600 * 1_000_000 }
    if recent.count(where: { at - $0 <= Bounds.hotLoop }) >= 3 { wrong("hot", "a hot loop") }
    if recent.count > Bounds.mailsAnHour { wrong("often", "the \(recent.count)th time in an hour") }
    let due = max(effort.writtenAt, effort.ended, effort.notBefore, startedAt)
    // A new mail waits for nothing but a place: nobody's back-off, and no dead process's claim.
    let isNew = effort.ended == 0 && startedAt <= effort.writtenAt && underWay.count < 16
    if at - due > (isNew ? Bounds.mailingNew : Bounds.mailing) {
      wrong("late", "\(seconds(at - due)) s after it could have been")
    }
    // Only the last hour counts.
    effort.sent = recent
    efforts[key] = effort
    underWay[record.sequence] = key
  }

  /// Notes how a sending ended.
  func noteEnd(_ record: CallRecord, _ retryAfterSeconds: Int?, _ at: Int64) {
    guard record.service == "mail", let key = underWay.removeValue(forKey: record.sequence),
      var effort = efforts[key]
    else { return }
    let isClear = record.fault.isEmpty || record.ownStatus == 422
    effort.ended = at
    effort.isTaken = isClear && (200..<300).contains(record.ownStatus)
    if effort.isTaken { effort.wasTaken = true }
    if isClear, record.ownStatus == 422 {
      effort.refusedFor = record.ownStatus
      effort.wasRefused = true
    }
    if let wait = retryAfterSeconds { effort.notBefore = at + Int64(wait) * 1_000_000 }
    efforts[key] = effort
  }

  /// A process started.
  func started(_ at: Int64) { startedAt = at }

  /// A process died, with what it had not written down.
  func forgetEfforts() {
    underWay = [:]
    for key in efforts.keys {  // order: each by itself
      efforts[key]?.isTaken = false
      efforts[key]?.refusedFor = nil
      efforts[key]?.notBefore = 0
      efforts[key]?.sent = []
    }
  }
}

/// How the sendings of one mail went; times are virtual.
struct MailEffort {
  /// When it was written.
  var writtenAt: Int64
  /// The sendings of the last hour.
  var sent: [Int64] = []
  /// When the last of them ended.
  var ended: Int64 = 0
  /// Whether the service has said that it took it.
  var isTaken = false
  /// Whether it ever did, also to a process that died since.
  var wasTaken = false
  /// The status with which it was refused for good.
  var refusedFor: Int?
  /// Whether it ever was, also to a process that died since.
  var wasRefused = false
  /// No earlier than this, by `Retry-After`.
  var notBefore: Int64 = 0

  /// What tells a mail from others.
  static func key(_ booking: String, _ kind: String, _ version: String) -> String {
    "\(booking) \(kind) \(version)"
  }

  init(writtenAt: Int64) { self.writtenAt = writtenAt }
}

/// As much of a mail on the wire as tells which one it is. Source: postmarkapp.com/developer, "Email API".
private struct SentMail: Decodable {
  struct Marks: Decodable {
    var booking: String
    var kind: String
    var version: String
  }
  var metadata: Marks

  enum CodingKeys: String, CodingKey { case metadata = "Metadata" }
}

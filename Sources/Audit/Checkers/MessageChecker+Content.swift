import FakeVendors
import GRDB
import Wire

// N6, N7: what mails say.
extension MessageChecker {
  /// N6 of every mail that a commit wrote, at that commit.
  func committed(_ at: Int64) {
    guard let mails = read({ try $0.mails(after: lastMail) }), !mails.isEmpty else { return }
    for row in mails {
      lastMail = row.id
      let key = MailEffort.key(row.booking, row.kind, "\(row.version)")
      efforts[key] = MailEffort(writtenAt: at)
      guard let trip = trip(row.booking, at), trip.offer != nil else { continue }
      findings.check(.n6)
      guard let mail = try? decoder.decode(WrittenMail.self, from: row.payload) else {
        findings.violate(
          .n6, at: at, booking: trip.id, subject: "unreadable \(row.kind)",
          "the \(row.kind) mail of \(trip.id) cannot be read")
        continue
      }
      judge(mail, row, trip, at)
    }
  }

  /// One mail against what the vendors knew when it was written.
  ///
  /// The orchestrator may lag behind them, so that of money only what runs ahead is a lie; parts are
  /// named by what their vendors call them.
  private func judge(
    _ mail: WrittenMail, _ row: StoreReader.MailRow, _ about: AuditedTrip, _ at: Int64
  ) {
    // A modification's mails tell of the trip that it changes.
    let trip = about.change?.base ?? about
    func wrong(_ subject: String, _ why: String) {
      findings.violate(
        .n6, at: at, booking: trip.id, subject: "\(row.kind) \(row.version) \(subject)",
        "the \(row.kind) mail of \(trip.id), written at \(seconds(at)) s, \(why)")
    }
    let opening: (AuditedState, String)? =
      switch row.kind {
      case "confirmation": (.confirmed, "Your trip is confirmed.")
      case "failure": (.failed, "Your trip could not be booked.")
      case "cancellation": (.cancelled, "Your trip is cancelled.")
      case "update": (.confirmed, "There is news about your trip.")
      case "changed": (.confirmed, "Your trip is changed.")
      case "unchanged": (.failed, "could not be changed")
      default: nil
      }
    guard let (state, words) = opening else { return wrong("kind", "is of a kind nobody knows") }
    if about.state != state { wrong("state", "although the trip is \(about.state.rawValue)") }
    let others = ["is confirmed.", "could not be booked.", "is cancelled."].filter {
      !words.contains($0) && mail.text.contains("Your trip \($0)")
    }
    if !mail.text.contains(words) || !others.isEmpty { wrong("opening", "does not say '\(words)'") }
    if mail.tag != row.kind { wrong("tag", "has the tag '\(mail.tag)'") }
    if !mail.subject.contains(trip.id) { wrong("subject", "is about '\(mail.subject)'") }
    let last = mail.text.split(separator: "\n").last ?? ""
    if !last.hasSuffix("(\(trip.id))"), !last.hasSuffix(" \(trip.id)") {
      wrong("id", "ends with '\(last)', which does not name \(trip.id)")
    }
    guard let contact = trip.offer?.contact else { return }
    if mail.to != contact.email { wrong("to", "goes to \(mail.to), not to \(contact.email)") }
    // Requests name the customer on the card only: some of its words, from the first on.
    let name = mail.text.prefix { $0 != "," }
    let booker = (trip.offer?.booker ?? "").split(separator: " ").joined(separator: " ")
    if !name.hasPrefix("Dear ") || !"\(booker) ".hasPrefix("\(name.dropFirst(5)) ") {
      wrong("greeting", "greets '\(name)', not \(booker)")
    }
    let needsAttention = trip.isParkedAnywhere
    if mail.text.contains("by our staff") != needsAttention, trip.closedByHand.isEmpty {
      wrong("parked", "and something \(needsAttention ? "is" : "is not") parked")
    }
    judgeMoney(mail, trip, at, wrong)
    judgeParts(mail, trip, wrong)
  }

  private func judgeMoney(
    _ mail: WrittenMail, _ trip: AuditedTrip, _ at: Int64, _ wrong: (String, String) -> Void
  ) {
    let told = ToldMoney(mail.text, currency: trip.currency)
    if !told.isSaid {
      let last = mail.text.split(separator: "\n\n").dropLast().last ?? ""
      wrong("money", "says nothing of the money, but '\(last)'")
    }
    if let why = trip.lie(of: told, at: at, epoch: epoch) { wrong("money", "is wrong: \(why)") }
    if told.isForFees, trip.state != .cancelled { wrong("fees", "speaks of fees") }
    let needsAttention = trip.isParkedAnywhere
    if trip.state == .confirmed, told.isNothing || told.isUnknown && !needsAttention {
      wrong("charge", "does not know of the charge of a trip that stands")
    }
  }

  /// The lines of parts: each part that stands, in its vendor's name and at its price, and no other.
  private func judgeParts(
    _ mail: WrittenMail, _ trip: AuditedTrip, _ wrong: (String, String) -> Void
  ) {
    func isWarned(_ part: AuditedTrip.Shown) -> Bool {
      warnings(read { try $0.warnings(part.owner.id) } ?? "[]").contains { $0.slot == part.own }
    }
    let lines = mail.text.split(separator: "\n")
    for part in trip.shown() {
      let slot = part.slot
      let name = slot.replacing("activity-", with: "activity ")
      let line = lines.first { $0.hasPrefix("- \(name): ") }
      let made = part.owner.known(part.own)
      // What was cancelled past the orchestrator it need not know of yet.
      let stands = made.contains { $0.isLive } && trip.state == .confirmed
      let isTold = isWarned(part)
      guard let line else {
        if stands, !isTold { wrong(slot, "does not name its \(slot)") }
        continue
      }
      if made.isEmpty || trip.state != .confirmed && !trip.needsAttention && !stands {
        wrong(slot, "names a \(slot) that is not booked: '\(line)'")
        continue
      }
      let codes = made.flatMap { APIChecker.codes(of: $0.reservation) }
      if !codes.contains(where: { line.contains($0) }) {
        wrong(slot, "calls its \(slot) '\(line)'; it is \(codes.joined(separator: " or "))")
      }
      let price = ToldMoney.text(part.owner.price(part.own) ?? 0, trip.currency)
      if !line.hasSuffix(", \(price)") { wrong("\(slot) price", "says '\(line)'; it is \(price)") }
    }
  }

  /// N7 of one trip's mails: the mail service was given what was written, for whom it was written.
  func judgeKept(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    for message in taken(of: trip.id) {
      findings.check(.n7)
      let (kind, version) = (
        message.metadata["kind"] ?? message.tag, message.metadata["version"] ?? ""
      )
      let row = stored.outbox.first { $0.kind == kind && "\($0.version)" == version }
      let written = row.flatMap { try? decoder.decode(WrittenMail.self, from: $0.payload) }
      let isSame =
        written?.to == message.to && written?.subject == message.subject
        && written?.text == message.text && written?.tag == message.tag
      if isSame { continue }
      findings.violate(
        .n7, at: at, booking: trip.id, subject: message.id,
        "the mail service took \(message.id) (\(kind) \(version)) for \(trip.id), and "
          + (written == nil ? "no such mail was written" : "another one was written"))
    }
  }
}

/// A mail as its row has it.
struct WrittenMail: Decodable {
  var to: String
  var subject: String
  var text: String
  var tag: String
}

extension StoreReader {
  /// One mail as it was written.
  struct MailRow {
    var id: Int64
    var booking: String
    var kind: String
    var version: Int
    var payload: String
  }

  /// Returns the mails after a row, in order.
  func mails(after id: Int64) throws -> [MailRow] {
    try database.unsafeRead { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT id, booking_id, kind, version, payload FROM outbox WHERE id > ? ORDER BY id
          """)
      return try Row.fetchAll(statement, arguments: [id]).map { row in
        MailRow(id: row[0], booking: row[1], kind: row[2], version: row[3], payload: row[4])
      }
    }
  }
}

import FakeVendors

/// A9…A12: who may book, for whom vendors reserve, and what people's words may do.
final class PeopleChecker: Checker {
  let context: AuditContext

  init(_ context: AuditContext) { self.context = context }

  /// A9 and A10 over the whole history.
  ///
  /// Whether a request can be served is the generator's knowledge, written down before it was sent.
  func concludePeople(_ history: History, _ at: Int64) {
    var flaws: [Int: RequestFlaw] = [:]
    var clients: Set<Int> = []
    for record in history.clients where record.request == .register || record.request == .book {
      if clients.insert(record.client).inserted {
        flaws[record.client] = context.offers(record.client).flaw
      }
      if !record.lacking.isEmpty { judgeLack(record) }
      guard record.trueBody, record.result != .unknown else { continue }
      judgeAdmission(record, flaws[record.client])
    }
    for trip in trips {
      if let client = trip.client, let flaw = flaws[client] {
        findings.violate(
          .a9, at: trip.createdAt, booking: trip.id, subject: "row",
          "client \(client) asked for what no vendor could serve (\(flaw.rawValue)), and there is "
            + "a booking \(trip.id): \(trip.state.rawValue), \(trip.intents.count) payments, "
            + "\(trip.placed.count) reservations, \(trip.captured) \(trip.currency)-minor captured")
      }
      judgeVendorsRefusals(trip, history, at)
    }
    guard !flaws.isEmpty else { return }
    for call in history.calls
    where call.service != "orchestrator" && call.node.hasPrefix("orchestrator") {
      guard let client = context.client(call.bookingID), let flaw = flaws[client] else { continue }
      findings.violate(
        .a9, at: call.sentMicroseconds, booking: call.bookingID, subject: "call",
        "client \(client) asked for what no vendor could serve (\(flaw.rawValue)), and "
          + "\(call.service) was called all the same: \(call.operation)")
    }
  }

  /// A9 of a request that lacks a member: a refusal names the member, not what it should be in.
  private func judgeLack(_ record: ClientRecord) {
    guard record.httpStatus == 400 || record.httpStatus == 422, record.problem == "request-invalid"
    else { return }
    findings.check(.a9)
    guard record.pointer != record.lacking else { return }
    findings.violate(
      .a9, at: record.toldMicroseconds, booking: record.bookingID,
      subject: "lacking \(record.client)",
      "client \(record.client) asked without \(record.lacking) and was pointed to "
        + "'\(record.pointer)'")
  }

  /// A9 and A10 of one answer to a registration or a request to book.
  private func judgeAdmission(_ record: ClientRecord, _ flaw: RequestFlaw?) {
    let told = record.toldMicroseconds
    let isRefused =
      (400..<500).contains(record.httpStatus) && ![408, 425, 429].contains(record.httpStatus)
    guard let flaw else {
      findings.check(.a10)
      let isForRequest =
        isRefused
        && ["request-invalid", "total-mismatch", "currency-unknown", "malformed-json"]
          .contains(record.problem)
      if isForRequest {
        findings.violate(
          .a10, at: told, booking: record.bookingID, subject: "client \(record.client)",
          "client \(record.client) asked for what vendors can serve and was refused: "
            + "\(record.httpStatus) \(record.problem) at '\(record.pointer)'")
      }
      return
    }
    findings.check(.a9)
    if isRefused {
      mark("bad-request-refused")
      guard !flaw.isMeant(by: record.pointer) else { return }
      findings.violate(
        .a9, at: told, booking: record.bookingID, subject: "pointer \(record.client)",
        "client \(record.client) asked with a fault at \(flaw.member) (\(flaw.rawValue)) and was "
          + "refused without being told: \(record.httpStatus) \(record.problem) at "
          + "'\(record.pointer)'")
    } else if record.request == .book, record.result == .ok {
      findings.violate(
        .a9, at: told, booking: record.bookingID, subject: "accepted",
        "client \(record.client) asked for what no vendor could serve (\(flaw.rawValue)) and was "
          + "answered \(record.httpStatus) \(record.state)")
    }
  }

  /// A10 at vendors: none refuses a request for its people that was let through.
  ///
  /// A vendor that has nothing left, or has another price, says so in its books; one that is told to
  /// fail has a fault in the history. A 400 or 422 to a first booking with neither is about what the
  /// request says.
  private func judgeVendorsRefusals(_ trip: AuditedTrip, _ history: History, _ at: Int64) {
    guard let offer = trip.offer, offer.flaw == nil else { return }
    findings.check(.a10)
    if offer.isAwkward, trip.everConfirmed { mark("awkward-person-booked") }
    for trail in trip.trails where trail.direction == "do" && trail.wasRefused {
      guard ["flight", "hotel"].contains(trail.slot) || trail.slot.hasPrefix("activity-"),
        trail.lastStatus == 400 || trail.lastStatus == 422,
        !trip.refused.contains(where: { $0.slot == trail.slot })
      else { continue }
      let isHit = history.calls.contains {
        $0.bookingID == trip.id && $0.slot == trail.slot && !$0.fault.isEmpty
      }
      guard !isHit else { continue }
      findings.violate(
        .a10, at: trail.lastEnd, booking: trip.id, subject: trail.slot,
        "\(trail.slot) of \(trip.id) was refused by its vendor with \(trail.lastStatus), although it "
          + "was to be had and no fault met its calls")
    }
  }

  /// A11: a new reservation is for the party that was asked for: as many, and by their names.
  func judgeParty(_ placed: AuditedTrip.Placed, of trip: AuditedTrip, _ at: Int64) {
    guard let offer = trip.offer else { return }
    let reservation = placed.reservation
    findings.check(.a11)
    let party = offer.party
    let counted = placed.slot == "flight" ? ["seats", "travelers"] : ["adults", "travelers"]
    for name in counted {
      guard let told = reservation.attributes.first(where: { $0.hasPrefix("\(name)=") }),
        told != "\(name)=\(party.count)"
      else { continue }
      findings.violate(
        .a11, at: at, booking: trip.id, subject: "\(reservation.reference) \(name)",
        "\(reservation.reference) (\(placed.slot) of \(trip.id)) is for \(told); "
          + "\(party.count) were asked for")
    }
    // Activities are booked by the name of whoever pays.
    let asked =
      placed.slot.hasPrefix("activity-")
      ? [offer.booker] : party.map { "\($0.firstName) \($0.lastName)" }
    let isSame =
      asked.count == reservation.people.count
      && zip(reservation.people, asked).allSatisfy { DocumentName.isSame($0, as: $1) }
    if !isSame {
      findings.violate(
        .a11, at: at, booking: trip.id, subject: "\(reservation.reference) names",
        "\(reservation.reference) (\(placed.slot) of \(trip.id)) is for "
          + "\(reservation.people.joined(separator: ", ")); asked for were "
          + asked.joined(separator: ", "))
    }
  }

  /// A12 of one mail: its headers are single lines, and no line of its text began with a line break
  /// that a user wrote.
  func judgeLines(_ mail: FakeMail.Message, of trip: AuditedTrip, _ at: Int64) {
    findings.check(.a12)
    let metadata = mail.metadata.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
    for header in [mail.to, mail.subject, mail.tag] + metadata where Self.breaks(header) {
      findings.violate(
        .a12, at: at, booking: trip.id, subject: "\(mail.id) header",
        "the mail \(mail.id) of \(trip.id) has a header with a control character: "
          + "\(header.debugDescription)")
    }
    guard let offer = trip.offer else { return }
    let lines = Set(mail.text.split(whereSeparator: \.isNewline))
    for text in offer.words where Self.breaks(text) {
      let injected = text.split(whereSeparator: \.isNewline).dropFirst()
      guard let line = lines.first(where: { line in injected.contains { line.hasPrefix($0) } })
      else { continue }
      findings.violate(
        .a12, at: at, booking: trip.id, subject: "\(mail.id) line",
        "the mail \(mail.id) of \(trip.id) has the line \(String(line).debugDescription), which a "
          + "user's line break made")
    }
  }

  private static func breaks(_ text: String) -> Bool {
    text.unicodeScalars.contains { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
  }
}

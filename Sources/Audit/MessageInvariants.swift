import FakeVendors
import FoundationEssentials

// W1…W5: webhooks. N1, N4, A6's mail: messages.
extension Auditor {
  /// Notes the objects of whose events some came more than once.
  func noteRepeatedDeliveries() {
    for event in books.events() where event.attempts > 1 {
      let intent = books.refund(event.object)?.paymentIntent ?? event.object
      repeatedDeliveries.insert(intent)
    }
    findings.check(.w2, exercised: !repeatedDeliveries.isEmpty)
  }

  /// The events that tell something the orchestrator must act on.
  private static let vital = [
    "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled",
    "refund.created", "refund.updated", "refund.failed",
  ]

  /// W1 and W3 over the whole inbox.
  func concludeWebhooks(_ history: History, _ at: Int64) {
    guard let faults = read({ try $0.inboxFaults() }) else { return }
    var sources: Set<String> = []
    for row in inbox {
      findings.check(.w1)
      sources.insert(row.source)
    }
    for (source, booking) in faults.doubled {
      findings.violate(
        .w1, at: at, booking: booking, subject: source,
        "the event \(source) stands twice in the inbox and is applied twice")
    }
    for (source, booking) in faults.open {
      guard let quiet = quietSince, at - quiet >= Bounds.resolve else { continue }
      findings.violate(
        .w3, at: at, booking: booking, subject: source,
        "the message \(source) is in the inbox and was never applied")
    }
    judgeForgeries(history, at)
    judgeTaken(sources, at)
    // An event that was answered 2xx has left Stripe's hands: it must be in the inbox.
    for event in books.events() where event.delivered && Self.vital.contains(event.type) {
      findings.check(.w3)
      if !sources.contains(event.id) {
        let intent = books.refund(event.object)?.paymentIntent ?? event.object
        findings.violate(
          .w3, at: at, booking: books.paymentIntent(intent)?.metadata["booking"] ?? "",
          subject: event.id,
          "the event \(event.id) (\(event.type) of \(event.object)) was taken and is not in the "
            + "inbox")
      }
    }
  }

  /// W4: nothing false was taken.
  ///
  /// A forged event has an id that Stripe never gave, so it shows in the inbox. A stale delivery is
  /// the true event's bytes; each forged or stale one must have been answered with something else
  /// than 2xx, and true deliveries that failed can only add to those answers.
  private func judgeForgeries(_ history: History, _ at: Int64) {
    let planned = history.faults.count {
      $0.kind == "webhook-forged" || $0.kind == "webhook-stale"
    }
    let refused = history.calls.count {
      $0.service == "orchestrator" && $0.operation == "webhook"
        && !(200..<300).contains($0.httpStatus)
    }
    findings.check(.w4, exercised: planned > 0)
    if refused < planned {
      findings.violate(
        .w4, at: at, booking: "", subject: "taken",
        "\(planned) forged or stale deliveries were made and only \(refused) deliveries refused")
    }
    let ids = Set(books.events().map(\.id))
    for row in inbox where row.kind == "webhook" && !ids.contains(row.source) {
      findings.violate(
        .w4, at: virtual(row.received), booking: row.booking, subject: row.source,
        "the event \(row.source) was taken into the inbox, and Stripe never sent it")
    }
  }

  /// W5: what Stripe sent, signed and fresh, was answered 2xx and is kept, whatever its type and shape.
  ///
  /// Stripe disables an endpoint that refuses for days. Its own books tell what was answered; 502 to
  /// 504 come from proxies between. That vital events are kept is W3.
  private func judgeTaken(_ sources: Set<String>, _ at: Int64) {
    for event in books.events() where event.attempts > 0 {
      findings.check(.w5)
      let name = "the event \(event.id) (\(event.type) of \(event.object))"
      if let status = event.refusals.first(where: { !(502...504).contains($0) }) {
        findings.violate(
          .w5, at: at, booking: "", subject: "refused \(event.id)",
          "\(name) was signed well and fresh, and was answered \(status)")
      }
      if event.delivered, !Self.vital.contains(event.type), !sources.contains(event.id) {
        findings.violate(
          .w5, at: at, booking: "", subject: event.id,
          "\(name) was taken and is not in the inbox")
      }
    }
  }

  /// N1 and A6 over all mails that the mail service accepted.
  ///
  /// A mail service has no idempotency: a send that was answered with a 500, or not at all, may
  /// have been accepted and must be sent again. So there may be as many mails of a kind as one and
  /// the trip's ambiguous sends (the deaths of a process with a mail on its way among them).
  func concludeMails(_ at: Int64) {
    var mails: [String: [FakeMail.Message]] = [:]
    for message in books.messages() {
      mails[message.metadata["booking"] ?? "", default: []].append(message)
    }
    for trip in trips {
      let received = mails[trip.id] ?? []
      let kinds = received.map(\.tag)
      findings.check(.n1, exercised: !received.isEmpty)
      for kind in Set(kinds).sorted() {
        let count = kinds.count { $0 == kind }
        if count > 1 + trip.ambiguousMails + deaths.count {
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
      for mail in received { judgeLines(mail, of: trip, at) }
    }
  }

  private func judgeMailedWarnings(
    _ trip: AuditedTrip, _ received: [FakeMail.Message], _ at: Int64
  ) {
    guard trip.state == .confirmed else { return }
    // What was cancelled at the supplier was there when the confirmation was written.
    let failed = trip.activitySlots.filter { trip.live($0) == nil && !trip.isGone($0) }
    let confirmations = received.filter { $0.tag == "confirmation" }
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

  /// Reads a trip's warnings; what cannot be read is D3's finding.
  func warnings(_ text: String) -> [StoredTrip.Warning] {
    (try? decoder.decode([StoredTrip.Warning].self, from: Data(text.utf8))) ?? []
  }

  /// N4: each final state that a trip reached has its mail, sent or refused for good.
  func judgeOutbox(_ trip: AuditedTrip, _ stored: StoredTrip, _ at: Int64) {
    let kinds: [(AuditedState, String)] = [
      (.confirmed, "confirmation"), (.failed, "failure"), (.cancelled, "cancellation"),
    ]
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

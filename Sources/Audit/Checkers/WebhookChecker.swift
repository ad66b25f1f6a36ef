import FakeVendors
import Scenarios

/// W1 to W5: webhooks, and the inbox that takes them and the clients' cancellations.
final class WebhookChecker: Checker {
  let context: AuditContext
  private var inbox: [StoreReader.InboxRow] = []
  private var lastInboxRow: Int64 = 0
  private var cancelAsked: Set<String> = []
  /// Payment intents of whose events some were delivered more than once.
  private(set) var repeatedDeliveries: Set<String> = []

  init(_ context: AuditContext) { self.context = context }

  /// Reads the inbox's new rows.
  func catchUpInbox() {
    let rows = read { try $0.inbox(after: lastInboxRow) } ?? []
    for row in rows {
      lastInboxRow = row.id
      inbox.append(row)
      if row.kind == "cancel" { cancelAsked.insert(row.booking) }
    }
  }

  /// Whether a client has asked for the cancellation of a booking.
  func hasCancel(_ booking: String) -> Bool {
    if !cancelAsked.contains(booking) { catchUpInbox() }
    return cancelAsked.contains(booking)
  }

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
    judgeTaken(sources, history, at)
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

  /// W6: a payment is taken for charged because Stripe answered so, or by an event that tells what its
  /// object has.
  ///
  /// The moment is that of the charge's posting. Before it, after the money was captured, there must be an
  /// answer of Stripe's about the payment, if all events of its success told of other money.
  func judgeBelief(_ history: History) {
    let lies = history.faults.filter {
      ["webhook-other-amount", "webhook-other-currency"].contains($0.kind)
        && $0.detail == "payment_intent.succeeded"
    }
    guard !lies.isEmpty else { return }
    let told = books.events().filter { $0.type == "payment_intent.succeeded" && $0.attempts > 0 }
    for trip in trips {
      // An event may lie of both.
      let lied = Set(lies.filter { $0.bookingID == trip.id }.map(\.atMicroseconds)).count
      guard lied > 0 else { continue }
      let own = Set((trip.intents + trip.foreign).map(\.id))
      // A lie may be about a payment that another program made and that names no trip.
      let events = told.count { event in
        own.contains(event.object)
          || books.paymentIntent(event.object).map { CallTags($0.baggage).booking } == trip.id
      }
      guard events <= lied else { continue }
      findings.check(.w6)
      guard let captured = trip.intents.compactMap(\.capturedMicroseconds).min(),
        let flows = read({ try $0.flows(of: trip.id) }),
        let posted = flows.first(where: { $0.debit == "stripe" && $0.cause == "book" })
      else { continue }
      let isAnswered = history.calls.contains { call in
        let end = call.sentMicroseconds + call.latencyMicroseconds
        return call.bookingID == trip.id && call.service == "stripe" && call.httpStatus != 0
          && call.operation.hasPrefix("payment_intents.")
          && (virtual(captured)...max(virtual(captured), virtual(posted.at))).contains(end)
      }
      guard !isAnswered else { continue }
      findings.violate(
        .w6, at: virtual(posted.at), booking: trip.id,
        "\(posted.txn) posts \(posted.amount) as charged, and nothing had told of it but an event "
          + "of other money than Stripe has")
    }
  }

  /// W5: what Stripe sent, signed and fresh, was answered 2xx and is kept, whatever its type and shape.
  ///
  /// Stripe disables an endpoint that refuses for days. Its own books tell what was answered; 502 to
  /// 504 come from proxies between, and as many of any other status as the network has answered itself.
  /// That vital events are kept is W3.
  private func judgeTaken(_ sources: Set<String>, _ history: History, _ at: Int64) {
    var foreign: [Int: Int] = [:]
    for call in history.calls where call.operation == "webhook" && call.ownStatus != call.httpStatus
    {
      foreign[call.httpStatus, default: 0] += 1
    }
    for event in books.events() where event.attempts > 0 {
      findings.check(.w5)
      let name = "the event \(event.id) (\(event.type) of \(event.object))"
      let own = event.refusals.first { status in
        if (502...504).contains(status) { return false }
        foreign[status, default: 0] -= 1
        return foreign[status, default: 0] < 0
      }
      if let status = own {
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
}

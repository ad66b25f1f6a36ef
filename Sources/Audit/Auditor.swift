import FakeVendors
import FoundationEssentials
package import GRDB
import HTTPService
import Scenarios

/// Judges one world while it runs and when it is quiet.
///
/// Recomputes money and inventory from the fakes' ledgers and the offers, never from the
/// orchestrator's arithmetic. All calls come on the simulator's thread. While the world runs every
/// check is incremental: it looks at the one thing that changed. Under ambiguity bounds are asserted;
/// exact values only in ``conclude(_:at:)``, and only of trips that are settled.
///
/// Each family of invariants is an extension in a file of its own; the reasoning why a check cannot
/// cry wolf stands at the check.
package final class Auditor: HistoryObserver, @unchecked Sendable {
  // Unchecked: confined to the simulator's thread, like everything that belongs to one world.

  let books: VendorLedgers
  let store: StoreReader
  let epoch: Int64
  let offers: @Sendable (Int) -> OfferedTrip
  let client: @Sendable (String) -> Int?
  let decoder = JSONDecoder()

  var findings = Findings()
  var trips: [AuditedTrip] = []
  private var indices: [String: Int] = [:]
  /// Trips before this one are in a final state.
  private var firstOpen = 0
  var lastEvent: Int64 = 0
  var lastLedgerRow: Int64 = 0
  var lastInboxRow: Int64 = 0
  var inbox: [StoreReader.InboxRow] = []
  var cancelAsked: Set<String> = []
  private var refusalsRead = [Int](repeating: 0, count: VendorLedgers.vendors.count)
  var clientOwner: [Int: String] = [:]
  /// Refunds pending and payments processing at Stripe, whose end is still to come.
  var unsettled: Set<String> = []
  var quietSince: Int64?
  var deaths: [Int64] = []
  var reservationChanges = 0
  /// Payment intents of whose events some were delivered more than once.
  var repeatedDeliveries: Set<String> = []
  /// Trips to be claimed after a start, by deadline.
  var claims: [Claim] = []
  var claimsDone = 0
  /// Steps whose success was told in a bent answer, in order of the answers.
  var understood: [Understood] = []
  var seenMarks: [String: Int] = [:]
  var attention: [AttentionRow] = []
  var expected: [String: Int64] = [:]
  var warningCounts: [String: Int] = [:]
  /// What each trip's traveller was warned of, as reports show it.
  var warned: [String: String] = [:]

  /// Creates an auditor of a world.
  package convenience init(_ sources: AuditSources) {
    self.init(
      books: VendorLedgers(sources), database: sources.database, offers: sources.offers,
      client: sources.client, epochMicroseconds: sources.epochMicroseconds)
  }

  /// Creates an auditor over any books.
  package init(
    books: VendorLedgers, database: DatabaseQueue, offers: @escaping @Sendable (Int) -> OfferedTrip,
    client: @escaping @Sendable (_ bookingID: String) -> Int?, epochMicroseconds: Int64
  ) {
    self.books = books
    self.store = StoreReader(database: database)
    self.offers = offers
    self.client = client
    self.epoch = epochMicroseconds
  }

  // MARK: While it runs. `at` is virtual time in microseconds since the world began.

  package func observe(_ event: HistoryEvent, at: Int64) {
    switch event {
    case .ledgerChanged(let change): ledgerChanged(change, at: at)
    case .committed: committed(at: at)
    case .sent(let call, let record): sent(call, record: record, at: at)
    case .delivered(_, let record, let copy): delivered(record, copy: copy, at: at)
    case .ended(let record, let wait): ended(record, retryAfterSeconds: wait, at: at)
    case .told(let record): judgeTold(record)
    case .crashed(let record): noteDeath(record)
    case .started(let incarnation): started(incarnation: incarnation, at: at)
    case .quietBegan: quietSince = at
    }
  }

  /// A fake's ledger changed.
  private func ledgerChanged(_ change: LedgerChange, at: Int64) {
    switch change {
    case .paymentIntent(let id): paymentIntentChanged(id, at)
    case .refund(let id): refundChanged(id, at)
    case .dispute(let id): disputeChanged(id, at)
    case .reservation(let vendor, let reference): reservationChanged(vendor, reference, at)
    case .webhook, .message: break
    }
  }

  /// The orchestrator committed a transaction.
  private func committed(at: Int64) {
    catchUp(at)
    if claimsDone < claims.count { judgeClaims(at) }
    if !understood.isEmpty { judgeUnderstood(at) }
  }

  /// The orchestrator sends a request to a vendor (before the network touches it).
  private func sent(_ call: HTTPCall, record: CallRecord, at: Int64) {
    guard Self.isMutating(record) else { return }
    if !understood.isEmpty { judgeAgain(record, at) }
    judgeSend(call, record, at)
  }

  /// A request (or a copy of it) reaches a vendor.
  private func delivered(_ record: CallRecord, copy: Int, at: Int64) {
    guard copy > 0, let trip = trip(record.bookingID, at) else { return }
    if record.service == "mail" { trip.ambiguousMails += 1 }
    guard Self.isMutating(record) else { return }
    trip.trails[trip.trail(record.slot, record.direction, record.generation)].copies += 1
  }

  /// A vendor call ended for the orchestrator, with its status (0: no answer) and `Retry-After`.
  private func ended(_ record: CallRecord, retryAfterSeconds: Int?, at: Int64) {
    judgeEnd(record, retryAfterSeconds, at)
    noteDisputedRefusal(record)
  }

  /// An orchestrator process started.
  private func started(incarnation: Int, at: Int64) {
    guard incarnation > 1 || !deaths.isEmpty else { return }
    expectClaims(at)
  }

  // MARK: At the end.

  /// The booking that keeps the world from being finished, in a sentence, or nil: every accepted
  /// booking terminal or parked, nothing owed, nothing due, outbox empty.
  package func unfinished() -> String? {
    while firstOpen < trips.count, trips[firstOpen].state.isTerminal { firstOpen += 1 }
    if firstOpen < trips.count {
      let trip = trips[firstOpen]
      return "\(trip.id) is \(trip.state.rawValue) since \(seconds(trip.since)) s"
    }
    if let object = unsettled.min() { return unsettledText(object) }
    return read { try $0.somethingDue(epoch: epoch) ?? $0.openStep() } ?? nil
  }

  /// Judges everything that can be judged only now, over the whole history.
  package func conclude(_ history: History, at: Int64) {
    catchUp(at)
    catchUpInbox()
    catchUpLedger(at)
    catchUpRefusals()
    judgeClaims(at)
    judgeUnderstood(.max)
    noteRepeatedDeliveries()
    for trip in trips { concludeTrip(trip, at) }
    concludeStore(at)
    concludeCapacities(at)
    concludeWebhooks(history, at)
    concludeMails(at)
    concludeClients(history, at)
    concludePeople(history, at)
    concludeLastLooks(history)
    concludeIdle(at)
  }

  /// Results of all invariants, in the order of the catalogue.
  package var results: [InvariantResult] { findings.results }

  /// All violations, in order of time (bounded per invariant; the count in results is exact).
  package var violations: [Violation] { findings.violations }

  /// All parked items, in order of time.
  package func attentionRows() -> [AttentionRow] { attention }

  /// Sometimes-marks that the auditor itself has seen (name → how often).
  package var marks: [String: Int] { seenMarks }
}

// MARK: - Reading along

extension Auditor {
  /// Reads from the store; a failure is a violation, not a crash.
  func read<T>(_ body: (StoreReader) throws -> T) -> T? {
    do { return try body(store) } catch {
      findings.violate(
        .d3, at: lastSeen, booking: "", subject: "unreadable",
        "the orchestrator's database cannot be read: \(error)")
      return nil
    }
  }

  private var lastSeen: Int64 { trips.last?.createdAt ?? 0 }

  /// Turns Unix microseconds into virtual ones.
  func virtual(_ unix: Int64) -> Int64 { unix - epoch }

  /// Returns the file of a booking; nil when the orchestrator has no such booking.
  func trip(_ booking: String, _ at: Int64) -> AuditedTrip? {
    if let index = indices[booking] { return trips[index] }
    if booking.isEmpty { return nil }
    catchUp(at)
    return indices[booking].map { trips[$0] }
  }

  /// Returns the file of a booking that is known already.
  func known(_ booking: String) -> AuditedTrip? { indices[booking].map { trips[$0] } }

  /// Opens the file of a booking seen for the first time.
  func open(_ booking: String, at: Int64) -> AuditedTrip {
    if let index = indices[booking] { return trips[index] }
    let head = read { try $0.head(booking) } ?? nil
    let number = client(booking)
    let file = AuditedTrip(
      id: booking, index: trips.count, client: number, offer: number.map(offers),
      customer: head?.customer ?? "", clientKey: head?.clientKey ?? "",
      createdAt: head.map { virtual($0.created) } ?? at,
      deadline: head.map { virtual($0.deadline) } ?? .max)
    indices[booking] = file.index
    trips.append(file)
    noteOwner(file, at)
    return file
  }

  /// Says that a trip left a final state.
  func reopened(_ trip: AuditedTrip) { firstOpen = min(firstOpen, trip.index) }

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

  /// Reads the vendors' new refusals.
  func catchUpRefusals() {
    for (index, vendor) in VendorLedgers.vendors.enumerated() {
      let new = books.refusals(vendor, refusalsRead[index])
      refusalsRead[index] += new.count
      for refusal in new {
        let baggage = CallTags(refusal.baggage)
        let trip = known(baggage.booking)
        if refusal.isMistake {
          trip?.mistaken.append((baggage.slot, refusal.operation))
        } else {
          trip?.refused.append((baggage.slot, refusal.operation))
        }
      }
    }
  }

  /// Counts a sometimes-mark.
  func mark(_ name: String) { seenMarks[name, default: 0] += 1 }

  private func unsettledText(_ object: String) -> String {
    if let refund = books.refund(object) {
      return "the refund \(object) of \(refund.metadata["booking"] ?? "nobody") is still pending"
    }
    let booking = books.paymentIntent(object)?.metadata["booking"] ?? "nobody"
    return "the payment \(object) of \(booking) is still processing"
  }

  /// Whether a call changes something at a vendor. The world's names of operations.
  package static func isMutating(_ record: CallRecord) -> Bool {
    switch record.service {
    case "stripe":
      switch record.operation {
      case "payment_intents.create", "payment_intents.confirm", "payment_intents.cancel",
        "payment_intents.capture", "refunds.create":
        true
      default: false
      }
    case "flight", "hotel": record.operation == "create" || record.operation == "cancel"
    case "activity": record.operation == "book" || record.operation == "cancel"
    default: false
    }
  }
}

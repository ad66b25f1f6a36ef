import BookingOrchestrator
import GRDB
import HTTPService
import HTTPTypes
import Synchronization

@testable import Audit
@testable import FakeVendors
@testable import Worlds

/// A database, books and a clock, all written by hand, with an auditor over them.
///
/// The rig can tell clean stories (``book(_:activities:)``, ``confirm(_:)``, ``rollBack(_:)``,
/// ``cancel(_:)``), and every single lie that a test wants the auditor to find.
final class AuditRig {
  static let epoch: Int64 = 1_790_000_000_000_000

  /// What the vendors know.
  struct Truth: Sendable {
    var intents: [StripeLedger.PaymentIntent] = []
    var refunds: [StripeLedger.Refund] = []
    var disputes: [StripeLedger.Dispute] = []
    var reservations: [Reservation] = []
    var capacities: [Capacity] = []
    var refusals: [VendorRefusal] = []
    var events: [StripeLedger.Event] = []
    var messages: [FakeMail.Message] = []
  }

  final class Shelf: Sendable {
    let truth = Mutex(Truth())
  }

  let shelf = Shelf()
  let database: DatabaseQueue
  let auditor: Auditor
  let offer: OfferedTrip
  var history = History()
  /// Virtual microseconds; every act takes a second.
  var now: Int64 = 1_000_000
  /// What becomes of a mail's row before it is written.
  var bend: (String) -> String = { $0 }
  /// Reservations that stand and of which no mail tells: a change has replaced them.
  var replaced: [String] = []
  /// Sendings of events so far.
  var calls = 0
  private var versions: [String: Int] = [:]
  private var hashes: [String: String] = [:]
  private var states: [String: String] = [:]

  init(
    activities: Int = 1, gone: [String] = [], expiresAt: Int64? = nil, flaw: RequestFlaw? = nil,
    hook: String? = nil, changing: (inout OfferedTrip) -> Void = { _ in },
    into: (inout OfferedTrip) -> Void = { $0.hotel.item = "room-2" },
    again: (inout OfferedTrip) -> Void = { $0.hotel.item = "room-3" }
  ) throws {
    database = try DatabaseQueue()
    try Orchestrator.migrate(database)
    var made = Self.makeOffer(activities, gone, expiresAt)
    made.flaw = flaw
    changing(&made)
    let offer = made
    self.offer = offer
    into(&made)
    let changed = made
    again(&made)
    let changedAgain = made
    let shelf = shelf
    auditor = Auditor(
      books: VendorLedgers(
        paymentIntents: { shelf.truth.withLock { $0.intents } },
        paymentIntent: { id in shelf.truth.withLock { $0.intents.first { $0.id == id } } },
        refund: { id in shelf.truth.withLock { $0.refunds.first { $0.id == id } } },
        dispute: { id in shelf.truth.withLock { $0.disputes.first { $0.id == id } } },
        events: { shelf.truth.withLock { $0.events } },
        reservation: { vendor, reference in
          shelf.truth.withLock { truth in
            truth.reservations.first { $0.vendor == vendor && $0.reference == reference }
          }
        },
        capacities: { shelf.truth.withLock { $0.capacities } },
        refusals: { vendor, from in
          vendor == "viator" ? shelf.truth.withLock { Array($0.refusals.dropFirst(from)) } : []
        },
        messages: { shelf.truth.withLock { $0.messages } }),
      database: database, offers: { _ in offer },
      changes: { $1 == "opt-md_0-2" ? changedAgain : changed }, hooks: { _ in hook },
      client: { id in
        id.hasPrefix("bk_") || id.hasPrefix("md_") ? Int(id.dropFirst(3).prefix { $0 != "-" }) : nil
      },
      epochMicroseconds: Self.epoch)
    try sql(
      """
      INSERT INTO trip_option (id, currency, total_minor, snapshot, created_us)
      VALUES ('opt', 'USD', 70000, '{}', 0)
      """)
  }

  private static func makeOffer(_ activities: Int, _ gone: [String], _ expiresAt: Int64?)
    -> OfferedTrip
  {
    var offer = OfferedTrip(
      flight: .init(
        FakeAmadeus.Offer(
          id: "offer-1", flight: "f", currency: "USD", totalMinor: 40_000, seats: 2,
          expiresMicroseconds: expiresAt.map { epoch + $0 } ?? .max)),
      hotel: .init(
        FakeBookingCom.Product(
          id: "room-1", accommodation: 7, stock: "h", currency: "USD", totalMinor: 30_000),
        checkin: "2027-01-01", checkout: "2027-01-05", adults: 2),
      activities: (0..<activities).map { number in
        .init(
          FakeViator.Product(
            code: "act-\(number + 1)", stock: "a\(number + 1)", currency: "USD", totalMinor: 5_000),
          date: "2027-01-02", travelers: 2)
      })
    offer.contact = .init(email: "a@example.com", firstName: "A", lastName: "B")
    offer.party = [
      .init(firstName: "Jürgen", lastName: "Müller"),
      .init(firstName: "Anne-Marie", lastName: "O'Brien"),
    ]
    offer.gone = gone
    return offer
  }

  func sql(_ text: String, _ arguments: StatementArguments = []) throws {
    try database.write { db in try db.execute(sql: text, arguments: arguments) }
  }

  var violated: [String] { auditor.results.filter { $0.violations > 0 }.map(\.id) }

  func result(_ invariant: Invariant) -> InvariantResult { auditor.results[invariant.rawValue] }

  func tick(_ microseconds: Int64 = 1_000_000) { now += microseconds }
}

// MARK: - The orchestrator's rows

extension AuditRig {
  /// A client's request is accepted.
  func accept(_ id: String = "bk_0", deadline: Int64 = 3_600_000_000) throws {
    try sql(
      """
      INSERT INTO trip_booking (id, customer_id, client_key, body_hash, trip_option_id,
        state, saga, currency, total_minor, lease_owner, lease_epoch, version, deadline_us,
        created_us, updated_us)
      VALUES (?, 'cust', 'key-' || ?, 'h', 'opt', 'PENDING', '{}', 'USD', 70000, 'own', 1,
        0, ?, ?, ?)
      """, [id, id, Self.epoch + deadline, Self.epoch + now, Self.epoch + now])
    try write(id, "PENDING")
  }

  /// Writes a trip's row and its event, as one commit.
  func write(
    _ id: String, _ state: String, attention: Bool = false, rowState: String? = nil,
    version given: Int? = nil, hash givenHash: String? = nil, kind: String = "test"
  ) throws {
    tick()
    let version = given ?? (versions[id] ?? 0) + 1
    versions[id] = version
    states[id] = state
    let link = StoreReader.ChainLink(
      version: version, kind: kind, state: state, needsAttention: attention, detail: "{}",
      hash: "", at: Self.epoch + now)
    let hash = givenHash ?? DurabilityChecker.chainHash(after: hashes[id] ?? "", link)
    hashes[id] = hash
    try sql(
      "UPDATE trip_booking SET state = ?, version = ?, needs_attention = ? WHERE id = ?",
      [rowState ?? state, version, attention, id])
    try sql(
      """
      INSERT INTO event (booking_id, version, kind, state, needs_attention, detail, hash, at_us)
      VALUES (?, ?, ?, ?, ?, '{}', ?, ?)
      """, [id, version, kind, state, attention, hash, Self.epoch + now])
    let kinds =
      id.hasPrefix("md_")
      ? ["CONFIRMED": "changed", "FAILED": "unchanged"]
      : ["CONFIRMED": "confirmation", "FAILED": "failure", "CANCELLED": "cancellation"]
    if let kind = kinds[state] {
      try sql(
        """
        INSERT OR IGNORE INTO outbox (booking_id, kind, version, payload, status, next_us)
        VALUES (?, ?, ?, ?, 'sent', 0)
        """, [id, kind, version, bend(payload(of: kind, id, isParked: attention))])
    }
    auditor.observe(.committed, at: now)
  }

  /// Inserts or overwrites a step.
  func step(
    _ id: String, _ slot: String, _ direction: String = "do", generation: Int = 1,
    attempt: Int = 1, cause: String = "book", status: String = "INTENT", reference: String? = nil,
    hash: String? = nil
  ) throws {
    let key = "\(id):\(slot):\(direction):\(generation)"
    try sql(
      """
      INSERT INTO saga_step (booking_id, slot, direction, generation, attempt, idempotency_key,
        payload_hash, cause, status, reference, first_sent_us, last_sent_us,
        created_us, updated_us)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (booking_id, slot, direction, generation) DO UPDATE SET
        attempt = excluded.attempt, status = excluded.status, updated_us = excluded.updated_us,
        reference = coalesce(excluded.reference, reference)
      """,
      [
        id, slot, direction, generation, attempt, key, hash ?? "", cause, status, reference,
        Self.epoch + now, Self.epoch + now, Self.epoch + now, Self.epoch + now,
      ])
    auditor.observe(.committed, at: now)
  }

  func warn(
    _ id: String, _ slot: String, _ message: String = "it is gone", code: String = "activity-failed"
  ) throws {
    try sql(
      "UPDATE trip_booking SET warnings = ? WHERE id = ?",
      ["[{\"code\":\"\(code)\",\"message\":\"\(message)\",\"slot\":\"\(slot)\"}]", id])
  }

  func park(_ id: String, _ slot: String, _ reason: String, _ reference: String? = nil) throws {
    try sql(
      """
      INSERT INTO attention_item (booking_id, slot, reason, reference, known, advice, created_us)
      VALUES (?, ?, ?, ?, 'known', 'advice', ?)
      """, [id, slot, reason, reference, Self.epoch + now])
    if let state = states[id], ["CONFIRMED", "FAILED", "CANCELLED"].contains(state) {
      try write(id, state, attention: true)
    }
  }

  func payment(_ id: String, _ status: String, amount: Int64, refunded: Int64 = 0) throws {
    try sql(
      """
      INSERT INTO payment (id, tripBookingId, tripOptionId, paymentIntentId, amount, currency,
        status, refundAmount, paymentMethodId, createdAt, updatedAt)
      VALUES ('pay_' || ?, ?, 'opt', 'pi_' || ? || '_1', ?, 'USD', ?, ?, 'pm', 0, 0)
      ON CONFLICT (id) DO UPDATE SET status = excluded.status, refundAmount = excluded.refundAmount
      """, [id, id, id, amount, status, refunded])
  }

  func post(
    _ id: String, _ txn: String, debit: String, credit: String, _ amount: Int64,
    cause: String = "test", currency: String = "USD"
  ) throws {
    for (account, debited, credited) in [(debit, amount, 0), (credit, 0, amount)] {
      try sql(
        """
        INSERT INTO ledger_entry (booking_id, txn, account, debit_minor, credit_minor, currency,
          cause, at_us) VALUES (?, ?, ?, ?, ?, ?, ?, 0)
        """, [id, txn, account, debited, credited, currency, cause])
    }
  }

  /// Takes a transaction out of the ledger.
  func unpost(_ txn: String) throws {
    try sql("DELETE FROM ledger_entry WHERE txn = ?", [txn])
  }

  func askCancel(_ id: String) throws {
    try sql(
      """
      INSERT INTO inbox (source, kind, booking_id, payload, received_us, applied_us)
      VALUES ('cancel:' || ? || ':1', 'cancel', ?, '{}', ?, ?)
      """, [id, id, Self.epoch + now, Self.epoch + now])
  }
}

// MARK: - The wire

extension AuditRig {
  /// The request of a step.
  func call(_ id: String, _ slot: String, _ direction: String, key: String, target: String = "")
    -> (HTTPCall, service: String, operation: String)
  {
    var method = HTTPRequest.Method.post
    var path = "/"
    var body = "{\"slot\":\"\(slot)\"}"
    let service: String
    let operation: String
    switch slot {
    case "flight":
      service = "flight"
      operation = direction == "do" ? "create" : "cancel"
      path = "/v1/booking/flight-orders"
      if direction == "undo" {
        method = .delete
        path += "/" + target
      }
    case "hotel":
      service = "hotel"
      operation = direction == "do" ? "create" : "cancel"
      path = "/3.2/orders/\(operation)"
      if direction == "undo" { body = "{\"order\":\"\(target)\"}" }
    case _ where slot.hasPrefix("activity"):
      service = "activity"
      operation = direction == "do" ? "book" : "cancel"
      path = direction == "do" ? "/bookings/book" : "/bookings/\(target)/cancel"
    default:
      service = "stripe"
      operation =
        switch (slot, direction) {
        case ("intent", "do"): "payment_intents.create"
        case ("intent", _): "payment_intents.cancel"
        case ("charge", "do"): "payment_intents.confirm"
        case ("capture", _): "payment_intents.capture"
        default: "refunds.create"
        }
      path = "/v1/\(operation)"
    }
    var request = HTTPRequest(method: method, scheme: "http", authority: "x.test", path: path)
    if service == "stripe", let name = HTTPField.Name("Idempotency-Key") {
      request.headerFields[name] = key
    }
    return (HTTPCall(request, body: Array(body.utf8)), service, operation)
  }

  func record(
    _ id: String, _ slot: String, _ direction: String, _ generation: Int, _ attempt: Int,
    epoch: Int64, service: String, operation: String, key: String
  ) -> CallRecord {
    CallRecord(
      sequence: 0, sentMicroseconds: now, node: "orchestrator-1", service: service,
      operation: operation, bookingID: id, slot: slot, direction: direction,
      generation: generation, attempt: attempt, epoch: epoch, idempotencyKey: key,
      outcome: "unknown", httpStatus: 0, latencyMicroseconds: 0, fault: "")
  }

  /// How a request differs from what is written down.
  enum Tamper { case none, body, headers }

  /// Writes a step down, sends it, lets it take effect, and notes its end; 0 is no answer.
  func perform(
    _ id: String, _ slot: String, _ direction: String = "do", generation: Int = 1,
    attempt: Int = 1, cause: String = "book", target: String = "", answer: Int = 200,
    fault: String = "", epoch: Int64 = 1, writes: Bool = true, ends: Bool = true,
    finally: String? = "DONE", reference: String? = nil, retryAfter: Int? = nil,
    tamper: Tamper = .none, effect: () -> Void = {}
  ) throws {
    tick()
    let key = "\(id):\(slot):\(direction):\(generation)"
    var (call, service, operation) = call(id, slot, direction, key: key, target: target)
    let hash = String(decoding: call.payloadHash, as: UTF8.self)
    if writes {
      try step(
        id, slot, direction, generation: generation, attempt: attempt, cause: cause, hash: hash)
    }
    switch tamper {
    case .none: break
    case .body: call.body.append(32)
    case .headers: call.request.headerFields = [:]
    }
    var record = record(
      id, slot, direction, generation, attempt, epoch: epoch, service: service,
      operation: operation, key: service == "stripe" ? key : "")
    auditor.observe(.sent(call, record), at: now)
    auditor.observe(.delivered(call, record, copy: 0), at: now)
    effect()
    guard ends else { return }
    tick(100_000)
    record.httpStatus = answer
    record.outcome = answer == 0 ? "unknown" : (200..<300).contains(answer) ? "ok" : "fail"
    // Without an answer something has swallowed it.
    record.fault = answer == 0 && fault.isEmpty ? "response-lost" : fault
    auditor.observe(.ended(record, retryAfterSeconds: retryAfter), at: now)
    if writes, let finally {
      try step(
        id, slot, direction, generation: generation, attempt: attempt, cause: cause,
        status: finally, reference: reference)
    }
  }

  func baggage(_ id: String, _ slot: String, _ direction: String, _ generation: Int, _ attempt: Int)
    -> String
  {
    "booking=\(id),slot=\(slot),direction=\(direction),generation=\(generation),"
      + "attempt=\(attempt),epoch=1"
  }
}

// MARK: - The vendors' truth

extension AuditRig {
  func makeIntent(
    _ id: String = "bk_0", generation: Int = 1, amount: Int64 = 75_000, currency: String = "usd",
    name: String? = nil
  ) {
    let pi = name ?? "pi_\(id)_\(generation)"
    shelf.truth.withLock {
      $0.intents.append(
        StripeLedger.PaymentIntent(
          id: pi, baggage: baggage(id, "intent", "do", generation, 1),
          idempotencyKey: "\(id):intent:do:\(generation)", status: "requires_confirmation",
          currency: currency, amountMinor: amount, capturableMinor: 0, capturedMinor: 0,
          metadata: ["booking": id, "generation": "\(generation)"],
          createdMicroseconds: Self.epoch + now))
    }
    auditor.observe(.ledgerChanged(.paymentIntent(id: pi)), at: now)
  }

  func capture(_ pi: String = "pi_bk_0_1") {
    changeIntent(pi) {
      $0.status = "succeeded"
      $0.capturedMinor = $0.amountMinor
      $0.capturedMicroseconds = Self.epoch + now
      $0.latestCharge = pi
    }
  }

  func changeIntent(_ pi: String, _ change: (inout StripeLedger.PaymentIntent) -> Void) {
    shelf.truth.withLock { truth in
      guard let index = truth.intents.firstIndex(where: { $0.id == pi }) else { return }
      change(&truth.intents[index])
    }
    auditor.observe(.ledgerChanged(.paymentIntent(id: pi)), at: now)
  }

  func refund(
    of id: String = "bk_0", slot: String = "charge", cause: String = "rollback", _ amount: Int64,
    generation: Int = 1, status: String = "succeeded", currency: String = "usd",
    intent: String? = nil, name: String? = nil
  ) {
    let re = name ?? "re_\(id)_\(slot)_\(generation)"
    shelf.truth.withLock { truth in
      truth.refunds.removeAll { $0.id == re }
      truth.refunds.append(
        StripeLedger.Refund(
          id: re, paymentIntent: intent ?? "pi_\(id)_1",
          baggage: baggage(id, slot, "undo", generation, 1),
          idempotencyKey: "\(id):\(slot):undo:\(generation)", status: status, currency: currency,
          amountMinor: amount,
          metadata: ["booking": id, "cause": cause, "generation": "\(generation)"],
          createdMicroseconds: Self.epoch + now, updatedMicroseconds: Self.epoch + now))
    }
    auditor.observe(.ledgerChanged(.refund(id: re)), at: now)
  }

  /// A bank disputes a payment, or decides.
  func dispute(_ status: String, _ amount: Int64, of pi: String = "pi_bk_0_1") {
    shelf.truth.withLock { truth in
      let opened = truth.disputes.first?.openedMicroseconds ?? Self.epoch + now
      truth.disputes = [
        StripeLedger.Dispute(
          id: "du_1", paymentIntent: pi, status: status, currency: "usd", amountMinor: amount,
          openedMicroseconds: opened, closedMicroseconds: status == "needs_response" ? nil : opened)
      ]
    }
    auditor.observe(.ledgerChanged(.dispute(id: "du_1")), at: now)
  }

  static func vendor(_ slot: String) -> String {
    slot == "flight" ? "amadeus" : slot == "hotel" ? "bookingcom" : "viator"
  }

  func reserve(
    _ id: String = "bk_0", slot: String, generation: Int = 1, attempt: Int = 1,
    status: Reservation.Status = .confirmed, item: String? = nil, price: Int64? = nil,
    attributes: [String] = [], name: String? = nil, clientReference: String? = nil,
    people: [String]? = nil
  ) {
    let reference = name ?? "\(slot)-of-\(id)-\(generation)"
    let items = ["flight": "offer-1", "hotel": "room-1"]
    let prices: [String: Int64] = ["flight": 40_000, "hotel": 30_000]
    let label = slot == "flight" ? "" : "\(id):\(slot):\(generation)"
    let people =
      people
      ?? [
        "flight": ["JUERGEN MUELLER", "ANNE-MARIE OBRIEN"],
        "hotel": ["Jürgen Müller", "Anne-Marie O'Brien"],
      ][slot] ?? ["A B"]
    shelf.truth.withLock {
      $0.reservations.append(
        Reservation(
          vendor: Self.vendor(slot), reference: reference,
          clientReference: clientReference ?? label,
          baggage: baggage(id, slot, "do", generation, attempt),
          item: item ?? items[slot] ?? "act-\(slot.dropFirst(9))", attributes: attributes,
          status: status, currency: "USD", priceMinor: price ?? prices[slot] ?? 5_000,
          createdMicroseconds: Self.epoch + now, people: people))
    }
    auditor.observe(
      .ledgerChanged(.reservation(vendor: Self.vendor(slot), reference: reference)), at: now)
  }

  /// Changes the vendor's books behind the story's back.
  func change(_ reference: String, _ change: (inout Reservation) -> Void) {
    let vendor = shelf.truth.withLock { truth -> String? in
      guard let index = truth.reservations.firstIndex(where: { $0.reference == reference })
      else { return nil }
      change(&truth.reservations[index])
      return truth.reservations[index].vendor
    }
    guard let vendor else { return }
    auditor.observe(.ledgerChanged(.reservation(vendor: vendor, reference: reference)), at: now)
  }

  func release(
    _ id: String = "bk_0", slot: String, generation: Int = 1, by: String = "caller",
    penalty: Int64 = 0, baggage given: String? = nil
  ) {
    let reference = "\(slot)-of-\(id)-\(generation)"
    shelf.truth.withLock { truth in
      guard let index = truth.reservations.firstIndex(where: { $0.reference == reference })
      else { return }
      truth.reservations[index].status = .cancelled
      truth.reservations[index].cancelledBy = by
      truth.reservations[index].penaltyMinor = penalty
      truth.reservations[index].cancelledMicroseconds = Self.epoch + now
      truth.reservations[index].cancelBaggage =
        by == "caller" ? given ?? baggage(id, slot, "undo", 1, 1) : nil
    }
    auditor.observe(
      .ledgerChanged(.reservation(vendor: Self.vendor(slot), reference: reference)), at: now)
  }
}

// MARK: - Clean stories

extension AuditRig {
  /// Accepts, validates, charges and books; the activities given are booked, the others rejected.
  func book(_ id: String = "bk_0", activities: [Int] = [1]) throws {
    try charge(id)
    try perform(id, "flight", answer: 201, reference: "flight-of-\(id)-1") {
      reserve(id, slot: "flight")
    }
    try perform(id, "hotel", reference: "hotel-of-\(id)-1") { reserve(id, slot: "hotel") }
    for number in offer.activities.indices.map({ $0 + 1 }) {
      let slot = "activity-\(number)"
      if activities.contains(number) {
        try perform(id, slot, reference: "\(slot)-of-\(id)-1") { reserve(id, slot: slot) }
      } else {
        try perform(id, slot, finally: "REJECTED") { reserve(id, slot: slot, status: .rejected) }
      }
    }
  }

  /// Accepts, validates and charges.
  func charge(_ id: String = "bk_0") throws {
    try accept(id)
    try write(id, "VALIDATING")
    try write(id, "PROCESSING")
    let total = offer.total
    try perform(id, "intent", reference: "pi_\(id)_1") { makeIntent(id, amount: total) }
    try payment(id, "PENDING", amount: total)
    try perform(id, "charge", reference: "pi_\(id)_1") { capture("pi_\(id)_1") }
    try payment(id, "SUCCEEDED", amount: total)
    try post(id, "\(id) charge", debit: "stripe", credit: "customer", total)
  }

  /// Confirms; activities that are not booked are warned of and refunded.
  func confirm(_ id: String = "bk_0") throws {
    let total = offer.total
    for number in offer.activities.indices.map({ $0 + 1 }) {
      let slot = "activity-\(number)"
      let isBooked = shelf.truth.withLock { truth in
        truth.reservations.contains { $0.reference == "\(slot)-of-\(id)-1" && $0.status.isLive }
      }
      guard !isBooked else { continue }
      try warn(id, slot)
      let re = "re_\(id)_refund-\(slot)_1"
      try perform(id, "refund-\(slot)", "undo", cause: slot, reference: re) {
        refund(of: id, slot: "refund-\(slot)", cause: slot, 5_000)
      }
      try payment(id, "PARTIALLY_REFUNDED", amount: total, refunded: 5_000)
      try post(id, "\(id):refund:\(re)", debit: "customer", credit: "stripe", 5_000)
    }
    try write(id, "CONFIRMED")
  }

  /// Cancels what is booked in reverse, refunds all but `penalty`, and ends.
  func undo(_ id: String, cause: String, penalty: Int64 = 0, slots: [String]) throws {
    for slot in slots {
      let reference = "\(slot)-of-\(id)-1"
      try perform(id, slot, "undo", cause: cause, target: reference) {
        release(id, slot: slot, penalty: slot == "hotel" ? penalty : 0)
      }
    }
    let total = offer.total
    let kept = cause == "cancel" ? penalty : 0
    try perform(id, "charge", "undo", cause: cause, reference: "re_\(id)_charge_1") {
      refund(of: id, cause: cause, total - kept)
    }
    try payment(
      id, kept == 0 ? "REFUNDED" : "PARTIALLY_REFUNDED", amount: total, refunded: total - kept)
    try post(
      id, "\(id):refund:re_\(id)_charge_1", debit: "customer", credit: "stripe", total - kept)
    if penalty > 0 {
      try post(
        id, "\(id):penalty:hotel", debit: kept > 0 ? "customer" : "penalty", credit: "vendors",
        penalty)
    }
  }

  /// The hotel is refused: the flight is undone, the money refunded, the trip fails.
  func rollBack(_ id: String = "bk_0") throws {
    try charge(id)
    try perform(id, "flight", answer: 201, reference: "flight-of-\(id)-1") {
      reserve(id, slot: "flight")
    }
    refuse("hotel", "create", of: id)
    try perform(id, "hotel", answer: 409, finally: "REJECTED")
    try undo(id, cause: "rollback", slots: ["flight"])
    try write(id, "FAILED")
  }

  /// A confirmed trip is cancelled by its customer.
  func cancel(_ id: String = "bk_0", penalty: Int64 = 0) throws {
    try book(id)
    try confirm(id)
    tick()
    try askCancel(id)
    try write(id, "CANCELLING")
    try undo(id, cause: "cancel", penalty: penalty, slots: ["activity-1", "hotel", "flight"])
    try write(id, "CANCELLED")
  }

  /// A confirmed trip is cancelled, and the supplier of its activity, having quoted a penalty of 2,500,
  /// refuses for ever to cancel it.
  func cancelARefusedActivity(refund: Int64, penalty: Int64) throws {
    try book()
    try confirm()
    tick()
    try askCancel("bk_0")
    try write("bk_0", "CANCELLING")
    change("activity-1-of-bk_0-1") { $0.quotedPenaltyMinor = 2_500 }
    for generation in 1...10 {
      try perform(
        "bk_0", "activity-1", "undo", generation: generation, cause: "cancel",
        target: "activity-1-of-bk_0-1", fault: generation == 1 ? "never-cancellable" : "",
        finally: generation == 10 ? "NEEDS_ATTENTION" : "REJECTED")
    }
    try park("bk_0", "activity-1", "undo-refused", "activity-1-of-bk_0-1")
    for slot in ["hotel", "flight"] {
      try perform("bk_0", slot, "undo", cause: "cancel", target: "\(slot)-of-bk_0-1") {
        release(slot: slot)
      }
    }
    try perform("bk_0", "charge", "undo", cause: "cancel", reference: "re_bk_0_charge_1") {
      self.refund(cause: "cancel", refund)
    }
    try payment(
      "bk_0", refund == 75_000 ? "REFUNDED" : "PARTIALLY_REFUNDED", amount: 75_000,
      refunded: refund)
    try post(
      "bk_0", "bk_0:refund:re_bk_0_charge_1", debit: "customer", credit: "stripe", refund)
    if penalty > 0 {
      try post(
        "bk_0", "bk_0:penalty:activity-1", debit: "customer", credit: "vendors", penalty)
    }
    try write("bk_0", "CANCELLED", attention: true)
  }

  /// The merchant's desk refunds some of the money, past the orchestrator.
  func refundByHand(_ amount: Int64, name: String = "re_desk", status: String = "succeeded") {
    shelf.truth.withLock { truth in
      let known = truth.refunds.first { $0.id == name }
      truth.refunds.removeAll { $0.id == name }
      truth.refunds.append(
        StripeLedger.Refund(
          id: name, paymentIntent: "pi_bk_0_1", baggage: "booking=bk_0,slot=desk",
          idempotencyKey: "", status: status, currency: "usd", amountMinor: amount, metadata: [:],
          createdMicroseconds: known?.createdMicroseconds ?? Self.epoch + now,
          updatedMicroseconds: Self.epoch + now))
    }
    auditor.observe(.ledgerChanged(.refund(id: name)), at: now)
  }

  /// Stripe's list of refunds is asked for and comes, `microseconds` later.
  func listRefunds(taking microseconds: Int64, effect: () -> Void = {}) {
    var record = record(
      "bk_0", "charge", "do", 1, 1, epoch: 1, service: "stripe", operation: "refunds.list", key: "")
    effect()
    tick(microseconds)
    record.httpStatus = 200
    record.outcome = "ok"
    auditor.observe(.ended(record, retryAfterSeconds: nil), at: now)
  }

  func told(
    _ request: ClientRecord.Request = .book, _ state: String, id: String = "bk_0",
    client: Int = 0, result: ClientRecord.Result = .ok, status: Int = 200, trueBody: Bool = true,
    warnings: [String] = [], asked: Int64? = nil, problem: String = "", foreign: String = "",
    pointer: String = "", body: String = ""
  ) {
    var record = ClientRecord(
      client: client, request: request, key: "key-0", trueBody: trueBody,
      askedMicroseconds: asked ?? now, toldMicroseconds: now, result: result, httpStatus: status,
      bookingID: id, state: state, needsAttention: false, warnings: warnings, problem: problem,
      foreignBooking: foreign, pointer: pointer, body: Array(body.utf8))
    if status == 202 {
      record.retryAfter = 2
      record.location = "/booking/\(id)"
    }
    history.clients.append(record)
    auditor.observe(.told(record), at: now)
  }

  /// The last look at a trip, as the orchestrator answers it.
  static func answer(_ state: String, refunded: Int64 = 0, _ parts: String, more: String = "")
    -> String
  {
    """
    {"success":\(state != "FAILED"),"bookingReference":"3N4G5Z4J","state":"\(state)",
    "confirmations":\(parts),"payment":{"paymentIntentId":"pi_bk_0_1","amount":75000,
    "currency":"USD","refunded":\(refunded),"chargedBack":0},"warnings":[],"error":null\(more),
    "needsAttention":false,"amount":75000,"currency":"USD","charged":75000,"refunded":\(refunded),
    "attention":[],"message":"\(words(state, refunded))"}
    """
  }

  private static func words(_ state: String, _ refunded: Int64) -> String {
    let money =
      refunded == 0
      ? "USD 750.00 was charged."
      : refunded == 75_000
        ? "The payment of USD 750.00 was refunded in full."
        : "USD 750.00 was charged and \(ToldMoney.text(refunded, "USD")) of it refunded; the rest "
          + "covers the suppliers' cancellation fees."
    return switch state {
    case "CONFIRMED": "The trip is confirmed."
    case "FAILED": "The trip could not be booked. Nothing is booked. \(money)"
    default: "The trip is cancelled. Nothing is booked. \(money)"
    }
  }

  /// A confirmed trip's answer.
  static let confirmed = answer(
    "CONFIRMED",
    """
    {"flight":{"confirmationCode":"flight-of-bk_0-1","totalPrice":40000,"currency":"USD"},
    "hotel":{"confirmationCode":"hotel-of-bk_0-1","totalPrice":30000,"currency":"USD"},
    "activities":[{"confirmationCode":"activity-1-of-bk_0-1","totalPrice":5000,"currency":"USD"}]}
    """)

  /// The answer about a trip that was cancelled, of whose room 3,000 is kept.
  static let cancelled = answer(
    "CANCELLED", refunded: 72_000, #"{"flight":null,"hotel":null,"activities":[]}"#,
    more: """
      ,"cancellation":{"components":[{"slot":"flight","amount":40000,"penalty":0,"refund":40000},
      {"slot":"hotel","amount":30000,"penalty":3000,"refund":27000},
      {"slot":"activity-1","amount":5000,"penalty":0,"refund":5000}],
      "penalty":3000,"refund":72000}
      """)

  func mail(
    _ id: String = "bk_0", tag: String, text: String = "it is gone", to: String = "a@example.com"
  ) {
    let version = rewrite(id, tag, text: text, to: to)
    shelf.truth.withLock {
      $0.messages.append(
        FakeMail.Message(
          id: "m\($0.messages.count)", to: to, subject: tag, text: text, tag: tag,
          metadata: ["booking": id, "kind": tag, "version": "\(version)"],
          acceptedMicroseconds: Self.epoch + now))
    }
  }

  func refuse(
    _ slot: String, _ operation: String, of id: String = "bk_0", isMistake: Bool = false,
    isOutdated: Bool = false
  ) {
    shelf.truth.withLock {
      $0.refusals.append(
        VendorRefusal(
          baggage: baggage(id, slot, "do", 1, 1), item: "x", operation: operation,
          atMicroseconds: 0, isMistake: isMistake, isOutdated: isOutdated))
    }
  }

  func oversell() {
    shelf.truth.withLock {
      var capacity = Capacity(item: "seat", total: 1)
      capacity.available = -1
      capacity.confirmed = 2
      $0.capacities = [capacity]
    }
  }

  /// The network delivers a flight order's request once more.
  func deliverCopy(_ id: String = "bk_0") {
    let (call, service, operation) = call(id, "flight", "do", key: "")
    let record = record(
      id, "flight", "do", 1, 1, epoch: 1, service: service, operation: operation, key: "")
    auditor.observe(.delivered(call, record, copy: 1), at: now)
  }

  func event(
    _ id: String, _ type: String = "payment_intent.succeeded", attempts: Int = 1,
    refusals: [Int] = [], delivered: Bool = true
  ) {
    shelf.truth.withLock {
      $0.events.append(
        StripeLedger.Event(
          id: id, type: type, object: "pi_bk_0_1", createdMicroseconds: Self.epoch + now,
          attempts: attempts, delivered: delivered, pending: false, refusals: refusals))
    }
  }

  func inbox(_ source: String, applied: Bool = true) throws {
    try sql(
      """
      INSERT INTO inbox (source, kind, booking_id, object, payload, received_us, applied_us)
      VALUES (?, 'webhook', 'bk_0', 'pi_bk_0_1', '{}', ?, ?)
      """, [source, Self.epoch + now, applied ? Self.epoch + now : nil])
  }

  /// Begins the quiet, lets `hours` pass, and concludes.
  ///
  /// What is confirmed is looked after six hours later, unless a test does without.
  func conclude(hours: Int64 = 1, inspecting: Bool = true) {
    auditor.observe(.quietBegan, at: now)
    let inspection = now + 6 * 3_600_000_000
    now += hours * 3_600_000_000
    if inspecting, inspection <= now {
      for trip in auditor.context.trips where trip.state == .confirmed {
        let at = trip.since + 6 * 3_600_000_000
        for (service, operation) in [("flight", "get"), ("hotel", "details")] {
          var look = record(
            trip.id, service, "do", 1, 1, epoch: 1, service: service, operation: operation, key: "")
          look.sentMicroseconds = at
          auditor.observe(.sent(call(trip.id, service, "do", key: "").0, look), at: at)
        }
      }
    }
    auditor.conclude(history, at: now)
  }
}

import Crypto
import FakeVendors
import HTTPService
import HTTPTypes
import Scenarios

// M10, D5, D7, D8, V5, V8, V9, V10, V11, L7: judged at every mutating call that is sent.
extension Auditor {
  /// Judges a mutating call at the moment it is sent; one read of the store.
  func judgeSend(_ call: HTTPCall, _ record: CallRecord, _ at: Int64) {
    let name = record.bookingID
    findings.check(.m10)
    let row =
      read {
        try $0.sentStep(name, record.slot, record.direction, record.generation)
      } ?? nil
    guard let trip = trip(name, at), let row else {
      findings.violate(
        .m10, at: at, booking: name,
        subject: "\(record.slot) \(record.direction) \(record.generation)",
        "\(record.service) \(record.operation) is sent for "
          + "\(name):\(record.slot):\(record.direction):\(record.generation) at \(seconds(at)) s, "
          + "and no such step is written down")
      return
    }
    let hash = Self.payloadHash(call)
    let key = "\(name):\(record.slot):\(record.direction):\(record.generation)"
    func m10(_ why: String) {
      findings.violate(
        .m10, at: at, booking: name, subject: key,
        "\(key) is sent (attempt \(record.attempt)) at \(seconds(at)) s, \(why)")
    }
    if row.status != "INTENT" && row.status != "UNKNOWN" {
      m10("although its step is \(row.status)")
    } else if row.lastSent == nil {
      m10("although its step says that it was never sent")
    } else if row.attempt != record.attempt {
      m10("although its step is at attempt \(row.attempt)")
    } else if !row.payloadHash.utf8.elementsEqual(hash) {
      m10("with other bytes than its step has written down")
    }
    judgeKey(call, record, row, key, m10)

    findings.check(.d5)
    if record.epoch != row.epoch {
      findings.violate(
        .d5, at: at, booking: name, subject: "\(key) \(record.epoch)",
        "\(key) is sent with epoch \(record.epoch) at \(seconds(at)) s; the lease is at epoch "
          + "\(row.epoch)")
    }
    let index = trip.trail(record.slot, record.direction, record.generation)
    judgeRepetition(trip, index, record, hash, key, at)
    if record.direction == "do" {
      judgeForward(trip, record, row, key, at)
    } else {
      judgeUndo(call, trip, record, row, key, at)
    }
  }

  /// The key on the wire is the step's (Stripe); a new generation follows a rejection (D8).
  private func judgeKey(
    _ call: HTTPCall, _ record: CallRecord, _ row: StoreReader.SentStep, _ key: String,
    _ m10: (String) -> Void
  ) {
    findings.check(.d8)
    if row.key != key { m10("with the key '\(row.key)', which is not its own") }
    if record.service == "stripe" {
      let header = call.request.headerFields[Self.idempotencyKey]
      if header != row.key { m10("with the header Idempotency-Key '\(header ?? "none")'") }
    }
  }

  private static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .contentType

  /// D8 and L7: what an operation sends again, and when.
  ///
  /// A death of the process takes with it what was not yet committed: waits that a vendor asked
  /// for, and refusals not yet noted. After one, the same step may be sent once more at once.
  private func judgeRepetition(
    _ trip: AuditedTrip, _ index: Int, _ record: CallRecord, _ hash: [UInt8], _ key: String,
    _ at: Int64
  ) {
    var trail = trip.trails[index]
    if trail.sends == 0 {
      trail.firstSent = at
      trail.payloadHash = hash
      trail.key = record.idempotencyKey
      if record.generation > 1 { judgeNewGeneration(trip, record, key, at) }
    } else {
      if trail.payloadHash != hash || trail.key != record.idempotencyKey {
        findings.violate(
          .d8, at: at, booking: trip.id, subject: key,
          "\(key) was sent with one key and payload at \(seconds(trail.firstSent)) s and with "
            + "another at \(seconds(at)) s")
      }
      func l7(_ subject: String, _ why: String) {
        findings.violate(
          .l7, at: at, booking: trip.id, subject: "\(key) \(subject)",
          "\(key) is sent again (attempt \(record.attempt)) at \(seconds(at)) s, \(why)")
      }
      if let status = trail.refusedFor {
        l7("refused", "although it was answered \(status) at \(seconds(trail.lastEnd)) s")
      }
      if at - trail.lastSent.1 <= Bounds.hotLoop {
        l7("hot", "for the third time within 100 ms")
      }
    }
    findings.check(.l7, exercised: trail.sends > 0 || record.generation > 1)
    // A new generation is a retry too: the vendor's wish binds it as well.
    let notBefore = trip.trails.reduce(Int64(0)) { latest, other in
      other.slot == record.slot && other.direction == record.direction
        ? max(latest, other.notBefore) : latest
    }
    if at < notBefore {
      findings.violate(
        .l7, at: at, booking: trip.id, subject: "\(key) early",
        "\(key) is sent (attempt \(record.attempt)) at \(seconds(at)) s although the vendor asked "
          + "to wait until \(seconds(notBefore)) s")
    }
    if record.attempt > Bounds.attempts {
      findings.violate(
        .l7, at: at, booking: trip.id, subject: "\(key) attempts",
        "\(key) is sent for the \(record.attempt)th time; the bound is \(Bounds.attempts)")
    }
    trail.sends += 1
    trail.highestAttempt = max(trail.highestAttempt, record.attempt)
    trail.lastSent = (at, trail.lastSent.0, trail.lastSent.1)
    trip.trails[index] = trail
  }

  /// D8: a new generation only after the one before was rejected, or proven to have no effect.
  private func judgeNewGeneration(
    _ trip: AuditedTrip, _ record: CallRecord, _ key: String, _ at: Int64
  ) {
    let steps = read { try $0.steps(trip.id) } ?? []
    let before = steps.first {
      $0.slot == record.slot && $0.direction == record.direction
        && $0.generation == record.generation - 1
    }
    if before?.status != "REJECTED" {
      findings.violate(
        .d8, at: at, booking: trip.id, subject: key,
        "\(key) is sent at \(seconds(at)) s although generation \(record.generation - 1) is "
          + "\(before?.status ?? "not there"), not REJECTED")
    }
  }

  /// D7, V9, V10 of a call that brings something about.
  private func judgeForward(
    _ trip: AuditedTrip, _ record: CallRecord, _ row: StoreReader.SentStep, _ key: String,
    _ at: Int64
  ) {
    findings.check(.d7, exercised: trip.state.isTerminal)
    if trip.state.isTerminal {
      findings.violate(
        .d7, at: at, booking: trip.id, subject: key,
        "\(key) is sent at \(seconds(at)) s; \(trip.id) is \(trip.state.rawValue) since "
          + "\(seconds(trip.since)) s")
    }
    findings.check(.v9, exercised: row.hasBegunUndo)
    if row.hasBegunUndo {
      findings.violate(
        .v9, at: at, booking: trip.id, subject: key,
        "\(key) is sent at \(seconds(at)) s although the undo of \(trip.id) has begun")
    }
    // A check, a commit and a send take a moment; a second is allowed for them.
    if record.service == "flight", let expires = trip.offer?.flight.expires {
      findings.check(.v10)
      if at > virtual(expires) + 1_000_000 {
        findings.violate(
          .v10, at: at, booking: trip.id, subject: "expired",
          "the flight offer expired at \(seconds(virtual(expires))) s and is booked at "
            + "\(seconds(at)) s")
      }
    }
  }

  /// D7, V5, V8, V11 of a call that takes something back.
  private func judgeUndo(
    _ call: HTTPCall, _ trip: AuditedTrip, _ record: CallRecord, _ row: StoreReader.SentStep,
    _ key: String, _ at: Int64
  ) {
    let isWhole = row.cause == "rollback" || row.cause == "cancel"
    if isWhole, trip.firstUndo == nil { trip.firstUndo = at }
    findings.check(.d7, exercised: trip.state == .confirmed)
    if trip.state == .confirmed, isWhole {
      findings.violate(
        .d7, at: at, booking: trip.id, subject: key,
        "\(key) (\(row.cause)) is sent at \(seconds(at)) s although \(trip.id) is CONFIRMED since "
          + "\(seconds(trip.since)) s")
    }
    // V11 of one run: no activity is a reason to undo anything but itself.
    let isCore = ["flight", "hotel", "charge", "intent"].contains(record.slot)
    findings.check(.v11, exercised: row.cause.hasPrefix("activity-"))
    if isCore, row.cause.hasPrefix("activity-") {
      findings.violate(
        .v11, at: at, booking: trip.id, subject: key,
        "\(key) is sent at \(seconds(at)) s because of \(row.cause)")
    }
    judgeTarget(call, trip, record, key, at)
    if isWhole, isCore || record.slot.hasPrefix("activity-") {
      judgeOrder(trip, record, key, at)
    }
  }

  /// V5: the reference in a cancellation is one of this booking's slot.
  ///
  /// The orchestrator has references from nobody but the vendor, and an answer that names a
  /// reservation comes after the reservation: one that the vendor does not know was made up.
  private func judgeTarget(
    _ call: HTTPCall, _ trip: AuditedTrip, _ record: CallRecord, _ key: String, _ at: Int64
  ) {
    guard record.operation == "cancel", let vendor = Self.vendor(record.service) else { return }
    findings.check(.v5)
    let reference = Self.cancelled(call, record.service)
    let target = books.reservation(vendor, reference)
    let owner = target.map { CallTags($0.baggage) }
    if owner?.booking != trip.id || owner?.slot != record.slot {
      findings.violate(
        .v5, at: at, booking: trip.id, subject: key,
        "\(key) cancels '\(reference)' at \(vendor), which "
          + (owner.map { "belongs to \($0.key)" } ?? "never existed"))
    }
  }

  static func vendor(_ service: String) -> String? {
    switch service {
    case "flight": "amadeus"
    case "hotel": "bookingcom"
    case "activity": "viator"
    default: nil
    }
  }

  /// The reference in a cancellation: `DELETE …/flight-orders/{ref}`, `POST …/bookings/{ref}/cancel`,
  /// or the member `order` of the body.
  static func cancelled(_ call: HTTPCall, _ service: String) -> String {
    let path = (call.request.path ?? "").split(separator: "?").first ?? ""
    let parts = path.split(separator: "/")
    switch service {
    case "flight": return parts.last.map(String.init) ?? ""
    case "activity": return parts.count >= 2 ? String(parts[parts.count - 2]) : ""
    default:
      // The member may hold a text only; an object (`"order": {`) is not what is looked for.
      let name = Array("\"order\"".utf8)
      guard let found = call.body.indices.first(where: { call.body[$0...].starts(with: name) })
      else { return "" }
      let quote = UInt8(ascii: "\"")
      let rest = call.body[(found + name.count)...].drop { $0 != quote }.dropFirst()
      return String(decoding: rest.prefix { $0 != quote }, as: UTF8.self)
    }
  }

  /// V8: before a slot is undone, what was done after it is undone or parked.
  ///
  /// A slot that was rejected, or never begun, owes nothing. A hotel that its property cancelled is
  /// gone without an undo. The cancellation of the payment intent is also the fence against a
  /// confirmation whose outcome is unknown, so it does not wait for the charge.
  private func judgeOrder(_ trip: AuditedTrip, _ record: CallRecord, _ key: String, _ at: Int64) {
    findings.check(.v8)
    let order = ["intent", "charge", "flight", "hotel"] + trip.activitySlots
    guard let position = order.firstIndex(of: record.slot) else { return }
    // Activities are independent of each other; their order among themselves is not a promise.
    let later = order.dropFirst(max(position + 1, 2)).filter {
      !(record.slot.hasPrefix("activity-") && $0.hasPrefix("activity-"))
    }
    guard !later.isEmpty else { return }
    let steps = read { try $0.steps(trip.id) } ?? []
    var parked: [String]?
    for slot in later {
      guard let done = steps.last(where: { $0.slot == slot && $0.direction == "do" }),
        done.status != "REJECTED", done.status != "NEEDS_ATTENTION"
      else { continue }
      let undo = steps.last { $0.slot == slot && $0.direction == "undo" }
      if undo?.isSettled == true { continue }
      if trip.placed.contains(where: {
        $0.slot == slot && $0.reservation.isGone
      }), trip.live(slot) == nil {
        continue
      }
      if parked == nil { parked = read { try $0.parkedSlots(trip.id) } ?? [] }
      if parked?.contains(slot) == true { continue }
      findings.violate(
        .v8, at: at, booking: trip.id, subject: "\(key) \(slot)",
        "\(key) is sent at \(seconds(at)) s although \(slot) is \(done.status) and its undo "
          + "\(undo.map { "is \($0.status)" } ?? "has not begun")")
    }
  }

  /// The lower-case hex SHA-256 over `"<METHOD> <path-with-query>\n"` and the body.
  static func payloadHash(_ call: HTTPCall) -> [UInt8] {
    var hasher = SHA256()
    var head = Array(call.request.method.rawValue.utf8)
    head.append(UInt8(ascii: " "))
    head.append(contentsOf: (call.request.path ?? "").utf8)
    head.append(UInt8(ascii: "\n"))
    hasher.update(data: head)
    hasher.update(data: call.body)
    return hex(hasher.finalize())
  }

  static func hex(_ digest: some Sequence<UInt8>) -> [UInt8] {
    let digits: StaticString = "0123456789abcdef"
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in digest {
      text.append(digits.utf8Start[Int(byte >> 4)])
      text.append(digits.utf8Start[Int(byte & 15)])
    }
    return text
  }
}

/// The bounds that liveness and spacing are measured by; times in microseconds.
enum Bounds {
  /// Three sends of one step within this are a hot loop.
  static let hotLoop: Int64 = 100_000
  /// Sends of one step: an outage of 26 hours at the longest back-off of 15 minutes, drawn down to a
  /// tenth of a second at worst, stays far below.
  static let attempts = 4_000
  /// Reads of one slot: more is a loop that learns nothing.
  static let reads = 1_000
  /// L1: a trip's own waits (deadline 1 h, activities 20 min, key life 24 h apart) end far within.
  static let trip: Int64 = 24 * 3_600 * 1_000_000
  /// L2: over twenty times a vendor's longest processing time and look-up lag.
  static let resolve: Int64 = 6 * 3_600 * 1_000_000
  /// L3: an undo may be refused and tried again many times before it is parked.
  static let compensation: Int64 = 12 * 3_600 * 1_000_000
  /// L4: on top of the old lease.
  static let claim: Int64 = 60 * 1_000_000
  /// How long after an answer a death may still take the knowledge of it.
  static let noting: Int64 = 5 * 1_000_000
  /// V12: from an answer to the commit of what it said. Calls that a trip makes side by side are noted
  /// together, and the longest of them may take minutes.
  static let understanding: Int64 = 300 * 1_000_000
  /// Answers of "not now" to one call before giving up on it is believed.
  static let patience = 5
  /// Refusals of an undo that count as "for ever".
  static let refusals = 10
}

import FakeVendors
import HTTPService
import HTTPTypes
import Scenarios

// D7, V5, V8, V11: what is taken back, what it names, and in which order.
extension CallChecker {
  /// D7, V5, V8, V11 of a call that takes something back.
  func judgeUndo(
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
    guard !later.isEmpty, !(record.slot == "intent" && isLetGo(trip)) else { return }
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

  /// Whether nothing is left to pay of a modification, which lets its hold go before it is confirmed. An
  /// activity that was given up may still be open, and is undone when it is known.
  private func isLetGo(_ trip: AuditedTrip) -> Bool {
    guard trip.change != nil else { return false }
    let failed = warnings(read { try $0.warnings(trip.id) } ?? "[]").map(\.slot)
    return trip.costOfStanding(without: failed) == 0
  }
}

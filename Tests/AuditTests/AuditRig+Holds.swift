import GRDB

@testable import Audit
@testable import FakeVendors
@testable import Worlds

// Stories of trips whose card holds the money until they are booked.
extension AuditRig {
  /// A rig whose client's option asks for it.
  static func held() throws -> AuditRig { try AuditRig(changing: { $0.isHeldFirst = true }) }

  /// Accepts, validates and has the money held.
  func hold(_ id: String = "bk_0") throws {
    try accept(id)
    try write(id, "VALIDATING")
    try write(id, "PROCESSING")
    let total = offer.total
    try perform(id, "intent", reference: "pi_\(id)_1") { makeIntent(id, amount: total) }
    try payment(id, "PENDING", amount: total)
    try perform(id, "charge", reference: "pi_\(id)_1") {
      changeIntent("pi_\(id)_1") {
        $0.status = "requires_capture"
        $0.capturableMinor = $0.amountMinor
        $0.heldMicroseconds = Self.epoch + now
        $0.latestCharge = $0.id
      }
    }
    try payment(id, "AUTHORIZED", amount: total)
  }

  /// Books flight and hotel on a hold; the activity is refused.
  func bookOnHold(_ id: String = "bk_0") throws {
    try perform(id, "flight", answer: 201, reference: "flight-of-\(id)-1") {
      reserve(id, slot: "flight")
    }
    try perform(id, "hotel", reference: "hotel-of-\(id)-1") { reserve(id, slot: "hotel") }
    try perform(id, "activity-1", finally: "REJECTED") {
      reserve(id, slot: "activity-1", status: .rejected)
    }
    try warn(id, "activity-1")
  }

  /// Takes a part of what is held.
  func take(
    _ amount: Int64, of id: String = "bk_0", generation: Int = 1, byHand: Bool = false
  ) throws {
    try perform(id, "capture", generation: generation, reference: "pi_\(id)_1") {
      changeIntent("pi_\(id)_1") {
        $0.status = "succeeded"
        $0.capturableMinor = 0
        $0.capturedMinor = amount
        $0.capturedMicroseconds = Self.epoch + now
        if byHand { $0.doneByHand = "captured" }
      }
    }
    try sql("UPDATE payment SET amount = ?, status = 'SUCCEEDED'", [amount])
    guard generation == 1 else { return }
    try post(id, "\(id) charge", debit: "stripe", credit: "customer", amount)
  }

  /// The hotel is refused, the flight undone and the hold released: nothing was taken.
  func rollBackHold(_ id: String = "bk_0", releasing: Bool = true) throws {
    try hold(id)
    try perform(id, "flight", answer: 201, reference: "flight-of-\(id)-1") {
      reserve(id, slot: "flight")
    }
    refuse("hotel", "create", of: id)
    try perform(id, "hotel", answer: 409, finally: "REJECTED")
    try perform(id, "flight", "undo", cause: "rollback", target: "flight-of-\(id)-1") {
      release(id, slot: "flight")
    }
    if releasing {
      try perform(id, "intent", "undo", cause: "rollback", reference: "pi_\(id)_1") {
        changeIntent("pi_\(id)_1") {
          $0.status = "canceled"
          $0.capturableMinor = 0
          $0.canceledMicroseconds = Self.epoch + now
          $0.cancellationReason = "abandoned"
        }
      }
      try payment(id, "CANCELED", amount: offer.total)
    }
    try write(id, "FAILED")
  }
}

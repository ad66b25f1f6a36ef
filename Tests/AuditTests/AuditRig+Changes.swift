import GRDB

@testable import Audit
@testable import FakeVendors

// Trips that are changed: another hotel in place of the one that is booked for 30,000.
extension AuditRig {
  /// A trip that becomes one with another hotel; the old one keeps a penalty.
  static func changed(
    price: Int64, penalty: Int64 = 0, refund: Int64 = 0, keepsOld: Bool = false
  ) throws -> AuditRig {
    let rig = try AuditRig(into: {
      $0.hotel.item = "room-2"
      $0.hotel.price = price
    })
    try rig.book()
    try rig.confirm()
    try rig.acceptChange()
    try rig.bookChange(price: price)
    try rig.write("md_0", "CONFIRMED")
    if !keepsOld {
      try rig.giveUpOldHotel(penalty: penalty, borne: min(penalty, max(0, 30_000 - price)))
    }
    if refund > 0 { try rig.refundChange(refund) }
    return rig
  }

  /// A trip whose change comes to nothing; meanwhile another one is refused.
  static func unchanged() throws -> AuditRig {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    try rig.acceptChange()
    rig.told(.modify, "", id: "", result: .fail, status: 409, problem: "change-under-way")
    try rig.write("md_0", "VALIDATING")
    try rig.write("md_0", "PROCESSING")
    rig.refuse("hotel", "create", of: "md_0")
    try rig.perform("md_0", "hotel", answer: 409, finally: "REJECTED")
    try rig.write("md_0", "FAILED")
    return rig
  }

  /// A modification is accepted, which replaces some parts and keeps the others.
  func acceptChange(
    _ id: String = "md_0", of base: String = "bk_0",
    kept: String = #"{"flight":"flight","activity-1":"activity-1"}"#,
    replaced: String = #"["hotel"]"#
  ) throws {
    tick()
    try sql(
      """
      INSERT INTO trip_option (id, currency, total_minor, snapshot, created_us)
      VALUES ('opt-' || ?, 'USD', 70000, '{}', 0)
      """, [id])
    try sql(
      """
      INSERT INTO trip_booking (id, customer_id, client_key, body_hash, trip_option_id,
        state, saga, currency, total_minor, lease_owner, lease_epoch, version, deadline_us,
        created_us, updated_us)
      VALUES (?1, 'cust', 'key-' || ?1, 'h', 'opt-' || ?1, 'PENDING', '{}', 'USD', 70000, 'own', 1,
        0, ?2, ?3, ?3)
      """, [id, Self.epoch + now + 3_600_000_000, Self.epoch + now])
    // A second one beside it is a lie that the database would not take.
    try sql("UPDATE trip_modification SET state = 'DONE'")
    try sql(
      """
      INSERT INTO trip_modification (id, base_id, from_option, to_option, kept, replaced,
        difference_minor, state, created_us)
      VALUES (?1, ?2, 'opt', 'opt-' || ?1, ?3, ?4, 0, 'PENDING', 0)
      """, [id, base, kept, replaced])
    try write(id, "PENDING")
  }

  /// The modification validates, charges what is dearer, and books its hotel.
  func bookChange(price: Int64) throws {
    try write("md_0", "VALIDATING")
    try write("md_0", "PROCESSING")
    let difference = price - 30_000
    if difference > 0 {
      try perform("md_0", "intent", reference: "pi_md_0_1") {
        makeIntent("md_0", amount: difference)
      }
      try payment("md_0", "PENDING", amount: difference)
      try perform("md_0", "charge", reference: "pi_md_0_1") { capture("pi_md_0_1") }
      try payment("md_0", "SUCCEEDED", amount: difference)
      try post("md_0", "md_0 charge", debit: "stripe", credit: "customer", difference)
    }
    try perform("md_0", "hotel", reference: "hotel-of-md_0-1") {
      reserve("md_0", slot: "hotel", item: "room-2", price: price)
    }
    replaced = ["hotel-of-bk_0-1"]
  }

  /// The trip's own hotel is cancelled; the customer bears a part of what it keeps.
  func giveUpOldHotel(penalty: Int64 = 0, borne: Int64 = 0) throws {
    try perform("bk_0", "hotel", "undo", cause: "change", target: "hotel-of-bk_0-1") {
      release(slot: "hotel", penalty: penalty)
    }
    for (bearer, amount) in [("customer", borne), ("penalty", penalty - borne)] where amount > 0 {
      try post("bk_0", "bk_0:\(bearer):hotel", debit: bearer, credit: "vendors", amount)
    }
  }

  /// What is left over goes back.
  func refundChange(
    _ amount: Int64, number: Int = 1, of id: String = "bk_0", paid: Int64 = 75_000,
    before: Int64 = 0
  ) throws {
    let slot = "refund-change-\(number)"
    let name = "re_\(id)_\(slot)_1"
    try perform(id, slot, "undo", cause: "change-\(number)", reference: name) {
      self.refund(of: id, slot: slot, cause: "change-\(number)", amount)
    }
    try payment(
      id, before + amount == paid ? "REFUNDED" : "PARTIALLY_REFUNDED", amount: paid,
      refunded: before + amount)
    try post(id, "\(id):refund:\(name)", debit: "customer", credit: "stripe", amount)
  }

  /// A trip that becomes one with another hotel, and then one with a third for 22,000; the second keeps a
  /// penalty, and what is left over goes back from the first change's payment, and then from the trip's.
  static func changedTwice(
    price: Int64, penalty: Int64, keepsOld: Bool = false, paysBack: Bool = true
  ) throws -> AuditRig {
    let rig = try AuditRig(
      into: {
        $0.hotel.item = "room-2"
        $0.hotel.price = price
      },
      again: {
        $0.hotel.item = "room-3"
        $0.hotel.price = 22_000
      })
    try rig.book()
    try rig.confirm()
    try rig.acceptChange()
    try rig.bookChange(price: price)
    try rig.write("md_0", "CONFIRMED")
    try rig.giveUpOldHotel()
    let first = max(0, 30_000 - price)
    if first > 0 { try rig.refundChange(first) }
    try rig.acceptChange("md_0-2")
    try rig.write("md_0-2", "VALIDATING")
    try rig.write("md_0-2", "PROCESSING")
    try rig.perform("md_0-2", "hotel", reference: "hotel-of-md_0-2-1") {
      rig.reserve("md_0-2", slot: "hotel", item: "room-3", price: 22_000)
    }
    rig.replaced.append("hotel-of-md_0-1")
    try rig.write("md_0-2", "CONFIRMED")
    if !keepsOld {
      try rig.perform("md_0", "hotel", "undo", cause: "change", target: "hotel-of-md_0-1") {
        rig.release("md_0", slot: "hotel", penalty: penalty)
      }
      if penalty > 0 {
        try rig.post("md_0", "md_0:penalty:hotel", debit: "customer", credit: "vendors", penalty)
      }
    }
    guard paysBack else { return rig }
    let left = price - 22_000 - penalty
    let own = min(left, max(0, price - 30_000))
    if own > 0 { try rig.refundChange(own, of: "md_0", paid: price - 30_000) }
    if left > own {
      try rig.refundChange(left - own, number: first > 0 ? 2 : 1, before: first)
    }
    return rig
  }
}

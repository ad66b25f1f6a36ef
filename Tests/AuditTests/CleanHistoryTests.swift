import Testing

@testable import Audit
@testable import FakeVendors
@testable import Worlds

/// Clean histories violate nothing, and between them exercise everything.
struct CleanHistoryTests {
  /// Plays one clean story of each kind on a rig of its own.
  private func rigs() throws -> [AuditRig] {
    let confirmed = try AuditRig.hooked()
    try confirmed.book()
    confirmed.look("bk_0", "flight", operation: "price", fault: "incomplete")
    try confirmed.confirm()
    try confirmed.writeEvent()
    confirmed.sendEvent()
    try confirmed.endEvent()
    confirmed.told(.book, "CONFIRMED")
    confirmed.tick()
    confirmed.told(.look, "CONFIRMED", body: AuditRig.confirmed)
    confirmed.mail(tag: "confirmation")
    confirmed.makeLink()
    confirmed.tick()
    confirmed.open("page", AuditRig.shown)
    confirmed.event("evt_1", attempts: 2)
    try confirmed.inbox("evt_1")

    let partly = try AuditRig()
    try partly.book(activities: [])
    try partly.confirm()
    partly.told(.book, "CONFIRMED", warnings: ["activity-1"])
    partly.mail(tag: "confirmation")

    let failed = try AuditRig()
    try failed.rollBack()
    failed.told(.book, "FAILED")
    failed.told(
      .book, "", client: 0, result: .fail, status: 422, trueBody: false,
      problem: "idempotency-key-reused")
    failed.tick()
    for request in [ClientRecord.Request.foreignLook, .foreignCancel] {
      failed.told(
        request, "", id: "", client: 1, result: .fail, status: 404, problem: "booking-unknown",
        foreign: "bk_0")
    }
    failed.mail(tag: "failure")

    let cancelled = try AuditRig()
    try cancelled.cancel(penalty: 3_000)
    cancelled.told(.cancel, "CANCELLED")
    cancelled.told(.look, "CANCELLED", body: AuditRig.cancelled)

    let impossible = try AuditRig(flaw: .nameOfSpaces)
    impossible.told(
      .book, "", id: "", result: .fail, status: 422, problem: "request-invalid",
      pointer: "/travelers/0/lastName")

    let declined = try AuditRig()
    try declined.accept()
    try declined.write("bk_0", "VALIDATING")
    try declined.write("bk_0", "PROCESSING")
    try declined.perform("bk_0", "intent", reference: "pi_bk_0_1") { declined.makeIntent() }
    try declined.perform("bk_0", "charge", answer: 402, finally: "REJECTED") {
      declined.changeIntent("pi_bk_0_1") {
        $0.declineCode = "insufficient_funds"
        $0.status = "requires_payment_method"
      }
    }
    try declined.perform(
      "bk_0", "intent", "undo", cause: "rollback", target: "pi_bk_0_1", reference: "pi_bk_0_1"
    ) {
      declined.changeIntent("pi_bk_0_1") { $0.status = "canceled" }
    }
    try declined.payment("bk_0", "FAILED", amount: 75_000)
    try declined.write("bk_0", "FAILED")

    let lost = try AuditRig()
    try lost.charge()
    try lost.perform("bk_0", "flight", answer: 0, finally: "NEEDS_ATTENTION") {
      lost.reserve(slot: "flight")
    }
    try lost.park("bk_0", "flight", "flight-order-lost")
    try lost.undo("bk_0", cause: "rollback", slots: [])
    try lost.write("bk_0", "FAILED", attention: true)

    let owed = try AuditRig()
    try owed.rollBack()
    owed.refund(75_000, status: "failed")
    try owed.post(
      "bk_0", "bk_0:refund-failed:re_bk_0_charge_1", debit: "stripe", credit: "customer", 75_000)
    try owed.payment("bk_0", "SUCCEEDED", amount: 75_000)
    try owed.park("bk_0", "charge", "refund-failed", "re_bk_0_charge_1")

    let late = try AuditRig()
    try late.book(activities: [])
    try late.confirm()
    try late.step("bk_0", "activity-1", status: "REJECTED")
    late.reserve(slot: "activity-1", name: "activity-1-of-bk_0-9")
    try late.perform(
      "bk_0", "activity-1", "undo", cause: "activity-1", target: "activity-1-of-bk_0-9"
    ) {
      late.release(slot: "activity-1", generation: 9)
    }

    // The answer to the charge is lost; the hotel's order takes effect after it was given up.
    let slow = try AuditRig()
    try slow.accept()
    try slow.write("bk_0", "VALIDATING")
    try slow.write("bk_0", "PROCESSING")
    try slow.perform("bk_0", "intent", reference: "pi_bk_0_1") { slow.makeIntent() }
    try slow.perform("bk_0", "charge", answer: 0, finally: "UNKNOWN") { slow.capture() }
    try slow.perform("bk_0", "charge", attempt: 2, reference: "pi_bk_0_1")
    try slow.payment("bk_0", "SUCCEEDED", amount: 75_000)
    try slow.post("bk_0", "charge", debit: "stripe", credit: "customer", 75_000)
    try slow.perform("bk_0", "flight", answer: 201, reference: "flight-of-bk_0-1") {
      slow.reserve(slot: "flight")
    }
    slow.refuse("hotel", "create")
    try slow.perform("bk_0", "hotel", answer: 409, finally: "REJECTED")
    try slow.undo("bk_0", cause: "rollback", slots: ["flight"])
    slow.reserve(slot: "hotel")
    try slow.perform("bk_0", "hotel", "undo", cause: "rollback", target: "hotel-of-bk_0-1") {
      slow.release(slot: "hotel")
    }
    try slow.write("bk_0", "FAILED")

    // A supplier that quoted a penalty refuses the cancellation for ever: the quote is what it costs.
    let refused = try AuditRig()
    try refused.cancelARefusedActivity(refund: 72_500, penalty: 2_500)

    // The card holds the money: what failed is not taken, what is undone is released.
    let taken = try AuditRig.held()
    try taken.hold()
    try taken.bookOnHold()
    try taken.take(70_000)
    try taken.write("bk_0", "CONFIRMED")
    let released = try AuditRig.held()
    try released.rollBackHold()

    return [
      confirmed, partly, failed, cancelled, declined, lost, owed, late, slow, impossible, refused,
      taken, released,
      try AuditRig.changed(price: 25_000, penalty: 2_000, refund: 3_000), try AuditRig.unchanged(),
    ]
  }

  @Test func nothingIsViolated() throws {
    for (index, rig) in try rigs().enumerated() {
      rig.conclude()
      #expect(rig.auditor.violations == [], "story \(index)")
      #expect(rig.auditor.unfinished() == nil, "story \(index)")
    }
  }

  @Test func everyInvariantButTheseIsExercised() throws {
    let rigs = try rigs()
    for rig in rigs { rig.conclude() }
    let idle = Invariant.allCases.filter { invariant in
      rigs.allSatisfy { $0.result(invariant).exercised == 0 }
    }
    // Need a crash, a stop, an operator, a forgery or a lie, a mail's call, capacities, failing calls, six hours,
    // a second run, or a reason told.
    #expect(
      idle.map(\.id) == [
        "V7", "V15", "D11", "D12", "D14", "D15", "A18", "W4", "W6", "N8", "L4", "L6", "L13", "L14",
        "L17",
        "L18",
        "L19",
        "X1",
        "X7",
      ])
  }

  @Test func expectedNetIsWhatTheVendorsKeep() throws {
    let nets = try rigs().map { rig in
      rig.conclude()
      return rig.auditor.tripRows(rig.history).map(\.expectedNetMinor)
    }
    #expect(
      nets == [
        [75_000], [70_000], [0], [3_000], [0], [0], [75_000], [70_000], [0], [], [2_500],
        [70_000], [0], [72_000, 0], [75_000, 0],
      ])
  }

  @Test func marksTellWhatHappened() throws {
    var marks: [String: Int] = [:]
    for rig in try rigs() {
      rig.conclude()
      marks.merge(rig.auditor.marks, uniquingKeysWith: +)
    }
    #expect(
      Set(marks.keys).isSuperset(of: [
        "decline", "cancel-after-confirmed", "activity-failed-trip-confirmed",
        "flight-order-lost", "refund-failed",
        "refund-after-lost-response", "late-effect-undone", "bad-request-refused",
      ]))
  }
}

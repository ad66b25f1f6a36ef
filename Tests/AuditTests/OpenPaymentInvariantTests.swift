import GRDB
import Testing

@testable import Audit
@testable import FakeVendors
@testable import Worlds

/// M12, M13 and W6 fire on the lies that they are there for.
struct OpenPaymentInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  /// A payment is declined, and the trip fails.
  private func decline(leaving status: String, answer: Int = 200) throws {
    try rig.accept()
    try rig.write("bk_0", "VALIDATING")
    try rig.write("bk_0", "PROCESSING")
    try rig.perform(
      "bk_0", "intent", answer: answer, finally: answer == 0 ? "REJECTED" : "DONE",
      reference: answer == 0 ? nil : "pi_bk_0_1"
    ) {
      rig.makeIntent()
    }
    if answer != 0 {
      try rig.perform("bk_0", "charge", answer: 402, finally: "REJECTED") {
        rig.changeIntent("pi_bk_0_1") { $0.status = "requires_payment_method" }
      }
    }
    rig.changeIntent("pi_bk_0_1") { $0.status = status }
    try rig.write("bk_0", "FAILED")
  }

  @Test(arguments: ["requires_payment_method", "requires_confirmation", "requires_action"])
  func m12FindsAPaymentThatCouldStillBeCharged(status: String) throws {
    try decline(leaving: status)
    rig.conclude()
    #expect(rig.violated == ["M12"])
  }

  @Test func m12AllowsOneThatIsCancelled() throws {
    try decline(leaving: "canceled")
    rig.conclude()
    #expect(rig.result(.m12).violations == 0)
  }

  @Test func m12AllowsOneThatNobodyWasToldOf() throws {
    try decline(leaving: "requires_confirmation", answer: 0)
    rig.conclude()
    #expect(rig.result(.m12).violations == 0)
  }

  @Test(arguments: [(5_000, false), (5_001, true), (5_010, true)] as [(Int64, Bool)])
  func m13FindsMoreGivenBackThanAPartCost(_ one: (amount: Int64, isMore: Bool)) throws {
    try rig.charge()
    rig.refund(slot: "refund-activity-1", cause: "activity-1", one.amount)
    #expect(rig.violated == (one.isMore ? ["M13"] : []))
  }

  /// The event of the charge told of other money, and nobody asked Stripe.
  private func lie(asking: Bool) throws {
    try rig.rollBack()
    rig.event("evt_1", "payment_intent.succeeded")
    try rig.inbox("evt_1")
    rig.history.faults.append(
      FaultRecord(
        sequence: 1, atMicroseconds: 7, kind: "webhook-other-amount", service: "stripe",
        operation: "webhook", bookingID: "bk_0", attempt: 0, detail: "payment_intent.succeeded"))
    try rig.sql(
      "UPDATE ledger_entry SET at_us = ?, cause = 'book' WHERE txn = 'bk_0 charge'",
      [AuditRig.epoch + rig.now])
    guard asking else { return }
    var call = rig.record(
      "bk_0", "charge", "do", 1, 1, epoch: 1, service: "stripe",
      operation: "payment_intents.retrieve", key: "")
    call.sentMicroseconds = rig.now - 10
    call.httpStatus = 200
    rig.history.calls.append(call)
  }

  @Test func w6FindsALyingEventThatIsBelieved() throws {
    try lie(asking: false)
    rig.conclude()
    #expect(rig.violated == ["W6"])
  }

  @Test func w6AllowsAChargeThatStripeWasAskedAbout() throws {
    try lie(asking: true)
    rig.conclude()
    #expect(rig.violated == [])
  }
}

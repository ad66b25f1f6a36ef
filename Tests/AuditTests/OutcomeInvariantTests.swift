import FakeVendors
import Synchronization
import Testing

@testable import Audit
@testable import Worlds

/// X2, X6, X7: a trip, or a part of one, fails for a fact and for nothing else.
struct OutcomeInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  /// What these invariants say; that the stories are told by halves is for others to say.
  private var said: [String] { rig.violated.filter(["X2", "X7", "X6"].contains) }

  /// Charged, and the flight booked.
  private func fly() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201, reference: "flight-of-bk_0-1") {
      rig.reserve(slot: "flight")
    }
  }

  private func rollBack(for code: String) throws {
    try rig.undo("bk_0", cause: "rollback", slots: ["flight"])
    try rig.fail(for: code)
    rig.conclude()
  }

  @Test func aPaymentWithoutAnswerIsNoReason() throws {
    try rig.accept()
    try rig.write("bk_0", "VALIDATING")
    try rig.write("bk_0", "PROCESSING")
    for attempt in 1...6 {
      try rig.perform("bk_0", "intent", attempt: attempt, answer: 500, finally: "UNKNOWN")
    }
    try rig.fail(for: "payment-refused")
    rig.conclude()
    #expect(said == ["X2", "X7"])
  }

  @Test func aHotelThatWasBusyIsNoReason() throws {
    try fly()
    for attempt in 1...6 {
      try rig.perform("bk_0", "hotel", attempt: attempt, answer: 429, finally: "UNKNOWN")
      rig.tick(20_000_000)
    }
    try rollBack(for: "hotel-refused")
    #expect(rig.violated.contains("X2"))
    #expect(rig.violated.contains("X7"))
  }

  @Test(arguments: [(1, true), (3, false)])
  func aTokenThatWasTooOldIsNoReasonBeforeTheThirdTry(tries: Int, isViolated: Bool) throws {
    try fly()
    for generation in 1...tries {
      rig.refuse("hotel", "create", isOutdated: true)
      try rig.perform(
        "bk_0", "hotel", generation: generation, answer: 400, finally: "REJECTED")
    }
    try rollBack(for: "hotel-refused")
    #expect(said == (isViolated ? ["X2", "X7"] : []))
  }

  @Test func aDeadlineIsNoReasonBeforeItsTime() throws {
    try fly()
    rig.tick(1_800_000_000)
    try rollBack(for: "deadline-passed")
    #expect(said == ["X2", "X7"])
  }

  @Test func aDeadlineIsAReasonInItsTime() throws {
    try fly()
    rig.tick(3_600_000_000)
    try rollBack(for: "deadline-passed")
    #expect(said == [])
  }

  @Test func anOwnDeadlineThatIsTooEarlyIsNoReason() throws {
    try rig.accept(deadline: 600_000_000)
    rig.tick(700_000_000)
    try rig.fail(for: "validation-timed-out")
    rig.conclude()
    #expect(said == ["X2", "X7"])
  }

  @Test func anotherReasonThanTheTrueOneIsToldInError() throws {
    try fly()
    rig.refuse("hotel", "create")
    try rig.perform("bk_0", "hotel", answer: 409, finally: "REJECTED")
    try rollBack(for: "flight-refused")
    #expect(said == ["X7"])
  }

  @Test func whatTheVendorToldToBeBookedIsNoReason() throws {
    try fly()
    rig.refuse("flight", "price")
    try rig.perform("bk_0", "hotel") { rig.reserve(slot: "hotel") }
    try rig.perform("bk_0", "hotel", "undo", cause: "rollback", target: "hotel-of-bk_0-1") {
      rig.release(slot: "hotel")
    }
    try rollBack(for: "flight-refused")
    #expect(said == ["X2", "X7"])
  }

  // MARK: Activities

  /// Flight and hotel are booked, the activity is asked for and not decided; then it is given up.
  private func giveUp(after microseconds: Int64, answer: Int, effect: () -> Void = {}) throws {
    try rig.book(activities: [])
    try rig.sql("DELETE FROM saga_step WHERE slot = 'activity-1'")
    rig.shelf.truth.withLock { $0.reservations.removeAll { $0.vendor == "viator" } }
    for trip in rig.auditor.context.trips {
      trip.placed.removeAll { $0.slot == "activity-1" }
      trip.trails.removeAll { $0.slot == "activity-1" }
    }
    try rig.perform("bk_0", "activity-1", answer: answer, finally: "UNKNOWN", effect: effect)
    rig.tick(microseconds)
    try rig.step("bk_0", "activity-1", status: "REJECTED")
    try rig.confirm()
    rig.conclude()
  }

  @Test func anActivityIsNotGivenUpBeforeItsSupplierHadItsTime() throws {
    try giveUp(after: 120_000_000, answer: 500)
    #expect(said == ["X6"])
  }

  @Test func anActivityIsGivenUpWhenItsSupplierHadItsTime() throws {
    try giveUp(after: 1_200_000_000, answer: 500)
    #expect(said == [])
  }

  @Test func anActivityThatWasThereIsNotLeftOut() throws {
    try rig.book(activities: [])
    try rig.confirm()
    try rig.warn("bk_0", "activity-1", code: "activity-unavailable")
    rig.conclude()
    #expect(rig.violated.contains("X6"))
  }
}

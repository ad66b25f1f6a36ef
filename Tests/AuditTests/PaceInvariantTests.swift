import Testing

@testable import Audit
@testable import Worlds

/// L15, L16: trips are neither left alone nor hammered; and which fault met which state.
struct PaceInvariantTests {
  let rig: AuditRig
  init() throws { rig = try AuditRig() }

  /// Another trip's call to a vendor is answered.
  private func answer(_ slot: String, _ status: Int, id: String = "bk_1", fault: String = "") {
    var record = rig.record(
      id, slot, "do", 1, 1, epoch: 1, service: slot, operation: "price", key: "")
    record.httpStatus = status
    record.fault = fault
    rig.auditor.observe(.ended(record, retryAfterSeconds: nil), at: rig.now)
  }

  /// A charged trip waits 30 minutes, and then its flight is booked.
  private func waitForFlight(_ vendor: () -> Void) throws {
    try rig.charge()
    answer("flight", 200)
    rig.tick(600_000_000)
    vendor()
    rig.tick(1_200_000_000)
    try rig.perform("bk_0", "flight", answer: 201) { rig.reserve(slot: "flight") }
  }

  @Test func l15FindsATripThatWaitsForNothing() throws {
    try waitForFlight {}
    #expect(rig.violated == ["L15"])
    #expect(rig.result(.l15).exercised > 0)
  }

  @Test func l15KnowsThatItsVendorDidNotAnswer() throws {
    try waitForFlight {
      answer("flight", 503)
      rig.tick(60_000_000)
      answer("flight", 200)
    }
    #expect(rig.violated == [])
  }

  @Test func l15FindsATripThatAnothersOutagePutsOff() throws {
    try waitForFlight { answer("hotel", 503) }
    #expect(rig.violated == ["L15"])
  }

  @Test func l16FindsAStepThatIsAskedAfterWithoutBackOff() throws {
    try rig.accept()
    for number in 1...41 {
      rig.tick(4_000_000)
      let record = rig.record(
        "bk_0", "charge", "do", 1, number, epoch: 1, service: "stripe",
        operation: "payment_intents.retrieve", key: "")
      let (call, _, _) = rig.call("bk_0", "charge", "do", key: "")
      rig.auditor.observe(.sent(call, record), at: rig.now)
      #expect(rig.violated.contains("L16") == (number > 40))
    }
  }

  @Test func faultsAreCountedByTheStateThatTheyMet() throws {
    try rig.charge()
    try rig.perform("bk_0", "flight", answer: 201, fault: "slow") { rig.reserve(slot: "flight") }
    rig.die()
    rig.refuse("hotel", "create")
    try rig.perform("bk_0", "hotel", answer: 409, fault: "unavailable", finally: "REJECTED")
    try rig.perform("bk_0", "flight", "undo", cause: "rollback", answer: 0, fault: "response-lost")
    #expect(
      rig.auditor.meetings == [
        FaultMeeting(state: "booking, flight do", fault: "slow", count: 1),
        FaultMeeting(state: "booking, hotel do", fault: "unavailable", count: 1),
        FaultMeeting(state: "booking, waiting", fault: "crash", count: 1),
        FaultMeeting(state: "rolling back, flight undo", fault: "response-lost", count: 1),
      ])
  }
}

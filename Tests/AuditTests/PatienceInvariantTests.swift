import HTTPService
import HTTPTypes
import Synchronization
import Testing

@testable import Audit
@testable import FakeVendors
@testable import Worlds

/// L12 to L14, V13 to V15: what is waited for too long, too short, or too often.
struct PatienceInvariantTests {
  let rig: AuditRig
  init() throws {
    rig = try AuditRig()
    try rig.accept()
  }

  private static let second: Int64 = 1_000_000
  private static let minute: Int64 = 60_000_000

  /// A read that takes a second; 0 is no answer.
  private func look(
    _ service: String, _ operation: String, _ slot: String, attempt: Int = 1, answer: Int = 200,
    retryAfter: Int? = nil, taking: Int64 = second, fault: String = ""
  ) {
    var record = rig.record(
      "bk_0", slot, "do", 1, attempt, epoch: 1, service: service, operation: operation, key: "")
    let (call, _, _) = rig.call("bk_0", slot, "do", key: "")
    rig.auditor.observe(.sent(call, record), at: rig.now)
    rig.tick(taking)
    record.httpStatus = answer
    record.latencyMicroseconds = taking
    record.fault = fault
    rig.auditor.observe(.ended(record, retryAfterSeconds: retryAfter), at: rig.now)
  }

  private var found: [String] {
    rig.violated.filter { ["L12", "L13", "L14", "V13", "V14", "V15"].contains($0) }
  }

  @Test(arguments: [(900_000, false), (4_000_001, true)])
  func l14FindsASecondTryThatComesLate(_ after: Int64, _ isLate: Bool) {
    look("hotel", "preview", "hotel", answer: 500)
    rig.tick(after)
    look("hotel", "preview", "hotel", attempt: 2)
    #expect(found == (isLate ? ["L14"] : []))
  }

  @Test func theVendorsWishIsWaitedFor() {
    look("hotel", "preview", "hotel", answer: 429, retryAfter: 3_000)
    rig.tick(3_010 * Self.second)
    look("hotel", "preview", "hotel", attempt: 2)
    #expect(found == [])
  }

  @Test(arguments: [(8 * minute, false), (12 * minute, true)])
  func l14FindsAVendorThatIsNotProbed(_ gap: Int64, _ isLate: Bool) {
    for attempt in 1...10 {
      look("hotel", "preview", "hotel", attempt: attempt, answer: 500)
      rig.tick(attempt == 10 ? gap : Self.second / 2)
    }
    look("hotel", "preview", "hotel", attempt: 11)
    #expect(found.contains("L14") == isLate)
  }

  @Test func l14FindsCallsToAVendorThatHasFailedTenTimes() {
    for attempt in 1...10 {
      look("hotel", "preview", "hotel", attempt: attempt, answer: 500)
      rig.tick(Self.second / 2)
    }
    rig.tick(3 * Self.second)
    look("hotel", "preview", "hotel", attempt: 11)
    #expect(found == ["L14"])
  }

  @Test func l14FindsDelaysThatDoNotGrow() {
    for attempt in 12...26 {
      look("mail", "send", "mail", attempt: attempt, answer: 500)
      rig.tick(60 * Self.second)
    }
    #expect(found == ["L14"])
  }

  @Test(arguments: [("hotel", 61, false), ("hotel", 9, true), ("activity", 181, true)])
  func v13FindsCallsThatAreGivenUpTooSoonOrTooLate(
    _ service: String, _ seconds: Int64, _ isWrong: Bool
  ) {
    let slot = service == "hotel" ? "hotel" : "activity-1"
    look(service, "details", slot, answer: 0, taking: seconds * Self.second)
    #expect(found == (isWrong ? ["V13"] : []))
  }

  @Test(arguments: [(19, true), (21, false)])
  func v13FindsWhatIsTakenForNotDoneTooSoon(_ minutes: Int64, _ isWrong: Bool) throws {
    try rig.perform("bk_0", "hotel", answer: 0, fault: "request-lost", finally: "UNKNOWN")
    rig.tick(minutes * Self.minute)
    try rig.step("bk_0", "hotel", status: "REJECTED")
    rig.conclude()
    #expect(found.contains("V13") == isWrong)
  }

  @Test(arguments: [(19, false), (21, true)])
  func l13FindsALookAfterTheProof(_ minutes: Int64, _ isWrong: Bool) throws {
    try rig.perform("bk_0", "hotel", answer: 0, fault: "request-lost", finally: "UNKNOWN")
    rig.tick(minutes * Self.minute)
    look("hotel", "details", "hotel", attempt: 2)
    rig.tick(Self.second)
    look("hotel", "details", "hotel", attempt: 3)
    #expect(found.contains("L13") == isWrong)
  }

  @Test func l13FindsTheEleventhTryOfARefusedUndo() throws {
    try rig.perform("bk_0", "flight", "undo", generation: 11, cause: "rollback", answer: 400)
    #expect(found == ["L13"])
  }

  @Test func l12FindsWhatIsBegunAfterTheHour() throws {
    rig.tick(61 * Self.minute)
    try rig.perform("bk_0", "flight")
    #expect(found == ["L12"])
  }

  @Test(arguments: [(6, true), (61, false), (70, true)])
  func l12FindsATripThatFailsForTimeAtAnotherOne(_ minutes: Int64, _ isWrong: Bool) throws {
    rig.tick(minutes * Self.minute)
    try rig.sql(#"UPDATE trip_booking SET failure = '{"code":"validation-timed-out"}'"#)
    try rig.write("bk_0", "FAILED")
    rig.conclude()
    #expect(found.contains("L12") == isWrong)
  }

  @Test(arguments: [(2, true), (21, false), (24, true)])
  func v14FindsActivitiesThatAreWaitedForTooShortOrTooLong(
    _ minutes: Int64, _ isWrong: Bool
  ) throws {
    try rig.perform("bk_0", "activity-1", answer: 0, fault: "request-lost", finally: "UNKNOWN")
    rig.tick(minutes * Self.minute)
    try rig.warn("bk_0", "activity-1")
    try rig.write("bk_0", "CONFIRMED")
    rig.conclude()
    #expect(found.contains("V14") == isWrong)
  }

  @Test(arguments: [(0, false), (60, true)])
  func v15FindsWhatIsNotLookedAfter(_ minutes: Int64, _ isWrong: Bool) throws {
    try rig.write("bk_0", "CONFIRMED")
    rig.tick((360 + minutes) * Self.minute)
    look("flight", "get", "flight")
    look("hotel", "details", "hotel")
    rig.tick(Self.minute)
    rig.conclude(hours: 12, inspecting: false)
    #expect(found.contains("V15") == isWrong)
  }

  /// The flight leaves at another time since the second minute, and a look six hours later shows it.
  @Test(arguments: [(true, false), (false, true)])
  func v15FindsANewDepartureThatIsNotTold(_ isTold: Bool, _ isWrong: Bool) throws {
    let rig = try AuditRig()
    try rig.book()
    rig.shelf.truth.withLock { truth in
      let index = truth.reservations.firstIndex { $0.vendor == "amadeus" }!
      truth.reservations[index].rescheduledMicroseconds = AuditRig.epoch + rig.now + Self.minute
    }
    rig.auditor.observe(
      .ledgerChanged(.reservation(vendor: "amadeus", reference: "flight-of-bk_0-1")), at: rig.now)
    try rig.confirm()
    rig.tick(360 * Self.minute)
    var look = rig.record(
      "bk_0", "flight", "do", 1, 2, epoch: 1, service: "flight", operation: "get", key: "")
    rig.auditor.observe(.sent(rig.call("bk_0", "flight", "do", key: "").0, look), at: rig.now)
    look.httpStatus = 200
    rig.auditor.observe(.ended(look, retryAfterSeconds: nil), at: rig.now)
    if isTold { try rig.warn("bk_0", "flight", code: "schedule-changed") }
    rig.conclude()
    let said = rig.auditor.violations.filter { $0.invariant == "V15" }.map(\.explanation)
    #expect(said.contains { $0.contains("departs at another time") } == isWrong)
  }

  /// An activity is looked after in vain six hours later; then it is looked at again, or never.
  @Test(arguments: [(true, false), (false, true)])
  func v15FindsAVainLookThatIsNotRepeated(_ isRepeated: Bool, _ isWrong: Bool) throws {
    let rig = try AuditRig()
    try rig.book()
    try rig.confirm()
    rig.tick(360 * Self.minute)
    for status in isRepeated ? [500, 200] : [500] {
      var look = rig.record(
        "bk_0", "activity-1", "do", 1, 2, epoch: 1, service: "activity", operation: "status",
        key: "")
      rig.auditor.observe(
        .sent(rig.call("bk_0", "activity-1", "do", key: "").0, look), at: rig.now)
      look.httpStatus = status
      rig.auditor.observe(.ended(look, retryAfterSeconds: nil), at: rig.now)
      rig.tick(Self.minute)
    }
    rig.conclude()
    let said = rig.auditor.violations.filter { $0.invariant == "V15" }.map(\.explanation)
    #expect(said.contains { $0.contains("looked after in vain") } == isWrong)
  }
}

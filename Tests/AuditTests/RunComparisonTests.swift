import Scenarios
import Testing

@testable import Audit
@testable import Worlds

/// What only two runs together can show is found, and nothing else.
struct RunComparisonTests {
  private func run(flightUndone: Bool, net: Int64 = 0) throws -> RunResult {
    let rig = try AuditRig()
    var history = History()
    for (slot, service, operation) in [
      ("flight", "flight", "create"), ("activity-1", "activity", "book"),
    ] {
      history.calls.append(
        rig.record(
          "bk_0", slot, "do", 1, 1, epoch: 1, service: service, operation: operation, key: ""))
    }
    if flightUndone {
      history.calls.append(
        rig.record(
          "bk_0", "flight", "undo", 1, 1, epoch: 1, service: "flight", operation: "cancel",
          key: ""))
    }
    try rig.accept()
    var trips = rig.auditor.tripRows(history)
    trips[0].netMinor = net
    return RunResult(
      scenario: Scenario(name: "pair", bookings: 1), seed: 1, verdict: .pass, history: history,
      trips: trips, paymentIntents: [], refunds: [], reservations: [], invariants: [],
      violations: [], attention: [], virtualMicroseconds: 0, events: 0, traceHash: 0,
      epochMicroseconds: 0)
  }

  @Test func equalRunsDifferInNothing() throws {
    let (a, b) = (try run(flightUndone: false), try run(flightUndone: false))
    #expect(RunComparison.activityIndependence(a, b) == [])
    #expect(RunComparison.deliveryIndependence(a, b) == [])
  }

  @Test func v11FindsAFlightThatIsUndoneInOneRunOnly() throws {
    let (a, b) = (try run(flightUndone: false), try run(flightUndone: true))
    #expect(RunComparison.activityIndependence(a, b).map(\.invariant) == ["V11"])
  }

  @Test func w2FindsABookingThatEndsOtherwise() throws {
    let (a, b) = (try run(flightUndone: false), try run(flightUndone: false, net: 5))
    #expect(RunComparison.deliveryIndependence(a, b).map(\.invariant) == ["W2"])
  }
}

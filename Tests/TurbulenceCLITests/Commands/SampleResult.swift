import FakeVendors
import Scenarios
import TestSupport

@testable import Audit
@testable import TurbulenceCLI
@testable import Worlds

/// Results of worlds that never ran.
enum SampleResult {
  static func make(
    _ scenario: Scenario, seed: UInt64, verdict: Verdict = .pass, violations: [Violation] = []
  ) -> RunResult {
    var history = History()
    history.marks = ["decline": 2]
    history.calls = [
      call(1, at: 10, latency: 300, outcome: "ok", status: 200),
      call(2, at: 20, latency: 100, outcome: "unknown", status: 0),
    ]
    history.faults = [
      FaultRecord(
        sequence: 1, atMicroseconds: 20, kind: "response-lost", service: "stripe",
        operation: "refunds.create", bookingID: "bk_1", attempt: 1, detail: "said \"no\", twice")
    ]
    let epoch: Int64 = 1_000_000
    return RunResult(
      scenario: scenario, seed: seed, verdict: verdict, history: history,
      trips: [
        TripRow(
          bookingID: "bk_1", state: "FAILED", needsAttention: true, currency: "JPY",
          totalMinor: 1250, chargedMinor: 1250, refundedMinor: 1250, netMinor: 0,
          expectedNetMinor: 0, flightRef: "", hotelRef: "h1", activitiesBooked: 1,
          activitiesFailed: 0, createdMicroseconds: 5, finishedMicroseconds: 99, attempts: 7,
          crashes: 0, faults: 1, warnings: 0)
      ],
      paymentIntents: [], refunds: [],
      reservations: [
        Reservation(
          vendor: "bookingcom", reference: "h1", clientReference: "bk_1:hotel:1",
          baggage: "booking=bk_1,slot=hotel,direction=do", item: "p", attributes: [],
          status: .confirmed, currency: "JPY", priceMinor: 900, createdMicroseconds: epoch + 42)
      ],
      invariants: [
        InvariantResult(
          id: "M9", statement: "Money adds up.", checked: 10, exercised: 4,
          violations: violations.count,
          firstViolationMicroseconds: violations.first?.atMicroseconds),
        InvariantResult(
          id: "W4", statement: "Forged events are ignored.", checked: 10, exercised: 0,
          violations: 0, firstViolationMicroseconds: nil),
      ],
      violations: violations,
      attention: [
        AttentionRow(
          bookingID: "bk_1", slot: "flight", reason: "flight-order-lost", reference: "",
          known: "sent at 10", advice: "Ask the airline.", sinceMicroseconds: 50)
      ],
      virtualMicroseconds: 3_600_000_000, events: 12, traceHash: 0xAB, epochMicroseconds: epoch)
  }

  static let violation = Violation(
    invariant: "M9", atMicroseconds: 77, bookingID: "bk_1",
    explanation: "Expected net 0 <JPY>, found 1250.")

  private static func call(
    _ sequence: Int, at: Int64, latency: Int64, outcome: String, status: Int
  ) -> CallRecord {
    CallRecord(
      sequence: sequence, sentMicroseconds: at, node: "orchestrator-1", service: "stripe",
      operation: "refunds.create", bookingID: "bk_1", slot: "charge", direction: "undo",
      generation: 1, attempt: sequence, epoch: 1, idempotencyKey: "bk_1:charge:undo:1",
      outcome: outcome, httpStatus: status, latencyMicroseconds: latency, fault: "")
  }
}

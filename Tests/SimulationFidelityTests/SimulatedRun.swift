import FakeVendors
import Scenarios
import Simulation

@testable import Audit
@testable import Worlds

extension PairedCase {
  /// Plays the case as a simulated world, with its auditor.
  func simulate() -> (run: PairedRun, verdict: Verdict) {
    let result = World.run(scenario, seed: seed)
    var outcomes: [String: Outcome] = [:]
    for trip in result.trips { outcomes[trip.bookingID, default: Outcome()].state = trip.state }
    var intents: [String: String] = [:]
    for intent in result.paymentIntents {
      let booking = CallTags(intent.baggage).booking
      intents[intent.id] = booking
      outcomes[booking, default: Outcome()].charged += intent.capturedMinor
    }
    for refund in result.refunds where refund.status == "succeeded" {
      outcomes[intents[refund.paymentIntent] ?? "", default: Outcome()].refunded +=
        refund.amountMinor
    }
    for reservation in result.reservations where reservation.status.isLive {
      let tags = CallTags(reservation.baggage)
      outcomes[tags.booking, default: Outcome()].live[tags.slot, default: 0] += 1
    }
    for item in result.attention {
      outcomes[item.bookingID, default: Outcome()].parked.append("\(item.slot) \(item.reason)")
    }
    // What the client was told last.
    for record in result.history.clients where record.result == .ok && !record.bookingID.isEmpty {
      outcomes[record.bookingID, default: Outcome()].warnings = record.warnings.sorted()
    }
    for id in outcomes.keys { outcomes[id]?.parked.sort() }
    var faults: [String: Int] = [:]
    for fault in result.history.faults { faults[fault.kind, default: 0] += 1 }
    let calls = result.history.calls.filter {
      $0.node.hasPrefix("orchestrator") && $0.httpStatus > 0
    }
    .map {
      TimedCall(
        operation: "\($0.service) \($0.operation)", microseconds: $0.latencyMicroseconds)
    }
    return (PairedRun(outcomes: outcomes, calls: calls, faults: faults), result.verdict)
  }
}

import BookingOrchestrator
import Testing

@testable import Audit

/// The auditor's own states beside the orchestrator's.
struct AuditedStateTests {
  private func audited(_ state: TripState) throws -> AuditedState {
    try #require(AuditedState(rawValue: state.rawValue))
  }

  @Test(arguments: TripState.allCases)
  func bothKnowTheSameStatesAndEnds(state: TripState) throws {
    #expect(try audited(state).isTerminal == state.isTerminal)
  }

  /// What is laxer, and why, stands at the auditor's table.
  @Test func theAuditorIsLaxerInTwoTransitions() throws {
    var laxer: [String] = []
    for from in TripState.allCases {
      for to in TripState.allCases where from != to {
        let isDeclared = AuditedState.isDeclared(try audited(from), try audited(to))
        if TripState.allows(from, to) { #expect(isDeclared, "\(from) \(to)") }
        if isDeclared, !TripState.allows(from, to) { laxer.append("\(from) \(to)") }
      }
    }
    #expect(laxer == ["pending failed", "pending cancelling"])
  }
}

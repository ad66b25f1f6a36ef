package import Audit
package import FakeVendors
package import Scenarios

/// All that one run has to tell: what reports are written from.
package struct RunResult: Sendable {
  package var scenario: Scenario
  package var seed: UInt64
  package var verdict: Verdict
  package var history: History
  package var trips: [TripRow]
  package var paymentIntents: [StripeLedger.PaymentIntent]
  package var refunds: [StripeLedger.Refund]
  package var disputes: [StripeLedger.Dispute] = []
  package var reservations: [Reservation]
  package var invariants: [InvariantResult]
  package var violations: [Violation]
  package var attention: [AttentionRow]
  /// Which faults met which states of trips.
  package var meetings: [FaultMeeting] = []
  /// Virtual time that passed.
  package var virtualMicroseconds: Int64
  package var events: Int
  package var traceHash: UInt64
  /// Unix time in microseconds at which the world began.
  package var epochMicroseconds: Int64
}

/// How a run ended, and with it the exit code.
package enum Verdict: Sendable, Hashable {
  /// Every invariant held and every booking is finished.
  case pass
  /// An invariant was violated (exit 1).
  case violated
  /// A limit was hit before the end (exit 2); says which.
  case inconclusive(String)
  /// Bookings are not finished although the world was quiet long enough (exit 3); names one.
  case stuck(String)
  /// The program left the simulation or differed from itself (exit 4).
  case nondeterministic(String)

  /// The process exit code.
  package var exitCode: Int32 {
    switch self {
    case .pass: 0
    case .violated: 1
    case .inconclusive: 2
    case .stuck: 3
    case .nondeterministic: 4
    }
  }
}

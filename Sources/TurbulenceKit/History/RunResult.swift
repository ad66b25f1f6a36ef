package import FakeServices
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

/// One trip as `bookings.csv` shows it.
package struct TripRow: Sendable {
  package var bookingID: String
  package var state: String
  package var needsAttention: Bool
  package var currency: String
  package var totalMinor: Int64
  package var chargedMinor: Int64
  package var refundedMinor: Int64
  package var netMinor: Int64
  package var expectedNetMinor: Int64
  package var flightRef: String
  package var hotelRef: String
  package var activitiesBooked: Int
  package var activitiesFailed: Int
  package var createdMicroseconds: Int64
  package var finishedMicroseconds: Int64
  package var attempts: Int
  package var crashes: Int
  package var faults: Int
  package var warnings: Int
  /// What customers' banks took back.
  package var chargedBackMinor: Int64 = 0
  /// How many people the trip was priced for.
  package var travelers = 0
  /// What each slot was offered for, `flight=40000 hotel=30000 activity-1=5000`.
  package var offered = ""
  /// What the traveller was warned of, `activity-1=activity-failed hotel=hotel-cancelled-by-property`.
  package var warned = ""
}

/// One parked item.
package struct AttentionRow: Sendable {
  package var bookingID: String
  package var slot: String
  /// `flight-order-lost`, `refund-failed`, `undo-refused`, …
  package var reason: String
  package var reference: String
  package var known: String
  package var advice: String
  package var sinceMicroseconds: Int64
}

/// How one invariant fared.
package struct InvariantResult: Sendable {
  package var id: String
  package var statement: String
  /// How often it was evaluated.
  package var checked: Int
  /// How often its antecedent was true.
  package var exercised: Int
  package var violations: Int
  package var firstViolationMicroseconds: Int64?
}

/// One violation.
package struct Violation: Sendable, Hashable {
  package var invariant: String
  package var atMicroseconds: Int64
  package var bookingID: String
  /// A sentence or two: what was expected, what was found, with amounts and references.
  package var explanation: String
}

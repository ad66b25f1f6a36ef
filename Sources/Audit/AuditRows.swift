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
  /// The booking that it changes; empty unless it is a modification.
  package var changes = ""
  /// The parts that a modification gives up, each with its owner: `bk_1:hotel md_1:activity-2`.
  package var replaces = ""
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

  package init(
    invariant: String, atMicroseconds: Int64, bookingID: String, explanation: String
  ) {
    self.invariant = invariant
    self.atMicroseconds = atMicroseconds
    self.bookingID = bookingID
    self.explanation = explanation
  }
}

package import BookingOrchestrator
package import FakeServices
package import GRDB
package import HTTPService

/// What the auditor is given to look at: the fakes' own ledgers, the orchestrator's database (through
/// its own SQL), the catalogue of what was offered, and the history.
package struct AuditSources: Sendable {
  package var stripe: FakeStripe
  package var amadeus: FakeAmadeus
  package var bookingCom: FakeBookingCom
  package var viator: FakeViator
  package var mail: FakeMail
  /// The orchestrator's database; opened for the auditor's own reading.
  package var database: DatabaseQueue
  /// The trip that a client asked for, by client number from 0.
  package var offers: @Sendable (Int) -> OfferedTrip
  /// Finds the client whose key a booking was made with; nil for unknown bookings.
  package var client: @Sendable (_ bookingID: String) -> Int?
  /// Unix time in microseconds at which the world began.
  package var epochMicroseconds: Int64
}

/// What one client was offered: the ground truth of prices and attributes.
package struct OfferedTrip: Sendable {
  package var option: TripOption
  package var request: TripRequest
  /// The slots whose component was gone from the beginning.
  package var gone: [String]
  /// The idempotency key of the client's request.
  package var key: String
}

/// Judges one world while it runs and when it is quiet.
///
/// Recomputes money and inventory from the fakes' ledgers and the offers, never from the
/// orchestrator's arithmetic. All calls come on the simulator's thread.
package final class Auditor: @unchecked Sendable {
  // Unchecked: confined to the simulator's thread, like everything that belongs to one world.

  package init(_ sources: AuditSources) { fatalError("seam") }

  // While it runs. `at` is virtual time in microseconds since the world began.

  /// A fake's ledger changed.
  package func ledgerChanged(_ change: LedgerChange, at: Int64) { fatalError("seam") }
  /// The orchestrator committed a transaction.
  package func committed(at: Int64) { fatalError("seam") }
  /// The orchestrator sends a request to a vendor (before the network touches it).
  package func sent(_ call: HTTPCall, record: CallRecord, at: Int64) { fatalError("seam") }
  /// A request (or a copy of it) reaches a vendor.
  package func delivered(_ call: HTTPCall, record: CallRecord, copy: Int, at: Int64) {
    fatalError("seam")
  }
  /// A vendor call ended for the orchestrator, with its status (0: no answer) and `Retry-After`.
  package func ended(_ record: CallRecord, retryAfterSeconds: Int?, at: Int64) {
    fatalError("seam")
  }
  /// A client was told something.
  package func told(_ record: ClientRecord) { fatalError("seam") }
  /// An orchestrator process died.
  package func crashed(_ record: CrashRecord) { fatalError("seam") }
  /// An orchestrator process started.
  package func started(incarnation: Int, at: Int64) { fatalError("seam") }
  /// The faults are healed: bounds of liveness count from here.
  package func quietBegan(at: Int64) { fatalError("seam") }

  // At the end.

  /// The booking that keeps the world from being finished, in a sentence, or nil: every accepted
  /// booking terminal or parked, nothing owed, nothing due, outbox empty.
  package func unfinished() -> String? { fatalError("seam") }
  /// Judges everything that can be judged only now, over the whole history.
  package func conclude(_ history: History, at: Int64) { fatalError("seam") }
  /// Results of all invariants, in the order of the catalogue.
  package var results: [InvariantResult] { fatalError("seam") }
  /// All violations, in order of time (bounded per invariant; the count in results is exact).
  package var violations: [Violation] { fatalError("seam") }
  /// One row per accepted trip, by client number.
  package func tripRows(_ history: History) -> [TripRow] { fatalError("seam") }
  /// All parked items, in order of time.
  package func attentionRows() -> [AttentionRow] { fatalError("seam") }
  /// Sometimes-marks that the auditor itself has seen (name → how often).
  package var marks: [String: Int] { fatalError("seam") }
}

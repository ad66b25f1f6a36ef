package import FakeVendors
package import HTTPService

/// One thing that happened in a world, as those who watch it are told.
package enum HistoryEvent {
  /// A fake's ledger changed.
  case ledgerChanged(LedgerChange)
  /// The orchestrator committed a transaction.
  case committed
  /// The orchestrator sends a request to a vendor (before the network touches it).
  case sent(HTTPCall, CallRecord)
  /// A request (or a copy of it, from 1) reaches a vendor.
  case delivered(HTTPCall, CallRecord, copy: Int)
  /// A client's question, or an event of Stripe's, reaches the orchestrator.
  case arrived(HTTPCall, CallRecord)
  /// A vendor call ended for the orchestrator, with its status (0: no answer) and `Retry-After`.
  case ended(CallRecord, retryAfterSeconds: Int?)
  /// A client was told something.
  case told(ClientRecord)
  /// An orchestrator process died.
  case crashed(CrashRecord)
  /// An orchestrator process started.
  case started(node: String, incarnation: Int)
  /// An orchestrator process stands still.
  case paused(node: String, incarnation: Int)
  /// An orchestrator process begins to stop: it ends what it drives, and begins nothing.
  case stopping(node: String)
  /// An orchestrator process says that its drive of a booking's trip ended with an error.
  case reported(booking: String, error: String)
  /// An orchestrator process that stood still goes on.
  case resumed(node: String, incarnation: Int)
  /// An operator decided about something parked.
  case decided(DecisionRecord)
  /// The orchestrator sends an event to a client's receiver (before the network touches it).
  case hookSent(HTTPCall, CallRecord)
  /// An event has come to a receiver, which has made up its mind about it.
  case hookVisited(HookVisit)
  /// The sending of an event ended for the orchestrator, with its status (0: no answer) and `Retry-After`.
  case hookEnded(CallRecord, retryAfterSeconds: Int?)
  /// An operator had an event that was given up sent again.
  case hookResent(event: String)
  /// The faults are healed: bounds of liveness count from here.
  case quietBegan
}

/// Watches what happens in a world.
///
/// Events go one way: who publishes them does not own who observes, and asks for nothing.
package protocol HistoryObserver: AnyObject {
  /// Is told of an event at the moment it happens, on the simulator's thread.
  /// - Parameter at: virtual time in microseconds since the world began.
  func observe(_ event: HistoryEvent, at: Int64)
}

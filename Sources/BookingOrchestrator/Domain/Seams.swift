/// The real travel-booking orchestrator: the one that takes real money.
///
/// A pure saga machine (`Saga/`) decides, a thin driver performs, a SQLite store (`Store/`) remembers
/// every intent before it is acted upon, clients (`Vendors/`) speak the vendors' wire formats, and an
/// HTTP API (`API/`) takes requests. Everything that touches the world comes in through the seams of
/// this file; nothing here knows of simulation.
public import GRDB

/// Tells the wall-clock time.
public protocol WallClock: Sendable {
  /// Returns the present moment.
  func now() -> Timestamp
}

/// Makes identifiers.
public protocol IdentifierSource: Sendable {
  /// Returns an identifier that was never returned before.
  /// - Parameters:
  ///   - kind: what it is for: `bk` (booking), `own` (owner of leases), `sl` (link to share).
  ///   - hint: what asks for it (`name/key`: a client's name and its idempotency key); a source may derive from it or ignore it.
  func identifier(_ kind: String, hint: String) -> String
}

/// Makes secrets that nobody can guess.
public protocol SecretSource: Sendable {
  /// Returns so many random bytes.
  /// - Parameter hint: what they are for; a source may derive from it or ignore it. No two requests
  ///   have the same.
  func secret(bytes count: Int, hint: String) -> [UInt8]
}

/// Gives random numbers for the jitter of delays, never for anything else.
public protocol JitterSource: Sendable {
  /// Returns a number in 0..<1 for the nth delay of a booking's slot.
  func fraction(booking: BookingID, slot: String, attempt: Int) -> Double
}

/// Runs transactions on the orchestrator's database.
public protocol DatabaseAccess: Sendable {
  /// Runs `body` in one read-write transaction that is durable when this returns.
  func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T
  /// Runs `body` against one committed state.
  func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T
}

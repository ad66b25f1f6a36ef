import Foundation

/// The word of a running server that it lives: an advisory lock on a file beside the database.
///
/// Every server holds a shared lock for as long as it lives; the kernel takes it back however the
/// process ends. Who can have it exclusively at its start is alone, so whoever holds a lease is dead.
/// What is done about that is done under the exclusive lock: nobody else is beyond its start then.
final class DatabaseTenancy: Sendable {
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Moves in, and waits while another server is just doing so.
  /// - Parameters:
  ///   - database: the database's path; the lock is on the file of this name with `-lock` behind it.
  ///   - patience: how long another server's start is waited for.
  ///   - alone: called, under the exclusive lock, when no other server lives.
  /// - Throws: ``DatabaseRefused`` when the file cannot be opened or locked, or what `alone` throws.
  static func moveIn(
    _ database: String, patience: Duration = .seconds(10), alone: () async throws -> Void
  ) async throws -> DatabaseTenancy {
    let descriptor = open(database + "-lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw DatabaseRefused(
        path: database + "-lock", reason: String(cString: strerror(errno)))
    }
    let tenancy = DatabaseTenancy(descriptor)
    if try tenancy.lock(LOCK_EX) { try await alone() }
    // Not one step: for a moment nobody may hold it. This server has no leases yet to be taken.
    let clock = ContinuousClock()
    let end = clock.now + patience
    while try !tenancy.lock(LOCK_SH) {
      guard clock.now < end else {
        throw DatabaseRefused(
          path: database, reason: "another process keeps \(database)-lock to itself")
      }
      try await clock.sleep(for: .milliseconds(20))
    }
    return tenancy
  }

  /// Whether the lock could be had; false when others hold it in a way that forbids this one.
  private func lock(_ kind: Int32) throws -> Bool {
    if flock(descriptor, kind | LOCK_NB) == 0 { return true }
    guard errno == EWOULDBLOCK || errno == EINTR else {
      throw DatabaseRefused(path: "lock", reason: String(cString: strerror(errno)))
    }
    return false
  }
}

import BookingOrchestrator
package import GRDB
import Synchronization

/// The bookings' database on a file: SQLite in WAL mode, durable at every commit, one fsync for many.
///
/// A commit's cost is its fsync. Bodies that arrive while one is under way wait, and are then run
/// together in one transaction, each in a savepoint of its own: one that throws undoes only itself.
/// All of them go on when the transaction is durable, never before. SQLite works on GRDB's own serial
/// queue, so no thread of the concurrency pool ever waits for a disk.
package final class GroupCommitDatabase: DatabaseAccess {
  /// What is told of each commit.
  package struct Commit: Sendable, Hashable {
    /// How many bodies it made durable, those that threw included.
    package var bodies: Int
    /// From BEGIN to the end of COMMIT.
    package var duration: Duration
    /// Whether it was durable at the end.
    package var succeeded: Bool
  }

  private let pool: DatabasePool
  private let watch: DatabaseWatch?
  private let observe: @Sendable (Commit) -> Void
  private let state = Mutex(State())

  private struct State {
    var waiting: [any Waiting] = []
    var isCommitting = false
  }

  /// The most bodies in one transaction: a bound on what a failing commit takes with it.
  private static let mostAtOnce = 256

  /// Creates it over an open pool.
  /// - Parameter watch: asked before each commit and after it whether the file is still there.
  package init(
    _ pool: DatabasePool, watch: DatabaseWatch? = nil,
    observe: @escaping @Sendable (Commit) -> Void = { _ in }
  ) {
    self.pool = pool
    self.watch = watch
    self.observe = observe
  }

  package func write<T: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> T
  ) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      let mustStart = state.withLock { state in
        state.waiting.append(Pending(body: body, continuation: continuation))
        defer { state.isCommitting = true }
        return !state.isCommitting
      }
      if mustStart { pool.asyncWriteWithoutTransaction { [self] db in commitWhatWaits(db) } }
    }
  }

  package func read<T: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> T
  ) async throws -> T {
    try confirm()
    return try await pool.read(body)
  }

  /// Throws what a failing disk would when the file has been taken away.
  private func confirm() throws(DatabaseError) {
    do {
      try watch?.confirm()
    } catch {
      throw error.asDatabaseError
    }
  }

  /// How many bodies wait for the commit under way to end.
  var waitingCount: Int { state.withLock { $0.waiting.count } }
  /// Whether bodies have been taken out of the queue and are being committed.
  var isCommitting: Bool { state.withLock { $0.isCommitting && $0.waiting.isEmpty } }

  /// Commits until nobody waits.
  private func commitWhatWaits(_ db: Database) {
    while true {
      let batch = state.withLock { state in
        let batch = Array(state.waiting.prefix(Self.mostAtOnce))
        state.waiting.removeFirst(batch.count)
        if batch.isEmpty { state.isCommitting = false }
        return batch
      }
      if batch.isEmpty { return }
      commit(batch, db)
    }
  }

  private func commit(_ batch: [any Waiting], _ db: Database) {
    let clock = ContinuousClock()
    let start = clock.now
    var failure: (any Error)?
    do {
      try confirm()
      try db.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION").execute()
      for waiting in batch { try waiting.run(db) }
      try db.cachedStatement(sql: "COMMIT TRANSACTION").execute()
      // A commit to a file that is nowhere is none: nobody acts on it.
      try confirm()
    } catch {
      failure = error
      // SQLite has rolled back by itself after some errors; what else goes wrong here is less
      // interesting than the error that is passed on.
      if db.isInsideTransaction { try? db.execute(sql: "ROLLBACK TRANSACTION") }
    }
    observe(
      Commit(bodies: batch.count, duration: clock.now - start, succeeded: failure == nil))
    for waiting in batch { waiting.resume(failure) }
  }
}

/// One body and its caller; used by one thread at a time.
private protocol Waiting: Sendable {
  /// Runs the body in a savepoint. Throws only what ends the whole transaction.
  func run(_ db: Database) throws
  /// Lets the caller go on, with the body's own result or with why the commit failed.
  func resume(_ failure: (any Error)?)
}

private final class Pending<T: Sendable>: Waiting {
  private let body: @Sendable (Database) throws -> T
  private let continuation: CheckedContinuation<T, any Error>
  private let result = Mutex<Result<T, any Error>?>(nil)

  init(
    body: @escaping @Sendable (Database) throws -> T,
    continuation: CheckedContinuation<T, any Error>
  ) {
    self.body = body
    self.continuation = continuation
  }

  func run(_ db: Database) throws {
    try db.cachedStatement(sql: "SAVEPOINT body").execute()
    do {
      let value = try body(db)
      try db.cachedStatement(sql: "RELEASE SAVEPOINT body").execute()
      result.withLock { $0 = .success(value) }
    } catch {
      // A full disk or a failing one ends the whole transaction; then nobody's work is kept.
      guard db.isInsideTransaction else { throw error }
      try db.cachedStatement(sql: "ROLLBACK TRANSACTION TO SAVEPOINT body").execute()
      try db.cachedStatement(sql: "RELEASE SAVEPOINT body").execute()
      result.withLock { $0 = .failure(error) }
    }
  }

  func resume(_ failure: (any Error)?) {
    switch (result.withLock { $0 }, failure) {
    // Its own refusal stands whatever became of the others: it wrote nothing.
    case (.failure(let error)?, _): continuation.resume(throwing: error)
    case (_, let failure?): continuation.resume(throwing: failure)
    case (.success(let value)?, nil): continuation.resume(returning: value)
    case (nil, nil): preconditionFailure("a transaction was committed without one of its bodies")
    }
  }
}

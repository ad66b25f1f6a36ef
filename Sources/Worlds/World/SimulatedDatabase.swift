import Audit
import BookingOrchestrator
import GRDB
import Simulation

/// The orchestrator's database as one of its processes sees it.
///
/// The data outlives the process: an in-memory SQLite that belongs to the world. A transaction takes
/// the time of a commit, then happens at one instant, on the simulator's thread (GRDB's asynchronous
/// methods run on queues of their own). A process that dies in the wait has written nothing; one that
/// dies after it has written everything and never learns.
struct SimulatedDatabase: DatabaseAccess {
  let queue: DatabaseQueue
  let process: SimulatedProcess
  let host: OrchestratorNode

  func write<T: Sendable>(_ body: @Sendable (Database) throws -> T) async throws -> T {
    try await process.wait(host.commitLatency())
    try process.checkAlive()
    let crash = host.crashAtCommit()
    if crash == .before { try host.crashHere("before-commit", process) }
    let value = try writeNow(body)
    host.recorder.committed()
    if crash == .after { try host.crashHere("after-commit", process) }
    return value
  }

  func read<T: Sendable>(_ body: @Sendable (Database) throws -> T) async throws -> T {
    try process.checkAlive()
    return try readNow(body)
  }

  // Not async, so that these are GRDB's synchronous methods. The transaction is opened and closed by
  // cached statements: each statement that GRDB compiles sets SQLite's authorizer anew, and SQLite
  // then compiles every other statement of the connection again (a fourth of all time, measured).
  private func writeNow<T>(_ body: (Database) throws -> T) throws -> T {
    try queue.writeWithoutTransaction { db in
      try db.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION").execute()
      do {
        let value = try body(db)
        try db.cachedStatement(sql: "COMMIT TRANSACTION").execute()
        return value
      } catch {
        if db.isInsideTransaction {
          try db.cachedStatement(sql: "ROLLBACK TRANSACTION").execute()
        }
        throw error
      }
    }
  }

  // One connection on one thread: nothing can be written between two statements of a read.
  private func readNow<T>(_ body: (Database) throws -> T) throws -> T { try queue.unsafeRead(body) }

  /// Opens the database of a world.
  static func open() throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    // Debian builds SQLite with SECURE_DELETE: what is freed is overwritten. Nobody reads this memory.
    // A page that splits passes through the number of SQLite's locking page, and at the next commit
    // SQLite combs its page cache, here all of the database, for what lies beyond the last page: with
    // fewer pages that is rarer and shorter, and a booking costs the same in a large world.
    configuration.prepareDatabase {
      try $0.execute(sql: "PRAGMA secure_delete = OFF; PRAGMA page_size = 8192")
    }
    return try DatabaseQueue(configuration: configuration)
  }
}

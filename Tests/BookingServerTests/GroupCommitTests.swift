import BookingOrchestrator
import Dispatch
import GRDB
import Synchronization
import Testing

@testable import BookingServer

struct GroupCommitTests {
  private let folder: TestFolder
  private let pool: DatabasePool
  private let commits = Log()

  private final class Log: Sendable {
    let all = Mutex<[GroupCommitDatabase.Commit]>([])
  }
  private struct Refused: Error, Equatable {}

  init() throws {
    folder = try TestFolder()
    pool = try GroupCommitDatabase.open(folder.path("b.sqlite"))
    try pool.write { db in
      try db.execute(
        sql: """
          CREATE TABLE t (n INTEGER PRIMARY KEY, up INTEGER REFERENCES t (n)
            DEFERRABLE INITIALLY DEFERRED)
          """)
    }
  }

  private var database: GroupCommitDatabase {
    GroupCommitDatabase(pool) { [commits] commit in commits.all.withLock { $0.append(commit) } }
  }

  private func rows() throws -> [Int] {
    // A connection of its own sees only what is committed.
    try DatabaseQueue(path: folder.path("b.sqlite")).read { db in
      try Int.fetchAll(db, sql: "SELECT n FROM t ORDER BY n")
    }
  }

  /// Holds the writer up until as many bodies wait as are given, so that they share a commit.
  private func together(_ bodies: [@Sendable (Database) throws -> Int]) async throws
    -> [Result<Int, any Error>]
  {
    let database = database
    let gate = DispatchSemaphore(value: 0)
    return try await withThrowingTaskGroup(of: (Int, Result<Int, any Error>)?.self) { group in
      group.addTask {
        try await database.write { _ in gate.wait() }
        return nil
      }
      try await eventually("the writer is busy") { database.isCommitting }
      for (number, body) in bodies.enumerated() {
        group.addTask {
          do { return (number, .success(try await database.write(body))) } catch {
            return (number, .failure(error))
          }
        }
      }
      try await eventually("all wait") { database.waitingCount == bodies.count }
      gate.signal()
      var results: [(Int, Result<Int, any Error>)] = []
      for try await result in group { if let result { results.append(result) } }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private static func insert(_ n: Int) -> @Sendable (Database) throws -> Int {
    { db in
      try db.execute(sql: "INSERT INTO t (n) VALUES (?)", arguments: [n])
      return n
    }
  }

  @Test func bodiesThatWaitShareOneCommit() async throws {
    let results = try await together((1...50).map(Self.insert))
    #expect(try results.map { try $0.get() } == Array(1...50))
    #expect(try rows() == Array(1...50))
    #expect(commits.all.withLock { $0.map(\.bodies) } == [1, 50])
  }

  @Test func bodyThatThrowsUndoesOnlyItself() async throws {
    let results = try await together([
      Self.insert(1),
      { db in
        _ = try Self.insert(2)(db)
        throw Refused()
      },
      Self.insert(3),
      // It fails by itself, as a constraint does.
      Self.insert(1),
    ])
    #expect(try results[0].get() == 1)
    #expect(throws: Refused.self) { try results[1].get() }
    #expect(try results[2].get() == 3)
    #expect(throws: DatabaseError.self) { try results[3].get() }
    #expect(try rows() == [1, 3])
  }

  @Test func commitThatFailsFailsAllAndTheNextOneWorks() async throws {
    let results = try await together([
      Self.insert(1),
      { db in
        try db.execute(sql: "INSERT INTO t (n, up) VALUES (2, 99)")
        return 2
      },
    ])
    for result in results { #expect(throws: DatabaseError.self) { try result.get() } }
    #expect(try rows() == [])
    _ = try await database.write(Self.insert(3))
    #expect(try rows() == [3])
  }

  @Test func whatIsAnsweredIsCommitted() async throws {
    let database = database
    try await withThrowingTaskGroup { group in
      for n in 1...200 {
        group.addTask {
          _ = try await database.write(Self.insert(n))
          let isThere = try await database.read { db in
            try Int.fetchOne(db, sql: "SELECT n FROM t WHERE n = ?", arguments: [n]) == n
          }
          #expect(isThere)
        }
      }
      try await group.waitForAll()
    }
    #expect(commits.all.withLock { $0.reduce(0) { $0 + $1.bodies } } == 200)
  }

  @Test func commitsSurviveAPowerCut() async throws {
    let pragmas = try await pool.write { db in
      (
        try Int.fetchOne(db, sql: "PRAGMA synchronous"),
        try String.fetchOne(db, sql: "PRAGMA journal_mode"),
        try Int.fetchOne(db, sql: "PRAGMA foreign_keys")
      )
    }
    #expect(pragmas.0 == 2)  // FULL
    #expect(pragmas.1 == "wal")
    #expect(pragmas.2 == 1)
  }

  @Test func databaseOfANewerVersionIsLeftAlone() throws {
    let path = folder.path("newer.sqlite")
    let newer = try GroupCommitDatabase.open(path)
    try newer.write { db in
      try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('2099-01 something')")
    }
    try newer.close()
    let error = #expect(throws: DatabaseRefused.self) { try GroupCommitDatabase.open(path) }
    #expect(error?.description.contains("newer version") == true)
  }

  @Test func operatorsDoNotMakeADatabase() throws {
    #expect(throws: DatabaseRefused.self) {
      try GroupCommitDatabase.open(folder.path("none.sqlite"), mayCreate: false)
    }
  }
}

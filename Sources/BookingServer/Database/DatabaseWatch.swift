import BookingOrchestrator
import Foundation
package import GRDB
import Synchronization

/// Notices that the database's file is not the one that was opened any more.
///
/// SQLite goes on with the files that it has opened: after `rm`, `mv` or a restored copy it commits to
/// what nobody will ever find again (sqlite.org/howtocorrupt.html, section 2.4), and trips would be
/// booked and charged that after a restart never were. Two signs are looked for: the device and the
/// number of what is at the path, cheap enough for every commit; and a row that only this process
/// wrote, read as a newcomer would read it, which also shows a file that was overwritten in place.
/// What was lost once stays lost: there is no way back but a start.
package final class DatabaseWatch: Sendable {
  private struct File: Hashable {
    var device: UInt64
    var number: UInt64
  }

  private struct State {
    var files: [(path: String, file: File)] = []
    var loss: DatabaseLost?
  }

  private let path: String
  /// The row's name.
  private let mark: String
  private let state = Mutex(State())

  /// Creates a watch that finds nothing wrong until it is told to ``begin(_:)``.
  package init(path: String, mark: String) {
    self.path = path
    self.mark = mark
  }

  /// Leaves the row and remembers which files are there; call it once, after the database was opened.
  package func begin(_ pool: DatabasePool) throws {
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "INSERT INTO server_mark (mark) VALUES (?)", arguments: [mark])
    }
    state.withLock { state in
      // The log and its index are as much the database as the file is: they are what a commit writes.
      state.files = [path, path + "-wal", path + "-shm"].compactMap { path in
        Self.file(path).map { (path, $0) }
      }
    }
  }

  /// Takes the row away; call it when everything else is over.
  package func end(_ pool: DatabasePool) throws {
    try confirm()
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "DELETE FROM server_mark WHERE mark = ?", arguments: [mark])
    }
  }

  /// Checks which files are there.
  /// - Throws: ``DatabaseLost``.
  package func confirm() throws(DatabaseLost) {
    let loss = state.withLock { state in
      if state.loss == nil,
        let lost = state.files.first(where: { Self.file($0.path, else: $0.file) != $0.file })
      {
        state.loss = DatabaseLost(path: lost.path, reason: "was deleted or replaced")
      }
      return state.loss
    }
    if let loss { throw loss }
  }

  /// Checks which files are there, and looks for the row with a connection of its own.
  /// - Throws: ``DatabaseLost``.
  package func look() throws(DatabaseLost) {
    try confirm()
    guard !hasMark() else { return }
    let loss = DatabaseLost(path: path, reason: "has other content than this server wrote")
    state.withLock { $0.loss = $0.loss ?? loss }
    throw loss
  }

  /// Whether the row is there; true also when nothing can be said, for a busy database or a process
  /// without free descriptors is no proof of a loss.
  private func hasMark() -> Bool {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(1)
    configuration.label = "watch"
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      defer { try? queue.close() }  // It was only read.
      return try queue.read { db in
        try Int.fetchOne(
          db, sql: "SELECT 1 FROM server_mark WHERE mark = ?", arguments: [mark]) != nil
      }
    } catch let error as DatabaseError {
      switch error.resultCode {
      // Not a database, a damaged one, or one without the table.
      case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR: return false
      default: return true
      }
    } catch {
      return true
    }
  }

  /// What is at a path: nil when nothing is, and `unknown` when the system does not say.
  private static func file(_ path: String, else unknown: File? = nil) -> File? {
    var found = stat()
    guard stat(path, &found) == 0 else {
      return errno == ENOENT || errno == ENOTDIR ? nil : unknown
    }
    return File(
      device: UInt64(truncatingIfNeeded: found.st_dev),
      number: UInt64(truncatingIfNeeded: found.st_ino))
  }
}

/// The database was taken away under the running server.
package struct DatabaseLost: Error, Hashable, CustomStringConvertible {
  /// The file.
  package let path: String
  /// What happened to it, for people.
  package let reason: String
  package var description: String {
    "database \(path): the file \(reason) while the server was running. Nothing is booked any more;"
      + " put the file back, with its -wal and -shm, and start again"
  }

  /// The loss as the database would tell it, so that whoever copes with a failing disk copes with it.
  var asDatabaseError: DatabaseError {
    DatabaseError(resultCode: .SQLITE_IOERR, message: description)
  }
}

import BookingOrchestrator
import Foundation
package import GRDB

extension GroupCommitDatabase {
  /// Opens a database file, creates it when it is not there, and brings it to the present version.
  /// - Throws: ``DatabaseRefused`` with what is wrong and what to do.
  package static func open(
    _ path: String, mayCreate: Bool = true
  ) throws(DatabaseRefused) -> DatabasePool {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    // Operators' commands write from processes of their own.
    configuration.busyMode = .timeout(5)
    configuration.label = "bookings"
    do {
      guard mayCreate || FileManager.default.fileExists(atPath: path) else {
        throw DatabaseRefused(path: path, reason: "there is no such file; serve creates it")
      }
      let pool = try DatabasePool(path: path, configuration: configuration)
      // A commit that was answered survives a power cut. Not before: GRDB sets NORMAL when it turns
      // WAL on.
      try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
      try Orchestrator.migrate(pool)
      return pool
    } catch let error as DatabaseRefused {
      throw error
    } catch {
      throw DatabaseRefused(path: path, reason: "\(error)")
    }
  }
}

/// The database cannot be used.
package struct DatabaseRefused: Error, CustomStringConvertible {
  /// The file.
  package let path: String
  /// Why, for people.
  package let reason: String
  package var description: String { "database \(path): \(reason)" }
}

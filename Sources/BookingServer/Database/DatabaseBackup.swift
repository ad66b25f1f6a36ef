import Foundation
package import GRDB

/// Copies a database that is in use.
package enum DatabaseBackup {
  /// Writes a copy of one moment, and returns how many pages it has.
  ///
  /// SQLite's online backup in one step, within one read transaction: writers of a WAL database go on
  /// beside it, and nothing that they commit is half in the copy (sqlite.org/backup.html). The copy is
  /// written beside its place, checked, and forced to the disk before it takes its name; whoever finds
  /// a file of that name finds a whole one, whenever the power failed.
  /// - Throws: ``DatabaseRefused`` with what is wrong; the file of that name is then what it was.
  package static func write(_ pool: DatabasePool, to path: String) throws(DatabaseRefused) -> Int {
    try refuse(path, beside: pool.path)
    let draft = path + "-partial"
    defer { for name in [draft, draft + "-journal"] { unlink(name) } }
    do {
      unlink(draft)
      let copy = try DatabaseQueue(path: draft)
      try pool.backup(to: copy)
      let pages = try copy.writeWithoutTransaction { db in
        // The copy says that it is in WAL mode, as the original; by itself it shall be one file.
        try db.execute(sql: "PRAGMA journal_mode = DELETE")
        let faults = try String.fetchAll(db, sql: "PRAGMA integrity_check")
        guard faults == ["ok"] else {
          throw DatabaseRefused(path: path, reason: faults.joined(separator: "; "))
        }
        return try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      }
      try copy.close()
      try force(draft)
      guard rename(draft, path) == 0 else { throw Self.refusal(path) }
      try force((path as NSString).deletingLastPathComponent)
      return pages
    } catch let error as DatabaseRefused {
      throw error
    } catch {
      throw DatabaseRefused(path: path, reason: "\(error)")
    }
  }

  /// Refuses a name under which a copy would do harm.
  private static func refuse(_ path: String, beside original: String) throws(DatabaseRefused) {
    var (there, ours) = (stat(), stat())
    if stat(path, &there) == 0, stat(original, &ours) == 0, there.st_ino == ours.st_ino,
      there.st_dev == ours.st_dev
    {
      throw DatabaseRefused(path: path, reason: "this is the database itself; name another file")
    }
    // SQLite would play another database's journal into the copy.
    for suffix in ["-wal", "-journal"] where access(path + suffix, F_OK) == 0 {
      throw DatabaseRefused(
        path: path, reason: "\(path)\(suffix) belongs to a database in use; name another file")
    }
  }

  /// Forces a file, or the names in a folder, to the disk.
  private static func force(_ path: String) throws(DatabaseRefused) {
    let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw refusal(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw refusal(path) }
  }

  private static func refusal(_ path: String) -> DatabaseRefused {
    DatabaseRefused(path: path, reason: String(cString: strerror(errno)))
  }
}

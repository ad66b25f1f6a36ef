import Audit
import FoundationEssentials
import Scenarios
package import Wire
package import Worlds

#if canImport(Glibc)
  import Glibc
#endif

/// Writes the report folder of a run: whole, or not at all.
///
/// Everything goes into a folder beside the final one, which then takes its place at once. Whoever
/// reads the final folder sees the old report or the new one, never a mixture.
package struct ReportWriter: Sendable {
  /// The folder that holds the report folders.
  let root: String

  package init(root: String) { self.root = root }

  /// The name of a run's folder: `quickstart-7`.
  package static func folderName(_ scenario: String, seed: UInt64) -> String {
    "\(scenario)-\(seed)"
  }

  /// Writes all files of a run and returns the folder's path.
  ///
  /// `timing` goes to `timing.json`, apart from the files that are the same for the same seed.
  @discardableResult
  package func write(_ result: RunResult, timing: JSONValue) throws(ReportError) -> String {
    let name = Self.folderName(result.scenario.name, seed: result.seed)
    let shown = "\(root)/\(name)"
    // A link in the report's place stays one: what it leads to is replaced.
    let final = try OutputFile.target(of: shown)
    let parent = final.lastIndex(of: "/").map { String(final[..<$0]) } ?? "."
    let partial = "\(parent)/.\(name).\(getpid())"
    try check(existing: final)
    try attempt(partial) {
      try? FileManager.default.removeItem(atPath: partial)  // Left behind by a process that died.
      try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: true)
    }
    do {
      let tables = ReportTables(result)
      for (file, table) in ReportTables.files {
        let bytes = table(tables).bytes
        try create(file, bytes, in: partial, shown: shown)
      }
      try create("timing.json", Array((timing.text() + "\n").utf8), in: partial, shown: shown)
      try replace(final, with: partial)
    } catch {
      // Whether the leftovers can be removed changes nothing about the error.
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
    return shown
  }

  /// Writes one file of a report that is not in its place yet; errors name the place.
  private func create(
    _ file: String, _ bytes: [UInt8], in folder: String, shown: String
  ) throws(ReportError) {
    do { try OutputFile.create("\(folder)/\(file)", bytes) } catch {
      throw ReportError(path: "\(shown)/\(file)", reason: error.reason)
    }
  }

  /// Says beforehand, without writing anything, why a report could not be written.
  package func check(scenario: String, seed: UInt64) throws(ReportError) {
    try check(existing: "\(root)/\(Self.folderName(scenario, seed: seed))")
    var folder = root
    var isDirectory = false
    while !FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory) {
      // A path below a file does not exist either; the file is found on the way up.
      let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "."
      folder = parent.isEmpty ? "/" : parent
    }
    guard isDirectory else { throw ReportError(path: folder, reason: "not a folder") }
    guard access(folder, W_OK | X_OK) == 0 else { throw failure(folder) }
  }

  /// Refuses to replace what is not a report: a folder that someone named by mistake.
  private func check(existing final: String) throws(ReportError) {
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: final, isDirectory: &isDirectory) else { return }
    guard isDirectory else { throw ReportError(path: final, reason: "a file is in its place") }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: final)) ?? []
    guard names.isEmpty || names.contains("summary.csv") else {
      throw ReportError(
        path: final, reason: "the folder there is not a report (it has no summary.csv)")
    }
  }

  private func replace(_ final: String, with partial: String) throws(ReportError) {
    if !FileManager.default.fileExists(atPath: final) {
      guard rename(partial, final) == 0 else { throw failure(final) }
      return
    }
    // Both names change at once, so that there is a whole report under `final` at any moment.
    if !Self.exchange(partial, final) {
      // File systems without exchange: set the old one aside, and bring it back if need be.
      let aside = partial + ".old"
      guard rename(final, aside) == 0 else { throw failure(final) }
      guard rename(partial, final) == 0 else {
        let error = failure(final)
        _ = rename(aside, final)
        throw error
      }
      _ = rename(aside, partial)
    }
    // The old report, now under the hidden name; a leftover of it would do no harm.
    try? FileManager.default.removeItem(atPath: partial)
  }

  /// Exchanges two names atomically (Linux `renameat2(2)` with RENAME_EXCHANGE), if that is possible.
  private static func exchange(_ a: String, _ b: String) -> Bool {
    typealias Rename =
      @convention(c) (
        Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
      ) -> Int32
    // Swift's Glibc module does not show the function; glibc has had it since 2.28.
    guard let symbol = dlsym(nil, "renameat2") else { return false }
    let exchange: UInt32 = 2
    return unsafeBitCast(symbol, to: Rename.self)(AT_FDCWD, a, AT_FDCWD, b, exchange) == 0
  }

  private func failure(_ path: String) -> ReportError {
    ReportError(path: path, reason: String(cString: strerror(errno)))
  }

  private func attempt(_ path: String, _ body: () throws -> Void) throws(ReportError) {
    do { try body() } catch {
      let reason = (error as? CocoaError).map(Self.reason) ?? "\(error)"
      throw ReportError(path: path, reason: reason)
    }
  }

  private static func reason(_ error: CocoaError) -> String {
    if let posix = error.userInfo["NSUnderlyingError"] as? POSIXError {
      return String(cString: strerror(posix.code.rawValue))
    }
    return switch error.code {
    case .fileWriteNoPermission, .fileReadNoPermission: "permission denied"
    case .fileWriteOutOfSpace: "no space left on the device"
    case .fileWriteVolumeReadOnly: "the file system is read-only"
    case .fileWriteFileExists: "a file is in its place"
    default: "\(error.code)"
    }
  }
}

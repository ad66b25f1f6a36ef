import Audit
import Glibc
import Worlds

/// A trace on disk, one record per line.
///
/// Belongs to the thread that runs the world.
final class TraceFile: @unchecked Sendable {
  // Unchecked: written by one thread only, as documented above.
  private let file: UnsafeMutablePointer<FILE>

  /// Creates an empty file, or returns nil when that is not possible.
  init?(_ path: String) {
    guard let file = fopen(path, "w") else { return nil }
    self.file = file
  }

  /// Adds a record.
  func write(_ line: String) {
    fputs(line, file)
    fputs("\n", file)
  }

  /// Completes the file, after which nothing may be written, and says why it is not whole; nil
  /// when it is.
  func close() -> String? {
    let failed = ferror(file) != 0
    // A full disk is often told no sooner than when the last buffer goes out.
    guard fclose(file) != 0 || failed else { return nil }
    return failed ? "not all of it could be written" : String(cString: strerror(errno))
  }

  /// Names the first record in which two traces differ, or nil when they are equal.
  static func firstDifference(_ ours: String, _ theirs: String) -> String? {
    guard let a = fopen(ours, "r"), let b = fopen(theirs, "r") else { return "no trace to compare" }
    defer {
      fclose(a)
      fclose(b)
    }
    while true {
      let (left, right) = (line(a), line(b))
      guard left != nil || right != nil else { return nil }
      if left != right {
        return "the first event that differs is '\(left ?? "none")' here, "
          + "'\(right ?? "none")' in the fresh process"
      }
    }
  }

  private static func line(_ file: UnsafeMutablePointer<FILE>) -> String? {
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    guard getline(&buffer, &capacity, file) >= 0, let buffer else { return nil }
    var text = String(cString: buffer)
    if text.last == "\n" { text.removeLast() }
    return text
  }
}

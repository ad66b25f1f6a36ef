import Foundation

/// An empty folder of its own, removed when nobody holds it any more.
package final class TemporaryFolder {
  package let path: String

  package init(_ name: String = #function) throws {
    let plain = name.filter(\.isLetter)
    path = FileManager.default.temporaryDirectory.path + "/turbulence-\(plain)-\(UUID())"
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file into it and returns the path of that.
  package func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }

  /// The names of what is in it, in alphabetical order.
  package var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

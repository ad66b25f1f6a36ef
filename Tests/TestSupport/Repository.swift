import Foundation
package import Testing

/// The files of this repository, found from the place of this one.
package enum Repository {
  package static let root: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)  // Tests/TestSupport/Repository.swift
    return parts.joined(separator: "/")
  }()

  /// Paths below a folder, relative to the root, in alphabetical order.
  package static func files(_ folder: String, ext: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")
      .filter { $0.hasSuffix(ext) }.sorted().map { "\(folder)/\($0)" }
  }

  package static func text(_ path: String) throws -> String {
    try String(contentsOfFile: path.hasPrefix("/") ? path : "\(root)/\(path)", encoding: .utf8)
  }
}

/// Compares a text with a file; with `RECORD_SNAPSHOTS=1`, writes the file and fails.
package func expectSnapshot(
  _ text: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
    try Data(text.utf8).write(to: URL(filePath: path))
    Issue.record("recorded \(path)", sourceLocation: sourceLocation)
    return
  }
  let expected = try Repository.text(path)
  guard text != expected else { return }
  let ours = text.split(separator: "\n", omittingEmptySubsequences: false)
  let theirs = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(ours, theirs).enumerated().first { $1.0 != $1.1 }
  Issue.record(
    "\(path) differs, first in line \((line?.offset ?? min(ours.count, theirs.count)) + 1): \(line.map { "'\($1.0)', expected '\($1.1)'" } ?? "one is longer"); RECORD_SNAPSHOTS=1 records anew",
    sourceLocation: sourceLocation)
}

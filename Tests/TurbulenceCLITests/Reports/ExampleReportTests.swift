import Foundation
import Scenarios
import TestSupport
import Testing

@testable import Audit
@testable import TurbulenceCLI
@testable import Worlds

/// The committed report of the example scenario is the one that the program writes.
struct ExampleReportTests {
  static let scenario = "scenarios/fast/example.yaml"
  static let seed: UInt64 = 1
  static let example = "\(Repository.root)/reports/example"

  @Test func exampleReportIsWhatTheProgramWrites() throws {
    let scenario = try ScenarioDecoder.load("\(Repository.root)/\(Self.scenario)")
    let result = WorldThread.run { World.run(scenario, seed: Self.seed) }
    #expect(result.verdict == .pass)

    let root = FileManager.default.temporaryDirectory.path + "/turbulence-example-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: root) }  // A leftover would harm nobody.
    let summary = RunSummary(result, path: Self.scenario, wallMicroseconds: 1)
    let folder = try ReportWriter(root: root).write(result, timing: summary.timing)
    // Real time is the one thing that differs between runs.
    try FileManager.default.removeItem(atPath: "\(folder)/timing.json")

    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      if FileManager.default.fileExists(atPath: Self.example) {
        try FileManager.default.removeItem(atPath: Self.example)
      }
      try FileManager.default.createDirectory(
        atPath: Self.example, withIntermediateDirectories: true)
    }
    let names = try files(folder)
    for name in names { try expectSnapshot(text("\(folder)/\(name)"), "\(Self.example)/\(name)") }
    #expect(try files(Self.example) == names)
  }

  private func files(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }
}

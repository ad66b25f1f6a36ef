import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import TurbulenceCLI

/// What the documentation tells people to type exists.
struct ReadmeTests {
  static let documents = [
    "README.md", ".github/CONTRIBUTING.md", "scenarios/README.md", "reports/README.md",
    "Sources/README.md", "Sources/Audit/README.md", "Sources/BookingServer/README.md",
    "Sources/FakeVendorServer/README.md", "Sources/FakeVendors/README.md",
    "Sources/Simulation/README.md", "Tests/Conformance/SDKs/README.md", "Tests/Mutants/README.md",
  ]

  @Test(arguments: documents)
  func namedFilesExist(document: String) throws {
    let text = try Repository.text(document)
    // Reports are named as well, but for the example they exist only after a run.
    let pattern =
      #/
      (?: ^ | [\s`"(\[] ) (?: \.\./ )*
      ( (?: scenarios | Sources | Tests | reports/example | \.ci ) / [\w.+\/\-]* \w )
    /#
    for match in text.matches(of: pattern.anchorsMatchLineEndings()) {
      let path = String(match.1)
      #expect(
        FileManager.default.fileExists(atPath: "\(Repository.root)/\(path)"),
        "\(document): no such file: \(path)")
    }
  }

  @Test(arguments: documents)
  func namedCommandsAreUnderstood(document: String) throws {
    for line in try Repository.text(document).split(separator: "\n") {
      let pattern = #/\bturbulence ((?:run|check|replay|list|doctor)\b[^#>|&`"…;]*)/#
      for match in line.matches(of: pattern) {
        let words = match.1.split(separator: " ").map(String.init)
        // A sentence may name a command without what it needs.
        guard words.count > 1 || line.hasPrefix("turbulence ") else { continue }
        #expect(throws: Never.self, "\(document): \(line)") {
          _ = try Turbulence.parseAsRoot(words)
        }
      }
    }
  }
}

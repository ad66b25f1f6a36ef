import TestSupport
import Testing

/// Who may import whom: what `Package.swift` says, and what it must never say.
struct ImportRulesTests {
  private static let manifest = Manifest((try? Repository.text("Package.swift")) ?? "")
  static let files =
    ((try? Repository.files("Sources", ext: ".swift")) ?? [])
    + ((try? Repository.files("Tests", ext: ".swift")) ?? []).filter {
      !$0.hasPrefix("Tests/Benchmarks/") && !$0.hasPrefix("Tests/Fuzz/")
        && !$0.hasPrefix("Tests/Mutants/")
    }

  /// Arrows that must not exist, however long the way.
  static let forbidden: [(from: String, to: [String])] = [
    // The judge does not know the judged.
    ("Audit", ["BookingOrchestrator", "Worlds"]),
    // Fakes know no clients.
    ("FakeVendors", ["BookingOrchestrator", "Simulation", "Scenarios", "CGSL", ".grdb"]),
    ("FakeVendorServer", ["BookingOrchestrator", "BookingServer", ".grdb"]),
    // What runs in production knows no simulation.
    (
      "BookingOrchestrator",
      ["Simulation", "FakeVendors", "Scenarios", "Audit", "Worlds", "CGSL", ".yams"]
    ),
    ("booking-server", ["Simulation", "FakeVendors", "Scenarios", "Audit", "Worlds", "CGSL"]),
    ("HTTPService", ["BookingOrchestrator", "Simulation", "FakeVendors", "CGSL"]),
    ("HTTPSockets", ["BookingOrchestrator", "Simulation", "FakeVendors", "Scenarios"]),
    ("Simulation", ["BookingOrchestrator", "FakeVendors", "Scenarios", ".grdb"]),
    ("Scenarios", ["BookingOrchestrator", "Audit", "Worlds", ".grdb"]),
    // Who simulates builds no servers.
    ("turbulence", ["HTTPSockets", ".hummingbirdCore", ".asyncHTTPClient", ".nioCore"]),
  ]

  @Test(arguments: forbidden)
  func noArrowLeads(from: String, to: [String]) throws {
    #expect(Self.manifest.targets.contains { $0.name == from })
    #expect(Self.manifest.closure(of: from).intersection(to) == [])
  }

  @Test(arguments: files)
  func everyImportIsDeclared(path: String) throws {
    #expect(Self.manifest.strangers(in: try Repository.text(path), at: path) == [])
  }

  // MARK: The lint itself

  private static let small = Manifest(
    """
    products: [.library(name: "Judge", targets: ["Judge"])],
    targets: [
      .systemLibrary(name: "CLib", providers: [.apt(["libc"])]),
      .target(name: "Judge", dependencies: ["Wire", .grdb], exclude: ["README.md"]),
      .target(
        name: "Wire",
        dependencies: ["CLib"]),
      .target(name: "Judged", dependencies: []),
      .executableTarget(
        name: "main", dependencies: ["Judge"], path: "Sources/Executables/main"),
      .testTarget(name: "JudgeTests", dependencies: ["Judge"]),
    ]
    """)

  @Test func theManifestIsUnderstood() {
    #expect(
      Self.small.targets.map(\.path).sorted() == [
        "Sources/CLib", "Sources/Executables/main", "Sources/Judge", "Sources/Judged",
        "Sources/Wire", "Tests/JudgeTests",
      ])
    #expect(Self.small.closure(of: "main") == ["Judge", "Wire", "CLib", ".grdb"])
  }

  @Test(arguments: [
    "import Judged", "package import Judged", "@testable import Judged",
    "import struct Judged.Verdict",
  ])
  func anUndeclaredImportIsFound(line: String) {
    let found = Self.small.strangers(in: "import Wire\n\(line)\n", at: "Sources/Judge/A/B.swift")
    #expect(found == ["Sources/Judge/A/B.swift:2: Judge imports Judged"])
  }

  @Test(arguments: ["import Wire", "import Foundation", "// import Judged", "let important = 1"])
  func anyOtherLineIsNot(line: String) {
    #expect(Self.small.strangers(in: line, at: "Sources/Judge/B.swift") == [])
  }

  @Test func aFileOfNoTargetIsFound() {
    #expect(!Self.small.strangers(in: "", at: "Sources/Lost/B.swift").isEmpty)
  }
}

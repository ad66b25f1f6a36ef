import Foundation
import Testing

/// Rules that the compiler does not know: what would make worlds differ, and who may import whom.
struct SourceRulesTests {
  static let sources = (try? Repository.files("Sources", ext: ".swift")) ?? []

  /// What reaches outside the simulation, and what to use instead. A line that means it says so with
  /// `// lint:` and the reason.
  static let banned: [(pattern: String, instead: String)] = [
    (#"\bDate\(\)"#, "the injected wall time"),
    (#"\bDate\.now\b"#, "the injected wall time"),
    (#"\bUUID\(\)"#, "the identifier source"),
    (#"\.random\("#, "a keyed stream"),
    (#"\.randomElement\(\)"#, "a keyed stream"),
    (#"\.shuffled\(\)"#, "a keyed stream"),
    (#"\bSystemRandomNumberGenerator\b"#, "a keyed stream"),
    (#"\bContinuousClock\b"#, "the injected clock"),
    (#"\bSuspendingClock\b"#, "the injected clock"),
    (#"Task\.sleep\("#, "the injected clock"),
    (#"\bTask\s*\{"#, "a task group"),
    (#"\bTask\((?!executorPreference)"#, "a task group"),
    (#"\bTask\.detached\b"#, "a task group"),
    (#"\bTask\.immediate\b"#, "a task group"),
    (#"\bDispatchQueue\b"#, "the simulation's executor"),
    (#"\btry!"#, "an error that is dealt with"),
    (#"\bas!"#, "a checked cast"),
  ]

  /// Targets that live in real time, on real sockets.
  static let servers = [
    "BookingServer", "booking-server", "FakeVendors", "fake-vendors", "booking-demo", "HTTPSockets",
  ]
  /// What only they may use.
  static let realTime = [
    #"\bDate\(\)"#, #"\bDate\.now\b"#, #"\bUUID\(\)"#, #"\.random\("#, #"\bContinuousClock\b"#,
    #"Task\.sleep\("#,
  ]

  @Test(arguments: sources)
  func nothingReachesOutsideTheSimulation(path: String) throws {
    let isServer = Self.servers.contains { path.hasPrefix("Sources/\($0)/") }
    let banned = Self.banned.filter { !isServer || !Self.realTime.contains($0.pattern) }
    for (number, line) in try code(path) {
      for (pattern, instead) in banned
      where line.range(of: pattern, options: .regularExpression) != nil {
        Issue.record("\(path):\(number): found '\(line.trimmed)', expected \(instead)")
      }
    }
  }

  /// Dictionaries and sets have another order in each process. A line that may iterate one all the
  /// same says why with `// order:`.
  @Test(arguments: sources)
  func nothingIteratesWithoutAnOrder(path: String) throws {
    let patterns = [
      #"\bfor\b.*\bin\b.*\.(keys|values)\b(?!.*sorted)"#,
      #"\bfor\b.*\bin\s+Set\((?!.*sorted).*\)\s*\{"#,
      #"\.(keys|values)\.(map|forEach|joined|first)\b"#,
    ]
    for (number, line) in try code(path) where !line.contains("// order:") {
      for pattern in patterns where line.range(of: pattern, options: .regularExpression) != nil {
        Issue.record(
          "\(path):\(number): found '\(line.trimmed)', expected an order, or '// order:' and why not"
        )
      }
    }
  }

  @Test(arguments: sources)
  func jsonIsEncodedWithSortedKeys(path: String) throws {
    let text = try Repository.text(path)
    guard text.contains("JSONEncoder()") else { return }
    #expect(text.contains(".sortedKeys"), "\(path): a JSONEncoder without .sortedKeys")
  }

  /// Which modules of this package, and which libraries, a target may import.
  static let forbidden: [(target: String, modules: [String])] = [
    (
      "HTTPService", ["BookingOrchestrator", "Simulation", "FakeServices", "TurbulenceKit", "CGSL"]
    ),
    ("BookingOrchestrator", ["Simulation", "FakeServices", "TurbulenceKit", "CGSL", "Yams"]),
    ("Simulation", ["BookingOrchestrator", "FakeServices", "TurbulenceKit", "GRDB"]),
    ("Scenarios", ["BookingOrchestrator", "TurbulenceKit", "GRDB", "NIOCore"]),
    (
      "FakeVendors", ["BookingOrchestrator", "BookingServer", "TurbulenceKit", "GRDB"]
    ),
    ("FakeServices", ["BookingOrchestrator", "Simulation", "TurbulenceKit", "CGSL", "GRDB"]),
    ("TurbulenceKit", ["Hummingbird", "AsyncHTTPClient", "NIOCore", "NIO"]),
    ("turbulence", ["Hummingbird", "AsyncHTTPClient", "NIOCore", "NIO"]),
    ("BookingServer", ["Simulation", "FakeServices", "FakeVendors", "Scenarios"]),
    ("booking-server", ["Simulation", "FakeServices", "FakeVendors", "Scenarios"]),
    ("HTTPSockets", ["BookingOrchestrator", "Simulation", "FakeServices", "TurbulenceKit"]),
    (
      "BookingServer", ["Simulation", "FakeServices", "FakeVendors", "Scenarios", "TurbulenceKit"]
    ),
    (
      "booking-server", ["Simulation", "FakeServices", "FakeVendors", "Scenarios", "TurbulenceKit"]
    ),
  ]

  @Test(arguments: forbidden.map(\.target))
  func targetsImportOnlyWhatTheyMay(target: String) throws {
    let modules = Self.forbidden.first { $0.target == target }?.modules ?? []
    for path in Self.sources where path.hasPrefix("Sources/\(target)/") {
      for (number, line) in try code(path) {
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position < 2,
          let module = words.dropFirst(position + 1).last?.split(separator: ".").first
        else { continue }
        #expect(!modules.contains(String(module)), "\(path):\(number): imports \(module)")
      }
    }
  }

  @Test func turbulenceIsBuiltWithoutServers() throws {
    let package = try Repository.text("Package.swift")
    let start = try #require(package.range(of: #"name: "TurbulenceKit""#))
    let target = package[start.upperBound...].prefix { $0 != "]" }
    for server in ["hummingbird", "asyncHTTPClient", "nio"] {
      #expect(target.range(of: server, options: .caseInsensitive) == nil)
    }
  }

  /// Lines with their numbers, without comments and without the lines that are excused.
  private func code(_ path: String) throws -> [(Int, String)] {
    try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .compactMap { index, line in
        let text = String(line)
        if text.contains("// lint:") || text.trimmed.hasPrefix("//") { return nil }
        return (index + 1, text)
      }
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

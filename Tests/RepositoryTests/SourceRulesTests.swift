import Foundation
import TestSupport
import Testing

/// Rules that the compiler does not know: what would make worlds differ.
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
    "BookingServer", "FakeVendorServer", "HTTPSockets", "Executables/booking-server",
    "Executables/fake-vendors", "Executables/booking-demo",
  ]
  /// What only they may use.
  static let realTime = [
    #"\bDate\(\)"#, #"\bDate\.now\b"#, #"\bUUID\(\)"#, #"\.random\("#, #"\bContinuousClock\b"#,
    #"Task\.sleep\("#,
  ]

  @Test(arguments: sources)
  func nothingReachesOutsideTheSimulation(path: String) throws {
    let isServer = Self.servers.contains { path.hasPrefix("Sources/\($0)/") }
    #expect(Self.escapes(in: try Repository.text(path), isServer: isServer) == [])
  }

  /// Dictionaries and sets have another order in each process. A line that may iterate one all the
  /// same says why with `// order:`.
  @Test(arguments: sources)
  func nothingIteratesWithoutAnOrder(path: String) throws {
    #expect(Self.unordered(in: try Repository.text(path)) == [])
  }

  /// The lines that reach outside the simulation, and what to use instead.
  private static func escapes(in text: String, isServer: Bool) -> [String] {
    let banned = Self.banned.filter { !isServer || !Self.realTime.contains($0.pattern) }
    return code(text).flatMap { number, line in
      banned.compactMap { pattern, instead in
        line.range(of: pattern, options: .regularExpression) == nil
          ? nil : "line \(number): found '\(line.trimmed)', expected \(instead)"
      }
    }
  }

  /// The lines that iterate what has no order.
  private static func unordered(in text: String) -> [String] {
    let patterns = [
      #"\bfor\b.*\bin\b.*\.(keys|values)\b(?!.*sorted)"#,
      #"\bfor\b.*\bin\s+Set\((?!.*sorted).*\)\s*\{"#,
      #"\.(keys|values)\.(map|forEach|joined|first)\b"#,
    ]
    return code(text).filter { !$0.1.contains("// order:") }.flatMap { number, line in
      patterns.compactMap { pattern in
        line.range(of: pattern, options: .regularExpression) == nil
          ? nil : "line \(number): '\(line.trimmed)' needs an order, or '// order:' and why not"
      }
    }
  }

  @Test(arguments: sources)
  func jsonIsEncodedWithSortedKeys(path: String) throws {
    let text = try Repository.text(path)
    guard text.contains("JSONEncoder()") else { return }
    #expect(text.contains(".sortedKeys"), "\(path): a JSONEncoder without .sortedKeys")
  }

  /// Lines with their numbers, without comments and without the lines that are excused.
  private static func code(_ text: String) -> [(Int, String)] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .compactMap { index, line in
        let text = String(line)
        if text.contains("// lint:") || text.trimmed.hasPrefix("//") { return nil }
        return (index + 1, text)
      }
  }

  // MARK: The lint itself

  @Test(arguments: [
    "let now = Date()", "let now = Date.now", "let id = UUID()", "let n = Int.random(in: 0..<3)",
    "let one = all.randomElement()", "let other = all.shuffled()", "ContinuousClock().now",
    "try await Task.sleep(for: .seconds(1))", "Task { await run() }", "Task(priority: .low) { }",
    "Task.detached { }", "DispatchQueue.main.async { }", "let all = try! read()",
    "let text = value as! String",
  ])
  func whatReachesOutsideIsFound(line: String) {
    #expect(Self.escapes(in: "import A\n  \(line)", isServer: false).count == 1)
    #expect(Self.escapes(in: "  \(line)  // lint: the reason", isServer: false) == [])
  }

  @Test(arguments: ["let now = Date()", "let id = UUID()", "ContinuousClock().now"])
  func serversLiveInRealTime(line: String) {
    #expect(Self.escapes(in: line, isServer: true) == [])
  }

  @Test(arguments: [
    "for key in all.keys {", "for value in all.values where value > 0 {",
    "for one in Set(all.map(\\.id)) {", "let first = all.values.first",
    "let text = all.keys.joined()",
  ])
  func whatHasNoOrderIsFound(line: String) {
    #expect(Self.unordered(in: line).count >= 1)
    #expect(Self.unordered(in: line + "  // order: counted only") == [])
  }

  @Test(arguments: [
    "for key in all.keys.sorted() {", "for one in Set(all).sorted() {", "// for key in all.keys {",
    "let dates = update()", "let task = TaskGroup()",
  ])
  func ordinaryLinesAreLeftAlone(line: String) {
    #expect(Self.unordered(in: line) == [])
    #expect(Self.escapes(in: line, isServer: false) == [])
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

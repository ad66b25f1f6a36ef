import Foundation
import Glibc

/// The `turbulence` program, and how worlds are run with it.
struct Program {
  /// The repository, found from the place of this file.
  static let root = URL(filePath: #filePath).pathComponents.dropLast(5).joined(separator: "/")
    .replacing("//", with: "/", maxReplacements: 1)

  let path: String
  let scratch: String

  /// Uses the program at `path`, or else builds it in release.
  init(_ path: String?) throws {
    scratch = FileManager.default.temporaryDirectory.path + "/turbulence-benchmarks-\(getpid())"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    if let path {
      self.path = path
      return
    }
    self.path = Self.root + "/.build/release/turbulence"
    let build = try Child(
      ["swift", "build", "-c", "release", "--package-path", Self.root, "--product", "turbulence"],
      output: "\(scratch)/build")
    guard build.exitCode == 0 else {
      throw Failure("cannot build turbulence:\n" + (try text("\(scratch)/build")))
    }
  }

  /// Leftovers in the temporary folder would harm nobody.
  func removeScratch() { try? FileManager.default.removeItem(atPath: scratch) }

  /// Reads one of the repository's scenarios.
  func scenario(_ name: String) throws -> ScenarioText {
    ScenarioText(try text("\(Self.root)/scenarios/\(name).yaml"))
  }

  /// Runs a world to its verdict; a violation is a verdict, whose cost is measured all the same.
  func run(_ scenario: ScenarioText) throws -> Measurement {
    let (file, output) = ("\(scratch)/scenario.yaml", "\(scratch)/output")
    try Data(scenario.text.utf8).write(to: URL(filePath: file))
    let child = try Child([path, "run", file, "--json", "--no-reports"], output: output)
    guard child.exitCode == 0 || child.exitCode == 1 else {
      throw Failure("a world ended with exit code \(child.exitCode):\n" + (try text(output)))
    }
    let verdict = try JSONDecoder().decode(
      VerdictOutput.self, from: Data(contentsOf: URL(filePath: output)))
    return Measurement(
      bookings: verdict.bookings, events: verdict.events,
      failure: child.exitCode == 0 ? nil : verdict.reason ?? "violated",
      seconds: Double(verdict.wallMicroseconds) / 1e6, cpuSeconds: child.cpuSeconds,
      peakKibibytes: child.peakKibibytes)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }
}

/// What one world cost.
struct Measurement {
  var bookings: Int
  var events: Int
  /// What was violated; nil for a pass.
  var failure: String?
  /// Real time of the world, checking included.
  var seconds: Double
  /// Processor time of the whole process.
  var cpuSeconds: Double
  var peakKibibytes: Int
}

/// What is read of the output of `run --json`.
private struct VerdictOutput: Decodable {
  var bookings: Int
  var events: Int
  var wallMicroseconds: Int
  var reason: String?

  enum CodingKeys: String, CodingKey {
    case bookings, events, reason
    case wallMicroseconds = "wall_us"
  }
}

/// The text of a scenario file whose top-level entries begin at the left margin.
struct ScenarioText {
  var text: String

  init(_ text: String) { self.text = text }

  func with(bookings: Int) -> ScenarioText {
    ScenarioText(without("bookings").text + "bookings: \(bookings)\n").without(
      "limits", then: "limits: { virtual-time: 90d, events: 10_000_000_000 }\n")
  }

  /// Leaves out a top-level entry with all that belongs to it.
  func without(_ key: String, then tail: String = "") -> ScenarioText {
    var kept: [Substring] = []
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let first = line.first, first != " ", first != "#" { isInside = line.hasPrefix(key + ":") }
      if !isInside { kept.append(line) }
    }
    return ScenarioText(kept.joined(separator: "\n") + tail)
  }
}

/// A process that was started and has ended.
struct Child {
  let exitCode: Int32
  let cpuSeconds: Double
  /// The most memory it held at any moment.
  let peakKibibytes: Int

  /// Starts a program with its standard output going to a file, and waits for it.
  init(_ arguments: [String], output: String) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    var words = arguments.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let error = posix_spawnp(&child, arguments[0], &actions, nil, words, environ)
    guard error == 0 else {
      throw Failure("cannot start \(arguments[0]): " + String(cString: strerror(error)))
    }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
    exitCode = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    cpuSeconds = usage.ru_utime.seconds + usage.ru_stime.seconds
    peakKibibytes = usage.ru_maxrss
  }
}

/// What went wrong, for the person who started the benchmarks.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension timeval {
  fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}

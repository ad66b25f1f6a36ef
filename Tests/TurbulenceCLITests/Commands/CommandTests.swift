import ArgumentParser
import Foundation
import Scenarios
import Synchronization
import TestSupport
import Testing

@testable import Audit
@testable import TurbulenceCLI
@testable import Worlds

struct CommandTests {
  /// Catches what a command writes.
  final class Capture: Sendable {
    let out = Mutex("")
    let err = Mutex("")
    var console: Console {
      Console(
        out: { text in self.out.withLock { $0 += text } },
        err: { text in self.err.withLock { $0 += text } })
    }
    var output: String { out.withLock { $0 } }
    var errors: String { err.withLock { $0 } }
  }

  static let passing = Runner { scenario, seed, _, _ in SampleResult.make(scenario, seed: seed) }
  static let failing = Runner { scenario, seed, _, _ in
    seed == 3
      ? SampleResult.make(
        scenario, seed: seed, verdict: .violated, violations: [SampleResult.violation])
      : SampleResult.make(scenario, seed: seed)
  }

  private func run(
    _ arguments: [String], _ runner: Runner = passing
  ) throws -> (code: Int32, capture: Capture) {
    let capture = Capture()
    let command = try Turbulence.parseAsRoot(arguments)
    let verifier = Verifier(executable: "/bin/false")
    switch command {
    case let command as RunCommand:
      return (
        command.execute(runner: runner, verifier: verifier, console: capture.console), capture
      )
    case let command as CheckCommand:
      return (
        command.execute(runner: runner, verifier: verifier, console: capture.console), capture
      )
    case let command as ReplayCommand:
      return (command.execute(runner: runner, console: capture.console), capture)
    case let command as ListCommand:
      return (command.execute(runner: runner, console: capture.console), capture)
    case let command as HashCommand:
      return (command.execute(runner: runner, console: capture.console), capture)
    default:
      Issue.record("no such command")
      return (-1, capture)
    }
  }

  @Test func aGreenRunStatesWhatItBounds() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 1000")
    let (code, capture) = try run(["run", file, "--out", folder.path])
    #expect(code == 0)
    #expect(
      capture.output.contains(
        "0 violations in 1,000 bookings; rate per case (cases) with 95 % confidence below "))
    #expect(capture.output.contains("1 parked: 1 flight-order-lost"))
    #expect(folder.names == ["a-1", "a.yaml"])
  }

  @Test func theFirstLineOfAFailureReproducesIt() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 10")
    let (code, capture) = try run(["run", file, "--seed", "3", "--no-reports"], Self.failing)
    #expect(code == 1)
    #expect(capture.output.hasPrefix("turbulence replay \(file) --seed 3\n"))
  }

  @Test func aScenarioErrorIsOneLineAndWritesNothing() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 0")
    let (code, capture) = try run(["run", file, "--out", folder.path])
    #expect(code == 64)
    #expect(capture.errors.hasPrefix("\(file):2:11: bookings is out of range"))
    #expect(capture.errors.filter { $0 == "\n" }.count == 1)
    #expect(capture.output.isEmpty)
    #expect(folder.names == ["a.yaml"])
  }

  @Test func anUnwritableReportFolderIsAnInternalErrorWithItsReason() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 10")
    let (code, capture) = try run(["run", file, "--out", file + "/reports"])
    #expect(code == 70)
    #expect(capture.errors == "\(file): cannot write the report: not a folder\n")
  }

  @Test func jsonOfARunIsJSON() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 10")
    let (_, capture) = try run(
      ["run", file, "--seed", "3", "--no-reports", "--json"], Self.failing)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(capture.output.utf8)) as? [String: Any])
    #expect(object["verdict"] as? String == "violated")
    #expect((object["attention"] as? [String: Int]) == ["flight-order-lost": 1])
  }

  @Test func aCheckNamesFailuresIdleInvariantsAndMarksNotReached() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "a.yaml", "name: a\nbookings: 10\nmust-reach: [decline, key-outlived]")
    let (code, capture) = try run(
      ["check", folder.path, "--seeds", "4", "--jobs", "3"], Self.failing)
    #expect(code == 1)
    #expect(capture.output.hasPrefix("turbulence replay \(file) --seed 3\n"))
    #expect(capture.output.contains("1 of 2 invariants had nothing to judge in these runs"))
    #expect(capture.output.contains("\(file): never reached in 4 seeds: key-outlived\n"))
  }

  @Test func aMarkNeverReachedFailsACheck() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("a.yaml", "name: a\nbookings: 10\nmust-reach: [key-outlived]")
    #expect(try run(["check", folder.path, "--seeds", "2"]).code == 5)
  }

  @Test func aMarkThatNeedsMoreSeedsFailsNoCheckOfFewer() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "a.yaml",
      "name: a\nbookings: 10\nmust-reach: [{ mark: key-outlived, seeds: 3 }, { mark: decline }]")
    let few = try run(["check", folder.path, "--seeds", "2", "--junit", "\(folder.path)/j.xml"])
    #expect(few.code == 0)
    #expect(
      few.capture.output.contains("\(file): not enough seeds, 2, for key-outlived (needs 3)\n"))
    #expect(!few.capture.output.contains("never reached"))
    let junit = try Repository.text("\(folder.path)/j.xml")
    #expect(junit.contains(#"tests="3" failures="0" errors="0" skipped="1""#))
    #expect(junit.contains(#"<skipped message="not enough seeds: 2 of 3"/>"#))
    let enough = try run(["check", folder.path, "--seeds", "3"])
    #expect(enough.code == 5)
    #expect(enough.capture.output.contains("never reached in 3 seeds: key-outlived"))
  }

  @Test func jobsDoNotChangeTheOutcome() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("a.yaml", "name: a\nbookings: 10")
    _ = try folder.write("b.yaml", "name: b\nbookings: 10")
    let stable: (String) -> [Substring] = { output in
      // The last line holds wall-clock figures.
      output.split(separator: "\n").dropLast()
    }
    let one = try run(["check", folder.path, "--seeds", "5", "--jobs", "1"], Self.failing)
    let many = try run(["check", folder.path, "--seeds", "5", "--jobs", "4"], Self.failing)
    #expect(stable(one.capture.output) == stable(many.capture.output))
  }

  @Test func aFolderWithoutScenariosIsAUsageError() throws {
    let folder = try TemporaryFolder()
    #expect(try run(["check", folder.path]).code == 64)
  }

  @Test func aFreshProcessThatDiesIsToldFromOneThatDiffers() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 10")
    let (code, capture) = try run(["run", file, "--verify", "--no-reports"])
    #expect(code == 4)
    #expect(capture.output.contains("the same run in a fresh process ended with exit code 1"))
  }

  @Test func aComparisonExercisesX1() {
    var result = SampleResult.make(Scenario(name: "a", bookings: 1), seed: 1)
    result.invariants.append(
      InvariantResult(
        id: "X1", statement: "Same seed, same trace.", checked: 0, exercised: 0, violations: 0,
        firstViolationMicroseconds: nil))
    var summary = RunSummary(result, path: "a.yaml", wallMicroseconds: 1)
    summary.compared(difference: nil)
    #expect(summary.verdict == .pass)
    #expect(summary.invariants.last?.exercised == 1)
    summary.compared(difference: "event 7")
    #expect(summary.verdict == .nondeterministic("event 7"))
  }

  @Test func aReplayTellsTheStoryOfTheViolatedBooking() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 10")
    let (_, capture) = try run(["replay", file, "--seed", "3"], Self.failing)
    #expect(capture.output.contains("bk_1: FAILED, needs attention, JPY total 1250"))
    #expect(capture.output.contains("0:00:00.000020  FAULT response-lost"))
    #expect(capture.output.contains("0:00:00.000077  VIOLATION M9"))
  }

  @Test func everyFaultIsListedOnce() throws {
    let keys = FaultCatalogue.all.map(\.key)
    #expect(Set(keys).count == keys.count)
    #expect(keys.contains("services.stripe.decline"))
    #expect(keys.contains("services.*.response-lost"))
    #expect(keys.contains("orchestrators.crash.at-send"))
  }

  @Test(arguments: ["", "run", "check", "replay", "list", "doctor"])
  func helpIsWhatItWas(subcommand: String) throws {
    let type: any ParsableCommand.Type =
      switch subcommand {
      case "run": RunCommand.self
      case "check": CheckCommand.self
      case "replay": ReplayCommand.self
      case "list": ListCommand.self
      case "doctor": DoctorCommand.self
      default: Turbulence.self
      }
    let help = Turbulence.helpMessage(for: type, columns: 100) + "\n"
    let name = subcommand.isEmpty ? "turbulence" : subcommand
    try expectSnapshot(
      help, "\(Repository.root)/Tests/TurbulenceCLITests/Snapshots/help-\(name).txt")
  }

  @Test func theWorstCodeWins() {
    #expect(ExitStatus.worst([0, 0]) == 0)
    #expect(ExitStatus.worst([0, 5, 2]) == 2)
    #expect(ExitStatus.worst([2, 3]) == 3)
    #expect(ExitStatus.worst([3, 1]) == 1)
    #expect(ExitStatus.worst([1, 4]) == 4)
    #expect(ExitStatus.worst([]) == 0)
  }
}

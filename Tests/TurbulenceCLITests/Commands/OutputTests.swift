import ArgumentParser
import Foundation
import Scenarios
import Synchronization
import TestSupport
import Testing

@testable import Audit
@testable import TurbulenceCLI
@testable import Worlds

/// Output that cannot be written, and a check that is told to end.
struct OutputTests {
  /// A console whose standard output is always full.
  private func full(_ capture: CommandTests.Capture) throws -> (Console, Int32) {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    let console = Console(output: descriptor, err: { text in capture.err.withLock { $0 += text } })
    return (console, descriptor)
  }

  @Test(arguments: [["list", "marks"], ["--help"], ["--version"], ["help", "run"]])
  func aFullStandardOutputIsAnInternalError(arguments: [String]) throws {
    let capture = CommandTests.Capture()
    let (console, descriptor) = try full(capture)
    defer { close(descriptor) }
    #expect(Turbulence.run(arguments, console: console) == 70)
    #expect(
      capture.errors == "standard output cannot be written: No space left on device\n")
  }

  @Test func theParsersWordsGoWhereTheyBelong() {
    let capture = CommandTests.Capture()
    #expect(Turbulence.run(["--version"], console: capture.console) == 0)
    #expect(capture.output.filter { $0 == "\n" }.count == 1)
    #expect(capture.errors.isEmpty)
    #expect(Turbulence.run(["chek"], console: capture.console) == 64)
    #expect(capture.errors.hasPrefix("Error: "))
  }

  private func check(
    _ arguments: [String], _ runner: Runner, _ interruption: Interruption
  ) throws -> (code: Int32, capture: CommandTests.Capture) {
    let capture = CommandTests.Capture()
    let command = try #require(try Turbulence.parseAsRoot(["check"] + arguments) as? CheckCommand)
    let code = command.execute(
      runner: runner, verifier: Verifier(executable: "/bin/false"), console: capture.console,
      interruption: interruption)
    return (code, capture)
  }

  @Test func aJUnitReportThatCannotBeWrittenIsAnInternalError() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 10")
    #expect(symlink("/dev/full", "\(folder.path)/full.xml") == 0)
    let (code, capture) = try check(
      [file, "--seeds", "1", "--junit", "\(folder.path)/full.xml"], CommandTests.passing,
      Interruption())
    #expect(code == 70)
    #expect(
      capture.errors
        == "\(folder.path)/full.xml: cannot write the report: No space left on device\n")
  }

  @Test(arguments: [(SIGINT, "SIGINT", Int32(130)), (SIGTERM, "SIGTERM", Int32(143))])
  func anInterruptedCheckTellsWhatRan(signal: Int32, name: String, expected: Int32) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 10\nmust-reach: [key-outlived]")
    let interruption = Interruption()
    // The fourth world never ends; the signal comes while it runs.
    let ends = DispatchSemaphore(value: 0)
    defer { ends.signal() }
    let runner = Runner { scenario, seed, progress, trace in
      if seed == 4 {
        interruption.arrive(signal)
        ends.wait()
      }
      return CommandTests.failing.body(scenario, seed, progress, trace)
    }
    let junit = "\(folder.path)/j.xml"
    let (code, capture) = try check(
      [file, "--seeds", "20", "--junit", junit], runner, interruption)
    #expect(code == expected)
    #expect(capture.output.hasPrefix("turbulence replay \(file) --seed 3\n"))
    #expect(capture.output.contains("under way: turbulence replay \(file) --seed 4\n"))
    #expect(capture.output.contains("INTERRUPTED by \(name): 3 of 20 runs, 1 failed;"))
    // Three seeds of twenty show nothing about a mark.
    #expect(!capture.output.contains("never reached"))
    let xml = try Repository.text(junit)
    #expect(xml.contains(#"tests="5" failures="1" errors="1" skipped="1""#))
    #expect(xml.contains(#"<error type="interrupted" message="\#(name) came after 3 seeds"/>"#))
  }

  @Test func aScenarioThatDidNotRunHasNoMarksToSpeakOf() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("a.yaml", "name: a\nbookings: 10\nmust-reach: [key-outlived]")
    let second = try folder.write("b.yaml", "name: b\nbookings: 10\nmust-reach: [key-outlived]")
    let interruption = Interruption()
    let ends = DispatchSemaphore(value: 0)
    defer { ends.signal() }
    let runner = Runner { scenario, seed, progress, trace in
      if seed == 2 {
        interruption.arrive(SIGINT)
        ends.wait()
      }
      return CommandTests.passing.body(scenario, seed, progress, trace)
    }
    let junit = "\(folder.path)/j.xml"
    let (_, capture) = try check(
      [first, second, "--seeds", "20", "--junit", junit], runner, interruption)
    #expect(capture.output.contains("NOT RUN"))
    #expect(capture.output.contains("\(first): not enough seeds, 1, for key-outlived (needs 20)\n"))
    #expect(!capture.output.contains("\(second): not enough seeds"))
    let xml = try Repository.text(junit)
    #expect(xml.contains(#"<testsuite name="b" tests="1" failures="0" errors="1" time="0.000">"#))
  }

  @Test func aReplayWritesAReportWhereItIsTold() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 10")
    let capture = CommandTests.Capture()
    let command = try #require(
      try Turbulence.parseAsRoot(["replay", file, "--seed", "3", "--out", folder.path])
        as? ReplayCommand)
    #expect(command.execute(runner: CommandTests.failing, console: capture.console) == 1)
    #expect(capture.output.contains("reports: \(folder.path)/a-3\n"))
    #expect(folder.names == ["a-3", "a.yaml"])
    let bad = try #require(
      try Turbulence.parseAsRoot(["replay", file, "--seed", "3", "--out", "\(file)/reports"])
        as? ReplayCommand)
    #expect(bad.execute(runner: CommandTests.failing, console: capture.console) == 70)
    #expect(capture.errors == "\(file): cannot write the report: not a folder\n")
  }

  @Test func invariantsWithNothingToJudgeAreCountedAndNamedOnDemand() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "name: a\nbookings: 10")
    let (_, brief) = try check([file, "--seeds", "2"], CommandTests.passing, Interruption())
    #expect(
      brief.output.contains(
        "1 of 2 invariants had nothing to judge in these runs (--verbose names them)\n"))
    let (_, verbose) = try check(
      [file, "--seeds", "2", "--verbose"], CommandTests.passing, Interruption())
    #expect(verbose.output.contains("  W4  Forged events are ignored.\n"))
  }
}

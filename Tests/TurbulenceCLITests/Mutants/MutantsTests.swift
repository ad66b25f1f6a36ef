import ArgumentParser
import Foundation
import Scenarios
import Synchronization
import TestSupport
import Testing

@testable import Audit
@testable import TurbulenceCLI
@testable import Worlds

struct MutantsTests {
  private static func entry(_ id: String, number: Int, tier: Int? = 1) -> MutantEntry {
    MutantEntry(
      id: id, origin: tier == nil ? "generated" : "planted", number: number, title: "Bug \(id).",
      section: tier == nil ? "off-by-one" : "A B01", tier: tier,
      file: "Sources/BookingOrchestrator/Saga/Saga.swift", line: number, function: "Saga.f",
      before: "a | b", after: "a")
  }

  private static let caught = MutantTrial(
    outcome: .violation, first: "M9", invariants: ["M9", "P1"], scenario: "a.yaml", seed: 2,
    worlds: 7, seconds: 1.26, sentence: "M9 bk_1: said \"no\", twice")

  private func run(
    _ arguments: [String], _ mutants: [MutantEntry],
    _ trial: @escaping @Sendable (Int) -> MutantTrial
  ) throws -> (code: Int32, output: String, tried: [Int]) {
    let capture = CommandTests.Capture()
    let tried = Mutex<[Int]>([])
    let command = try #require(
      try Turbulence.parseAsRoot(["mutants"] + arguments) as? MutantsCommand)
    let workshop = MutantsCommand.Workshop(
      prepare: { _ in mutants },
      attempt: { number, _, _ in
        tried.withLock { $0.append(number) }
        return number == 0 ? MutantTrial(outcome: .survived, worlds: 1) : trial(number)
      })
    let code = command.execute(
      workshop: workshop, console: capture.console, interruption: Interruption())
    return (code, capture.output + capture.errors, tried.withLock { $0 })
  }

  private func folder() throws -> (TemporaryFolder, [String]) {
    let folder = try TemporaryFolder("mutants\(UUID())")
    return (folder, [try folder.write("a.yaml", "name: a\nbookings: 10"), "--out", folder.path])
  }

  @Test func aSurvivorOfTierOneIsAHole() throws {
    let (folder, arguments) = try folder()
    let mutants = [
      Self.entry("1", number: 1), Self.entry("2", number: 2), Self.entry("3", number: 3, tier: 2),
      Self.entry("4", number: 0, tier: nil),
    ]
    let survivor = MutantTrial(outcome: .survived, worlds: 200)
    let (code, output, _) = try run(arguments, mutants) { $0 == 1 ? Self.caught : survivor }
    #expect(code == ExitStatus.violated)
    #expect(output.contains("1 of 3 (33.3 %) caught, after 7 worlds in the median"))
    #expect(output.contains("a hole, tier 1: 2 Bug 2."))
    #expect(!output.contains("a hole, tier 1: 3"))
    let score = try String(contentsOfFile: folder.path + "/SCORE.md", encoding: .utf8)
    #expect(score.contains("| M9 | 1 | 0 | 1 |"))
    #expect(score.contains("| planted, tier 1: money and reservations | 1 of 2 (50.0 %) | 7 | 7 |"))
  }

  @Test func whatIsShownToBeEquivalentIsNoHole() throws {
    let (folder, arguments) = try folder()
    defer { withExtendedLifetime(folder) {} }
    _ = try folder.write("equivalent.csv", "id,why\n2,\"nobody, ever, can see it\"\n")
    let (code, output, _) = try run(arguments, [Self.entry("2", number: 2)]) { _ in
      MutantTrial(outcome: .survived, worlds: 200)
    }
    #expect(code == ExitStatus.pass)
    #expect(output.contains("0 of 0 caught"))
  }

  @Test func aResumedRunTriesOnlyWhatIsNew() throws {
    let (folder, arguments) = try folder()
    defer { withExtendedLifetime(folder) {} }
    let mutants = [Self.entry("1", number: 1), Self.entry("2", number: 2)]
    _ = try run(arguments + ["--only", "1"], mutants) { _ in Self.caught }
    #expect(try run(arguments + ["--only", "9"], mutants) { _ in Self.caught }.code == 64)
    let (_, output, tried) = try run(arguments + ["--resume"], mutants) { _ in Self.caught }
    #expect(tried == [0, 2])
    #expect(output.contains("2 of 2 (100.0 %) caught"))
  }

  @Test func whatWasCaughtMustStayCaught() throws {
    let (folder, arguments) = try folder()
    defer { withExtendedLifetime(folder) {} }
    let mutants = [Self.entry("1", number: 1), Self.entry("2", number: 2)]
    let survivor = MutantTrial(outcome: .survived, worlds: 200)
    _ = try run(arguments, mutants) { $0 == 1 ? Self.caught : survivor }
    let (green, _, tried) = try run(arguments + ["--caught"], mutants) { _ in Self.caught }
    #expect(green == ExitStatus.pass)
    #expect(tried == [0, 1])
    let (red, output, _) = try run(arguments + ["--caught"], mutants) { _ in survivor }
    #expect(red == ExitStatus.violated)
    #expect(output.contains("was caught and is not any more: 1 Bug 1."))
  }

  @Test func shardsDivideTheMutants() throws {
    let (folder, arguments) = try folder()
    defer { withExtendedLifetime(folder) {} }
    let mutants = (1...5).map { Self.entry(String($0), number: $0) }
    #expect(
      try run(arguments + ["--shard", "2/2"], mutants) { _ in Self.caught }.tried == [0, 2, 4])
    #expect(throws: (any Error).self) {
      try Turbulence.parseAsRoot(["mutants", "a", "--shard", "3/2"])
    }
  }

  @Test func scenariosThatAreRedWithoutABugProveNothing() throws {
    let (folder, arguments) = try folder()
    defer { withExtendedLifetime(folder) {} }
    let capture = CommandTests.Capture()
    let command = try #require(
      try Turbulence.parseAsRoot(["mutants"] + arguments) as? MutantsCommand)
    let code = command.execute(
      workshop: MutantsCommand.Workshop(
        prepare: { _ in [Self.entry("1", number: 1)] }, attempt: { _, _, _ in Self.caught }),
      console: capture.console, interruption: Interruption())
    #expect(code == ExitStatus.violated)
    #expect(capture.errors.hasPrefix("without any bug, a.yaml is red: M9 bk_1"))
  }

  @Test func whatCaughtTheMostComesFirst() {
    func row(_ id: String, _ scenario: String, _ outcome: MutantTrial.Outcome) -> MutantRow {
      MutantRow(
        mutant: Self.entry(id, number: 0), trial: MutantTrial(outcome: outcome, scenario: scenario))
    }
    let rows = [
      row("1", "c", .violation), row("2", "c", .crash), row("3", "b", .stuck),
      row("4", "a", .survived), row("5", "gone", .violation),
    ]
    #expect(MutantsCommand.ordered(["a", "b", "c", "d"], by: rows) == ["c", "b", "a", "d"])
  }

  @Test func theTableReadsBackAsItWasWritten() {
    let rows = [
      MutantRow(mutant: Self.entry("1", number: 0), trial: Self.caught),
      MutantRow(
        mutant: Self.entry("2", number: 0, tier: nil),
        trial: MutantTrial(outcome: .survived, worlds: 200)),
    ]
    var read = MutantRow.read(String(decoding: MutantRow.csv(rows), as: UTF8.self))
    #expect(read[0].trial.seconds == 1.3)
    read[0].trial.seconds = 1.26
    #expect(read == rows)
  }
}

struct WorldLineTests {
  @Test func aDeathIsBlamedOnTheWorldThatHadBegun() throws {
    var reading = MutantTrial.Reading()
    reading.read(WorldLine.began("a.yaml", 1).text)
    reading.read(WorldLine.began("b.yaml", 1).text)
    let trial = try reading.trial(.signal(5))
    #expect(trial.outcome == .crash)
    #expect((trial.scenario, trial.seed, trial.worlds) == ("b.yaml", 1, 2))
    #expect(trial.sentence == "the process ended with signal 5")
    #expect(try reading.trial(.silent).outcome == .hung)
    #expect(try reading.trial(.code(0)).outcome == .survived)
    #expect(throws: ChildProcess.Failure.self) { try reading.trial(.code(64)) }
  }

  @Test func worldsEndWithTheFirstRedOne() throws {
    let folder = try TemporaryFolder()
    let a = try folder.write("a.yaml", "name: a\nbookings: 10")
    let b = try folder.write("b.yaml", "name: b\nbookings: 10")
    let capture = CommandTests.Capture()
    let code = WorldsCommand.execute(
      [a, b], worlds: 20, runner: CommandTests.failing, console: capture.console)
    #expect(code == ExitStatus.violated)
    var reading = MutantTrial.Reading()
    for line in capture.output.split(separator: "\n") { reading.read(String(line)) }
    let trial = try reading.trial(.code(code))
    #expect(trial.outcome == .violation)
    #expect((trial.scenario, trial.seed, trial.worlds) == (a, 3, 5))
    #expect(trial.first == SampleResult.violation.invariant)
  }

  @Test func aProcessThatIsSilentForTooLongIsKilled() throws {
    var lines: [String] = []
    let end = try ChildProcess.run(
      "/bin/sh", ["-c", "echo $A; sleep 60"],
      environment: [("A", "hello")], patience: 1
    ) { lines.append($0) }
    #expect(end == .silent)
    #expect(lines == ["hello"])
  }
}

import ArgumentParser
import Audit
import FoundationEssentials
import Scenarios
import Worlds

/// `turbulence mutants`: plants bugs in the orchestrator and sees which of them a check catches.
struct MutantsCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutants",
    abstract: "Plant bugs in the orchestrator, one at a time, and see which a check catches.",
    discussion: """
      Works in a checkout of the sources: all bugs are built into one copy of them, each behind a
      switch, and every bug is then given worlds until one is red. Writes mutants.csv and SCORE.md.
      Exits with 1 if a bug with money or reservations survives that equivalent.csv does not list.

      EXAMPLES:
        turbulence mutants scenarios/fast --jobs 2
        turbulence mutants scenarios/fast --no-planted --sample 200 --worlds 100
        turbulence mutants scenarios/fast --only 004-timeout-taken-for-decline
      """)

  @Argument(help: "Scenario files and folders of them.", completion: .file())
  var paths: [String]
  /// As many as `check` plays of `scenarios/fast`.
  @Option(help: "How many worlds each bug is given at most.")
  var worlds = 600
  @Flag(inversion: .prefixedNo, help: "Take the patches of Tests/Mutants/planted.")
  var planted = true
  @Option(help: "How many bugs that operators make, chosen by a fixed rule.") var sample = 0
  @Option(name: .customLong("sample-seed"), help: "Chooses another sample.")
  var sampleSeed: UInt64 = 1
  @Option(help: "Only every N-th bug, from the I-th on: I/N.") var shard = "1/1"
  @Option(help: "Only this bug.") var only: String?
  @Option(help: "How many bugs are tried side by side.") var jobs = 1
  @Option(help: "How many seconds one world may take.") var patience: Int32 = 120
  @Flag(help: "Leave out what mutants.csv has already.") var resume = false
  @Flag(help: "Only bugs that mutants.csv says were caught: one that survives now fails the run.")
  var caught = false
  @Flag(help: "The copy is built already.") var prepared = false
  @Option(help: "Where the copy is built.") var scratch = ".build/mutants"
  @Option(help: "The folder of mutants.csv, SCORE.md and equivalent.csv.")
  var out = "Tests/Mutants"

  func validate() throws {
    guard parsedShard != nil else {
      throw ValidationError("--shard: found '\(shard)', expected I/N with I from 1 to N")
    }
    guard worlds > 0, jobs > 0, patience > 0, sample >= 0 else {
      throw ValidationError("--worlds, --jobs and --patience must be positive")
    }
  }

  private var parsedShard: (index: Int, count: Int)? {
    let parts = shard.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1, index <= count
    else { return nil }
    return (index, count)
  }

  func run(on console: Console) -> Int32 {
    execute(workshop: .live(self), console: console, interruption: .ofThisProcess())
  }

  /// Builds the bugs in and tries one; or stand-ins of a test.
  struct Workshop: Sendable {
    var prepare: @Sendable (_ console: Console) throws(ChildProcess.Failure) -> [MutantEntry]
    var attempt:
      @Sendable (_ number: Int, _ paths: [String], _ worlds: Int) throws(ChildProcess.Failure) ->
        MutantTrial
  }

  /// Scenario files in the order in which bugs are given them: first those that caught the most so far, which
  /// are likely to catch the next one, too; among equals as they come.
  ///
  /// Source: Rothermel, Untch, Chu, Harrold, "Prioritizing test cases for regression testing", IEEE TSE 27 (2001).
  static func ordered(_ paths: [String], by known: [MutantRow]) -> [String] {
    var catches: [String: Int] = [:]
    for row in known where row.trial.outcome.isCaught {
      catches[row.trial.scenario, default: 0] += 1
    }
    return paths.enumerated()
      .sorted {
        (-catches[$0.element, default: 0], $0.offset) < (
          -catches[$1.element, default: 0], $1.offset
        )
      }
      .map(\.element)
  }

  /// Does it and returns the exit code.
  func execute(workshop: Workshop, console: Console, interruption: Interruption) -> Int32 {
    guard let files = ScenarioFiles.load(paths, console: console) else { return ExitStatus.usage }
    let table = MutantFiles(folder: out)
    do {
      let mutants = try workshop.prepare(console)
      // A check that is red without a bug would catch them all. Where only the shares of CI are tried, it
      // has just been seen green.
      let clean = try workshop.attempt(
        0, files.map(\.path), caught ? min(files.count, worlds) : worlds)
      guard clean.outcome == .survived else {
        console.complain("without any bug, \(clean.scenario) is red: \(clean.sentence)")
        return ExitStatus.violated
      }
      if let only, !mutants.contains(where: { $0.id == only }) {
        console.complain("--only: found '\(only)', expected one of \(scratch)/mutants.json")
        return ExitStatus.usage
      }
      let broken = mutants.filter { $0.number == 0 && $0.tier != nil }
      guard broken.isEmpty else {
        console.complain("does not compile: " + broken.map(\.id).joined(separator: ", "))
        return ExitStatus.internalError
      }
      let known = table.rows
      let paths = Self.ordered(files.map(\.path), by: known)
      let rows = try attempt(
        chosen(mutants, known), workshop, paths, table, known, console, interruption)
      return try finish(rows, known, table, console, interruption)
    } catch {
      console.complain("\((error as? ChildProcess.Failure)?.reason ?? "\(error)")")
      return ExitStatus.internalError
    }
  }

  private func chosen(_ mutants: [MutantEntry], _ known: [MutantRow]) -> [MutantEntry] {
    let done = Set(resume ? known.map(\.mutant.id) : [])
    let seen = Set(known.filter { $0.trial.outcome.isCaught }.map(\.mutant.id))
    let shard = parsedShard ?? (1, 1)
    return mutants.filter { !caught || seen.contains($0.id) }.enumerated()
      .filter { $0.offset % shard.count == shard.index - 1 }.map(\.element)
      .filter { !done.contains($0.id) && (only == nil || only == $0.id) }
  }

  /// Tries mutants and returns the whole table: what is known of others stays.
  private func attempt(
    _ mutants: [MutantEntry], _ workshop: Workshop, _ paths: [String], _ table: MutantFiles,
    _ known: [MutantRow], _ console: Console, _ interruption: Interruption
  ) throws -> [MutantRow] {
    var rows = MutantRows(known)
    var failure: (any Error)?
    var caught = 0
    let worlds = worlds
    let start = Stopwatch.microseconds
    _ = OrderedWork.run(count: mutants.count, jobs: jobs, interruption: interruption) { index in
      Result<MutantTrial, ChildProcess.Failure> { () throws(ChildProcess.Failure) in
        guard mutants[index].number > 0 else { return MutantTrial(outcome: .notCompilable) }
        return try workshop.attempt(mutants[index].number, paths, worlds)
      }
    } body: { index, result in
      do {
        let trial = try result.get()
        rows.put(MutantRow(mutant: mutants[index], trial: trial))
        if trial.outcome.isCaught { caught += 1 }
        if trial.outcome == .survived {
          console.clear()
          console.print(
            "survived \(trial.worlds) worlds: \(mutants[index].id) \(mutants[index].title)")
        }
        // What is known must outlive this process.
        try table.write(rows.all)
      } catch {
        failure = failure ?? error
      }
      let left = Int64(mutants.count - index - 1)
      let estimate = (Stopwatch.microseconds - start) / Int64(index + 1) * left
      console.show(
        "\((index + 1).grouped) of \(mutants.count.grouped) bugs, \(caught.grouped) caught, "
          + "about \(Units.duration(microseconds: estimate)) left")
    }
    console.clear()
    if interruption.signal != nil { ChildProcess.endAll() } else if let failure { throw failure }
    return rows.all
  }

  private func finish(
    _ rows: [MutantRow], _ known: [MutantRow], _ table: MutantFiles, _ console: Console,
    _ interruption: Interruption
  ) throws -> Int32 {
    let score = MutantScore(rows, table.equivalents)
    try table.write(score)
    let count = rows.count { $0.trial.outcome.isCaught }
    console.print(
      "\(MutantScore.share(count, of: count + score.survivors.count)) caught, "
        + "after \(MutantScore.median(rows) ?? 0) worlds in the median; \(table.scorePath)")
    var isRed = false
    if caught {
      let seen = Set(known.filter { $0.trial.outcome.isCaught }.map(\.mutant.id))
      for row in score.survivors where seen.contains(row.mutant.id) {
        console.print("was caught and is not any more: \(row.mutant.id) \(row.mutant.title)")
        isRed = true
      }
    } else {
      for hole in score.holes {
        console.print("a hole, tier 1: \(hole.mutant.id) \(hole.mutant.title)")
        isRed = true
      }
    }
    if let signal = interruption.signal { return 128 + signal }
    return isRed ? ExitStatus.violated : ExitStatus.pass
  }
}

/// The files of planted bugs.
struct MutantFiles: Sendable {
  var folder: String

  var scorePath: String { "\(folder)/SCORE.md" }
  private var tablePath: String { "\(folder)/mutants.csv" }

  /// What an earlier run found out; nothing where there is no table.
  var rows: [MutantRow] { Self.text(tablePath).map(MutantRow.read) ?? [] }
  var equivalents: EquivalentMutants {
    EquivalentMutants(Self.text("\(folder)/equivalent.csv") ?? "")
  }

  func write(_ rows: [MutantRow]) throws(ReportError) {
    try OutputFile.write(MutantRow.csv(rows), to: tablePath)
  }
  func write(_ score: MutantScore) throws(ReportError) {
    try OutputFile.write(Array(score.text.utf8), to: scorePath)
  }

  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension MutantsCommand.Workshop {
  /// The real one: `Tests/Mutants/Schemata` builds the copy, whose `turbulence` runs the worlds.
  static func live(_ command: MutantsCommand) -> Self {
    let (scratch, patience) = (command.scratch, command.patience)
    var arguments = [
      "run", "--package-path", "Tests/Mutants/Schemata", "schemata-tool", "--repository", ".",
      "--scratch", scratch, "--sample", String(command.sample), "--sample-seed",
      String(command.sampleSeed), "--jobs", String(command.jobs),
    ]
    if !command.planted { arguments.append("--no-planted") }
    let isPrepared = command.prepared
    return Self(
      prepare: { [arguments] (console) throws(ChildProcess.Failure) in
        if !isPrepared {
          let end = try ChildProcess.run("swift", arguments) { console.print($0) }
          guard end == .code(0) else {
            throw ChildProcess.Failure(reason: "the bugs cannot be built in: \(end.words)")
          }
        }
        let bytes = FileManager.default.contents(atPath: "\(scratch)/mutants.json")
        guard let bytes, let mutants = MutantEntry.list(Array(bytes)) else {
          throw ChildProcess.Failure(reason: "\(scratch)/mutants.json cannot be read")
        }
        return mutants
      },
      attempt: { (number, paths, worlds) throws(ChildProcess.Failure) in
        try MutantTrial.run(
          "\(scratch)/.build/release/turbulence", number: number, paths: paths, worlds: worlds,
          patience: patience)
      })
  }
}

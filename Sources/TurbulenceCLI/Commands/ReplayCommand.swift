import ArgumentParser
import Audit
import Scenarios
import Worlds

/// `turbulence replay`: the same world again, and the story of the booking that went wrong.
struct ReplayCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Run a world again and tell what happened to one booking.",
    discussion: """
      Tells the story of the booking that failed first, or of the one that is named.

      EXAMPLES:
        turbulence replay scenarios/fast/crashes.yaml --seed 7
        turbulence replay scenarios/fast/crashes.yaml --seed 7 --booking bk_12
        turbulence replay scenarios/fast/crashes.yaml --seed 7 --trace > trace.txt
        turbulence replay scenarios/fast/crashes.yaml --seed 7 --out reports
      """)

  @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String
  @Option(help: "The seed.")
  var seed: UInt64
  @Option(help: "The booking whose story is told.")
  var booking: String?
  @Option(help: "Write the report folder <scenario>-<seed> too, into this folder.")
  var out: String?
  @Flag(help: "Name the invariants that had nothing to judge.")
  var verbose = false
  @Flag(help: "Print every record of the trace first.")
  var trace = false

  func run(on console: Console) -> Int32 { execute(runner: .live, console: console) }

  /// Does it and returns the exit code.
  func execute(runner: Runner, console: Console) -> Int32 {
    let scenario: Scenario
    do { scenario = try ScenarioDecoder.load(file) } catch {
      console.complain("\(error)")
      return ExitStatus.usage
    }
    let writer = out.map(ReportWriter.init)
    do { try writer?.check(scenario: scenario.name, seed: seed) } catch {
      console.complain("\(error)")
      return ExitStatus.internalError
    }
    var tell: (@Sendable (String) -> Void)?
    if trace { tell = { @Sendable line in console.print(line) } }
    let (result, wall) = runner.run(scenario, path: file, seed: seed, trace: tell)
    let summary = RunSummary(result, path: file, wallMicroseconds: wall)
    var folder: String?
    var unwritten = false
    do { folder = try writer?.write(result, timing: summary.timing) } catch {
      console.complain("\(error)")
      unwritten = true
    }
    console.print(VerdictText.lines(summary, console: console, reports: folder, verbose: verbose))
    if let booking, !result.trips.contains(where: { $0.bookingID == booking }) {
      let last = result.trips.last?.bookingID ?? "none"
      console.complain(
        "--booking: found '\(booking)', expected a booking of this world, such as \(last)")
      return ExitStatus.usage
    }
    if let subject = booking ?? Timeline.subject(of: result) {
      console.print([""] + Timeline(result: result, bookingID: subject).lines)
    } else {
      console.print("", "Nothing went wrong; name a booking with --booking to read its story.")
    }
    return unwritten ? ExitStatus.internalError : summary.verdict.exitCode
  }
}

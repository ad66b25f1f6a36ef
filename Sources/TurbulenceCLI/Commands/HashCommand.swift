import ArgumentParser
import Audit
import Scenarios
import Worlds

/// `turbulence hash`, hidden: prints the trace hash of a run, for `--verify` in another process.
struct HashCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "hash", abstract: "Print the trace hash of a run.", shouldDisplay: false)

  @Argument(help: "The scenario file.")
  var file: String
  @Option(help: "The seed.")
  var seed: UInt64
  @Option(help: "A file for the trace, one record per line.")
  var trace: String?

  func run(on console: Console) -> Int32 { execute(runner: .live, console: console) }

  /// Does it and returns the exit code.
  func execute(runner: Runner, console: Console) -> Int32 {
    let scenario: Scenario
    do { scenario = try ScenarioDecoder.load(file) } catch {
      console.complain("\(error)")
      return ExitStatus.usage
    }
    var traceFile: TraceFile?
    if let trace {
      traceFile = TraceFile(trace)
      guard traceFile != nil else {
        console.complain("\(trace): cannot write the trace")
        return ExitStatus.internalError
      }
    }
    let write = traceFile.map { file in { @Sendable (line: String) in file.write(line) } }
    let (result, _) = runner.run(scenario, path: file, seed: seed, trace: write)
    if let trace, let reason = traceFile?.close() {
      console.complain("\(trace): cannot write the trace: \(reason)")
      return ExitStatus.internalError
    }
    console.print(result.traceHash.hexadecimal)
    return ExitStatus.pass
  }
}

package import ArgumentParser
import Audit
import Glibc
import Worlds

/// The command line: `turbulence run | check | replay | mutants | list | doctor`.
package struct Turbulence: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "turbulence",
    abstract: "Deterministic chaos testing for travel-booking sagas.",
    discussion: """
      Runs the real orchestrator in virtual time against fake vendors that fail, and checks that
      money and reservations end up right. The same seed gives the same world, to the byte.

      EXAMPLES:
        turbulence run scenarios/quickstart.yaml
        turbulence check scenarios/fast --seeds 100 --jobs 2
        turbulence replay scenarios/fast/crashes.yaml --seed 7

      \(ExitStatus.help)
      """,
    version: "0.1.0",
    subcommands: [
      RunCommand.self, CheckCommand.self, ReplayCommand.self, ListCommand.self, DoctorCommand.self,
      MutantsCommand.self, HashCommand.self, WorldsCommand.self,
    ])

  package init() {}

  /// Parses the arguments of this process, acts, and ends the process with the right exit code.
  package static func start() -> Never {
    CrashReporter.install()
    exit(withCode: run(Array(CommandLine.arguments.dropFirst()), console: .standard))
  }

  /// Parses the arguments, acts, and returns the exit code. What the parser has to say (help, the
  /// version, what is wrong with the arguments) goes the same way as all other text.
  package static func run(_ arguments: [String], console: Console) -> Int32 {
    do {
      var command = try parseAsRoot(arguments)
      if var command = command as? any ConsoleCommand {
        return console.finished(try command.run(on: console))
      }
      try command.run()
      return console.finished(ExitStatus.pass)
    } catch {
      let code = exitCode(for: error).rawValue
      let text = fullMessage(for: error)
      if !text.isEmpty {
        if code == ExitStatus.pass { console.print(text) } else { console.complain(text) }
      }
      return console.finished(code)
    }
  }

  private static func exit(withCode code: Int32) -> Never { Glibc.exit(code) }
}

/// A subcommand that writes to a console and ends with an exit code.
protocol ConsoleCommand: ParsableCommand {
  /// Does it and returns the exit code.
  mutating func run(on console: Console) throws -> Int32
}

extension ConsoleCommand {
  mutating func run() throws {
    let console = Console.standard
    let code = console.finished(try run(on: console))
    if code != ExitStatus.pass { throw ExitCode(code) }
  }
}

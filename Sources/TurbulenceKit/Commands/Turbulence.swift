package import ArgumentParser

/// The command line: `turbulence run | check | replay | list | doctor`.
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
      HashCommand.self,
    ])

  package init() {}

  /// Parses the arguments of this process, acts, and ends the process with the right exit code.
  package static func start() -> Never {
    LastWords.install()
    main()
    exit()
  }
}

extension ParsableCommand {
  /// Ends the command with an exit code; 0 lets it end by itself.
  func finish(_ code: Int32) throws {
    if code != 0 { throw ExitCode(code) }
  }
}

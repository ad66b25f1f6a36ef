package import ArgumentParser
import Foundation

/// The options that every command has which reads settings.
package struct SettingOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("A JSON file with settings.", valueName: "file"))
  package var config: String?

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Settings as flags; see below."))
  package var settings: [String] = []

  /// Creates options without anything.
  package init() {}

  /// Where to look for settings.
  package func source() async throws(ConfigurationFault) -> SettingSource {
    try await SettingSource(
      flags: settings, environment: ProcessInfo.processInfo.environment, file: config)
  }

  /// Every setting, for a command's help.
  static var table: String {
    let width = Setting.all.map(\.flag.count).max() ?? 0
    return Setting.all.map { setting in
      let name = setting.flag.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      let rest = setting.fallback.map { $0.isEmpty ? "" : " Default: \($0)." } ?? " Required."
      return "  \(name)\(setting.about)\(rest)"
    }.joined(separator: "\n")
  }
}

/// Exit codes, as of sysexits(3).
package enum Exit {
  /// The command line or the configuration is wrong.
  package static let usage = ExitCode(64)
  /// What was asked for is not there, or is refused.
  package static let refused = ExitCode(1)
  /// Something that must be there is not, or cannot be used.
  package static let unavailable = ExitCode(70)
}

/// Says on standard error what went wrong.
func complain(_ error: any Error) {
  FileHandle.standardError.write(Data("booking-server: \(error)\n".utf8))
}

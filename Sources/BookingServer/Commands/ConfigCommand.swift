package import ArgumentParser
import Foundation

/// `booking-server config`
package struct ConfigCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Shows the settings in force and where each comes from; secrets are left out.",
    discussion: "Exits with 64 when the server would refuse to start with them.")

  @OptionGroup package var options: SettingOptions

  /// Creates the command.
  package init() {}

  package func run() async throws {
    do {
      let source = try await options.source()
      print(Self.text(source))
      _ = try Settings(source)
    } catch {
      complain(error)
      throw Exit.usage
    }
  }

  /// One line for each setting: variable, value, origin.
  package static func text(_ source: SettingSource) -> String {
    let width = Setting.all.map(\.variable.count).max() ?? 0
    return Setting.all.map { setting in
      let name = setting.variable.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      guard let found = source.find(setting) else { return "\(name)not set" }
      if found.text.isEmpty { return "\(name)not set" }
      return "\(name)\(setting.isSecret ? "<redacted>" : found.text)  (\(found.origin))"
    }.joined(separator: "\n")
  }
}

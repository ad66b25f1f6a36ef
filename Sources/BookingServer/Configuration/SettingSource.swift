package import Configuration
import Foundation

/// Where settings come from: flags before the environment before a file.
package struct SettingSource: Sendable {
  /// A setting as it was found.
  package struct Found: Sendable, Hashable {
    /// Its text, whatever type the source gives it.
    package var text: String
    /// `flag`, `environment`, `file` or `default`.
    package var origin: String
  }

  private let layers: [(name: String, provider: any ConfigProvider)]

  /// Creates a source of layers, the first of which wins.
  package init(_ layers: [(name: String, provider: any ConfigProvider)]) { self.layers = layers }

  /// Creates the source of a program's start.
  /// - Parameters:
  ///   - flags: what stood on the command line besides the options of the command itself.
  ///   - file: a JSON file.
  /// - Throws: ``ConfigurationFault`` for a flag that does not exist, or a file that cannot be read.
  package init(
    flags: [String], environment: [String: String], file: String?
  ) async throws(ConfigurationFault) {
    var faults = Self.faults(inFlags: flags)
    var layers: [(name: String, provider: any ConfigProvider)] = [
      ("flag", CommandLineArgumentsProvider(arguments: ["booking-server"] + flags)),
      // An empty variable is one that is not set.
      (
        "environment",
        EnvironmentVariablesProvider(
          environmentVariables: environment.filter { !$0.value.isEmpty })
      ),
    ]
    if let file {
      do {
        let text = try Data(contentsOf: URL(fileURLWithPath: file))
        faults += try Self.faults(inFile: file, text)
        layers.append(
          (
            "file",
            try await FileProvider<JSONSnapshot>(
              config: ConfigReader(
                provider: InMemoryProvider(values: [
                  "filePath": .init(.string(file), isSecret: false)
                ])))
          ))
      } catch {
        faults.append("--config \(file): cannot be read as a JSON object: \(error)")
      }
    }
    guard faults.isEmpty else { throw ConfigurationFault(faults) }
    self.init(layers)
  }

  /// Returns a setting as the first layer that has it gives it.
  package func find(_ setting: Setting) -> Found? {
    let key = AbsoluteConfigKey(setting.path)
    for (name, provider) in layers {
      for type in [ConfigType.stringArray, .string, .int, .bool] {
        // A value of another type than asked for is an error here; the next type is tried.
        guard let value = try? provider.value(forKey: key, type: type).value else { continue }
        switch value.content {
        case .string(let text): return Found(text: text, origin: name)
        case .stringArray(let texts):
          return Found(text: texts.joined(separator: ","), origin: name)
        case .int(let number): return Found(text: String(number), origin: name)
        case .bool(let truth): return Found(text: String(truth), origin: name)
        default: continue
        }
      }
    }
    return setting.fallback.map { Found(text: $0, origin: "default") }
  }

  private static func faults(inFlags flags: [String]) -> [String] {
    let known = Setting.all.map(\.flag)
    var faults: [String] = []
    var isValue = false
    for flag in flags {
      guard flag.hasPrefix("-") else {
        if !isValue { faults.append("unexpected argument '\(flag)'") }
        isValue = false
        continue
      }
      let name = String(flag.prefix { $0 != "=" })
      if !known.contains(name) { faults.append("there is no flag \(name); see --help") }
      isValue = !flag.contains("=")
    }
    if isValue, let last = flags.last { faults.append("\(last) lacks its value") }
    return faults
  }

  private static func faults(inFile file: String, _ data: Data) throws -> [String] {
    guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      return ["--config \(file): found something else than a JSON object"]
    }
    let known = Set(Setting.all.map(\.key))
    func leaves(_ object: [String: Any], _ prefix: String) -> [String] {
      object.sorted { $0.key < $1.key }.flatMap { key, value in
        if let inner = value as? [String: Any] { return leaves(inner, "\(prefix)\(key).") }
        return ["\(prefix)\(key)"]
      }
    }
    return leaves(object, "").filter { !known.contains($0) }
      .map { "--config \(file): there is no setting '\($0)'" }
  }
}

/// Settings that are missing, or are not what they must be; all of them at once.
package struct ConfigurationFault: Error, CustomStringConvertible, Hashable {
  /// One sentence each; never with the value of a secret.
  package let faults: [String]
  /// Creates it.
  package init(_ faults: [String]) { self.faults = faults }
  package var description: String {
    "the configuration cannot be used:\n" + faults.map { "  \($0)" }.joined(separator: "\n")
  }
}

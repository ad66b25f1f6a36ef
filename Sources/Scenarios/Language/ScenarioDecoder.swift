import FoundationEssentials
import Yams

/// Reads scenario files: strict, with the place of whatever is wrong.
package enum ScenarioDecoder {
  /// Reads a file. Throws at the first fault; nothing is guessed.
  package static func load(_ path: String) throws(ScenarioError) -> Scenario {
    let expected = "a readable scenario file"
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw ScenarioError(
        path: path, message: "cannot be read", found: "no such file", expected: expected)
    }
    guard !isDirectory else {
      throw ScenarioError(
        path: path, message: "cannot be read", found: "a folder", expected: expected)
    }
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw ScenarioError(
        path: path, message: "cannot be read",
        found: "a file that may not be opened", expected: expected)
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ScenarioError(
        path: path, line: 1, column: 1, message: "cannot be read",
        found: "bytes that are not UTF-8", expected: "text in UTF-8")
    }
    return try decode(text, path: path)
  }

  /// Reads a scenario from its text; `path` is used in messages and to find files it refers to.
  package static func decode(_ text: String, path: String) throws(ScenarioError) -> Scenario {
    let expected = "a mapping with at least 'name' and 'bookings'"
    guard let node = try compose(text, path: path) else {
      throw ScenarioError(
        path: path, line: 1, column: 1, message: "the scenario is empty", found: "nothing",
        expected: expected)
    }
    let root = YAMLValue(node: node, file: path, path: "")
    guard case .mapping = node else { throw root.error("is not a mapping", expected: expected) }
    var scenario = Scenario(name: "", bookings: 1)
    try Scenarios.decode(root, into: &scenario, ScenarioLanguage.root)
    return scenario
  }

  private static func compose(_ text: String, path: String) throws(ScenarioError) -> Node? {
    func syntax(_ mark: Yams.Mark?, _ found: String, _ expected: String = "valid YAML")
      -> ScenarioError
    {
      ScenarioError(
        path: path, line: mark?.line, column: mark?.column, message: "not YAML", found: found,
        expected: expected)
    }
    do {
      return try Yams.compose(yaml: text.withoutByteOrderMark)
    } catch let error as YamlError {
      switch error {
      case .scanner(let context, let problem, let mark, _),
        .parser(let context, let problem, let mark, _):
        let context = context.map { " (\($0.text))" } ?? ""
        throw syntax(mark, problem + context)
      case .composer(_, let problem, let mark, _):
        throw syntax(mark, problem, "one document without undefined aliases")
      case .duplicatedKeysInMapping(let keys, let context):
        throw ScenarioError(
          path: path, line: context.mark.line, column: context.mark.column,
          message: "a key is written twice",
          found: keys.sorted().map { "'\($0)'" }.joined(separator: ", ") + " more than once",
          expected: "each key once")
      case .reader(let problem, let offset, _, let yaml):
        let before = yaml.prefix(offset ?? 0)
        let line = before.count { $0.isNewline } + 1
        let column =
          (before.lastIndex { $0.isNewline }.map { before[$0...].count - 1 } ?? before.count) + 1
        throw ScenarioError(
          path: path, line: line, column: column, message: "not YAML", found: problem,
          expected: "printable text")
      default: throw syntax(nil, "\(error)")
      }
    } catch {
      throw syntax(nil, "\(error)")
    }
  }
}

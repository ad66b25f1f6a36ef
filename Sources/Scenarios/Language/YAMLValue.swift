import Yams

/// A node of a scenario file that knows where it stands: what every strict reading starts from.
struct YAMLValue {
  let node: Node
  /// The scenario file, as named by the user.
  let file: String
  /// The keys that lead here, joined by dots; empty at the root.
  let path: String

  /// The text of a scalar and whether it was in quotes; nil for mappings and lists.
  var scalar: (text: String, quoted: Bool)? {
    guard case .scalar(let scalar) = node else { return nil }
    return (scalar.string, scalar.style != .plain && scalar.style != .any)
  }

  /// What stands here, for the "found" of a message.
  var found: String {
    switch node {
    case .mapping(let mapping): mapping.isEmpty ? "an empty mapping" : "a mapping"
    case .sequence(let list): list.isEmpty ? "an empty list" : "a list"
    case .alias: "an alias"
    case .scalar(let scalar):
      if scalar.string.isEmpty {
        "nothing"
      } else {
        scalar.style == .plain || scalar.style == .any
          ? "'\(scalar.string)'" : "the quoted text \"\(scalar.string)\""
      }
    }
  }

  /// An error at this place; `message` follows the path: `is not a whole number`.
  func error(_ message: String, found: String? = nil, expected: String) -> ScenarioError {
    ScenarioError(
      path: file, line: node.mark?.line, column: node.mark?.column,
      message: (path.isEmpty ? "the scenario" : path) + " " + message,
      found: found ?? self.found, expected: expected)
  }

  /// The value of a key of this mapping, under its path.
  func child(_ key: String, _ node: Node) -> YAMLValue {
    YAMLValue(node: node, file: file, path: path.isEmpty ? key : "\(path).\(key)")
  }

  /// The keys and values of a mapping, in the file's order.
  func pairs(expected: String) throws(ScenarioError) -> [(
    key: YAMLValue, name: String, value: YAMLValue
  )] {
    guard case .mapping(let mapping) = node else {
      throw error("is not a mapping", expected: expected)
    }
    var pairs: [(key: YAMLValue, name: String, value: YAMLValue)] = []
    for (key, value) in mapping {
      let keyValue = YAMLValue(node: key, file: file, path: path)
      guard let name = keyValue.scalar?.text else {
        throw keyValue.error("has a key that is not a word", expected: expected)
      }
      pairs.append((keyValue, name, child(name, value)))
    }
    return pairs
  }

  /// The elements of a list.
  func elements(expected: String) throws(ScenarioError) -> [YAMLValue] {
    guard case .sequence(let list) = node else {
      throw error("is not a list", expected: expected)
    }
    return list.enumerated().map { index, node in
      YAMLValue(node: node, file: file, path: "\(path)[\(index)]")
    }
  }

  /// An unquoted scalar, as numbers and units are written.
  func plainText(expected: String) throws(ScenarioError) -> String {
    guard let scalar, !scalar.quoted, !scalar.text.isEmpty else {
      throw error("cannot be read", expected: expected)
    }
    return scalar.text
  }

  /// The error for a word that is not among the known ones.
  func unknown(_ what: String, _ word: String, among known: [String]) -> ScenarioError {
    let guess = Spelling.nearest(to: word, among: known).map { " (did you mean '\($0)'?)" } ?? ""
    let place = path.isEmpty ? "" : " in \(path)"
    return ScenarioError(
      path: file, line: node.mark?.line, column: node.mark?.column,
      message: "unknown \(what)\(place)", found: "'\(word)'\(guess)",
      expected: "one of " + known.joined(separator: ", "))
  }
}

/// What `Package.swift` says of the targets and of who depends on whom.
///
/// Read from its text: the lists of the manifest are literals, and a test must not start another
/// build.
struct Manifest {
  struct Target: Hashable {
    var name: String
    /// Relative to the root of the repository.
    var path: String
    /// Names of targets, and of products with a leading dot, as the manifest writes them.
    var dependencies: [String]
  }

  var targets: [Target] = []

  init(_ text: String) {
    let kinds: [(call: String, folder: String)] = [
      (".target(", "Sources"), (".executableTarget(", "Sources"), (".systemLibrary(", "Sources"),
      (".testTarget(", "Tests"),
    ]
    for kind in kinds {
      for piece in text.components(after: kind.call) {
        let arguments = piece.untilClosing
        guard let name = arguments.literal(after: "name:") else { continue }
        let list = arguments.components(after: "dependencies:").first?.list ?? []
        targets.append(
          Target(
            name: name, path: arguments.literal(after: "path:") ?? "\(kind.folder)/\(name)",
            dependencies: list))
      }
    }
  }

  /// The target that a source file belongs to; nil for files of none.
  func target(of path: String) -> Target? {
    targets.first { path.hasPrefix("\($0.path)/") }
  }

  /// All that a target depends on, through whatever it depends on.
  func closure(of name: String) -> Set<String> {
    var found: Set<String> = []
    var open = [name]
    while let next = open.popLast() {
      let dependencies = targets.first { $0.name == next }?.dependencies ?? []
      for dependency in dependencies where found.insert(dependency).inserted {
        open.append(dependency)
      }
    }
    return found
  }

  /// Says which modules of this package a file imports that its target does not depend on.
  func strangers(in text: String, at path: String) -> [String] {
    guard let target = target(of: path) else { return ["\(path): belongs to no target"] }
    let names = Set(targets.map(\.name))
    var found: [String] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = line.split(separator: " ")
      guard let position = words.firstIndex(of: "import"), position < 2, words.first != "//",
        position + 1 < words.count,
        let module = words.last?.split(separator: ".").first.map(String.init)
      else { continue }
      if names.contains(module), module != target.name, !target.dependencies.contains(module) {
        found.append("\(path):\(index + 1): \(target.name) imports \(module)")
      }
    }
    return found
  }
}

extension StringProtocol {
  /// The texts behind each place where a word stands.
  fileprivate func components(after word: String) -> [SubSequence] {
    ranges(of: word).map { self[$0.upperBound...] }
  }

  /// The text up to the bracket that closes one opened before it.
  fileprivate var untilClosing: SubSequence {
    var depth = 0
    let end = indices.first { index in
      if "([".contains(self[index]) { depth += 1 }
      if ")]".contains(self[index]) { depth -= 1 }
      return depth < 0
    }
    return self[..<(end ?? endIndex)]
  }

  /// The string literal behind a label.
  fileprivate func literal(after label: String) -> String? {
    guard let rest = components(after: label).first, let quote = rest.firstIndex(of: "\"")
    else { return nil }
    return String(rest[rest.index(after: quote)...].prefix { $0 != "\"" })
  }

  /// The elements of the array literal that comes next.
  fileprivate var list: [String] {
    guard let start = firstIndex(of: "[") else { return [] }
    return self[index(after: start)...].untilClosing
      .split(whereSeparator: { $0 == "," || $0.isWhitespace })
      .map { element in String(element.filter { $0 != "\"" }) }
  }
}

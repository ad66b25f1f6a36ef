import Foundation

/// Bodies like a good one in which one member was bent.
///
/// Members are named by their path; a number in it is a position in an array.
enum BentBody {
  /// A way to bend a member.
  enum Bend: String, CaseIterable, Sendable, CustomStringConvertible {
    case absent, null, empty, number, boolean, object, array, unknownText, extra, hugeNumber

    var description: String { rawValue }

    fileprivate var value: Any? {
      switch self {
      case .absent: nil
      case .null: NSNull()
      case .empty: ""
      case .number: 17
      case .boolean: true
      case .object: ["x": 1]
      case .array: [NSNull(), 1, "x", ["y": [String]()]]
      case .unknownText: "SOMETHING_NEW 2027-01-01T07:00:00.000+02:00"
      case .extra: nil
      case .hugeNumber: NSNumber(value: 1e300)
      }
    }
  }

  /// The paths of all members and elements in a JSON text, deepest last.
  static func paths(in text: String) throws -> [[String]] {
    var found: [[String]] = []
    func walk(_ value: Any, _ path: [String]) {
      if !path.isEmpty { found.append(path) }
      if let object = value as? [String: Any] {
        for key in object.keys.sorted() { walk(object[key] as Any, path + [key]) }
      } else if let array = value as? [Any] {
        for (index, element) in array.enumerated() { walk(element, path + [String(index)]) }
      }
    }
    walk(try JSONSerialization.jsonObject(with: Data(text.utf8)), [])
    return found
  }

  /// The text with the member at a path bent.
  static func bend(_ text: String, at path: [String], _ bend: Bend) throws -> String {
    let root = try JSONSerialization.jsonObject(with: Data(text.utf8))
    func bent(_ value: Any, _ rest: ArraySlice<String>) -> Any? {
      guard let step = rest.first else {
        guard bend == .extra else { return bend.value }
        guard var object = value as? [String: Any] else { return value }
        object["x_new"] = ["nobody": "knows"]
        return object
      }
      if var object = value as? [String: Any] {
        object[step] = object[step].flatMap { bent($0, rest.dropFirst()) }
        return object
      }
      if var array = value as? [Any], let index = Int(step) {
        if let element = bent(array[index], rest.dropFirst()) {
          array[index] = element
        } else {
          array.remove(at: index)
        }
        return array
      }
      return value
    }
    let result = bent(root, path[...]) ?? [String: Any]()
    return String(
      decoding: try JSONSerialization.data(withJSONObject: result, options: [.sortedKeys]),
      as: UTF8.self)
  }

  /// Calls `check` with every bend of every member but those that decide, named by dotted paths.
  static func everyDecoration(
    of text: String, deciding: Set<String>,
    _ check: (_ body: String, _ what: String) async throws -> Void
  ) async throws {
    for path in try paths(in: text) {
      let name = path.joined(separator: ".")
      for bend in Bend.allCases {
        // What decides may be accompanied by anything, and only that.
        if deciding.contains(name), bend != .extra { continue }
        try await check(try Self.bend(text, at: path, bend), "\(name) \(bend)")
      }
    }
  }
}

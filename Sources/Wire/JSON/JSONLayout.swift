extension JSONValue {
  /// Returns the value with a line for each member and element, as Foundation's `JSONEncoder` lays
  /// it out.
  package func spread(_ escapes: JSONEscapes = .letters) -> [UInt8] {
    var out: [UInt8] = []
    spread(to: &out, level: 0, escapes)
    return out
  }

  private func spread(to out: inout [UInt8], level: Int, _ escapes: JSONEscapes) {
    func list<Item>(
      _ brackets: (StaticString, StaticString), _ items: [Item],
      _ write: (inout [UInt8], Item) -> Void
    ) {
      out.append(brackets.0)
      for (index, item) in items.enumerated() {
        out.append(index > 0 ? ",\n" : "\n")
        out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level + 2))
        write(&out, item)
      }
      out.append(items.isEmpty ? "\n\n" : "\n")
      out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
      out.append(brackets.1)
    }
    switch self {
    case .array(let elements):
      list(("[", "]"), elements) { $1.spread(to: &$0, level: level + 1, escapes) }
    case .object(let members):
      list(("{", "}"), members) { out, member in
        out.append(jsonString: member.key, escapes)
        out.append(" : ")
        member.value.spread(to: &out, level: level + 1, escapes)
      }
    default: out.append(contentsOf: written(escapes))
    }
  }

  /// Returns the value as text for people: a line for each member and each object of a list, lists
  /// of plain values on one line; everything on one line when `indent` is 0.
  package func text(indent: Int = 2, _ escapes: JSONEscapes = .space) -> String {
    var out: [UInt8] = []
    lay(to: &out, indent: indent, level: 0, escapes)
    return String(decoding: out, as: UTF8.self)
  }

  private func lay(to out: inout [UInt8], indent: Int, level: Int, _ escapes: JSONEscapes) {
    func line(_ level: Int) {
      guard indent > 0 else { return }
      out.append(UInt8(ascii: "\n"))
      out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * level))
    }
    switch self {
    case .object(let members) where !members.isEmpty:
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(indent > 0 ? "," : ", ") }
        line(level + 1)
        out.append(jsonString: member.key, escapes)
        out.append(": ")
        member.value.lay(to: &out, indent: indent, level: level + 1, escapes)
      }
      line(level)
      out.append(UInt8(ascii: "}"))
    case .array(let elements) where !elements.isEmpty:
      let isPlain = !elements.contains(where: \.isObject)
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(isPlain || indent == 0 ? ", " : ",") }
        if !isPlain { line(level + 1) }
        element.lay(to: &out, indent: indent, level: level + 1, escapes)
      }
      if !isPlain { line(level) }
      out.append(UInt8(ascii: "]"))
    default: out.append(contentsOf: written(escapes))
    }
  }
}

/// JSON whose keys stay in the order in which they were written: schema, `--json`, timing.
package indirect enum JSONText: Sendable {
  case object([(String, JSONText)])
  case array([JSONText])
  case string(String)
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  case bool(Bool)
  case null

  /// As text; `indent` of 0 keeps everything on one line.
  package func text(indent: Int = 2) -> String {
    var out = ""
    write(&out, indent: indent, level: 0)
    return out
  }

  private func write(_ out: inout String, indent: Int, level: Int) {
    func line(_ level: Int) {
      if indent > 0 { out += "\n" + String(repeating: " ", count: indent * level) }
    }
    switch self {
    case .object(let pairs):
      guard !pairs.isEmpty else {
        out += "{}"
        return
      }
      out += "{"
      for (index, (key, value)) in pairs.enumerated() {
        if index > 0 { out += indent > 0 ? "," : ", " }
        line(level + 1)
        Self.write(key, to: &out)
        out += ": "
        value.write(&out, indent: indent, level: level + 1)
      }
      line(level)
      out += "}"
    case .array(let values):
      guard !values.isEmpty else {
        out += "[]"
        return
      }
      // Lists of plain values read better on one line.
      let plain = values.allSatisfy { if case .object = $0 { false } else { true } }
      out += "["
      for (index, value) in values.enumerated() {
        if index > 0 { out += plain || indent == 0 ? ", " : "," }
        if !plain { line(level + 1) }
        value.write(&out, indent: indent, level: level + 1)
      }
      if !plain { line(level) }
      out += "]"
    case .string(let text): Self.write(text, to: &out)
    case .integer(let value): out += String(value)
    case .unsigned(let value): out += String(value)
    case .number(let value): out += value.isFinite ? value.brief : "null"
    case .bool(let value): out += value ? "true" : "false"
    case .null: out += "null"
    }
  }

  private static func write(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}

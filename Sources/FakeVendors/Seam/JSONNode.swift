/// A parsed JSON value that keeps numbers as the digits that were sent.
///
/// The vendors' bodies carry money as decimals; a parser that turns them into `Double` would lose
/// what the fakes must compare. Objects keep the order of their members.
package enum JSONNode: Sendable, Hashable {
  case null
  case bool(Bool)
  /// A number, exactly as written.
  case number(String)
  case string(String)
  case array([JSONNode])
  case object([Member])

  /// A name and its value.
  package struct Member: Sendable, Hashable {
    package let key: String
    package let value: JSONNode

    /// Creates a member.
    package init(key: String, value: JSONNode) {
      self.key = key
      self.value = value
    }
  }

  /// Parses a complete JSON text (RFC 8259); nil when it is not one.
  package init?(parsing bytes: [UInt8]) {
    let parsed = bytes.withUnsafeBufferPointer { buffer -> JSONNode? in
      var parser = JSONParser(bytes: buffer)
      return try? parser.document()  // nil is the answer: malformed
    }
    guard let parsed else { return nil }
    self = parsed
  }

  /// The member of that name; nil when there is none or this is no object.
  subscript(key: String) -> JSONNode? {
    guard case .object(let members) = self else { return nil }
    for member in members where member.key == key { return member.value }
    return nil
  }

  /// The string; nil when this is none.
  var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The elements; nil when this is no array.
  var array: [JSONNode]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// Whether this is an object.
  var isObject: Bool {
    if case .object = self { true } else { false }
  }

  /// The whole number; nil when this is none or does not fit.
  var integer: Int? {
    if case .number(let digits) = self { Int(digits) } else { nil }
  }

  /// A string, or a number's digits: vendors accept ids in both forms.
  var identifier: String? {
    switch self {
    case .string(let value), .number(let value): value
    default: nil
    }
  }
}

/// A recursive-descent parser over bytes.
private struct JSONParser {
  struct Malformed: Error {}

  let bytes: UnsafeBufferPointer<UInt8>
  var at = 0
  var depth = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func document() throws(Malformed) -> JSONNode {
    let value = try value()
    skipSpace()
    guard at == bytes.count else { throw Malformed() }
    return value
  }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  private mutating func peek() throws(Malformed) -> UInt8 {
    guard at < bytes.count else { throw Malformed() }
    return bytes[at]
  }

  private mutating func expect(_ byte: UInt8) throws(Malformed) {
    guard try peek() == byte else { throw Malformed() }
    at += 1
  }

  private mutating func literal(_ text: StaticString, _ node: JSONNode) throws(Malformed)
    -> JSONNode
  {
    let count = text.utf8CodeUnitCount
    guard at + count <= bytes.count else { throw Malformed() }
    for offset in 0..<count where bytes[at + offset] != text.utf8Start[offset] {
      throw Malformed()
    }
    at += count
    return node
  }

  private mutating func value() throws(Malformed) -> JSONNode {
    skipSpace()
    switch try peek() {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return try number()
    }
  }

  private mutating func enter() throws(Malformed) {
    depth += 1
    guard depth <= 64 else { throw Malformed() }
  }

  private mutating func object() throws(Malformed) -> JSONNode {
    try enter()
    at += 1
    var members: [JSONNode.Member] = []
    skipSpace()
    if try peek() == UInt8(ascii: "}") {
      at += 1
    } else {
      while true {
        skipSpace()
        let key = try string()
        skipSpace()
        try expect(UInt8(ascii: ":"))
        members.append(JSONNode.Member(key: key, value: try value()))
        skipSpace()
        if try peek() == UInt8(ascii: ",") {
          at += 1
        } else {
          try expect(UInt8(ascii: "}"))
          break
        }
      }
    }
    depth -= 1
    return .object(members)
  }

  private mutating func array() throws(Malformed) -> JSONNode {
    try enter()
    at += 1
    var elements: [JSONNode] = []
    skipSpace()
    if try peek() == UInt8(ascii: "]") {
      at += 1
    } else {
      while true {
        elements.append(try value())
        skipSpace()
        if try peek() == UInt8(ascii: ",") {
          at += 1
        } else {
          try expect(UInt8(ascii: "]"))
          break
        }
      }
    }
    depth -= 1
    return .array(elements)
  }

  private mutating func digits() throws(Malformed) {
    let start = at
    while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 { at += 1 }
    guard at > start else { throw Malformed() }
  }

  private mutating func number() throws(Malformed) -> JSONNode {
    let start = at
    if try peek() == UInt8(ascii: "-") { at += 1 }
    let leading = try peek()
    let first = at
    try digits()
    guard leading != 0x30 || at == first + 1 else { throw Malformed() }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      try digits()
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
        at += 1
      }
      try digits()
    }
    return .number(text(start, at))
  }

  private func text(_ start: Int, _ end: Int) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
  }

  private mutating func string() throws(Malformed) -> String {
    try expect(UInt8(ascii: "\""))
    let start = at
    while true {
      let byte = try peek()
      if byte == UInt8(ascii: "\"") {
        at += 1
        return text(start, at - 1)
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      guard byte >= 0x20 else { throw Malformed() }
      at += 1
    }
  }

  private mutating func escapedString(from start: Int) throws(Malformed) -> String {
    var out = Array(bytes[start..<at])
    while true {
      let byte = try peek()
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
      case UInt8(ascii: "\\"):
        let escape = try peek()
        at += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(escape)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"): out.append(contentsOf: String(try escapedScalar()).utf8)
        default: throw Malformed()
        }
      default:
        guard byte >= 0x20 else { throw Malformed() }
        out.append(byte)
      }
    }
  }

  private mutating func hexQuad() throws(Malformed) -> UInt32 {
    guard at + 4 <= bytes.count, let value = UInt32(text(at, at + 4), radix: 16) else {
      throw Malformed()
    }
    at += 4
    return value
  }

  private mutating func escapedScalar() throws(Malformed) -> Unicode.Scalar {
    var code = try hexQuad()
    if code >= 0xD800, code < 0xDC00 {
      try expect(UInt8(ascii: "\\"))
      try expect(UInt8(ascii: "u"))
      let low = try hexQuad()
      guard low >= 0xDC00, low < 0xE000 else { throw Malformed() }
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw Malformed() }
    return scalar
  }
}

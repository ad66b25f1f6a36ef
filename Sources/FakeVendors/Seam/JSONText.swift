/// A JSON text under construction, written byte by byte in the vendor's own order of members.
struct JSONText: Sendable {
  /// What has been written so far.
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  private init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Returns the bytes of one object, of which about `capacity` are expected.
  static func object(capacity: Int = 768, _ body: (inout JSONText) -> Void) -> [UInt8] {
    var text = JSONText(capacity: capacity)
    text.object(body)
    return text.bytes
  }

  /// Returns the bytes of a parsed value.
  fileprivate static func written(_ node: JSONNode) -> [UInt8] {
    var text = JSONText(capacity: 2048)
    text.write(node)
    return text.bytes
  }

  /// Writes an object as an element of an array.
  mutating func object(_ body: (inout JSONText) -> Void) {
    open(UInt8(ascii: "{"))
    body(&self)
    close(UInt8(ascii: "}"))
  }

  /// Writes a member whose value is an object.
  mutating func object(_ key: String, _ body: (inout JSONText) -> Void) {
    name(key)
    object(body)
  }

  /// Writes a member whose value is an array.
  mutating func array(_ key: String, _ body: (inout JSONText) -> Void) {
    name(key)
    open(UInt8(ascii: "["))
    body(&self)
    close(UInt8(ascii: "]"))
  }

  /// Writes a member whose value is a string.
  mutating func field(_ key: String, _ value: String) {
    name(key)
    element(value)
  }

  /// Writes a member whose value is a whole number.
  mutating func field(_ key: String, _ value: some BinaryInteger) {
    name(key)
    raw(String(value))
  }

  /// Writes a member whose value is a truth value.
  mutating func field(_ key: String, _ value: Bool) {
    name(key)
    raw(value ? "true" : "false")
  }

  /// Writes a member whose value is null.
  mutating func null(_ key: String) {
    name(key)
    raw("null")
  }

  /// Writes a member whose value is a number with exactly these digits.
  mutating func number(_ key: String, _ digits: String) {
    name(key)
    raw(digits)
  }

  /// Writes a member whose value is a parsed value, as it was.
  mutating func field(_ key: String, _ value: JSONNode) {
    name(key)
    write(value)
  }

  /// Writes a string as an element of an array.
  mutating func element(_ value: String) {
    comma()
    quoted(value)
    needsComma = true
  }

  /// Writes JSON as an element of an array.
  mutating func element(written value: [UInt8]) {
    comma()
    bytes.append(contentsOf: value)
    needsComma = true
  }

  private mutating func comma() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func open(_ byte: UInt8) {
    comma()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }

  private mutating func name(_ key: String) {
    comma()
    quoted(key)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func raw(_ text: String) {
    comma()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func quoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      if utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
        bytes.append(contentsOf: utf8)
      } else {
        for byte in utf8 { escaped(byte) }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0..<0x20:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    default: bytes.append(byte)
    }
  }

  private mutating func write(_ node: JSONNode) {
    switch node {
    case .null: raw("null")
    case .bool(let value): raw(value ? "true" : "false")
    case .number(let digits): raw(digits)
    case .string(let value): element(value)
    case .array(let elements):
      open(UInt8(ascii: "["))
      for element in elements { write(element) }
      close(UInt8(ascii: "]"))
    case .object(let members):
      object { text in
        for member in members { text.field(member.key, member.value) }
      }
    }
  }
}

extension JSONNode {
  /// The value as compact JSON; numbers keep their digits.
  package var written: [UInt8] { JSONText.written(self) }
}

/// Writes JSON text (RFC 8259) field by field, in the order of the calls.
///
/// Answers and mails are written by hand because every booking writes several: the text of a booking
/// takes 2 µs where `JSONEncoder` takes 15. The order of fields is that of the code, and an absent
/// value is an explicit `null`.
struct JSONText {
  /// The text so far, UTF-8.
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Returns the text of one object.
  static func object(_ fields: (inout JSONText) throws -> Void) rethrows -> [UInt8] {
    var json = JSONText()
    json.bytes.reserveCapacity(1_024)
    try json.object(fields)
    return json.bytes
  }

  /// Writes a string field, `null` when nil.
  mutating func field(_ name: StaticString, _ value: String?) {
    key(name)
    if let value { string(value) } else { literal("null") }
  }

  /// Writes an integer field, `null` when nil.
  mutating func field(_ name: StaticString, _ value: Int64?) {
    key(name)
    if let value { literal(String(value)) } else { literal("null") }
  }

  /// Writes a Boolean field.
  mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    literal(value ? "true" : "false")
  }

  /// Writes a field that is an object, `null` when there is no value to write it from.
  mutating func field<Value>(
    _ name: StaticString, objectOf value: Value?, _ fields: (inout JSONText, Value) -> Void
  ) {
    key(name)
    if let value { object { fields(&$0, value) } } else { literal("null") }
  }

  /// Writes a field that is an array of objects.
  mutating func field<Values: Sequence>(
    _ name: StaticString, arrayOf values: Values, _ fields: (inout JSONText, Values.Element) -> Void
  ) {
    key(name)
    bytes.append(UInt8(ascii: "["))
    needsComma = false
    for value in values {
      if needsComma { bytes.append(UInt8(ascii: ",")) }
      object { fields(&$0, value) }
    }
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// Writes a field that is an array of strings, `null` when nil.
  mutating func field(_ name: StaticString, strings values: [String]?) {
    key(name)
    if let values { array(values) { $0.string($1) } } else { literal("null") }
  }

  /// Writes a field that is an array of integers.
  mutating func field(_ name: StaticString, integers values: [Int]) {
    key(name)
    array(values) { $0.literal(String($1)) }
  }

  /// Writes a field that is an object with names of its own, in their order.
  mutating func field<Value>(
    _ name: StaticString, members: [String: Value], _ write: (inout JSONText, Value) -> Void
  ) {
    key(name)
    object { json in
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        if json.needsComma { json.bytes.append(UInt8(ascii: ",")) }
        json.string(name)
        json.bytes.append(UInt8(ascii: ":"))
        write(&json, value)
        json.needsComma = true
      }
    }
  }

  /// Writes an integer that is the value of a member.
  mutating func value(_ value: Int64) { literal(String(value)) }

  /// Writes an object that is the value of a member.
  mutating func value(_ fields: (inout JSONText) -> Void) { object(fields) }

  private mutating func array<Element>(
    _ values: [Element], _ write: (inout JSONText, Element) -> Void
  ) {
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(&self, value)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func object(_ fields: (inout JSONText) throws -> Void) rethrows {
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
    try fields(&self)
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  private mutating func key(_ name: StaticString) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func literal(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case UInt8(ascii: "\n"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(ascii: "n"))
      case 0..<0x20:
        let hex = String(byte, radix: 16)
        literal(hex.count == 1 ? "\\u000" : "\\u00")
        literal(hex)
      default:
        bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

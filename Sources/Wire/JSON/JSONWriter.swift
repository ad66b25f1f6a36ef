/// Writes a compact JSON text (RFC 8259) in the order of the calls.
///
///     let bytes = JSONWriter.object {
///       $0.field("id", id)
///       $0.array("slots") { for slot in slots { $0.value(slot) } }
///     }
package struct JSONWriter: Sendable {
  /// What has been written so far, UTF-8.
  package private(set) var bytes: [UInt8] = []
  private let escapes: JSONEscapes
  private var needsComma = false

  /// Creates a writer of which about `capacity` bytes are expected.
  package init(capacity: Int = 1_024, _ escapes: JSONEscapes = []) {
    bytes.reserveCapacity(capacity)
    self.escapes = escapes
  }

  /// Returns the bytes of one object, of which about `capacity` are expected.
  package static func object(
    capacity: Int = 1_024, _ escapes: JSONEscapes = [], _ body: (inout JSONWriter) throws -> Void
  ) rethrows -> [UInt8] {
    var writer = JSONWriter(capacity: capacity, escapes)
    try writer.object(body)
    return writer.bytes
  }

  // MARK: Values

  /// Writes a string; `null` when nil.
  package mutating func value(_ value: String?) {
    guard let value else { return null() }
    comma()
    bytes.append(jsonString: value, escapes)
  }

  /// Writes a whole number; `null` when nil.
  package mutating func value(_ value: Int64?) {
    guard let value else { return null() }
    comma()
    bytes.append(decimal: value)
  }

  /// Writes a whole number.
  package mutating func value(_ value: Int) {
    comma()
    bytes.append(decimal: Int64(value))
  }

  /// Writes a whole number that may need all 64 bits.
  package mutating func value(_ value: UInt64) {
    comma()
    bytes.append(decimal: value)
  }

  /// Writes `true` or `false`.
  package mutating func value(_ value: Bool) {
    comma()
    bytes.append(value ? "true" : "false")
  }

  /// Writes a value with all that is in it.
  package mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): self.value(value)
    case .number(let digits): number(digits)
    case .string(let value): self.value(value)
    case .array(let elements): array { for element in elements { $0.value(element) } }
    case .object(let members):
      object { for member in members { $0.field(member.key, member.value) } }
    }
  }

  /// Writes `null`.
  package mutating func null() {
    comma()
    bytes.append("null")
  }

  /// Writes a number with exactly these digits, which the caller answers for.
  package mutating func number(_ digits: String) {
    comma()
    bytes.append(contentsOf: digits.utf8)
  }

  /// Writes a value that is JSON already.
  package mutating func written(_ json: [UInt8]) {
    comma()
    bytes.append(contentsOf: json)
  }

  /// Writes an object.
  package mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    open(UInt8(ascii: "{"))
    try body(&self)
    close(UInt8(ascii: "}"))
  }

  /// Writes an array.
  package mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    open(UInt8(ascii: "["))
    try body(&self)
    close(UInt8(ascii: "]"))
  }

  // MARK: Members

  /// Writes a member's name; its value comes next.
  package mutating func name(_ name: String) {
    comma()
    bytes.append(jsonString: name, escapes)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a member that is a string, or `null`.
  package mutating func field(_ name: String, _ value: String?) {
    self.name(name)
    self.value(value)
  }

  /// Writes a member that is a whole number, or `null`.
  package mutating func field(_ name: String, _ value: Int64?) {
    self.name(name)
    self.value(value)
  }

  /// Writes a member that is a whole number.
  package mutating func field(_ name: String, _ value: Int) {
    self.name(name)
    self.value(value)
  }

  /// Writes a member that is a whole number and may need all 64 bits.
  package mutating func field(_ name: String, _ value: UInt64) {
    self.name(name)
    self.value(value)
  }

  /// Writes a member that is `true` or `false`.
  package mutating func field(_ name: String, _ value: Bool) {
    self.name(name)
    self.value(value)
  }

  /// Writes a member with all that is in it.
  package mutating func field(_ name: String, _ value: JSONValue) {
    self.name(name)
    self.value(value)
  }

  /// Writes a member that is `null`.
  package mutating func null(_ name: String) {
    self.name(name)
    null()
  }

  /// Writes a member that is a number with exactly these digits.
  package mutating func number(_ name: String, _ digits: String) {
    self.name(name)
    number(digits)
  }

  /// Writes a member that is an object.
  package mutating func object(
    _ name: String, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    self.name(name)
    try object(body)
  }

  /// Writes a member that is an array.
  package mutating func array(
    _ name: String, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    self.name(name)
    try array(body)
  }

  // MARK: Members written from values

  /// Writes a member that is an object; `null` when there is no value to write it from.
  @inlinable
  package mutating func field<Value>(
    _ name: String, objectOf value: Value?, _ fields: (inout JSONWriter, Value) -> Void
  ) {
    guard let value else { return null(name) }
    object(name) { fields(&$0, value) }
  }

  /// Writes a member that is an array of objects.
  @inlinable
  package mutating func field<Values: Sequence>(
    _ name: String, arrayOf values: Values, _ fields: (inout JSONWriter, Values.Element) -> Void
  ) {
    array(name) { json in
      for value in values { json.object { fields(&$0, value) } }
    }
  }

  /// Writes a member that is an array of strings; `null` when nil.
  package mutating func field(_ name: String, strings values: [String]?) {
    guard let values else { return null(name) }
    array(name) { for value in values { $0.value(value) } }
  }

  /// Writes a member that is an array of whole numbers.
  package mutating func field(_ name: String, integers values: [Int]) {
    array(name) { for value in values { $0.value(value) } }
  }

  /// Writes a member that is an object with names of its own, in their order.
  @inlinable
  package mutating func field<Value>(
    _ name: String, members: [String: Value], _ write: (inout JSONWriter, Value) -> Void
  ) {
    object(name) { json in
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        json.name(name)
        write(&json, value)
      }
    }
  }

  // MARK: Punctuation

  private mutating func comma() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
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
}

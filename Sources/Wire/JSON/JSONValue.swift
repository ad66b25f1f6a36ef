/// A JSON value that was read whole; members keep their order, numbers their digits.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// A number, exactly as written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// A name and its value.
  package struct Member: Sendable, Hashable {
    /// The name.
    package let key: String
    /// The value.
    package let value: JSONValue

    /// Creates a member.
    package init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// Reads a whole text.
  package init(_ bytes: [UInt8], _ policy: JSONPolicy = .strict) throws(JSONError) {
    var reader = JSONReader(bytes, policy)
    self = try reader.value()
    try reader.end()
  }

  /// Reads a whole text; nil when it is not one.
  package init?(parsing bytes: [UInt8], _ policy: JSONPolicy = .lenient) {
    do throws(JSONError) { try self.init(bytes, policy) } catch { return nil }
  }

  /// The first member of that name; nil when there is none or this is no object.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    for member in members where member.key == key { return member.value }
    return nil
  }

  /// The string; nil when this is none.
  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The elements; nil when this is no array.
  package var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members; nil when this is no object.
  package var members: [Member]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// Whether this is an object.
  package var isObject: Bool {
    if case .object = self { true } else { false }
  }

  /// The truth value; nil when this is none.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The whole number, written as one; nil when this is none or does not fit.
  package var integer: Int? {
    if case .number(let digits) = self { Int(digits) } else { nil }
  }

  /// The nearest binary fraction of a number; nil when this is none.
  package var double: Double? {
    if case .number(let digits) = self { Double(digits) } else { nil }
  }

  /// A string, or a number's digits: some accept ids in both forms.
  package var identifier: String? {
    switch self {
    case .string(let value), .number(let value): value
    default: nil
    }
  }

  /// The value as compact JSON; numbers keep their digits.
  package var written: [UInt8] { written() }

  /// Returns the value as compact JSON.
  package func written(_ escapes: JSONEscapes = []) -> [UInt8] {
    var writer = JSONWriter(capacity: 2_048, escapes)
    writer.value(self)
    return writer.bytes
  }
}

extension JSONReader {
  /// Reads a value with all that is in it.
  package mutating func value() throws(JSONError) -> JSONValue {
    switch try peek() {
    case .null:
      _ = try null()
      return .null
    case .bool: return .bool(try bool())
    case .number: return .number(try number())
    case .string: return .string(try string())
    case .array:
      var elements: [JSONValue] = []
      try beginArray()
      while try nextElement() { elements.append(try value()) }
      return .array(elements)
    case .object:
      var members: [JSONValue.Member] = []
      try beginObject()
      while let name = try nextMember() {
        members.append(JSONValue.Member(key: name, value: try value()))
      }
      return .object(members)
    }
  }
}

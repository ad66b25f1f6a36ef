/// Writes an `Encodable` value as a JSON text.
///
/// The bytes are those of Foundation's `JSONEncoder` with sorted keys, so that what was stored or
/// hashed before stays what it was.
package struct JSONTextEncoder: Sendable {
  /// Whether each member and element has a line of its own.
  package var isSpread: Bool
  /// Whether names become `snake_case`.
  package var isSnakeCase: Bool
  /// How characters are escaped.
  package var escapes: JSONEscapes

  /// Creates an encoder.
  package init(
    isSpread: Bool = false, isSnakeCase: Bool = false, _ escapes: JSONEscapes = .letters
  ) {
    self.isSpread = isSpread
    self.isSnakeCase = isSnakeCase
    self.escapes = escapes
  }

  /// Returns the bytes of a value, members sorted by name.
  package func encode(_ value: some Encodable) throws -> [UInt8] {
    let box = Box()
    let encoder = BoxEncoder(box: box, codingPath: [], isSnakeCase: isSnakeCase)
    try encoder.write(value)
    guard let json = box.json else {
      throw EncodingError.invalidValue(
        value, EncodingError.Context(codingPath: [], debugDescription: "the value is nothing"))
    }
    return isSpread ? json.spread(escapes) : json.written(escapes)
  }

  /// Returns a name in snake_case: `myURLProperty` is `my_url_property`.
  static func snakeCase(_ name: String) -> String {
    let characters = Array(name)
    var out = ""
    for (index, character) in characters.enumerated() {
      if index > 0, character.isUppercase, characters[index - 1] != "_" {
        let endsWord = index + 1 < characters.count && characters[index + 1].isLowercase
        if !characters[index - 1].isUppercase || endsWord { out.append("_") }
      }
      out.append(contentsOf: character.lowercased())
    }
    return out
  }
}

/// A value under construction.
private final class Box {
  enum Content {
    case value(JSONValue)
    case array([Box])
    case object([String: Box])
  }

  var content: Content?

  /// The value, members sorted; nil when nothing was written.
  var json: JSONValue? {
    switch content {
    case nil: nil
    case .value(let value): value
    case .array(let boxes): .array(boxes.map { $0.json ?? .object([]) })
    case .object(let boxes):
      .object(
        boxes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
          JSONValue.Member(key: $0.key, value: $0.value.json ?? .object([]))
        })
    }
  }

  func append(_ box: Box) {
    guard case .array(var boxes) = content else { return }
    content = nil  // So that the array is not copied.
    boxes.append(box)
    content = .array(boxes)
  }

  func set(_ key: String, _ box: Box) {
    guard case .object(var boxes) = content else { return }
    content = nil
    boxes[key] = box
    content = .object(boxes)
  }
}

/// Encodes into one box.
private struct BoxEncoder: Encoder, SingleValueEncodingContainer {
  let box: Box
  let codingPath: [any CodingKey]
  let isSnakeCase: Bool

  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .object = box.content {} else { box.content = .object([:]) }
    return KeyedEncodingContainer(MemberContainer(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if case .array = box.content {} else { box.content = .array([]) }
    return ElementContainer(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func write<Value: Encodable>(_ value: Value) throws {
    switch value {
    case let value as JSONNumber: put(.number(value.text))
    // Names of a dictionary are not the program's, and stay as they are.
    case let value as any NamedValues: try value.write(to: self)
    default: try value.encode(to: self)
    }
  }

  private func put(_ value: JSONValue) { box.content = .value(value) }

  private func put(_ value: some BinaryInteger) { put(.number(String(value))) }

  private func put<Value: BinaryFloatingPoint & CustomStringConvertible>(_ value: Value) throws {
    guard value.isFinite else {
      throw EncodingError.invalidValue(
        value,
        EncodingError.Context(
          codingPath: codingPath, debugDescription: "JSON has no number for \(value)"))
    }
    let text = value.description
    put(.number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text))
  }

  func encodeNil() { put(.null) }
  func encode(_ value: Bool) { put(.bool(value)) }
  func encode(_ value: String) { put(.string(value)) }
  func encode(_ value: Double) throws { try put(value) }
  func encode(_ value: Float) throws { try put(value) }
  func encode(_ value: Int) { put(value) }
  func encode(_ value: Int8) { put(value) }
  func encode(_ value: Int16) { put(value) }
  func encode(_ value: Int32) { put(value) }
  func encode(_ value: Int64) { put(value) }
  func encode(_ value: UInt) { put(value) }
  func encode(_ value: UInt8) { put(value) }
  func encode(_ value: UInt16) { put(value) }
  func encode(_ value: UInt32) { put(value) }
  func encode(_ value: UInt64) { put(value) }
  func encode<Value: Encodable>(_ value: Value) throws { try write(value) }

  /// Returns the encoder of a member.
  func member(_ name: String, _ key: any CodingKey) -> BoxEncoder {
    let inner = Box()
    box.set(name, inner)
    return BoxEncoder(box: inner, codingPath: codingPath + [key], isSnakeCase: isSnakeCase)
  }

  /// Returns the encoder of an array's next element.
  func element() -> BoxEncoder {
    let inner = Box()
    var count = 0
    if case .array(let boxes) = box.content { count = boxes.count }
    box.append(inner)
    return BoxEncoder(
      box: inner, codingPath: codingPath + [JSONKey(count)], isSnakeCase: isSnakeCase)
  }
}

/// A dictionary from names to values.
private protocol NamedValues {
  func write(to encoder: BoxEncoder) throws
}

extension Dictionary: NamedValues where Key == String, Value: Encodable {
  fileprivate func write(to encoder: BoxEncoder) throws {
    encoder.box.content = .object([:])
    for (name, value) in sorted(by: { $0.key < $1.key }) {
      try encoder.member(name, JSONKey(name)).write(value)
    }
  }
}

/// An object's members.
private struct MemberContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: BoxEncoder

  var codingPath: [any CodingKey] { encoder.codingPath }

  private func member(_ key: any CodingKey) -> BoxEncoder {
    let name = key.stringValue
    return encoder.member(encoder.isSnakeCase ? JSONTextEncoder.snakeCase(name) : name, key)
  }

  func encodeNil(forKey key: Key) { member(key).encodeNil() }
  func encode(_ value: Bool, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: String, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: Double, forKey key: Key) throws { try member(key).encode(value) }
  func encode(_ value: Float, forKey key: Key) throws { try member(key).encode(value) }
  func encode(_ value: Int, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: Int8, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: Int16, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: Int32, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: Int64, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: UInt, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: UInt8, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: UInt16, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: UInt32, forKey key: Key) { member(key).encode(value) }
  func encode(_ value: UInt64, forKey key: Key) { member(key).encode(value) }
  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try member(key).write(value)
  }

  func nestedContainer<Nested>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { member(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    member(key).unkeyedContainer()
  }
  func superEncoder() -> any Encoder { member(JSONKey("super")) }
  func superEncoder(forKey key: Key) -> any Encoder { member(key) }
}

/// An array's elements.
private struct ElementContainer: UnkeyedEncodingContainer {
  let encoder: BoxEncoder

  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int {
    if case .array(let boxes) = encoder.box.content { boxes.count } else { 0 }
  }

  func encodeNil() { encoder.element().encodeNil() }
  func encode(_ value: Bool) { encoder.element().encode(value) }
  func encode(_ value: String) { encoder.element().encode(value) }
  func encode(_ value: Double) throws { try encoder.element().encode(value) }
  func encode(_ value: Float) throws { try encoder.element().encode(value) }
  func encode(_ value: Int) { encoder.element().encode(value) }
  func encode(_ value: Int8) { encoder.element().encode(value) }
  func encode(_ value: Int16) { encoder.element().encode(value) }
  func encode(_ value: Int32) { encoder.element().encode(value) }
  func encode(_ value: Int64) { encoder.element().encode(value) }
  func encode(_ value: UInt) { encoder.element().encode(value) }
  func encode(_ value: UInt8) { encoder.element().encode(value) }
  func encode(_ value: UInt16) { encoder.element().encode(value) }
  func encode(_ value: UInt32) { encoder.element().encode(value) }
  func encode(_ value: UInt64) { encoder.element().encode(value) }
  func encode<Value: Encodable>(_ value: Value) throws { try encoder.element().write(value) }

  func nestedContainer<Nested>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    encoder.element().container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    encoder.element().unkeyedContainer()
  }
  func superEncoder() -> any Encoder { encoder.element() }
}

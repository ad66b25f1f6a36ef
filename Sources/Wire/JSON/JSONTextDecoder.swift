/// Reads a JSON text into a `Decodable` type.
///
/// What the reader refuses is thrown as ``JSONError``, a value of another type than the one asked
/// for as `DecodingError` with the place in its words. Whole numbers may be written in any way that
/// is exact (`2`, `2.0`, `2e0`); ``JSONNumber`` takes a number as it stands.
package struct JSONTextDecoder: Sendable {
  private let policy: JSONPolicy

  /// Creates a decoder.
  package init(_ policy: JSONPolicy = .strict) { self.policy = policy }

  /// Reads a whole text.
  package func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8]
  ) throws -> Value {
    try NodeDecoder(index: JSONIndex(bytes, policy), node: 0).value(type, 0)
  }

  /// Reads a whole text.
  package func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
    try decode(type, from: Array(text.utf8))
  }
}

/// Decodes one value; the base of all containers.
private struct NodeDecoder: Decoder, SingleValueDecodingContainer {
  let index: JSONIndex
  let node: Int

  var codingPath: [any CodingKey] { index.path(node) }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func kind(_ node: Int) -> JSONReader.Kind { index.nodes[node].kind }

  func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try require(.object, [String: Any].self, node)
    return KeyedDecodingContainer(MemberContainer(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try require(.array, [Any].self, node)
    return ElementContainer(decoder: self)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  // MARK: Values

  private func require(_ kind: JSONReader.Kind, _ type: Any.Type, _ node: Int) throws {
    let found = self.kind(node)
    guard found != kind else { return }
    let context = DecodingError.Context(
      codingPath: index.path(node),
      debugDescription: "expected \(kind.words), found \(found.words) at \(index.place(node))")
    throw found == .null
      ? DecodingError.valueNotFound(type, context) : DecodingError.typeMismatch(type, context)
  }

  func value<Value: Decodable>(_ type: Value.Type, _ node: Int) throws -> Value {
    if Value.self == JSONNumber.self {
      try require(.number, type, node)
      let number = JSONNumber(checked: String(decoding: index.raw(node), as: UTF8.self))
      if let number = number as? Value { return number }
    }
    return try type.init(from: NodeDecoder(index: index, node: node))
  }

  func string(_ node: Int) throws -> String {
    try require(.string, String.self, node)
    return index.string(node)
  }

  func bool(_ node: Int) throws -> Bool {
    try require(.bool, Bool.self, node)
    return index.bytes[Int(index.nodes[node].start)] == UInt8(ascii: "t")
  }

  func whole<Value: FixedWidthInteger>(_ type: Value.Type, _ node: Int) throws -> Value {
    try require(.number, type, node)
    let digits = index.raw(node)
    let whole = digits.withUnsafeBufferPointer { JSONNumber.scaled($0, to: 0) }
    if let whole, let value = Value(exactly: whole) { return value }
    // Beyond 63 bits only the plain spelling is understood.
    let text = String(decoding: digits, as: UTF8.self)
    if let value = Value(text) { return value }
    throw inexact(node, "\(text.prefix(40)) is not a whole number of at most \(type.bitWidth) bits")
  }

  func double(_ node: Int) throws -> Double {
    try require(.number, Double.self, node)
    let text = String(decoding: index.raw(node), as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw inexact(node, "\(text.prefix(40)) is too large")
    }
    return value
  }

  private func inexact(_ node: Int, _ reason: String) -> DecodingError {
    .dataCorrupted(
      DecodingError.Context(
        codingPath: index.path(node), debugDescription: "\(reason) at \(index.place(node))"))
  }

  // MARK: As a container

  func decodeNil() -> Bool { kind(node) == .null }
  func decode(_ type: Bool.Type) throws -> Bool { try bool(node) }
  func decode(_ type: String.Type) throws -> String { try string(node) }
  func decode(_ type: Double.Type) throws -> Double { try double(node) }
  func decode(_ type: Float.Type) throws -> Float { Float(try double(node)) }
  func decode(_ type: Int.Type) throws -> Int { try whole(type, node) }
  func decode(_ type: Int8.Type) throws -> Int8 { try whole(type, node) }
  func decode(_ type: Int16.Type) throws -> Int16 { try whole(type, node) }
  func decode(_ type: Int32.Type) throws -> Int32 { try whole(type, node) }
  func decode(_ type: Int64.Type) throws -> Int64 { try whole(type, node) }
  func decode(_ type: UInt.Type) throws -> UInt { try whole(type, node) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try whole(type, node) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try whole(type, node) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try whole(type, node) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try whole(type, node) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try value(type, node) }
}

/// An object's members.
private struct MemberContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: NodeDecoder

  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] {
    decoder.index.children(decoder.node).compactMap {
      Key(stringValue: decoder.index.string($0))
    }
  }

  func contains(_ key: Key) -> Bool { find(key) != nil }

  private func find(_ key: Key) -> Int? {
    decoder.index.member(key.stringValue, of: decoder.node)
  }

  private func node(_ key: Key) throws -> Int {
    if let node = find(key) { return node }
    throw DecodingError.keyNotFound(
      key,
      DecodingError.Context(
        codingPath: codingPath,
        debugDescription: "the member '\(key.stringValue)' is missing"
          + " in the object at \(decoder.index.place(decoder.node))"))
  }

  /// The value of a member that is there and not null.
  private func present(_ key: Key) -> Int? {
    guard let node = find(key), decoder.kind(node) != .null else { return nil }
    return node
  }

  func decodeNil(forKey key: Key) throws -> Bool { decoder.kind(try node(key)) == .null }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try decoder.bool(node(key)) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String {
    try decoder.string(node(key))
  }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
    try decoder.double(node(key))
  }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
    Float(try decoder.double(node(key)))
  }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try whole(type, key) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try whole(type, key) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try whole(type, key) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try whole(type, key) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try whole(type, key) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try whole(type, key) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try whole(type, key) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try whole(type, key) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try whole(type, key) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try whole(type, key) }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try decoder.value(type, node(key))
  }

  private func whole<Value: FixedWidthInteger>(_ type: Value.Type, _ key: Key) throws -> Value {
    try decoder.whole(type, node(key))
  }

  // One search instead of the three of the default implementation.
  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
    try present(key).map(decoder.bool)
  }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    try present(key).map(decoder.string)
  }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
    try present(key).map { try decoder.whole(type, $0) }
  }
  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
    try present(key).map { try decoder.whole(type, $0) }
  }
  func decodeIfPresent<Value: Decodable>(
    _ type: Value.Type, forKey key: Key
  ) throws -> Value? {
    try present(key).map { try decoder.value(type, $0) }
  }

  func nestedContainer<Nested>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try superDecoder(forKey: key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try superDecoder(forKey: key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder {
    guard let node = decoder.index.member("super", of: decoder.node) else { return decoder }
    return NodeDecoder(index: decoder.index, node: node)
  }
  func superDecoder(forKey key: Key) throws -> any Decoder {
    NodeDecoder(index: decoder.index, node: try node(key))
  }
}

/// An array's elements.
private struct ElementContainer: UnkeyedDecodingContainer {
  let decoder: NodeDecoder
  private let elements: [Int]
  private(set) var currentIndex = 0

  init(decoder: NodeDecoder) {
    self.decoder = decoder
    elements = decoder.index.children(decoder.node)
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  /// Reads the next element, and goes on to the one behind it when that succeeds.
  private mutating func next<Value>(
    _ type: Value.Type, _ read: (NodeDecoder, Int) throws -> Value
  ) throws -> Value {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        type,
        DecodingError.Context(
          codingPath: codingPath + [JSONKey(currentIndex)],
          debugDescription: "the array has no more than \(elements.count) elements"))
    }
    let value = try read(decoder, elements[currentIndex])
    currentIndex += 1
    return value
  }

  private mutating func whole<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
    try next(type) { try $0.whole(type, $1) }
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, decoder.kind(elements[currentIndex]) == .null else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode(_ type: Bool.Type) throws -> Bool { try next(type) { try $0.bool($1) } }
  mutating func decode(_ type: String.Type) throws -> String {
    try next(type) { try $0.string($1) }
  }
  mutating func decode(_ type: Double.Type) throws -> Double {
    try next(type) { try $0.double($1) }
  }
  mutating func decode(_ type: Float.Type) throws -> Float {
    try next(type) { Float(try $0.double($1)) }
  }
  mutating func decode(_ type: Int.Type) throws -> Int { try whole(type) }
  mutating func decode(_ type: Int8.Type) throws -> Int8 { try whole(type) }
  mutating func decode(_ type: Int16.Type) throws -> Int16 { try whole(type) }
  mutating func decode(_ type: Int32.Type) throws -> Int32 { try whole(type) }
  mutating func decode(_ type: Int64.Type) throws -> Int64 { try whole(type) }
  mutating func decode(_ type: UInt.Type) throws -> UInt { try whole(type) }
  mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try whole(type) }
  mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try whole(type) }
  mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try whole(type) }
  mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try whole(type) }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try next(type) { try $0.value(type, $1) }
  }

  mutating func nestedContainer<Nested>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try superDecoder().container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try superDecoder().unkeyedContainer()
  }
  mutating func superDecoder() throws -> any Decoder {
    try next((any Decoder).self) { NodeDecoder(index: $0.index, node: $1) }
  }
}

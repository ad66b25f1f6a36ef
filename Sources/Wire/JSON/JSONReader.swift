/// Reads a JSON text (RFC 8259) value by value, in the order in which it stands.
///
/// The caller asks for what it expects; the reader hands it out or throws a ``JSONError`` that says
/// what stands there and where. Numbers are handed out as their digits, so that decimals stay exact.
/// Text must be UTF-8 (surrogate pairs complete, no byte order mark); members named twice and deep
/// nesting are refused as the ``JSONPolicy`` says.
///
///     var json = JSONReader(body)
///     try json.beginObject()
///     while let name = try json.nextMember() {
///       switch name {
///       case "id": id = try json.string()
///       case "amount": amount = try json.decimal(scale: 2)
///       default: try json.skip()
///       }
///     }
///     try json.end()
package struct JSONReader: Sendable {
  /// The kind of a value.
  package enum Kind: Sendable, Hashable {
    case object, array, string, number, bool, null
  }

  /// A string as it stands in the text, without its quotes.
  struct Text: Sendable {
    var start = 0
    var end = 0
    var isEscaped = false
  }

  /// An array or object that was entered and not left.
  private struct Frame {
    let isObject: Bool
    var isFresh = true
    /// The member that is being read.
    var name: Text?
    /// The position of the element that is being read.
    var index = -1
    /// Where this object's names begin.
    let firstName: Int
    /// Whether its names are in the last of the sets.
    var isWide = false
  }

  /// A name that an open object had, and a hash of its text.
  private struct Name {
    let text: Text
    let hash: UInt32
  }

  /// The whole text.
  package let bytes: [UInt8]
  /// The byte that is read next.
  package private(set) var position = 0
  private let policy: JSONPolicy
  private var frames: [Frame] = []
  /// The names of all open objects that are not wide.
  private var names: [Name] = []
  /// The names of open objects with many members, innermost last.
  private var wide: [Set<[UInt8]>] = []

  /// Objects with more members than this are searched by hash instead of one by one.
  private static let wideCount = 24

  /// Creates a reader at the beginning of a text.
  package init(_ bytes: [UInt8], _ policy: JSONPolicy = .strict) {
    self.bytes = bytes
    self.policy = policy
  }

  /// Reads a text to its end, and throws when it is not one that the policy takes.
  package static func check(_ bytes: [UInt8], _ policy: JSONPolicy = .strict) throws(JSONError) {
    var reader = JSONReader(bytes, policy)
    try reader.skip()
    try reader.end()
  }

  // MARK: Values

  /// Returns what kind of value comes next.
  package mutating func peek() throws(JSONError) -> Kind {
    skipSpace()
    guard position < bytes.count else { throw early() }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case 0xEF where position == 0: throw malformed("the text begins with a byte order mark")
    default: throw malformed("expected a value")
    }
  }

  /// Reads a string.
  package mutating func string() throws(JSONError) -> String {
    string(try text())
  }

  /// Reads a number's digits as they stand.
  package mutating func number() throws(JSONError) -> String {
    try require(.number)
    let range = try scanNumber()
    return String(decoding: bytes[range], as: UTF8.self)
  }

  /// Reads a number that is whole and fits, in any spelling (`1200`, `1.2e3`).
  package mutating func integer() throws(JSONError) -> Int64 {
    try decimal(scale: 0)
  }

  /// Reads a number as a count of its `scale`th decimals, exactly: 12.5 at a scale of 2 is 1250.
  package mutating func decimal(scale: Int) throws(JSONError) -> Int64 {
    try require(.number)
    let start = position
    let range = try scanNumber()
    let value = bytes[range].withUnsafeBufferPointer { JSONNumber.scaled($0, to: scale) }
    guard let value else {
      let digits = String(decoding: bytes[range].prefix(40), as: UTF8.self)
      let what = scale == 0 ? "a whole number of at most 64 bits" : "exact with \(scale) decimals"
      throw error(.inexactNumber, "\(digits) is not \(what)", at: start)
    }
    return value
  }

  /// Reads a number as the nearest binary fraction.
  package mutating func double() throws(JSONError) -> Double {
    let start = position
    let digits = try number()
    guard let value = Double(digits), value.isFinite else {
      throw error(.inexactNumber, "\(digits.prefix(40)) is too large", at: start)
    }
    return value
  }

  /// Reads `true` or `false`.
  package mutating func bool() throws(JSONError) -> Bool {
    try require(.bool)
    if bytes[position] == UInt8(ascii: "t") {
      try word("true")
      return true
    }
    try word("false")
    return false
  }

  /// Reads `null` when it comes next, and says whether it did.
  package mutating func null() throws(JSONError) -> Bool {
    guard try peek() == .null else { return false }
    try word("null")
    return true
  }

  /// Passes a value over; everything in it is checked.
  package mutating func skip() throws(JSONError) {
    let outer = frames.count
    try skipStart()
    while frames.count > outer {
      if frames[frames.count - 1].isObject {
        if try nextName() != nil { try skipStart() }
      } else if try nextElement() {
        try skipStart()
      }
    }
  }

  /// Passes a value over and returns its bytes as they stand.
  package mutating func raw() throws(JSONError) -> ArraySlice<UInt8> {
    skipSpace()
    let start = position
    try skip()
    return bytes[start..<position]
  }

  /// Checks that nothing but blanks follows.
  package mutating func end() throws(JSONError) {
    skipSpace()
    guard position == bytes.count else { throw malformed("something follows the value") }
  }

  // MARK: Objects and arrays

  /// Enters an object.
  package mutating func beginObject() throws(JSONError) {
    try require(.object)
    try push(isObject: true)
  }

  /// Reads the next member's name and stops before its value; leaves the object when there is none.
  package mutating func nextMember() throws(JSONError) -> String? {
    try nextName().map(string)
  }

  /// Enters an array.
  package mutating func beginArray() throws(JSONError) {
    try require(.array)
    try push(isObject: false)
  }

  /// Stops before the next element; leaves the array when there is none.
  package mutating func nextElement() throws(JSONError) -> Bool {
    guard try advance(past: UInt8(ascii: "]")) else { return false }
    frames[frames.count - 1].index += 1
    return true
  }

  /// Like ``nextMember()``, but leaves the name in the text.
  mutating func nextName() throws(JSONError) -> Text? {
    frames[frames.count - 1].name = nil
    guard try advance(past: UInt8(ascii: "}")) else { return nil }
    skipSpace()
    let start = position
    guard position < bytes.count else { throw early() }
    guard bytes[position] == UInt8(ascii: "\"") else { throw malformed("expected '\"'") }
    let name = try scanString()
    frames[frames.count - 1].name = name
    if !policy.allowsDuplicates, !remember(name) {
      throw error(.duplicateMember, "the member '\(string(name))' is named twice", at: start)
    }
    skipSpace()
    guard position < bytes.count else { throw early() }
    guard bytes[position] == UInt8(ascii: ":") else { throw malformed("expected ':'") }
    position += 1
    return name
  }

  private mutating func push(isObject: Bool) throws(JSONError) {
    guard frames.count < policy.maximumDepth else {
      throw error(.tooDeep, "too many levels", at: position)
    }
    position += 1
    frames.append(Frame(isObject: isObject, firstName: names.count))
  }

  /// Moves to the next member or element; leaves the container behind its last.
  private mutating func advance(past close: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    guard position < bytes.count else { throw early() }
    let byte = bytes[position]
    let isFresh = frames[frames.count - 1].isFresh
    if byte == close {
      position += 1
      let frame = frames.removeLast()
      names.removeLast(names.count - frame.firstName)
      if frame.isWide { wide.removeLast() }
      return false
    }
    if isFresh {
      frames[frames.count - 1].isFresh = false
      return true
    }
    guard byte == UInt8(ascii: ",") else {
      throw malformed("expected '\(Unicode.Scalar(close))'")
    }
    position += 1
    return true
  }

  // MARK: Names

  /// Adds a name to those of the innermost object; false when it was there.
  private mutating func remember(_ name: Text) -> Bool {
    let frame = frames[frames.count - 1]
    if frame.isWide {
      return wide[wide.count - 1].insert(unescaped(name)).inserted
    }
    let hash = hash(name)
    for index in frame.firstName..<names.count where names[index].hash == hash {
      if isSame(names[index].text, name) { return false }
    }
    names.append(Name(text: name, hash: hash))
    if names.count - frame.firstName > Self.wideCount {
      wide.append(Set(names[frame.firstName...].map { unescaped($0.text) }))
      names.removeLast(names.count - frame.firstName)
      frames[frames.count - 1].isWide = true
    }
    return true
  }

  private func hash(_ name: Text) -> UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    if name.isEscaped {
      for byte in unescaped(name) { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    } else {
      for index in name.start..<name.end { hash = (hash ^ UInt32(bytes[index])) &* 0x0100_0193 }
    }
    return hash
  }

  private func isSame(_ a: Text, _ b: Text) -> Bool {
    if a.isEscaped || b.isEscaped { return unescaped(a) == unescaped(b) }
    return bytes[a.start..<a.end].elementsEqual(bytes[b.start..<b.end])
  }

  // MARK: Words

  private mutating func skipStart() throws(JSONError) {
    switch try peek() {
    case .object: try push(isObject: true)
    case .array: try push(isObject: false)
    case .string: _ = try scanString()
    case .number: _ = try scanNumber()
    case .bool: _ = try bool()
    case .null: try word("null")
    }
  }

  private mutating func word(_ word: StaticString) throws(JSONError) {
    let count = word.utf8CodeUnitCount
    for offset in 0..<count {
      guard position + offset < bytes.count, bytes[position + offset] == word.utf8Start[offset]
      else { throw malformed("expected '\(word)'") }
    }
    position += count
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// Moves past a string's quotes; for the decoder's index.
  mutating func text() throws(JSONError) -> Text {
    try require(.string)
    return try scanString()
  }

  /// Moves past a number; for the decoder's index.
  mutating func numberRange() throws(JSONError) -> Range<Int> {
    try require(.number)
    return try scanNumber()
  }

  private mutating func require(_ kind: Kind) throws(JSONError) {
    let found = try peek()
    guard found == kind else {
      throw error(.unexpectedType, "expected \(kind.words), found \(found.words)", at: position)
    }
  }

  // MARK: Errors

  private func early() -> JSONError {
    error(.malformed, "the text ends too early", at: bytes.count)
  }

  func malformed(_ reason: String) -> JSONError { error(.malformed, reason, at: position) }

  /// Returns an error at the value that is being read.
  func error(_ kind: JSONError.Kind, _ reason: String, at offset: Int) -> JSONError {
    JSONError(kind, reason, at: offset, in: bytes, pointer: pointer)
  }

  /// The place of what is being read, as a JSON Pointer (RFC 6901).
  package var pointer: String {
    var path = ""
    for frame in frames {
      if let name = frame.name {
        path += "/" + JSONPointer.escaped(string(name))
      } else if frame.index >= 0 {
        path += "/\(frame.index)"
      }
    }
    return path
  }

  /// Moves on; for the scanners of strings and numbers.
  mutating func move(to position: Int) { self.position = position }
}

extension JSONReader.Kind {
  /// The kind with its article.
  package var words: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .bool: "true or false"
    case .null: "null"
    }
  }
}

/// Places in JSON texts as text (RFC 6901).
package enum JSONPointer {
  /// Returns one step of a pointer.
  package static func escaped(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
      return name
    }
    var out = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "~": out += "~0"
      case "/": out += "~1"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

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
package struct JSONReader: ~Copyable, Sendable {
  /// The kind of a value.
  package enum Kind: Sendable, Hashable {
    case object, array, string, number, bool, null
  }

  /// An array or object that was entered and not left.
  private struct Frame {
    var isObject = false
    var isFresh = true
    /// Whether its names are in the last of the sets.
    var isWide = false
    /// The member that is being read; negative when there is none.
    var name = Text(start: -1)
    /// The position of the element that is being read.
    var index = -1
    /// Where this object's names begin.
    var firstName = 0
    /// A bit for each of the names, by hash: most new ones need not be searched for.
    var seen: UInt128 = 0
  }

  /// The whole text.
  package let bytes: [UInt8]
  /// The byte that is read next.
  package private(set) var position = 0
  private let policy: JSONPolicy
  /// The innermost array or object.
  private var frame = Frame()
  /// Those around it, outermost first.
  private var outer: [Frame] = []
  private var depth = 0
  /// The names of all open objects that are not wide.
  private var names: [(text: Text, hash: UInt64)] = []
  /// The names of open objects with many members, innermost last.
  private var wide: [Set<[UInt8]>] = []

  /// Objects with more members than this are searched by hash instead of one by one.
  private static let wideCount = 96

  /// Creates a reader at the beginning of a text.
  package init(_ bytes: [UInt8], _ policy: JSONPolicy = .strict) {
    self.bytes = bytes
    self.policy = policy
    outer.reserveCapacity(12)
    guard !policy.allowsDuplicates else { return }
    names.reserveCapacity(48)
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
    let text = try text()
    return text.string(in: bytes)
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
    let start = depth
    try skipStart()
    while depth > start {
      if frame.isObject {
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
    guard let name = try nextName() else { return nil }
    return name.string(in: bytes)
  }

  /// Enters an array.
  package mutating func beginArray() throws(JSONError) {
    try require(.array)
    try push(isObject: false)
  }

  /// Stops before the next element; leaves the array when there is none.
  package mutating func nextElement() throws(JSONError) -> Bool {
    guard try advance(past: UInt8(ascii: "]")) else { return false }
    frame.index += 1
    return true
  }

  /// Like ``nextMember()``, but leaves the name in the text.
  mutating func nextName() throws(JSONError) -> Text? {
    frame.name.start = -1
    guard try advance(past: UInt8(ascii: "}")) else { return nil }
    skipSpace()
    let start = position
    guard position < bytes.count else { throw early() }
    guard bytes[position] == UInt8(ascii: "\"") else { throw malformed("expected '\"'") }
    let name = try scanString()
    frame.name = name
    if !policy.allowsDuplicates, !remember(name) {
      throw error(
        .duplicateMember, "the member '\(name.string(in: bytes))' is named twice", at: start)
    }
    skipSpace()
    guard position < bytes.count else { throw early() }
    guard bytes[position] == UInt8(ascii: ":") else { throw malformed("expected ':'") }
    position += 1
    return name
  }

  private mutating func push(isObject: Bool) throws(JSONError) {
    guard depth < policy.maximumDepth else {
      throw error(.tooDeep, "too many levels", at: position)
    }
    position += 1
    depth += 1
    outer.append(frame)
    frame = Frame(isObject: isObject, firstName: names.count)
  }

  /// Moves to the next member or element; leaves the container behind its last.
  private mutating func advance(past close: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    guard position < bytes.count else { throw early() }
    let byte = bytes[position]
    if byte == close {
      position += 1
      depth -= 1
      forgetNames()
      if frame.isWide { wide.removeLast() }
      frame = outer.removeLast()
      return false
    }
    if frame.isFresh {
      frame.isFresh = false
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
    if frame.isWide { return wide[wide.count - 1].insert(name.unescaped(in: bytes)).inserted }
    let hash = name.hash(in: bytes)
    let bit = UInt128(1) << UInt128(hash >> 57)
    if frame.seen & bit != 0 {
      for index in frame.firstName..<names.count where names[index].hash == hash {
        if names[index].text.isSame(as: name, in: bytes) { return false }
      }
    }
    frame.seen |= bit
    names.append((name, hash))
    if names.count - frame.firstName > Self.wideCount {
      wide.append(
        names[frame.firstName...].reduce(into: []) { $0.insert($1.text.unescaped(in: bytes)) })
      forgetNames()
      frame.isWide = true
    }
    return true
  }

  /// Takes away the names of the innermost object.
  private mutating func forgetNames() {
    let count = names.count - frame.firstName
    if count > 0 { names.removeLast(count) }
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

  @inline(__always)
  private mutating func skipSpace() {
    if position < bytes.count, bytes[position] > 0x20 { return }
    skipBlanks()
  }

  private mutating func skipBlanks() {
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

  @inline(never)
  private func early() -> JSONError {
    error(.malformed, "the text ends too early", at: bytes.count)
  }

  @inline(never)
  func malformed(_ reason: String) -> JSONError { error(.malformed, reason, at: position) }

  /// Returns an error at the value that is being read.
  @inline(never)
  func error(_ kind: JSONError.Kind, _ reason: String, at offset: Int) -> JSONError {
    JSONError(kind, reason, at: offset, in: bytes, pointer: pointer)
  }

  /// The place of what is being read, as a JSON Pointer (RFC 6901).
  package var pointer: String {
    var path = ""
    for frame in outer + [frame] {
      if frame.name.start >= 0 {
        path += "/" + JSONPointer.escaped(frame.name.string(in: bytes))
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

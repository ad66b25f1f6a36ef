import FoundationEssentials

/// The first place where a body is not JSON (RFC 8259) that can be decoded, for the person who sent it.
///
/// Foundation's decoder neither says where a fault is nor minds a member that is named twice, of which
/// it takes one; a proxy in front may have judged the other.
struct JSONFault: Sendable, Hashable {
  /// What was expected or found.
  var reason: String
  /// Both count from 1; columns count bytes.
  var line: Int
  var column: Int
  /// Set when the text is JSON but a number in it is not a whole one that fits 64 bits.
  var numberPointer: String?
  /// Set when the text is JSON but an object in it names a member twice (RFC 8259 §4, RFC 7493 §2.3).
  var duplicatePointer: String?
  /// Set when the text is JSON but an object in it has a member that is not known there.
  var unknownPointer: String?

  /// Finds the first fault; nil when there is none.
  /// - Parameter known: the members that may be there, as JSON Pointers with `*` for any position in
  ///   an array; nil lets any member be there.
  static func first(in body: [UInt8], known: Set<String>? = nil) -> JSONFault? {
    var scan = Scan(bytes: body, known: known)
    do throws(JSONFault) {
      try scan.value(at: "", shape: "", depth: 0)
      scan.space()
      guard scan.index == body.count else { throw scan.fault("something follows the value") }
      return scan.duplicate ?? scan.oddNumber ?? scan.unknown
    } catch {
      return error
    }
  }
}

extension JSONFault: Error {}

private struct Scan {
  let bytes: [UInt8]
  var index = 0
  var oddNumber: JSONFault?
  var duplicate: JSONFault?
  var unknown: JSONFault?
  private let known: Set<String>?

  init(bytes: [UInt8], known: Set<String>?) {
    self.bytes = bytes
    self.known = known
  }

  func fault(_ reason: String) -> JSONFault { fault(reason, at: index) }

  private func fault(_ reason: String, at index: Int) -> JSONFault {
    let before = bytes[..<index]
    let newline = UInt8(ascii: "\n")
    let lineStart = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
    return JSONFault(
      reason: reason, line: before.count { $0 == newline } + 1, column: index - lineStart + 1)
  }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSONFault) {
    guard take(character) else {
      throw fault(next == nil ? "the text ends too early" : "expected '\(character)'")
    }
  }

  mutating func space() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  mutating func value(at pointer: String, shape: String, depth: Int) throws(JSONFault) {
    // The decoder's own limit; it also keeps this recursion off the end of the stack.
    guard depth < 512 else { throw fault("too many levels") }
    space()
    guard let next else { throw fault("the text ends too early") }
    switch next {
    case UInt8(ascii: "{"): try object(at: pointer, shape: shape, depth: depth)
    case UInt8(ascii: "["): try array(at: pointer, shape: shape, depth: depth)
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(at: pointer)
    default: throw fault("expected a value")
    }
  }

  private mutating func object(at pointer: String, shape: String, depth: Int) throws(JSONFault) {
    try expect("{")
    space()
    if take("}") { return }
    var names: Set<String> = []
    repeat {
      space()
      let start = index
      let name = Self.unescaped(try string())
      let step = name.replacing("~", with: "~0").replacing("/", with: "~1")
      if !names.insert(name).inserted, duplicate == nil {
        duplicate = fault("the member '\(name)' is named twice", at: start)
        duplicate?.duplicatePointer = "\(pointer)/\(step)"
      }
      if unknown == nil, known?.contains("\(shape)/\(step)") == false {
        unknown = fault("the member '\(name)' is not known here", at: start)
        unknown?.unknownPointer = "\(pointer)/\(step)"
      }
      space()
      try expect(":")
      try value(at: "\(pointer)/\(step)", shape: "\(shape)/\(step)", depth: depth + 1)
      space()
    } while take(",")
    try expect("}")
  }

  private mutating func array(at pointer: String, shape: String, depth: Int) throws(JSONFault) {
    try expect("[")
    space()
    if take("]") { return }
    var position = 0
    repeat {
      try value(at: "\(pointer)/\(position)", shape: "\(shape)/*", depth: depth + 1)
      position += 1
      space()
    } while take(",")
    try expect("]")
  }

  private mutating func word(_ word: String) throws(JSONFault) {
    guard bytes[index...].starts(with: word.utf8) else { throw fault("expected '\(word)'") }
    index += word.utf8.count
  }

  /// Returns the string's text with its escapes left as they are.
  private mutating func string() throws(JSONFault) -> String {
    try expect("\"")
    let start = index
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        let text = bytes[start..<index]
        index += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        index += 1
        guard let escape = next, #""\/bfnrtu"#.utf8.contains(escape) else {
          throw fault("unknown escape")
        }
        index += 1
        if escape == UInt8(ascii: "u") { try fourDigits() }
      case 0..<0x20:
        throw fault("a control character in a string")
      default:
        index += 1
      }
    }
    throw fault("the string does not end")
  }

  /// The code unit of a `\u` escape.
  private mutating func fourDigits() throws(JSONFault) {
    for _ in 0..<4 {
      guard let next, "0123456789abcdefABCDEF".utf8.contains(next) else {
        throw fault("an escape without four hexadecimal digits")
      }
      index += 1
    }
  }

  private mutating func digits() throws(JSONFault) {
    guard let next, (0x30...0x39).contains(next) else { throw fault("expected a digit") }
    while let next = self.next, (0x30...0x39).contains(next) { index += 1 }
  }

  /// Reads the escapes of a name, for `"a"` and `"\u0061"` are the same name.
  private static func unescaped(_ raw: String) -> String {
    guard raw.utf8.contains(UInt8(ascii: "\\")) else { return raw }
    // Well formed, but for halves of surrogate pairs: such a name stays as it was written.
    return (try? JSONDecoder().decode(String.self, from: Data("\"\(raw)\"".utf8))) ?? raw
  }

  private mutating func number(at pointer: String) throws(JSONFault) {
    let start = index
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    if let next, "+-.eE0123456789".utf8.contains(next) { throw fault("not a number") }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if Int64(text) == nil, oddNumber == nil {
      oddNumber = fault("\(text) is not a whole number of at most 64 bits")
      oddNumber?.numberPointer = pointer
    }
  }
}

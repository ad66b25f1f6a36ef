/// Strings and numbers, byte by byte.
extension JSONReader {
  /// Moves past a string that begins here, and checks it.
  mutating func scanString() throws(JSONError) -> Text {
    let start = position + 1
    var at = start
    var isEscaped = false
    while true {
      at = Self.endOfPlain(bytes, from: at)
      guard at < bytes.count else {
        move(to: at)
        throw malformed("the string does not end")
      }
      switch bytes[at] {
      case UInt8(ascii: "\""):
        move(to: at + 1)
        return Text(start: start, end: at, isEscaped: isEscaped)
      case UInt8(ascii: "\\"):
        isEscaped = true
        at = try checkEscape(at)
      case 0..<0x20:
        move(to: at)
        throw malformed("a control character in a string")
      default:
        let length = Self.lengthOfScalar(bytes, at: at)
        guard length > 0 else {
          move(to: at)
          throw malformed("a byte that is not UTF-8")
        }
        at += length
      }
    }
  }

  /// Returns the first byte from `start` on that is no ASCII character that stands for itself.
  @inline(__always)
  private static func endOfPlain(_ bytes: [UInt8], from start: Int) -> Int {
    bytes.withUnsafeBytes { buffer in
      var at = start
      let ones: UInt64 = 0x0101_0101_0101_0101
      let highs: UInt64 = 0x8080_8080_8080_8080
      // Eight bytes at a time: a subtraction borrows into the high bit of a byte that is too small.
      while at + 8 <= buffer.count {
        let word = UInt64(
          littleEndian: buffer.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5C)
        let found =
          ((word &- ones &* 0x20) | (quotes &- ones) | (slashes &- ones) | word) & highs
        // A borrow reaches only bytes behind one that was found: the lowest is right.
        if found != 0 { return at + found.trailingZeroBitCount / 8 }
        at += 8
      }
      while at < buffer.count {
        let byte = buffer[at]
        if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80 { break }
        at += 1
      }
      return at
    }
  }

  /// Returns the length of the UTF-8 sequence that begins here; 0 when it is none.
  ///
  /// Source: Unicode Standard, table 3-7, Well-Formed UTF-8 Byte Sequences.
  private static func lengthOfScalar(_ bytes: [UInt8], at start: Int) -> Int {
    func isTail(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      start + offset < bytes.count && range.contains(bytes[start + offset])
    }
    switch bytes[start] {
    case 0xC2...0xDF: return isTail(1) ? 2 : 0
    case 0xE0: return isTail(1, 0xA0...0xBF) && isTail(2) ? 3 : 0
    case 0xED: return isTail(1, 0x80...0x9F) && isTail(2) ? 3 : 0
    case 0xE1...0xEF: return isTail(1) && isTail(2) ? 3 : 0
    case 0xF0: return isTail(1, 0x90...0xBF) && isTail(2) && isTail(3) ? 4 : 0
    case 0xF1...0xF3: return isTail(1) && isTail(2) && isTail(3) ? 4 : 0
    case 0xF4: return isTail(1, 0x80...0x8F) && isTail(2) && isTail(3) ? 4 : 0
    default: return 0
    }
  }

  /// Returns the place behind an escape that begins at `start`.
  private mutating func checkEscape(_ start: Int) throws(JSONError) -> Int {
    guard start + 1 < bytes.count else {
      move(to: start + 1)
      throw malformed("unknown escape")
    }
    switch bytes[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"):
      let unit = try checkDigits(start + 2)
      switch unit {
      case 0xD800...0xDBFF:
        guard start + 7 < bytes.count, bytes[start + 6] == UInt8(ascii: "\\"),
          bytes[start + 7] == UInt8(ascii: "u"),
          case 0xDC00...0xDFFF = try checkDigits(start + 8)
        else {
          move(to: start)
          throw malformed("half of a surrogate pair")
        }
        return start + 12
      case 0xDC00...0xDFFF:
        move(to: start)
        throw malformed("half of a surrogate pair")
      default: return start + 6
      }
    default:
      move(to: start + 1)
      throw malformed("unknown escape")
    }
  }

  private mutating func checkDigits(_ start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for offset in 0..<4 {
      guard start + offset < bytes.count,
        let digit = Hexadecimal.digit(bytes[start + offset])
      else {
        move(to: min(start + offset, bytes.count))
        throw malformed("an escape without four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// Moves past a number that begins here, and returns where its digits stand.
  mutating func scanNumber() throws(JSONError) -> Range<Int> {
    let start = position
    var at = start
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    if at < bytes.count, bytes[at] == UInt8(ascii: "0") {
      at += 1
    } else {
      at = try skipDigits(at)
    }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") { at = try skipDigits(at + 1) }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
        at += 1
      }
      at = try skipDigits(at)
    }
    move(to: at)
    if at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        throw malformed("not a number")
      default: break
      }
    }
    return start..<at
  }

  private mutating func skipDigits(_ start: Int) throws(JSONError) -> Int {
    var at = start
    while at < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[at] { at += 1 }
    guard at > start else {
      move(to: at)
      throw malformed("expected a digit")
    }
    return at
  }
}

/// Digits to the base of 16.
package enum Hexadecimal {
  /// Returns the value of a digit in either case; nil for any other byte.
  package static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Returns the lower-case digit of a value below 16.
  package static func lower(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  /// Returns the upper-case digit of a value below 16.
  static func upper(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }
}

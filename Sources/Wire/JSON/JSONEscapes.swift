/// The characters that a writer escapes by a letter or sign (`\n`), not by a number (`\u000a`).
///
/// RFC 8259 section 7 allows both, and demands neither for `/`. Which one was used is part of bytes
/// that are stored, hashed or signed, so every writer says which it means. `\"` and `\\` always are.
package struct JSONEscapes: OptionSet, Sendable {
  /// A bit for each character below U+0040.
  package let rawValue: UInt64

  /// Creates a set of characters by their bits.
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `\n` alone.
  package static let newline = JSONEscapes(rawValue: 1 << 0x0A)
  /// `\t`, `\n` and `\r`.
  package static let space = JSONEscapes(rawValue: 1 << 0x09 | 1 << 0x0A | 1 << 0x0D)
  /// `\b`, `\t`, `\n`, `\f` and `\r`: all that have a letter.
  package static let letters: JSONEscapes = [.space, JSONEscapes(rawValue: 1 << 0x08 | 1 << 0x0C)]
  /// `\/`, which needs no escape.
  package static let slash = JSONEscapes(rawValue: 1 << 0x2F)

  fileprivate func contains(_ byte: UInt8) -> Bool { rawValue >> UInt64(byte) & 1 == 1 }
}

extension [UInt8] {
  /// Appends a literal's bytes.
  package mutating func append(_ literal: StaticString) {
    literal.withUTF8Buffer { append(contentsOf: $0) }
  }

  /// Appends a whole number's decimal digits.
  package mutating func append(decimal value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    append(decimal: value.magnitude)
  }

  /// Appends a whole number's decimal digits.
  package mutating func append(decimal value: UInt64) {
    var rest = value
    let start = count
    repeat {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    self[start...].reverse()
  }

  /// Appends a string in quotes, escaped as RFC 8259 section 7 demands and no further.
  package mutating func append(jsonString text: String, _ escapes: JSONEscapes = []) {
    append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      let isPlain = utf8.allSatisfy {
        $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
      }
      if isPlain, !escapes.contains(.slash) {
        append(contentsOf: utf8)
      } else {
        for byte in utf8 { appendEscaped(byte, escapes) }
      }
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ byte: UInt8, _ escapes: JSONEscapes) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      append(UInt8(ascii: "\\"))
      append(byte)
    case UInt8(ascii: "/") where escapes.contains(.slash):
      append("\\/")
    case 0x20...:
      append(byte)
    default:
      append(UInt8(ascii: "\\"))
      guard escapes.contains(byte) else {
        append(UInt8(ascii: "u"))
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 2))
        append(Hexadecimal.lower(byte >> 4))
        append(Hexadecimal.lower(byte & 15))
        return
      }
      switch byte {
      case 0x08: append(UInt8(ascii: "b"))
      case 0x09: append(UInt8(ascii: "t"))
      case 0x0A: append(UInt8(ascii: "n"))
      case 0x0C: append(UInt8(ascii: "f"))
      default: append(UInt8(ascii: "r"))
      }
    }
  }
}

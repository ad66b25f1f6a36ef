import Wire

/// Writes compact JSON; keys and punctuation come as literals, in Stripe's order.
struct StripeJSON {
  private(set) var bytes: [UInt8] = []
  /// What stands for ids of the object that is being written, by the property that names it.
  var expansions: [String: StripeBody] = [:]

  init(capacity: Int = 2048) { bytes.reserveCapacity(capacity) }

  /// Appends a literal as it is.
  mutating func raw(_ literal: StaticString) { bytes.append(literal) }

  /// Appends a literal, then a quoted string.
  mutating func string(_ literal: StaticString, _ value: String) {
    bytes.append(literal)
    quoted(value)
  }

  /// Appends a literal, then a quoted string or `null`.
  mutating func string(_ literal: StaticString, orNull value: String?) {
    bytes.append(literal)
    if let value { quoted(value) } else { bytes.append("null") }
  }

  /// Appends a literal, then an id, or in its place the object that the caller asked for.
  mutating func reference(_ literal: StaticString, _ property: String, orNull id: String?) {
    guard !expansions.isEmpty, let object = expansions[property] else {
      return string(literal, orNull: id)
    }
    bytes.append(literal)
    closed { object.write(to: &$0) }
  }

  /// Writes an object inside another, whose expansions are not its own.
  mutating func closed(_ write: (inout StripeJSON) -> Void) {
    let outer = expansions
    expansions = [:]
    write(&self)
    expansions = outer
  }

  /// Appends a literal and a quoted string; nothing at all when there is no string.
  mutating func string(_ literal: StaticString, orNothing value: String?) {
    guard let value else { return }
    string(literal, value)
  }

  /// Appends a literal, then a number.
  mutating func int(_ literal: StaticString, _ value: Int64) {
    bytes.append(literal)
    digits(value)
  }

  /// Appends a literal, then a number or `null`.
  mutating func int(_ literal: StaticString, orNull value: Int64?) {
    bytes.append(literal)
    if let value { digits(value) } else { bytes.append("null") }
  }

  /// Appends a literal, then `true` or `false`.
  mutating func bool(_ literal: StaticString, _ value: Bool) {
    bytes.append(literal)
    bytes.append(value ? "true" : "false")
  }

  /// Appends a literal, then an object of strings.
  mutating func object(_ literal: StaticString, _ entries: [StripeForm.Field]) {
    bytes.append(literal)
    bytes.append(UInt8(ascii: "{"))
    for (index, entry) in entries.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      quoted(entry.key)
      bytes.append(UInt8(ascii: ":"))
      quoted(entry.value)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Appends a literal, then an array of strings.
  mutating func array(_ literal: StaticString, _ values: [String]) {
    bytes.append(literal)
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      quoted(value)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// Appends a string in quotes, escaped as RFC 8259 demands.
  mutating func quoted(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    var value = value
    value.withUTF8 { utf8 in
      if utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
        bytes.append(contentsOf: utf8)
      } else {
        for byte in utf8 { escaped(byte) }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escaped(_ byte: UInt8) {
    switch byte {
    case 0x22: bytes.append(#"\""#)
    case 0x5C: bytes.append(#"\\"#)
    case 0x0A: bytes.append(#"\n"#)
    case 0x0D: bytes.append(#"\r"#)
    case 0x09: bytes.append(#"\t"#)
    case ..<0x20:
      let hex = Array("0123456789abcdef".utf8)
      bytes.append(#"\u00"#)
      bytes.append(hex[Int(byte >> 4)])
      bytes.append(hex[Int(byte & 15)])
    default: bytes.append(byte)
    }
  }

  private mutating func digits(_ value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }
}

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
    bytes.append(decimal: value)
  }

  /// Appends a literal, then a number or `null`.
  mutating func int(_ literal: StaticString, orNull value: Int64?) {
    bytes.append(literal)
    if let value { bytes.append(decimal: value) } else { bytes.append("null") }
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

  /// Appends a string in quotes.
  mutating func quoted(_ value: String) { bytes.append(jsonString: value, .space) }
}

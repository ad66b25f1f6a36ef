package import Wire

// JSON that is made value by value: the schema, `--json`, timing.
extension JSONValue {
  /// Returns an object with these members, in this order.
  package static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(members.map { Member(key: $0.0, value: $0.1) })
  }

  /// Returns a whole number.
  package static func integer(_ value: Int64) -> JSONValue { .number(String(value)) }

  /// Returns a whole number that may need all 64 bits.
  package static func unsigned(_ value: UInt64) -> JSONValue { .number(String(value)) }

  /// Returns a number in few digits; `null` when it is none.
  package static func number(_ value: Double) -> JSONValue {
    value.isFinite ? .number(value.brief) : .null
  }
}

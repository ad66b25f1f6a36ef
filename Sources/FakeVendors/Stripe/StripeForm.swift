import Wire

/// The decoded parameters of one request: a form body or a query.
///
/// Keys are kept as the caller wrote them after percent-decoding (`metadata[booking]`,
/// `expand[0]`, `expand[]`). Source: Stripe API reference, and what the official SDKs send: arrays
/// are indexed, curl users write `[]`, some SDKs percent-encode the brackets.
struct StripeForm: Sendable {
  /// One `key=value`.
  struct Field: Sendable, Hashable {
    let key: String
    let value: String

    /// The key up to the first bracket.
    var root: Substring {
      guard let open = key.utf8.firstIndex(of: UInt8(ascii: "[")) else { return key[...] }
      return key[..<open]
    }

    /// What stands in the first pair of brackets; nil when there is none.
    var inner: String? {
      guard let open = key.utf8.firstIndex(of: UInt8(ascii: "[")) else { return nil }
      let start = key.utf8.index(after: open)
      guard let close = key.utf8[start...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
      return String(key[start..<close])
    }
  }

  /// The fields in the order in which they came.
  private(set) var fields: [Field] = []

  /// Decodes `a=1&b[c]=2`; `+` is a blank. Never fails: a broken escape stands for itself.
  init(_ bytes: some Sequence<UInt8>) {
    fields = FormText.pairs(of: Array(bytes)).map { Field(key: $0.name, value: $0.value) }
  }

  /// A hash of all parameters that does not depend on their order.
  var fingerprint: UInt64 {
    var sum: UInt64 = 0
    for field in fields {
      let key = StripeHash.of(field.key.utf8)
      sum &+= StripeHash.mix(StripeHash.of(field.value.utf8, from: StripeHash.mix(key)))
    }
    return sum
  }

  /// The value of a plain parameter, empty ones included; the last one counts.
  func raw(_ name: String) -> String? {
    fields.last { $0.key == name }?.value
  }

  /// The value of a plain parameter; an empty value counts as unset.
  func string(_ name: String) -> String? {
    guard let value = raw(name), !value.isEmpty else { return nil }
    return value
  }

  /// Whether the parameter or any part of it was sent.
  func has(_ name: String) -> Bool {
    fields.contains { $0.key == name || $0.key.hasPrefix(name + "[") }
  }

  /// The elements of an array parameter, in order of appearance.
  func array(_ name: String) -> [String] {
    let prefix = name + "["
    return fields.filter { $0.key.hasPrefix(prefix) && !$0.value.isEmpty }.map(\.value)
  }

  /// The entries of a dictionary parameter, empty values included, in order of appearance.
  func entries(_ name: String) -> [Field] {
    let prefix = name + "["
    return fields.compactMap { field in
      guard field.key.hasPrefix(prefix), let inner = field.inner else { return nil }
      return Field(key: inner, value: field.value)
    }
  }
}

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
  init(_ bytes: some BidirectionalCollection<UInt8>) {
    var key: [UInt8] = []
    var current: [UInt8] = []
    var sawEquals = false
    func finish(_ fields: inout [Field]) {
      if sawEquals {
        fields.append(
          Field(
            key: String(decoding: key, as: UTF8.self),
            value: String(decoding: current, as: UTF8.self)))
      } else if !current.isEmpty {
        fields.append(Field(key: String(decoding: current, as: UTF8.self), value: ""))
      }
    }
    var index = bytes.startIndex
    while index != bytes.endIndex {
      let byte = bytes[index]
      bytes.formIndex(after: &index)
      switch byte {
      case UInt8(ascii: "&"):
        finish(&fields)
        key.removeAll(keepingCapacity: true)
        current.removeAll(keepingCapacity: true)
        sawEquals = false
      case UInt8(ascii: "=") where !sawEquals:
        swap(&key, &current)
        current.removeAll(keepingCapacity: true)
        sawEquals = true
      case UInt8(ascii: "+"):
        current.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        if index != bytes.endIndex, let high = Self.hexDigit(bytes[index]) {
          let second = bytes.index(after: index)
          if second != bytes.endIndex, let low = Self.hexDigit(bytes[second]) {
            current.append(high << 4 | low)
            index = bytes.index(after: second)
            continue
          }
        }
        current.append(byte)
      default:
        current.append(byte)
      }
    }
    finish(&fields)
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

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

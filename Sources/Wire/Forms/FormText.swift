/// Names and values in the form `application/x-www-form-urlencoded`, in the order they were added.
///
/// Encoded as in ``PercentCoding/encode(_:)``, so the same text is right in a body and in a query.
package struct FormText: Sendable {
  /// The encoded pairs.
  package private(set) var bytes: [UInt8] = []

  /// Creates a form without a pair.
  package init() {}

  /// The encoded pairs as text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Adds a pair.
  package mutating func append(_ name: String, _ value: String) {
    if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
    PercentCoding.append(name, to: &bytes)
    bytes.append(UInt8(ascii: "="))
    PercentCoding.append(value, to: &bytes)
  }

  /// A name and its value.
  package struct Pair: Sendable, Hashable {
    /// The name.
    package var name: String
    /// The value; empty when there was none.
    package var value: String

    /// Creates a pair.
    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What happens to pairs whose escapes are broken or do not spell UTF-8.
  package enum Malformed: Sendable {
    /// They stand for themselves, and bytes that are not UTF-8 become U+FFFD.
    case kept
    /// They are passed over.
    case skipped
  }

  /// Decodes `a=1&b[c]=2` in the order in which it stands; `+` is a blank. Never fails.
  package static func pairs(of bytes: [UInt8], _ malformed: Malformed = .kept) -> [Pair] {
    var pairs: [Pair] = []
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
      let equals = pair.firstIndex(of: UInt8(ascii: "="))
      let name = pair[..<(equals ?? pair.endIndex)]
      let value = equals.map { pair[($0 + 1)...] } ?? []
      guard let name = text(name, malformed), let value = text(value, malformed) else { continue }
      pairs.append(Pair(name: name, value: value))
    }
    return pairs
  }

  private static func text(_ bytes: ArraySlice<UInt8>, _ malformed: Malformed) -> String? {
    switch malformed {
    case .skipped: PercentCoding.decode(String(decoding: bytes, as: UTF8.self), plusIsSpace: true)
    case .kept:
      PercentCoding.decode(bytes, plusIsSpace: true, isLenient: true).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
  }
}

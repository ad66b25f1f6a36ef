package import BookingOrchestrator

/// A key, and the client that shows it.
package struct ClientKey: Sendable, Hashable {
  /// Who it belongs to; several keys may, so that one can be exchanged for another.
  package var client: ClientName
  /// What is shown.
  package var key: String

  /// Creates a key, of the client without a name where none is told.
  package init(_ key: String, client: ClientName = .default) {
    self.client = client
    self.key = key
  }

  /// Reads `name:key`, or a key alone; nil when either is not what it must be.
  ///
  /// A name has 1 to 64 letters of ASCII, digits, dots, hyphens and low lines: it stands in a header
  /// field. A key has 16 or more visible characters. What stands before the first colon is a name.
  package init?(entry: String) {
    let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let key = parts.last, key.utf8.count >= 16,
      key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return nil }
    self.init(String(key))
    guard parts.count == 2 else { return }
    let isName = parts[0].utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isName, (1...64).contains(parts[0].utf8.count) else { return nil }
    client = ClientName(String(parts[0]))
  }
}

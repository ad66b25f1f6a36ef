/// What a `baggage` header says about a call (W3C Baggage; the members of this project).
package struct CallTags: Hashable {
  package var booking = ""
  package var slot = ""
  package var direction = ""
  package var generation = 0
  package var attempt = 0
  package var epoch: Int64 = 0
  /// A client's number; nil for the orchestrator's calls.
  package var client: Int?

  /// Reads a header; unknown members are skipped.
  package init(_ text: String) {
    guard !text.isEmpty else { return }
    var rest = text.utf8[...]
    while !rest.isEmpty {
      let member = rest.prefix { $0 != UInt8(ascii: ",") }
      rest = rest[member.endIndex...].dropFirst()
      guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let value = member[member.index(after: equals)...]
      // Members are told apart by their first letters: b, s, d, g, a, e; cl for clients.
      switch member.first {
      case UInt8(ascii: "b"): booking = String(Substring(value))
      case UInt8(ascii: "s"): slot = String(Substring(value))
      case UInt8(ascii: "d"): direction = String(Substring(value))
      case UInt8(ascii: "g"): generation = Self.number(value) ?? 0
      case UInt8(ascii: "a"):
        if let attempt = Self.number(value) { self.attempt = attempt }
      case UInt8(ascii: "e"): epoch = Int64(Self.number(value) ?? 0)
      case UInt8(ascii: "c"):
        if member.starts(with: "client=".utf8) { client = Self.number(value) }
      default: break
      }
    }
    if let client { booking = "bk_\(client)" }
  }

  /// The operation's idempotency key: `bk_17:charge:do:1`.
  package var key: String { "\(booking):\(slot):\(direction):\(generation)" }

  private static func number(_ text: Substring.UTF8View) -> Int? { Int(Substring(text)) }

  /// Returns the client's number in a booking's id: 17 for `bk_17` and `bk_17-2`, and for the
  /// modification `md_17`.
  package static func client(ofBooking id: String) -> Int? {
    guard id.utf8.starts(with: "bk_".utf8) || id.utf8.starts(with: "md_".utf8) else { return nil }
    let digits = id.utf8.dropFirst(3).prefix { $0 != UInt8(ascii: "-") }
    return Int(Substring(digits))
  }
}

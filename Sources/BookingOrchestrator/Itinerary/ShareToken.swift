import Crypto

/// What opens a link: 192 random bits, written as 32 characters that need no escaping in a path.
///
/// Only its hash is kept. SHA-256 without a salt is enough: nobody has a list of likely tokens.
struct ShareToken: Sendable {
  /// As it stands in the link (RFC 4648, section 5).
  let text: String

  /// How many random bytes a token has; eight more than the 128 bits that OWASP asks of session
  /// identifiers ("Session Management Cheat Sheet", session ID length).
  private static let byteCount = 24

  /// Draws a token.
  init(_ secrets: any SecretSource, hint: String) {
    text = Self.base64URL(secrets.secret(bytes: Self.byteCount, hint: hint))
  }

  /// Takes what somebody sent for one; nil when it cannot be.
  init?(sent text: String) {
    guard text.utf8.count == Self.byteCount / 3 * 4 else { return nil }
    self.text = text
  }

  /// What the database keeps of it.
  var hash: String { ContentHash.hex(of: Array(text.utf8)) }

  /// Whether its hash is one that was kept, in a time that does not tell where they differ.
  ///
  /// The row was found by the hash; what this adds is that it does not hang on how an index compares.
  func fits(_ kept: String) -> Bool {
    // Hashes of hashes: swift-crypto compares digests in constant time.
    SHA256.hash(data: Array(hash.utf8)) == SHA256.hash(data: Array(kept.utf8))
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// Writes bytes, three at a time, as four letters.
  private static func base64URL(_ bytes: [UInt8]) -> String {
    precondition(bytes.count == byteCount, "a secret of \(bytes.count) bytes")
    var letters: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<start + 3].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      for shift in [18, 12, 6, 0] { letters.append(alphabet[Int(group >> UInt32(shift)) & 63]) }
    }
    return String(decoding: letters, as: UTF8.self)
  }
}

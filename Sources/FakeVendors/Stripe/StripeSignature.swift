import Crypto
import FoundationEssentials

/// Signs webhook deliveries.
///
/// `v1` is the hexadecimal HMAC-SHA256, keyed with the whole endpoint secret (its `whsec_` included),
/// of `<t>.<body>`. Source: Stripe documentation, Verify webhook signatures manually.
struct StripeSignature: Sendable {
  private let key: SymmetricKey

  init(secret: String) { key = SymmetricKey(data: Array(secret.utf8)) }

  /// Returns the value of the `Stripe-Signature` header.
  /// - Parameter seconds: the time of the attempt, in seconds since 1970.
  func header(_ body: [UInt8], at seconds: Int64) -> String {
    "t=\(seconds),v1=" + code(body, at: seconds)
  }

  /// Returns the header's value while the secret is being rolled: between those of two others.
  func header(_ body: [UInt8], at seconds: Int64, between other: StripeSignature) -> String {
    let codes = [
      other.code(body, at: seconds), code(body, at: seconds), other.code([], at: seconds),
    ]
    return "t=\(seconds)" + codes.map { ",v1=" + $0 }.joined()
  }

  private func code(_ body: [UInt8], at seconds: Int64) -> String {
    var mac = HMAC<SHA256>(key: key)
    mac.update(data: Array("\(seconds).".utf8))
    mac.update(data: body)
    var text: [UInt8] = []
    let digits = Array("0123456789abcdef".utf8)
    for byte in mac.finalize() {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

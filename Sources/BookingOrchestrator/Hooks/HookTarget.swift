import Crypto

/// Where a client is told of its bookings, and the secret with which that is signed.
public struct HookTarget: Sendable, Hashable {
  /// The absolute URL that events are sent to.
  public let url: String
  /// Shared with the client, never sent.
  public let secret: String

  /// Creates a target.
  public init(url: String, secret: String) {
    self.url = url
    self.secret = secret
  }
}

/// How events are signed: as Stripe signs its own, so that clients can use code they have.
///
/// `t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body">`. The time is that of the sending, so a copy
/// that is sent later can be told from a replayed one.
///
/// Source of the scheme: Stripe documentation, "Receive Stripe events in your webhook endpoint", Verify
/// webhook signatures manually.
enum HookSignature {
  /// Returns the value of the field `Turbulence-Signature`.
  static func field(_ body: [UInt8], secret: String, at now: Timestamp) -> String {
    let seconds = now.microseconds / 1_000_000
    var hmac = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
    hmac.update(data: Array("\(seconds).".utf8))
    hmac.update(data: body)
    let digits = hmac.finalize().map { byte in
      let text = String(byte, radix: 16)
      return text.utf8.count == 1 ? "0" + text : text
    }
    return "t=\(seconds),v1=\(digits.joined())"
  }
}

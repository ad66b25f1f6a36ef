import Wire

/// A stream of numbers that depends only on a seed, a purpose and a key.
///
/// Every id that a fake gives out comes from here, keyed by the request's own `baggage`: removing one
/// booking from a world changes no id of another, which a global counter could not promise.
/// FNV-1a over the key, finished and continued by SplitMix64 (Steele, Lea and Flood, 2014).
struct KeyedHash: Sendable {
  private var stream: SplitMix64

  /// Creates a stream; `salt` tells several ids of one key apart.
  init(seed: UInt64, _ purpose: String, _ key: String, salt: Int = 0) {
    var hash = FNV1a()
    hash.add(purpose.utf8)
    hash.add(0)
    hash.add(key.utf8)
    hash.add(0)
    let salt = SplitMix64.finalize(UInt64(bitPattern: Int64(salt)))
    stream = SplitMix64(state: hash.value ^ SplitMix64.mix(seed) ^ salt)
  }

  /// Returns the next 64 bits.
  mutating func next() -> UInt64 { stream.next() }

  /// Returns a number from 0 up to, but not including, `bound`.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Returns so many decimal digits, the first of them not 0.
  mutating func digits(_ count: Int) -> String {
    var out: [UInt8] = [0x31 + UInt8(below(9))]
    for _ in 1..<count { out.append(0x30 + UInt8(below(10))) }
    return String(decoding: out, as: UTF8.self)
  }

  /// Returns so many characters of an ASCII alphabet.
  mutating func characters(_ count: Int, of alphabet: StaticString) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(count)
    var bits: UInt64 = 0
    for position in 0..<count {
      if position % 8 == 0 { bits = next() }
      let size = UInt64(alphabet.utf8CodeUnitCount)
      out.append(alphabet.utf8Start[Int(((bits & 0xFF) * size) >> 8)])
      bits >>= 8
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Letters and digits of a record locator.
  static let locator: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
  /// Digits to the base of 16.
  static let hexadecimal: StaticString = "0123456789abcdef"
  /// Digits to the base of 32 as ULIDs use them (Crockford), in lower case.
  static let crockford: StaticString = "0123456789abcdefghjkmnpqrstvwxyz"
  /// Digits to the base of 64 without the two that need escaping in a URL.
  static let letters: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
}

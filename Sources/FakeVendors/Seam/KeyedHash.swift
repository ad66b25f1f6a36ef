/// A stream of numbers that depends only on a seed, a purpose and a key.
///
/// Every id that a fake gives out comes from here, keyed by the request's own `baggage`: removing one
/// booking from a world changes no id of another, which a global counter could not promise.
/// FNV-1a over the key, finished and continued by SplitMix64 (Steele, Lea and Flood, 2014).
struct KeyedHash: Sendable {
  private var state: UInt64

  /// Creates a stream; `salt` tells several ids of one key apart.
  init(seed: UInt64, _ purpose: String, _ key: String, salt: Int = 0) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    for byte in purpose.utf8 { add(byte) }
    add(0)
    for byte in key.utf8 { add(byte) }
    add(0)
    state =
      hash ^ Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ Self.mix(UInt64(bitPattern: Int64(salt)))
  }

  /// Returns the next 64 bits.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

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

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

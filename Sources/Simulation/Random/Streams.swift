import CGSL

/// The name of a purpose for which random numbers are drawn, hashed once.
public struct Purpose: Sendable, Hashable {
  let hash: UInt64

  /// Creates a purpose: `Purpose("latency/stripe")`.
  public init(_ name: String) {
    // FNV-1a, then mixed: names that differ in one letter must differ in half of all bits.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    self.hash = sim_mix(hash)
  }
}

/// All randomness of one seed, as independent streams found by key.
///
/// A stream depends on the seed and its key alone, never on what else was drawn: leave out one
/// booking or one fault, and everything else draws what it drew before.
public struct Streams: Sendable, Hashable {
  /// The seed.
  public let seed: UInt64

  /// Creates the streams of a seed.
  public init(seed: UInt64) { self.seed = seed }

  /// Returns the stream of a key, at its beginning. O(1).
  public func stream(_ purpose: Purpose, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0)
    -> RandomStream
  {
    // A chain of bijections: keys that differ in one word can only meet again by chance.
    var hash = sim_mix(seed &+ 0x9e37_79b9_7f4a_7c15)
    hash = sim_mix((hash ^ purpose.hash) &+ 0x9e37_79b9_7f4a_7c15)
    hash = sim_mix((hash ^ a) &+ 0x9e37_79b9_7f4a_7c15)
    hash = sim_mix((hash ^ b) &+ 0x9e37_79b9_7f4a_7c15)
    hash = sim_mix((hash ^ c) &+ 0x9e37_79b9_7f4a_7c15)
    return RandomStream(key: hash, salt: sim_mix(hash ^ 0xd1b5_4a32_d192_ed03))
  }
}

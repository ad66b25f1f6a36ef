/// A hash that is the same in every process and version; not for secrets (FNV-1a, Fowler, Noll and
/// Vo).
package struct FNV1a: Sendable, Hashable {
  /// The hash of what was added so far.
  package var value: UInt64

  /// The hash of nothing.
  package static let offset: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Creates the hash of nothing, or continues from another one.
  @inlinable
  package init(_ value: UInt64 = 0xCBF2_9CE4_8422_2325) { self.value = value }

  /// Adds a byte.
  @inlinable
  package mutating func add(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  /// Adds bytes.
  @inlinable
  package mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(byte) }
  }

  /// Returns the hash of bytes, continuing from another one.
  @inlinable
  package static func hash(
    _ bytes: some Sequence<UInt8>, from value: UInt64 = 0xCBF2_9CE4_8422_2325
  ) -> UInt64 {
    var hash = FNV1a(value)
    hash.add(bytes)
    return hash.value
  }

  /// Returns the hash of a literal.
  package static func hash(_ literal: StaticString) -> UInt64 {
    literal.withUTF8Buffer { hash($0) }
  }
}

/// A stream of numbers from a seed, and the function that scrambles them (SplitMix64; Steele, Lea
/// and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
package struct SplitMix64: Sendable, RandomNumberGenerator {
  /// What the state grows by: 2⁶⁴ divided by the golden ratio, made odd.
  @inlinable
  package static var gamma: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  @usableFromInline
  var state: UInt64

  /// Creates the stream of a seed.
  @inlinable
  package init(state: UInt64) { self.state = state }

  /// Returns the next 64 bits.
  @inlinable
  package mutating func next() -> UInt64 {
    state &+= Self.gamma
    return Self.finalize(state)
  }

  /// Scrambles a word: one that differs in a bit differs in half of all bits afterwards. 0 stays 0.
  @inlinable
  package static func finalize(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  /// Returns the first number of a seed's stream.
  @inlinable
  package static func mix(_ seed: UInt64) -> UInt64 { finalize(seed &+ gamma) }
}

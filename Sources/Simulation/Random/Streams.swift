/// The name of a purpose for which random numbers are drawn, hashed once.
public struct Purpose: Sendable, Hashable {
  let hash: UInt64
  /// Creates a purpose: `Purpose("latency/stripe")`.
  public init(_ name: String) { fatalError("seam") }
}

/// All randomness of one seed, as independent streams found by key.
///
/// A stream depends on the seed and its key alone, never on what else was drawn.
public struct Streams: Sendable, Hashable {
  /// The seed.
  public let seed: UInt64
  /// Creates the streams of a seed.
  public init(seed: UInt64) { self.seed = seed }
  /// Returns the stream of a key, at its beginning. O(1).
  public func stream(_ purpose: Purpose, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0)
    -> RandomStream
  { fatalError("seam") }
}

/// A stream of random numbers.
public struct RandomStream: RandomNumberGenerator, Sendable, Hashable {
  /// Returns 64 random bits.
  public mutating func next() -> UInt64 { fatalError("seam") }
  /// Returns a number in the open interval (0, 1), from one draw of 53 bits.
  public mutating func uniform() -> Double { fatalError("seam") }
  /// Returns true with the given probability in parts per million; one draw.
  public mutating func chance(partsPerMillion: Int) -> Bool { fatalError("seam") }
  /// Returns a whole number in 0..<bound without bias.
  public mutating func index(below bound: Int) -> Int { fatalError("seam") }
  /// Returns an index drawn by weight (`gsl_ran_discrete`); weights need not sum to one.
  public mutating func choice(weights: [Double]) -> Int { fatalError("seam") }
  /// Returns a Poisson count (`gsl_ran_poisson`).
  public mutating func poisson(mean: Double) -> Int { fatalError("seam") }
}

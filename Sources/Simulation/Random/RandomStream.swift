import CGSL

/// A stream of random numbers.
///
/// Counter-based: the n-th number is a function of the stream's key and n, nothing is seeded or
/// warmed up, and creating a stream costs as much as drawing a few numbers from it.
public struct RandomStream: RandomNumberGenerator, Sendable, Hashable {
  private let key: UInt64
  private let salt: UInt64
  private var counter: UInt64 = 0

  init(key: UInt64, salt: UInt64) {
    self.key = key
    self.salt = salt
  }

  /// Returns 64 random bits.
  public mutating func next() -> UInt64 {
    counter &+= 1
    return sim_bits(key, salt, counter)
  }

  /// Returns a number in the open interval (0, 1), from one draw of 53 bits.
  public mutating func uniform() -> Double {
    // The lowest bit is always set, so that neither 0 nor 1 is reached; p and 1 − p are alike.
    Double((next() >> 11) | 1) * 0x1p-53
  }

  /// Returns true with the given probability in parts per million; one draw.
  public mutating func chance(partsPerMillion: Int) -> Bool {
    next().multipliedFullWidth(by: 1_000_000).high < max(0, partsPerMillion)
  }

  /// Returns a whole number in 0..<bound without bias.
  ///
  /// Source: Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29(1), 2019.
  /// - Precondition: `bound > 0`.
  public mutating func index(below bound: Int) -> Int {
    precondition(bound > 0, "an index below \(bound) does not exist")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Returns an index drawn by weight (`gsl_ran_discrete`); weights need not sum to one.
  ///
  /// One draw. O(number of weights).
  /// - Precondition: no weight is negative, and one is positive.
  public mutating func choice(weights: [Double]) -> Int {
    GSL.prepare()
    precondition(
      weights.allSatisfy { $0 >= 0 && $0.isFinite } && weights.contains { $0 > 0 },
      "weights must not be negative, and one must be positive: \(weights)")
    let index = withGSL { sim_choice(&$0, weights, weights.count) }
    precondition(index < weights.count, "GSL refused the weights \(weights)")
    return index
  }

  /// Returns a Poisson count (`gsl_ran_poisson`).
  /// - Precondition: `mean` is finite and not negative.
  public mutating func poisson(mean: Double) -> Int {
    precondition(mean >= 0 && mean.isFinite, "a Poisson count cannot have the mean \(mean)")
    GSL.prepare()
    return mean == 0 ? 0 : Int(withGSL { sim_poisson(&$0, mean) })
  }

  /// Returns how many of `trials` succeed (`gsl_ran_binomial`).
  /// - Precondition: `probability` lies in 0...1 and `trials` in 0...4,294,967,295.
  public mutating func binomial(trials: Int, probability: Double) -> Int {
    precondition((0...1).contains(probability), "\(probability) is not a probability")
    GSL.prepare()
    return Int(withGSL { sim_binomial(&$0, probability, UInt32(trials)) })
  }

  /// Lends the stream to GSL for one call.
  private mutating func withGSL<R>(_ body: (inout sim_stream) -> R) -> R {
    var state = sim_stream(key: key, salt: salt, counter: counter)
    defer { counter = state.counter }
    return body(&state)
  }
}

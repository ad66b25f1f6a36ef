import Simulation

/// Draws of durations from every family of distributions.
enum Draws {
  static let families: [(name: String, distribution: Distribution)] = [
    ("constant", .constant(3)),
    ("uniform", .uniform(low: 1, high: 30)),
    ("exponential", .exponential(mean: 600)),
    ("lognormal", .lognormal(median: 1.24, sigma: 0.29)),
    ("gamma", .gamma(shape: 4, mean: 2)),
    ("erlang", .erlang(stages: 3, mean: 2)),
    ("weibull", .weibull(shape: 0.7, scale: 2)),
    ("pareto", .pareto(minimum: 1, shape: 1.5)),
    ("normal", .normal(mean: 2, deviation: 0.3)),
    (
      "bimodal",
      .bimodal(
        usual: .lognormal(median: 2, sigma: 0.5), rare: .lognormal(median: 9, sigma: 0.5),
        share: 0.03)
    ),
    ("empirical", .observed((0..<1_000).map { Double($0 * 7 % 1_000) / 100 })),
  ]

  /// Returns nanoseconds per draw: bits, a new stream with its first uniform, and every family.
  static func measure() -> [(name: String, nanoseconds: Double)] {
    let streams = Streams(seed: 1)
    let purpose = Purpose("benchmark")
    var results: [(name: String, nanoseconds: Double)] = []
    var stream = streams.stream(purpose)
    results.append(
      ("64 bits", perCall(10_000_000) { _ in Int64(truncatingIfNeeded: stream.next()) }))
    results.append(
      (
        "new stream, uniform",
        perCall(5_000_000) { number in
          var fresh = streams.stream(purpose, UInt64(number))
          return Int64(fresh.uniform() * 1e6)
        }
      ))
    for (name, distribution) in families {
      results.append(
        (
          name,
          perCall(500_000) { _ in
            distribution.duration(&stream).components.attoseconds
          }
        ))
    }
    return results
  }

  /// Returns nanoseconds per call; the sum of the results keeps the calls from being left out.
  private static func perCall(_ count: Int, _ body: (Int) -> Int64) -> Double {
    var sum: Int64 = 0
    let clock = ContinuousClock()
    let elapsed = clock.measure { for number in 0..<count { sum &+= body(number) } }
    precondition(sum != 1, "a sum that does not happen")
    return elapsed / .nanoseconds(1) / Double(count)
  }
}

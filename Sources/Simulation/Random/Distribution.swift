/// A distribution of non-negative numbers (durations in seconds, where they are durations).
///
/// Sampling uses one uniform and GSL's inverse distribution functions.
public indirect enum Distribution: Sendable, Hashable {
  case constant(Double)
  case uniform(low: Double, high: Double)
  case exponential(mean: Double)
  /// sigma is the standard deviation of the logarithm.
  case lognormal(median: Double, sigma: Double)
  case gamma(shape: Double, mean: Double)
  case erlang(stages: Int, mean: Double)
  case weibull(shape: Double, scale: Double)
  case pareto(minimum: Double, shape: Double)
  /// A normal distribution truncated at 0 (conditioned on being positive).
  case normal(mean: Double, deviation: Double)
  /// Weights need not sum to one.
  case mixture([Component])
  /// Equally likely observed values, interpolated linearly between order statistics.
  case empirical([Double])

  /// A part of a mixture.
  public struct Component: Sendable, Hashable {
    public var weight: Double
    public var distribution: Distribution
    public init(weight: Double, distribution: Distribution) {
      self.weight = weight
      self.distribution = distribution
    }
  }

  /// The lognormal with a given median and 99th percentile.
  public static func lognormal(median: Double, p99: Double) -> Distribution { fatalError("seam") }
  /// Says what is wrong with the parameters, or nil.
  public var problem: String? { fatalError("seam") }
  /// The mean (infinite for a Pareto with shape ≤ 1).
  public var mean: Double { fatalError("seam") }
  /// The value below which a share `p` of the draws lies, 0 < p < 1.
  public func quantile(_ p: Double) -> Double { fatalError("seam") }
  /// Draws a number; one uniform.
  public func sample(_ stream: inout RandomStream) -> Double { fatalError("seam") }
  /// Draws a duration in whole microseconds, the number taken as seconds.
  public func duration(_ stream: inout RandomStream) -> Duration { fatalError("seam") }
}

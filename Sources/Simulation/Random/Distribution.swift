import CGSL
import Glibc

/// A distribution of non-negative numbers (durations in seconds, where they are durations).
///
/// Sampling uses one uniform and GSL's inverse distribution functions, so that every draw moves its
/// stream on by exactly one, whatever the distribution and whatever the number.
///
/// ``problem`` says what is wrong with parameters that come from outside; with such parameters,
/// everything else here is undefined (but does not trap).
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
  ///
  /// The values must ascend; ``observed(_:)`` sorts them.
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
  public static func lognormal(median: Double, p99: Double) -> Distribution {
    GSL.prepare()
    return .lognormal(
      median: median, sigma: log(p99 / median) / gsl_cdf_ugaussian_Pinv(0.99))
  }

  /// A mixture of two: mostly `usual`, and a share of `rare` (0.01 is one in a hundred).
  public static func bimodal(
    usual: Distribution, rare: Distribution, share: Double
  ) -> Distribution {
    .mixture([
      Component(weight: 1 - share, distribution: usual),
      Component(weight: share, distribution: rare),
    ])
  }

  /// The empirical distribution of values in any order.
  public static func observed(_ values: [Double]) -> Distribution { .empirical(values.sorted()) }

  /// Draws a number; one uniform.
  public func sample(_ stream: inout RandomStream) -> Double { value(at: stream.uniform()) }

  /// Draws a duration in whole microseconds, the number taken as seconds.
  ///
  /// Between zero and a hundred years, whatever the number: rounding to whole microseconds at once
  /// is what makes draws agree across processors.
  public func duration(_ stream: inout RandomStream) -> Duration {
    .microseconds(Distribution.microseconds(sample(&stream)))
  }

  /// Rounds seconds to whole microseconds in 0...a hundred years; not a number counts as zero.
  static func microseconds(_ seconds: Double) -> Int64 {
    let microseconds = (seconds * 1e6).rounded()
    // Both comparisons are false for NaN.
    return microseconds > 0
      ? (microseconds < 3.15576e15 ? Int64(microseconds) : 3_155_760_000_000_000) : 0
  }

  /// The number that one uniform stands for: the quantile, save in a mixture.
  ///
  /// A mixture spends the uniform twice: it chooses the component, and what is left of it, stretched
  /// to (0, 1) again, is the component's uniform.
  private func value(at uniform: Double) -> Double {
    guard case .mixture(let components) = self else { return quantile(uniform) }
    let total = components.reduce(0) { $0 + $1.weight }
    let target = uniform * total
    var below = 0.0
    for (index, component) in components.enumerated() where component.weight > 0 {
      if target < below + component.weight || index == components.count - 1 {
        let rest = (target - below) / component.weight
        return component.distribution.value(at: min(max(rest, 0x1p-60), 1 - 0x1p-53))
      }
      below += component.weight
    }
    // Rounding, or components of weight zero at the end: the last that has a weight.
    return components.last { $0.weight > 0 }?.distribution.value(at: 1 - 0x1p-53) ?? 0
  }
}

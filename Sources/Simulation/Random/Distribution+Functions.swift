import CGSL
import Glibc

extension Distribution {
  /// The value below which a share `p` of the draws lies, 0 < p < 1.
  public func quantile(_ p: Double) -> Double {
    GSL.prepare()
    switch self {
    case .constant(let value): return value
    case .uniform(let low, let high): return low + (high - low) * p
    case .exponential(let mean): return gsl_cdf_exponential_Pinv(p, mean)
    case .lognormal(let median, let sigma):
      return gsl_cdf_lognormal_Pinv(p, log(median), sigma)
    case .gamma(let shape, let mean): return gsl_cdf_gamma_Pinv(p, shape, mean / shape)
    case .erlang(let stages, let mean):
      return gsl_cdf_gamma_Pinv(p, Double(stages), mean / Double(stages))
    case .weibull(let shape, let scale): return gsl_cdf_weibull_Pinv(p, scale, shape)
    case .pareto(let minimum, let shape): return gsl_cdf_pareto_Pinv(p, shape, minimum)
    case .normal(let mean, let deviation):
      // The share p of what lies above zero. Each tail in the function that is exact there.
      let zero = -mean / deviation
      let positive = gsl_cdf_ugaussian_Q(zero)
      let standard =
        zero < 0
        ? gsl_cdf_ugaussian_Pinv(gsl_cdf_ugaussian_P(zero) + p * positive)
        : gsl_cdf_ugaussian_Qinv((1 - p) * positive)
      return max(0, mean + deviation * standard)
    case .mixture(let components):
      return Self.quantile(p, of: components.filter { $0.weight > 0 }) { cumulative($0) }
    case .empirical(let values):
      guard let last = values.last else { return 0 }
      let position = Double(values.count - 1) * p
      let index = Int(position)
      guard index + 1 < values.count else { return last }
      return values[index] + (position - Double(index)) * (values[index + 1] - values[index])
    }
  }

  /// The share of the draws that are at most `x`.
  public func cumulative(_ x: Double) -> Double {
    GSL.prepare()
    if x < 0 { return 0 }
    switch self {
    case .constant(let value): return x < value ? 0 : 1
    case .uniform(let low, let high):
      return x < low ? 0 : x >= high ? 1 : (x - low) / (high - low)
    case .exponential(let mean): return gsl_cdf_exponential_P(x, mean)
    case .lognormal(let median, let sigma):
      return x == 0 ? 0 : gsl_cdf_lognormal_P(x, log(median), sigma)
    case .gamma(let shape, let mean): return gsl_cdf_gamma_P(x, shape, mean / shape)
    case .erlang(let stages, let mean):
      return gsl_cdf_gamma_P(x, Double(stages), mean / Double(stages))
    case .weibull(let shape, let scale): return gsl_cdf_weibull_P(x, scale, shape)
    case .pareto(let minimum, let shape):
      return x < minimum ? 0 : gsl_cdf_pareto_P(x, shape, minimum)
    case .normal(let mean, let deviation):
      let zero = -mean / deviation
      let above = gsl_cdf_ugaussian_Q((x - mean) / deviation)
      return 1 - above / gsl_cdf_ugaussian_Q(zero)
    case .mixture(let components):
      let total = components.reduce(0) { $0 + $1.weight }
      return components.reduce(0) { $0 + $1.weight * $1.distribution.cumulative(x) } / total
    case .empirical(let values):
      guard let first = values.first, let last = values.last, x >= first else { return 0 }
      guard x < last else { return 1 }
      // The last index whose value is at most x; there is one after it.
      var (low, high) = (0, values.count - 1)
      while high - low > 1 {
        let middle = (low + high) / 2
        if values[middle] <= x { low = middle } else { high = middle }
      }
      let share = (x - values[low]) / (values[high] - values[low])
      return (Double(low) + share) / Double(values.count - 1)
    }
  }

  /// The mean (infinite for a Pareto with shape ≤ 1).
  public var mean: Double {
    GSL.prepare()
    switch self {
    case .constant(let value): return value
    case .uniform(let low, let high): return (low + high) / 2
    case .exponential(let mean), .gamma(_, let mean), .erlang(_, let mean): return mean
    case .lognormal(let median, let sigma): return median * exp(sigma * sigma / 2)
    case .weibull(let shape, let scale): return scale * gsl_sf_gamma(1 + 1 / shape)
    case .pareto(let minimum, let shape):
      return shape > 1 ? shape * minimum / (shape - 1) : .infinity
    case .normal(let mean, let deviation):
      let zero = -mean / deviation
      return mean + deviation * gsl_ran_ugaussian_pdf(zero) / gsl_cdf_ugaussian_Q(zero)
    case .mixture(let components):
      let parts = components.filter { $0.weight > 0 }
      let total = parts.reduce(0) { $0 + $1.weight }
      return parts.reduce(0) { $0 + $1.weight * $1.distribution.mean } / total
    case .empirical(let values):
      guard let first = values.first, let last = values.last, values.count > 1 else {
        return values.first ?? 0
      }
      // The area under straight lines between the order statistics.
      return (values.reduce(0, +) - (first + last) / 2) / Double(values.count - 1)
    }
  }

  /// Finds a mixture's quantile: it lies between those of its parts.
  private static func quantile(
    _ p: Double, of parts: [Component], cumulative: (Double) -> Double
  ) -> Double {
    let quantiles = parts.map { $0.distribution.quantile(p) }
    guard var low = quantiles.min(), var high = quantiles.max() else { return 0 }
    if cumulative(low) >= p { return low }
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return high }
      if cumulative(middle) < p { low = middle } else { high = middle }
    }
  }
}

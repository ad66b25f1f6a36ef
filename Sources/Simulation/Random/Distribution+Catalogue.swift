extension Distribution {
  /// A kind of distribution, as people are told about it.
  public struct Kind: Sendable, Hashable {
    /// The name used in scenarios: "lognormal".
    public let name: String
    /// The names of the parameters, one list for each way to give them.
    public let parameters: [[String]]
    /// What it is good for, in one sentence.
    public let about: String
  }

  /// All kinds, in the order in which people meet them.
  public static let all: [Kind] = [
    Kind(
      name: "constant", parameters: [["value"]],
      about: "Always the same; for tests and for what does not vary."),
    Kind(
      name: "uniform", parameters: [["low", "high"]],
      about: "Anything between two bounds, all equally likely."),
    Kind(
      name: "exponential", parameters: [["mean"]],
      about: "The time until the next of many independent things, such as arrivals or crashes."),
    Kind(
      name: "lognormal", parameters: [["median", "p99"], ["median", "sigma"]],
      about: "Most answers near the median and a long tail: the usual shape of a latency."),
    Kind(
      name: "gamma", parameters: [["shape", "mean"]],
      about: "A latency with a lighter tail than the lognormal; shape 1 is the exponential."),
    Kind(
      name: "erlang", parameters: [["stages", "mean"]],
      about: "The sum of several exponential stages, such as hops of a request."),
    Kind(
      name: "weibull", parameters: [["shape", "scale"]],
      about: "Times to failure: shape below 1 for early failures, above 1 for wear."),
    Kind(
      name: "pareto", parameters: [["minimum", "shape"]],
      about: "A very heavy tail; with a shape of 1 or less the mean is infinite."),
    Kind(
      name: "normal", parameters: [["mean", "deviation"]],
      about: "A symmetrical spread around the mean, without the part below zero."),
    Kind(
      name: "bimodal", parameters: [["usual", "rare", "share"]],
      about: "Mostly one distribution, and a share of another, such as cache misses."),
    Kind(
      name: "mixture", parameters: [["components"]],
      about: "Any number of distributions, each with a weight."),
    Kind(
      name: "empirical", parameters: [["values"]],
      about: "Measured values, interpolated: what was observed, and nothing beyond it."),
  ]
}

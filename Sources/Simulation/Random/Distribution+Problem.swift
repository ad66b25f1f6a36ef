extension Distribution {
  /// Says what is wrong with the parameters, or nil.
  public var problem: String? {
    switch self {
    case .constant(let value): notNegative(value, "the value")
    case .uniform(let low, let high):
      notNegative(low, "'low'") ?? notNegative(high, "'high'")
        ?? (low <= high ? nil : "'low' (\(low)) must not exceed 'high' (\(high))")
    case .exponential(let mean): positive(mean, "'mean'")
    case .lognormal(let median, let sigma):
      positive(median, "'median'")
        ?? (sigma > 0 && sigma.isFinite
          ? nil : "'sigma' must be positive, that is, 'p99' above 'median', but is \(sigma)")
    case .gamma(let shape, let mean): positive(shape, "'shape'") ?? positive(mean, "'mean'")
    case .erlang(let stages, let mean):
      (stages > 0 ? nil : "'stages' must be at least 1, but is \(stages)")
        ?? positive(mean, "'mean'")
    case .weibull(let shape, let scale): positive(shape, "'shape'") ?? positive(scale, "'scale'")
    case .pareto(let minimum, let shape):
      positive(minimum, "'minimum'") ?? positive(shape, "'shape'")
    case .normal(let mean, let deviation):
      positive(deviation, "'deviation'")
        ?? (mean.isFinite ? nil : "'mean' must be a finite number, but is \(mean)")
        ?? (mean >= -30 * deviation
          ? nil : "'mean' (\(mean)) is so far below zero that nothing would be left above it")
    case .mixture(let components): Self.problem(of: components)
    case .empirical(let values): Self.problem(of: values)
    }
  }

  private static func problem(of components: [Component]) -> String? {
    if components.isEmpty { return "a mixture needs at least one component" }
    for (index, component) in components.enumerated() {
      let name = "component \(index + 1)"
      guard component.weight >= 0, component.weight.isFinite else {
        return "the weight of \(name) must not be negative, but is \(component.weight)"
      }
      if let problem = component.distribution.problem { return "\(name): \(problem)" }
    }
    return components.contains { $0.weight > 0 }
      ? nil : "one component of a mixture must have a positive weight"
  }

  private static func problem(of values: [Double]) -> String? {
    if values.isEmpty { return "an empirical distribution needs at least one value" }
    if let bad = values.first(where: { !($0 >= 0 && $0.isFinite) }) {
      return "an observed value must not be negative, but one is \(bad)"
    }
    for (earlier, later) in zip(values, values.dropFirst()) where earlier > later {
      return "observed values must ascend, but \(later) follows \(earlier)"
    }
    return nil
  }

  private func notNegative(_ value: Double, _ name: String) -> String? {
    value >= 0 && value.isFinite ? nil : "\(name) must not be negative, but is \(value)"
  }

  private func positive(_ value: Double, _ name: String) -> String? {
    value > 0 && value.isFinite ? nil : "\(name) must be positive, but is \(value)"
  }
}

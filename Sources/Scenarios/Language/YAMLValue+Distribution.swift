import FoundationEssentials
import Simulation
import Yams

#if canImport(Glibc)
  import Glibc
#endif

/// Distributions as scenarios write them: one key, the family, with its parameters.
///
/// A plain duration is a constant. Parameters are checked here, at their own place in the file.
extension YAMLValue {
  /// The families and the ways to give their parameters, in the order in which people meet them.
  static let families: [DistributionFamily] = [
    .init("constant", "3s", "always the same; a plain duration means this"),
    .init("uniform", "[1s, 30s]", "anything between two bounds, all equally likely"),
    .init("exponential", "10m", "the gaps between independent events, given by their mean"),
    .init(
      "lognormal", "{ median: 1.24s, sigma: 0.29 } or { median: 3s, p99: 19s }",
      "most answers near the median and a long tail: the usual shape of a latency"),
    .init("gamma", "{ shape: 4, mean: 2s }", "a latency with a lighter tail than the lognormal"),
    .init("erlang", "{ stages: 3, mean: 2s }", "the sum of several exponential stages"),
    .init("weibull", "{ shape: 0.7, scale: 2s }", "times to failure"),
    .init("pareto", "{ minimum: 1s, shape: 1.5 }", "a very heavy tail"),
    .init("normal", "{ mean: 2s, deviation: 300ms }", "a symmetrical spread, cut off at 0"),
    .init(
      "bimodal", "{ fast: 200ms, slow: 9s, slow-share: 3% }",
      "mostly one distribution, sometimes another"),
    .init(
      "mixture",
      "[{ weight: 9, lognormal: { median: 2s, p99: 9s } }, { weight: 1, constant: 30s }]",
      "any number of distributions with weights"),
    .init(
      "empirical", "{ file: latency.csv, column: seconds, unit: s }",
      "measured values from a column of a CSV file beside the scenario"),
  ]

  /// Reads a distribution of durations, in seconds.
  func distribution(depth: Int = 0) throws(ScenarioError) -> Distribution {
    let names = Self.families.map(\.name)
    let expected = "a duration, or a mapping with one of " + names.joined(separator: ", ")
    if scalar != nil { return .constant(try seconds()) }
    // Only an alias that nests mixtures by the thousand gets this deep.
    guard depth < 4 else { throw error("is nested too deeply", expected: "at most 4 levels") }
    let pairs = try pairs(expected: expected)
    guard let (key, name, value) = pairs.first, pairs.count == 1 else {
      throw error(
        "is not one distribution",
        found: pairs.isEmpty ? "an empty mapping" : pairs.map(\.name).joined(separator: ", "),
        expected: expected)
    }
    guard names.contains(name) else { throw key.unknown("distribution", name, among: names) }
    return try value.distribution(family: name, depth: depth)
  }

  private func distribution(family: String, depth: Int) throws(ScenarioError) -> Distribution {
    switch family {
    case "constant":
      if scalar != nil { return .constant(try seconds()) }
      return .constant(try parameters(["value"]).get("value").seconds())
    case "exponential":
      if scalar != nil { return .exponential(mean: try seconds(positive: true)) }
      return .exponential(mean: try parameters(["mean"]).get("mean").seconds(positive: true))
    case "uniform": return try uniform()
    case "lognormal": return try lognormal()
    case "gamma":
      let given = try parameters(["shape", "mean"])
      return .gamma(
        shape: try given.get("shape").number(above: 0),
        mean: try given.get("mean").seconds(positive: true))
    case "erlang":
      let given = try parameters(["stages", "mean"])
      return .erlang(
        stages: try given.get("stages").wholeNumber(1...1_000),
        mean: try given.get("mean").seconds(positive: true))
    case "weibull":
      let given = try parameters(["shape", "scale"])
      return .weibull(
        shape: try given.get("shape").number(above: 0),
        scale: try given.get("scale").seconds(positive: true))
    case "pareto":
      let given = try parameters(["minimum", "shape"])
      return .pareto(
        minimum: try given.get("minimum").seconds(positive: true),
        shape: try given.get("shape").number(above: 0))
    case "normal":
      let given = try parameters(["mean", "deviation"])
      return .normal(
        mean: try given.get("mean").seconds(),
        deviation: try given.get("deviation").seconds(positive: true))
    case "bimodal":
      let given = try parameters(["fast", "slow", "slow-share"])
      let share = Double(try given.get("slow-share").share().partsPerMillion)
      return .mixture([
        .init(
          weight: 1e6 - share, distribution: try given.get("fast").distribution(depth: depth + 1)),
        .init(weight: share, distribution: try given.get("slow").distribution(depth: depth + 1)),
      ])
    case "mixture": return try mixture(depth: depth)
    case "empirical": return try empirical()
    default: preconditionFailure("a family without a reader: \(family)")
    }
  }

  private func uniform() throws(ScenarioError) -> Distribution {
    let low: YAMLValue
    let high: YAMLValue
    if node.sequence != nil {
      let bounds = try elements(expected: "[low, high]")
      guard bounds.count == 2 else {
        throw error("is not a pair", found: "\(bounds.count) values", expected: "[low, high]")
      }
      (low, high) = (bounds[0], bounds[1])
    } else {
      let given = try parameters(["low", "high"])
      (low, high) = (given.get("low"), given.get("high"))
    }
    let bounds = (try low.seconds(), try high.seconds())
    guard bounds.0 <= bounds.1 else {
      throw high.error(
        "is impossible", expected: "an upper bound of at least \(low.scalar?.text ?? "the lower")")
    }
    return .uniform(low: bounds.0, high: bounds.1)
  }

  private func lognormal() throws(ScenarioError) -> Distribution {
    let given = try parameters(["median"], oneOf: ["sigma", "p99"])
    let median = try given.get("median").seconds(positive: true)
    if let sigma = given["sigma"] {
      return .lognormal(median: median, sigma: try sigma.number(above: 0, most: 10))
    }
    let tail = given.get("p99")
    let p99 = try tail.seconds(positive: true)
    guard p99 > median else {
      throw tail.error("is impossible", expected: "a 99th percentile above the median")
    }
    // ln(p99 / median) = sigma × z, with z the standard normal's 99th percentile.
    return .lognormal(median: median, sigma: log(p99 / median) / 2.326_347_874_040_841)
  }

  private func mixture(depth: Int) throws(ScenarioError) -> Distribution {
    let expected = "a list of { weight: 3, <distribution> }"
    let parts = try elements(expected: expected)
    guard !parts.isEmpty else { throw error("is empty", expected: expected) }
    var components: [Distribution.Component] = []
    for part in parts {
      var weight: Double?
      var distribution: Distribution?
      for (key, name, value) in try part.pairs(expected: expected) {
        if name == "weight" {
          weight = try value.number(above: 0)
        } else if distribution == nil, Self.families.contains(where: { $0.name == name }) {
          distribution = try value.distribution(family: name, depth: depth + 1)
        } else {
          throw key.unknown("key", name, among: ["weight"] + Self.families.map(\.name))
        }
      }
      guard let weight, let distribution else {
        throw part.error(
          weight == nil ? "lacks 'weight'" : "lacks a distribution", expected: expected)
      }
      components.append(.init(weight: weight, distribution: distribution))
    }
    return .mixture(components)
  }

  /// The parameters of a family by name: all of `required`, exactly one of `oneOf` unless empty.
  private func parameters(
    _ required: [String], oneOf: [String] = [], optional: [String] = []
  ) throws(ScenarioError) -> Parameters {
    let known = required + oneOf + optional
    let example = Self.families.first { path.hasSuffix(".\($0.name)") }?.example
    let expected =
      "the parameters " + known.joined(separator: ", ")
      + (example.map { ", as in \($0)" } ?? "")
    let pairs = try pairs(expected: expected)
    for (key, name, _) in pairs where !known.contains(name) {
      throw key.unknown("parameter", name, among: known)
    }
    let names = pairs.map(\.name)
    let found = names.isEmpty ? "an empty mapping" : names.joined(separator: ", ")
    for name in required where !names.contains(name) {
      throw error("lacks '\(name)'", found: found, expected: expected)
    }
    let given = oneOf.filter(names.contains)
    if !oneOf.isEmpty, given.count != 1 {
      let choice = oneOf.map { "'\($0)'" }.joined(separator: " or ")
      throw error(
        given.isEmpty ? "lacks \(choice)" : "has more than one of \(choice)", found: found,
        expected: "one of them" + (example.map { ", as in \($0)" } ?? ""))
    }
    return Parameters(values: pairs.map { ($0.name, $0.value) })
  }

  /// The parameters that were given, all known and none missing.
  private struct Parameters {
    var values: [(name: String, value: YAMLValue)]
    subscript(name: String) -> YAMLValue? { values.first { $0.name == name }?.value }
    func get(_ name: String) -> YAMLValue {
      guard let value = self[name] else { preconditionFailure("unchecked parameter: \(name)") }
      return value
    }
  }

  private func empirical() throws(ScenarioError) -> Distribution {
    let given = try parameters(["file", "column"], optional: ["unit"])
    let fileValue = given.get("file")
    let columnValue = given.get("column")
    let name = try fileValue.text(expected: "the path of a CSV file, relative to the scenario")
    let column = try columnValue.text(expected: "the name of a column")
    let factors = ["us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60, "h": 3_600]
    var factor = 1.0
    if let unit = given["unit"] {
      guard let known = factors[unit.scalar?.text ?? ""] else {
        throw unit.error("is not a unit", expected: "one of us, ms, s, m, h")
      }
      factor = known
    }
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    let path = name.hasPrefix("/") ? name : folder + name
    guard let data = FileManager.default.contents(atPath: path) else {
      throw fileValue.error(
        "cannot be read", found: "no readable file at \(path)", expected: "a CSV file")
    }
    let rows = CSVReader.numberedRows(String(decoding: data, as: UTF8.self))
    guard let header = rows.first?.fields, let index = header.firstIndex(of: column) else {
      throw columnValue.error(
        "names no column of \(path)",
        expected: "one of " + (rows.first?.fields ?? []).joined(separator: ", "))
    }
    var values: [Double] = []
    for (line, row) in rows.dropFirst() {
      guard row.count <= header.count else {
        throw fileValue.error(
          "has a row with more fields than its header",
          found: "\(row.count) fields in line \(line) of \(path)",
          expected: "at most \(header.count), and decimals with a point: 100.5, not 100,5")
      }
      guard index < row.count, let value = Double(row[index]), value >= 0, value.isFinite else {
        throw columnValue.error(
          "holds what is not a duration",
          found: "'\(index < row.count ? row[index] : "")' in line \(line) of \(path)",
          expected: "a number of 0 or more in every row")
      }
      values.append(value * factor)
    }
    guard !values.isEmpty else {
      throw fileValue.error("holds no values", found: "only a header", expected: "at least one row")
    }
    return .empirical(values.sorted())
  }
}

/// A family of distributions, as people are told about it.
package struct DistributionFamily: Sendable {
  package let name: String
  /// How its parameters are written.
  package let example: String
  /// What it is good for.
  package let about: String

  init(_ name: String, _ example: String, _ about: String) {
    self.name = name
    self.example = example
    self.about = about
  }
}

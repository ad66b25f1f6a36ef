import Simulation
import Testing

/// One of each kind, with parameters as they occur.
private let kinds: [Distribution] = [
  .uniform(low: 0.5, high: 2),
  .exponential(mean: 3),
  .lognormal(median: 1.24, sigma: 0.29),
  .lognormal(median: 3, p99: 19),
  .gamma(shape: 2.5, mean: 0.8),
  .erlang(stages: 3, mean: 1.2),
  .weibull(shape: 0.7, scale: 2),
  .pareto(minimum: 0.2, shape: 2.5),
  .normal(mean: 1, deviation: 0.3),
  .normal(mean: 0.2, deviation: 1),
  .normal(mean: -2, deviation: 1),
  .bimodal(usual: .lognormal(median: 0.1, p99: 0.4), rare: .exponential(mean: 5), share: 0.05),
  .mixture([
    .init(weight: 3, distribution: .uniform(low: 0, high: 1)),
    .init(weight: 0, distribution: .constant(99)),
    .init(weight: 1, distribution: .gamma(shape: 2, mean: 4)),
  ]),
  .observed([3, 1, 2, 2.5, 8, 0.5]),
]

@Suite struct DistributionTests {
  private let shares = [1e-6, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 - 1e-6]

  @Test(arguments: kinds)
  func theQuantileInvertsTheCumulativeFunction(_ distribution: Distribution) {
    #expect(distribution.problem == nil)
    for share in shares {
      let value = distribution.quantile(share)
      #expect(value >= 0 && value.isFinite)
      #expect(abs(distribution.cumulative(value) - share) < 1e-7, "at \(share): \(value)")
    }
  }

  @Test(arguments: kinds)
  func drawsHaveTheMeanAndTheQuantilesOfTheirDistribution(_ distribution: Distribution) {
    var stream = Streams(seed: 7).stream(Purpose("draws"))
    let count = 100_000
    let draws = (0..<count).map { _ in distribution.sample(&stream) }.sorted()
    let mean = draws.reduce(0, +) / Double(count)
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    let tolerance = 5 * (variance / Double(count)).squareRoot()
    #expect(abs(mean - distribution.mean) < tolerance, "\(mean), not \(distribution.mean)")
    for share in [0.05, 0.25, 0.5, 0.75, 0.95, 0.99] {
      let drawn = draws[Int(share * Double(count))]
      // Five standard deviations of the share of draws below a quantile.
      let error = 5 * (share * (1 - share) / Double(count)).squareRoot()
      #expect(abs(distribution.cumulative(drawn) - share) < error, "at \(share)")
    }
  }

  @Test(arguments: kinds + [.constant(2)])
  func oneDrawUsesOneUniform(_ distribution: Distribution) {
    var drawn = Streams(seed: 7).stream(Purpose("one"))
    var counted = drawn
    for _ in 0..<100 {
      _ = distribution.sample(&drawn)
      _ = counted.uniform()
    }
    #expect(drawn.next() == counted.next())
  }

  /// Notices a change of streams or functions: every stored seed would then mean another world.
  @Test func theFirstDrawsAreWrittenDown() {
    let draws = kinds.map { distribution in
      var stream = Streams(seed: 7).stream(Purpose("golden"), 1)
      return (0..<2).map { _ in distribution.duration(&stream).components }
        .map { $0.seconds * 1_000_000 + $0.attoseconds / 1_000_000_000_000 }
    }
    #expect(
      draws == [
        [1_288_549, 1_997_031], [2_237_741, 18_674_597], [1_263_399, 2_859_698],
        [3_157_436, 29_513_226], [726_700, 3_029_010], [1_111_890, 4_163_201],
        [1_315_699, 27_258_465], [269_531, 2_412_126], [1_019_492, 1_864_459],
        [798_530, 3_249_347], [297_666, 1_915_889], [108_324, 16_145_667], [700_932, 13_812_442],
        [2_314_248, 7_950_510],
      ])
  }

  @Test func aLognormalHasItsMedianAndItsP99() {
    let distribution = Distribution.lognormal(median: 3, p99: 19)
    #expect(abs(distribution.quantile(0.5) - 3) < 1e-9)
    #expect(abs(distribution.quantile(0.99) - 19) < 1e-9)
  }

  @Test func meansAreThoseOfTheTextbooks() {
    #expect(Distribution.constant(2).mean == 2)
    #expect(abs(Distribution.weibull(shape: 1, scale: 2).mean - 2) < 1e-12)
    #expect(Distribution.pareto(minimum: 1, shape: 1).mean == .infinity)
    #expect(abs(Distribution.pareto(minimum: 1, shape: 3).mean - 1.5) < 1e-12)
    // The half-normal distribution: σ √(2/π).
    #expect(abs(Distribution.normal(mean: 0, deviation: 1).mean - 0.797_884_560_802_865) < 1e-12)
    #expect(Distribution.empirical([1, 3]).mean == 2)
    #expect(Distribution.empirical([4]).mean == 4)
  }

  @Test func durationsAreWholeMicrosecondsWhateverTheNumber() {
    var stream = Streams(seed: 1).stream(Purpose("duration"))
    #expect(Distribution.constant(0.001_000_4).duration(&stream) == .microseconds(1_000))
    #expect(Distribution.constant(-1).duration(&stream) == .zero)
    #expect(Distribution.constant(.nan).duration(&stream) == .zero)
    #expect(Distribution.constant(.infinity).duration(&stream) == .seconds(3_155_760_000))
    #expect(Distribution.constant(1e300).duration(&stream) == .seconds(3_155_760_000))
  }

  @Test(arguments: [
    (Distribution.constant(-1), "the value must not be negative, but is -1.0"),
    (.uniform(low: 2, high: 1), "'low' (2.0) must not exceed 'high' (1.0)"),
    (.exponential(mean: 0), "'mean' must be positive, but is 0.0"),
    (.exponential(mean: .nan), "'mean' must be positive, but is nan"),
    (.lognormal(median: -1, sigma: 1), "'median' must be positive, but is -1.0"),
    (
      .lognormal(median: 2, p99: 2),
      "'sigma' must be positive, that is, 'p99' above 'median', but is 0.0"
    ),
    (.gamma(shape: 0, mean: 1), "'shape' must be positive, but is 0.0"),
    (.erlang(stages: 0, mean: 1), "'stages' must be at least 1, but is 0"),
    (.weibull(shape: 1, scale: .infinity), "'scale' must be positive, but is inf"),
    (.pareto(minimum: 0, shape: 1), "'minimum' must be positive, but is 0.0"),
    (.normal(mean: 1, deviation: 0), "'deviation' must be positive, but is 0.0"),
    (
      .normal(mean: -100, deviation: 1),
      "'mean' (-100.0) is so far below zero that nothing would be left above it"
    ),
    (.mixture([]), "a mixture needs at least one component"),
    (
      .mixture([.init(weight: -1, distribution: .constant(1))]),
      "the weight of component 1 must not be negative, but is -1.0"
    ),
    (
      .mixture([.init(weight: 1, distribution: .exponential(mean: -2))]),
      "component 1: 'mean' must be positive, but is -2.0"
    ),
    (
      .mixture([.init(weight: 0, distribution: .constant(1))]),
      "one component of a mixture must have a positive weight"
    ),
    (.empirical([]), "an empirical distribution needs at least one value"),
    (.empirical([2, 1]), "observed values must ascend, but 1.0 follows 2.0"),
    (.empirical([-1, 1]), "an observed value must not be negative, but one is -1.0"),
  ])
  func wrongParametersAreNamed(_ distribution: Distribution, _ problem: String) {
    #expect(distribution.problem == problem)
  }

  @Test func theCatalogueNamesEveryKindOnce() {
    let names = Distribution.all.map(\.name)
    #expect(Set(names).count == 12)
    #expect(names.count == 12)
    #expect(Distribution.all.allSatisfy { $0.about.hasSuffix(".") })
  }
}

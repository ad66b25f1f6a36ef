import Simulation
import Testing

@Suite struct StreamTests {
  private let streams = Streams(seed: 2_024)

  @Test func aStreamDependsOnItsKeyAlone() {
    var first = streams.stream(Purpose("a"), 1, 2, 3)
    for _ in 0..<100 { _ = first.next() }
    var other = streams.stream(Purpose("b"), 1, 2, 3)
    _ = other.next()
    var again = streams.stream(Purpose("a"), 1, 2, 3)
    var fresh = streams.stream(Purpose("a"), 1, 2, 3)
    #expect(again == fresh)
    #expect(again.next() == fresh.next())
  }

  @Test func everyWordOfTheKeyMatters() {
    let purpose = Purpose("p")
    var firsts: [UInt64] = []
    var keys = [
      streams.stream(purpose), streams.stream(purpose, 1), streams.stream(purpose, 0, 1),
      streams.stream(purpose, 0, 0, 1), streams.stream(purpose, 1, 1), streams.stream(purpose, 2),
      streams.stream(Purpose("q")), Streams(seed: 2_025).stream(purpose),
    ]
    for index in keys.indices { firsts.append(keys[index].next()) }
    #expect(Set(firsts).count == firsts.count)
  }

  /// Notices a change of the streams: every stored seed would then mean another world.
  @Test func theFirstNumbersOfAStreamAreWrittenDown() {
    var stream = streams.stream(Purpose("golden"), 1, 2, 3)
    #expect(
      (0..<3).map { _ in stream.next() } == [
        7_301_186_198_749_839_231, 650_255_463_968_665_272, 16_312_673_779_986_650_331,
      ])
    var counts = streams.stream(Purpose("golden"), 4)
    #expect((0..<8).map { _ in counts.poisson(mean: 1.5) } == [1, 4, 4, 3, 1, 1, 0, 1])
    #expect((0..<8).map { _ in counts.choice(weights: [1, 2, 3]) } == [2, 1, 2, 2, 2, 1, 2, 2])
  }

  @Test func uniformsLieInTheOpenInterval() {
    var stream = streams.stream(Purpose("uniform"))
    var (low, high, sum) = (1.0, 0.0, 0.0)
    for _ in 0..<100_000 {
      let value = stream.uniform()
      (low, high, sum) = (min(low, value), max(high, value), sum + value)
    }
    #expect(low > 0 && low < 1e-4)
    #expect(high < 1 && high > 1 - 1e-4)
    // Four standard deviations of the mean of 100,000 uniforms.
    #expect(abs(sum / 100_000 - 0.5) < 4 * 0.2887 / 316.2)
  }

  @Test func streamsWithNeighbouringKeysAreNotCorrelated() {
    let purpose = Purpose("neighbours")
    let count = 50_000
    for word in 0..<3 {
      var sum = 0.0
      for key in 0..<UInt64(count) {
        func first(_ key: UInt64) -> Double {
          var stream = streams.stream(
            purpose, word == 0 ? key : 7, word == 1 ? key : 7, word == 2 ? key : 7)
          return stream.uniform() - 0.5
        }
        sum += first(key) * first(key + 1)
      }
      // The correlation of independent numbers has the standard deviation 1/√n.
      #expect(abs(sum / Double(count) * 12) < 4 / Double(count).squareRoot())
    }
  }

  @Test func everyBitIsSetHalfOfTheTime() {
    let purpose = Purpose("bits")
    var ones = [Int](repeating: 0, count: 64)
    for key in 0..<20_000 as Range<UInt64> {
      var stream = streams.stream(purpose, key)
      let word = stream.next()
      for bit in 0..<64 where word >> UInt64(bit) & 1 == 1 { ones[bit] += 1 }
    }
    // Five standard deviations of 20,000 tosses.
    for count in ones { #expect(abs(count - 10_000) < 354) }
  }

  @Test func chancesAreInPartsPerMillion() {
    var stream = streams.stream(Purpose("chance"))
    let hits = (0..<100_000).count { _ in stream.chance(partsPerMillion: 20_000) }
    #expect(abs(hits - 2_000) < 4 * 45)
    #expect((0..<1_000).allSatisfy { _ in stream.chance(partsPerMillion: 1_000_000) })
    #expect(!(0..<1_000).contains { _ in stream.chance(partsPerMillion: 0) })
  }

  @Test func choicesFollowTheirWeights() {
    let weights = [1.0, 0, 2.5, 6.5]
    var stream = streams.stream(Purpose("choice"))
    var counts = [Int](repeating: 0, count: 4)
    for _ in 0..<100_000 { counts[stream.choice(weights: weights)] += 1 }
    #expect(counts[1] == 0)
    let deviations = zip(counts, weights).filter { $0.1 > 0 }.map { count, weight in
      let expected = weight * 10_000
      return (Double(count) - expected) * (Double(count) - expected) / expected
    }
    // The 99.9th percentile of chi-square with two degrees of freedom.
    #expect(deviations.reduce(0, +) < 13.8)
  }

  @Test func indicesAreEquallyLikely() {
    var stream = streams.stream(Purpose("index"))
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.index(below: 7)] += 1 }
    let chiSquare = counts.reduce(0.0) {
      $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000
    }
    // The 99.9th percentile of chi-square with six degrees of freedom.
    #expect(chiSquare < 22.5)
  }

  @Test func countsHaveTheirMeans() {
    var stream = streams.stream(Purpose("counts"))
    let poisson = (0..<50_000).reduce(0) { sum, _ in sum + stream.poisson(mean: 3) }
    #expect(abs(Double(poisson) / 50_000 - 3) < 4 * 1.732 / 223.6)
    let binomial = (0..<50_000).reduce(0) { sum, _ in
      sum + stream.binomial(trials: 10, probability: 0.3)
    }
    #expect(abs(Double(binomial) / 50_000 - 3) < 4 * 1.449 / 223.6)
    #expect(stream.poisson(mean: 0) == 0)
  }
}

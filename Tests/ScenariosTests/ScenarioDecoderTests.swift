import Foundation
import Scenarios
import Simulation
import TestSupport
import Testing

struct ScenarioDecoderTests {
  private func decode(_ more: String = "") throws -> Scenario {
    try ScenarioDecoder.decode("name: a\nbookings: 5\n" + more, path: "a.yaml")
  }

  @Test func nameAndBookingsAreEnough() throws {
    #expect(try decode() == Scenario(name: "a", bookings: 5))
  }

  @Test(arguments: [
    ("250ms", 0.25), ("1.24s", 1.24), ("15m", 900), ("26h", 93_600), ("2d", 172_800),
    ("40us", 0.000_04), ("0s", 0),
  ])
  func durationsHaveUnits(text: String, seconds: Double) throws {
    #expect(try decode("clients: { patience: \(text) }").clients.patience == .constant(seconds))
  }

  @Test(arguments: [("2%", 20_000), ("0.2%", 2_000), ("0.0001%", 1), ("100%", 1_000_000)])
  func sharesAreExact(text: String, partsPerMillion: Int) throws {
    let scenario = try decode("clients: { double-click: \(text) }")
    #expect(scenario.clients.doubleClick == Share(partsPerMillion: partsPerMillion))
  }

  @Test(arguments: [
    ("{ exponential: 10m }", Distribution.exponential(mean: 600)),
    ("{ exponential: { mean: 10m } }", .exponential(mean: 600)),
    ("{ uniform: [1s, 30s] }", .uniform(low: 1, high: 30)),
    ("{ uniform: { low: 1s, high: 30s } }", .uniform(low: 1, high: 30)),
    ("{ lognormal: { median: 1.24s, sigma: 0.29 } }", .lognormal(median: 1.24, sigma: 0.29)),
    ("{ gamma: { shape: 4, mean: 2s } }", .gamma(shape: 4, mean: 2)),
    ("{ erlang: { stages: 3, mean: 2s } }", .erlang(stages: 3, mean: 2)),
    ("{ weibull: { shape: 0.7, scale: 2s } }", .weibull(shape: 0.7, scale: 2)),
    ("{ pareto: { minimum: 1s, shape: 1.5 } }", .pareto(minimum: 1, shape: 1.5)),
    ("{ normal: { mean: 2s, deviation: 300ms } }", .normal(mean: 2, deviation: 0.3)),
    (
      "{ bimodal: { fast: 1s, slow: 9s, slow-share: 3% } }",
      .mixture([
        .init(weight: 970_000, distribution: .constant(1)),
        .init(weight: 30_000, distribution: .constant(9)),
      ])
    ),
    (
      "{ mixture: [{ weight: 9, constant: 1s }, { weight: 1, exponential: 2s }] }",
      .mixture([
        .init(weight: 9, distribution: .constant(1)),
        .init(weight: 1, distribution: .exponential(mean: 2)),
      ])
    ),
  ])
  func everyFamilyIsRead(text: String, distribution: Distribution) throws {
    #expect(
      try decode("services: { mail: { latency: \(text) } }").services.mail.common.latency
        == distribution)
  }

  @Test func p99GivesTheSpreadOfALognormal() throws {
    let scenario = try decode(
      "services: { flight: { latency: { lognormal: { median: 3s, p99: 19s } } } }")
    guard case .lognormal(3, let sigma) = scenario.services.flight.common.latency else {
      Issue.record("not a lognormal")
      return
    }
    #expect(abs(sigma - 0.7934) < 0.0001)
  }

  @Test func empiricalValuesComeFromAColumnBesideTheScenario() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/empirical-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("op,took\n\"a,b\",30\nc,10\n".utf8).write(to: URL(filePath: folder + "/l.csv"))
    let text =
      "name: a\nbookings: 1\nservices: { mail: { latency: { empirical: { file: l.csv, column: took, unit: ms } } } }"
    let scenario = try ScenarioDecoder.decode(text, path: folder + "/a.yaml")
    #expect(scenario.services.mail.common.latency == .empirical([0.01, 0.03]))
  }

  private func latency(_ csv: String) throws -> Distribution {
    let folder = try TemporaryFolder()
    _ = try folder.write("l.csv", csv)
    return try ScenarioDecoder.decode(
      "name: a\nbookings: 1\nservices: { mail: { latency: { empirical: { file: l.csv, column: ms, unit: ms } } } }",
      path: folder.path + "/a.yaml"
    ).services.mail.common.latency
  }

  @Test func byteOrderMarksAreSkipped() throws {
    #expect(try latency("\u{FEFF}ms\n30\n") == .empirical([0.03]))
    #expect(try latency("\u{FEFF}\"ms\"\r\n30\r\n") == .empirical([0.03]))
    let scenario = try ScenarioDecoder.decode("\u{FEFF}name: a\nbookings: 1\n", path: "a.yaml")
    #expect(scenario.name == "a")
  }

  @Test(arguments: [
    ("ms\n30\n\n100,5\n", "2 fields in line 4 of "),
    ("op,ms\n\"a\nb\",30\nc,100,5\n", "3 fields in line 4 of "),
  ])
  func aRowWithMoreFieldsThanItsHeaderIsAnError(csv: String, found: String) throws {
    let error = #expect(throws: ScenarioError.self) { _ = try latency(csv) }
    #expect(error?.found.hasPrefix(found) == true)
    #expect(error?.expected.contains("100.5, not 100,5") == true)
  }

  @Test func aQuotedDecimalCommaIsAnErrorWithItsLine() throws {
    let error = #expect(throws: ScenarioError.self) { _ = try latency("ms\n30\n\"100,5\"\n") }
    #expect(error?.found.hasPrefix("'100,5' in line 3 of ") == true)
  }

  @Test func aShareAloneKeepsTheDelaysDefault() throws {
    let scenario = try decode("services: { hotel: { late-effect: 2% } }")
    #expect(
      scenario.services.hotel.common.network.faults["late-effect"].share.partsPerMillion == 20_000)
    #expect(
      scenario.services.hotel.common.network.faults["late-effect"].after
        == Scenario.Network().faults["late-effect"].after)
  }

  @Test func pendingActivitiesMayBeRejected() throws {
    let scenario = try decode(
      "services: { activity: { pending: { share: 5%, after: 5m, fails: 40% } } }")
    #expect(scenario.services.activity.faults["pending"].fails == Share(partsPerMillion: 400_000))
  }

  @Test func theExampleOfTheDesignIsReadButForItsSecondOrchestrator() throws {
    let text = """
      name: rush-hour
      about: Two orchestrators, flaky vendors, one Stripe outage that outlives an idempotency key.
      bookings: 5000
      arrivals: { rate: 40/s }
      trips:    { activities: { poisson: 1.5, most: 4 }, currencies: { USD: 6, EUR: 3, JPY: 1 }, seats: scarce }
      clients:  { double-click: 2%, retry-after-timeout: 80%, cancel: { share: 5%, after: { exponential: 30s } } }
      orchestrators: { crash: { every: { exponential: 10m } , restart-after: { uniform: [1s, 30s] } } }
      services:
        stripe:  { latency: { lognormal: { median: 1.24s, sigma: 0.29 } }, decline: 10%, response-lost: 0.2%, request-lost: 0.1%, error-500: 0.2% }
        flight:  { latency: { lognormal: { median: 3s, p99: 19s } }, sell-failure: 5%, response-lost: 0.2% }
      outages:   [ { service: stripe, from: 10m, for: 26h, mode: response-lost } ]
      must-reach: [ refund-after-lost-response, undo-after-crash ]
      limits:    { virtual-time: 96h, events: 50_000_000 }
      """
    let scenario = try ScenarioDecoder.decode(text, path: "rush-hour.yaml")
    #expect(scenario.limits.events == 50_000_000)
    #expect(
      scenario.outages == [
        Scenario.Outage(service: "stripe", from: 600, length: 93_600, mode: .responseLost)
      ])
    #expect(scenario.orchestrators.crashEvery == .exponential(mean: 600))
  }
}

import Scenarios
import Simulation
import Testing

@testable import Audit
@testable import BookingOrchestrator
@testable import Worlds

/// Links in whole worlds: made, opened, ended, and judged.
struct LinkTests {
  private func scenario() -> Scenario {
    var scenario = Scenario(name: "links", bookings: 20)
    scenario.clients.share = Share(partsPerMillion: 1_000_000)
    return scenario
  }

  @Test func linksAreMadeOpenedAndEnd() {
    let result = World.run(scenario(), seed: 1)
    #expect(result.verdict == .pass)
    #expect(result.violations == [])
    for id in ["S1", "S2", "S3", "S4"] {
      #expect(result.invariants.first { $0.id == id }?.exercised ?? 0 > 0, "\(id)")
    }
    #expect(result.history.marks["revoked-link-refused"] ?? 0 > 0)
    #expect(result.history.marks["expired-link-refused"] ?? 0 > 0)
    for operation in ["share", "open-link", "revoke-link", "itinerary"] {
      #expect(result.history.calls.contains { $0.operation == operation }, "\(operation)")
    }
  }

  /// A trace is written to files and shown to people: no token is in it, as none is in a log.
  @Test func noTokenIsInATrace() {
    var trace = ""
    let result = World.run(scenario(), seed: 1, trace: { trace += $0.detail + "\n" })
    let tokens = Set(result.history.clients.compactMap { $0.link?.token }.filter { !$0.isEmpty })
    #expect(tokens.count > 20)
    #expect(trace.contains("/share/:token"))
    #expect(tokens.allSatisfy { !trace.contains($0) })
  }

  @Test func theSameSeedGivesTheSameLinks() {
    let first = World.run(scenario(), seed: 3)
    #expect(World.run(scenario(), seed: 3).traceHash == first.traceHash)
  }

  @Test func secretsDifferByWhatTheyAreForAndNotByWhen() {
    let secrets = KeyedSecrets(streams: Streams(seed: 1))
    let one = secrets.secret(bytes: 24, hint: "sl_1")
    #expect(secrets.secret(bytes: 24, hint: "sl_1") == one)
    #expect(secrets.secret(bytes: 24, hint: "sl_2") != one)
    #expect(Set(one).count > 12)
  }

  @Test func optionsCarryPlacesAndTimes() throws {
    let world = World(scenario(), seed: 1, build: World.orchestrator)
    for client in 0..<6 {
      var trip = TripGenerator(scenario(), streams: Streams(seed: 1)).trip(client, arrival: 0)
      world.vendors.offer(&trip)
      let option = trip.offered.option
      #expect((option.flight.segments != nil) == (client % 2 == 1))
      #expect(option.flight.flown.first?.departure.moment != nil)
      #expect(option.hotel.arrival?.moment?.utc != nil)
      try option.checkPlaces()
    }
  }
}

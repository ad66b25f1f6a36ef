import GRDB
import Scenarios
import Simulation
import Testing

@testable import Audit
@testable import BookingOrchestrator
@testable import Worlds

/// Receivers in whole worlds: told, failing, dead for a day, and judged.
struct HookWorldTests {
  private func scenario(_ change: (inout Scenario.Hooks) -> Void = { _ in }) -> Scenario {
    var scenario = Scenario(name: "hooks", bookings: 12)
    scenario.clients.names = 3
    scenario.clients.hooks.share = Share(partsPerMillion: 1_000_000)
    change(&scenario.clients.hooks)
    return scenario
  }

  private func statuses(_ world: World) throws -> [String] {
    try world.queue.read { db in
      try String.fetchAll(db, sql: "SELECT DISTINCT status FROM hook_event ORDER BY status")
    }
  }

  @Test func everyClientIsToldOfItsTrips() {
    let result = World.run(scenario(), seed: 1)
    #expect(result.verdict == .pass)
    #expect(result.violations == [])
    for id in ["K1", "K2", "K3", "K4", "K5", "K6"] {
      #expect(result.invariants.first { $0.id == id }?.exercised ?? 0 > 0, "\(id)")
    }
    let told = result.history.calls.filter { $0.service == "hooks" }
    #expect(Set(told.map(\.bookingID)) == Set((0..<12).map { "bk_\($0)" }))
  }

  @Test func withoutReceiversNobodyIsTold() {
    var scenario = scenario()
    scenario.clients.hooks.share = .never
    let result = World.run(scenario, seed: 1)
    #expect(!result.history.calls.contains { $0.service == "hooks" })
    #expect(result.invariants.first { $0.id == "K1" }?.exercised == 0)
  }

  @Test func whatADeadReceiverDoesNotTakeIsGivenUp() throws {
    let world = World(
      scenario {
        $0.dead = Chance(share: Share(partsPerMillion: 1_000_000), after: .constant(2e6))
      },
      seed: 1, build: World.orchestrator)
    world.audit()
    let result = world.play()
    #expect(result.verdict == .pass)
    #expect(result.violations == [])
    #expect(try statuses(world) == ["given-up"])
    #expect(result.history.marks["hook-given-up"] ?? 0 > 0)
  }

  @Test func whatFailsComesAgainAndIsTaken() throws {
    let half = Share(partsPerMillion: 200_000)
    let world = World(
      scenario {
        $0.error500 = half
        $0.redirect = half
        $0.slow.share = half
        $0.unavailable.share = half
      }, seed: 1, build: World.orchestrator)
    world.audit()
    let result = world.play()
    #expect(result.verdict == .pass)
    #expect(result.violations == [])
    #expect(try statuses(world) == ["sent"])
    let kinds = Set(result.history.faults.filter { $0.service == "hooks" }.map(\.kind))
    #expect(kinds == ["error-500", "redirect", "slow", "unavailable"])
  }

  @Test func theSameSeedTellsTheSame() {
    let first = World.run(scenario(), seed: 3)
    #expect(World.run(scenario(), seed: 3).traceHash == first.traceHash)
  }

  @Test(arguments: [("evt_bk_17_2", "bk_17"), ("evt_bk_17-2_1", "bk_17-2"), ("evt_", "")])
  func eventsNameTheirBooking(_ event: String, _ booking: String) {
    let body = Array("{\n\"id\": \"\(event)\", \"sequence\": 1}".utf8)
    #expect(HookReceivers.booking(of: body) == booking)
  }
}

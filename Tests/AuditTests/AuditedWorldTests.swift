import Scenarios
import Simulation
import Testing

@testable import Audit
@testable import Worlds

/// The auditor over whole worlds with the real orchestrator and the real fakes.
struct AuditedWorldTests {
  private func run(
    _ bookings: Int, seed: UInt64, _ change: (inout Scenario) -> Void = { _ in }
  ) -> RunResult {
    var scenario = Scenario(name: "audited", bookings: bookings)
    change(&scenario)
    return World.run(scenario, seed: seed)
  }

  private func share(_ percent: Int) -> Share { Share(partsPerMillion: percent * 10_000) }

  @Test func aFlawlessWorldViolatesNothing() {
    let result = run(30, seed: 1)
    #expect(result.violations == [])
    #expect(result.verdict == .pass)
  }

  @Test(arguments: [1, 3] as [UInt64])
  func refusingVendorsAreNoViolation(seed: UInt64) {
    let result = run(60, seed: seed) {
      $0.trips.gone = share(5)
      $0.services.stripe.faults["decline"].share = share(10)
      $0.services.flight.faults["sell-failure"].share = share(10)
      $0.services.hotel.faults["unavailable"].share = share(10)
      $0.services.activity.faults["sold-out"].share = share(10)
      $0.services.activity.faults["rejected"].share = share(10)
      $0.services.activity.faults["pending"].share = share(10)
      $0.clients.cancel.share = share(20)
    }
    #expect(result.violations == [])
    #expect(result.verdict == .pass)
  }

  /// A record locator is learnt in the same moment as the hotel's end: the traveller is told of both.
  @Test(arguments: [1, 2] as [UInt64])
  func halfAnswersOfEveryVendorAreNoViolation(seed: UInt64) {
    let result = run(30, seed: seed) {
      $0.services.stripe.common.incomplete = share(100)
      $0.services.flight.common.incomplete = share(100)
      $0.services.hotel.common.incomplete = share(100)
      $0.services.hotel.faults["cancelled-by-property"].share = share(100)
      $0.services.activity.common.incomplete = share(100)
      $0.services.activity.common.oddForms = share(100)
      $0.clients.cancel.share = share(20)
    }
    #expect(result.violations == [])
    #expect(result.verdict == .pass)
    #expect(result.invariants.first { $0.id == "V12" }?.exercised ?? 0 > 100)
  }
}

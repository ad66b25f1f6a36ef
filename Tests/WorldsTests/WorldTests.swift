import BookingOrchestrator
import FakeVendors
import Scenarios
import Simulation
import Testing

@testable import Audit
@testable import Worlds

struct WorldTests {
  /// Plays a small world with the real orchestrator and without an auditor.
  private func play(
    _ bookings: Int = 30, seed: UInt64 = 1, leavingOut: Set<Int> = [],
    _ change: (inout Scenario) -> Void = { _ in }
  ) -> RunResult {
    var scenario = Scenario(name: "test", bookings: bookings)
    change(&scenario)
    let stage = World(scenario, seed: seed, leavingOut: leavingOut, build: World.orchestrator)
    return stage.play()
  }

  @Test func flawlessWorldConfirmsEverything() {
    let result = play { $0.services.stripe.webhooks[.twice] = .never }
    #expect(result.verdict == .pass)
    let last = result.history.clients.suffix(30)
    #expect(last.allSatisfy { $0.state == "CONFIRMED" })
    #expect(result.paymentIntents.filter { $0.status == "succeeded" }.count == 30)
    #expect(result.history.faults.isEmpty)
  }

  @Test func sameSeedSameWorld() {
    #expect(play().traceHash == play().traceHash)
  }

  @Test func everyExchangeIsWrittenDown() {
    let calls = play(10).history.calls
    #expect(calls.map(\.sequence) == Array(1...calls.count))
    #expect(calls.allSatisfy { $0.operation != "other" })
    #expect(calls.allSatisfy { !$0.bookingID.isEmpty })
  }

  @Test func clientsThatStayAwayChangeNoOthersPrices() {
    let all = play(20)
    let some = play(20, leavingOut: [3])
    func amounts(_ result: RunResult) -> [String: Int64] {
      Dictionary(
        result.paymentIntents.map { ($0.metadata["booking"] ?? "", $0.amountMinor) },
        uniquingKeysWith: { first, _ in first })
    }
    var expected = amounts(all)
    expected["bk_3"] = nil
    #expect(amounts(some) == expected)
  }

  @Test func crashesAreSurvived() {
    let result = play(30) {
      $0.orchestrators.crashAtCommit = Share(partsPerMillion: 5_000)
      $0.orchestrators.crashAtSend = Share(partsPerMillion: 10_000)
    }
    #expect(result.verdict == .pass)
    #expect(!result.history.crashes.isEmpty)
  }

  @Test func doubleClicksJoin() {
    let result = play(10) { $0.clients.doubleClick = Share(partsPerMillion: 1_000_000) }
    #expect(result.history.marks["double-click-joined"] == 10)
  }

  @Test func otherBodiesAreRefused() {
    let result = play(10) { $0.clients.otherBody = Share(partsPerMillion: 1_000_000) }
    let others = result.history.clients.filter { !$0.trueBody }
    #expect(others.map(\.request).filter { $0 == .book }.count == 10)
    #expect(others.map(\.request).filter { $0 == .register }.count == 10)
    #expect(others.allSatisfy { $0.result == .fail })
  }

  @Test func bookingsAreUnknownToOtherNames() {
    let result = play(12) {
      $0.clients.names = 3
      $0.clients.foreignReads = Share(partsPerMillion: 1_000_000)
    }
    #expect(result.verdict == .pass)
    let foreign = result.history.clients.filter { $0.request.isForeign }
    #expect(foreign.count == 24)
    #expect(foreign.allSatisfy { $0.result == .fail && $0.httpStatus == 404 })
    #expect(Set(result.history.clients.filter { $0.request == .book }.map(\.key)).count == 4)
    #expect(result.history.clients.suffix(12).allSatisfy { $0.state == "CONFIRMED" })
  }

  @Test func malformedBodiesAreRefusedAndLeaveTheirKeyFree() {
    let result = play(20) { $0.clients.malformed = Share(partsPerMillion: 1_000_000) }
    let broken = result.history.clients.filter { !$0.trueBody }
    #expect(broken.count == 40, "each sends one that is no JSON, and one that lacks a member")
    #expect(broken.count { $0.pointer == $0.lacking && !$0.lacking.isEmpty } == 20)
    #expect(broken.allSatisfy { (400..<500).contains($0.httpStatus) && $0.bookingID.isEmpty })
    #expect(result.verdict == .pass)
    #expect(result.history.clients.suffix(20).allSatisfy { $0.state == "CONFIRMED" })
  }

  @Test(arguments: Malformation.allCases)
  func everyMalformationIsDrawn(kind: Malformation) {
    var clients = Scenario.Clients()
    clients.malformed = Share(partsPerMillion: 1_000_000)
    let streams = Streams(seed: 1)
    let kinds = (0..<60).map { ClientPlan(clients, streams: streams, client: $0).malformed }
    #expect(kinds.contains(kind))
  }

  @Test func hangingUpChangesNothing() {
    let result = play(10) { $0.clients.hangUp = Share(partsPerMillion: 1_000_000) }
    #expect(result.verdict == .pass)
    #expect(result.history.clients.suffix(10).allSatisfy { $0.state == "CONFIRMED" })
  }

  @Test func cancelledTripsEndCancelled() {
    let result = play(20) {
      $0.clients.cancel = Chance(
        share: Share(partsPerMillion: 1_000_000), after: .uniform(low: 0, high: 120))
    }
    #expect(result.verdict == .pass)
    #expect(
      result.history.clients.suffix(20).allSatisfy { ["CANCELLED", "FAILED"].contains($0.state) })
  }

  @Test func outagesEnd() {
    let result = play(20) {
      $0.outages = [.init(service: "stripe", from: 0, length: 600, mode: .refused)]
    }
    #expect(result.verdict == .pass)
    #expect(result.history.faults.contains { $0.kind == "refused" })
    #expect(result.virtualMicroseconds > 600_000_000)
  }

  @Test func eventLimitMakesARunInconclusive() {
    let result = play { $0.limits.events = 500 }
    guard case .inconclusive = result.verdict else {
      Issue.record("\(result.verdict)")
      return
    }
  }

  @Test func seatsAreNeverSoldTwice() {
    let result = play(60) { $0.trips.seats = .scarce }
    #expect(result.verdict == .pass)
    #expect(result.history.clients.suffix(60).contains { $0.state == "FAILED" })
  }
}

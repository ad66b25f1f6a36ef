import FakeVendors
import Simulation
import TestSupport
import Testing

@testable import Scenarios

/// What every table of faults keeps, so that a new row needs no test of its own for it.
struct FaultTableTests {
  private static let everyFault = Repository.root + "/scenarios/fast/every-fault.yaml"

  @Test(arguments: VendorName.allCases)
  func namesAreUniqueAndOperationsAreKnown(vendor: VendorName) {
    let network = NetworkFault.declarations.map(\.name)
    let names = vendor.faults.map(\.name)
    #expect(Set(names).count == names.count)
    // One name stands for one fault in faults.csv.
    #expect(names.filter(network.contains) == [])
    for case .only(let operations) in vendor.faults.map(\.reach) {
      #expect(operations.filter { !vendor.operations.names.contains($0) } == [])
    }
  }

  @Test func theNetworksNamesAreThoseOfItsFaults() {
    #expect(NetworkFault.declarations.map(\.name) == NetworkFault.names)
    for row in NetworkFault.table {
      #expect(row.make(row.declaration.values(told: [:])).name == row.declaration.name)
    }
  }

  @Test func everyFaultOfAVendorIsInTheScenarioOfAllFaults() throws {
    let services = try ScenarioDecoder.load(Self.everyFault).services
    let never: [(String, [String])] = [
      ("stripe", Self.missing(services.stripe)), ("flight", Self.missing(services.flight)),
      ("hotel", Self.missing(services.hotel)), ("activity", Self.missing(services.activity)),
      ("mail", Self.missing(services.mail)),
    ]
    // What can never be cancelled stays with an operator: `refused.yaml` is about it.
    #expect(
      never.flatMap { service, names in names.map { "\(service) \($0)" } }
        == ["activity never-cancellable"])
  }

  private static func missing<Service: ScenarioService>(_ service: Service) -> [String] {
    Service.Fault.declarations.map(\.name).filter { service.faults[$0].share == .never }
  }

  @Test func anOrderThatTellsNothingHasTheUsual() {
    func made<Fault: DeclaredFault>(_ name: String, _ told: [String: FaultValue]) -> Fault? {
      Fault.table.first { $0.declaration.name == name }
        .map { $0.make($0.declaration.values(told: told)) }
    }
    #expect(
      made("decline", [:])
        == StripeFault.decline(code: "card_declined", declineCode: "generic_decline"))
    #expect(
      made("decline", ["code": .text("expired_card")])
        == StripeFault.decline(code: "expired_card", declineCode: nil))
    #expect(
      made("refund-by-hand", [:])
        == StripeFault.refundByHand(after: .seconds(3_600), partsPerMillion: 1_000_000))
    #expect(
      made("dispute", ["seconds": .time(.seconds(10))])
        == StripeFault.disputed(after: .seconds(10), decidedAfter: .seconds(10), isWon: false))
    #expect(
      made("schedule-change", ["minutes": .whole(-5)])
        == AmadeusFault.scheduleChange(after: .seconds(3_600), minutes: -5, isBack: false))
    #expect(made("bad-gateway", [:]) == NetworkFault.badGateway(effect: false))
  }

  /// Shares are exclusive among the faults that one operation can meet, and only among these.
  @Test func sharesOfDifferentOperationsAreNotAddedUp() throws {
    let text = "name: a\nbookings: 1\nservices: { flight: { repriced: 90%, sell-failure: 90% } }\n"
    let scenario = try ScenarioDecoder.decode(text, path: "a.yaml")
    #expect(scenario.services.flight.faults["repriced"].share.partsPerMillion == 900_000)
  }
}

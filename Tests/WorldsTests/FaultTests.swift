import FakeVendors
import HTTPService
import HTTPTypes
import Scenarios
import Simulation
import Testing

@testable import Audit
@testable import Worlds

struct ExclusiveDrawTests {
  private let shares = [100, 0, 250].map { Share(partsPerMillion: $0) }

  private func hit(_ millionth: Int) -> Int? {
    var draw = ExclusiveDraw(millionth)
    return shares.indices.first { draw.hits(shares[$0]) }
  }

  @Test(arguments: [(0, 0), (99, 0), (100, 2), (349, 2), (350, nil), (999_999, nil)])
  func sharesLieEndToEnd(_ millionth: Int, _ index: Int?) {
    #expect(hit(millionth) == index)
  }

  @Test func onlyOneShareIsHit() {
    var draw = ExclusiveDraw(50)
    let hits = shares.map { draw.hits($0) }
    #expect(hits == [true, false, false])
  }
}

struct OutageScheduleTests {
  private let schedule = OutageSchedule([
    .init(service: "stripe", from: 10, length: 5, mode: .responseLost),
    .init(service: "flight", from: 12, length: 1, mode: .refused),
  ])

  @Test(arguments: [
    ("stripe", 9_999_999, nil), ("stripe", 10_000_000, NetworkFault.responseLost),
    ("stripe", 14_999_999, .responseLost), ("stripe", 15_000_000, nil),
    ("flight", 12_500_000, .refused), ("hotel", 12_500_000, nil),
  ])
  func outagesHaveTheirTimeAndService(_ service: String, _ at: Int64, _ fault: NetworkFault?) {
    #expect(schedule.fault(service, at: at) == fault)
  }

  @Test func endIsTheLast() { #expect(schedule.end == 15_000_000) }
}

struct HalfOpenTests {
  /// What becomes of a booking's call to the hotel at a second.
  private func fault(
    _ planner: inout RoutePlanner, _ booking: Int, at second: Int64, isQuiet: Bool = false
  ) -> NetworkFault? {
    planner.route(
      to: "hotel", "create", caller: "booking=bk_\(booking),slot=hotel", at: second * 1_000_000,
      Streams(seed: 1), isQuiet: isQuiet
    ).fault
  }

  @Test func aDeadConnectionStaysDeadForAWhileAndHarmsNoOther() {
    var scenario = Scenario(name: "half-open", bookings: 1)
    scenario.services.hotel.common.network.faults["half-open"].chance = Chance(
      share: Share(partsPerMillion: 300_000), after: .constant(10))
    var planner = RoutePlanner(scenario)
    let first = (0..<100).map { fault(&planner, $0, at: 0) }
    let dead = first.indices.filter { first[$0] == .halfOpen(.seconds(10)) }
    #expect((10...50).contains(dead.count))
    #expect(dead.count == first.count { $0 != nil })
    for booking in dead {
      #expect(fault(&planner, booking, at: 4) == .halfOpen(.seconds(6)))
      #expect(fault(&planner, booking, at: 9) == .halfOpen(.seconds(1)))
      #expect(fault(&planner, booking, at: 9, isQuiet: true) == nil)
    }
    let later = dead.map { fault(&planner, $0, at: 10) }
    #expect(later.contains(nil))
    #expect(later.allSatisfy { $0 == nil || $0 == .halfOpen(.seconds(10)) })
  }
}

struct CallKeysTests {
  private let call = "booking=bk_1,slot=flight,direction=do,generation=1,attempt=2,epoch=3"

  @Test func sameCallIsCounted() {
    var keys = CallKeys()
    let first = keys.next(call, "create")
    let second = keys.next(call, "create")
    #expect(first.hash == second.hash)
    #expect([first.count, second.count] == [0, 1])
  }

  @Test func leaseEpochDoesNotCount() {
    #expect(
      CallKeys.hash(call, "create")
        == CallKeys.hash(call.replacing("epoch=3", with: "epoch=4"), "create"))
  }

  @Test(arguments: ["bk_2", "bk_11"]) func bookingsHaveKeysOfTheirOwn(_ booking: String) {
    #expect(
      CallKeys.hash(call, "create")
        != CallKeys.hash(call.replacing("bk_1", with: booking), "create"))
  }

  @Test func attemptsHaveKeysOfTheirOwn() {
    #expect(
      CallKeys.hash(call, "create")
        != CallKeys.hash(call.replacing("attempt=2", with: "attempt=3"), "create"))
  }
}

struct CallTagsTests {
  @Test func orchestratorsBaggageIsRead() {
    let baggage = CallTags(
      "booking=bk_17,slot=activity-2,direction=undo,generation=3,attempt=12,epoch=9")
    #expect(baggage.booking == "bk_17")
    #expect(baggage.slot == "activity-2")
    #expect(baggage.direction == "undo")
    #expect([baggage.generation, baggage.attempt, Int(baggage.epoch)] == [3, 12, 9])
    #expect(baggage.client == nil)
  }

  @Test func clientsBaggageNamesTheirBooking() {
    let baggage = CallTags("client=17,ask=book,click=1,attempt=2")
    #expect(baggage.booking == "bk_17")
    #expect(baggage.attempt == 2)
  }

  @Test func noBaggageSaysNothing() { #expect(CallTags("").booking == "") }

  @Test(arguments: [("bk_17", 17), ("bk_17-2", 17), ("bk_", nil), ("17", nil)])
  func clientIsReadFromBookings(_ id: String, _ client: Int?) {
    #expect(CallTags.client(ofBooking: id) == client)
  }
}

struct CallRouterTests {
  @Test(arguments: [
    ("stripe.test", "POST", "/v1/payment_intents", "stripe payment_intents.create"),
    ("stripe.test", "GET", "/v1/payment_intents?customer=c", "stripe payment_intents.list"),
    ("stripe.test", "POST", "/v1/payment_intents/pi_1/confirm", "stripe payment_intents.confirm"),
    ("stripe.test", "GET", "/v1/payment_intents/pi_1", "stripe payment_intents.retrieve"),
    ("stripe.test", "POST", "/v1/refunds", "stripe refunds.create"),
    ("amadeus.test", "POST", "/v1/booking/flight-orders", "flight create"),
    ("amadeus.test", "DELETE", "/v1/booking/flight-orders/eJz%3D", "flight cancel"),
    ("bookingcom.test", "POST", "/3.2/orders/create", "hotel create"),
    ("bookingcom.test", "POST", "/3.2/orders/details/accommodations", "hotel details"),
    ("viator.test", "POST", "/partner/bookings/book", "activity book"),
    ("viator.test", "POST", "/partner/bookings/BR-1/cancel", "activity cancel"),
    ("viator.test", "GET", "/partner/bookings/BR-1/cancel-quote", "activity cancel-quote"),
    ("mail.test", "POST", "/email", "mail send"),
    ("orchestrator.test", "GET", "/booking/bk_1", "orchestrator look"),
    ("orchestrator.test", "POST", "/webhooks/stripe", "orchestrator webhook"),
    ("elsewhere.test", "GET", "/", "elsewhere.test other"),
  ])
  func callsAreNamed(_ authority: String, _ method: String, _ path: String, _ name: String) {
    let named = CallRouter.name(authority: authority, method: method, path: path)
    #expect("\(named.service) \(named.operation)" == name)
  }
}

struct ServiceConductTests {
  private func flight(_ change: (inout Scenario.Flight) -> Void) -> (
    ScenarioFaults<AmadeusFault>, Recorder
  ) {
    var scenario = Scenario.Flight()
    change(&scenario)
    let recorder = Recorder(Simulator(seed: 3))
    return (ScenarioFaults(scenario, recorder), recorder)
  }

  private func call(_ booking: Int, _ operation: String = "create") -> ServiceCall {
    ServiceCall(
      service: "flight", operation: operation,
      baggage:
        "booking=bk_\(booking),slot=flight,direction=do,generation=1,attempt=1,epoch=1", handle: "")
  }

  private let always = Share(partsPerMillion: 1_000_000)

  @Test func faultsMeetTheirOperation() {
    let (faultInjector, recorder) = flight { $0.faults["sell-failure"].share = always }
    #expect(faultInjector.plan(for: call(1)).fault == .sellFailure)
    #expect(faultInjector.plan(for: call(1, "price")).fault == nil)
    #expect(recorder.history.faults.map(\.kind) == ["sell-failure"])
    #expect(recorder.history.faults.first?.bookingID == "bk_1")
  }

  @Test func quietHasNoFaults() {
    let (faultInjector, recorder) = flight { $0.faults["sell-failure"].share = always }
    recorder.beginQuiet()
    let plan = faultInjector.plan(for: call(1))
    #expect(plan.fault == nil)
    #expect(plan.latency > .zero)
  }

  @Test func shareIsMet() {
    let (faultInjector, _) = flight {
      $0.faults["sell-failure"].share = Share(partsPerMillion: 100_000)
    }
    let failures = (0..<5_000).filter { faultInjector.plan(for: call($0)).fault != nil }
    #expect((400...600).contains(failures.count))
  }

  @Test func leavingABookingOutChangesNoOther() {
    func plans(_ bookings: [Int]) -> [Int: Duration] {
      let (faultInjector, _) = flight {
        $0.faults["sell-failure"].share = Share(partsPerMillion: 500_000)
      }
      return Dictionary(
        uniqueKeysWithValues: bookings.map { ($0, faultInjector.plan(for: call($0)).latency) })
    }
    var all = plans(Array(0..<20))
    all[7] = nil
    #expect(plans((0..<20).filter { $0 != 7 }) == all)
  }

  @Test func processingIsBounded() {
    let (faultInjector, _) = flight { $0.common.latency = .constant(100_000) }
    #expect(faultInjector.plan(for: call(1)).latency == FaultLimits.longestProcessing)
  }

  @Test func bounds15MinutesTogether() {
    #expect(
      FaultLimits.longestDelay + FaultLimits.longestProcessing + FaultLimits.longestLatency
        < .seconds(15 * 60))
  }
}

struct WebhookConductTests {
  @Test func eventIsFoundInADelivery() {
    let body = Array("{\"data\":{\"object\":{\"id\":\"pi_3\"}},\"id\":\"evt_3abc\",\"x\":1}".utf8)
    #expect(WebhookFaults.eventID(in: body) == "evt_3abc")
  }

  @Test func noEventIsNoEvent() {
    #expect(WebhookFaults.eventID(in: Array("{\"id\":\"pi_3\"}".utf8)) == nil)
    #expect(WebhookFaults.eventID(in: []) == nil)
  }
}

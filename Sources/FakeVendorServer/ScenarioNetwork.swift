import FakeVendors
import HTTPService
import HTTPTypes
import Scenarios
import Simulation
import Synchronization

/// Decides how calls travel between a client and the fakes' ports, and events to their endpoint.
final class ScenarioNetwork: Sendable {
  private let rules: FaultRules
  private let play: ScenarioPlay?
  /// Nil without a scenario.
  private let planner: Mutex<RoutePlanner?>
  private let clock: VendorClock
  private let start: Int64

  init(rules: FaultRules, play: ScenarioPlay?, clock: VendorClock) {
    self.rules = rules
    self.play = play
    self.clock = clock
    planner = Mutex(play.map { RoutePlanner($0.scenario) })
    start = clock.microseconds
  }

  /// Plans how a call travels.
  func route(of call: HTTPCall, to vendor: VendorName) -> RoutePlan {
    let operation = operation(of: call, at: vendor)
    var route = RoutePlan()
    if let play {
      let header = call.request.headerFields[Self.baggage] ?? ""
      route = self.route(play, to: vendor.service, operation, caller: header)
    }
    if let order = rules.take(.network, vendor, operation) {
      route.fault = NetworkFault.made(by: order)
      if order.told["seconds"] != nil { route.silence = order.values.time("silence") }
    }
    return route
  }

  /// Returns an answer as it was ordered to be bent; as it is when nothing was ordered.
  func answer(_ reply: HTTPReply, to call: HTTPCall, of vendor: VendorName) -> HTTPReply {
    let operation = operation(of: call, at: vendor)
    guard reply.response.status.kind == .successful,
      let order = rules.take(.answer, vendor, operation)
    else { return reply }
    var stream = Streams(seed: 0).stream(Purpose("order/bent"), UInt64(order.id))
    var bent = reply
    _ = BentAnswers.bend(
      &bent, order.fault.declaration.name, vendor.service, operation, &stream)
    return bent
  }

  private func operation(of call: HTTPCall, at vendor: VendorName) -> String {
    vendor.operations.name(
      method: call.request.method.rawValue, path: call.request.path ?? "")
  }

  /// Plans how a delivery of an event travels.
  func route(ofEvent event: String) -> RoutePlan {
    guard let play else { return RoutePlan() }
    return route(play, to: "orchestrator", "webhook", caller: event)
  }

  private func route(
    _ play: ScenarioPlay, to service: String, _ operation: String, caller: String
  ) -> RoutePlan {
    let moment = clock.microseconds - start
    let route = planner.withLock {
      $0?.route(to: service, operation, caller: caller, at: moment, play.streams, isQuiet: false)
    }
    if let fault = route?.fault {
      let tags = CallTags(caller)
      play.fault(
        fault.name, service: service, operation: operation, bookingID: tags.booking,
        attempt: tags.attempt, detail: "")
    }
    return route ?? RoutePlan()
  }

  // A constant of token characters only, so the initialiser cannot return nil.
  private static let baggage = HTTPField.Name("baggage")!
}

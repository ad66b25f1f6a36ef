import FakeVendors
import HTTPService
import HTTPTypes
import Scenarios
import Simulation
import Synchronization

/// Decides how calls travel between a client and the fakes' ports, and events to their endpoint.
final class ScenarioNetwork: Sendable {
  /// How one call travels.
  struct Journey: Sendable {
    var requestLatency = Duration.zero
    var responseLatency = Duration.zero
    var fault: NetworkFault?
    /// How long a client waits in vain before its connection is closed, in real time.
    var silence = FaultyEndpoint.silence
  }

  private let rules: FaultRules
  private let play: ScenarioPlay?
  private let outages: OutageSchedule
  /// Nil without a scenario.
  private let networks: NetworkDraws?
  private let clock: VendorClock
  private let start: Int64
  private let keys = Mutex(CallKeys())

  init(rules: FaultRules, play: ScenarioPlay?, clock: VendorClock) {
    self.rules = rules
    self.play = play
    self.clock = clock
    networks = play.map { NetworkDraws($0.scenario) }
    outages = OutageSchedule(play?.scenario.outages ?? [])
    start = clock.microseconds
  }

  /// Plans the journey of one call.
  func journey(of call: HTTPCall, to vendor: VendorName) -> Journey {
    let method = call.request.method.rawValue
    let path = call.request.path ?? ""
    var journey = Journey()
    if let play {
      let header = call.request.headerFields[Self.baggage] ?? ""
      let (service, operation) = CallRouter.name(
        authority: vendor.authority, method: method, path: path)
      journey = self.journey(play, key: (header, operation), service: service, header)
      if let fault = outages.fault(service, at: clock.microseconds - start) {
        journey.fault = fault
      }
    }
    let operation = CallNames.operation(vendor, method: method, path: path)
    if let order = rules.take(.network, vendor, operation) {
      journey.fault = NetworkFault.made(by: order)
      if order.told["seconds"] != nil { journey.silence = order.values.time("silence") }
    }
    return journey
  }

  /// Returns an answer as it was ordered to be bent; as it is when nothing was ordered.
  func answer(_ reply: HTTPReply, to call: HTTPCall, of vendor: VendorName) -> HTTPReply {
    let method = call.request.method.rawValue
    let path = call.request.path ?? ""
    guard reply.response.status.kind == .successful,
      let order = rules.take(
        .answer, vendor, CallNames.operation(vendor, method: method, path: path))
    else { return reply }
    let (service, operation) = CallRouter.name(
      authority: vendor.authority, method: method, path: path)
    var stream = Streams(seed: 0).stream(Purpose("order/bent"), UInt64(order.id))
    var bent = reply
    _ = BentAnswers.bend(&bent, order.fault.declaration.name, service, operation, &stream)
    return bent
  }

  /// Plans the journey of one delivery of an event.
  func journey(ofEvent event: String) -> Journey {
    guard let play else { return Journey() }
    return journey(play, key: (event, "webhook"), service: "orchestrator", "")
  }

  private func journey(
    _ play: ScenarioPlay, key: (String, String), service: String, _ header: String
  ) -> Journey {
    guard let networks else { return Journey() }
    let drawn = keys.withLock { $0.next(key.0, key.1) }
    let route = networks[service, key.1].route(drawn, play.streams, isQuiet: false)
    if let fault = route.fault {
      let tags = CallTags(header)
      play.fault(
        fault.name, service: service, operation: key.1, bookingID: tags.booking,
        attempt: tags.attempt, detail: "")
    }
    return Journey(
      requestLatency: route.requestLatency, responseLatency: route.responseLatency,
      fault: route.fault)
  }

  // A constant of token characters only, so the initialiser cannot return nil.
  private static let baggage = HTTPField.Name("baggage")!
}

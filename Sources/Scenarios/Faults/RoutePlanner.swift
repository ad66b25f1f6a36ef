package import Simulation

/// Plans how every exchange of a scenario travels, in worlds and on sockets.
///
/// Calls to a vendor meet that vendor's network, clients' calls that of the clients, events for clients that
/// of their hooks, and Stripe's deliveries that of Stripe. An outage of a service overrides what would have been drawn for calls to
/// it; what the service sends by itself is not touched.
package struct RoutePlanner: Sendable {
  /// Looked up by service only.
  private let services: [String: NetworkDraw]
  private let clients: NetworkDraw
  private let outages: OutageSchedule
  private let instances: UInt64
  private var keys = CallKeys()
  /// Until when connections are half-open; looked up by connection only.
  private var deadUntil: [Connection: Int64] = [:]

  private static let members = Purpose("network/member")

  /// What stands for a connection, of which the simulated network has none: whom a booking's calls go
  /// to, as a client or a worker keeps one open for them.
  private struct Connection: Hashable {
    var service: String
    var booking: String
  }

  /// Creates a planner that has seen no call.
  package init(_ scenario: Scenario) {
    var services = scenario.services.all.mapValues { NetworkDraw($0.network) }
    services[Authority.hooks] = NetworkDraw(scenario.clients.hooks.network)
    self.services = services
    clients = NetworkDraw(scenario.clients.network)
    outages = OutageSchedule(scenario.outages)
    instances = UInt64(scenario.orchestrators.instances)
  }

  /// Plans one exchange.
  /// - Parameters:
  ///   - caller: what the caller says about the call: its baggage, or a delivery's event.
  ///   - moment: when it is sent, in microseconds after the scenario began.
  ///   - isQuiet: whether nothing goes wrong any more.
  package mutating func route(
    to service: String, _ operation: String, caller: String, at moment: Int64, _ streams: Streams,
    isQuiet: Bool
  ) -> RoutePlan {
    let network = services[operation == "webhook" ? "stripe" : service] ?? clients
    let key = keys.next(caller, operation)
    var route = network.route(key, streams, isQuiet: isQuiet)
    if instances > 1 {
      var stream = streams.stream(Self.members, key)
      route.member = stream.next() % instances
    }
    if isQuiet { return route }
    if let fault = outages.fault(service, at: moment) { route.fault = fault }
    followHalfOpen(&route, to: service, caller: caller, at: moment)
    return route
  }

  /// Lets a call vanish whose connection is half-open, and remembers those that become so.
  private mutating func followHalfOpen(
    _ route: inout RoutePlan, to service: String, caller: String, at moment: Int64
  ) {
    var length: Duration?
    if case .halfOpen(let drawn) = route.fault { length = drawn }
    guard length != nil || !deadUntil.isEmpty else { return }
    let connection = Connection(service: service, booking: CallTags(caller).booking)
    if let end = deadUntil[connection], moment < end {
      route.fault = .halfOpen(.microseconds(end - moment))
    } else if let length {
      deadUntil[connection] = moment + Int64(length / .microseconds(1))
    }
  }
}

package import Simulation

/// Plans how every exchange of a scenario travels, in worlds and on sockets.
///
/// Calls to a vendor meet that vendor's network, clients' calls that of the clients, and Stripe's
/// deliveries that of Stripe. An outage of a service overrides what would have been drawn for calls to
/// it; what the service sends by itself is not touched.
package struct RoutePlanner: Sendable {
  /// Looked up by service only.
  private let services: [String: NetworkDraw]
  private let clients: NetworkDraw
  private let outages: OutageSchedule
  private var keys = CallKeys()

  /// Creates a planner that has seen no call.
  package init(_ scenario: Scenario) {
    services = scenario.services.all.mapValues { NetworkDraw($0.network) }
    clients = NetworkDraw(scenario.clients.network)
    outages = OutageSchedule(scenario.outages)
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
    var route = network.route(keys.next(caller, operation), streams, isQuiet: isQuiet)
    if isQuiet { return route }
    if let fault = outages.fault(service, at: moment) { route.fault = fault }
    return route
  }
}

package import Simulation

/// Draws how the exchanges with one service travel, as a scenario says.
package struct NetworkDraw: Sendable {
  private static let faults = Purpose("network/fault")
  private static let latencies = Purpose("network/latency")
  private let latency: Distribution
  private let draw: FaultDraw<NetworkFault>

  /// Prepares the draws of a network.
  package init(_ network: Scenario.Network) {
    latency = network.latency
    draw = FaultDraw(network.faults, longest: FaultLimits.longestDelay)
  }

  /// Returns the latencies and the fault of the exchange with a key.
  /// - Parameter isQuiet: whether nothing goes wrong any more.
  package func route(_ key: CallKeys.Key, _ streams: Streams, isQuiet: Bool) -> RoutePlan {
    var stream = streams.stream(Self.latencies, key)
    var route = RoutePlan(
      requestLatency: min(latency.duration(&stream), FaultLimits.longestLatency),
      responseLatency: min(latency.duration(&stream), FaultLimits.longestLatency))
    if isQuiet { return route }
    stream = streams.stream(Self.faults, key)
    route.fault = draw.hit("", &stream)?.fault
    return route
  }
}

/// The networks of a scenario: one to each service, and one between clients and the orchestrator.
package struct NetworkDraws: Sendable {
  /// Looked up by service only.
  private let services: [String: NetworkDraw]
  private let clients: NetworkDraw

  /// Prepares the draws of all networks.
  package init(_ scenario: Scenario) {
    services = scenario.services.all.mapValues { NetworkDraw($0.network) }
    clients = NetworkDraw(scenario.clients.network)
  }

  /// The network that a call meets: deliveries of events travel on that of Stripe.
  package subscript(_ service: String, _ operation: String) -> NetworkDraw {
    services[operation == "webhook" ? "stripe" : service] ?? clients
  }
}

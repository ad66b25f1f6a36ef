import Simulation

/// Draws how the exchanges with one service travel, as a scenario says.
struct NetworkDraw: Sendable {
  private static let faults = Purpose("network/fault")
  private static let latencies = Purpose("network/latency")
  private let latency: Distribution
  private let draw: FaultDraw<NetworkFault>

  /// Prepares the draws of a network.
  init(_ network: Scenario.Network) {
    latency = network.latency
    draw = FaultDraw(network.faults, longest: FaultLimits.longestDelay)
  }

  /// Returns the latencies and the fault of the exchange with a key.
  /// - Parameter isQuiet: whether nothing goes wrong any more.
  func route(_ key: CallKeys.Key, _ streams: Streams, isQuiet: Bool) -> RoutePlan {
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

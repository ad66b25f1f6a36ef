package import Simulation

/// Draws how one exchange travels, from the shares of a scenario.
package struct NetworkDraw: Sendable {
  private let faults = Purpose("network/fault")
  private let latencies = Purpose("network/latency")

  /// Creates it.
  package init() {}

  /// Returns the latencies and the fault of the exchange with a key.
  /// - Parameter isQuiet: whether nothing goes wrong any more.
  package func route(
    _ network: Scenario.Network, _ key: CallKeys.Key, _ streams: Streams, isQuiet: Bool
  ) -> RoutePlan {
    var stream = streams.stream(latencies, key)
    var route = RoutePlan(
      requestLatency: min(network.latency.duration(&stream), FaultLimits.longestLatency),
      responseLatency: min(network.latency.duration(&stream), FaultLimits.longestLatency))
    if isQuiet { return route }
    stream = streams.stream(faults, key)
    var draw = ExclusiveDraw(&stream)
    if draw.hits(network.refused) {
      route.fault = .refused
    } else if draw.hits(network.requestLost) {
      route.fault = .requestLost
    } else if draw.hits(network.resetBefore) {
      route.fault = .resetBefore
    } else if draw.hits(network.responseLost) {
      route.fault = .responseLost
    } else if draw.hits(network.resetAfter) {
      route.fault = .resetAfter
    } else if draw.hits(network.lateEffect.share) {
      route.fault = .lateEffect(
        min(stream.delay(network.lateEffect.after), FaultLimits.longestDelay))
    } else if draw.hits(network.deliveredTwice.share) {
      route.fault = .deliveredTwice(
        min(stream.delay(network.deliveredTwice.after), FaultLimits.longestDelay))
    } else if draw.hits(network.truncated) {
      route.fault = .truncated
    } else if draw.hits(network.garbled) {
      route.fault = .garbled
    } else if draw.hits(network.badGateway) {
      route.fault = .badGateway(effect: stream.index(below: 2) == 0)
    }
    return route
  }
}

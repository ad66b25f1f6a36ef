public import HTTPService

/// A model for small worlds: one distribution of latencies, and a share of messages that get lost.
public final class LossyLink: NetworkModel {
  private let simulator: Simulator
  private let latency: Distribution
  private let lossPerMillion: Int
  private let latencies = Purpose("lossy-link/latency")
  private let losses = Purpose("lossy-link/loss")

  /// Creates a link with a one-way latency in seconds, which loses a share of all messages.
  /// - Precondition: `loss` lies in 0...1.
  public init(_ simulator: Simulator, latency: Distribution, loss: Double = 0) {
    precondition((0...1).contains(loss), "\(loss) is not a share")
    self.simulator = simulator
    self.latency = latency
    lossPerMillion = Int((loss * 1e6).rounded())
  }

  public func route(_ exchange: Exchange) -> RoutePlan {
    let key = UInt64(exchange.sequence)
    var latencies = simulator.streams.stream(latencies, key)
    var losses = simulator.streams.stream(losses, key)
    var route = RoutePlan(
      requestLatency: latency.duration(&latencies), responseLatency: latency.duration(&latencies))
    if losses.chance(partsPerMillion: lossPerMillion) {
      route.fault = .requestLost
    } else if losses.chance(partsPerMillion: lossPerMillion) {
      route.fault = .responseLost
    }
    return route
  }

  public func delivered(_ exchange: Exchange, copy: Int, at: SimulatedInstant) {}
  public func answered(
    _ exchange: Exchange, copy: Int, reply: HTTPReply, at: SimulatedInstant
  ) {}
  public func ended(_ exchange: Exchange, result: ExchangeResult, at: SimulatedInstant) {}
}

import HTTPService
import HTTPTypes
import Simulation

/// Carries events to their endpoint over a network on which things go wrong.
///
/// What is lost is known to be lost at once: Stripe's patience is not played.
struct FaultyTransport: HTTPTransport {
  let transport: any HTTPTransport
  let network: ScenarioNetwork
  let planner: WebhookPlanner
  let delayed: DelayedDeliveries

  func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
    let route = network.route(ofEvent: planner.event(of: call.body))
    switch route.requestFate {
    case .refused: throw TransportError(effect: .none, reason: "connection refused")
    case .vanishes, .breaks: throw Self.broken
    case .answered(let reply): return reply
    case .breaksAndArrives(let delay):
      repeatLater(call, timeout, after: delay)
      throw Self.broken
    case .arrivesTwice(let delay): repeatLater(call, timeout, after: delay)
    case .arrives: break
    }
    switch route.replyFate(try await transport.send(call, timeout: timeout)) {
    case .vanishes, .breaks: throw Self.broken
    case .arrives(let reply), .isCut(let reply, _): return reply
    }
  }

  private func repeatLater(_ call: HTTPCall, _ timeout: Duration, after delay: Duration) {
    delayed.add(after: delay) {
      do {
        _ = try await transport.send(call, timeout: timeout)
      } catch is TransportError {
        // Nobody waits for this answer.
      }
    }
  }

  private static let broken = TransportError(effect: .unknown, reason: "connection reset")
}

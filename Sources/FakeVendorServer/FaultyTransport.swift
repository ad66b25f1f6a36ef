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
  let stragglers: DelayedDeliveries

  func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
    let journey = network.journey(ofEvent: planner.event(of: call.body))
    switch journey.fault {
    case .refused: throw TransportError(effect: .none, reason: "connection refused")
    case .requestLost, .resetBefore: throw Self.broken
    case .badGateway(effect: false): return HTTPReply(HTTPResponse(status: .badGateway))
    case .lateEffect(let delay):
      repeatLater(call, timeout, after: delay)
      throw Self.broken
    case .deliveredTwice(let delay): repeatLater(call, timeout, after: delay)
    default: break
    }
    let reply = try await transport.send(call, timeout: timeout)
    switch journey.fault {
    case .responseLost, .resetAfter: throw Self.broken
    case .badGateway: return HTTPReply(HTTPResponse(status: .badGateway))
    default: return reply
    }
  }

  private func repeatLater(_ call: HTTPCall, _ timeout: Duration, after delay: Duration) {
    stragglers.add(after: delay) {
      do {
        _ = try await transport.send(call, timeout: timeout)
      } catch is TransportError {
        // Nobody waits for this answer.
      }
    }
  }

  private static let broken = TransportError(effect: .unknown, reason: "connection reset")
}

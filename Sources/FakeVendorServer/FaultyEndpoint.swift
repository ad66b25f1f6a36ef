import FakeVendors
import HTTPService
import HTTPSockets
import HTTPTypes
import Simulation
import Synchronization

/// One service behind its port: the control endpoints, the network's faults, then the fake.
final class FaultyEndpoint: HTTPService {
  /// How long a client is left without an answer, unless an order says otherwise: longer than the
  /// 80 seconds that Stripe's libraries wait.
  static let silence = Duration.seconds(100)

  let vendor: VendorName
  private let fake: any HTTPService
  private let control: ControlAPI
  private let network: ScenarioNetwork
  private let calls: CallCounter
  private let clock: VendorClock
  private let delayed: DelayedDeliveries

  init(
    _ vendor: VendorName, fake: any HTTPService, control: ControlAPI, network: ScenarioNetwork,
    calls: CallCounter, clock: VendorClock, delayed: DelayedDeliveries
  ) {
    self.vendor = vendor
    self.fake = fake
    self.control = control
    self.network = network
    self.calls = calls
    self.clock = clock
    self.delayed = delayed
  }

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    if let path = call.request.path, path.hasPrefix("/_") {
      return try await control.respond(to: call, at: vendor)
    }
    let route = network.route(of: call, to: vendor)
    let outcome = try await calls.call { try await self.play(call, route) }
    switch outcome {
    case .reply(let reply): return reply
    case .cut(let cut): throw cut
    case .silence:
      // A client counts its patience in real time, whatever the fakes' clock says.
      try await Task.sleep(for: route.silence ?? Self.silence)
      throw ConnectionCut.silent
    }
  }

  /// How a call ends on its connection.
  private enum Outcome: Sendable {
    case reply(HTTPReply)
    case cut(ConnectionCut)
    case silence
  }

  private func play(_ call: HTTPCall, _ route: RoutePlan) async throws -> Outcome {
    try await pause(route.requestLatency)
    switch route.requestFate {
    case .refused, .breaks: return .cut(.silent)
    case .vanishes: return .silence
    case .answered(let reply): return .reply(reply)
    case .breaksAndArrives(let delay):
      send(call, after: delay)
      return .cut(.silent)
    case .arrivesTwice(let delay): send(call, after: delay)
    case .arrives: break
    }
    let reply = network.answer(try await fake.respond(to: call), to: call, of: vendor)
    try await pause(route.responseLatency)
    switch route.replyFate(reply) {
    case .vanishes: return .silence
    case .breaks: return .cut(.silent)
    case .arrives(let reply): return .reply(reply)
    case .isCut(let reply, let bytes): return .cut(.during(reply, bodyBytes: bytes))
    }
  }

  /// Lets the fake answer when nobody is left to hear it.
  private func send(_ call: HTTPCall, after delay: Duration) {
    delayed.add(after: delay) { [fake] in _ = try await fake.respond(to: call) }
  }

  private func pause(_ duration: Duration) async throws {
    if duration > .zero { try await clock.sleep(for: duration) }
  }
}

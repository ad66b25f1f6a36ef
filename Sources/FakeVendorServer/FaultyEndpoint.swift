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
  private let stragglers: DelayedDeliveries

  init(
    _ vendor: VendorName, fake: any HTTPService, control: ControlAPI, network: ScenarioNetwork,
    calls: CallCounter, clock: VendorClock, stragglers: DelayedDeliveries
  ) {
    self.vendor = vendor
    self.fake = fake
    self.control = control
    self.network = network
    self.calls = calls
    self.clock = clock
    self.stragglers = stragglers
  }

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    if let path = call.request.path, path.hasPrefix("/_") {
      return try await control.respond(to: call, at: vendor)
    }
    let journey = network.journey(of: call, to: vendor)
    let outcome = try await calls.call { try await self.play(call, journey) }
    switch outcome {
    case .reply(let reply): return reply
    case .cut(let cut): throw cut
    case .silence:
      // A client counts its patience in real time, whatever the fakes' clock says.
      try await Task.sleep(for: journey.silence)
      throw ConnectionCut.silent
    }
  }

  /// How a call ends on its connection.
  private enum Outcome: Sendable {
    case reply(HTTPReply)
    case cut(ConnectionCut)
    case silence
  }

  private func play(_ call: HTTPCall, _ journey: ScenarioNetwork.Journey) async throws -> Outcome {
    try await pause(journey.requestLatency)
    switch journey.fault {
    case .refused, .resetBefore: return .cut(.silent)
    case .requestLost: return .silence
    case .badGateway(effect: false): return .reply(Self.badGateway)
    case .lateEffect(let delay):
      send(call, after: delay)
      return .cut(.silent)
    case .deliveredTwice(let delay): send(call, after: delay)
    default: break
    }
    let reply = network.answer(try await fake.respond(to: call), to: call, of: vendor)
    try await pause(journey.responseLatency)
    switch journey.fault {
    case .responseLost: return .silence
    case .resetAfter: return .cut(.silent)
    case .truncated: return .cut(.during(reply, bodyBytes: reply.body.count / 2))
    case .garbled: return .reply(HTTPReply(reply.response, body: Self.page))
    case .badGateway: return .reply(Self.badGateway)
    default: return .reply(reply)
    }
  }

  /// Lets the fake answer when nobody is left to hear it.
  private func send(_ call: HTTPCall, after delay: Duration) {
    stragglers.add(after: delay) { [fake] in _ = try await fake.respond(to: call) }
  }

  private func pause(_ duration: Duration) async throws {
    if duration > .zero { try await clock.sleep(for: duration) }
  }

  private static let page = Array(
    "<!DOCTYPE html><html><body>Please wait</body></html>\n".utf8)
  private static let badGateway = HTTPReply(
    status: .badGateway, contentType: "text/html",
    body: Array("<html><body><h1>502 Bad Gateway</h1></body></html>\n".utf8))
}

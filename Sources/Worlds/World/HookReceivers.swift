import Audit
import BookingOrchestrator
import HTTPService
import Scenarios
import Simulation

/// Where the clients of a world are told of their bookings: which of their names have a receiver, and the
/// receivers themselves, each on a node of its own.
final class HookReceivers: @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.
  /// What the orchestrator is told of them.
  private(set) var targets: [ClientName: HookTarget] = [:]
  /// How many names the clients have among them, and those of them that have a receiver, by number.
  private let names: Int
  private var hooked: Set<Int> = []

  private static let share = Purpose("hooks/share")

  init(
    _ scenario: Scenario.Clients, recorder: Recorder, network: SimulatedNetwork,
    epochMicroseconds: Int64
  ) {
    names = scenario.names
    guard scenario.hooks.share != .never else { return }
    let streams = recorder.simulator.streams
    for name in 0..<names {
      var stream = streams.stream(Self.share, UInt64(name))
      guard stream.chance(partsPerMillion: scenario.hooks.share.partsPerMillion) else { continue }
      hooked.insert(name)
      let authority = Authority.hook(name)
      let secret = "whsec_of_\(name)_0123456789abcdef"
      let client = ClientIdentity(name, names: names).name.map { ClientName($0) } ?? .default
      targets[client] = HookTarget(url: "http://\(authority)/hooks", secret: secret)
      let node = recorder.simulator.makeNode("hooks-\(name)")
      let process = node.start { _ in }
      let receiver = HookReceiver(
        scenario.hooks, name: name, secret: secret, recorder: recorder, process: process,
        epochMicroseconds: epochMicroseconds)
      network.attach(receiver, to: authority, on: node)
    }
  }

  /// The receiver that a client's bookings are told to; nil for none.
  func receiver(of client: Int) -> String? {
    hooked.contains(client % names) ? Authority.hook(client % names) : nil
  }

  /// What an event says of itself, as a call's baggage would: each event has its own; empty for what is none.
  static func tags(of body: [UInt8]) -> String {
    WebhookFaults.eventID(in: body).map { "booking=\($0)" } ?? ""
  }

  /// The booking of an event: `bk_17` of `evt_bk_17_2`.
  static func booking(of body: [UInt8]) -> String {
    let id = WebhookFaults.eventID(in: body) ?? ""
    guard id.hasPrefix("evt_"), let last = id.lastIndex(of: "_") else { return "" }
    return String(id.dropFirst(4)[..<max(last, id.index(id.startIndex, offsetBy: 4))])
  }
}

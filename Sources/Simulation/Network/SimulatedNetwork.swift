public import HTTPService
import HTTPTypes

/// A network between the nodes of one simulator.
///
/// An exchange costs at most four events: its timeout (taken back when the exchange ends before),
/// its arrival, a second arrival for some faults, and its outcome.
public final class SimulatedNetwork: @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.

  /// Who answers for an authority.
  struct Binding {
    let service: any HTTPService
    let process: SimulatedProcess
  }

  let simulator: Simulator
  let model: any NetworkModel
  /// Looked up by key only, never iterated.
  private var bindings: [String: [Binding]] = [:]
  private var exchanges = 0

  /// Creates a network that nothing is attached to.
  public init(_ simulator: Simulator, model: any NetworkModel) {
    self.simulator = simulator
    self.model = model
  }

  /// Has a service answer for an authority, on a node: when the node runs no process, connections
  /// are refused; when its process dies in the middle, they break.
  ///
  /// The service is bound to the process that the node runs now: attach it again after a restart. An
  /// authority that several nodes answer for stands for a load balancer, which knows who is up:
  /// ``RoutePlan/member`` chooses among those.
  public func attach(_ service: any HTTPService, to authority: String, on node: Node) {
    detach(authority, from: node)
    guard let process = node.process else { return }
    bindings[authority, default: []].append(Binding(service: service, process: process))
  }

  /// Takes a node's service of an authority away (its process died).
  public func detach(_ authority: String, from node: Node) {
    bindings[authority]?.removeAll { $0.process.nodeName == node.name }
  }

  /// Who answers next for an authority, if anybody does.
  func binding(_ authority: String, member: UInt64) -> Binding? {
    guard let members = bindings[authority], !members.isEmpty else { return nil }
    return members[Int(member % UInt64(members.count))]
  }

  /// The service of an authority that a process answers with, if it does.
  func binding(_ authority: String, of process: SimulatedProcess) -> Binding? {
    bindings[authority]?.first { $0.process === process }
  }

  /// The transport of a process.
  public func transport(for process: SimulatedProcess) -> any HTTPTransport {
    SimulatedTransport(network: self, process: process)
  }

  /// Sends a request on its way.
  func launch(_ call: HTTPCall, from caller: SimulatedProcess, timeout: Duration) -> Transit {
    exchanges += 1
    let authority = call.request.authority ?? ""
    let exchange = Exchange(
      sequence: exchanges, from: caller.nodeName, to: authority, call: call,
      sentAt: simulator.now)
    simulator.record(
      "send", UInt64(exchanges), Purpose(authority).hash,
      detail: "#\(exchange.sequence) \(call.request.method) \(authority)"
        + model.shown(path: call.request.path ?? ""))
    let flight = Transit(self, exchange, model.route(exchange), caller)
    flight.depart(timeout)
    return flight
  }
}

/// Sends the requests of one process.
private struct SimulatedTransport: HTTPTransport {
  let network: SimulatedNetwork
  let process: SimulatedProcess

  func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
    try await process.refuseToWait()
    let flight = network.launch(call, from: process, timeout: timeout)
    // Unsafe: a flight ends once, and resumes then.
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { flight.suspend($0) }
    } onCancel: {
      flight.end(.abandoned)
    }
  }
}

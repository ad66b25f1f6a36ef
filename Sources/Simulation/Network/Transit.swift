import HTTPService
import HTTPTypes

/// One exchange under way: what has become of it, and what is still to come.
///
/// It belongs to two processes. The caller owns the timeout, so that its death ends the wait; the
/// service's process owns the handling, so that its death breaks the connection. What is on the wire
/// belongs to nobody and arrives whoever dies.
final class Transit: EventTarget, @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.

  private enum Step: Int {
    case timeout, arrival, secondArrival, outcome, handling, secondHandling
  }

  private let network: SimulatedNetwork
  private let exchange: Exchange
  private let route: RoutePlan
  private let caller: SimulatedProcess
  private var timeout = Duration.zero
  private var continuation: UnsafeContinuation<HTTPReply, any Error>?
  private var result: ExchangeResult?
  /// What the caller is about to see.
  private var outcome: ExchangeResult?
  private var pending: (timeout: ScheduledEvent?, outcome: ScheduledEvent?)
  /// The process that a connection was made to.
  private var peer: SimulatedProcess?

  init(
    _ network: SimulatedNetwork, _ exchange: Exchange, _ route: RoutePlan,
    _ caller: SimulatedProcess
  ) {
    self.network = network
    self.exchange = exchange
    self.route = route
    self.caller = caller
  }

  private var simulator: Simulator { network.simulator }

  /// Plans what will happen.
  func depart(_ timeout: Duration) {
    self.timeout = timeout
    let (there, back) = (route.requestLatency, route.responseLatency)
    if caller.isAlive {
      pending.timeout = plan(.timeout, after: timeout, "timeout", owner: caller)
    }
    switch route.requestFate {
    case .refused: conclude(after: .zero, .failed(Self.refused))
    case .vanishes: break
    case .breaks: conclude(after: there, .failed(Self.reset))
    case .answered(let reply): conclude(after: there + back, .reply(reply))
    case let fate:
      peer = network.binding(exchange.to, member: route.member)?.process
      guard let peer, peer.isAlive else {
        conclude(after: there + back, .failed(Self.refused))
        break
      }
      if case .breaksAndArrives(let delay) = fate {
        conclude(after: there, .failed(Self.reset))
        _ = plan(.arrival, after: there + delay, "late-arrival")
        break
      }
      _ = plan(.arrival, after: there, "arrival")
      if case .arrivesTwice(let delay) = fate {
        _ = plan(.secondArrival, after: there + delay, "second-arrival")
      }
    }
    // The model may have killed the caller as it planned the route: the request is out already.
    if !caller.isAlive { end(.abandoned) }
  }

  /// Has the caller wait for the end.
  func suspend(_ continuation: UnsafeContinuation<HTTPReply, any Error>) {
    if let result { return resume(continuation, result) }
    self.continuation = continuation
  }

  /// Ends the exchange for its caller; the first end counts.
  func end(_ result: ExchangeResult) {
    guard self.result == nil else { return }
    self.result = result
    if let event = pending.timeout { simulator.cancel(event) }
    if let event = pending.outcome { simulator.cancel(event) }
    outcome = nil
    simulator.record(
      "end", UInt64(exchange.sequence), result.code, detail: "#\(exchange.sequence) \(result.text)")
    network.model.ended(exchange, result: result, at: simulator.now)
    if let continuation {
      self.continuation = nil
      resume(continuation, result)
    }
  }

  private func resume(
    _ continuation: UnsafeContinuation<HTTPReply, any Error>, _ result: ExchangeResult
  ) {
    guard caller.isAlive else { return continuation.resume(throwing: ProcessDied()) }
    switch result {
    case .reply(let reply): continuation.resume(returning: reply)
    case .failed(let error): continuation.resume(throwing: error)
    case .abandoned: continuation.resume(throwing: CancellationError())
    }
  }

  // MARK: Events

  func happened(_ step: Int) {
    switch Step(rawValue: step) {
    case .timeout:
      pending.timeout = nil
      end(
        .failed(TransportError(effect: .unknown, reason: "timed out after \(timeout.inSeconds)")))
    case .arrival: arrive(copy: 0)
    case .secondArrival: arrive(copy: 1)
    case .outcome:
      pending.outcome = nil
      if let outcome { end(outcome) }
    case .handling, .secondHandling, nil: preconditionFailure("a flight has no event \(step)")
    }
  }

  func ownerDied(_ step: Int) {
    switch Step(rawValue: step) {
    case .timeout:
      pending.timeout = nil
      end(.abandoned)
    case .handling: answer(nil)
    case .secondHandling: break
    case .arrival, .secondArrival, .outcome, nil:
      preconditionFailure("event \(step) of a flight has no owner")
    }
  }

  // MARK: At the service

  private func arrive(copy: Int) {
    let isDetached = isDetached(copy)
    let binding =
      isDetached
      ? network.binding(exchange.to, member: route.member)
      : peer.flatMap { network.binding(exchange.to, of: $0) }
    guard let binding, binding.process.isAlive else {
      // What arrives long after its connection vanishes; a connection to a dead process breaks.
      if copy == 0 { answer(nil) }
      return
    }
    network.model.delivered(exchange, copy: copy, at: simulator.now)
    guard binding.process.isAlive else {
      if copy == 0 { answer(nil) }
      return
    }
    let step = copy == 0 ? Step.handling : .secondHandling
    let handling = simulator.events.add(
      at: nil, "handling", .notify(self, step.rawValue), owner: binding.process)
    binding.process.spawn { [self] in
      let reply: HTTPReply
      do {
        reply = try await binding.service.respond(to: exchange.call)
      } catch {
        if binding.process.isAlive {
          simulator.cancel(handling)
          if copy == 0 { answer(nil) }
        }
        throw error
      }
      guard binding.process.isAlive else { return }
      simulator.cancel(handling)
      network.model.answered(exchange, copy: copy, reply: reply, at: simulator.now)
      if copy == 0 { answer(reply) }
    }
  }

  /// Whether a copy travels without a connection, so that any later process may receive it.
  private func isDetached(_ copy: Int) -> Bool {
    if case .lateEffect = route.fault { return true }
    return copy > 0
  }

  /// The service has answered the first copy; nil: its process died before.
  private func answer(_ reply: HTTPReply?) {
    let back = route.responseLatency
    switch route.replyFate(reply) {
    case .vanishes: break
    case .breaks: conclude(after: back, .failed(Self.reset))
    case .arrives(let reply): conclude(after: back, .reply(reply))
    case .isCut(let reply, let bytes):
      conclude(
        after: back, .reply(HTTPReply(reply.response, body: Array(reply.body.prefix(bytes)))))
    }
  }

  // MARK: On the way back

  private func conclude(after delay: Duration, _ outcome: ExchangeResult) {
    guard result == nil else { return }
    self.outcome = outcome
    pending.outcome = plan(.outcome, after: delay, "outcome")
  }

  private func plan(
    _ step: Step, after delay: Duration, _ kind: StaticString, owner: SimulatedProcess? = nil
  ) -> ScheduledEvent {
    simulator.events.add(
      at: simulator.instant(after: delay), kind, .notify(self, step.rawValue), owner: owner)
  }

  private static let refused = TransportError(effect: .none, reason: "connection refused")
  private static let reset = TransportError(effect: .unknown, reason: "connection reset")
}

extension ExchangeResult {
  /// The result in the trace: the status of a reply, or a small number.
  fileprivate var code: UInt64 {
    switch self {
    case .reply(let reply): UInt64(reply.response.status.code)
    case .failed(let error): error.effect == .none ? 1 : 2
    case .abandoned: 3
    }
  }

  fileprivate var text: String {
    switch self {
    case .reply(let reply): "\(reply.response.status.code)"
    case .failed(let error): error.reason
    case .abandoned: "abandoned"
    }
  }
}

public import HTTPService

/// One request on its way, as the network knows it.
public struct Exchange: Sendable {
  /// Counts all exchanges of the world, from 1.
  public let sequence: Int
  /// The sending node's name.
  public let from: String
  /// The authority asked.
  public let to: String
  /// The request.
  public let call: HTTPCall
  /// When it was sent.
  public let sentAt: SimulatedInstant
}

/// What the network does to one exchange.
public enum NetworkFault: Sendable, Hashable {
  /// The connection is refused: the caller learns at once that nothing was sent.
  case refused
  /// The request vanishes: the caller times out, nothing happens.
  case requestLost
  /// The connection breaks before the request arrives: the caller cannot tell.
  case resetBefore
  /// The service acts, its answer vanishes, the caller times out.
  case responseLost
  /// The service acts, the connection breaks as it answers.
  case resetAfter
  /// The caller's connection breaks; the request arrives this much later all the same.
  case lateEffect(Duration)
  /// The request arrives a second time, this much later; its second answer goes nowhere.
  case deliveredTwice(Duration)
  /// The body of the answer is cut short.
  case truncated
  /// The body of the answer is not what its content type says.
  case garbled
  /// A proxy answers 502 with an HTML page; with `effect`, after the service has acted.
  case badGateway(effect: Bool)

  /// A stable name for reports: `request-lost`.
  public var name: String { fatalError("seam") }
}

/// How one exchange travels.
public struct Route: Sendable, Hashable {
  /// One way there.
  public var requestLatency: Duration
  /// One way back.
  public var responseLatency: Duration
  /// What goes wrong.
  public var fault: NetworkFault?
  /// Creates a route.
  public init(requestLatency: Duration, responseLatency: Duration, fault: NetworkFault? = nil) {
    self.requestLatency = requestLatency
    self.responseLatency = responseLatency
    self.fault = fault
  }
}

/// How an exchange ended for its caller.
public enum ExchangeResult: Sendable {
  /// An answer came.
  case reply(HTTPReply)
  /// None came.
  case failed(TransportError)
  /// The caller died or gave up (cancellation) while waiting.
  case abandoned
}

/// Decides how exchanges travel and is told what becomes of them. All on the simulator's thread.
public protocol NetworkConduct: AnyObject {
  /// Plans an exchange; asked once, as it is sent.
  func route(_ exchange: Exchange) -> Route
  /// A request arrives at its service (again, when `copy` > 0).
  func delivered(_ exchange: Exchange, copy: Int, at: SimulatedInstant)
  /// A service has answered; the answer may never arrive.
  func answered(_ exchange: Exchange, copy: Int, reply: HTTPReply, at: SimulatedInstant)
  /// An exchange ended for its caller.
  func ended(_ exchange: Exchange, result: ExchangeResult, at: SimulatedInstant)
}

/// A network between the nodes of one simulator.
public final class SimulatedNetwork: @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.

  /// Creates a network that nothing is attached to.
  public init(_ simulator: Simulator, conduct: any NetworkConduct) { fatalError("seam") }

  /// Has a service answer for an authority, on a node: when the node runs no process, connections
  /// are refused; when its process dies in the middle, they break.
  public func attach(_ service: any HTTPService, to authority: String, on node: Node) {
    fatalError("seam")
  }
  /// Takes the service of an authority away (its process died).
  public func detach(_ authority: String) { fatalError("seam") }
  /// The transport of a process.
  public func transport(for process: Process) -> any HTTPTransport { fatalError("seam") }
}

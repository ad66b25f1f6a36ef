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

/// How one exchange travels.
public struct RoutePlan: Sendable, Hashable {
  /// One way there.
  public var requestLatency: Duration
  /// One way back.
  public var responseLatency: Duration
  /// What goes wrong.
  public var fault: NetworkFault?
  /// Which of several services behind one authority is asked, counted round; for worlds.
  public var member: UInt64 = 0
  /// How long a caller on a socket waits in vain before its connection is closed, in real time; nil
  /// leaves it to the caller's patience. Worlds have no use for it.
  public var silence: Duration?

  /// Creates a route.
  public init(
    requestLatency: Duration = .zero, responseLatency: Duration = .zero,
    fault: NetworkFault? = nil
  ) {
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
///
/// Each exchange is routed once and ends once. It is delivered and answered as often as its request
/// reaches a service and the service answers, which may be before or after it ends, or never.
public protocol NetworkModel: AnyObject {
  /// How a path is written down, where some of it is a secret; as it is, unless a model says otherwise.
  func shown(path: String) -> String
  /// Plans an exchange; asked once, as it is sent.
  func route(_ exchange: Exchange) -> RoutePlan
  /// A request arrives at its service (again, when `copy` > 0).
  func delivered(_ exchange: Exchange, copy: Int, at: SimulatedInstant)
  /// A service has answered; the answer may never arrive.
  func answered(_ exchange: Exchange, copy: Int, reply: HTTPReply, at: SimulatedInstant)
  /// An exchange ended for its caller.
  func ended(_ exchange: Exchange, result: ExchangeResult, at: SimulatedInstant)
}

extension NetworkModel {
  /// Shows the path as it is.
  public func shown(path: String) -> String { path }
}

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
  public var name: String {
    switch self {
    case .refused: "refused"
    case .requestLost: "request-lost"
    case .resetBefore: "reset-before"
    case .responseLost: "response-lost"
    case .resetAfter: "reset-after"
    case .lateEffect: "late-effect"
    case .deliveredTwice: "delivered-twice"
    case .truncated: "truncated"
    case .garbled: "garbled"
    case .badGateway: "bad-gateway"
    }
  }

  /// The names of all faults.
  public static let names = [
    "refused", "request-lost", "reset-before", "response-lost", "reset-after", "late-effect",
    "delivered-twice", "truncated", "garbled", "bad-gateway",
  ]
}

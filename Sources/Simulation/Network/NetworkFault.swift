public import HTTPService
import HTTPTypes

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
  /// The connection is dead and neither side knows it: the request vanishes, and so does all that
  /// follows on the connection for so long; it is not closed, so the caller waits in vain each time.
  ///
  /// Source: RFC 9293, section 3.5.1, half-open connections.
  case halfOpen(Duration)
  /// Somebody in between, a filter or a cache, answers with an HTML page of its own under this status; with
  /// `effect`, after the service has acted. Such a status says nothing about the service.
  ///
  /// Source: RFC 9110, section 3.7, intermediaries.
  case foreignPage(status: Int, effect: Bool)

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
    case .halfOpen: "half-open"
    case .foreignPage: "foreign-page"
    }
  }

  /// The names of all faults.
  public static let names = [
    "refused", "request-lost", "reset-before", "response-lost", "reset-after", "late-effect",
    "delivered-twice", "truncated", "garbled", "bad-gateway", "half-open",
    "foreign-page",
  ]
}

/// What becomes of a request on its way to a service.
public enum RequestFate: Sendable {
  /// The connection is refused; nothing was sent.
  case refused
  /// It vanishes; no answer comes.
  case vanishes
  /// The connection breaks; nothing arrives.
  case breaks
  /// The connection breaks, and the request arrives so much after its time all the same.
  case breaksAndArrives(late: Duration)
  /// Somebody before the service answers in its place.
  case answered(HTTPReply)
  /// It arrives.
  case arrives
  /// It arrives, and so much later a second time.
  case arrivesTwice(again: Duration)
}

/// What becomes of an answer on its way back.
public enum ReplyFate: Sendable {
  /// It vanishes.
  case vanishes
  /// The connection breaks.
  case breaks
  /// This arrives.
  case arrives(HTTPReply)
  /// Only so many bytes of its body arrive.
  case isCut(HTTPReply, bodyBytes: Int)
}

/// The one player of network faults: whoever carries messages, in a world or on sockets, asks it before
/// the call and after the answer, and does what it says.
extension RoutePlan {
  /// What becomes of the request.
  public var requestFate: RequestFate {
    switch fault {
    case .refused: .refused
    case .requestLost, .halfOpen: .vanishes
    case .resetBefore: .breaks
    case .lateEffect(let delay): .breaksAndArrives(late: delay)
    case .deliveredTwice(let delay): .arrivesTwice(again: delay)
    case .badGateway(effect: false): .answered(Self.page(502))
    case .foreignPage(let status, effect: false): .answered(Self.page(status))
    case .responseLost, .resetAfter, .truncated, .garbled, .badGateway(effect: true),
      .foreignPage(_, effect: true), nil:
      .arrives
    }
  }

  /// What becomes of an answer.
  /// - Parameter reply: nil when the service died before it gave one.
  public func replyFate(_ reply: HTTPReply?) -> ReplyFate {
    switch (fault, reply) {
    case (.responseLost, _), (.lateEffect, _): .vanishes
    case (.badGateway, _): .arrives(Self.page(502))
    case (.foreignPage(let status, _), _): .arrives(Self.page(status))
    case (.resetAfter, _), (_, nil): .breaks
    case (.truncated, let reply?): .isCut(reply, bodyBytes: reply.body.count / 2)
    case (.garbled, let reply?): .arrives(HTTPReply(reply.response, body: Self.page))
    case (_, let reply?): .arrives(reply)
    }
  }

  /// What stands in place of a body, under the same status and content type.
  private static let page = Array("<!DOCTYPE html><html><body>Please wait</body></html>\n".utf8)

  /// What somebody in between says in the service's place.
  private static func page(_ status: Int) -> HTTPReply {
    let response = HTTPResponse.Status(code: status)
    let title = status == 502 ? "502 Bad Gateway" : "\(status) \(response.reasonPhrase)"
    return HTTPReply(
      status: response, contentType: "text/html",
      body: Array("<html><body><h1>\(title)</h1></body></html>\n".utf8))
  }
}

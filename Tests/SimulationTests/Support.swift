import HTTPService
import HTTPTypes
import Simulation
import Synchronization

/// Collects values from the tasks of a simulation, in the order in which they come.
final class Log<Value: Sendable>: Sendable {
  private let storage = Mutex<[Value]>([])
  var values: [Value] { storage.withLock { $0 } }
  func add(_ value: Value) { storage.withLock { $0.append(value) } }
}

/// Counts how many of its kind are alive, through tokens that tasks hold.
final class Census: Sendable {
  private let count = Mutex(0)
  var alive: Int { count.withLock { $0 } }
  func token() -> Token { Token(self) }

  final class Token: Sendable {
    private let census: Census
    init(_ census: Census) {
      self.census = census
      census.count.withLock { $0 += 1 }
    }
    deinit { census.count.withLock { $0 -= 1 } }
  }
}

/// Answers after a while with what it was sent, and counts its calls.
struct Echo: HTTPService {
  let process: SimulatedProcess
  var delay = Duration.zero
  let calls = Log<SimulatedInstant>()

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    calls.add(process.clock.now)
    if delay > .zero { try await process.wait(delay) }
    return HTTPReply(status: .ok, contentType: "application/json", body: call.body)
  }
}

/// Routes as the test says, and writes down what it is told.
final class Script: NetworkModel {
  var route: (Exchange) -> RoutePlan
  private(set) var notes: [String] = []

  init(_ route: @escaping (Exchange) -> RoutePlan) { self.route = route }

  /// 10 ms there, 20 ms back.
  convenience init(_ fault: NetworkFault? = nil) {
    self.init { _ in
      RoutePlan(requestLatency: .milliseconds(10), responseLatency: .milliseconds(20), fault: fault)
    }
  }

  func route(_ exchange: Exchange) -> RoutePlan { (route as (Exchange) -> RoutePlan)(exchange) }
  func delivered(_ exchange: Exchange, copy: Int, at: SimulatedInstant) {
    notes.append("delivered \(exchange.sequence).\(copy) at \(at)")
  }
  func answered(_ exchange: Exchange, copy: Int, reply: HTTPReply, at: SimulatedInstant) {
    notes.append("answered \(exchange.sequence).\(copy) at \(at)")
  }
  func ended(_ exchange: Exchange, result: ExchangeResult, at: SimulatedInstant) {
    let text =
      switch result {
      case .reply(let reply): "\(reply.response.status.code)"
      case .failed(let error): "\(error)"
      case .abandoned: "abandoned"
      }
    notes.append("ended \(exchange.sequence) at \(at): \(text)")
  }
}

/// A request to an authority.
func post(_ authority: String, _ body: String = #"{"ball":1}"#) -> HTTPCall {
  HTTPCall(
    HTTPRequest(method: .post, scheme: "http", authority: authority, path: "/"),
    body: Array(body.utf8))
}

import Audit
import BookingOrchestrator
import HTTPService
import HTTPTypes
import Scenarios
import Simulation
import Wire

/// Where clients send their requests from, and where what they are told is written down.
final class ClientConnection: @unchecked Sendable {
  // Unchecked: confined to the simulator's thread.
  let recorder: Recorder
  /// How many names the clients have among them.
  private let names: Int
  private let process: SimulatedProcess
  private let transport: any HTTPTransport
  private let encoder = JSONTextEncoder()
  private let decoder = JSONTextDecoder()
  /// What each client saw last when it looked, and the bytes it read it from; most looks show the same
  /// bytes again. Looked up by key only.
  private var lastPolls: [Int: (body: [UInt8], answer: ClientAnswer)] = [:]

  init(recorder: Recorder, names: Int, process: SimulatedProcess, transport: any HTTPTransport) {
    self.recorder = recorder
    self.names = names
    self.process = process
    self.transport = transport
  }

  var now: SimulatedInstant { process.clock.now }

  /// Waits.
  func pause(_ duration: Duration) async throws { try await process.wait(duration) }

  /// Writes a body.
  func encode(_ value: some Encodable) throws -> [UInt8] { try encoder.encode(value) }

  private func read(_ reply: HTTPReply, _ kind: ClientRecord.Request, _ client: Int) -> ClientAnswer
  {
    guard kind == .look else { return ClientAnswer(reply, decoder: decoder) }
    // An answer is made of status and body alone.
    if let last = lastPolls[client], last.answer.status == reply.response.status.code,
      last.body == reply.body
    {
      return last.answer
    }
    let answer = ClientAnswer(reply, decoder: decoder)
    lastPolls[client] = (reply.body, answer)
    return answer
  }

  /// Whom a client asks for.
  func identity(_ client: Int) -> ClientIdentity { ClientIdentity(client, names: names) }

  /// Sends one request, waits, and records what was told. A cancelled request is one that the client
  /// gave up: its outcome is unknown.
  func ask(
    _ kind: ClientRecord.Request, _ method: HTTPRequest.Method, _ path: String, key: String = "",
    body: [UInt8] = [], trueBody: Bool = true, client: Int, attempt: Int, click: Int = 1,
    patience: Duration, foreignBooking: String = "", lacking: String = "", keepsBody: Bool = false
  ) async throws -> ClientAnswer {
    let request = request(kind, method, path, key: key, body, of: client, click, attempt)
    let asked = now.microseconds
    var answer = ClientAnswer.none
    var kept: [UInt8] = []
    var fields = HTTPFields()
    do {
      let reply = try await transport.send(HTTPCall(request, body: body), timeout: patience)
      answer = read(reply, kind, client)
      kept = reply.body
      fields = reply.response.headerFields
    } catch is TransportError {
    } catch is CancellationError {
    }
    try process.checkAlive()
    var record = ClientRecord(
      client: client, request: kind, key: key, trueBody: trueBody, askedMicroseconds: asked,
      toldMicroseconds: now.microseconds, result: answer.result, httpStatus: answer.status,
      bookingID: answer.view.bookingId ?? "", state: answer.view.state ?? "",
      needsAttention: answer.view.needsAttention ?? false,
      warnings: (answer.view.warnings ?? []).compactMap(\.slot), problem: answer.view.code ?? "",
      foreignBooking: foreignBooking, pointer: answer.view.pointer ?? "", body: kept)
    record.retryAfter = fields[.retryAfterSeconds].flatMap { Int($0) }
    record.allow = fields[.allow]
    record.location = fields[.location]
    record.lacking = lacking
    recorder.told(record, keepsBody: keepsBody)
    return answer
  }

  /// Sends one request and waits, and lets others write down what was told; nil when no answer came.
  func exchange(
    _ kind: ClientRecord.Request, _ method: HTTPRequest.Method, _ path: String,
    _ body: [UInt8] = [], by client: Int, attempt: Int
  ) async throws -> HTTPReply? {
    let request = request(kind, method, path, key: "", body, of: client, 1, attempt)
    var reply: HTTPReply?
    do {
      reply = try await transport.send(HTTPCall(request, body: body), timeout: .seconds(90))
    } catch is TransportError {
    } catch is CancellationError {
    }
    try process.checkAlive()
    return reply
  }

  private func request(
    _ kind: ClientRecord.Request, _ method: HTTPRequest.Method, _ path: String, key: String,
    _ body: [UInt8], of client: Int, _ click: Int, _ attempt: Int
  ) -> HTTPRequest {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: Authority.orchestrator, path: path)
    request.headerFields[.baggage] =
      "client=\(client),ask=\(kind.rawValue),click=\(click),attempt=\(attempt)"
    if let name = identity(client).name { request.headerFields[ClientName.field] = name }
    if !key.isEmpty { request.headerFields[.idempotencyKey] = key }
    if !body.isEmpty { request.headerFields[.contentType] = "application/json" }
    return request
  }
}

extension HTTPField.Name {
  /// W3C Baggage.
  static let baggage = HTTPField.Name(checked: "baggage")
  /// IETF draft "The Idempotency-Key HTTP Header Field".
  static let idempotencyKey = HTTPField.Name(checked: "Idempotency-Key")
  /// RFC 9110, Retry-After.
  static let retryAfterSeconds = HTTPField.Name(checked: "Retry-After")

  private init(checked name: String) {
    guard let known = HTTPField.Name(name) else { preconditionFailure("not a field name: \(name)") }
    self = known
  }
}

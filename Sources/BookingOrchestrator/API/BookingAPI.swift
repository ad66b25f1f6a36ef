import GRDB
import HTTPService
import HTTPTypes
import Wire

/// The orchestrator's HTTP API: it writes requests down, waits for sagas, and reads answers.
///
/// A request only submits. Whatever it asks for is durable before anybody acts on it, and is carried
/// out by the saga engine whether or not the client still waits; every answer is read from the
/// database after that. Each request is one transaction, plus one read for the answer.
struct BookingAPI: Sendable {
  let configuration: OrchestratorConfiguration
  let database: any DatabaseAccess
  let ids: any IdentifierSource
  let wallClock: any WallClock
  let engine: any SagaRunner
  let secrets: any SecretSource
  let renderer: any ItineraryRenderer
  // Foundation's coders may be used by several tasks at once; their options are never changed here.
  let decoder = JSONTextDecoder()
  let encoder = JSONTextEncoder()
  /// Bookings on their way, as clients saw them last: whoever waits asks again and again.
  private let views = BookingCache<EncodedView>()

  /// Creates the API over a migrated database and a running engine.
  init(
    configuration: OrchestratorConfiguration, database: any DatabaseAccess,
    ids: any IdentifierSource, wallClock: any WallClock, engine: any SagaRunner,
    secrets: any SecretSource, renderer: any ItineraryRenderer
  ) {
    self.configuration = configuration
    self.database = database
    self.ids = ids
    self.wallClock = wallClock
    self.engine = engine
    self.secrets = secrets
    self.renderer = renderer
  }

  /// Answers one call. Throws only when there is nobody left to answer.
  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let reply = try await answer(call)
    return call.request.method == .head ? reply.withoutBody : reply
  }

  private func answer(_ call: HTTPCall) async throws -> HTTPReply {
    do {
      guard call.body.count <= configuration.bodyLimit else {
        // Nothing that Stripe sends is that long; a forger learns no more than from a bad signature.
        throw call.request.path == "/webhooks/stripe"
          ? Problem.webhookRefused : Problem.bodyTooLarge(limit: configuration.bodyLimit)
      }
      return try await route(call)
    } catch let problem as Problem {
      return problem.reply
    } catch is DatabaseError {
      // Also for a commit whose outcome is not known: repeating the request finds out.
      return Problem.databaseUnavailable.reply
    } catch is StoreError {
      return Problem.internalError.reply
    } catch is DecodingError {
      return Problem.internalError.reply
    } catch is RenderingFailed {
      return Problem.notDrawn.reply
    }
  }

  private func route(_ call: HTTPCall) async throws -> HTTPReply {
    let target = call.request.path ?? "/"
    let path = target.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(target[..<$0]) } ?? target
    let method = call.request.method
    if path == "*", method == .options { return HTTPReply(allowing: Route.allMethods) }
    guard let route = Route(path) else { throw Problem.routeUnknown }
    if method == .options { return HTTPReply(allowing: route.methods) }
    guard route.methods.contains(method) else { throw Problem.methodNotAllowed(route.methods) }
    switch route {
    case .book: return try await book(call)
    case .cancel: return try await cancel(call)
    case .list: return try await list(call)
    case .modify: return try await modify(call)
    case .registerOption: return try await registerOption(call)
    case .webhook: return try await receiveWebhook(call)
    case .health: return try await health()
    case .booking(let id):
      return try await view(of: id, for: ClientName(of: call.request)).reply(status: .ok)
    case .itinerary(let id, let file):
      return try await itinerary(of: id, as: file, for: ClientName(of: call.request))
    case .links(let id) where method == .post: return try await share(id, call)
    case .links(let id): return try await links(of: id, for: ClientName(of: call.request))
    case .link(let id, let link):
      return try await revoke(link, of: id, for: ClientName(of: call.request))
    case .shared(let token, let file):
      return try await shared(token, as: file, counting: method == .get)
    }
  }

  private func health() async throws -> HTTPReply {
    _ = try await database.read { db in
      try Int.fetchOne(try db.cachedStatement(sql: "SELECT 1"))
    }
    let body = JSONWriter.object(.newline) { $0.field("status", "ok") }
    return HTTPReply(status: .ok, contentType: Self.json, body: body)
  }
}

// What several routes share.
extension BookingAPI {
  static let json = "application/json"

  /// Reads a booking as it is committed now.
  /// - Throws: ``Problem`` `booking-unknown`, also for a booking of another client.
  /// - Parameter modification: which of its modifications to tell of; nil for the latest.
  func view(
    of id: BookingID, for client: ClientName, modification: BookingID? = nil
  ) async throws -> EncodedView {
    let known = modification == nil ? views[id] : nil
    let read: EncodedView? = try await database.read { db in
      guard let (version, state) = try BookingView.version(db, id, of: client) else { return nil }
      if let known, known.version == version, known.state.rawValue == state { return known }
      return try BookingView.load(db, id, modification: modification)
        .map { EncodedView($0, version: version) }
    }
    guard let read else { throw Problem.bookingUnknown(id) }
    if modification == nil, !read.state.isTerminal, !read.needsAttention { views[id] = read }
    return read
  }

  /// The client's key: nil when there is none, or none that can be used.
  func idempotencyKey(_ call: HTTPCall) -> String? {
    guard let key = call.request.headerFields[Self.idempotencyKey] else { return nil }
    let isVisible = key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    return isVisible && (1...255).contains(key.utf8.count) ? key : nil
  }

  // A constant that is a valid field name (RFC 9110, token).
  static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}

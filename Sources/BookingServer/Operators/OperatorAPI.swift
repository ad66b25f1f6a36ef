import BookingOrchestrator
import GRDB
import HTTPService
import HTTPTypes

/// What operators see over HTTP: the page, and the metrics.
struct OperatorAPI: HTTPService {
  let database: any DatabaseAccess
  let metrics: PrometheusRegistry

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let reply = try await answer(call)
    return call.request.method == .head ? reply.withoutBody : reply
  }

  /// What each of the pages takes.
  private static let methods: [HTTPRequest.Method] = [.get, .head, .options]

  private func answer(_ call: HTTPCall) async throws -> HTTPReply {
    let path = (call.request.path ?? "/").prefix { $0 != "?" }
    guard let place = Place(path) else {
      return page(.notFound, OperatorPage.notFound("There is no such page."))
    }
    if call.request.method == .options { return HTTPReply(allowing: Self.methods) }
    guard Self.methods.contains(call.request.method) else {
      var refusal = AccessRefusal.onlyReading.reply
      refusal.response.headerFields[.allow] = Self.methods.allowField
      return refusal
    }
    do {
      switch place {
      case .metrics: return try await scrape()
      case .overview: return try await overview()
      case .booking(let id): return try await booking(id)
      }
    } catch is DatabaseError {
      return page(
        .serviceUnavailable,
        OperatorPage.notFound("The database cannot be read now; try again in a moment."))
    }
  }

  /// What there is to see.
  private enum Place {
    case metrics, overview
    case booking(String)

    init?(_ path: Substring) {
      switch path {
      case "/metrics": self = .metrics
      case "/operator", "/operator/": self = .overview
      default:
        let id = path.dropFirst("/operator/bookings/".count)
        guard path.hasPrefix("/operator/bookings/"), !id.isEmpty, !id.contains("/") else {
          return nil
        }
        self = .booking(String(id))
      }
    }
  }

  private func overview() async throws -> HTTPReply {
    let overview = try await database.read { db in
      OperatorPage.Overview(
        states: try OperatorStore.states(db), items: try OperatorStore.items(db),
        untold: try OperatorStore.untold(db),
        bookings: try OperatorStore.bookings(db, limit: 100))
    }
    return page(.ok, OperatorPage.overview(overview))
  }

  private func booking(_ id: String) async throws -> HTTPReply {
    let (story, untold) = try await database.read { db in
      (try OperatorStore.story(db, id), try OperatorStore.untold(db, booking: id))
    }
    guard let story else {
      return page(.notFound, OperatorPage.notFound("There is no booking '\(id)'."))
    }
    return page(.ok, OperatorPage.booking(story, untold: untold))
  }

  private func page(_ status: HTTPResponse.Status, _ html: String) -> HTTPReply {
    var reply = HTTPReply(
      status: status, contentType: "text/html; charset=utf-8", body: Array(html.utf8))
    // The page runs no script and shows nothing from elsewhere, whatever a booking's texts hold.
    reply.response.headerFields[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    reply.response.headerFields[.cacheControl] = "no-store"
    return reply
  }

  /// What the registry holds, and what only the database knows.
  private func scrape() async throws -> HTTPReply {
    let (states, items, mails, hooks) = try await database.read { db in
      (
        try OperatorStore.states(db), try OperatorStore.openItems(db), try OperatorStore.mails(db),
        try OperatorStore.hookEvents(db)
      )
    }
    var text = metrics.text()
    text += "# TYPE bookings gauge\n"
    for (state, count) in states {
      text += line("bookings", #"state="\#(state.rawValue)""#, Double(count))
    }
    text += "# TYPE attention_items_open gauge\n"
    for (reason, count) in items {
      text += line("attention_items_open", #"reason="\#(reason)""#, Double(count))
    }
    text += "# TYPE mails gauge\n"
    for (status, count) in mails {
      text += line("mails", #"status="\#(status)""#, Double(count))
    }
    text += "# TYPE hook_events gauge\n"
    for (status, count) in hooks {
      text += line("hook_events", #"status="\#(status)""#, Double(count))
    }
    return HTTPReply(
      status: .ok, contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.utf8))
  }
}

extension AccessRefusal {
  static let onlyReading = AccessRefusal(
    status: 405, code: "method-not-allowed", title: "Method not allowed",
    detail: "Use GET at this path.")
}

import Foundation
import HTTPService
import HTTPTypes
import Logging
import Metrics
import Tracing
import Wire

/// A service whose every request is a log line, a span, a count and a duration.
///
/// What is told of a request is its route, never its query, its body, or who a traveller is; of a
/// link, whose path is a secret, only that one was opened.
struct ObservedService: HTTPService {
  let inner: any HTTPService
  let logger: Logger
  let metrics: any MetricsFactory

  func respond(to call: HTTPCall) async throws -> HTTPReply {
    let route = ObservedRoute(call.request)
    let clock = ContinuousClock()
    let start = clock.now
    return try await withSpan("\(route.method) \(route.name)", ofKind: .server) { span in
      let reply: HTTPReply
      do {
        reply = try await inner.respond(to: call)
      } catch {
        note(route, status: 0, booking: route.booking, clock.now - start)
        throw error
      }
      let booking = route.booking ?? Self.booking(in: reply, of: route)
      span.attributes["http.response.status_code"] = reply.response.status.code
      if let booking { span.attributes["booking.id"] = booking }
      note(route, status: reply.response.status.code, booking: booking, clock.now - start)
      return reply
    }
  }

  private func note(_ route: ObservedRoute, status: Int, booking: String?, _ time: Duration) {
    let dimensions = [("method", route.method), ("route", route.name)]
    Counter(
      label: "http_requests", dimensions: dimensions + [("status", "\(status)")], factory: metrics
    ).increment()
    Metrics.Timer(label: "http_request_duration", dimensions: dimensions, factory: metrics)
      .recordNanoseconds(time.wholeNanoseconds)
    var metadata: Logger.Metadata = [
      "operation": "\(route.method) \(route.name)", "status": "\(status)",
      "ms": "\(time.milliseconds)",
    ]
    if let booking { metadata["booking_id"] = "\(booking)" }
    logger.log(level: route.isRoutine ? .debug : .info, "request", metadata: metadata)
  }

  /// The booking that an answer is about, where the path does not say it.
  private static func booking(in reply: HTTPReply, of route: ObservedRoute) -> String? {
    guard route.name.hasPrefix("/booking/"), reply.response.status.kind == .successful else {
      return nil
    }
    struct Answer: Decodable { var bookingId: String }
    // An answer without an id has none to log.
    return try? JSONTextDecoder().decode(Answer.self, from: reply.body).bookingId
  }
}

/// A request's route: one of a few names, whatever clients send.
private struct ObservedRoute {
  let method: String
  let name: String
  var booking: String?
  /// Whether machines ask it all day.
  var isRoutine: Bool { name == "/health" || name == "/metrics" }

  init(_ request: HTTPRequest) {
    let methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]
    method = methods.contains(request.method.rawValue) ? request.method.rawValue : "other"
    let path = String((request.path ?? "/").prefix { $0 != "?" })
    switch path {
    case "/booking/book", "/booking/cancel", "/booking/modify", "/bookings", "/trip/options",
      "/webhooks/stripe", "/health", "/openapi.json", "/docs", "/metrics", "/operator":
      name = path
    case _ where path.hasPrefix("/booking/"):
      (name, booking) = Self.booking(path)
    case _ where path.hasPrefix("/share/"):
      // The token may open the link for a long time to come.
      let file = [".pdf", ".ics"].first { path.hasSuffix($0) } ?? ""
      name = "/share/:token\(file)"
    case _ where path.hasPrefix("/operator/bookings/") && Self.isID(path.dropFirst(19)):
      name = "/operator/bookings/:id"
      booking = String(path.dropFirst(19))
    default: name = "other"
    }
  }

  /// The route at a booking's path, and its id.
  private static func booking(_ path: String) -> (name: String, id: String?) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
    guard let id = parts.first, isID(id) else { return ("other", nil) }
    let rest = parts.dropFirst().joined(separator: "/")
    switch rest {
    case "" where parts.count == 1: return ("/booking/:id", String(id))
    case "itinerary.pdf", "itinerary.ics", "share": return ("/booking/:id/\(rest)", String(id))
    case _ where parts.count == 3 && rest.hasPrefix("share/"):
      return ("/booking/:id/share/:link", String(id))
    default: return ("other", nil)
    }
  }

  /// Whether a text can be one of our identifiers, and so may stand in a log.
  private static func isID(_ text: Substring) -> Bool {
    (1...80).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}

extension Duration {
  /// The duration in whole nanoseconds.
  var wholeNanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
  /// The duration in whole milliseconds.
  var milliseconds: Int64 { wholeNanoseconds / 1_000_000 }
  /// The duration in seconds, for metrics.
  var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }
}

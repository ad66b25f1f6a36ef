import HTTPService
import HTTPTypes
import Logging
import Metrics
import Tracing

/// A transport whose every call to a vendor is a log line, a span, a count and a duration.
struct ObservedTransport: HTTPTransport {
  let inner: any HTTPTransport
  /// The vendors by their authorities.
  let vendors: [String: String]
  let logger: Logger
  let metrics: any MetricsFactory

  func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
    let facts = Facts(call.request, vendors)
    let clock = ContinuousClock()
    let start = clock.now
    return try await withSpan("\(facts.vendor) \(facts.operation)", ofKind: .client) { span in
      if let booking = facts.baggage["booking"] { span.attributes["booking.id"] = booking }
      do {
        let reply = try await inner.send(call, timeout: timeout)
        span.attributes["http.response.status_code"] = reply.response.status.code
        note(facts, "\(reply.response.status.code)", clock.now - start)
        return reply
      } catch let error as TransportError {
        // Its reason is the network's, and knows nothing of what was sent.
        note(facts, error.effect == .none ? "not-sent" : "lost", clock.now - start, error.reason)
        throw error
      } catch {
        note(facts, "cancelled", clock.now - start)
        throw error
      }
    }
  }

  private func note(_ facts: Facts, _ outcome: String, _ time: Duration, _ reason: String? = nil) {
    let dimensions = [("operation", facts.operation), ("vendor", facts.vendor)]
    Counter(
      label: "vendor_calls", dimensions: dimensions + [("outcome", outcome)], factory: metrics
    ).increment()
    Metrics.Timer(label: "vendor_call_duration", dimensions: dimensions, factory: metrics)
      .recordNanoseconds(time.wholeNanoseconds)
    var metadata: Logger.Metadata = [
      "vendor": "\(facts.vendor)", "operation": "\(facts.operation)", "status": "\(outcome)",
      "ms": "\(time.milliseconds)",
    ]
    for (name, key) in [
      ("booking", "booking_id"), ("slot", "slot"), ("direction", "direction"),
      ("attempt", "attempt"),
    ] {
      if let value = facts.baggage[name] { metadata[key] = "\(value)" }
    }
    if let reason { metadata["reason"] = "\(reason)" }
    logger.info("vendor call", metadata: metadata)
  }
}

/// What may be told of a call: who and what, with identifiers taken out of the path.
private struct Facts {
  let vendor: String
  let operation: String
  let baggage: [String: String]

  init(_ request: HTTPRequest, _ vendors: [String: String]) {
    vendor = vendors[request.authority ?? ""] ?? "other"
    let path = (request.path ?? "/").prefix { $0 != "?" }
    let steps = path.split(separator: "/").map { Self.isWord($0) ? String($0) : ":id" }
    operation = "\(request.method.rawValue) /\(steps.joined(separator: "/"))"
    let pairs = (request.headerFields[HTTPField.Name("baggage") ?? .userAgent] ?? "")
      .split(separator: ",").map { $0.split(separator: "=", maxSplits: 1) }
    baggage = Dictionary(
      pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Whether a step of a path is one of the vendor's own words, a version among them.
  private static func isWord(_ step: Substring) -> Bool {
    let isVersion = step.drop { $0 == "v" }.allSatisfy { $0.isNumber || $0 == "." }
    return isVersion && step.count <= 4 || step.allSatisfy { $0 == "-" || $0 == "_" || $0.isLetter }
  }
}

import HTTPService
import HTTPTypes
import Testing

@testable import BookingOrchestrator

struct VendorExchangeTests {
  private func exchange(_ transport: ScriptedTransport, baseURL: String) -> VendorExchange {
    VendorExchange(
      vendor: "Vendor", baseURL: baseURL, transport: transport, timeout: .seconds(7), fields: [],
      contentType: "text/plain")
  }

  private func send(_ transport: ScriptedTransport) async throws -> Outcome<Int> {
    try await exchange(transport, baseURL: "http://vendor.test").send(.get, "/x", context) {
      reply in
      .done(reply.status)
    }
  }

  @Test(arguments: [
    ("http://vendor.test", "GET http://vendor.test/x?y=1"),
    ("https://vendor.test/", "GET https://vendor.test/x?y=1"),
    ("https://vendor.test:8080/base/v2/", "GET https://vendor.test:8080/base/v2/x?y=1"),
  ])
  func baseURLIsPutBeforeThePath(baseURL: String, url: String) async throws {
    let transport = ScriptedTransport(reply(200))
    _ = try await exchange(transport, baseURL: baseURL).answer(.get, "/x?y=1", context)
    #expect(transport.calls.map(\.url) == [url])
  }

  /// Whoever stood still between the commit and the call must not make it any more.
  @Test func whatIsAskedTooLateIsNotSent() async throws {
    let clock = ManualClock(seconds: 100)
    let transport = ScriptedTransport(reply(200, "{}"), reply(200, "{}"))
    let exchange = VendorExchange(
      vendor: "Vendor", baseURL: "http://vendor.test", transport: transport, timeout: .seconds(1),
      fields: [], contentType: "application/json")
    var context = context
    context.mayBeSent = { clock.now() < Timestamp(microseconds: 190_000_000) }
    clock.advance(by: .seconds(89))
    _ = try await exchange.answer(.post, "/order", context)
    clock.advance(by: .seconds(1))
    let late: Outcome<String> = try await exchange.send(.post, "/order", context) { _ in .done("") }
    #expect(late.verdict == "retry")
    #expect(late.reason == "not sent to Vendor: it was too late")
    #expect(late.showsVendorWorks == nil)
    #expect(transport.calls.count == 1)
  }

  @Test func timeoutIsPassedOn() async throws {
    let transport = ScriptedTransport(reply(200))
    _ = try await send(transport)
    #expect(transport.timeouts == [.seconds(7)])
  }

  @Test func everyCallCarriesItsBaggage() async throws {
    let transport = ScriptedTransport(reply(200))
    _ = try await send(transport)
    #expect(transport.calls.map(\.lines) == [["baggage: \(baggage)"]])
  }

  @Test func requestThatWasNotSentIsRetried() async throws {
    let transport = ScriptedTransport([
      .failure(TransportError(effect: .none, reason: "connection refused"))
    ])
    let outcome = try await send(transport)
    #expect(outcome.verdict == "retry")
    #expect(outcome.reason == "Vendor: connection refused")
  }

  @Test func requestThatMayHaveArrivedIsUnknown() async throws {
    let transport = ScriptedTransport([
      .failure(TransportError(effect: .unknown, reason: "timed out"))
    ])
    #expect(try await send(transport).verdict == "unknown")
  }

  @Test func deathOfTheProcessGoesThrough() async throws {
    let transport = ScriptedTransport([.failure(Died())])
    await #expect(throws: Died.self) { _ = try await send(transport) }
  }

  @Test func cancellationGoesThrough() async throws {
    let transport = ScriptedTransport([.failure(CancellationError())])
    await #expect(throws: CancellationError.self) { _ = try await send(transport) }
  }

  @Test(arguments: [
    ("30", Duration.seconds(30)), ("0", .zero), ("99999999", .seconds(86_400)), ("-1", nil),
    ("1.5", nil), ("Wed, 21 Oct 2026 07:28:00 GMT", nil),
  ])
  func retryAfterIsReadInSeconds(text: String, expected: Duration?) {
    #expect(reply(503, "", ["Retry-After": text]).retryAfter == expected)
  }

  @Test(arguments: [
    (401, "retry"), (403, "retry"), (429, "retry"), (200, "unknown"), (302, "unknown"),
    (408, "unknown"), (418, "unknown"), (500, "unknown"), (502, "unknown"), (503, "unknown"),
    (504, "unknown"),
  ])
  func statusWithoutDefinitiveMeaning(status: Int, verdict: String) {
    let outcome: Outcome<Int> = exchange(ScriptedTransport(), baseURL: "http://vendor.test")
      .indefinite(reply(status))
    #expect(outcome.verdict == verdict)
  }

  /// A filter's page comes before the vendor has seen the call, or hides what it did. Found by undoing, seed 1.
  @Test(arguments: [401, 403, 429])
  func pagesOfOthersProveNothing(status: Int) {
    let page = reply(status, "<html></html>", ["Content-Type": "text/html"])
    let outcome: Outcome<Int> = exchange(ScriptedTransport(), baseURL: "http://vendor.test")
      .indefinite(page)
    #expect(outcome.verdict == "unknown")
  }

  @Test func refusedCredentialsKeepTheVendorsWordsOut() {
    let outcome: Outcome<Int> = exchange(ScriptedTransport(), baseURL: "http://vendor.test")
      .indefinite(reply(401), detail: "key sk_live_1 is wrong")
    #expect(outcome.reason == "Vendor refused our credentials (401)")
  }
}

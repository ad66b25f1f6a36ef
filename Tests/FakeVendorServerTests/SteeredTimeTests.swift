import FakeVendorServer
import FakeVendors
import Foundation
import HTTPService
import HTTPSockets
import HTTPTypes
import Logging
import Testing

struct SteeredTimeTests {
  private static let replayed = HTTPField.Name("Idempotent-Replayed")!  // a valid name

  @Test(arguments: VendorClock.Mode.allCases)
  func aKeyExpiresAfterADay(mode: VendorClock.Mode) async throws {
    try await VendorBench.serve(
      { $0.time = mode },
      { bench in
        let first = try await bench.pay(key: "k")
        _ = try await bench.advance(86_000)
        let second = try await bench.pay(key: "k")
        #expect(second.headers[Self.replayed] == "true")
        #expect(second.member("id") == first.member("id"))
        _ = try await bench.advance(401)
        let third = try await bench.pay(key: "k")
        #expect(third.headers[Self.replayed] == nil)
        #expect(third.member("id") != first.member("id"))
      })
  }

  @Test func steeredTimeStandsStill() async throws {
    try await VendorBench.serve(
      { $0.time = .steered },
      { bench in
        let first = try await bench.send(.get, .stripe, "/_clock").member("now_us")
        let second = try await bench.send(.get, .amadeus, "/_clock").member("now_us")
        #expect(first == second)
        let moved = try await bench.advance(10).member("now_us")
        #expect(Int64(moved ?? "") == Int64(first ?? "").map { $0 + 10_000_000 })
      })
  }

  @Test(arguments: [
    "{}", #"{"seconds":-1}"#, #"{"to":"yesterday"}"#, #"{"to":1}"#, #"{"seconds":1,"to":2}"#,
  ])
  func timeOnlyGoesForward(request: String) async throws {
    try await VendorBench.serve(
      { $0.time = .steered },
      { bench in
        let answer = try await bench.send(.post, .mail, "/_clock/advance", json: request)
        #expect(answer.status == 400)
      })
  }

  @Test func whatIsDueHasHappenedWhenTheAnswerComes() async throws {
    try await withInbox { inbox, url in
      try await VendorBench.serve(
        {
          $0.time = .steered
          $0.webhook = WebhookTarget(
            url: url, types: ["payment_intent.succeeded", "refund.created", "refund.failed"])
        },
        { bench in
          _ = try await bench.order(
            #"""
            [{"operation":"refunds.create","fault":"refund-fails-later","seconds":3600},
             {"operation":"payment_intent.succeeded","fault":"webhook-delay","seconds":600}]
            """#)
          let intent = try await bench.pay(
            "&payment_method=pm_card_visa&confirm=true&payment_method_types[]=card")
          let refund = try await bench.send(
            .post, .stripe, "/v1/refunds", form: "payment_intent=\(intent.member("id") ?? "")")
          #expect(refund.member("status") == "succeeded")
          #expect(inbox.types.isEmpty)
          _ = try await bench.advance(1)
          // Out of order: the payment's event was held back.
          #expect(inbox.types == ["refund.created"])
          _ = try await bench.advance(600)
          #expect(inbox.types == ["refund.created", "payment_intent.succeeded"])
          _ = try await bench.advance(3600)
          #expect(inbox.types == ["refund.created", "payment_intent.succeeded", "refund.failed"])
          let later = try await bench.send(
            .get, .stripe, "/v1/refunds/\(refund.member("id") ?? "")")
          #expect(later.member("status") == "failed")
        })
    }
  }

  /// Serves a webhook endpoint while the body runs.
  private func withInbox(
    _ body: @escaping @Sendable (EventInbox, String) async throws -> Void
  ) async throws {
    let inbox = EventInbox()
    let (ports, opened) = AsyncStream.makeStream(of: Int.self)
    let server = SocketServer(
      port: 0, service: inbox, logger: Logger(label: "inbox") { _ in SwiftLogNoOpLogHandler() }
    ) { opened.yield($0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      var iterator = ports.makeAsyncIterator()
      let port = await iterator.next() ?? 0
      try await body(inbox, "http://127.0.0.1:\(port)/hooks")
      group.cancelAll()
    }
  }
}

import Foundation
import GRDB
import HTTPService
import HTTPTypes
import Synchronization
import Testing

@testable import BookingOrchestrator

@Suite(.timeLimit(.minutes(1)))
struct HookTests {
  /// A client's endpoint that answers by script, then takes everything.
  private final class Endpoint: HTTPTransport {
    /// In a script: no answer as long as the test runs.
    static let never = -1
    private let state: Mutex<(script: [Int?], calls: [HTTPCall])>
    private let retryAfter: Int?

    /// - Parameters:
    ///   - script: a status, or nil for no answer.
    ///   - retryAfter: what it asks to wait, in seconds, whenever it does not take an event.
    init(_ script: [Int?] = [], retryAfter: Int? = nil) {
      state = Mutex((script, []))
      self.retryAfter = retryAfter
    }

    var calls: [HTTPCall] { state.withLock { $0.calls } }
    var ids: [String] {
      calls.compactMap {
        (try? JSONSerialization.jsonObject(with: Data($0.body)) as? [String: Any])?["id"] as? String
      }
    }

    func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
      let status = state.withLock { state in
        state.calls.append(call)
        return state.script.isEmpty ? 200 : state.script.removeFirst()
      }
      guard let status else { throw TransportError(effect: .unknown, reason: "timed out") }
      if status == Self.never { try await Task.sleep(for: .seconds(3_600)) }
      var reply = HTTPReply(HTTPResponse(status: .init(code: status)))
      if status >= 300, let retryAfter {
        reply.response.headerFields[.retryAfter] = "\(retryAfter)"
      }
      return reply
    }
  }

  private static let secret = "hook-secret-0123456789"
  private let clock = MailClock()
  private let bed: APITestBed

  init() throws { bed = try APITestBed(saga: Sagas.confirm) }

  private func book() async throws {
    try await bed.register()
    _ = try await bed.book()
  }

  private func enqueue(
    _ kinds: [HookKind], for clients: Set<ClientName> = [.default], of booking: String = "bk_1"
  ) async throws {
    let now = MailWallClock(clock: clock).now()
    try await bed.queue.write { db in
      try HookStore.enqueue(
        db, booking: BookingID(booking), kinds: kinds, for: clients, at: now)
    }
  }

  /// Runs a sender while `body` runs.
  private func run(_ endpoint: Endpoint, _ body: (HookSender) async throws -> Void) async throws {
    let sender = HookSender(
      client: .default,
      target: HookTarget(url: "https://client.test/hooks/1?a=b", secret: Self.secret),
      database: QueueAccess(queue: bed.queue), transport: endpoint, clock: clock,
      wallClock: MailWallClock(clock: clock), jitter: HalfJitter())
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do { try await sender.run() } catch is CancellationError {}
      }
      try await body(sender)
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  private func until(_ statuses: [String]) async throws {
    while try status() != statuses { await Task.yield() }
  }

  private func status() throws -> [String] {
    try bed.rows("SELECT status FROM hook_event ORDER BY id").map { $0[0] }
  }

  @Test func eventShowsTheBookingAndIsSigned() async throws {
    try await book()
    try await enqueue([.confirmed])
    let endpoint = Endpoint()
    try await run(endpoint) { _ in try await until(["sent"]) }
    let call = try #require(endpoint.calls.first)
    #expect(call.request.path == "/hooks/1?a=b")
    #expect(call.request.authority == "client.test")
    // Who else is called, and why, is nobody's business.
    #expect(call.request.headerFields[.baggage] == nil)
    let field = try #require(
      call.request.headerFields[HTTPField.Name("Turbulence-Signature")!])  // A legal token.
    // The reader of Stripe's signatures can read ours.
    let event = try StripeWebhook.event(
      body: call.body, signatureHeader: field, secret: Self.secret, now: APITestBed.start)
    #expect(event.type == "booking.confirmed")
    #expect(throws: StripeWebhook.Refusal.wrongSignature) {
      try StripeWebhook.event(
        body: call.body + [0x20], signatureHeader: field, secret: Self.secret,
        now: APITestBed.start)
    }
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(call.body)) as? [String: Any])
    #expect(json["id"] as? String == "evt_bk_1_1")
    #expect(json["sequence"] as? Int == 1)
    let shown = try #require(json["booking"] as? [String: Any])
    let told = try await bed.call(.get, "/booking/bk_1").json
    #expect(NSDictionary(dictionary: shown) == NSDictionary(dictionary: told))
  }

  /// HMAC-SHA256 of "1795420000.{}" under "key", computed with Python's hmac.
  @Test func signatureIsTheOneThatOthersCompute() {
    #expect(
      HookSignature.field(Array("{}".utf8), secret: "key", at: APITestBed.start)
        == "t=1795420000,v1=42baec14cab94bd39109ef9a2813a06d0d8fc12f5c0b00159f3faeaa76de2d93")
  }

  @Test func whoWantsNoEventsGetsNone() async throws {
    try await book()
    try await enqueue([.confirmed], for: [])
    try await enqueue([.confirmed], for: [ClientName("other")])
    #expect(try status() == [])
  }

  @Test func eventsOfABookingAreNumberedAndWaitForTheOneBefore() async throws {
    try await book()
    try await enqueue([.confirmed, .needsAttention])
    try await enqueue([.changed])
    let endpoint = Endpoint([500, nil, 404])
    try await run(endpoint) { _ in
      // Half of the certain half more: 3.75 s, 7.5 s, 15 s.
      await clock.passSleep(of: .milliseconds(3_750))
      await clock.passSleep(of: .milliseconds(7_500))
      await clock.passSleep(of: .seconds(15))
      try await until(["sent", "sent", "sent"])
    }
    // The same event with the same bytes until it is taken, and only then the next.
    #expect(
      endpoint.ids == [
        "evt_bk_1_1", "evt_bk_1_1", "evt_bk_1_1", "evt_bk_1_1", "evt_bk_1_2", "evt_bk_1_3",
      ])
    #expect(Set(endpoint.calls.prefix(4).map(\.body)).count == 1)
  }

  /// The day begins with the first try, not before: the event may have waited for the one before it.
  @Test func eventIsGivenUpADayAfterItsFirstTryAndTheNextIsSent() async throws {
    try await book()
    try await enqueue([.confirmed])
    try bed.write("UPDATE hook_event SET created_us = created_us - 86400000000")
    try await enqueue([.changed])
    let endpoint = Endpoint([500])
    try await run(endpoint) { _ in
      while try failed("evt") == 0 { await Task.yield() }
      try bed.write("UPDATE hook_event SET until_us = until_us - 86400000000 WHERE sequence = 1")
      await clock.passSleep(of: .milliseconds(3_750))
      try await until(["given-up", "sent"])
    }
    #expect(endpoint.ids == ["evt_bk_1_1", "evt_bk_1_2"])
    let untold = try #require(try await bed.queue.read { db in try OperatorStore.untold(db) }.first)
    #expect(untold.booking == "bk_1" && untold.kind == "booking.confirmed" && untold.tries == 1)
    #expect(untold.result == "answered 500")
    let counts = try await bed.queue.read { db in try OperatorStore.hookEvents(db).map(\.status) }
    #expect(counts == ["given-up", "sent"])
  }

  /// How many events have failed and wait for another try.
  private func failed(_ prefix: String) throws -> Int {
    try bed.rows("SELECT id FROM hook_event WHERE result IS NOT NULL").count
  }

  /// A receiver that asks for two days is not called again, and its event is not given up at once either.
  @Test func waitBeyondTheDayGivesNothingUpBeforeItIsOver() async throws {
    try await book()
    try await enqueue([.confirmed])
    let endpoint = Endpoint([503], retryAfter: 172_800)
    try await run(endpoint) { _ in while try failed("evt") == 0 { await Task.yield() } }
    let row = try #require(
      try bed.rows("SELECT status, next_us - created_us AS us FROM hook_event").first)
    #expect(row["status"] == "pending" && row["us"] == 86_400_000_000)
    try bed.write("UPDATE hook_event SET next_us = created_us, until_us = created_us")
    try await run(endpoint) { _ in try await until(["given-up"]) }
    #expect(endpoint.calls.count == 1)
  }

  @Test func eventThatWasGivenUpIsSentAgainByAnOperatorOnce() async throws {
    try await book()
    try await enqueue([.confirmed])
    try bed.write(
      "UPDATE hook_event SET status = 'given-up', attempts = 99, until_us = 1, result = 'x', ended_us = 2"
    )
    try await enqueue([.changed])
    try bed.write("UPDATE hook_event SET until_us = 1 WHERE sequence = 2")
    let now = MailWallClock(clock: clock).now()
    try await bed.queue.write { db in
      try OperatorStore.resend(db, event: 1, by: "anna", at: now)
      #expect(throws: OperatorStore.Refused.self) {
        try OperatorStore.resend(db, event: 1, by: "ben", at: now)
      }
      #expect(throws: OperatorStore.Refused.self) {
        try OperatorStore.resend(db, event: 7, by: "ben", at: now)
      }
    }
    let endpoint = Endpoint([500])
    try await run(endpoint) { _ in
      // It begins anew: its first pause is a short one.
      await clock.passSleep(of: .milliseconds(3_750))
      // The next one waits for it and loses nothing of its own day.
      try await until(["sent", "sent"])
    }
    #expect(endpoint.ids == ["evt_bk_1_1", "evt_bk_1_1", "evt_bk_1_2"])
    #expect(try bed.rows("SELECT resent_by FROM hook_event").first?["resent_by"] == "anna")
  }

  /// Each answer frees a place of its own: what waits for a slow one is that one event.
  @Test func slowAnswerDelaysNoOtherBookingsEvent() async throws {
    try await book()
    var option = TripOption.sample
    option.tripOptionId = TripOptionID("other")
    try await bed.register(option)
    var request = BookRequestBody.sample
    request.tripOptionId = TripOptionID("other")
    #expect(try await bed.book(request, key: "k2").status == 200)
    try await enqueue([.confirmed])
    let endpoint = Endpoint([Endpoint.never])
    try await run(endpoint) { sender in
      while endpoint.calls.isEmpty { await Task.yield() }
      try await enqueue([.confirmed], of: "bk_2")
      sender.poke()
      try await until(["pending", "sent"])
    }
  }

  /// A sender that died with an event under way sends it again, once its claim has run out.
  @Test func eventWhoseSenderDiedIsSentAgain() async throws {
    try await book()
    try await enqueue([.confirmed])
    let now = MailWallClock(clock: clock).now()
    let claimed = try await bed.queue.write { db in
      try HookStore.claim(
        db, of: .default, now: now, until: now + .seconds(60), patience: .seconds(86_400), limit: 8)
    }
    #expect(claimed.due.map(\.attempt) == [1])
    let endpoint = Endpoint()
    try await run(endpoint) { _ in
      await clock.passSleep(of: .seconds(60))
      try await until(["sent"])
    }
    #expect(endpoint.ids == ["evt_bk_1_1"])
    #expect(try bed.rows("SELECT attempts FROM hook_event").first?["attempts"] == 2)
  }

  @Test(arguments: [(1, 2_500), (2, 5_000), (5, 40_000), (8, 320_000), (9, 450_000), (99, 450_000)])
  func theDelayDoublesUpToFifteenMinutesAndHasAFloor(_ attempt: Int, _ least: Int) {
    #expect(HookSender.delay(afterAttempt: attempt, fraction: 0) == .milliseconds(least))
    #expect(HookSender.delay(afterAttempt: attempt, fraction: 0.5) == .milliseconds(least * 3 / 2))
  }

  @Test func whatIsToldFollowsFromWhatHappened() {
    func kinds(_ moves: [TripState], _ changes: [SagaChange] = []) -> [HookKind] {
      HookKind.kinds(of: Reaction(changes: changes, moves: moves, actions: [], story: ""))
    }
    let item = AttentionItem(
      slot: .flight, reason: "outcome-unknown", reference: nil, known: "{}", advice: "")
    #expect(kinds([.validating, .processing, .confirmed]) == [.confirmed])
    #expect(kinds([.failed], [.mail(.failure), .attention(item)]) == [.failed, .needsAttention])
    #expect(kinds([.cancelling, .cancelled]) == [.cancelled])
    #expect(kinds([], [.mail(.update)]) == [.changed])
    #expect(kinds([.validating], [.releaseOption]) == [])
  }
}

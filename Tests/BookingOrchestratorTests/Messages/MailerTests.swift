import GRDB
import Synchronization
import Testing

@testable import BookingOrchestrator

@Suite(.timeLimit(.minutes(1)))
struct MailerTests {
  /// A mail service that answers by script, then takes everything.
  private final class Post: Sendable {
    private let state: Mutex<(script: [Outcome<String>], calls: [(Mail, CallContext)])>

    init(_ script: [Outcome<String>]) { state = Mutex((script, [])) }

    var calls: [(Mail, CallContext)] { state.withLock { $0.calls } }

    func send(_ mail: Mail, _ context: CallContext) -> Outcome<String> {
      state.withLock { state in
        state.calls.append((mail, context))
        guard state.script.isEmpty else { return state.script.removeFirst() }
        return .done("msg_\(state.calls.count)")
      }
    }
  }

  private let clock = MailClock()

  private func bed() async throws -> APITestBed {
    let bed = try APITestBed(saga: Sagas.confirm)
    try await bed.register()
    _ = try await bed.book()
    return bed
  }

  private func enqueue(_ kind: MailKind, _ bed: APITestBed) async throws {
    let now = MailWallClock(clock: clock).now()
    try await bed.queue.write { db in
      try Outbox.enqueue(db, booking: BookingID("bk_1"), kind: kind, version: 2, at: now)
    }
  }

  /// Runs a mailer while `body` runs.
  private func run(
    _ bed: APITestBed, _ post: Post, _ body: (Mailer) async throws -> Void
  ) async throws {
    try await run(bed, sending: { post.send($0, $1) }, body)
  }

  private func run(
    _ bed: APITestBed, sending send: @escaping Mailer.Send,
    _ body: (Mailer) async throws -> Void
  ) async throws {
    let mailer = Mailer(
      database: QueueAccess(queue: bed.queue), clock: clock, wallClock: MailWallClock(clock: clock),
      jitter: HalfJitter(), send: send)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do { try await mailer.run() } catch is CancellationError {}
      }
      try await body(mailer)
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  private func until(_ bed: APITestBed, _ condition: (Row) -> Bool) async throws {
    while try !bed.rows("SELECT * FROM outbox ORDER BY id").allSatisfy(condition) {
      await Task.yield()
    }
  }

  private func status(_ bed: APITestBed) throws -> [String] {
    try bed.rows("SELECT status FROM outbox ORDER BY id").map { $0[0] }
  }

  @Test func aMailIsSentOnceAndNoted() async throws {
    let bed = try await bed()
    try await enqueue(.confirmation, bed)
    let post = Post([])
    try await run(bed, post) { mailer in
      try await until(bed) { $0["status"] == "sent" }
      mailer.poke()
    }
    #expect(post.calls.map(\.0.to) == ["ada@example.com"])
    let row = try #require(try bed.rows("SELECT * FROM outbox").first)
    #expect(row["reference"] == "msg_1")
    #expect(row["sent_us"] == APITestBed.start.microseconds)
    #expect(row["attempts"] == 1)
  }

  @Test func aCallNamesItsBookingAndAttempt() async throws {
    let bed = try await bed()
    try await enqueue(.confirmation, bed)
    let post = Post([])
    try await run(bed, post) { _ in try await until(bed) { $0["status"] == "sent" } }
    #expect(
      post.calls.map(\.1.baggage)
        == ["booking=bk_1,slot=mail,direction=do,generation=1,attempt=1,epoch=0"])
  }

  @Test func aPokeWakesTheMailer() async throws {
    let bed = try await bed()
    let post = Post([])
    try await run(bed, post) { mailer in
      await clock.reachSleep(of: Mailer.longestDelay)
      try await enqueue(.confirmation, bed)
      mailer.poke()
      try await until(bed) { $0["status"] == "sent" }
    }
    #expect(post.calls.count == 1)
  }

  @Test func aForgottenMailIsFoundWithoutAPoke() async throws {
    let bed = try await bed()
    let post = Post([])
    try await run(bed, post) { _ in
      await clock.reachSleep(of: Mailer.longestDelay)
      try await enqueue(.confirmation, bed)
      await clock.passSleep(of: Mailer.longestDelay)
      try await until(bed) { $0["status"] == "sent" }
    }
  }

  @Test func failuresAreRetriedWithGrowingDelays() async throws {
    let bed = try await bed()
    try await enqueue(.confirmation, bed)
    let lost = Retry(reason: "timed out", after: nil)
    let post = Post([
      .unknown(lost), .retry(lost), .unknown(Retry(reason: "429", after: .seconds(30))),
    ])
    try await run(bed, post) { _ in
      await clock.passSleep(of: .milliseconds(500))
      await clock.passSleep(of: .seconds(1))
      await clock.passSleep(of: .seconds(30))
      try await until(bed) { $0["status"] == "sent" }
    }
    #expect(post.calls.map(\.1.attempt) == [1, 2, 3, 4])
    #expect(Set(post.calls.map(\.0)).count == 1)
    #expect(try bed.rows("SELECT attempts FROM outbox").map { $0[0] as Int } == [4])
  }

  @Test func aRefusedMailIsParkedAndChangesNoBooking() async throws {
    let bed = try await bed()
    try await enqueue(.confirmation, bed)
    let before = try bed.rows("SELECT * FROM trip_booking")
    let post = Post([
      .rejected(Rejection(code: "406", message: "Inactive recipient", httpStatus: 422))
    ])
    try await run(bed, post) { _ in try await until(bed) { $0["status"] == "refused" } }
    #expect(
      try bed.rows("SELECT reference FROM outbox").map { $0[0] as String }
        == ["406: Inactive recipient"])
    #expect(try bed.rows("SELECT * FROM trip_booking") == before)
    #expect(post.calls.count == 1)
  }

  @Test func anUnreadableMailDoesNotStopTheOthers() async throws {
    let bed = try await bed()
    try await enqueue(.confirmation, bed)
    try bed.write("UPDATE outbox SET payload = '{}'")
    try await enqueue(.update, bed)
    let post = Post([])
    try await run(bed, post) { _ in try await until(bed) { $0["status"] != "pending" } }
    #expect(try status(bed) == ["refused", "sent"])
  }

  /// Whoever stands still for a minute after its claim must not send any more.
  @Test func aMailMayBeSentForAMinuteAfterItsClaim() async throws {
    let bed = try await bed()
    try await enqueue(.confirmation, bed)
    let attempts = Mutex<[Int]>([])
    try await run(
      bed,
      sending: { _, context in
        attempts.withLock { $0.append(context.attempt) }
        #expect(context.mayBeSent())
        guard context.attempt == 1 else { return .done("msg_1") }
        try await clock.sleep(for: .seconds(60))
        #expect(!context.mayBeSent())
        return .retry(Retry(reason: "too late", after: nil, vendorWorks: nil))
      },
      { _ in
        await clock.passSleep(of: .seconds(60))
        await clock.passSleep(of: .milliseconds(500))
        try await until(bed) { $0["status"] == "sent" }
      })
    #expect(attempts.withLock { $0 } == [1, 2])
  }

  @Test func aMailWhoseSenderDiedIsSentAfterItsClaim() async throws {
    let bed = try await bed()
    try await enqueue(.confirmation, bed)
    _ = try await bed.queue.write { db in
      try Outbox.claim(
        db, now: APITestBed.start, until: APITestBed.start + .seconds(120), limit: 1)
    }
    let post = Post([])
    try await run(bed, post) { _ in
      await clock.passSleep(of: .seconds(120))
      try await until(bed) { $0["status"] == "sent" }
    }
    #expect(post.calls.map(\.1.attempt) == [2])
  }

  @Test(arguments: [(1, 1), (2, 2), (5, 16), (10, 512), (11, 900), (4_000, 900)])
  func theDelayDoublesUpToFifteenMinutes(_ attempt: Int, _ most: Int) {
    #expect(Mailer.delay(afterAttempt: attempt, fraction: 0.5) == .seconds(most) / 2)
    #expect(Mailer.delay(afterAttempt: attempt, fraction: 0) == .zero)
  }
}

import GRDB
import Synchronization
import Wire

/// Sends the mails of the outbox, each until the mail service takes or refuses it.
///
/// A mail that fails changes no booking. There is no giving up: delays grow to 15 minutes and stay
/// there. A mail API has no idempotency key, so an answer that is lost may mean a second copy of the
/// same mail (same booking, kind and version in its metadata), never one with other content.
struct Mailer: Sendable {
  /// Sends one mail; done with the service's message id.
  typealias Send = @Sendable (Mail, CallContext) async throws -> Outcome<String>

  private let clock: any Clock<Duration>
  private let wallClock: any WallClock
  private let jitter: any JitterSource
  private let database: any DatabaseAccess
  private let send: Send
  private let bell = WakeSignal()
  private let places = Places(Self.mostAtOnce)

  /// Creates a mailer that sends through a client.
  init(
    database: any DatabaseAccess, client: MailClient, clock: any Clock<Duration>,
    wallClock: any WallClock, jitter: any JitterSource
  ) {
    self.init(database: database, clock: clock, wallClock: wallClock, jitter: jitter) {
      mail, context in
      try await client.send(
        to: mail.to, subject: mail.subject, text: mail.text, tag: mail.tag,
        metadata: [
          "booking": mail.metadata.booking, "kind": mail.metadata.kind,
          "version": mail.metadata.version,
        ], context)
    }
  }

  /// Creates a mailer that sends in any way.
  init(
    database: any DatabaseAccess, clock: any Clock<Duration>, wallClock: any WallClock,
    jitter: any JitterSource, send: @escaping Send
  ) {
    self.clock = clock
    self.wallClock = wallClock
    self.jitter = jitter
    self.database = database
    self.send = send
  }

  /// Says that a mail was committed to the outbox; never waits.
  func poke() { bell.ring() }

  /// Begins to stop: no further mail is sent.
  func stop() { places.close() }

  /// Whether a mail is under way.
  var isBusy: Bool { places.isBusy }

  /// Sends what is due, and what becomes due, until its task is cancelled. Run it once.
  func run() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      while true {
        let before = wallClock.now() + Self.sentWithin
        let (due, pause) = try await claim()
        for mail in due {
          group.addTask {
            defer { if places.release() { bell.ring() } }
            try await deliver(mail, sendBefore: before)
          }
        }
        try await bell.wait(atMost: pause, clock: clock)
      }
    }
  }

  private func claim() async throws -> ([Outbox.Due], pause: Duration) {
    let free = places.beginClaim()
    guard free > 0 else { return ([], Self.longestDelay) }
    let now = wallClock.now()
    let (due, next): ([Outbox.Due], Timestamp?)
    do {
      (due, next) = try await database.write { db in
        try Outbox.claim(db, now: now, until: now + Self.claimedFor, limit: free)
      }
    } catch is DatabaseError {
      // Busy, full or failing: the mails are still there, so look again soon.
      places.take(0)
      return ([], .seconds(1))
    }
    places.take(due.count)
    // With no place left the next one to become free rings. The upper bound finds what another
    // process left behind.
    guard due.count < free, let next else { return (due, Self.longestDelay) }
    return (due, min(max(next - now, .milliseconds(1)), Self.longestDelay))
  }

  private func deliver(_ due: Outbox.Due, sendBefore: Timestamp) async throws {
    let context = CallContext(
      booking: due.booking, slot: "mail", direction: "do", generation: 1, attempt: due.attempt,
      epoch: 0, idempotencyKey: nil, mayBeSent: { [wallClock] in wallClock.now() < sendBefore })
    let mail: Mail
    do {
      mail = try JSONTextDecoder().decode(Mail.self, from: due.payload)
    } catch {
      // One unreadable row must not stop the others.
      return try await note { db in
        try Outbox.markRefused(db, due, reason: "unreadable payload: \(error)")
      }
    }
    switch try await send(mail, context) {
    case .done(let reference):
      let now = wallClock.now()
      try await note { db in try Outbox.markSent(db, due, reference: reference, at: now) }
    case .rejected(let rejection):
      try await note { db in
        try Outbox.markRefused(db, due, reason: "\(rejection.code): \(rejection.message)")
      }
    case .retry(let retry), .unknown(let retry):
      let fraction = jitter.fraction(booking: due.booking, slot: "mail", attempt: due.attempt)
      let delay = max(
        Self.delay(afterAttempt: due.attempt, fraction: fraction), retry.after ?? .zero)
      let next = wallClock.now() + delay
      try await note { db in try Outbox.postpone(db, due, until: next) }
      bell.ring()
    }
  }

  private func note(_ change: @escaping @Sendable (Database) throws -> Void) async throws {
    do {
      try await database.write(change)
    } catch is DatabaseError {
      // The claim runs out by itself and the mail is sent once more: late or twice beats never.
    }
  }
}

extension Mailer {
  /// Returns the delay after an attempt failed, full jitter applied.
  ///
  /// The delay is 1 s × 2^(attempt − 1), capped at 15 minutes, times `fraction`:
  /// 1 → ≤ 1 s, 5 → ≤ 16 s, 11 and more → ≤ 900 s.
  ///
  /// Source: Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
  /// - Precondition: `attempt > 0`, `fraction` in 0..<1.
  static func delay(afterAttempt attempt: Int, fraction: Double) -> Duration {
    precondition(attempt > 0 && (0..<1).contains(fraction))
    let full = min(longestDelay, .seconds(1 << min(attempt - 1, 20)))
    return .microseconds(Int64(Double(full.microseconds()) * fraction))
  }

  /// The longest delay between two attempts, and between two looks into the outbox.
  static let longestDelay: Duration = .seconds(900)
  /// How long a mail is its sender's: longer than ``VendorConfiguration/mailTimeout``.
  private static let claimedFor: Duration = .seconds(120)
  /// How long after its claim a mail may go out: whoever comes later has stood still.
  private static let sentWithin: Duration = .seconds(60)
  private static let mostAtOnce = 32
}

/// Counts the mails, or the events for one client, that may still be sent at the same time.
final class Places: Sendable {
  private struct State {
    var free: Int
    var isClaiming = false
    var isClosed = false
  }

  private let all: Int
  private let state: Mutex<State>

  init(_ count: Int) {
    all = count
    state = Mutex(State(free: count))
  }

  /// Returns how many mails may be claimed; ``take(_:)`` must follow unless it is none.
  func beginClaim() -> Int {
    state.withLock { state in
      guard !state.isClosed, state.free > 0 else { return 0 }
      state.isClaiming = true
      return state.free
    }
  }

  func take(_ taken: Int) {
    state.withLock { state in
      state.free -= taken
      state.isClaiming = false
    }
  }

  /// Gives a place back; true when there was none, so that somebody may be waiting for it.
  func release() -> Bool {
    state.withLock { state in
      state.free += 1
      return state.free == 1
    }
  }

  func close() { state.withLock { $0.isClosed = true } }

  var isBusy: Bool { state.withLock { $0.isClaiming || $0.free < all } }
}

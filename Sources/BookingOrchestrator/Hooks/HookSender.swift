import GRDB
import HTTPService
import HTTPTypes
import Synchronization
import Wire

/// Sends one client the events that it is owed, each until the client takes it.
///
/// Every client has a sender of its own, so that one whose endpoint is slow delays nobody else; up to eight
/// of its events are under way at once, so that a slow answer delays no other event either. An
/// event is taken when it is answered 2xx; an answer that is lost means a second copy with the same id.
/// A day after its first try it is given up and kept for operators; nothing about a booking depends on it.
struct HookSender: Sendable {
  private let client: ClientName
  private let target: HookTarget
  private let clock: any Clock<Duration>
  private let wallClock: any WallClock
  private let jitter: any JitterSource
  private let database: any DatabaseAccess
  private let transport: any HTTPTransport
  private let bell = WakeSignal()
  private let places = Places(Self.mostAtOnce)

  init(
    client: ClientName, target: HookTarget, database: any DatabaseAccess,
    transport: any HTTPTransport, clock: any Clock<Duration>, wallClock: any WallClock,
    jitter: any JitterSource
  ) {
    self.client = client
    self.target = target
    self.clock = clock
    self.wallClock = wallClock
    self.jitter = jitter
    self.database = database
    self.transport = transport
  }

  /// Says that an event was committed; never waits.
  func poke() { bell.ring() }

  /// Begins to stop: no further event is sent.
  func stop() { places.close() }

  /// Whether an event is under way.
  var isBusy: Bool { places.isBusy }

  /// Sends what is due, and what becomes due, until its task is cancelled. Run it once.
  func run() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      while true {
        let (due, pause) = try await claim()
        for event in due {
          group.addTask {
            // What follows an event that has ended is due at once.
            defer {
              _ = places.release()
              bell.ring()
            }
            try await deliver(event)
          }
        }
        try await bell.wait(atMost: pause, clock: clock)
      }
    }
  }

  /// Claims what is due; returns how long there is nothing more to do, unless the bell is rung.
  private func claim() async throws -> ([HookStore.Due], pause: Duration) {
    let free = places.beginClaim()
    guard free > 0 else { return ([], Self.lookEvery) }
    let now = wallClock.now()
    do {
      // Most looks find nothing, and cost no transaction then.
      let first = try await database.read { [client] db in try HookStore.nextDue(db, of: client) }
      guard let first, first <= now else {
        places.take(0)
        return ([], pause(until: first, from: now))
      }
      let (due, next) = try await database.write { [client] db in
        try HookStore.claim(
          db, of: client, now: now, until: now + Self.claimedFor, patience: Self.givenUpAfter,
          limit: free)
      }
      places.take(due.count)
      return (due, due.count < free ? pause(until: next, from: now) : Self.lookEvery)
    } catch is DatabaseError {
      // Busy, full or failing: the events are still there, so look again soon.
      places.take(0)
      return ([], .seconds(1))
    }
  }

  private func pause(until next: Timestamp?, from now: Timestamp) -> Duration {
    next.map { min(max($0 - now, .milliseconds(1)), Self.lookEvery) } ?? Self.lookEvery
  }

  private func deliver(_ event: HookStore.Due) async throws {
    let failure: (reason: String, after: Duration?)?
    do {
      let reply = try await transport.send(
        call(event), timeout: Self.timeout)
      failure = reply.isSuccess ? nil : ("answered \(reply.status)", reply.retryAfter)
    } catch let error as TransportError {
      failure = (error.reason, nil)
    }
    let now = wallClock.now()
    guard let failure else {
      return try await note { db in try HookStore.markSent(db, event, at: now) }
    }
    let fraction = jitter.fraction(booking: event.booking, slot: "hook", attempt: event.attempt)
    let delay = max(
      Self.delay(afterAttempt: event.attempt, fraction: fraction), failure.after ?? .zero)
    try await note { db in
      try HookStore.postpone(db, event, result: failure.reason, until: now + delay)
    }
  }

  private func note(_ change: @escaping @Sendable (Database) throws -> Void) async throws {
    do {
      try await database.write(change)
    } catch is DatabaseError {
      // The claim runs out by itself and the event is sent once more: late or twice beats never.
    }
  }

  private func call(_ event: HookStore.Due) -> HTTPCall {
    let body = Array(event.payload.utf8)
    let parts = target.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    precondition(parts.count >= 3, "checked where it was configured")
    return HTTPCall(
      HTTPRequest(
        method: .post, scheme: String(parts[0].dropLast()), authority: String(parts[2]),
        path: "/" + (parts.count > 3 ? String(parts[3]) : ""),
        headerFields: [
          .contentType: "application/json",
          .hookSignature: HookSignature.field(body, secret: target.secret, at: wallClock.now()),
        ]), body: body)
  }
}

extension HookSender {
  /// Returns the delay after an attempt failed: half of it is certain, the other half is drawn.
  ///
  /// The full delay is 5 s × 2^(attempt − 1), capped at 15 minutes: 1 → 2.5 to 5 s, 5 → 40 to 80 s,
  /// 9 and more → 7.5 to 15 min. Never less than 2.5 s, so that nobody is stormed.
  ///
  /// Source: Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015 ("equal jitter").
  /// - Precondition: `attempt > 0`, `fraction` in 0..<1.
  static func delay(afterAttempt attempt: Int, fraction: Double) -> Duration {
    precondition(attempt > 0 && (0..<1).contains(fraction))
    let half = min(longestDelay, .seconds(5 << min(attempt - 1, 20))) / 2
    return half + .microseconds(Int64(Double(half.microseconds()) * fraction))
  }

  /// The longest delay between two attempts, unless the client asks for more.
  static let longestDelay: Duration = .seconds(900)
  /// How often the database is looked at for events that operators have sent again.
  static let lookEvery: Duration = .seconds(60)
  /// How long an event is tried, from its first try on.
  static let givenUpAfter: Duration = .seconds(86_400)
  /// How long an answer is waited for.
  static let timeout: Duration = .seconds(10)
  /// How long an event is its sender's: longer than ``timeout``.
  private static let claimedFor: Duration = .seconds(60)
  private static let mostAtOnce = 8
}

extension HTTPField.Name {
  /// What says that an event is ours.
  static let hookSignature = Self(known: "Turbulence-Signature")
}

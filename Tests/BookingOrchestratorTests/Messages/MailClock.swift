import Synchronization
import Wire

@testable import BookingOrchestrator

/// A clock that moves only when a test says so.
final class MailClock: Clock {
  struct Instant: InstantProtocol {
    var microseconds: Int64
    func advanced(by duration: Duration) -> Instant {
      Instant(microseconds: microseconds + duration.microseconds())
    }
    func duration(to other: Instant) -> Duration {
      .microseconds(other.microseconds - microseconds)
    }
    static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
  }

  private struct Sleeper {
    var id: Int
    var deadline: Instant
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now = Instant(microseconds: APITestBed.start.microseconds)
    var count = 0
    var sleepers: [Sleeper] = []
  }

  private let state = Mutex(State())

  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .microseconds(1) }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.count += 1
      return state.count
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = state.withLock { state in
          if Task.isCancelled { return true }
          state.sleepers.append(
            Sleeper(id: id, deadline: deadline, continuation: continuation))
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Waits until somebody sleeps for exactly so long from now, then moves there.
  func passSleep(of duration: Duration) async {
    while true {
      let sleeper = state.withLock { state -> Sleeper? in
        let deadline = state.now.advanced(by: duration)
        guard let index = state.sleepers.firstIndex(where: { $0.deadline == deadline }) else {
          return nil
        }
        state.now = deadline
        return state.sleepers.remove(at: index)
      }
      if let sleeper { return sleeper.continuation.resume() }
      await Task.yield()
    }
  }

  /// Waits until somebody sleeps for exactly so long from now.
  func reachSleep(of duration: Duration) async {
    while !state.withLock({ state in
      state.sleepers.contains { $0.deadline == state.now.advanced(by: duration) }
    }) { await Task.yield() }
  }
}

/// The wall clock that goes with it.
struct MailWallClock: WallClock {
  let clock: MailClock
  func now() -> Timestamp { Timestamp(microseconds: clock.now.microseconds) }
}

/// Takes half of every delay.
struct HalfJitter: JitterSource {
  func fraction(booking: BookingID, slot: String, attempt: Int) -> Double { 0.5 }
}

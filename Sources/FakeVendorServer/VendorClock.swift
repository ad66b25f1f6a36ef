import FoundationEssentials
import Synchronization
import Wire

/// The time of all fakes: it runs with the wall clock, or stands still until it is moved.
///
/// Either kind can be moved forward. What sleeps until a moment that is passed wakes in the order of
/// the moments, and each sleeper's consequences are over before the next wakes.
package final class VendorClock: Clock {
  /// How time passes.
  package enum Mode: String, Sendable, Hashable, CaseIterable {
    /// With the wall clock, from the wall time at the start.
    case real
    /// Only when it is moved, from the wall time at the start, rounded down to a second.
    case steered
  }

  /// A moment.
  package struct Instant: InstantProtocol {
    /// Microseconds since 1970-01-01T00:00:00Z.
    package var microseconds: Int64
    package func advanced(by duration: Duration) -> Instant {
      Instant(microseconds: microseconds &+ duration.microseconds())
    }
    package func duration(to other: Instant) -> Duration {
      .microseconds(other.microseconds - microseconds)
    }
    package static func < (left: Instant, right: Instant) -> Bool {
      left.microseconds < right.microseconds
    }
  }

  /// Whether the present task plays a call of a client: moving the clock waits for those calls.
  @TaskLocal static var isInCall = false

  private struct Sleeper: Sendable {
    let id: Int
    let deadline: Int64
    let isCall: Bool
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State: Sendable {
    /// In real mode what the clock is ahead of the wall clock, else what it is ahead of its start.
    var offset: Int64 = 0
    var nextID = 0
    var sleepers: [Sleeper] = []
    /// Sleepers that were cancelled before they lay down.
    var cancelled: Set<Int> = []
    var isMoving = false
  }

  package let mode: Mode
  /// How much faster than the wall clock real time passes here.
  private let speed: Int
  private let start: Int64
  private let origin = ContinuousClock.now
  private let state = Mutex(State())

  /// Creates a clock.
  /// - Parameters:
  ///   - start: the first moment, in microseconds since 1970.
  ///   - speed: how much faster than the wall clock it runs in real mode, at least 1.
  package init(_ mode: Mode, start: Int64, speed: Int = 1) {
    self.mode = mode
    self.speed = max(1, speed)
    self.start = mode == .steered ? start / 1_000_000 * 1_000_000 : start
  }

  package var now: Instant { Instant(microseconds: microseconds) }
  package var minimumResolution: Duration { .microseconds(1) }
  /// The present moment in microseconds since 1970.
  package var microseconds: Int64 { start + elapsed + state.withLock { $0.offset } }
  /// How many calls sleep on this clock.
  var sleepingCalls: Int { state.withLock { $0.sleepers.count { $0.isCall } } }
  /// The earliest moment that somebody sleeps until, in microseconds since 1970.
  var nextDeadline: Int64? { state.withLock { $0.sleepers.map(\.deadline).min() } }

  private var elapsed: Int64 {
    mode == .steered ? 0 : (origin.duration(to: .now) * speed).microseconds()
  }

  package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    guard mode == .real else { return try await park(id, until: deadline.microseconds) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.park(id, until: deadline.microseconds) }
      group.addTask {
        let remaining = deadline.microseconds - self.microseconds
        if remaining > 0 { try await Task.sleep(for: .microseconds(remaining) / self.speed) }
      }
      // Whichever ends first: the wall clock got there, or the clock was moved.
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func park(_ id: Int, until deadline: Int64) async throws {
    let isCall = Self.isInCall
    defer { state.withLock { _ = $0.cancelled.remove(id) } }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Void, any Error>) in
        enum Start { case sleeps, isLate, isCancelled }
        let start: Start = state.withLock { state in
          if state.cancelled.contains(id) { return .isCancelled }
          if self.start + elapsed + state.offset >= deadline { return .isLate }
          state.sleepers.append(
            Sleeper(id: id, deadline: deadline, isCall: isCall, continuation: continuation))
          return .sleeps
        }
        switch start {
        case .sleeps: break
        case .isLate: continuation.resume()
        case .isCancelled: continuation.resume(throwing: CancellationError())
        }
      }
    } onCancel: {
      let sleeper: Sleeper? = state.withLock { state in
        guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.sleepers.remove(at: index)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Moves the clock forward, waking one sleeper at a time.
  /// - Parameter settled: returns once everything that the last sleeper set off is over.
  /// - Returns: false, and nothing is moved, while another move is under way.
  func move(to target: Int64, settled: () async throws -> Void) async throws -> Bool {
    let mayMove = state.withLock { state in
      defer { state.isMoving = true }
      return !state.isMoving
    }
    guard mayMove else { return false }
    defer { state.withLock { $0.isMoving = false } }
    try await settled()
    while let deadline = nextDeadline, deadline <= target {
      set(deadline)
      while let sleeper = popDue() {
        sleeper.continuation.resume()
        try await settled()
      }
    }
    set(target)
    try await settled()
    return true
  }

  private func set(_ moment: Int64) {
    state.withLock { state in
      state.offset += max(0, moment - (start + elapsed + state.offset))
    }
  }

  private func popDue() -> Sleeper? {
    state.withLock { state in
      let now = start + elapsed + state.offset
      guard
        let index = state.sleepers.indices.min(by: {
          (state.sleepers[$0].deadline, state.sleepers[$0].id)
            < (state.sleepers[$1].deadline, state.sleepers[$1].id)
        }), state.sleepers[index].deadline <= now
      else { return nil }
      return state.sleepers.remove(at: index)
    }
  }
}

extension VendorClock {
  /// The present wall time in microseconds since 1970.
  static var wall: Int64 { Int64(Date().timeIntervalSince1970 * 1e6) }
}

extension CivilTime.Style {
  /// The style in which a moment is shortest, in steps of milliseconds.
  static func short(_ microseconds: Int64) -> CivilTime.Style {
    microseconds % CivilTime.second == 0 ? .seconds : .milliseconds
  }
}

import Synchronization

/// A clock and a one-thread executor for tests: time stands still while anything can run, then jumps
/// to the next sleeper.
///
/// A test is a straight script: `clock.run { … }` with `try await clock.sleep(for:)` inside takes no
/// real time, and every interleaving is the same each time.
final class ManualClock: Clock, TaskExecutor {
  struct Instant: InstantProtocol {
    var offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct Sleeper: Sendable {
    let id: Int
    let deadline: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State: Sendable {
    var now = Instant(offset: .zero)
    var nextID = 0
    var sleepers: [Sleeper] = []
    var cancelled: Set<Int> = []
    var jobs: [UnownedJob] = []
  }

  /// 2026-11-23T00:00:00Z, in microseconds since 1970.
  static let epoch: Int64 = 1_795_392_000_000_000

  private let state = Mutex(State())

  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .microseconds(1) }

  /// The present time in microseconds since 1970.
  var microseconds: Int64 {
    let (seconds, attoseconds) = now.offset.components
    return Self.epoch + seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
  }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = state.withLock { state in
          if state.cancelled.remove(id) != nil { return true }
          state.sleepers.append(Sleeper(id: id, deadline: deadline, continuation: continuation))
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
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

  /// Runs a script to its end and returns what it returns.
  func run<Value: Sendable>(_ script: @escaping @Sendable () async throws -> Value) throws -> Value
  {
    let result = ResultBox<Value>()
    Task(executorPreference: self) {
      do {
        let value = try await script()
        result.value.withLock { $0 = .success(value) }
      } catch {
        result.value.withLock { $0 = .failure(error) }
      }
    }
    while true {
      if let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) {
        job.runSynchronously(on: asUnownedTaskExecutor())
      } else if let result = result.value.withLock({ $0 }) {
        return try result.get()
      } else if let sleeper = nextSleeper() {
        sleeper.continuation.resume()
      } else {
        throw Stuck()
      }
    }
  }

  /// Nothing can run and nothing sleeps, yet the script has not ended.
  struct Stuck: Error {}

  private func nextSleeper() -> Sleeper? {
    state.withLock { state in
      guard
        let index = state.sleepers.indices.min(by: {
          (state.sleepers[$0].deadline, state.sleepers[$0].id)
            < (state.sleepers[$1].deadline, state.sleepers[$1].id)
        })
      else { return nil }
      let sleeper = state.sleepers.remove(at: index)
      state.now = max(state.now, sleeper.deadline)
      return sleeper
    }
  }
}

private final class ResultBox<Value: Sendable>: Sendable {
  let value = Mutex<Result<Value, any Error>?>(nil)
}

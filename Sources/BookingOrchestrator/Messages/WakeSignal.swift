import Synchronization

/// Wakes one waiter; a ring with nobody waiting is kept for the next wait.
final class WakeSignal: Sendable {
  private struct State {
    var isRung = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// Wakes the waiter, now or when it comes.
  func ring() {
    let waiter = state.withLock { state in
      let waiter = state.waiter.take()
      state.isRung = waiter == nil
      return waiter
    }
    waiter?.resume()
  }

  /// Waits for a ring, at most so long; only one task may wait at a time.
  ///
  /// A ring that comes together with the end of the time may be lost: look for work after every
  /// return.
  /// - Throws: `CancellationError` when its task is cancelled, and what else the clock throws.
  func wait(atMost limit: Duration, clock: any Clock<Duration>) async throws {
    let wasRung = state.withLock { state in
      defer { state.isRung = false }
      return state.isRung
    }
    if !wasRung {
      try await withThrowingTaskGroup(of: Void.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await clock.sleep(for: limit) }
        group.addTask { await self.rung() }
        try await group.next()
      }
    }
    // Of a cancelled task the ring may end before the sleep, and ends as if it had rung.
    try Task.checkCancellation()
  }

  private func rung() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          // Cancelled before it got here, or rung since the last look: do not start to wait.
          if state.isRung || Task.isCancelled {
            state.isRung = false
            return true
          }
          precondition(state.waiter == nil, "two tasks wait for one bell")
          state.waiter = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiter.take() }?.resume()
    }
  }
}

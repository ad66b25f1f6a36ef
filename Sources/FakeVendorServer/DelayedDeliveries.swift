import Synchronization

/// What happens although nobody waits for it any more: requests that arrive late or a second time.
final class DelayedDeliveries: Sendable {
  private struct Straggler: Sendable {
    let delay: Duration
    let body: @Sendable () async throws -> Void
  }

  private let calls: CallCounter
  private let clock: VendorClock
  private let stream: AsyncStream<Straggler>
  private let continuation: AsyncStream<Straggler>.Continuation

  init(calls: CallCounter, clock: VendorClock) {
    self.calls = calls
    self.clock = clock
    (stream, continuation) = AsyncStream.makeStream(of: Straggler.self)
  }

  /// Has something happen after a time on the fakes' clock.
  func add(after delay: Duration, _ body: @escaping @Sendable () async throws -> Void) {
    // Counted right here, so that whoever moves the clock next waits for it.
    calls.begin()
    continuation.yield(Straggler(delay: delay, body: body))
  }

  /// Lets everything happen in its time, until cancelled. Call once.
  func run() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      for await straggler in stream {
        group.addTask {
          try await self.calls.finish {
            try await self.clock.sleep(for: straggler.delay)
            try await straggler.body()
          }
        }
      }
    }
  }
}

import Testing

@testable import BookingOrchestrator

@Suite(.timeLimit(.minutes(1)))
struct WakeSignalTests {
  /// A clock that is slow to notice that its sleeper was cancelled.
  private struct SlowClock: Clock {
    typealias Instant = ContinuousClock.Instant
    var now: Instant { ContinuousClock().now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
      while !Task.isCancelled { await Task.yield() }
      for _ in 0..<1_000 { await Task.yield() }
      throw CancellationError()
    }
  }

  private let bell = WakeSignal()

  private func waits() -> Task<Void, any Error> {
    Task { try await bell.wait(atMost: .seconds(3_600), clock: SlowClock()) }
  }

  @Test func ringEndsTheWait() async throws {
    let task = waits()
    bell.ring()
    try await task.value
  }

  @Test func ringWithNobodyWaitingIsKept() async throws {
    bell.ring()
    try await waits().value
  }

  /// Or whoever waits in a loop looks for work for ever instead of ending.
  @Test func cancelledWaitThrowsThoughItsRingEndsFirst() async {
    let task = waits()
    await Task.yield()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

import Synchronization

/// How many calls of clients the fakes are working on right now.
final class CallCounter: Sendable {
  private let count = Mutex(0)

  /// Calls under way, those included that sleep on the clock.
  var underWay: Int { count.withLock { $0 } }

  /// Counts a call that ``finish(_:)`` will play.
  func begin() { count.withLock { $0 += 1 } }

  /// Plays one call; what sleeps on the clock within counts as a call asleep.
  func call<Value: Sendable>(
    _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    begin()
    return try await finish(body)
  }

  /// Plays a call that was counted before.
  func finish<Value: Sendable>(
    _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    defer { count.withLock { $0 -= 1 } }
    return try await VendorClock.$isInCall.withValue(true) { try await body() }
  }
}

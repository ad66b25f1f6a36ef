/// Lets a few through at a time, so that cases side by side do not slow one another down.
actor Turnstile {
  /// For runs on sockets: they mostly wait, but each has its bursts.
  static let cases = Turnstile(places: 6)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(places: Int) { free = places }

  /// Runs something when it is its turn.
  func pass<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
    defer { if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() } }
    return try await body()
  }
}

/// Lets a few through at a time, so that cases side by side do not slow one another down.
actor Turnstile {
  /// For runs on sockets: they mostly wait, but each has its bursts.
  static let cases = Turnstile(places: 4)

  private let places: Int
  private var free: Int
  private var waiting: [(weight: Int, continuation: CheckedContinuation<Void, Never>)] = []

  init(places: Int) {
    self.places = places
    free = places
  }

  /// Runs something when it is its turn.
  /// - Parameter alone: whether nothing else may run meanwhile.
  func pass<Value: Sendable>(
    alone: Bool, _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    let weight = alone ? places : 1
    if waiting.isEmpty, free >= weight {
      free -= weight
    } else {
      await withCheckedContinuation { waiting.append((weight, $0)) }
    }
    defer {
      free += weight
      while let first = waiting.first, first.weight <= free {
        free -= first.weight
        waiting.removeFirst().continuation.resume()
      }
    }
    return try await body()
  }
}

/// Drives the sagas of one orchestrator.
final class SagaEngine: Sendable {
  /// Says that a booking has something to do now: it is new, or its inbox has a new row.
  func submit(_ id: BookingID) { fatalError("seam") }

  /// Waits until a booking has a final answer for its client (a terminal state), at most so long.
  ///
  /// Returns at once when it has one already; false when the time ran out.
  func settled(_ id: BookingID, within limit: Duration) async throws -> Bool { fatalError("seam") }

  /// Drives until cancelled.
  func run() async throws { fatalError("seam") }
}

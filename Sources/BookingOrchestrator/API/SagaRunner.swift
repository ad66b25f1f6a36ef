/// Drives the sagas that the API writes down.
protocol SagaRunner: Sendable {
  /// Says that a booking has something to do now: it is new, or its inbox has a new row.
  func submit(_ id: BookingID)

  /// Waits until a booking is in a terminal state with nothing left in its inbox, at most so long.
  ///
  /// Returns at once when it is there already; false when the time ran out.
  func settled(_ id: BookingID, within limit: Duration) async throws -> Bool
}

extension SagaEngine: SagaRunner {}

/// Drives the sagas that the API writes down.
protocol SagaRunner: Sendable {
  /// Says that a booking has something to do now: it is new, or its inbox has a new row.
  func submit(_ id: BookingID)

  /// Waits until what is awaited of a booking has come, at most so long.
  ///
  /// Returns at once when it is there already; false when the time ran out.
  func wait(for awaited: Awaited, of id: BookingID, within limit: Duration) async throws -> Bool
}

/// What a request waits for before it is answered.
enum Awaited: Sendable, CaseIterable {
  /// That the trip is in a terminal state, whatever somebody wants of it meanwhile.
  case end
  /// That the trip does not stand: every cancellation comes to that, though it may wait for the end of a change.
  case cancellation

  /// Whether it has come once a trip is in such a state.
  func hasCome(with state: TripState) -> Bool {
    switch self {
    case .end: state.isTerminal
    case .cancellation: state.holdsNothing
    }
  }
}

extension SagaEngine: SagaRunner {}

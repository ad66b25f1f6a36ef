extension SagaPlan {
  /// What was cancelled at vendors past us, beside the hotel.
  struct Gone: Sendable, Hashable, Codable {
    /// The airline cancelled the flight.
    var flight = false
    /// Activities that were looked after since the trip was confirmed.
    var inspected: [Int] = []
    /// Activities that the supplier, or the traveller there, cancelled.
    var activities: [Int] = []
  }

  var flightGone: Bool {
    get { gone?.flight ?? false }
    set { gone = changed(\.flight, newValue) }
  }
  var activitiesInspected: [Int] {
    get { gone?.inspected ?? [] }
    set { gone = changed(\.inspected, newValue) }
  }
  var activitiesGone: [Int] {
    get { gone?.activities ?? [] }
    set { gone = changed(\.activities, newValue) }
  }

  private func changed<Value>(_ path: WritableKeyPath<Gone, Value>, _ value: Value) -> Gone {
    var gone = gone ?? Gone()
    gone[keyPath: path] = value
    return gone
  }
}

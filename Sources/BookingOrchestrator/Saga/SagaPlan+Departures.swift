/// When the legs of the flight leave, as far as its airline told.
extension SagaPlan {
  /// From the first leg on; "" where one was not told.
  private var departures: [String] {
    departure.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
      ?? []
  }

  /// Notes those that are not known yet.
  mutating func note(departures told: [String]) {
    let known = departures
    guard !told.isEmpty, known.isEmpty || known.count == told.count else { return }
    let all = known.isEmpty ? told : zip(known, told).map { $0.isEmpty ? $1 : $0 }
    departure = all.joined(separator: ",")
  }

  /// Returns which legs leave at other times than when the flight was booked.
  func moved(departures told: [String]) -> [(new: TripWarning.Departure, old: String)] {
    zip(departures, told).enumerated().compactMap { leg, times in
      let (old, new) = times
      guard !old.isEmpty, !new.isEmpty, old != new else { return nil }
      return (TripWarning.Departure(leg: leg, at: new), old)
    }
  }
}

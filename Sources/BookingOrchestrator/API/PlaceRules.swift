/// What an option may say of places and times, so that every itinerary can show it.
extension TripOption {
  /// The most flights of one journey, there and back.
  private static let mostSegments = 16

  /// Checks all places of an option.
  /// - Throws: ``Problem`` `request-invalid` with the member that is wrong.
  func checkPlaces() throws(Problem) {
    let segments = flight.segments ?? []
    guard segments.count <= Self.mostSegments else {
      throw .invalid("/flight/segments", "A trip has at most \(Self.mostSegments) flights.")
    }
    for (index, segment) in segments.enumerated() {
      let place = "/flight/segments/\(index)"
      try segment.departure.check(at: "\(place)/departure")
      try segment.arrival.check(at: "\(place)/arrival")
      try Stop.check(segment.carrier, at: "\(place)/carrier")
      try Stop.check(segment.number, at: "\(place)/number")
      if let left = segment.departure.moment?.utc, let landed = segment.arrival.moment?.utc,
        landed <= left
      {
        throw .invalid("\(place)/arrival/at", "The flight arrives before it departs.")
      }
    }
    try hotel.arrival?.check(at: "/hotel/arrival", on: hotel.checkin)
    try hotel.departure?.check(at: "/hotel/departure", on: hotel.checkout)
    for (index, activity) in activities.enumerated() {
      try activity.meeting?.check(at: "/activities/\(index)/meeting", on: activity.travelDate)
    }
  }
}

extension TripOption.Stop {
  /// Checks one place.
  /// - Parameter day: the day that was booked, which the moment must not contradict.
  fileprivate func check(at pointer: String, on day: String? = nil) throws(Problem) {
    try Self.check(code, at: "\(pointer)/code")
    try Self.check(name, at: "\(pointer)/name")
    try Self.check(address, at: "\(pointer)/address")
    try Self.check(zone, at: "\(pointer)/zone")
    guard let at else { return }
    guard moment != nil else {
      throw .invalid(
        "\(pointer)/at", "'\(at)' is not a local time of the form 2027-03-01T10:30:00+01:00.")
    }
    if let day, !at.hasPrefix(day) {
      throw .invalid("\(pointer)/at", "The time is not on \(day), which is booked.")
    }
  }

  /// Checks a text that is shown to people: one line.
  fileprivate static func check(_ text: String?, at pointer: String) throws(Problem) {
    guard let text, let fault = PersonRules.fault(inLine: text) else { return }
    throw .invalid(pointer, fault)
  }
}

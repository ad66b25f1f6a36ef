extension Itinerary.Part {
  /// Makes one part of a trip from what is known of it and what was offered.
  init?(
    _ component: BookingView.Component, of option: TripOption, in view: BookingView,
    showsPrices: Bool
  ) {
    key = component.slot
    standing = Standing(component, view)
    price = showsPrices ? view.text(component.amount) : nil
    switch component.slot {
    case "flight":
      kind = .flight
      title = option.flight.airline ?? "Flight"
      // The airline's order has a name of its own, which no counter knows.
      references = Self.labels([("Record locator", component.pnr)])
      legs = option.flight.flown.map(Itinerary.Leg.init)
    case "hotel":
      kind = .hotel
      title = option.hotel.hotelName ?? "Hotel"
      references = Self.labels([
        ("Confirmation", component.confirmation ?? component.reference)
      ])
      legs = [Itinerary.Leg(option.hotel)]
    default:
      guard let number = Int(component.slot.dropFirst("activity-".count)),
        option.activities.indices.contains(number - 1)
      else { return nil }
      let activity = option.activities[number - 1]
      kind = .activity
      title = activity.name ?? "Activity \(number)"
      provider = activity.provider
      references = Self.labels([
        ("Confirmation", component.confirmation ?? component.reference)
      ])
      legs = [Itinerary.Leg(activity)]
    }
    if standing == .missing { references = [] }
  }

  private static func labels(_ pairs: [(String, String?)]) -> [Itinerary.Label] {
    pairs.compactMap { name, value in
      value.flatMap { $0.isEmpty ? nil : Itinerary.Label(name: name, value: $0) }
    }
  }
}

extension Itinerary.Part.Standing {
  /// What is known of a part; one that its vendor cancelled is still `BOOKED` in the trip's row.
  fileprivate init(_ component: BookingView.Component, _ view: BookingView) {
    let isGone = view.warnings.contains {
      $0.slot == component.slot && $0.code.contains("-cancelled-by-")
    }
    switch component.status {
    case _ where isGone: self = .cancelled
    case "BOOKED": self = .booked
    case "CANCELLED": self = .cancelled
    case "FAILED", "PENDING": self = .missing
    default: self = .open
    }
  }
}

extension Itinerary.Leg {
  /// One flight.
  fileprivate init(_ segment: TripOption.Segment) {
    let words = [segment.carrier, segment.number].compactMap(\.self)
    title = words.isEmpty ? nil : words.joined(separator: " ")
    begin = Itinerary.Stage(label: "Departure", segment.departure)
    end = Itinerary.Stage(label: "Arrival", segment.arrival)
  }

  /// A stay: what the property says of times, or else the days.
  fileprivate init(_ hotel: TripOption.Hotel) {
    var arrival = hotel.arrival ?? .init()
    if arrival.moment == nil { arrival.at = hotel.checkin }
    var departure = hotel.departure ?? .init()
    if departure.moment == nil { departure.at = hotel.checkout }
    begin = Itinerary.Stage(label: "Check-in", arrival)
    end = Itinerary.Stage(label: "Check-out", departure)
  }

  /// A meeting.
  fileprivate init(_ activity: TripOption.Activity) {
    var meeting = activity.meeting ?? .init()
    if meeting.moment == nil { meeting.at = activity.travelDate }
    begin = Itinerary.Stage(label: "Meeting", meeting)
  }
}

extension Itinerary.Stage {
  fileprivate init(label: String, _ stop: TripOption.Stop) {
    self.label = label
    moment = stop.moment
    let name = stop.name.map { name in stop.code.map { "\(name) (\($0))" } ?? name } ?? stop.code
    place = [name, stop.address].compactMap(\.self).joined(separator: ", ")
  }
}

/// What a trip option must be to be registered, and a request to be accepted.
extension TripOption {
  /// The most activities in one trip.
  static let mostActivities = 10

  /// Checks the option and returns its total.
  /// - Throws: ``Problem`` `request-invalid` with the member that is wrong.
  func checked() throws(Problem) -> Money {
    try Self.require(tripOptionId.rawValue, at: "/tripOptionId")
    try Self.require(flight.componentId, at: "/flight/componentId")
    try Self.require(flight.offer, at: "/flight/offer")
    try Self.require(flight.offerId, at: "/flight/offerId")
    guard flight.amount > 0 else { throw .invalid("/flight/amount", "The flight has no price.") }

    try Self.require(hotel.componentId, at: "/hotel/componentId")
    try Self.require(hotel.productId, at: "/hotel/productId")
    guard hotel.amount > 0 else { throw .invalid("/hotel/amount", "The hotel has no price.") }
    guard hotel.adults > 0 else { throw .invalid("/hotel/adults", "Nobody stays at the hotel.") }
    let checkin = try Self.date(hotel.checkin, at: "/hotel/checkin")
    guard try checkin < Self.date(hotel.checkout, at: "/hotel/checkout") else {
      throw .invalid("/hotel/checkout", "The day of departure is not after the day of arrival.")
    }

    guard activities.count <= Self.mostActivities else {
      throw .invalid("/activities", "A trip has at most \(Self.mostActivities) activities.")
    }
    for (index, activity) in activities.enumerated() {
      let place = "/activities/\(index)"
      try Self.require(activity.componentId, at: "\(place)/componentId")
      try Self.require(activity.productCode, at: "\(place)/productCode")
      guard activity.amount >= 0 else {
        throw .invalid("\(place)/amount", "The price is below zero.")
      }
      guard activity.travelers > 0 else {
        throw .invalid("\(place)/travelers", "Nobody takes part in the activity.")
      }
      _ = try Self.date(activity.travelDate, at: "\(place)/travelDate")
    }
    let ids = [flight.componentId, hotel.componentId] + activities.map(\.componentId)
    guard Set(ids).count == ids.count else {
      throw .invalid("/activities", "Two components have the same componentId.")
    }
    guard let total else {
      throw .invalid("", "The sum of all prices does not fit 64 bits.")
    }
    try checkCharge(of: total)
    return total
  }

  fileprivate static func require(_ text: String, at pointer: String) throws(Problem) {
    guard !text.isEmpty else { throw .invalid(pointer, "The member is empty.") }
  }

  fileprivate static func date(
    _ text: String, at pointer: String
  ) throws(Problem) -> CalendarDate {
    guard let date = CalendarDate(text) else {
      throw .invalid(pointer, "'\(text)' is not a date of the form YYYY-MM-DD.")
    }
    return date
  }
}

extension TripRequest {
  /// Checks what can be checked without the trip option.
  /// - Throws: ``Problem`` `request-invalid` with the member that is wrong.
  func check() throws(Problem) {
    try TripOption.require(tripOptionId.rawValue, at: "/tripOptionId")
    try TripOption.require(paymentMethodId, at: "/paymentMethodId")
    try TripOption.require(customer.id, at: "/customer/id")
    try TripOption.require(customer.firstName, at: "/customer/firstName")
    try TripOption.require(customer.lastName, at: "/customer/lastName")
    guard customer.email.utf8.contains(UInt8(ascii: "@")) else {
      throw .invalid("/customer/email", "The confirmation needs an address to go to.")
    }
    guard !travelers.isEmpty else {
      throw .invalid("/travelers", "A trip needs at least one traveller.")
    }
    for (index, traveler) in travelers.enumerated() {
      let place = "/travelers/\(index)"
      try TripOption.require(traveler.firstName, at: "\(place)/firstName")
      try TripOption.require(traveler.lastName, at: "\(place)/lastName")
      _ = try TripOption.date(traveler.dateOfBirth, at: "\(place)/dateOfBirth")
    }
  }
}

import Wire

/// What a trip option must be to be registered, and a request to be accepted.
extension TripOption {
  /// The most activities in one trip.
  static let mostActivities = 10

  /// Checks the option and returns its total.
  /// - Throws: ``Problem`` `request-invalid` with the member that is wrong.
  func checked(today: CivilDate) throws(Problem) -> Money {
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
    try checkTexts()
    try checkPlaces()
    if let travelers {
      try Self.check(travelers, today: today)
      try requirePriced(for: travelers.count)
    }
    guard let total else {
      throw .invalid("", "The sum of all prices does not fit 64 bits.")
    }
    try checkCharge(of: total)
    return total
  }

  /// Checks what is shown to people: each is one line of text.
  private func checkTexts() throws(Problem) {
    var texts = [("/flight/airline", flight.airline), ("/hotel/hotelName", hotel.hotelName)]
    for (index, activity) in activities.enumerated() {
      texts.append(("/activities/\(index)/name", activity.name))
      texts.append(("/activities/\(index)/provider", activity.provider))
    }
    for (place, text) in texts {
      guard let text, !text.isEmpty else { continue }
      try Self.refuse(PersonRules.fault(inLine: text), at: place)
    }
  }

  /// Checks a party, wherever it stands.
  fileprivate static func check(
    _ travelers: [TripRequest.Traveler], today: CivilDate
  ) throws(Problem) {
    guard !travelers.isEmpty else {
      throw .invalid("/travelers", "A trip needs at least one traveller.")
    }
    for (index, traveler) in travelers.enumerated() {
      let place = "/travelers/\(index)"
      try refuse(PersonRules.fault(inName: traveler.firstName), at: "\(place)/firstName")
      try refuse(PersonRules.fault(inName: traveler.lastName), at: "\(place)/lastName")
      guard try date(traveler.dateOfBirth, at: "\(place)/dateOfBirth") <= today else {
        throw .invalid("\(place)/dateOfBirth", "The date of birth is in the future.")
      }
    }
  }

  fileprivate static func refuse(_ fault: String?, at pointer: String) throws(Problem) {
    if let fault { throw .invalid(pointer, fault) }
  }

  fileprivate static func require(_ text: String, at pointer: String) throws(Problem) {
    guard !text.isEmpty else { throw .invalid(pointer, "The member is empty.") }
  }

  fileprivate static func date(
    _ text: String, at pointer: String
  ) throws(Problem) -> CivilDate {
    guard let date = CivilDate(text) else {
      throw .invalid(pointer, "'\(text)' is not a date of the form YYYY-MM-DD.")
    }
    return date
  }
}

extension BookRequestBody {
  /// Checks what can be checked without the trip option.
  /// - Throws: ``Problem`` `request-invalid` with the member that is wrong.
  func check(today: CivilDate) throws(Problem) {
    let payment = paymentInfo
    try TripOption.require(tripOptionId.rawValue, at: "/tripOptionId")
    try TripOption.require(payment.paymentMethodId, at: "/paymentInfo/paymentMethodId")
    let billing = "/paymentInfo/billingDetails"
    try check(payment.billingDetails, at: billing)
    try TripOption.refuse(
      PersonRules.fault(inEmail: userContact.email), at: "/userContact/email")
    if let phone = userContact.phone {
      try TripOption.refuse(PersonRules.fault(inPhone: phone), at: "/userContact/phone")
    }
    if let travelers { try TripOption.check(travelers, today: today) }
  }

  /// Returns the party: the request's own, or the option's.
  func party(of option: TripOption) throws(Problem) -> [TripRequest.Traveler] {
    guard let party = travelers ?? option.travelers else {
      throw .invalid(
        "/travelers", "Neither the request nor the trip option says who travels.")
    }
    try option.requirePriced(for: party.count)
    return party
  }

  private func check(
    _ billing: TripRequest.BillingDetails, at place: String
  ) throws(Problem) {
    // The booker's name goes to the vendors as well.
    try TripOption.refuse(PersonRules.fault(inBooker: billing.name), at: "\(place)/name")
    try TripOption.refuse(PersonRules.fault(inEmail: billing.email), at: "\(place)/email")
    if let phone = billing.phone {
      try TripOption.refuse(PersonRules.fault(inPhone: phone), at: "\(place)/phone")
    }
    guard let address = billing.address else { return }
    let lines = [
      ("line1", address.line1), ("line2", address.line2), ("city", address.city),
      ("state", address.state), ("postalCode", address.postalCode),
    ]
    for (name, line) in lines {
      // Forms send what was left empty.
      guard let line, !line.isEmpty else { continue }
      try TripOption.refuse(PersonRules.fault(inLine: line), at: "\(place)/address/\(name)")
    }
    if let country = address.country {
      try TripOption.refuse(
        PersonRules.fault(inCountry: country), at: "\(place)/address/country")
    }
  }
}

extension TripOption {
  /// Requires that the offers were priced for so many people.
  fileprivate func requirePriced(for party: Int) throws(Problem) {
    var priced = [("room", hotel.adults)] + activities.map { ("activity", $0.travelers) }
    if let seats = flight.travelersPriced { priced.insert(("flight", seats), at: 0) }
    for (what, count) in priced where count != party {
      throw .invalid(
        "/travelers",
        "The trip is for \(party) travellers, but the \(what) was priced for \(count).")
    }
  }
}

extension TripOption.Flight {
  private struct Priced: Decodable {
    struct Traveler: Decodable {}
    var travelerPricings: [Traveler]?
  }

  /// How many travellers the offer was priced for; nil when it does not say.
  ///
  /// Source: Amadeus Flight Offers Search 2.x, `travelerPricings`: one entry for each traveller.
  fileprivate var travelersPriced: Int? {
    // An offer that is no object says nothing; the airline judges it.
    (try? JSONTextDecoder().decode(Priced.self, from: offer))?.travelerPricings?.count
  }
}

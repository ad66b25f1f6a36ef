package import Audit
package import BookingOrchestrator

/// What one client is shown, and what it sends: the bodies of its requests.
package struct ClientTrip: Sendable {
  /// What the client was shown, and registers.
  package var option: TripOption
  /// What it asks for when it books.
  package var request: TripRequest
  /// What the client sends: it names the party itself when the option does not, or names another.
  package var body: BookRequestBody {
    BookRequestBody(request, withTravelers: option.travelers != request.travelers)
  }
  /// The slots whose component was gone from the beginning.
  package var gone: [String]
  /// The idempotency key of the client's request.
  package var key: String
  /// Why no vendor could serve the request; nil when they can.
  package var flaw: RequestFlaw?
  /// Whether its people are hard to write.
  package var isAwkward = false

  /// Creates the trip of a client that has no habits.
  package init(option: TripOption, request: TripRequest, gone: [String], key: String) {
    self.option = option
    self.request = request
    self.gone = gone
    self.key = key
  }
}

extension TripGenerator.Trip {
  /// The trip as the auditor is told of it: items, prices and currency are the vendors' own, only what
  /// no vendor knows is the client's.
  package var audited: OfferedTrip {
    let shown = offered.option
    let request = offered.request
    var trip = OfferedTrip(
      flight: .init(flight, airline: shown.flight.airline),
      hotel: .init(
        hotel, checkin: shown.hotel.checkin, checkout: shown.hotel.checkout,
        adults: shown.hotel.adults, name: shown.hotel.hotelName),
      activities: zip(activities, shown.activities).map { product, shown in
        .init(
          product, date: shown.travelDate, travelers: shown.travelers, name: shown.name,
          provider: shown.provider)
      })
    trip.party = request.travelers.map { .init(firstName: $0.firstName, lastName: $0.lastName) }
    let customer = request.customer
    trip.contact = .init(
      email: customer.email, firstName: customer.firstName, lastName: customer.lastName,
      phone: customer.phone)
    trip.payer = request.billingDetails.map { .init(name: $0.name, email: $0.email) }
    trip.gone = offered.gone
    trip.flaw = offered.flaw
    trip.isAwkward = offered.isAwkward
    trip.isHeldFirst = shown.capture == .whenBooked
    return trip
  }
}

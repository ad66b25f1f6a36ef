import Wire

/// One trip of the made-up stock, for whoever wants to sell it.
package struct CatalogueTrip: Sendable {
  /// From 1.
  package let number: Int
  /// The `tripOptionId` in ``option``.
  package let optionID: String
  /// ISO 4217, upper case.
  package let currency: String
  /// All components together, in minor units.
  package let totalMinor: Int64
  package let travelers: Int
  /// The body of a `POST /trip/options`.
  package let option: [UInt8]
}

extension VendorServer {
  /// The made-up trips, in order.
  package func offeredTrips() throws -> [CatalogueTrip] {
    try catalogue.trips.map { trip in
      let body = TripOptionBody(trip, offer: catalogue.offerJSON(trip.flight))
      return CatalogueTrip(
        number: trip.number, optionID: body.tripOptionId, currency: trip.currency,
        totalMinor: body.flight.amount + body.hotel.amount
          + body.activities.reduce(0) { $0 + $1.amount },
        travelers: trip.travelers, option: try JSONTextEncoder().encode(body))
    }
  }
}

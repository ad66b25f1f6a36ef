import Audit
import BookingOrchestrator
import FakeVendors
import Scenarios
import Simulation
import Wire

/// What clients change their trips into.
extension TripGenerator {
  /// Another option for a client's trip, which has parts of it, and what the vendors have on sale for it.
  package struct Change: Sendable {
    var option: TripOption
    var flight: FakeAmadeus.Offer
    var hotel: FakeBookingCom.Product
    var activities: [FakeViator.Product]
    /// The slots whose component was gone from the beginning.
    var gone: [String] = []
  }

  /// Draws what a client may change its trip into: another flight, another hotel, or both, an activity
  /// less or one more; cheaper or dearer as it comes.
  ///
  /// Draws from a stream of its own, and only in scenarios where somebody changes anything.
  func addChange(to trip: inout Trip, begin: Int64) {
    let client = trip.client
    var stream = streams.stream(Purposes.change, UInt64(client))
    let shape = shape(of: client)
    let prices = PriceTable(shape.currency)
    var change = Change(
      option: trip.offered.option, flight: trip.flight, hotel: trip.hotel,
      activities: trip.activities)
    // All are drawn whether or not they count, so that no kind of change shifts another draw.
    let kind = stream.index(below: 6)
    let nights = 1 + stream.index(below: 7)
    let flightPrice = prices.flight(travelers: shape.travelers, &stream)
    let hotelPrice = prices.hotel(nights: nights, &stream)
    let activityPrice = prices.activity(travelers: shape.travelers, &stream)
    let isFlightGone = stream.chance(partsPerMillion: scenario.trips.gone.partsPerMillion)
    let isHotelGone = stream.chance(partsPerMillion: scenario.trips.gone.partsPerMillion)
    let hours = Int64(14 + stream.index(below: 10))
    if kind == 0 || kind >= 4 {
      change.flight.id = "fo-\(client)-2"
      change.flight.flight = "flight-\(client)-2"
      change.flight.totalMinor = flightPrice
      change.flight.gone = isFlightGone
      // Offered anew when the client chooses it, and so for longer.
      change.flight.expiresMicroseconds = begin + hours * 3_600_000_000
      if isFlightGone { change.gone.append("flight") }
    }
    if kind == 1 || kind >= 3 {
      moveHotel(&change, client, nights: nights, price: hotelPrice, prices)
      change.hotel.gone = isHotelGone
      if isHotelGone { change.gone.append("hotel") }
    }
    if kind == 2 || kind == 4, !change.activities.isEmpty { change.activities.removeLast() }
    if kind == 2 || kind == 3 {
      change.activities.append(
        FakeViator.Product(
          code: "\(client)P0", stock: "activity-\(client)-0", currency: shape.currency.code,
          totalMinor: activityPrice, percentageRefundable: 100, gone: false))
    }
    write(&change, trip, shape)
    trip.change = change
  }

  /// Another hotel, for other days.
  private func moveHotel(
    _ change: inout Change, _ client: Int, nights: Int, price: Int64, _ prices: PriceTable
  ) {
    let accommodation = 5_000_000 + client
    change.hotel.accommodation = accommodation
    change.hotel.id = "\(accommodation)_\(client)_0_\(change.option.hotel.adults)_0"
    change.hotel.stock = "rooms-\(client)-2"
    change.hotel.totalMinor = price
    change.hotel.fees = change.hotel.fees.map { fee in
      var fee = fee
      fee.minor = min(fee.minor, prices.part(30, of: price))
      return fee
    }
    guard let checkin = CivilDate(change.option.hotel.checkin) else {
      preconditionFailure("a trip was generated that begins on no day")
    }
    change.option.hotel.accommodationId = accommodation
    change.option.hotel.checkin = checkin.advanced(by: 1).description
    change.option.hotel.checkout = checkin.advanced(by: 1 + nights).description
    change.option.hotel.hotelName = "Hotel \(accommodation)"
  }

  /// Writes the option as the client is shown it.
  private func write(_ change: inout Change, _ trip: Trip, _ shape: Shape) {
    let client = trip.client
    change.option.tripOptionId = TripOptionID("to_\(client)_2")
    change.option.flight.componentId = "cf_\(client)_x"
    change.option.flight.offerId = change.flight.id
    change.option.flight.amount = change.flight.totalMinor
    change.option.flight.expiresAt = change.flight.expiresMicroseconds
    change.option.hotel.componentId = "ch_\(client)_x"
    change.option.hotel.productId = change.hotel.id
    change.option.hotel.amount = change.hotel.totalMinor
    let old = trip.offered.option.activities
    change.option.activities = change.activities.enumerated().map { index, product in
      var activity =
        old.first { $0.productCode == product.code }
        ?? .init(
          componentId: "", amount: product.totalMinor, productCode: product.code,
          travelDate: change.option.hotel.checkin, travelers: shape.travelers,
          name: "Activity \(product.code)", provider: Names.provider)
      activity.componentId = "ca_\(client)_x\(index + 1)"
      return activity
    }
  }
}

extension TripGenerator.Trip {
  /// What the trip may be changed into as the auditor is told of it.
  var auditedChange: OfferedTrip? {
    guard let change else { return nil }
    var changed = self
    changed.offered.option = change.option
    changed.offered.gone = change.gone
    changed.flight = change.flight
    changed.hotel = change.hotel
    changed.activities = change.activities
    return changed.audited
  }
}

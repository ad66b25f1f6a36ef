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
    /// Counts a client's changes, from 1.
    var number: Int
    var option: TripOption
    var flight: FakeAmadeus.Offer
    var hotel: FakeBookingCom.Product
    var activities: [FakeViator.Product]
    /// The slots whose component was gone from the beginning.
    var gone: [String] = []
  }

  /// The most changes that one client makes.
  static let mostChanges = 3

  /// Draws what a client may change its trip into, and that into again where clients change more than
  /// once.
  ///
  /// Draws from streams of their own, and only in scenarios where somebody changes anything.
  func addChanges(to trip: inout Trip, begin: Int64) {
    var last = Change(
      number: 0, option: trip.offered.option, flight: trip.flight, hotel: trip.hotel,
      activities: trip.activities)
    let most = scenario.clients.modifyAgain == .never ? 1 : Self.mostChanges
    for number in 1...most {
      last = change(number, of: last, client: trip.client, begin: begin)
      trip.changes.append(last)
    }
  }

  /// Draws one change: another flight, another hotel, or both, an activity less or one more; cheaper or
  /// dearer as it comes.
  private func change(_ number: Int, of old: Change, client: Int, begin: Int64) -> Change {
    var stream =
      number == 1
      ? streams.stream(Purposes.change, UInt64(client))
      : streams.stream(Purposes.laterChange, UInt64(client), UInt64(number))
    let shape = shape(of: client)
    let prices = PriceTable(shape.currency)
    var change = old
    change.number = number
    change.gone = []
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
      change.flight.id = "fo-\(client)-\(number + 1)"
      change.flight.flight = "flight-\(client)-\(number + 1)"
      change.flight.totalMinor = flightPrice
      change.flight.gone = isFlightGone
      // Offered anew when the client chooses it, and so for longer.
      change.flight.expiresMicroseconds = begin + hours * 3_600_000_000
      if isFlightGone { change.gone.append("flight") }
    } else if old.gone.contains("flight") {
      change.gone.append("flight")
    }
    if kind == 1 || kind >= 3 {
      moveHotel(&change, client, nights: nights, price: hotelPrice, prices)
      change.hotel.gone = isHotelGone
      if isHotelGone { change.gone.append("hotel") }
    } else if old.gone.contains("hotel") {
      change.gone.append("hotel")
    }
    if kind == 2 || kind == 4, !change.activities.isEmpty { change.activities.removeLast() }
    if kind == 2 || kind == 3 {
      change.activities.append(
        FakeViator.Product(
          code: "\(client)P\(Self.suffix(number, "0"))",
          stock: "activity-\(client)-\(Self.suffix(number, "0"))", currency: shape.currency.code,
          totalMinor: activityPrice, percentageRefundable: 100, gone: false))
    }
    write(&change, old.option, client, shape)
    return change
  }

  /// Tells the things of later changes from those of the first.
  private static func suffix(_ number: Int, _ word: String) -> String {
    number == 1 ? word : "\(word)\(number)"
  }

  /// Another hotel, for other days.
  private func moveHotel(
    _ change: inout Change, _ client: Int, nights: Int, price: Int64, _ prices: PriceTable
  ) {
    let accommodation = (change.number + 4) * 1_000_000 + client
    change.hotel.accommodation = accommodation
    change.hotel.id = "\(accommodation)_\(client)_0_\(change.option.hotel.adults)_0"
    change.hotel.stock = "rooms-\(client)-\(change.number + 1)"
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
    let (first, last) = (checkin.advanced(by: 1), checkin.advanced(by: 1 + nights))
    change.option.hotel.checkin = first.description
    change.option.hotel.checkout = last.description
    // Times on other days than are booked are refused.
    change.option.hotel.arrival = Places.arrival(at: accommodation, on: first)
    change.option.hotel.departure = Places.departure(on: last)
    change.option.hotel.hotelName = "Hotel \(accommodation)"
  }

  /// Writes the option as the client is shown it.
  private func write(_ change: inout Change, _ old: TripOption, _ client: Int, _ shape: Shape) {
    let mark = Self.suffix(change.number, "x")
    change.option.tripOptionId = TripOptionID("to_\(client)_\(change.number + 1)")
    change.option.flight.componentId = "cf_\(client)_\(mark)"
    change.option.flight.offerId = change.flight.id
    change.option.flight.amount = change.flight.totalMinor
    change.option.flight.expiresAt = change.flight.expiresMicroseconds
    change.option.hotel.componentId = "ch_\(client)_\(mark)"
    change.option.hotel.productId = change.hotel.id
    change.option.hotel.amount = change.hotel.totalMinor
    change.option.activities = change.activities.enumerated().map { index, product in
      var activity =
        old.activities.first { $0.productCode == product.code }
        ?? .init(
          componentId: "", amount: product.totalMinor, productCode: product.code,
          travelDate: change.option.hotel.checkin, travelers: shape.travelers,
          name: "Activity \(product.code)", provider: Names.provider)
      activity.componentId = "ca_\(client)_\(mark)\(index + 1)"
      return activity
    }
  }
}

extension TripGenerator.Trip {
  /// What the trip may be changed into as the auditor is told of it, by the options' ids.
  var auditedChanges: [String: OfferedTrip] {
    var known: [String: OfferedTrip] = [:]
    for change in changes {
      var changed = self
      changed.offered.option = change.option
      changed.offered.gone = change.gone
      changed.flight = change.flight
      changed.hotel = change.hotel
      changed.activities = change.activities
      known[change.option.tripOptionId.rawValue] = changed.audited
    }
    return known
  }
}

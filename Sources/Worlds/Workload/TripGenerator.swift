import Audit
import BookingOrchestrator
package import FakeVendors
package import Scenarios
package import Simulation
import Wire

/// Makes the clients of a scenario and the trips they want, each from its own random streams.
///
/// Everything about client *i* depends on the scenario, the seed and *i* alone: leave a client out,
/// and all others are what they were. Clients in groups of ten consecutive numbers share the scarce
/// flights, room stocks and activity stocks.
package struct TripGenerator: Sendable {
  let scenario: Scenario
  let streams: Streams
  let epochMicroseconds: Int64

  /// Creates a generator.
  /// - Parameter epochMicroseconds: Unix time at which the world begins.
  package init(_ scenario: Scenario, streams: Streams, epochMicroseconds: Int64 = World.epoch) {
    self.scenario = scenario
    self.streams = streams
    self.epochMicroseconds = epochMicroseconds
  }

  /// One client's trip, and what the vendors have on sale for it.
  package struct Trip: Sendable {
    /// The client's number, from 0.
    package var client: Int
    package var offered: ClientTrip
    package var flight: FakeAmadeus.Offer
    package var hotel: FakeBookingCom.Product
    package var activities: [FakeViator.Product]
    /// How much there is of what the trip takes from; the same for all clients of a group.
    package var seats: Int
    package var rooms: Int
    package var places: [Int]
    /// What the client may change its trip into, one after the other; none in scenarios where nobody does.
    package var changes: [Change] = []
  }

  /// Clients that share scarce things.
  static let groupSize = 10

  /// Returns the moments at which all clients come, in microseconds of virtual time, ascending.
  package func arrivals() -> [Int64] {
    switch scenario.arrivals {
    case .burst:
      return Array(repeating: 0, count: scenario.bookings)
    case .poisson(let perSecond):
      var at = Int64(scenario.firstArrival * 1e6)
      let gap = Distribution.exponential(mean: 1 / perSecond)
      return (0..<scenario.bookings).map { client in
        var stream = streams.stream(Purposes.arrival, UInt64(client))
        at += gap.duration(&stream).microseconds()
        return at
      }
    }
  }

  /// Returns the trip of a client; `offer.offer` is left empty until the vendor has written it.
  /// - Parameter arrival: when the client comes, in microseconds of virtual time.
  package func trip(_ client: Int, arrival: Int64) -> Trip {
    let shape = shape(of: client)
    let group = client / Self.groupSize
    let prices = PriceTable(shape.currency)
    var stream = streams.stream(Purposes.trip, UInt64(client))
    let begin = epochMicroseconds + arrival

    let checkin = CivilTime.date(begin).advanced(by: 30 + stream.index(below: 150))
    let nights = 1 + stream.index(below: 7)
    var gone: [String] = []

    // An offer outlives the deadline of the trip (an hour) by some hours, whatever went wrong.
    var flight = FakeAmadeus.Offer(
      id: "fo-\(client)",
      flight: scenario.trips.seats == .scarce ? "flight-g\(group)" : "flight-\(client)",
      currency: shape.currency.code,
      totalMinor: prices.flight(travelers: shape.travelers, &stream), seats: shape.travelers,
      expiresMicroseconds: begin + Int64(4 + stream.index(below: 9)) * 3_600_000_000,
      gone: stream.chance(partsPerMillion: scenario.trips.gone.partsPerMillion))
    if flight.gone { gone.append("flight") }
    var ways = streams.stream(Purposes.ways, UInt64(client))
    if ways.chance(partsPerMillion: scenario.trips.wayBack.partsPerMillion) {
      flight.back = "\(flight.flight)-back"
    }

    let accommodation = 10_000 + client
    let price = prices.hotel(nights: nights, &stream)
    var fees: [FakeBookingCom.Product.Fee] = []
    // Both are drawn whether or not they count, so that no share shifts another draw.
    let costsAtOnce = stream.chance(
      partsPerMillion: scenario.services.hotel.penalty.partsPerMillion)
    let feePercent = Int64(10 + stream.index(below: 41))
    if costsAtOnce {
      fees.append(
        .init(fromMicroseconds: epochMicroseconds, minor: prices.part(feePercent, of: price)))
    }
    fees.append(
      .init(fromMicroseconds: CivilTime.start(of: checkin) - 2 * CivilTime.day, minor: price))
    var hotel = FakeBookingCom.Product(
      id: "\(accommodation)_\(client)_0_\(shape.travelers)_0", accommodation: accommodation,
      stock: scenario.trips.rooms == .scarce ? "rooms-g\(group)" : "rooms-\(client)",
      currency: shape.currency.code, totalMinor: price, fees: fees,
      gone: stream.chance(partsPerMillion: scenario.trips.gone.partsPerMillion))
    if hotel.gone { gone.append("hotel") }
    var abroad = streams.stream(Purposes.abroad, UInt64(client))
    if abroad.chance(partsPerMillion: scenario.services.hotel.localCurrency.partsPerMillion) {
      hotel.local = .init(abroadOf: hotel.currency)
    }

    var activities: [FakeViator.Product] = []
    for position in 1...max(1, shape.activities) where position <= shape.activities {
      let penalty = stream.chance(
        partsPerMillion: scenario.services.activity.penalty.partsPerMillion)
      let half = stream.index(below: 2) == 0
      let product = FakeViator.Product(
        code: "\(client)P\(position)",
        stock: scenario.trips.places == .scarce
          ? "activity-g\(group)-\(position)" : "activity-\(client)-\(position)",
        currency: shape.currency.code,
        totalMinor: prices.activity(travelers: shape.travelers, &stream),
        percentageRefundable: penalty ? (half ? 50 : 0) : 100,
        gone: stream.chance(partsPerMillion: scenario.trips.gone.partsPerMillion))
      if product.gone { gone.append("activity-\(position)") }
      activities.append(product)
    }

    var option = TripOption(
      tripOptionId: TripOptionID("to_\(client)"), currency: shape.currency,
      flight: .init(
        componentId: "cf_\(client)", amount: flight.totalMinor, offer: "", offerId: flight.id,
        expiresAt: flight.expiresMicroseconds, airline: Names.airline),
      hotel: .init(
        componentId: "ch_\(client)", amount: hotel.totalMinor, accommodationId: accommodation,
        productId: hotel.id, checkin: checkin.description,
        checkout: checkin.advanced(by: nights).description, adults: shape.travelers,
        hotelName: "Hotel \(accommodation)",
        arrival: Places.arrival(at: accommodation, on: checkin),
        departure: Places.departure(on: checkin.advanced(by: nights))),
      activities: activities.enumerated().map { index, product in
        .init(
          componentId: "ca_\(client)_\(index + 1)", amount: product.totalMinor,
          productCode: product.code,
          travelDate: checkin.advanced(by: index % nights).description,
          travelers: shape.travelers, name: "Activity \(product.code)", provider: Names.provider,
          meeting: Places.meeting(index, on: checkin.advanced(by: index % nights)))
      })
    let request = request(of: client, for: option, shape)
    // Every second option comes with its party, and its request without one.
    if client % 2 == 0 { option.travelers = request.travelers }
    var captures = streams.stream(Purposes.capture, UInt64(client))
    if captures.chance(partsPerMillion: scenario.trips.captureWhenBooked.partsPerMillion) {
      option.capture = .whenBooked
    }
    var trip = Trip(
      client: client,
      offered: ClientTrip(
        option: option, request: request, gone: gone,
        key: "key-\(ClientIdentity(client, names: scenario.clients.names).number)"),
      flight: flight, hotel: hotel, activities: activities,
      seats: capacity(scenario.trips.seats, Purposes.seats, group, plenty: shape.travelers) {
        $0.travelers
      },
      rooms: capacity(scenario.trips.rooms, Purposes.rooms, group, plenty: 1) { _ in 1 },
      places: (0..<activities.count).map { index in
        capacity(
          scenario.trips.places, Purposes.places, group * 8 + index, plenty: 1, in: group
        ) { $0.activities > index ? 1 : 0 }
      })
    // The vendors' prices added up: the orchestrator must come to the same sum by itself.
    trip.offered.request.amount = trip.audited.total
    addHabit(to: &trip, begin: begin)
    if scenario.clients.modify.share != .never { addChanges(to: &trip, begin: begin) }
    return trip
  }
}

extension TripGenerator {
  /// What must be known of a client's trip to share scarce things with it.
  struct Shape {
    var currency: Currency
    var travelers: Int
    var activities: Int
  }

  /// Returns the shape of a client's trip.
  func shape(of client: Int) -> Shape {
    let trips = scenario.trips
    var stream = streams.stream(Purposes.shape, UInt64(client))
    let chosen = stream.choice(weights: trips.currencies.map(\.weight))
    guard let currency = Currency(code: trips.currencies[chosen].code) else {
      preconditionFailure("a scenario with an unknown currency passed its checks")
    }
    let travelers = 1 + stream.choice(weights: [5, 4, 1])
    var counts = streams.stream(Purposes.activities, UInt64(client))
    let activities = min(counts.poisson(mean: trips.activitiesMean), trips.activitiesMost)
    return Shape(currency: currency, travelers: travelers, activities: activities)
  }

  /// Returns how much there is: enough, or 60 to 90 percent of what the group asks for.
  private func capacity(
    _ supply: Scenario.Trips.Supply, _ purpose: Purpose, _ key: Int, plenty: Int,
    in group: Int? = nil, asked: (Shape) -> Int
  ) -> Int {
    // Ample, because retries after lost answers may take a place a second time for a while.
    guard supply == .scarce else { return plenty * 100 }
    let first = (group ?? key) * Self.groupSize
    let members = first..<min(first + Self.groupSize, scenario.bookings)
    let wanted = members.reduce(0) { $0 + asked(shape(of: $1)) }
    var stream = streams.stream(purpose, UInt64(key))
    return max(1, wanted * (6 + stream.index(below: 4)) / 10)
  }

  /// Returns what the client sends when it books, but for the amount.
  private func request(of client: Int, for option: TripOption, _ shape: Shape) -> TripRequest {
    var stream = streams.stream(Purposes.people, UInt64(client))
    // One in seven books for the customer of the client before: ids must not be made of customers.
    let customer = client > 0 && stream.index(below: 7) == 0 ? client - 1 : client
    let family = Names.family[stream.index(below: Names.family.count)]
    let travelers = (0..<shape.travelers).map { _ in
      TripRequest.Traveler(
        firstName: Names.given[stream.index(below: Names.given.count)], lastName: family,
        dateOfBirth: Self.midJune(1950 + stream.index(below: 50))
          .advanced(by: stream.index(below: 180)).description)
    }
    let email = "traveler-\(customer)@example.com"
    return TripRequest(
      tripOptionId: option.tripOptionId, amount: 0, currency: option.currency,
      paymentMethodId: "pm_card_visa",
      customer: .init(
        id: email, email: email, firstName: travelers[0].firstName, lastName: family,
        phone: "+15550100", country: "US"),
      travelers: travelers,
      billingDetails: .init(
        name: "\(travelers[0].firstName) \(family)", email: email, phone: "+15550100",
        address: .init(country: "US")))
  }

  private static func midJune(_ year: Int) -> CivilDate {
    guard let date = CivilDate(year: year, month: 6, day: 15) else {
      preconditionFailure("the year \(year) has no June")
    }
    return date
  }
}

/// The purposes for which the workload draws.
enum Purposes {
  static let arrival = Purpose("workload/arrival")
  static let shape = Purpose("workload/shape")
  static let activities = Purpose("workload/activities")
  static let trip = Purpose("workload/trip")
  static let people = Purpose("workload/people")
  static let abroad = Purpose("workload/abroad")
  static let seats = Purpose("workload/seats")
  static let rooms = Purpose("workload/rooms")
  static let places = Purpose("workload/places")
  static let client = Purpose("workload/client")
  static let habit = Purpose("workload/habit")
  static let payer = Purpose("workload/payer")
  static let capture = Purpose("workload/capture")
  static let ways = Purpose("workload/ways")
  static let malformed = Purpose("workload/client/malformed")
  static let links = Purpose("workload/client/links")
  static let modify = Purpose("workload/client/modify")
  static let modifyAgain = Purpose("workload/client/modify-again")
  static let change = Purpose("workload/change")
  static let laterChange = Purpose("workload/change/later")
  static let probe = Purpose("workload/client/probe")
  static let rival = Purpose("workload/client/rival")
  static let lacking = Purpose("workload/client/lacking")
}

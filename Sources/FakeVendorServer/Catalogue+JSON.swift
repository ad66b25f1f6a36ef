import FakeVendors
import Wire

/// The catalogue as `GET /_catalogue` shows it; amounts in minor units.
struct CatalogueListing: Encodable {
  struct Flight: Encodable {
    let id, flight, currency: String
    let totalMinor: Int64
    let seats, capacity, taken: Int
    let expires: String
    let gone: Bool
    /// The offer as a search would have shown it, as JSON text.
    let offer: String
  }
  struct Room: Encodable {
    let id: String
    let accommodation: Int
    let stock, currency: String
    let totalMinor: Int64
    let capacity, taken: Int
    let gone: Bool
  }
  struct Activity: Encodable {
    let code, stock, currency: String
    let totalMinor: Int64
    let percentageRefundable, capacity, taken: Int
    let gone: Bool
  }
  struct Trip: Encodable {
    let number, travelers: Int
    let currency, flight, room: String
    let activities: [String]
  }

  let flights: [Flight]
  let rooms: [Room]
  let activities: [Activity]
  let trips: [Trip]

  init(_ catalogue: Catalogue) {
    let all = catalogue.all
    flights = all.flights.map {
      Flight(
        id: $0.offer.id, flight: $0.offer.flight, currency: $0.offer.currency,
        totalMinor: $0.offer.totalMinor, seats: $0.offer.seats, capacity: $0.capacity,
        taken: catalogue.taken(flight: $0.offer.flight),
        expires: CivilTime.text($0.offer.expiresMicroseconds, .short($0.offer.expiresMicroseconds)),
        gone: $0.offer.gone,
        offer: catalogue.offerJSON($0))
    }
    rooms = all.rooms.map {
      Room(
        id: $0.product.id, accommodation: $0.product.accommodation, stock: $0.product.stock,
        currency: $0.product.currency, totalMinor: $0.product.totalMinor, capacity: $0.capacity,
        taken: catalogue.taken(rooms: $0.product.stock), gone: $0.product.gone)
    }
    activities = all.activities.map {
      Activity(
        code: $0.product.code, stock: $0.product.stock, currency: $0.product.currency,
        totalMinor: $0.product.totalMinor,
        percentageRefundable: $0.product.percentageRefundable, capacity: $0.capacity,
        taken: catalogue.taken(places: $0.product.stock), gone: $0.product.gone)
    }
    trips = catalogue.trips.map {
      Trip(
        number: $0.number, travelers: $0.travelers, currency: $0.currency,
        flight: $0.flight.offer.id, room: $0.room.product.id,
        activities: $0.activities.map(\.product.code))
    }
  }
}

/// The body of a `POST /trip/options` that offers one trip of the catalogue.
struct TripOptionBody: Encodable {
  struct Flight: Encodable {
    let componentId: String
    let amount: Int64
    let offer, offerId: String
    let expiresAt: Int64
    let airline: String
  }
  struct Hotel: Encodable {
    let componentId: String
    let amount: Int64
    let accommodationId: Int
    let productId, checkin, checkout: String
    let adults: Int
    let hotelName: String
  }
  struct Activity: Encodable {
    let componentId: String
    let amount: Int64
    let productCode, travelDate: String
    let travelers: Int
    let name, provider: String
  }
  struct Traveler: Encodable {
    let firstName, lastName, dateOfBirth: String
  }

  let tripOptionId, currency: String
  let flight: Flight
  let hotel: Hotel
  let activities: [Activity]
  let travelers: [Traveler]

  init(_ trip: Catalogue.Trip, offer: String) {
    let number = trip.number
    tripOptionId = "trip-\(number)"
    currency = trip.currency
    flight = Flight(
      componentId: "trip-\(number)-flight", amount: trip.flight.offer.totalMinor, offer: offer,
      offerId: trip.flight.offer.id, expiresAt: trip.flight.offer.expiresMicroseconds,
      airline: "Example Airways")
    hotel = Hotel(
      componentId: "trip-\(number)-hotel", amount: trip.room.product.totalMinor,
      accommodationId: trip.room.product.accommodation, productId: trip.room.product.id,
      checkin: CivilTime.date(trip.checkin).description,
      checkout: CivilTime.date(trip.checkout).description,
      adults: trip.travelers, hotelName: "Hotel Example \(number)")
    activities = trip.activities.enumerated().map { index, activity in
      Activity(
        componentId: "trip-\(number)-activity-\(index + 1)", amount: activity.product.totalMinor,
        productCode: activity.product.code, travelDate: CivilTime.date(trip.checkin).description,
        travelers: trip.travelers, name: "Example Tour \(index + 1)", provider: "Example Tours")
    }
    // Three at most, so that the letters and the days do not end.
    travelers = (0..<trip.travelers).map { index in
      Traveler(
        firstName: ["Ann", "Bob", "Cleo"][index % 3], lastName: "Example",
        dateOfBirth: "1990-01-0\(index % 9 + 1)")
    }
  }
}

extension Catalogue.Stock {
  /// Reads what is to be put on sale.
  init(_ json: JSONValue, now: Int64) throws(ControlError) {
    let members = try json.members("the catalogue", known: ["flights", "rooms", "activities"])
    self.init()
    for item in try Self.list(members["flights"], "flights") {
      let item = try CatalogueItem(
        item, "a flight",
        known: [
          "id", "flight", "currency", "total_minor", "seats", "capacity", "expires", "gone",
          "origin", "destination", "departure",
        ])
      flights.append(
        Catalogue.Flight(
          offer: FakeAmadeus.Offer(
            id: try item.text("id"), flight: try item.text("flight"),
            currency: try item.currency(), totalMinor: try item.whole("total_minor"),
            seats: Int(try item.whole("seats", 1, least: 1, most: 9)),
            expiresMicroseconds: try item.moment("expires") ?? now + 365 * 86_400_000_000,
            gone: try item.flag("gone"), route: try item.route()),
          capacity: Int(try item.whole("capacity", 100_000, most: 1_000_000_000))))
    }
    for item in try Self.list(members["rooms"], "rooms") {
      let item = try CatalogueItem(
        item, "a room",
        known: ["id", "accommodation", "stock", "currency", "total_minor", "capacity", "gone"])
      rooms.append(
        Catalogue.Room(
          product: FakeBookingCom.Product(
            id: try item.text("id"), accommodation: Int(try item.whole("accommodation")),
            stock: try item.text("stock"), currency: try item.currency(),
            totalMinor: try item.whole("total_minor"), gone: try item.flag("gone")),
          capacity: Int(try item.whole("capacity", 100_000, most: 1_000_000_000))))
    }
    for item in try Self.list(members["activities"], "activities") {
      let item = try CatalogueItem(
        item, "an activity",
        known: [
          "code", "stock", "currency", "total_minor", "percentage_refundable", "capacity", "gone",
        ])
      activities.append(
        Catalogue.Activity(
          product: FakeViator.Product(
            code: try item.text("code"), stock: try item.text("stock"),
            currency: try item.currency(), totalMinor: try item.whole("total_minor"),
            percentageRefundable: Int(try item.whole("percentage_refundable", 100, most: 100)),
            gone: try item.flag("gone")),
          capacity: Int(try item.whole("capacity", 100_000, most: 1_000_000_000))))
    }
  }

  private static func list(_ json: JSONValue?, _ name: String) throws(ControlError)
    -> [JSONValue]
  {
    switch json {
    case nil: return []
    case .array(let items): return items
    default: throw ControlError("'\(name)' is not a list")
    }
  }
}

/// One posted item, read member by member.
private struct CatalogueItem {
  let members: [String: JSONValue]
  let what: String

  init(_ json: JSONValue, _ what: String, known: [String]) throws(ControlError) {
    members = try json.members(what, known: known)
    self.what = what
  }

  func text(_ name: String) throws(ControlError) -> String {
    guard let text = members[name]?.string, !text.isEmpty else {
      throw ControlError("\(what) has no '\(name)' that is a text")
    }
    return text
  }

  func currency() throws(ControlError) -> String {
    let code = try text("currency")
    guard code.count == 3, code.allSatisfy({ ("A"..."Z").contains($0) }) else {
      throw ControlError("the currency of \(what) is not three capital letters")
    }
    return code
  }

  func whole(
    _ name: String, _ usual: Int64? = nil, least: Int64 = 0, most: Int64 = 1_000_000_000_000
  )
    throws(ControlError) -> Int64
  {
    guard let member = members[name] else {
      if let usual { return usual }
      throw ControlError("\(what) has no '\(name)'")
    }
    guard let value = member.whole, (least...most).contains(value) else {
      throw ControlError("'\(name)' of \(what) is not a whole number from \(least) to \(most)")
    }
    return value
  }

  func flag(_ name: String) throws(ControlError) -> Bool {
    guard let member = members[name] else { return false }
    guard let value = member.bool else {
      throw ControlError("'\(name)' of \(what) is not true or false")
    }
    return value
  }

  /// All of `origin`, `destination` and `departure`, or none of them.
  func route() throws(ControlError) -> FakeAmadeus.Offer.Route? {
    guard ["origin", "destination", "departure"].contains(where: { members[$0] != nil }) else {
      return nil
    }
    let airports = [try text("origin"), try text("destination")]
    guard airports.allSatisfy({ $0.count == 3 && $0.allSatisfy { ("A"..."Z").contains($0) } })
    else {
      throw ControlError("'origin' and 'destination' of \(what) are not three capital letters")
    }
    guard let departure = try moment("departure") else {
      throw ControlError("\(what) has no 'departure'")
    }
    return .init(
      origin: airports[0], destination: airports[1], departureMicroseconds: departure)
  }

  func moment(_ name: String) throws(ControlError) -> Int64? {
    guard members[name] != nil else { return nil }
    guard let value = CivilTime.parse(try text(name)) else {
      throw ControlError("'\(name)' of \(what) is not a time such as 2027-01-31T12:00:00Z")
    }
    return value
  }
}

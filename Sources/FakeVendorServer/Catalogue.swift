import FakeVendors
import Synchronization

/// What the travel vendors have on sale: a small stock made up at the start, and what is added.
///
/// Trip n (1 to ``tripCount``) is a flight, a room and two activities in one currency for one to three
/// travellers; currencies and party sizes take turns. Only dates depend on the day of the start.
final class Catalogue: Sendable {
  /// A flight offer and how many seats its flight has.
  struct Flight: Sendable {
    var offer: FakeAmadeus.Offer
    var capacity: Int
  }
  /// A room product and how many rooms its stock has.
  struct Room: Sendable {
    var product: FakeBookingCom.Product
    var capacity: Int
  }
  /// An activity and how many parties its stock can take.
  struct Activity: Sendable {
    var product: FakeViator.Product
    var capacity: Int
  }
  /// What goes together in one trip of the made-up stock.
  struct Trip: Sendable {
    let number: Int
    let travelers: Int
    let flight: Flight
    let room: Room
    let activities: [Activity]
    /// `YYYY-MM-DD`, one for check-in, one for check-out.
    let checkin: Int64
    let checkout: Int64

    var currency: String { flight.offer.currency }
  }

  /// How many trips are made up.
  static let tripCount = 12
  private static let day: Int64 = 86_400_000_000
  private static let currencies = ["USD", "EUR", "GBP", "JPY"]
  /// Where the flights go, in turn.
  private static let routes = [
    (origin: "JFK", destination: "LHR"), (origin: "MAD", destination: "ATH"),
    (origin: "LHR", destination: "CDG"), (origin: "NRT", destination: "SIN"),
    (origin: "SYD", destination: "BKK"), (origin: "CDG", destination: "MAD"),
  ]

  /// The trips of the made-up stock.
  let trips: [Trip]
  private let amadeus: FakeAmadeus
  private let bookingCom: FakeBookingCom
  private let viator: FakeViator
  private let stock = Mutex(Stock())

  /// Everything on sale, in the order in which it was added.
  struct Stock: Sendable {
    var flights: [Flight] = []
    var rooms: [Room] = []
    var activities: [Activity] = []
  }

  /// Puts the made-up stock on sale.
  /// - Parameter start: microseconds since 1970.
  init(amadeus: FakeAmadeus, bookingCom: FakeBookingCom, viator: FakeViator, start: Int64) {
    self.amadeus = amadeus
    self.bookingCom = bookingCom
    self.viator = viator
    trips = (1...Self.tripCount).map { Self.trip($0, today: start / Self.day * Self.day) }
    for trip in trips {
      add(Stock(flights: [trip.flight], rooms: [trip.room], activities: trip.activities))
    }
  }

  /// All that is on sale.
  var all: Stock { stock.withLock { $0 } }

  /// Puts more on sale; what has the id of something older takes its place.
  func add(_ more: Stock) {
    for flight in more.flights {
      amadeus.setCapacity(
        flight: flight.offer.flight,
        seats: max(flight.capacity, taken(flight: flight.offer.flight)))
      amadeus.add(flight.offer)
    }
    for room in more.rooms {
      bookingCom.setCapacity(
        stock: room.product.stock, rooms: max(room.capacity, taken(rooms: room.product.stock)))
      bookingCom.add(room.product)
    }
    for activity in more.activities {
      viator.setCapacity(
        stock: activity.product.stock,
        places: max(activity.capacity, taken(places: activity.product.stock)))
      viator.add(activity.product)
    }
    stock.withLock { stock in
      stock.flights.removeAll { old in more.flights.contains { $0.offer.id == old.offer.id } }
      stock.rooms.removeAll { old in more.rooms.contains { $0.product.id == old.product.id } }
      stock.activities.removeAll { old in
        more.activities.contains { $0.product.code == old.product.code }
      }
      stock.flights += more.flights
      stock.rooms += more.rooms
      stock.activities += more.activities
    }
  }

  /// Returns the JSON text of an offer as a flight search would have shown it.
  func offerJSON(_ flight: Flight) -> String {
    String(decoding: amadeus.offerJSON(id: flight.offer.id), as: UTF8.self)
  }

  /// Returns how many of something are taken, or may be.
  func taken(flight: String) -> Int { Self.taken(flight, amadeus.capacities) }
  func taken(rooms: String) -> Int { Self.taken(rooms, bookingCom.capacities) }
  func taken(places: String) -> Int { Self.taken(places, viator.capacities) }

  private static func taken(_ item: String, _ capacities: [Capacity]) -> Int {
    capacities.first { $0.item == item }.map { $0.held + $0.confirmed } ?? 0
  }

  private static func trip(_ number: Int, today: Int64) -> Trip {
    let currency = currencies[(number - 1) % currencies.count]
    let travelers = 1 + (number - 1) / currencies.count % 3
    let party = Int64(travelers)
    // About 150 yen to the dollar; the others count in hundredths.
    let scale: Int64 = currency == "JPY" ? 150 : 100
    let nights = Int64(2 + number % 4)
    let checkin = today + Int64(60 + number) * day
    let price = nights * (90 + 7 * Int64(number)) * scale
    let flight = Flight(
      offer: FakeAmadeus.Offer(
        id: "flight-\(number)", flight: "seats-\(number)", currency: currency,
        totalMinor: party * (180 + 15 * Int64(number)) * scale, seats: travelers,
        expiresMicroseconds: today + 365 * day,
        // At ten in the morning of the day on which the hotel is reached.
        route: .init(
          origin: routes[(number - 1) % routes.count].origin,
          destination: routes[(number - 1) % routes.count].destination,
          departureMicroseconds: checkin + 10 * 3_600_000_000)), capacity: 100_000)
    let room = Room(
      product: FakeBookingCom.Product(
        id: "\(10_000 + number)_1_0_\(travelers)_0", accommodation: 10_000 + number,
        stock: "rooms-\(number)", currency: currency, totalMinor: price,
        fees: [.init(fromMicroseconds: checkin - 2 * day, minor: price)]), capacity: 100_000)
    let activities = (1...2).map { position in
      Activity(
        product: FakeViator.Product(
          code: "\(number)P\(position)", stock: "places-\(number)-\(position)",
          currency: currency, totalMinor: party * (20 + 10 * Int64(position)) * scale,
          percentageRefundable: position == 1 ? 100 : 50), capacity: 100_000)
    }
    return Trip(
      number: number, travelers: travelers, flight: flight, room: room, activities: activities,
      checkin: checkin, checkout: checkin + nights * day)
  }
}

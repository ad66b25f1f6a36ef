public import HTTPService

/// A failure that Amadeus is known for, met by one call.
public enum AmadeusFault: Sendable, Hashable {
  /// 400 34651 SEGMENT SELL FAILURE; create only.
  case sellFailure
  /// 400 37200 PRICE DISCREPANCY; price or create.
  case priceDiscrepancy
  /// The offer's priced total differs from the asked one, in a 200 of price.
  case repriced(byMinor: Int64)
  /// 400 4926 (the offer is no longer valid); price or create.
  case quoteExpired
  /// 500 141; with `order`, the order exists all the same.
  case systemError(order: Bool)
  /// 429 38194.
  case tooManyRequests
  /// 401 38192: the token is taken for expired.
  case tokenExpired
  /// The order's departure moves some time after its creation, by this many minutes; create only.
  case scheduleChange(after: Duration, minutes: Int)
  /// A second DELETE is answered with 400 instead of 404 1797; cancel only.
  case cancelRefusedTwice
}

/// A stateful fake of Amadeus Self-Service: token, price, create, get and cancel flight orders.
/// Its only client is told apart by `clientID`/`clientSecret`.
public final class FakeAmadeus: HTTPService {
  /// A flight offer that the fake sells.
  public struct Offer: Sendable, Hashable {
    /// The id that names it in `flightOffers[].id`.
    public var id: String
    /// What its seats are taken from; several offers may share one flight.
    public var flight: String
    /// ISO 4217, upper case.
    public var currency: String
    /// The grand total for all travellers, in minor units.
    public var totalMinor: Int64
    /// Seats that an order takes.
    public var seats: Int
    /// After this moment (microseconds since 1970) the offer cannot be priced or booked.
    public var expiresMicroseconds: Int64
    /// Whether it is already gone (pricing answers 400 38034 or 34651).
    public var gone: Bool

    /// Creates an offer.
    public init(
      id: String, flight: String, currency: String, totalMinor: Int64, seats: Int,
      expiresMicroseconds: Int64, gone: Bool = false
    ) {
      self.id = id
      self.flight = flight
      self.currency = currency
      self.totalMinor = totalMinor
      self.seats = seats
      self.expiresMicroseconds = expiresMicroseconds
      self.gone = gone
    }
  }

  /// Creates a fake without offers.
  public init(
    environment: ServiceEnvironment, conduct: any Conduct<AmadeusFault>, clientID: String,
    clientSecret: String, seed: UInt64
  ) { fatalError("seam") }

  /// Puts an offer on sale.
  public func add(_ offer: Offer) { fatalError("seam") }
  /// Sets how many seats a flight has.
  public func setCapacity(flight: String, seats: Int) { fatalError("seam") }
  /// The JSON of a `flight-offer` as a search would have returned it.
  public func offerJSON(id: String) -> [UInt8] { fatalError("seam") }
  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply { fatalError("seam") }
  /// All orders, in order of creation.
  public var reservations: [Reservation] { fatalError("seam") }
  /// One order. O(1).
  public func reservation(_ reference: String) -> Reservation? { fatalError("seam") }
  /// All capacities, in order of registration.
  public var capacities: [Capacity] { fatalError("seam") }
}

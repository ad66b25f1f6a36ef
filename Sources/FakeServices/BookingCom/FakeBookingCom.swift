public import HTTPService

/// A failure that Booking.com's Demand API is known for, met by one call.
public enum BookingComFault: Sendable, Hashable {
  /// 409 order_unavailable; preview or create.
  case unavailable
  /// The preview's total differs from the listed price.
  case repriced(byMinor: Int64)
  /// 400 expired_token although the token is young; create only.
  case tokenExpired
  /// 409 duplicate_request although the order was made by this very request; create only.
  case duplicateRequest
  /// 500; with `order`, the order exists all the same (create) or was cancelled all the same (cancel).
  case internalError(effect: Bool)
  /// 429.
  case tooManyRequests
  /// The property cancels the order some time after it was made; create only.
  case cancelledByProperty(after: Duration)
  /// The cancellation is answered 409 although the order is still booked; it may be asked again.
  case cancelConflict
}

/// A stateful fake of Booking.com's Demand API 3.2: preview, create, details and cancel orders.
public final class FakeBookingCom: HTTPService {
  /// A room product that the fake sells.
  public struct Product: Sendable, Hashable {
    /// The product id on the wire.
    public var id: String
    /// The accommodation's numeric id.
    public var accommodation: Int
    /// What its rooms are taken from; several products may share one stock.
    public var stock: String
    /// ISO 4217, upper case.
    public var currency: String
    /// Total for the stay, in minor units.
    public var totalMinor: Int64
    /// The fee schedule: from this moment (microseconds since 1970) on, cancelling costs this much in
    /// minor units. Sorted by moment; before the first entry cancelling is free.
    public var fees: [Fee]
    /// Whether it is already gone (preview answers 409 order_unavailable).
    public var gone: Bool

    /// A step of the fee schedule.
    public struct Fee: Sendable, Hashable {
      public var fromMicroseconds: Int64
      public var minor: Int64
      public init(fromMicroseconds: Int64, minor: Int64) {
        self.fromMicroseconds = fromMicroseconds
        self.minor = minor
      }
    }

    /// Creates a product.
    public init(
      id: String, accommodation: Int, stock: String, currency: String, totalMinor: Int64,
      fees: [Fee] = [], gone: Bool = false
    ) {
      self.id = id
      self.accommodation = accommodation
      self.stock = stock
      self.currency = currency
      self.totalMinor = totalMinor
      self.fees = fees
      self.gone = gone
    }
  }

  /// Creates a fake without products.
  /// - Parameter lookupLag: how long a new order stays invisible to range queries, per order.
  public init(
    environment: ServiceEnvironment, conduct: any Conduct<BookingComFault>, apiKey: String,
    affiliateID: Int, seed: UInt64,
    lookupLag: @escaping @Sendable (_ baggage: String) -> Duration = { _ in .zero }
  ) { fatalError("seam") }

  /// Puts a product on sale.
  public func add(_ product: Product) { fatalError("seam") }
  /// Sets how many rooms a stock has.
  public func setCapacity(stock: String, rooms: Int) { fatalError("seam") }
  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply { fatalError("seam") }
  /// Performs what is due without a request (cancellations by the property), until cancelled.
  public func run() async throws { fatalError("seam") }
  /// When the earliest of those things is due, in microseconds since 1970; nil when there is none.
  public var nextDue: Int64? { fatalError("seam") }
  /// All orders, in order of creation.
  public var reservations: [Reservation] { fatalError("seam") }
  /// One order. O(1).
  public func reservation(_ reference: String) -> Reservation? { fatalError("seam") }
  /// All capacities, in order of registration.
  public var capacities: [Capacity] { fatalError("seam") }
}

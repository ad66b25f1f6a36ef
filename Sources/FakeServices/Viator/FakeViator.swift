public import HTTPService

/// A failure that Viator's Partner API is known for, met by one call.
public enum ViatorFault: Sendable, Hashable {
  /// `available: false`, SOLD_OUT, in a 200 of the availability check.
  case soldOut
  /// REJECTED with BOOKABLE_ITEM_IS_NO_LONGER_AVAILABLE in a 200; book only.
  case rejected
  /// PENDING first, then CONFIRMED or REJECTED; book only.
  case pending(resolvesAfter: Duration, confirmed: Bool)
  /// 500; with `effect`, the booking was made (book) or cancelled (cancel) all the same.
  case internalError(effect: Bool)
  /// 503 SERVICE_UNAVAILABLE with Retry-After 60.
  case unavailable
  /// 429 with Retry-After.
  case tooManyRequests
  /// DECLINED NOT_CANCELLABLE although it can be cancelled later; cancel only.
  case cancelDeclined
  /// DECLINED NOT_CANCELLABLE, now and for ever; cancel only.
  case neverCancellable
}

/// A stateful fake of Viator's Partner API v2: availability, book, status, cancel quote, cancel.
public final class FakeViator: HTTPService {
  /// An activity that the fake sells.
  public struct Product: Sendable, Hashable {
    /// The product code on the wire.
    public var code: String
    /// What its places are taken from; several products may share one.
    public var stock: String
    /// ISO 4217, upper case.
    public var currency: String
    /// Total for the whole party, in minor units.
    public var totalMinor: Int64
    /// What a cancellation gives back, in percent of the price (100 = free cancellation).
    public var percentageRefundable: Int
    /// Whether it is already gone (availability answers SOLD_OUT).
    public var gone: Bool

    /// Creates a product.
    public init(
      code: String, stock: String, currency: String, totalMinor: Int64,
      percentageRefundable: Int = 100, gone: Bool = false
    ) {
      self.code = code
      self.stock = stock
      self.currency = currency
      self.totalMinor = totalMinor
      self.percentageRefundable = percentageRefundable
      self.gone = gone
    }
  }

  /// Creates a fake without products.
  public init(
    environment: ServiceEnvironment, conduct: any Conduct<ViatorFault>, apiKey: String,
    seed: UInt64
  ) { fatalError("seam") }

  /// Puts a product on sale.
  public func add(_ product: Product) { fatalError("seam") }
  /// Sets how many parties a stock can take.
  public func setCapacity(stock: String, places: Int) { fatalError("seam") }
  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply { fatalError("seam") }
  /// Performs what is due without a request (pending bookings that resolve), until cancelled.
  public func run() async throws { fatalError("seam") }
  /// When the earliest of those things is due, in microseconds since 1970; nil when there is none.
  public var nextDue: Int64? { fatalError("seam") }
  /// All bookings, in order of creation.
  public var reservations: [Reservation] { fatalError("seam") }
  /// One booking, by Viator's reference. O(1).
  public func reservation(_ reference: String) -> Reservation? { fatalError("seam") }
  /// All capacities, in order of registration.
  public var capacities: [Capacity] { fatalError("seam") }
}

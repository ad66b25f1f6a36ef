public import HTTPService
import HTTPTypes
import Synchronization
import Wire

/// A stateful fake of Booking.com's Demand API 3.2: search and availability of accommodations; preview,
/// create, details and cancel of orders.
///
/// Operations, as its fault injector sees them: `search`, `availability`, `preview`, `create`, `details`, `cancel`. A request that
/// fails authentication is answered at once and without asking the fault injector; everything else takes its
/// latency first, then has its effect and its answer in one step. Faults that do not fit an operation
/// are ignored. Paths are accepted with and without `/3.2`.
///
/// Source: Booking.com's OpenAPI document of the Demand API 3.2 and its developer guides
/// (developers.booking.com/demand/docs). (U) marks what no source establishes.
///
/// | modelled | how |
/// |---|---|
/// | search, availability | what has rooms, cheapest first per accommodation or all; takes no room |
/// | preview | price and fee schedule, an order token for 15 minutes; takes no room |
/// | create | takes the rooms; expired_token, invalid_token, 409 order_unavailable |
/// | a token again | 409 duplicate_request with `reservation` while the token lives (U) |
/// | details | by orders, reservations, created or updated range of at most 7 days, page, rows |
/// | lookup lag | a young order is missing from ranges, but is found by its id |
/// | unknown ids in details | left out of `data` (U) |
/// | cancel | three shapes of input; 409 when cancelled already or not cancellable; fee by date |
/// | status | booked, cancelled, cancelled_by_accommodation (without a fee), cancelled_by_guest |
/// | errors | `{"request_id","errors":[{"id","message"}]}`; ids of 401, 403, 409 of cancel, 429: (U) |
///
/// Not modelled: places (any city or country finds every accommodation), filters, details of
/// accommodations, dates of products (they are for sale on every date), currency conversion (a preview in another currency is a 400), charges beside the
/// base price, payment and card checks, modification, cars, flights and attractions, start and end
/// ranges, `stayed` and `no_show`.
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
    /// The property's own currency, in which amounts are told beside the booker's; nil when it is the same.
    public var local: Local?

    /// A property's own currency.
    public struct Local: Sendable, Hashable {
      /// ISO 4217, upper case.
      public var currency: String
      /// Its minor units for one of the booker's.
      public var factor: Int64

      /// Creates the currency of properties abroad: one with as many digits as the booker's.
      public init(abroadOf currency: String) {
        self.init(currency: WireMoney.another(than: currency), factor: 37)
      }

      /// Creates a currency.
      public init(currency: String, factor: Int64) {
        self.currency = currency
        self.factor = factor
      }
    }

    /// A step of the fee schedule.
    public struct Fee: Sendable, Hashable {
      /// From when on, in microseconds since 1970.
      public var fromMicroseconds: Int64
      /// What cancelling costs from then on, in minor units.
      public var minor: Int64

      /// Creates a step.
      public init(fromMicroseconds: Int64, minor: Int64) {
        self.fromMicroseconds = fromMicroseconds
        self.minor = minor
      }
    }

    /// Creates a product.
    public init(
      id: String, accommodation: Int, stock: String, currency: String, totalMinor: Int64,
      fees: [Fee] = [], gone: Bool = false, local: Local? = nil
    ) {
      self.id = id
      self.accommodation = accommodation
      self.stock = stock
      self.currency = currency
      self.totalMinor = totalMinor
      self.fees = fees
      self.gone = gone
      self.local = local
    }
  }

  private let environment: ServiceEnvironment
  private let faultInjector: any FaultInjector<BookingComFault>
  private let apiKey: String
  private let affiliateID: String
  private let lookupLag: @Sendable (_ baggage: String) -> Duration
  private let desk: Mutex<BookingComState>

  /// Creates a fake without products.
  /// - Parameters:
  ///   - lookupLag: how long a new order stays invisible to range queries, per order.
  ///   - pageSize: how many orders a page of such a query shows at most, whatever is asked for.
  public init(
    environment: ServiceEnvironment, faultInjector: any FaultInjector<BookingComFault>,
    apiKey: String,
    affiliateID: Int, seed: UInt64,
    lookupLag: @escaping @Sendable (_ baggage: String) -> Duration = { _ in .zero },
    pageSize: Int = 100
  ) {
    self.environment = environment
    self.faultInjector = faultInjector
    self.apiKey = apiKey
    self.affiliateID = String(affiliateID)
    self.lookupLag = lookupLag
    desk = Mutex(BookingComState(seed: seed, pageSize: pageSize))
  }

  /// Puts a product on sale.
  public func add(_ product: Product) { desk.withLock { $0.list(product) } }

  /// Sets how many rooms a stock has; a stock that was never set has none.
  public func setCapacity(stock: String, rooms: Int) {
    desk.withLock { $0.inventory.setTotal(rooms, of: stock) }
  }

  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply {
    let request = VendorRequest(call, prefix: "/3.2")
    let operation: BookingComOperation
    switch (request.method, request.path) {
    case (.post, "/accommodations/search"): operation = .search
    case (.post, "/accommodations/availability"): operation = .availability
    case (.post, "/orders/preview"): operation = .preview
    case (.post, "/orders/create"): operation = .create
    case (.post, "/orders/details"): operation = .details(accommodations: false)
    case (.post, "/orders/details/accommodations"): operation = .details(accommodations: true)
    case (.post, "/orders/cancel"): operation = .cancel
    default: return refusal(.notFound, request)
    }
    guard let token = request.bearerToken, token == apiKey else {
      return refusal(.unauthorized, request)
    }
    guard let affiliate = request.fields[VendorField.affiliate] else {
      return refusal(.missing("X-Affiliate-Id"), request)
    }
    guard affiliate == affiliateID else { return refusal(.forbidden, request) }

    let body = JSONValue(parsing: request.body)
    let label = operation == .create ? body?["accommodation"]?["label"]?.string : nil
    let plan = faultInjector.plan(
      for: ServiceCall(
        service: "hotel", operation: operation.name, baggage: request.baggage,
        handle: label ?? ""))
    if plan.latency > .zero { try await environment.clock.sleep(for: plan.latency) }
    let now = environment.now()
    let lag = operation == .create ? lookupLag(request.baggage) : .zero
    let (reply, aftermath) = desk.withLock { desk in
      desk.serve(operation, request, body, fault: plan.fault, lookupLag: lag, at: now)
    }
    aftermath.deliver(to: environment)
    return reply
  }

  private func refusal(_ error: BookingComError, _ request: VendorRequest) -> HTTPReply {
    let now = environment.now()
    return desk.withLock { error.reply(requestID: $0.requestID(request, at: now)) }
  }

  /// Performs what is due without a request (cancellations by property or traveller), until cancelled.
  public func run() async throws {
    let (pending, newcomers) = desk.withLock { $0.agenda.follow() }
    try await environment.follow(pending: pending, newcomers: newcomers) { self.settle() }
  }

  /// Cancels an order as the caller's own staff does on the phone, past the API and free of charge.
  public func cancelAtDesk(_ reference: String) {
    let now = environment.now()
    desk.withLock { $0.cancelAtDesk(reference, at: now) }.deliver(to: environment)
  }

  private func settle() {
    let now = environment.now()
    desk.withLock { $0.settle(at: now) }.deliver(to: environment)
  }

  /// When the earliest of those things is due, in microseconds since 1970; nil when there is none.
  public var nextDue: Int64? { desk.withLock { $0.agenda.nextDue } }

  /// All orders, in order of creation.
  public var reservations: [Reservation] { desk.withLock { $0.book.all } }

  /// One order. O(1).
  public func reservation(_ reference: String) -> Reservation? {
    desk.withLock { desk in desk.book.index(reference).map { desk.book.all[$0] } }
  }

  /// The orders of one `label`, in order of creation.
  public func reservations(ofClientReference label: String) -> [Reservation] {
    desk.withLock { $0.book.reservations(clientReference: label) }
  }

  /// All capacities, in order of registration.
  public var capacities: [Capacity] { desk.withLock { $0.inventory.capacities } }

  /// Every answer that refused a product: gone, no rooms, another price, token too old;
  /// and each 400 to a preview or order that is badly written.
  public var availabilityRefusals: [Refusal] { desk.withLock { $0.book.refusals } }

  /// Every authenticated `create`, in order of the answers.
  public var createRequests: [ServedRequest] { desk.withLock { $0.book.requests } }
}

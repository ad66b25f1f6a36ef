public import HTTPService
import HTTPTypes
import Synchronization
import Wire

/// A stateful fake of Viator's Partner API v2: product search, availability and schedules, book,
/// status, cancel quote, cancel.
///
/// Operations, as its fault injector sees them: `search`, `availability`, `schedules`, `hold`, `book`,
/// `status`, `cancel-quote`, `cancel`. A request that fails authentication is answered at once and
/// without asking the fault injector, and so is the list of cancel reasons; everything else takes its latency first, then has its effect
/// and its answer in one step. Faults that do not fit an operation are ignored. Paths are accepted
/// with and without `/partner`.
///
/// Source: the OpenAPI document of the Viator Partner API 2.0 and docs.viator.com/partner-api. (U)
/// marks what no source establishes.
///
/// | modelled | how |
/// |---|---|
/// | headers | `exp-api-key`, `Accept` with `version=2.0`; MISSING_HEADER_VALUE, INVALID_HEADER_VALUE |
/// | search | by currency, price, free cancellation; sorted by price, in pages; any destination |
/// | availability | listed price; SOLD_OUT when gone or no place is left |
/// | schedules | of one product or many: one season from today, the price per unit |
/// | hold | the price for 15 minutes; places are never held (HOLD_NOT_PROVIDED) |
/// | book | CONFIRMED, PENDING or REJECTED in a 200; idempotent by partnerBookingRef |
/// | the same ref again | the same booking as it stands now, REJECTED and CANCELED included |
/// | the same ref for something else | REJECTED DUPLICATE_BOOKING (U: what counts as something else) |
/// | PENDING | is decided by itself at its time; holds a place; can be cancelled without a penalty (U) |
/// | status | by either reference; 404 when unknown or only held |
/// | cancel | ACCEPTED; DECLINED ALREADY_CANCELLED or NOT_CANCELLABLE; 404 when REJECTED (U) |
/// | cancelled past the caller | by fault: by the supplier without a penalty, by the traveller with it; status CANCELED, the quote tells what is given back |
/// | refund | price × percentageRefundable, half up, from quote and in the ledger; whatever the date |
/// | limits | RateLimit headers count calls in windows of 10 s; only a fault answers 429 |
///
/// Not modelled: places, texts and pictures of products, `schedules/modified-since`, currency
/// conversion (another currency is a 400), age bands' prices, booking questions, vouchers' contents, carts, amendments, extra charges, cut-off times.
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

  private let environment: ServiceEnvironment
  private let faultInjector: any FaultInjector<ViatorFault>
  private let apiKey: String
  private let desk: Mutex<ViatorState>

  /// Creates a fake without products.
  public init(
    environment: ServiceEnvironment, faultInjector: any FaultInjector<ViatorFault>, apiKey: String,
    seed: UInt64
  ) {
    self.environment = environment
    self.faultInjector = faultInjector
    self.apiKey = apiKey
    desk = Mutex(ViatorState(seed: seed))
  }

  /// Puts a product on sale.
  public func add(_ product: Product) { desk.withLock { $0.list(product) } }

  /// Sets how many parties a stock can take; a stock that was never set can take none.
  public func setCapacity(stock: String, places: Int) {
    desk.withLock { $0.inventory.setTotal(places, of: stock) }
  }

  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply {
    let request = VendorRequest(call, prefix: "/partner")
    let operation: ViatorOperation
    switch route(request) {
    case .failure(let error):
      let now = environment.now()
      return desk.withLock { $0.refusal(error, request, at: now) }
    case .success(let routed): operation = routed
    }
    let body = request.method == .post ? JSONValue(parsing: request.body) : nil
    if operation != .cancelReasons {
      let plan = faultInjector.plan(
        for: ServiceCall(
          service: "activity", operation: operation.name, baggage: request.baggage,
          handle: body?["partnerBookingRef"]?.string ?? ""))
      if plan.latency > .zero { try await environment.clock.sleep(for: plan.latency) }
      return serve(operation, request, body, plan.fault)
    }
    return serve(operation, request, body, nil)
  }

  private func serve(
    _ operation: ViatorOperation, _ request: VendorRequest, _ body: JSONValue?,
    _ fault: ViatorFault?
  ) -> HTTPReply {
    let now = environment.now()
    let (reply, aftermath) = desk.withLock { desk in
      desk.serve(operation, request, body, fault: fault, at: now)
    }
    aftermath.deliver(to: environment)
    return reply
  }

  /// Performs what is due without a request (pending bookings that resolve), until cancelled.
  public func run() async throws {
    let (pending, newcomers) = desk.withLock { $0.agenda.follow() }
    try await environment.follow(pending: pending, newcomers: newcomers) { self.settle() }
  }

  /// Cancels a booking as the caller's own staff does on the phone, past the API and free of charge.
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

  /// All bookings, in order of creation.
  public var reservations: [Reservation] { desk.withLock { $0.book.all } }

  /// One booking, by Viator's reference. O(1).
  public func reservation(_ reference: String) -> Reservation? {
    desk.withLock { desk in desk.book.index(reference).map { desk.book.all[$0] } }
  }

  /// The bookings of one `partnerBookingRef`: at most one.
  public func reservations(ofClientReference reference: String) -> [Reservation] {
    desk.withLock { $0.book.reservations(clientReference: reference) }
  }

  /// All capacities, in order of registration.
  public var capacities: [Capacity] { desk.withLock { $0.inventory.capacities } }

  /// Every answer that refused a product: SOLD_OUT, or REJECTED for want of a place;
  /// and each 400 to a question of availability, hold or booking that is badly written.
  public var availabilityRefusals: [Refusal] { desk.withLock { $0.book.refusals } }

  /// Every authenticated `book`, in order of the answers.
  public var createRequests: [ServedRequest] { desk.withLock { $0.book.requests } }

  /// Finds out what a request asks for and whether its caller may ask.
  private func route(_ request: VendorRequest) -> Result<ViatorOperation, ViatorError> {
    guard let key = request.fields[VendorField.apiKey] else { return .failure(.missingKey) }
    guard request.fields[.accept]?.contains("version=2.0") == true else {
      return .failure(.missingVersion)
    }
    guard key == apiKey else { return .failure(.unauthorized) }
    switch (request.method, request.path) {
    case (.post, "/products/search"): return .success(.search)
    case (.post, "/availability/check"): return .success(.availability)
    case (.post, "/availability/schedules/bulk"): return .success(.bulkSchedules)
    case (.post, "/bookings/hold"): return .success(.hold)
    case (.post, "/bookings/book"): return .success(.book)
    case (.post, "/bookings/status"): return .success(.status)
    case (.get, "/bookings/cancel-reasons"): return .success(.cancelReasons)
    default:
      let parts = request.path.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 4, parts[0].isEmpty, let inner = PercentCoding.decode(parts[2]),
        let last = PercentCoding.decode(parts[3])
      else { return .failure(.notFound("The requested resource does not exist")) }
      switch (request.method, parts[1], inner, last) {
      case (.get, "bookings", let reference, "cancel-quote"):
        return .success(.cancelQuote(reference))
      case (.post, "bookings", let reference, "cancel"): return .success(.cancel(reference))
      case (.get, "availability", "schedules", let code): return .success(.schedule(code))
      default: return .failure(.notFound("The requested resource does not exist"))
      }
    }
  }
}

public import HTTPService
import HTTPTypes
import Synchronization
import Wire

/// A stateful fake of Amadeus Self-Service: token, flight search, price, create, get and cancel flight
/// orders.
/// Its only client is told apart by `clientID`/`clientSecret`.
///
/// Operations, as its fault injector sees them: `token`, `search`, `price`, `create`, `get`, `cancel`. A request
/// that fails authentication is answered at once and without asking the fault injector; everything else takes its
/// latency first, then has its effect and its answer in one step. Faults that do not fit an operation
/// are ignored.
///
/// Sources: the OpenAPI specifications amadeus4dev/amadeus-open-api-specification (Flight Offers
/// Search 2, Flight Create Orders 1.10, Flight Offers Price 1.3, Flight Order Management 1.10) and the behaviour of the
/// Python SDK `amadeus` 12. (U) marks what no source establishes.
///
/// | modelled | how |
/// |---|---|
/// | token | form, `client_credentials`, 1799 s; 38190 unknown, 38191 missing, 38192 expired |
/// | search | `GET` and `POST`; what is on sale, by route, day, party, price, airline; 425, 477, 2668, 10661, 32171 |
/// | there and back | two offers on sale, their fares added; seats of both or of none |
/// | price | the offer at its present price; 37200, 4926, 38034 (gone), 34651 (no seats left) (U) |
/// | create | 201, not idempotent, no search; 34651, 37200, 4926, 32171, 477, 2781 |
/// | people | ``AmadeusPeople``: as many as the offer is priced for, names, dates, phones; 477, 2781, 4926 |
/// | ids | base64, percent-encoded as received (`%2f`, `%3D`); record locator of 6 characters |
/// | get | 200; 404 1797 when unknown or cancelled (U); one way has moved after a schedule change |
/// | cancel | 204; again: 404 1797, or 400 4926 by fault (U); no fee, seats return at once |
/// | cancelled by the airline | by fault; the order is no longer found (U), no fee |
/// | seats | finite per flight; taken by create, never by price |
/// | errors | `{"errors":[{status,code,title,detail,source}]}`; 38194, 38196, 141 |
///
/// Not modelled: journeys of other shapes than one way and there and back (a search for one finds
/// nothing), stops, other cabins than economy, conversion of currencies (`currencyCode` chooses
/// offers), date and time windows, seat maps, `include`, `forceClass`, ticketing queues and the cancel
/// window, tolerance margins on prices, duplicate checks of airlines, quotas (38195), revoked tokens (38193),
/// one-record-many-airlines orders. Ages are not compared with kinds of travellers. Record
/// locators are not
/// guaranteed to be unique.
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
    /// Where the flight goes and when; nil for a schedule made up from its name.
    public var route: Route?
    /// What the seats of the way back are taken from; nil for one way. It leaves a week after the way
    /// there, at an hour made up from this name.
    public var back: String?
    /// Whether it is already gone (pricing answers 400 38034 or 34651).
    public var gone: Bool

    /// A journey without stops.
    public struct Route: Sendable, Hashable {
      /// IATA codes of the airports.
      public var origin, destination: String
      /// When it leaves, by the clock at its origin, in microseconds since 1970.
      public var departureMicroseconds: Int64

      /// Creates a journey.
      public init(origin: String, destination: String, departureMicroseconds: Int64) {
        self.origin = origin
        self.destination = destination
        self.departureMicroseconds = departureMicroseconds
      }
    }

    /// Creates an offer.
    public init(
      id: String, flight: String, currency: String, totalMinor: Int64, seats: Int,
      expiresMicroseconds: Int64, gone: Bool = false, route: Route? = nil, back: String? = nil
    ) {
      self.id = id
      self.flight = flight
      self.currency = currency
      self.totalMinor = totalMinor
      self.seats = seats
      self.expiresMicroseconds = expiresMicroseconds
      self.gone = gone
      self.route = route
      self.back = back
    }
  }

  private let environment: ServiceEnvironment
  private let faultInjector: any FaultInjector<AmadeusFault>
  private let clientID: String
  private let clientSecret: String
  private let desk: Mutex<AmadeusState>

  /// Creates a fake without offers.
  public init(
    environment: ServiceEnvironment, faultInjector: any FaultInjector<AmadeusFault>,
    clientID: String,
    clientSecret: String, seed: UInt64
  ) {
    self.environment = environment
    self.faultInjector = faultInjector
    self.clientID = clientID
    self.clientSecret = clientSecret
    desk = Mutex(AmadeusState(clientID: clientID, seed: seed))
  }

  /// Puts an offer on sale.
  public func add(_ offer: Offer) { desk.withLock { $0.list(offer) } }

  /// Sets how many seats a flight has; a flight that was never set has none.
  public func setCapacity(flight: String, seats: Int) {
    desk.withLock { $0.inventory.setTotal(seats, of: flight) }
  }

  /// The JSON of a `flight-offer` as a search would have returned it, at its listed price.
  /// - Precondition: the offer is on sale.
  public func offerJSON(id: String) -> [UInt8] { desk.withLock { $0.listing(id) } }

  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply {
    let request = VendorRequest(call)
    let operation: AmadeusOperation
    switch route(request) {
    case .failure(let error): return error.reply
    case .success(let routed): operation = routed
    }
    let plan = faultInjector.plan(
      for: ServiceCall(
        service: "flight", operation: operation.name, baggage: request.baggage, handle: ""))
    if plan.latency > .zero { try await environment.clock.sleep(for: plan.latency) }
    let now = environment.now()
    let (reply, aftermath) = desk.withLock { desk in
      desk.serve(operation, request, fault: plan.fault, at: now)
    }
    aftermath.deliver(to: environment)
    return reply
  }

  /// Performs what is due without a request (airlines that cancel), until cancelled.
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

  /// One order, by its id as received or percent-decoded. O(1).
  public func reservation(_ reference: String) -> Reservation? {
    guard let id = PercentCoding.decode(reference) else { return nil }
    return desk.withLock { desk in
      desk.book.index(AmadeusState.wireForm(id)).map { desk.book.all[$0] }
    }
  }

  /// All capacities, in order of registration.
  public var capacities: [Capacity] { desk.withLock { $0.inventory.capacities } }

  /// Every answer that refused an offer: gone, no seats, another price, expired; and each 400 to a
  /// request to price or order that is badly written.
  public var availabilityRefusals: [Refusal] { desk.withLock { $0.book.refusals } }

  /// Every authenticated `create`, in order of the answers.
  public var createRequests: [ServedRequest] { desk.withLock { $0.book.requests } }

  /// Finds out what a request asks for and whether its caller may ask.
  private func route(_ request: VendorRequest) -> Result<AmadeusOperation, AmadeusError> {
    let operation: AmadeusOperation
    let orders = "/v1/booking/flight-orders"
    switch (request.method, request.path) {
    case (.post, "/v1/security/oauth2/token"):
      let form = PercentCoding.form(request.body)
      guard form["grant_type"] == "client_credentials" else { return .failure(.invalidGrant) }
      guard form["client_id"] == clientID, form["client_secret"] == clientSecret else {
        return .failure(.invalidClient)
      }
      return .success(.token)
    case (.get, "/v2/shopping/flight-offers"), (.post, "/v2/shopping/flight-offers"):
      operation = .search
    case (.post, "/v1/shopping/flight-offers/pricing"): operation = .price
    case (.post, let path) where path == orders: operation = .create
    case (let method, let path)
    where (method == .get || method == .delete) && path.hasPrefix(orders + "/"):
      let encoded = path.dropFirst(orders.count + 1)
      guard !encoded.isEmpty, !encoded.utf8.contains(UInt8(ascii: "/")),
        let id = PercentCoding.decode(encoded)
      else { return .failure(.resourceNotFound) }
      operation = method == .get ? .get(id) : .cancel(id)
    default: return .failure(.resourceNotFound)
    }
    guard let token = request.bearerToken else { return .failure(.missingToken) }
    let expires = desk.withLock { $0.tokens[String(token)] }
    guard let expires else { return .failure(.unknownToken) }
    return environment.now() < expires ? .success(operation) : .failure(.expiredToken)
  }
}

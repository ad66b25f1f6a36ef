import HTTPService

/// Where the vendors are and what they know us by.
public struct VendorConfiguration: Sendable, Hashable {
  /// Base URLs without a trailing slash and without the vendors' own path prefixes.
  public var stripeURL = "https://api.stripe.com"
  public var amadeusURL = "https://api.amadeus.com"
  public var bookingComURL = "https://demandapi.booking.com"
  public var viatorURL = "https://api.viator.com"
  public var mailURL = "https://api.postmarkapp.com"
  public var stripeSecretKey = ""
  public var stripeWebhookSecret = ""
  public var stripeVersion = "2026-10-28.endive"
  public var amadeusClientID = ""
  public var amadeusClientSecret = ""
  public var bookingComAPIKey = ""
  public var bookingComAffiliateID = 0
  public var viatorAPIKey = ""
  public var mailToken = ""
  public var mailFrom = "bookings@example.com"
  /// How long a whole answer is waited for. Stripe's SDKs wait 80 s; Viator documents 120 s; GDS
  /// and hotel calls may take 60 s and more (see each client).
  public var stripeTimeout: Duration = .seconds(80)
  public var flightTimeout: Duration = .seconds(90)
  public var hotelTimeout: Duration = .seconds(90)
  public var activityTimeout: Duration = .seconds(120)
  public var mailTimeout: Duration = .seconds(30)
  /// Creates the production defaults.
  public init() {}
}

/// Speaks Stripe's API.
struct StripeClient: Sendable {
  init(_ configuration: VendorConfiguration, transport: any HTTPTransport) {
    fatalError("seam")
  }

  // Requests made ready. Pure: same arguments, same bytes.
  func createPaymentIntent(
    amount: Money, customer: String?, paymentMethod: String, booking: BookingID, generation: Int
  ) -> PreparedRequest { fatalError("seam") }
  func confirmPaymentIntent(_ id: String) -> PreparedRequest { fatalError("seam") }
  func cancelPaymentIntent(_ id: String) -> PreparedRequest { fatalError("seam") }
  /// A nil amount refunds all that is left.
  func createRefund(
    paymentIntent: String, amount: Money?, booking: BookingID, cause: String, generation: Int
  ) -> PreparedRequest { fatalError("seam") }

  // Sent. The answer to create, confirm and cancel is the payment intent.
  func sendPaymentIntent(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<StripePaymentIntent>
  { fatalError("seam") }
  func sendRefund(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<StripeRefund>
  { fatalError("seam") }

  // Read.
  func paymentIntent(_ id: String, _ context: CallContext) async throws
    -> Outcome<StripePaymentIntent>
  { fatalError("seam") }
  /// All pages of a customer's (or, without one, everybody's) intents created in a range of seconds.
  func paymentIntents(
    customer: String?, createdFrom: Int64, to: Int64, _ context: CallContext
  ) async throws -> Outcome<[StripePaymentIntent]> { fatalError("seam") }
  func refund(_ id: String, _ context: CallContext) async throws -> Outcome<StripeRefund> {
    fatalError("seam")
  }
  /// All pages of the refunds of an intent.
  func refunds(ofPaymentIntent id: String, _ context: CallContext) async throws
    -> Outcome<[StripeRefund]>
  { fatalError("seam") }
  func paymentMethod(_ id: String, _ context: CallContext) async throws
    -> Outcome<StripePaymentMethod>
  { fatalError("seam") }
}

/// Speaks Amadeus' Flight Offers Price, Flight Create Orders and Flight Order Management.
///
/// Fetches and renews its OAuth2 token by itself; concurrent callers share one fetch.
struct AmadeusClient: Sendable {
  init(
    _ configuration: VendorConfiguration, transport: any HTTPTransport, wallClock: any WallClock
  ) { fatalError("seam") }

  func price(_ flight: TripOption.Flight, currency: Currency, _ context: CallContext) async throws
    -> Outcome<PricedFlight>
  { fatalError("seam") }
  func createOrder(offer: [UInt8], travelers: [TripRequest.Traveler], contact: TripRequest.Customer)
    -> PreparedRequest
  { fatalError("seam") }
  func cancelOrder(_ id: String) -> PreparedRequest { fatalError("seam") }
  func sendCreate(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<FlightOrder>
  { fatalError("seam") }
  /// Done also when the order is gone already (404 1797): cancelling is idempotent for us.
  func sendCancel(_ request: PreparedRequest, _ context: CallContext) async throws -> Outcome<Bool>
  { fatalError("seam") }
  func order(_ id: String, _ context: CallContext) async throws -> Outcome<FlightOrder> {
    fatalError("seam")
  }
}

/// Speaks Booking.com's Demand API 3.2.
struct BookingComClient: Sendable {
  init(_ configuration: VendorConfiguration, transport: any HTTPTransport) {
    fatalError("seam")
  }

  func preview(
    _ hotel: TripOption.Hotel, currency: Currency, booker: TripRequest.Customer,
    _ context: CallContext
  ) async throws -> Outcome<HotelPreview> { fatalError("seam") }
  func createOrder(
    token: String, label: String, hotel: TripOption.Hotel, booker: TripRequest.Customer,
    guests: [TripRequest.Traveler]
  ) -> PreparedRequest { fatalError("seam") }
  func cancelOrder(_ order: String, reservation: String) -> PreparedRequest { fatalError("seam") }
  func sendCreate(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<HotelOrder>
  { fatalError("seam") }
  /// Rejected with `cancel_conflict` on 409: look the order up to learn whether it is cancelled.
  func sendCancel(_ request: PreparedRequest, _ context: CallContext) async throws -> Outcome<Bool>
  { fatalError("seam") }
  func details(order: String, _ context: CallContext) async throws -> Outcome<HotelOrderDetails> {
    fatalError("seam")
  }
  /// The orders created in a range that carry a label, all pages searched, cancelled ones included.
  func orders(label: String, createdFrom: Timestamp, to: Timestamp, _ context: CallContext)
    async throws -> Outcome<[HotelOrderDetails]>
  { fatalError("seam") }
}

/// Speaks Viator's Partner API v2.
struct ViatorClient: Sendable {
  init(_ configuration: VendorConfiguration, transport: any HTTPTransport) {
    fatalError("seam")
  }

  func availability(
    _ activity: TripOption.Activity, currency: Currency, _ context: CallContext
  ) async throws -> Outcome<ActivityAvailability> { fatalError("seam") }
  func book(
    _ activity: TripOption.Activity, currency: Currency, partnerBookingRef: String,
    booker: TripRequest.Customer
  ) -> PreparedRequest { fatalError("seam") }
  func cancel(bookingRef: String) -> PreparedRequest { fatalError("seam") }
  /// Done with whatever status the answer has, REJECTED included.
  func sendBook(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<ActivityBooking>
  { fatalError("seam") }
  func sendCancel(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<ActivityCancellation>
  { fatalError("seam") }
  /// Rejected with code `NOT_FOUND` when Viator knows no such reference.
  func status(partnerBookingRef: String, _ context: CallContext) async throws
    -> Outcome<ActivityBooking>
  { fatalError("seam") }
  func cancelQuote(bookingRef: String, _ context: CallContext) async throws
    -> Outcome<ActivityCancelQuote>
  { fatalError("seam") }
}

/// Speaks a mail API in the shape of Postmark's `POST /email`.
struct MailClient: Sendable {
  init(_ configuration: VendorConfiguration, transport: any HTTPTransport) {
    fatalError("seam")
  }
  /// Done with the message id.
  func send(
    to: String, subject: String, text: String, tag: String, metadata: [String: String],
    _ context: CallContext
  ) async throws -> Outcome<String> { fatalError("seam") }
}

/// Verifies and reads Stripe's webhooks.
struct StripeWebhook: Sendable {
  /// Why a delivery is not believed.
  enum Refusal: Error, Sendable, Hashable {
    case noSecret, noSignature, wrongSignature, tooOld
    case malformed(String)
  }
  /// Verifies the signature (v1, constant time) and the age (300 s, past only), then parses.
  /// - Throws: ``Refusal``.
  static func event(
    body: [UInt8], signatureHeader: String?, secret: String, now: Timestamp
  ) throws(Refusal) -> StripeEvent { fatalError("seam") }
}

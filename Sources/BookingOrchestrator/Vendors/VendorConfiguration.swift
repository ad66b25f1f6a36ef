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
  /// Our own telephone number with `+` and country code, for bookers who gave none.
  ///
  /// Booking.com (OrderCreateBookerInput) and Viator (CommunicationInfo) refuse a booker without one.
  public var contactPhone = "+15550100"
  /// Where bookers live who did not say, ISO 3166-1 alpha-2; Booking.com requires a country.
  public var defaultCountry = "US"
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

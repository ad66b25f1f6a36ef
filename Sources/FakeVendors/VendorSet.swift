public import HTTPService

/// What opens the fakes, and nothing else.
public struct VendorKeys: Sendable, Hashable {
  /// The only secret key of Stripe.
  public var stripe = "sk_test_turbulence"
  /// What Stripe's events are signed with.
  public var stripeWebhook = "whsec_turbulence"
  /// The `client_id` of Amadeus's only client.
  public var amadeusID = "turbulence"
  /// Its `client_secret`.
  public var amadeusSecret = "amadeus-secret"
  /// Booking.com's API key.
  public var bookingCom = "bookingcom-key"
  /// The affiliate that comes with it.
  public var affiliate = 1_234_567
  /// Viator's `exp-api-key`.
  public var viator = "viator-key"
  /// The mail API's server token.
  public var mail = "mail-token"

  /// Creates the defaults.
  public init() {}
}

/// Decides how the calls to each fake go; at first all succeed at once.
public struct FaultInjectors: Sendable {
  /// Of Stripe.
  public var stripe: any FaultInjector<StripeFault> = NoFaults()
  /// Of Amadeus.
  public var amadeus: any FaultInjector<AmadeusFault> = NoFaults()
  /// Of Booking.com.
  public var bookingCom: any FaultInjector<BookingComFault> = NoFaults()
  /// Of Viator.
  public var viator: any FaultInjector<ViatorFault> = NoFaults()
  /// Of the mail API.
  public var mail: any FaultInjector<MailFault> = NoFaults()
  /// How long an order stays invisible to look-ups at Booking.com, by its creating call's baggage.
  public var lookupLag: @Sendable (_ baggage: String) -> Duration = { _ in .zero }
  /// How many orders a page of a look-up at Booking.com shows at most.
  public var pageSize = 100

  /// Creates injectors under which nothing goes wrong.
  public init() {}
}

/// The five fakes with their keys, as worlds, sockets and tests run them.
public struct VendorSet: Sendable {
  /// The payments.
  public let stripe: FakeStripe
  /// The flights.
  public let amadeus: FakeAmadeus
  /// The hotels.
  public let bookingCom: FakeBookingCom
  /// The activities.
  public let viator: FakeViator
  /// The mail.
  public let mail: FakeMail

  /// Creates fakes that sell nothing and have seen nothing.
  /// - Parameters:
  ///   - seed: what their ids are derived from.
  ///   - environment: the time that each lives in; asked once for each, in the order of the names.
  public init(
    keys: VendorKeys = VendorKeys(), seed: UInt64, faults: FaultInjectors = FaultInjectors(),
    environment: (VendorName) -> ServiceEnvironment
  ) {
    stripe = FakeStripe(
      environment: environment(.stripe), faultInjector: faults.stripe, apiKey: keys.stripe,
      seed: seed)
    amadeus = FakeAmadeus(
      environment: environment(.amadeus), faultInjector: faults.amadeus, clientID: keys.amadeusID,
      clientSecret: keys.amadeusSecret, seed: seed)
    bookingCom = FakeBookingCom(
      environment: environment(.bookingcom), faultInjector: faults.bookingCom,
      apiKey: keys.bookingCom,
      affiliateID: keys.affiliate, seed: seed, lookupLag: faults.lookupLag,
      pageSize: faults.pageSize)
    viator = FakeViator(
      environment: environment(.viator), faultInjector: faults.viator, apiKey: keys.viator,
      seed: seed)
    mail = FakeMail(
      environment: environment(.mail), faultInjector: faults.mail, serverToken: keys.mail,
      seed: seed)
  }

  /// A fake by its name.
  public subscript(vendor: VendorName) -> any HTTPService {
    switch vendor {
    case .stripe: stripe
    case .amadeus: amadeus
    case .bookingcom: bookingCom
    case .viator: viator
    case .mail: mail
    }
  }

  /// When the first thing is due that a fake does by itself, in microseconds since 1970.
  public var nextDue: Int64? {
    [stripe.nextDue, amadeus.nextDue, bookingCom.nextDue, viator.nextDue].compactMap(\.self).min()
  }
}

/// A bookable trip as it was offered to the traveller: what, where, when and at which price.
///
/// Immutable once registered: the saga books from this snapshot, never from fresher data.
public struct TripOption: Sendable, Hashable, Codable {
  public var tripOptionId: TripOptionID
  /// The currency of every component.
  public var currency: Currency
  public var flight: Flight
  public var hotel: Hotel
  public var activities: [Activity]
  /// Who travels, unless the request that books the trip names others.
  public var travelers: [TripRequest.Traveler]?
  /// When its money is taken; nil for as the server does it.
  public var capture: CaptureTime?

  /// A flight offer from Amadeus.
  public struct Flight: Sendable, Hashable, Codable {
    public var componentId: String
    /// Price for all travellers, in minor units.
    public var amount: Int64
    /// The `flight-offer` object as the search returned it, as JSON text.
    public var offer: String
    /// The `id` inside the offer.
    public var offerId: String
    /// After this moment (microseconds since 1970) the offer must not be booked; nil when unlimited.
    public var expiresAt: Int64?
    /// The airline's name as travellers know it.
    public var airline: String?
    /// Where and when it flies, for itineraries; without it they read the offer.
    public var segments: [Segment]?

    /// Creates it from its parts.
    public init(
      componentId: String, amount: Int64, offer: String, offerId: String, expiresAt: Int64? = nil,
      airline: String? = nil, segments: [Segment]? = nil
    ) {
      self.componentId = componentId
      self.amount = amount
      self.offer = offer
      self.offerId = offerId
      self.expiresAt = expiresAt
      self.airline = airline
      self.segments = segments
    }
  }

  /// A room from Booking.com.
  public struct Hotel: Sendable, Hashable, Codable {
    public var componentId: String
    /// Price for the stay, in minor units.
    public var amount: Int64
    public var accommodationId: Int
    public var productId: String
    /// `YYYY-MM-DD`
    public var checkin: String
    /// `YYYY-MM-DD`
    public var checkout: String
    public var adults: Int
    /// The property's name.
    public var hotelName: String?
    /// Where the property is, and from when on it takes guests; for itineraries.
    public var arrival: Stop?
    /// By when guests leave; for itineraries.
    public var departure: Stop?

    /// Creates it from its parts.
    public init(
      componentId: String, amount: Int64, accommodationId: Int, productId: String, checkin: String,
      checkout: String, adults: Int, hotelName: String? = nil, arrival: Stop? = nil,
      departure: Stop? = nil
    ) {
      self.componentId = componentId
      self.amount = amount
      self.accommodationId = accommodationId
      self.productId = productId
      self.checkin = checkin
      self.checkout = checkout
      self.adults = adults
      self.hotelName = hotelName
      self.arrival = arrival
      self.departure = departure
    }
  }

  /// An activity from Viator.
  public struct Activity: Sendable, Hashable, Codable {
    public var componentId: String
    /// Price for the party, in minor units.
    public var amount: Int64
    public var productCode: String
    /// `YYYY-MM-DD`
    public var travelDate: String
    public var travelers: Int
    /// What it is called, and who offers it.
    public var name: String?
    public var provider: String?
    /// Where and when it begins, for itineraries.
    public var meeting: Stop?

    /// Creates it from its parts.
    public init(
      componentId: String, amount: Int64, productCode: String, travelDate: String, travelers: Int,
      name: String? = nil, provider: String? = nil, meeting: Stop? = nil
    ) {
      self.componentId = componentId
      self.amount = amount
      self.productCode = productCode
      self.travelDate = travelDate
      self.travelers = travelers
      self.name = name
      self.provider = provider
      self.meeting = meeting
    }
  }

  /// The sum of all components, in minor units of ``currency``; nil when it does not fit.
  public var total: Money? {
    var sum: Int64 = 0
    for amount in [flight.amount, hotel.amount] + activities.map(\.amount) {
      let (next, overflow) = sum.addingReportingOverflow(amount)
      guard !overflow else { return nil }
      sum = next
    }
    return Money(minorUnits: sum, currency: currency)
  }

  /// Creates it from its parts.
  public init(
    tripOptionId: TripOptionID, currency: Currency, flight: Flight, hotel: Hotel,
    activities: [Activity], travelers: [TripRequest.Traveler]? = nil, capture: CaptureTime? = nil
  ) {
    self.tripOptionId = tripOptionId
    self.currency = currency
    self.flight = flight
    self.hotel = hotel
    self.activities = activities
    self.travelers = travelers
    self.capture = capture
  }
}

/// What a client asked for when it booked, with the party that travels; kept for the saga.
public struct TripRequest: Sendable, Hashable, Codable {
  public var tripOptionId: TripOptionID
  /// What the client believes the trip costs, in minor units; must equal the option's total.
  public var amount: Int64
  public var currency: Currency
  /// Stripe payment method, `pm_…`.
  public var paymentMethodId: String
  public var customer: Customer
  public var travelers: [Traveler]
  /// Noted with the payment.
  public var billingDetails: BillingDetails?
  /// When the money is taken, as was decided when the request was accepted; nil for at once, as in rows
  /// of older versions.
  public var capture: CaptureTime?

  /// Who pays.
  public struct Customer: Sendable, Hashable, Codable {
    /// The customer's address for mails.
    public var id: String
    /// Stripe's customer, `cus_…`.
    public var stripeCustomerId: String?
    public var email: String
    public var firstName: String
    public var lastName: String
    public var phone: String?
    /// ISO 3166-1 alpha-2.
    public var country: String?

    /// Creates it from its parts.
    public init(
      id: String, stripeCustomerId: String? = nil, email: String, firstName: String,
      lastName: String, phone: String? = nil, country: String? = nil
    ) {
      self.id = id
      self.stripeCustomerId = stripeCustomerId
      self.email = email
      self.firstName = firstName
      self.lastName = lastName
      self.phone = phone
      self.country = country
    }
  }

  /// Who flies.
  public struct Traveler: Sendable, Hashable, Codable {
    public var firstName: String
    public var lastName: String
    /// `YYYY-MM-DD`
    public var dateOfBirth: String

    /// Creates it from its parts.
    public init(firstName: String, lastName: String, dateOfBirth: String) {
      self.firstName = firstName
      self.lastName = lastName
      self.dateOfBirth = dateOfBirth
    }
  }

  /// The card holder's details as Stripe knows them.
  public struct BillingDetails: Sendable, Hashable, Codable {
    public var name: String
    public var email: String
    public var phone: String?
    public var address: Address?

    /// Creates it from its parts.
    public init(name: String, email: String, phone: String? = nil, address: Address? = nil) {
      self.name = name
      self.email = email
      self.phone = phone
      self.address = address
    }
  }

  /// The card holder's address.
  public struct Address: Sendable, Hashable, Codable {
    public var line1: String?
    public var line2: String?
    public var city: String?
    public var state: String?
    public var postalCode: String?
    /// ISO 3166-1 alpha-2.
    public var country: String?

    /// Creates it from its parts.
    public init(
      line1: String? = nil, line2: String? = nil, city: String? = nil, state: String? = nil,
      postalCode: String? = nil, country: String? = nil
    ) {
      self.line1 = line1
      self.line2 = line2
      self.city = city
      self.state = state
      self.postalCode = postalCode
      self.country = country
    }
  }

  /// Creates it from its parts.
  public init(
    tripOptionId: TripOptionID, amount: Int64, currency: Currency, paymentMethodId: String,
    customer: Customer, travelers: [Traveler], billingDetails: BillingDetails? = nil
  ) {
    self.tripOptionId = tripOptionId
    self.amount = amount
    self.currency = currency
    self.paymentMethodId = paymentMethodId
    self.customer = customer
    self.travelers = travelers
    self.billingDetails = billingDetails
  }
}

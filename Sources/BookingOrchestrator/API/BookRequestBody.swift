/// The body of `POST /booking/book`: which trip, who pays with what, and where to write to.
public struct BookRequestBody: Sendable, Hashable, Codable {
  public var tripOptionId: TripOptionID
  public var paymentInfo: PaymentInfo
  public var userContact: UserContact
  /// Who travels, in place of the party that the trip option was registered with.
  public var travelers: [TripRequest.Traveler]?

  /// What is paid, and how.
  public struct PaymentInfo: Sendable, Hashable, Codable {
    /// Stripe payment method, `pm_…`.
    public var paymentMethodId: String
    public var billingDetails: TripRequest.BillingDetails
    /// What the client believes the trip costs, in minor units; must equal the option's total.
    public var amount: Int64
    public var currency: Currency

    /// Creates it from its parts.
    public init(
      paymentMethodId: String, billingDetails: TripRequest.BillingDetails, amount: Int64,
      currency: Currency
    ) {
      self.paymentMethodId = paymentMethodId
      self.billingDetails = billingDetails
      self.amount = amount
      self.currency = currency
    }
  }

  /// Where mails go, and where vendors may call.
  public struct UserContact: Sendable, Hashable, Codable {
    public var email: String
    public var phone: String?

    /// Creates it from its parts.
    public init(email: String, phone: String? = nil) {
      self.email = email
      self.phone = phone
    }
  }

  /// Creates it from its parts.
  public init(
    tripOptionId: TripOptionID, paymentInfo: PaymentInfo, userContact: UserContact,
    travelers: [TripRequest.Traveler]? = nil
  ) {
    self.tripOptionId = tripOptionId
    self.paymentInfo = paymentInfo
    self.userContact = userContact
    self.travelers = travelers
  }

  /// Creates the body that asks for a trip; the party is left out when the option has it.
  public init(_ trip: TripRequest, withTravelers: Bool = true) {
    let customer = trip.customer
    let billing =
      trip.billingDetails
      ?? .init(name: "\(customer.firstName) \(customer.lastName)", email: customer.email)
    self.init(
      tripOptionId: trip.tripOptionId,
      paymentInfo: PaymentInfo(
        paymentMethodId: trip.paymentMethodId, billingDetails: billing, amount: trip.amount,
        currency: trip.currency),
      userContact: UserContact(email: customer.email, phone: customer.phone),
      travelers: withTravelers ? trip.travelers : nil)
  }
}

extension BookRequestBody {
  /// All members that it may have, as `JSONReader.check(_:_:known:)` wants them.
  static let members: Set<String> = {
    let billing = "/paymentInfo/billingDetails"
    let address = ["line1", "line2", "city", "state", "postalCode", "country"]
    return Set(
      ["/tripOptionId", "/paymentInfo", "/userContact", "/travelers"]
        + ["paymentMethodId", "billingDetails", "amount", "currency"].map { "/paymentInfo/\($0)" }
        + ["name", "email", "phone", "address"].map { "\(billing)/\($0)" }
        + address.map { "\(billing)/address/\($0)" }
        + ["email", "phone"].map { "/userContact/\($0)" }
        + ["firstName", "lastName", "dateOfBirth"].map { "/travelers/*/\($0)" })
  }()

  /// Names the customer: the wire has no other name for them.
  var customerID: String { userContact.email }

  /// Returns the trip that is asked for, with its party.
  func trip(_ travelers: [TripRequest.Traveler]) -> TripRequest {
    let billing = paymentInfo.billingDetails
    let (first, last) = Self.names(billing.name)
    return TripRequest(
      tripOptionId: tripOptionId, amount: paymentInfo.amount, currency: paymentInfo.currency,
      paymentMethodId: paymentInfo.paymentMethodId,
      customer: .init(
        id: customerID, email: userContact.email, firstName: first, lastName: last,
        phone: userContact.phone ?? billing.phone, country: billing.address?.country),
      travelers: travelers, billingDetails: billing)
  }

  /// Returns the two names that vendors want of the one on the card: the last word is the last name,
  /// and a single word is both.
  static func names(_ name: String) -> (first: String, last: String) {
    let words = name.split(separator: " ")
    guard let last = words.last else { return (name, name) }
    guard words.count > 1 else { return (String(last), String(last)) }
    return (words.dropLast().joined(separator: " "), String(last))
  }
}

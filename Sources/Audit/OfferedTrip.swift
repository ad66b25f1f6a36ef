package import FakeVendors

/// What one client was offered, and for whom it asked: the ground truth of prices, items and people.
///
/// Items, prices and the currency are read from what the vendors' catalogues show, and the sum is made
/// here: never from the option that the orchestrator is sent, nor from its arithmetic.
package struct OfferedTrip: Sendable {
  /// The slot `flight`.
  package var flight: Flight
  /// The slot `hotel`.
  package var hotel: Hotel
  /// The slots `activity-1`, `activity-2`, … in order.
  package var activities: [Activity]
  /// Those who travel, as they are asked for, in order.
  package var party: [Person] = []
  /// Whom the client names as its customer.
  package var contact = Contact()
  /// Who pays, where the request says so.
  package var payer: Payer?
  /// The slots whose component was gone from the beginning.
  package var gone: [String] = []
  /// Why no vendor could serve the request; nil when they can.
  package var flaw: RequestFlaw?
  /// Whether its people are hard to write.
  package var isAwkward = false
  /// Whether it is paid when it is booked: until then the card only holds the money.
  package var isHeldFirst = false

  /// Creates a trip of which nobody is known yet.
  package init(flight: Flight, hotel: Hotel, activities: [Activity]) {
    self.flight = flight
    self.hotel = hotel
    self.activities = activities
  }

  /// ISO 4217, upper case.
  package var currency: String { flight.currency }

  /// What all of it costs together, in minor units.
  package var total: Int64 {
    activities.reduce(flight.price + hotel.price) { $0 + $1.price }
  }

  /// The flight that was offered.
  package struct Flight: Sendable {
    /// The offer's id at the vendor.
    package var item: String
    /// For all travellers, in minor units.
    package var price: Int64
    /// ISO 4217, upper case.
    package var currency: String
    /// When the offer ends, in microseconds since 1970.
    package var expires: Int64
    /// The airline's name, as the client was shown it.
    package var airline: String?

    /// Reads a vendor's offer.
    package init(_ offer: FakeAmadeus.Offer, airline: String? = nil) {
      item = offer.id
      price = offer.totalMinor
      currency = offer.currency
      expires = offer.expiresMicroseconds
      self.airline = airline
    }
  }

  /// The stay that was offered.
  package struct Hotel: Sendable {
    /// The product's id at the vendor.
    package var item: String
    /// For the whole stay, in minor units.
    package var price: Int64
    /// The first day as a date, `2026-12-24`.
    package var checkin: String
    /// The day of leaving as a date.
    package var checkout: String
    /// For how many people it was priced.
    package var adults: Int
    /// The hotel's name, as the client was shown it.
    package var name: String?

    /// Reads a vendor's product.
    package init(
      _ product: FakeBookingCom.Product, checkin: String, checkout: String, adults: Int,
      name: String? = nil
    ) {
      item = product.id
      price = product.totalMinor
      self.checkin = checkin
      self.checkout = checkout
      self.adults = adults
      self.name = name
    }
  }

  /// An activity that was offered.
  package struct Activity: Sendable {
    /// The product's code at the vendor.
    package var item: String
    /// For the whole party, in minor units.
    package var price: Int64
    /// The day as a date, `2026-12-24`.
    package var date: String
    /// For how many people it was priced.
    package var travelers: Int
    /// The activity's name, as the client was shown it.
    package var name: String?
    /// Its supplier's name, as the client was shown it.
    package var provider: String?

    /// Reads a vendor's product.
    package init(
      _ product: FakeViator.Product, date: String, travelers: Int, name: String? = nil,
      provider: String? = nil
    ) {
      item = product.code
      price = product.totalMinor
      self.date = date
      self.travelers = travelers
      self.name = name
      self.provider = provider
    }
  }

  /// Somebody who travels.
  package struct Person: Sendable {
    /// As the client wrote it.
    package var firstName: String
    /// As the client wrote it.
    package var lastName: String

    /// Creates a traveller.
    package init(firstName: String, lastName: String) {
      self.firstName = firstName
      self.lastName = lastName
    }
  }

  /// The customer.
  package struct Contact: Sendable {
    /// Where mails go.
    package var email: String
    /// As the client wrote it.
    package var firstName: String
    /// As the client wrote it.
    package var lastName: String
    /// As the client wrote it; nil when it gave none.
    package var phone: String?

    /// Creates a customer.
    package init(
      email: String = "", firstName: String = "", lastName: String = "", phone: String? = nil
    ) {
      self.email = email
      self.firstName = firstName
      self.lastName = lastName
      self.phone = phone
    }
  }

  /// Who pays.
  package struct Payer: Sendable {
    /// The name on the card.
    package var name: String
    /// The card's own address.
    package var email: String

    /// Creates somebody who pays.
    package init(name: String, email: String) {
      self.name = name
      self.email = email
    }
  }
}

extension OfferedTrip {
  /// In whose name what is booked by one name is booked: who pays, or else the customer.
  var booker: String { payer?.name ?? "\(contact.firstName) \(contact.lastName)" }

  /// Everything that users write and mails could show.
  var words: [String] {
    var words = [contact.email, contact.firstName, contact.lastName, contact.phone ?? ""]
    words += party.flatMap { [$0.firstName, $0.lastName] }
    if let payer { words += [payer.name, payer.email] }
    words += [flight.airline ?? "", hotel.name ?? ""]
    words += activities.flatMap { [$0.name ?? "", $0.provider ?? ""] }
    return words
  }
}

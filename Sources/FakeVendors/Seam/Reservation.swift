/// One reservation as its vendor knows it: a flight order, a hotel order or an activity booking.
public struct Reservation: Sendable, Hashable {
  /// Where a reservation stands.
  public enum Status: String, Sendable, Hashable {
    case processing, held, confirmed, cancelling, cancelled, rejected, expired

    /// Whether the vendor still keeps, or may still keep, the place for the customer.
    public var isLive: Bool {
      switch self {
      case .processing, .held, .confirmed, .cancelling: true
      case .cancelled, .rejected, .expired: false
      }
    }
  }

  /// `amadeus`, `bookingcom` or `viator`.
  public let vendor: String
  /// The vendor's own reference: flight order id, Booking.com order, Viator booking reference.
  public let reference: String
  /// The caller's reference as the vendor stores it (label, partnerBookingRef); empty at Amadeus.
  public let clientReference: String
  /// The creating request's `baggage` header, verbatim.
  public let baggage: String
  /// What was reserved: the flight offer id, the hotel product id or the activity product code.
  public let item: String
  /// What else the vendor confirmed (dates, party, segments), one `key=value` per entry.
  public let attributes: [String]
  /// For whom, by the names that the vendor was given: who flies, who stays, who books an activity.
  public let people: [String]
  /// Where it stands.
  public internal(set) var status: Status
  /// ISO 4217 code, upper case.
  public let currency: String
  /// The price in minor units of the currency.
  public let priceMinor: Int64
  /// What the vendor keeps after a cancellation, in minor units; 0 while live.
  public internal(set) var penaltyMinor: Int64
  /// What the vendor last said that it would keep, when it was asked for a quote before a cancellation,
  /// in minor units; nil when it was not asked.
  public internal(set) var quotedPenaltyMinor: Int64?
  /// When it was created, in microseconds since 1970.
  public let createdMicroseconds: Int64
  /// When it was cancelled, in microseconds since 1970.
  public internal(set) var cancelledMicroseconds: Int64?
  /// Who cancelled it: `caller`, `vendor`, `traveller` (at the vendor, past the caller) or `desk` (the
  /// caller's own staff, on the phone).
  public internal(set) var cancelledBy: String?
  /// The cancelling request's `baggage` header, verbatim.
  public internal(set) var cancelBaggage: String?

  /// From when on, in microseconds since 1970, its vendor tells another departure than it was sold with;
  /// nil: never.
  public internal(set) var rescheduledMicroseconds: Int64?

  /// Creates a reservation.
  public init(
    vendor: String, reference: String, clientReference: String, baggage: String, item: String,
    attributes: [String], status: Status, currency: String, priceMinor: Int64,
    createdMicroseconds: Int64, people: [String] = []
  ) {
    self.vendor = vendor
    self.reference = reference
    self.clientReference = clientReference
    self.baggage = baggage
    self.item = item
    self.attributes = attributes
    self.people = people
    self.status = status
    self.currency = currency
    self.priceMinor = priceMinor
    self.penaltyMinor = 0
    self.createdMicroseconds = createdMicroseconds
  }
}

/// The capacity of one sellable thing (seats of a flight, rooms of a product, places of an activity).
public struct Capacity: Sendable, Hashable {
  /// What is sold.
  public let item: String
  /// How many there are in all.
  public let total: Int
  /// How many are neither held nor confirmed.
  public internal(set) var available: Int
  /// How many belong to reservations being processed or held.
  public internal(set) var held: Int
  /// How many belong to confirmed reservations.
  public internal(set) var confirmed: Int

  /// Creates a capacity of which nothing is taken.
  public init(item: String, total: Int) {
    self.item = item
    self.total = total
    self.available = total
    self.held = 0
    self.confirmed = 0
  }
}

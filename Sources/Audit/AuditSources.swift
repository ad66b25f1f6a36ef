package import BookingOrchestrator
package import FakeVendors
package import GRDB

/// What the auditor is given to look at: the fakes' own ledgers, the orchestrator's database (through
/// its own SQL), the catalogue of what was offered, and the history.
package struct AuditSources: Sendable {
  package var stripe: FakeStripe
  package var amadeus: FakeAmadeus
  package var bookingCom: FakeBookingCom
  package var viator: FakeViator
  package var mail: FakeMail
  /// The orchestrator's database; opened for the auditor's own reading.
  package var database: DatabaseQueue
  /// The trip that a client asked for, by client number from 0.
  package var offers: @Sendable (Int) -> OfferedTrip
  /// Finds the client whose key a booking was made with; nil for unknown bookings.
  package var client: @Sendable (_ bookingID: String) -> Int?
  /// Unix time in microseconds at which the world began.
  package var epochMicroseconds: Int64

  package init(
    stripe: FakeStripe, amadeus: FakeAmadeus, bookingCom: FakeBookingCom, viator: FakeViator,
    mail: FakeMail, database: DatabaseQueue, offers: @escaping @Sendable (Int) -> OfferedTrip,
    client: @escaping @Sendable (_ bookingID: String) -> Int?, epochMicroseconds: Int64
  ) {
    self.stripe = stripe
    self.amadeus = amadeus
    self.bookingCom = bookingCom
    self.viator = viator
    self.mail = mail
    self.database = database
    self.offers = offers
    self.client = client
    self.epochMicroseconds = epochMicroseconds
  }
}

/// What one client was offered: the ground truth of prices and attributes.
package struct OfferedTrip: Sendable {
  package var option: TripOption
  package var request: TripRequest
  /// What the client sends: it names the party itself when the option does not, or names another.
  package var body: BookRequestBody {
    BookRequestBody(request, withTravelers: option.travelers != request.travelers)
  }
  /// The slots whose component was gone from the beginning.
  package var gone: [String]
  /// The idempotency key of the client's request.
  package var key: String
  /// Why no vendor could serve the request; nil when they can.
  package var flaw: RequestFlaw?
  /// Whether its people are hard to write.
  package var isAwkward = false

  package init(option: TripOption, request: TripRequest, gone: [String], key: String) {
    self.option = option
    self.request = request
    self.gone = gone
    self.key = key
  }
}

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
  /// What a client may change its trip into, by client number from 0 and by the option's id.
  package var changes: @Sendable (Int, String) -> OfferedTrip? = { _, _ in nil }
  /// The receiver that a client's bookings are told to, by client number from 0; nil for none.
  package var hooks: @Sendable (Int) -> String? = { _ in nil }
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

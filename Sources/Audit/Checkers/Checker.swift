import FakeVendors
import Wire

/// Judges one family of invariants, with a state of its own.
///
/// What it shares with others is the context: it changes nothing there but the trips' files, the findings
/// and the marks. A checker that needs an answer of another one is given that one, never the other way
/// round as well.
protocol Checker {
  var context: AuditContext { get }
}

extension Checker {
  var books: VendorLedgers { context.books }
  var epoch: Int64 { context.epoch }
  var decoder: JSONTextDecoder { context.decoder }
  var findings: Findings { context.findings }
  var trips: [AuditedTrip] { context.trips }
  var quietSince: Int64? { context.quietSince }

  func read<T>(_ body: (StoreReader) throws -> T) -> T? { context.read(body) }
  func virtual(_ unix: Int64) -> Int64 { context.virtual(unix) }
  func trip(_ booking: String, _ at: Int64) -> AuditedTrip? { context.trip(booking, at) }
  func known(_ booking: String) -> AuditedTrip? { context.known(booking) }
  func mark(_ name: String) { context.mark(name) }
  func warnings(_ text: String) -> [StoredTrip.Warning] { context.warnings(text) }

  /// Whether something was undone before the end. What was undone after it was found late: nobody's
  /// wish, and so the business's loss.
  func isInTime(_ reservation: Reservation, _ trip: AuditedTrip) -> Bool {
    (reservation.cancelledMicroseconds.map(virtual) ?? 0) <= trip.since
  }

  func names(_ reference: String, _ reservation: Reservation) -> Bool {
    context.names(reference, reservation)
  }
}

import FakeVendors
import GRDB
import Wire

/// What all checkers of one world share: where to look, the trips, and what was found.
///
/// Knows no checker, so that checkers may know it. Confined to the simulator's thread.
final class AuditContext {
  let books: VendorLedgers
  let store: StoreReader
  /// Unix time in microseconds at which the world began.
  let epoch: Int64
  /// The trip that a client asked for, by client number from 0.
  let offers: @Sendable (Int) -> OfferedTrip
  /// What a client may change its trip into, by client number from 0 and by the option's id.
  let changes: @Sendable (Int, String) -> OfferedTrip?
  /// The receiver that a client's bookings are told to, by client number from 0.
  let hooks: @Sendable (Int) -> String?
  /// Finds the client whose key a booking was made with; nil for unknown bookings.
  let client: @Sendable (String) -> Int?
  let decoder = JSONTextDecoder()
  let findings = Findings()

  /// All trips, in order of acceptance.
  private(set) var trips: [AuditedTrip] = []
  private var indices: [String: Int] = [:]
  /// Trips before this one are in a final state.
  private var firstOpen = 0
  /// Which processes of the orchestrator run.
  var processes = ProcessTimes()
  /// Which of its calls are under way.
  var underWay = CallsUnderWay()
  /// When the faults were healed; bounds of liveness count from there.
  var quietSince: Int64?
  /// Sometimes-marks that were seen (name → how often).
  private(set) var marks: [String: Int] = [:]
  /// Reads what the orchestrator has committed since the last time.
  var readAlong: (_ at: Int64) -> Void = { _ in }

  init(
    books: VendorLedgers, database: DatabaseQueue, offers: @escaping @Sendable (Int) -> OfferedTrip,
    changes: @escaping @Sendable (Int, String) -> OfferedTrip? = { _, _ in nil },
    hooks: @escaping @Sendable (Int) -> String? = { _ in nil },
    client: @escaping @Sendable (_ bookingID: String) -> Int?, epochMicroseconds: Int64
  ) {
    self.changes = changes
    self.hooks = hooks
    self.books = books
    self.store = StoreReader(database: database)
    self.offers = offers
    self.client = client
    self.epoch = epochMicroseconds
  }

  /// Reads from the store; a failure is a violation, not a crash.
  func read<T>(_ body: (StoreReader) throws -> T) -> T? {
    do { return try body(store) } catch {
      findings.violate(
        .d3, at: lastSeen, booking: "", subject: "unreadable",
        "the orchestrator's database cannot be read: \(error)")
      return nil
    }
  }

  private var lastSeen: Int64 { trips.last?.createdAt ?? 0 }

  /// Turns Unix microseconds into virtual ones.
  func virtual(_ unix: Int64) -> Int64 { unix - epoch }

  /// Counts a sometimes-mark.
  func mark(_ name: String) { marks[name, default: 0] += 1 }
}

// MARK: - Trips

extension AuditContext {
  /// Returns the file of a booking; nil when the orchestrator has no such booking.
  func trip(_ booking: String, _ at: Int64) -> AuditedTrip? {
    if let index = indices[booking] { return trips[index] }
    if booking.isEmpty { return nil }
    readAlong(at)
    return indices[booking].map { trips[$0] }
  }

  /// Returns the file of a booking that is known already.
  func known(_ booking: String) -> AuditedTrip? { indices[booking].map { trips[$0] } }

  /// Opens the file of a booking seen for the first time.
  func open(_ booking: String, at: Int64) -> AuditedTrip {
    let head = read { try $0.head(booking) } ?? nil
    let number = client(booking)
    let row = modification(booking)
    let offer = row.map { row in number.flatMap { changes($0, row.option) } } ?? number.map(offers)
    let file = AuditedTrip(
      id: booking, index: trips.count, client: number, offer: offer,
      customer: head?.customer ?? "", clientKey: head?.clientKey ?? "",
      createdAt: head.map { virtual($0.created) } ?? at,
      deadline: head.map { virtual($0.deadline) } ?? .max)
    if let row, let base = indices[row.base].map({ trips[$0] }) {
      file.change = AuditedChange(
        of: base, kept: (try? decoder.decode([String: String].self, from: row.kept)) ?? [:],
        replaced: (try? decoder.decode([String].self, from: row.replaced)) ?? [])
      base.modifications.append(file)
    }
    indices[booking] = file.index
    trips.append(file)
    return file
  }

  /// Reads what a modification changes; nil for a booking.
  private func modification(_ booking: String) -> StoreReader.ModificationRow? {
    guard let row = read({ try $0.modification(booking) }) ?? nil, indices[row.base] != nil
    else { return nil }
    return row
  }

  /// Says that a trip left a final state.
  func reopened(_ trip: AuditedTrip) { firstOpen = min(firstOpen, trip.index) }

  /// The first trip that is not in a final state.
  func firstUnfinished() -> AuditedTrip? {
    while firstOpen < trips.count, trips[firstOpen].state.isTerminal { firstOpen += 1 }
    return firstOpen < trips.count ? trips[firstOpen] : nil
  }
}

// MARK: - What is written, read

extension AuditContext {
  /// Reads a trip's warnings; what cannot be read is D3's finding.
  func warnings(_ text: String) -> [StoredTrip.Warning] {
    (try? decoder.decode([StoredTrip.Warning].self, from: text)) ?? []
  }

  /// Whether a stored reference names a reservation; Amadeus' ids are stored percent-encoded.
  func names(_ reference: String, _ reservation: Reservation) -> Bool {
    guard !reference.isEmpty, !reservation.reference.isEmpty else { return false }
    if reference == reservation.reference || reference.contains(reservation.reference) {
      return true
    }
    return reference.contains("%")
      && books.reservation(reservation.vendor, reference)?.reference == reservation.reference
  }
}

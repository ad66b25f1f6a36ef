/// A vendor's reservations, its refusals and its log of requests to reserve.
struct ReservationBook: Sendable {
  /// `amadeus`, `bookingcom` or `viator`.
  let vendor: String
  /// All reservations, in order of creation.
  private(set) var all: [Reservation] = []
  /// All answers that refused an item, in order.
  private(set) var refusals: [Refusal] = []
  /// All requests to reserve that passed authentication, in order of their answers.
  private(set) var requests: [ServedRequest] = []
  private var byReference: [String: Int] = [:]
  private var byClientReference: [String: [Int]] = [:]

  init(vendor: String) { self.vendor = vendor }

  /// Returns a reservation's place in ``all``. O(1).
  func index(_ reference: String) -> Int? { byReference[reference] }

  /// Returns the places of all reservations of a client reference, in order of creation. O(1).
  func indices(clientReference: String) -> [Int] { byClientReference[clientReference] ?? [] }

  /// Returns the reservations of a client reference, in order of creation.
  func reservations(clientReference: String) -> [Reservation] {
    indices(clientReference: clientReference).map { all[$0] }
  }

  /// Adds a reservation and returns its place.
  /// - Precondition: the reference is new.
  mutating func add(_ reservation: Reservation) -> Int {
    let index = all.count
    let old = byReference.updateValue(index, forKey: reservation.reference)
    precondition(old == nil, "two reservations with the reference \(reservation.reference)")
    if !reservation.clientReference.isEmpty {
      byClientReference[reservation.clientReference, default: []].append(index)
    }
    all.append(reservation)
    return index
  }

  /// Changes where a reservation stands.
  mutating func setStatus(_ status: Reservation.Status, of index: Int) {
    all[index].status = status
  }

  /// Notes what the caller was told that a cancellation would cost.
  mutating func noteQuote(_ index: Int, penaltyMinor: Int64) {
    all[index].quotedPenaltyMinor = penaltyMinor
  }

  /// Notes from when on another departure is told.
  mutating func noteReschedule(_ index: Int, from moment: Int64) {
    all[index].rescheduledMicroseconds = moment
  }

  /// Cancels a reservation.
  /// - Precondition: it is live.
  mutating func cancel(
    _ index: Int, by canceller: String, baggage: String?, penaltyMinor: Int64, at now: Int64
  ) {
    precondition(all[index].status.isLive, "cancelled twice: \(all[index].reference)")
    all[index].status = .cancelled
    all[index].penaltyMinor = penaltyMinor
    all[index].cancelledMicroseconds = now
    all[index].cancelledBy = canceller
    all[index].cancelBaggage = baggage
  }

  /// Notes an answer that refused an item.
  mutating func refuse(
    _ item: String, _ reason: Refusal.Reason, operation: String, baggage: String, at now: Int64
  ) {
    refusals.append(
      Refusal(
        baggage: baggage, item: item, atMicroseconds: now, operation: operation, reason: reason))
  }

  /// Notes an answer 400 to a request as the caller's own mistake, unless a reason for it was noted
  /// since there were `count` refusals.
  mutating func refuseMistake(
    status: Int, since count: Int, operation: String, baggage: String, at now: Int64
  ) {
    guard status == 400, refusals.count == count else { return }
    refuse("", .malformed, operation: operation, baggage: baggage, at: now)
  }

  /// Notes a request to reserve.
  mutating func note(_ request: ServedRequest) { requests.append(request) }

  /// Returns the change that a ledger's watcher is told of.
  func change(_ index: Int) -> LedgerChange {
    .reservation(vendor: vendor, reference: all[index].reference)
  }
}

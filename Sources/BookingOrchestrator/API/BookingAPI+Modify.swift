import GRDB
import HTTPService
import HTTPTypes
import Wire

/// The body of `POST /booking/modify`: which booking, and the trip that it is to become.
struct ModifyRequestBody: Sendable, Hashable, Decodable {
  var bookingId: BookingID
  var tripOptionId: TripOptionID
  /// Who pays what the new trip costs more; without it the card that paid for the booking does.
  var paymentInfo: BookRequestBody.PaymentInfo?
  /// Who travels, when it is not those who are booked.
  var travelers: [TripRequest.Traveler]?

  /// All members that it may have, as `JSONReader.check(_:_:known:)` wants them.
  static let members = BookRequestBody.members
    .filter { !$0.hasPrefix("/userContact") }.union(["/bookingId"])
}

extension BookingAPI {
  /// `POST /booking/modify`: changes a standing trip into another option.
  ///
  /// 200 once it is decided: the new trip stands, or the old one does as it was; 202 until then.
  func modify(_ call: HTTPCall) async throws -> HTTPReply {
    guard let key = idempotencyKey(call) else { throw Problem.idempotencyKeyMissing }
    let request = try RequestBody.decode(
      ModifyRequestBody.self, from: call.body, decoder, known: ModifyRequestBody.members)
    let now = wallClock.now()
    let hash = ContentHash.hex(of: call.body)
    let client = ClientName(of: call.request)
    let (id, told) = try await database.write { db in
      try admit(db, request, of: client, key: key, hash: hash, at: now)
    }
    engine.submit(id)
    // Whose parts are replaced reads of it before anything else that comes.
    for lender in told { engine.submit(lender) }
    _ = try await engine.wait(for: .end, of: id, within: configuration.answerWithin)
    let view = try await view(of: request.bookingId, for: client, modification: id)
    return view.reply(status: view.isModificationDecided ? .ok : .accepted)
  }

  /// Decides in one write transaction whether a modification may begin; returns its id, and who has to
  /// read of it.
  /// - Throws: ``Problem``, which undoes the transaction.
  private func admit(
    _ db: Database, _ request: ModifyRequestBody, of client: ClientName, key: String,
    hash: String, at: Timestamp
  ) throws -> (BookingID, told: [BookingID]) {
    if let known = try RequestStore.known(db, client: client, key: key) {
      guard known.bodyHash == hash else { throw Problem.idempotencyKeyReused }
      return (known.booking, [])
    }
    let base = request.bookingId
    guard let state = try RequestStore.state(db, base, of: client) else {
      throw Problem.bookingUnknown(base)
    }
    let earlier = try ModificationStore.all(db, of: base)
    try requireChangeable(db, base, state, earlier)
    let option = try offered(db, request)
    guard let old = try StandingTrip.load(db, base, changedBy: earlier, decoder) else {
      throw StoreError("booking \(base) has no option or no request")
    }
    guard old.option.currency == option.option.currency else {
      throw Problem.invalid(
        "/tripOptionId",
        "The trip option is in \(option.option.currency), the booking in \(old.option.currency).")
    }
    let trip = try request.trip(
      option.option, total: option.totalMinor, booked: old.request, today: at.date)
    let plan = ModificationPlan(
      from: old.option, standing: old.prices, to: option.option,
      isSameParty: trip.travelers == old.request.travelers)
    try check(plan, option.option)
    let patience =
      trip.capture == .whenBooked
      ? min(configuration.tripDeadline, Capabilities.holdIsGood) : configuration.tripDeadline
    let latest = at + patience
    let isNewFlight = plan.kept[Slot.flight.text] == nil
    let id = BookingID(ids.identifier("md", hint: "\(client)/\(key)"))
    let saga = RequestStore.Accepted(
      booking: id, client: client, key: key, bodyHash: hash, request: trip,
      body: String(decoding: try encoder.encode(trip), as: UTF8.self),
      total: Money(minorUnits: option.totalMinor, currency: option.option.currency),
      deadline: isNewFlight ? option.flightExpiresAt.map { min($0, latest) } ?? latest : latest)
    let shares = old.shares(of: plan)
    try ModificationStore.accept(
      db,
      .init(saga: saga, base: base, from: old.option.tripOptionId, plan: plan, shares: shares),
      at: at)
    guard try OptionStore.lock(db, request.tripOptionId, for: id) else {
      throw Problem.newOptionLocked(request.tripOptionId)
    }
    return (id, shares.map(\.owner))
  }

  /// Requires that a booking stands and that nothing else is about to change it.
  private func requireChangeable(
    _ db: Database, _ base: BookingID, _ state: TripState, _ earlier: [ModificationStore.Known]
  ) throws {
    if earlier.contains(where: { $0.decision == "PENDING" }) { throw Problem.changeUnderWay(base) }
    guard state == .confirmed else { throw Problem.notStanding(base, state) }
    guard try !InboxStore.open(db, booking: base).contains(where: { $0.kind == "cancel" }) else {
      throw Problem.changeUnderWay(base)
    }
    // One that was taken in waits for the end of the change before.
    guard try !SagaStore.isCancelAsked(db, base) else { throw Problem.changeUnderWay(base) }
  }

  private func offered(_ db: Database, _ request: ModifyRequestBody) throws -> OptionStore.Offered {
    guard let option = try OptionStore.offered(db, request.tripOptionId) else {
      throw Problem.newOptionUnknown(request.tripOptionId)
    }
    guard option.lockedBy == nil else { throw Problem.newOptionLocked(request.tripOptionId) }
    return option
  }

  /// Requires that there is something to change, and that Stripe can charge the difference.
  private func check(_ plan: ModificationPlan, _ option: TripOption) throws {
    guard !plan.isNothing else {
      throw Problem.invalid("/tripOptionId", "The trip option is what is booked already.")
    }
    let least = ChargeRules(option.currency).least
    guard plan.difference <= 0 || plan.difference >= least else {
      let difference = Money(minorUnits: plan.difference, currency: option.currency)
      throw Problem.invalid(
        "/tripOptionId",
        "The difference of \(difference.decimalText) \(option.currency) is too small to be charged."
      )
    }
  }
}

extension ModifyRequestBody {
  /// Returns what the modification's saga is asked for.
  /// - Throws: ``Problem`` when the price, the payment or the party is not acceptable.
  func trip(
    _ option: TripOption, total: Int64, booked: TripRequest, today: CivilDate
  ) throws(Problem) -> TripRequest {
    let sum = Money(minorUnits: total, currency: option.currency)
    // The difference is held first where the booking's price was.
    var trip = booked
    trip.tripOptionId = tripOptionId
    trip.amount = total
    trip.travelers = travelers ?? option.travelers ?? booked.travelers
    if let paymentInfo {
      guard paymentInfo.currency == option.currency else {
        throw .totalMismatch(expected: sum, at: "/paymentInfo/currency")
      }
      guard paymentInfo.amount == total else {
        throw .totalMismatch(expected: sum, at: "/paymentInfo/amount")
      }
      trip.paymentMethodId = paymentInfo.paymentMethodId
      trip.billingDetails = paymentInfo.billingDetails
    }
    // The rules are those of a booking, and so is the wording.
    let asked = BookRequestBody(trip)
    try asked.check(today: today)
    _ = try asked.party(of: option)
    return trip
  }
}

extension Problem {
  static func newOptionUnknown(_ id: TripOptionID) -> Problem {
    var problem = optionUnknown(id)
    problem.status = 422
    return problem
  }

  static func newOptionLocked(_ id: TripOptionID) -> Problem {
    Problem(
      status: 422, code: "trip-option-locked", title: "Trip option taken",
      detail:
        "The trip option '\(id)' belongs to another booking. The trip stands as it was; choose"
        + " another option.",
      pointer: "/tripOptionId")
  }

  static func changeUnderWay(_ id: BookingID) -> Problem {
    Problem(
      status: 409, code: "change-under-way", title: "Another change is under way",
      detail:
        "The booking '\(id)' is being changed or cancelled. Nothing was done for this request;"
        + " look the booking up, and ask again when it has come to its end.",
      pointer: "/bookingId")
  }

  static func notStanding(_ id: BookingID, _ state: TripState) -> Problem {
    Problem(
      status: 409, code: "booking-not-confirmed", title: "The booking cannot be changed",
      detail: "The booking '\(id)' is \(state.rawValue); only a CONFIRMED one can be changed.",
      pointer: "/bookingId")
  }
}

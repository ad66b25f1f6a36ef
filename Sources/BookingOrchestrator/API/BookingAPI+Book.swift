import GRDB
import HTTPService
import HTTPTypes
import Wire

extension BookingAPI {
  /// `POST /booking/book`: accepts a booking, or finds the one that the same request made before.
  ///
  /// 200 with the outcome, FAILED included; 202 while the saga still runs.
  func book(_ call: HTTPCall) async throws -> HTTPReply {
    guard let key = idempotencyKey(call) else { throw Problem.idempotencyKeyMissing }
    let request = try RequestBody.decode(
      BookRequestBody.self, from: call.body, decoder, known: BookRequestBody.members)
    let now = wallClock.now()
    try request.check(today: now.date)
    let hash = ContentHash.hex(of: call.body)
    let client = ClientName(of: call.request)

    let admission = try await database.write { db in
      try admit(db, request, of: client, key: key, hash: hash, at: now)
    }
    switch admission {
    case .new(let id):
      engine.submit(id)
      _ = try await engine.wait(for: .end, of: id, within: configuration.answerWithin)
    case .known(let id, isTerminal: false):
      _ = try await engine.wait(for: .end, of: id, within: configuration.answerWithin)
    case .known(_, isTerminal: true):
      break
    }
    // Read after the wait: what is answered is what is durable, not what was expected.
    let view = try await view(of: admission.booking, for: client)
    return view.reply(status: view.state.isTerminal ? .ok : .accepted)
  }

  private enum Admission: Sendable {
    case new(BookingID)
    case known(BookingID, isTerminal: Bool)

    var booking: BookingID {
      switch self {
      case .new(let id), .known(let id, _): id
      }
    }
  }

  /// Decides in one write transaction: two requests with the same key, or for the same option, meet
  /// here one after the other.
  /// - Throws: ``Problem``, which undoes the transaction.
  private func admit(
    _ db: Database, _ request: BookRequestBody, of client: ClientName, key: String, hash: String,
    at: Timestamp
  ) throws -> Admission {
    if let known = try RequestStore.known(db, client: client, key: key) {
      guard known.bodyHash == hash else { throw Problem.idempotencyKeyReused }
      return .known(known.booking, isTerminal: known.isTerminal)
    }
    guard let option = try OptionStore.offered(db, request.tripOptionId) else {
      throw Problem.optionUnknown(request.tripOptionId)
    }
    guard let currency = Currency(code: option.currency) else {
      throw StoreError(
        "option \(request.tripOptionId) has the unknown currency '\(option.currency)'")
    }
    let total = Money(minorUnits: option.totalMinor, currency: currency)
    guard request.paymentInfo.currency == currency else {
      throw Problem.totalMismatch(expected: total, at: "/paymentInfo/currency")
    }
    guard request.paymentInfo.amount == total.minorUnits else {
      throw Problem.totalMismatch(expected: total, at: "/paymentInfo/amount")
    }
    guard option.lockedBy == nil else { throw Problem.optionLocked(request.tripOptionId) }

    var trip = request.trip(try request.party(of: option.option))
    let capture = option.option.capture ?? configuration.capture
    // Written down: whoever carries the trip out may be configured otherwise.
    if capture != .atOnce { trip.capture = capture }

    let patience =
      capture == .atOnce
      ? configuration.tripDeadline : min(configuration.tripDeadline, Capabilities.holdIsGood)
    let latest = at + patience
    let booking = BookingID(ids.identifier("bk", hint: "\(client)/\(key)"))
    let accepted = RequestStore.Accepted(
      booking: booking, client: client, key: key, bodyHash: hash, request: trip,
      body: String(decoding: try encoder.encode(trip), as: UTF8.self), total: total,
      deadline: option.flightExpiresAt.map { min($0, latest) } ?? latest)
    try RequestStore.accept(db, accepted, at: at)
    guard try OptionStore.lock(db, request.tripOptionId, for: booking) else {
      throw Problem.optionLocked(request.tripOptionId)
    }
    return .new(booking)
  }
}

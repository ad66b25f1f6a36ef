import FakeVendors
import Wire

// A15: what a client is told while its trip is on its way.
extension APIChecker {
  /// A15 of one answer, at the moment it is told.
  ///
  /// An answer was read from the database some time between the asking and the telling, and the
  /// orchestrator may lag behind the vendors: only what runs ahead of them is a lie. What comes back
  /// later (a refund that fails) counts as having happened, and what only happens on the way of the
  /// answer is not asked for.
  func judgeOnTheWay(_ record: ClientRecord) {
    if record.request == .register || record.bookingID.isEmpty,
      record.request != .registerChange, record.request != .modify
    {
      judgePrice(record)
    }
    guard record.result == .ok, !record.body.isEmpty, !record.request.isForeign,
      let trip = known(record.bookingID), trip.offer != nil
    else { return }
    // Whoever waits is told the same bytes again and again, and nothing that was true then is less
    // true now.
    guard lastTold[record.client] != record.body else {
      return judgeFresh(record, charged: lastCharged[record.client])
    }
    lastTold[record.client] = record.body
    guard let told = try? decoder.decode(ToldTrip.self, from: record.body) else {
      findings.violate(
        .a15, at: record.toldMicroseconds, booking: trip.id, subject: "shape",
        "client \(record.client) was told of \(trip.id) in another shape than the published one")
      return
    }
    lastCharged[record.client] = told.charged
    judgeFresh(record, charged: told.charged)
    findings.check(.a15)
    func lie(_ member: String, _ told: String, _ truth: String) {
      findings.violate(
        .a15, at: record.toldMicroseconds, booking: trip.id, subject: member,
        "client \(record.client) was told of \(trip.id) at \(seconds(record.toldMicroseconds)) s "
          + "(\(record.state)) that \(member) is \(told); \(truth)")
    }
    let changes = compare(
      told, state: record.state, with: trip, asked: record.askedMicroseconds, lie)
    noteChanged(record, trip, changes: changes)
    let isOver = ["CONFIRMED", "FAILED", "CANCELLED"].contains(record.state)
    let isCancelOver = ["FAILED", "CANCELLED"].contains(record.state)
    let status: Int? =
      switch record.request {
      case .book: isOver ? 200 : 202
      case .cancel: isCancelOver ? 200 : 202
      case .modify: ["DONE", "REFUSED"].contains(told.modification?.state) ? 200 : 202
      default: nil
      }
    if let status, record.httpStatus != status {
      lie("the status", "\(record.httpStatus)", "\(status) is right for \(record.state)")
    }
  }

  /// Compares what was told of a trip with the vendors' books as they are now.
  ///
  /// - Parameters:
  ///   - state: the state that was told.
  ///   - asked: when what was told was read, at the earliest; virtual.
  ///   - lie: told of each member that cannot be so.
  /// - Returns: after how many of its changes the trip is told of.
  @discardableResult func compare(
    _ told: ToldTrip, state: String, with trip: AuditedTrip, asked: Int64,
    _ lie: (_ member: String, _ told: String, _ truth: String) -> Void
  ) -> Int {
    let captured = trip.group.reduce(Int64(0)) { $0 + $1.captured }
    let refundedAtMost = trip.group.reduce(Int64(0)) { $0 + $1.refundedAtMost }
    let chargedBack = trip.group.reduce(Int64(0)) { $0 + $1.chargedBack }
    if let charged = told.charged, charged > captured {
      lie("charged", "\(charged)", "\(captured) is captured")
    }
    for refunded in [told.refunded, told.payment?.refunded].compactMap({ $0 })
    where refunded > refundedAtMost {
      lie("refunded", "\(refunded)", "\(refundedAtMost) is refunded at most")
    }
    if let back = told.payment?.chargedBack, back > chargedBack {
      lie("chargedBack", "\(back)", "\(chargedBack) is")
    }
    for held in [told.payment?.authorized, told.payment?.held].compactMap({ $0 })
    where held > trip.heldAtMost {
      lie("held", "\(held)", "\(trip.heldAtMost) was at most")
    }
    let isOver = ["CONFIRMED", "FAILED", "CANCELLED"].contains(state)
    if let success = told.success, success != (isOver && state != "FAILED") {
      lie("success", "\(success)", "that is not so")
    }
    for currency in [told.currency, told.payment?.currency].compactMap({ $0 })
    where currency != trip.currency { lie("currency", currency, "it is \(trip.currency)") }
    // What is told of the change says which of the two trips is told of.
    let changes = judgeChange(told, trip, lie)
    let shown = trip.shown(after: changes)
    for (slot, part) in told.parts {
      let place = shown.first { $0.slot == slot }
      judge(part, place?.own ?? slot, place?.owner ?? trip, lie)
    }
    let words = ToldMoney(told.message ?? "", currency: trip.currency)
    if let why = trip.lie(of: words, at: asked, epoch: epoch) {
      lie("message", "'\(told.message ?? "")'", why)
    }
    return changes
  }

  /// What is told of changes; returns after how many of them the trip is told of.
  ///
  /// What is told of the change says which trips may be meant: one that is done and those after it, or,
  /// of one that is not, those before it. Which of them it is the price says.
  private func judgeChange(
    _ told: ToldTrip, _ trip: AuditedTrip,
    _ lie: (_ member: String, _ told: String, _ truth: String) -> Void
  ) -> Int {
    let done = trip.cameAbout
    let named = trip.modifications.first { $0.id == told.modification?.id }
    let isDone = told.modification?.state == "DONE"
    if isDone, named?.everConfirmed != true {
      lie("modification", "DONE", "no such change came about")
    }
    let first: Int
    if let named, let place = done.firstIndex(where: { $0 === named }) {
      first = isDone ? place + 1 : place
    } else {
      first = named.map { named in done.prefix { $0.createdAt < named.createdAt }.count } ?? 0
    }
    // A request for an earlier change, sent again, is told of that one and of the trip as it is now.
    let last = isDone || named?.state == .failed ? done.count : first
    func total(_ count: Int) -> Int64 {
      done.prefix(count).last?.offer?.total ?? trip.total
    }
    guard let amount = told.amount, amount != total(first) else { return first }
    if let later = (first...max(first, last)).first(where: { total($0) == amount }) { return later }
    lie("amount", "\(amount)", "the trip costs \(total(first))")
    return first
  }

  /// What a client is told that its trip costs, when it registers it or asks for another price.
  private func judgePrice(_ record: ClientRecord) {
    guard !record.body.isEmpty, record.result != .unknown, record.client >= 0,
      let told = try? decoder.decode(ToldPrice.self, from: record.body)
    else { return }
    let offer = context.offers(record.client)
    for (amount, currency) in [
      (told.total, told.currency), (told.expectedAmount, told.expectedCurrency),
    ] where amount != nil || currency != nil {
      findings.check(.a15)
      guard amount != offer.total || currency != offer.currency else { continue }
      findings.violate(
        .a15, at: record.toldMicroseconds, booking: record.bookingID,
        subject: "price \(record.client)",
        "client \(record.client) was told at \(seconds(record.toldMicroseconds)) s that its trip costs "
          + "\(amount ?? 0) \(currency ?? ""); it costs \(offer.total) \(offer.currency)")
    }
  }

  /// One part: what it is named by is the vendor's, and what is said to be cancelled is.
  private func judge(
    _ part: ToldTrip.Part, _ slot: String, _ trip: AuditedTrip,
    _ lie: (_ member: String, _ told: String, _ truth: String) -> Void
  ) {
    let made = trip.placed.filter { $0.slot == slot }
    if let price = trip.price(slot), let amount = part.amount, amount != price {
      lie("\(slot).amount", "\(amount)", "it was offered for \(price)")
    }
    func names(_ reference: String) -> Bool {
      made.contains {
        self.names(reference, $0.reservation) || Self.codes(of: $0.reservation).contains(reference)
      }
    }
    for reference in [part.reference, part.pnr, part.reservation].compactMap({ $0 })
    where !reference.isEmpty && !names(reference) {
      lie("\(slot).reference", reference, "its vendor has no such thing")
    }
    switch part.status {
    case "BOOKED" where !made.contains(where: { $0.isLive || $0.reservation.status == .cancelled }):
      lie("\(slot).status", "BOOKED", "its vendor has booked nothing")
    case "CANCELLED":
      guard let reference = part.reference ?? part.reservation,
        let live = made.first(where: { $0.isLive && self.names(reference, $0.reservation) })
      else { break }
      lie("\(slot).status", "CANCELLED", "\(live.reservation.reference) stands")
    default: break
    }
  }
}

/// What answers say of a trip's price.
private struct ToldPrice: Decodable {
  var total: Int64?
  var currency: String?
  var expectedAmount: Int64?
  var expectedCurrency: String?
}

/// What answers say beyond the published shape, as far as it is judged.
struct ToldTrip: Decodable {
  struct Payment: Decodable {
    var currency: String?
    var refunded: Int64?
    var chargedBack: Int64?
    var authorized: Int64?
    var held: Int64?
  }
  struct Part: Decodable {
    var slot: String?
    var status: String?
    var reference: String?
    var pnr: String?
    var reservation: String?
    var amount: Int64?
  }
  struct Item: Decodable {
    var slot: String
    var reason: String
  }
  var success: Bool?
  var charged: Int64?
  var refunded: Int64?
  var amount: Int64?
  var currency: String?
  var payment: Payment?
  var flight: Part?
  var hotel: Part?
  var activities: [Part]?
  var attention: [Item]?
  var needsAttention: Bool?
  var message: String?
  /// The change that is under way, or the latest.
  struct Change: Decodable {
    var id: String?
    var state: String
  }
  var modification: Change?

  /// All parts with their slots.
  var parts: [(slot: String, part: Part)] {
    [("flight", flight), ("hotel", hotel)].compactMap { slot, part in part.map { (slot, $0) } }
      + (activities ?? []).compactMap { part in part.slot.map { ($0, part) } }
  }
}

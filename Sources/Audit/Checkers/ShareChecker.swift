import FakeVendors
import FoundationEssentials

/// S1…S4: what links and itineraries show, and to whom.
///
/// What a link's holder may see is judged by the text alone: the judge knows from the offer and from the
/// vendors' books what must not be in it.
final class ShareChecker: Checker {
  let context: AuditContext
  /// Links that were made, by token.
  private var links: [String: Known] = [:]
  /// The tokens in the order in which they were told.
  private var tokens: [String] = []
  /// What the first link was answered that showed nothing.
  private var nothing: [UInt8]?

  /// A link, and when its client asked for its end, and knew of it.
  private struct Known {
    var link: LinkRecord
    var endAsked: Int64?
    var endTold: Int64?
  }

  init(_ context: AuditContext) { self.context = context }

  /// Judges one answer about a link.
  func told(_ record: ClientRecord) {
    guard let link = record.link else { return }
    switch record.request {
    case .share: noteMade(record, link)
    case .revokeLink: noteEnd(record, link)
    case .openLink:
      judgeOpening(record, link)
      if record.result == .ok { judgeText(record, link) }
    case .itinerary where record.result == .ok: judgeText(record, nil, of: link.booking)
    default: break
    }
  }

  private func noteMade(_ record: ClientRecord, _ link: LinkRecord) {
    guard record.result == .ok, links[link.token] == nil else { return }
    links[link.token] = Known(link: link)
    tokens.append(link.token)
  }

  private func noteEnd(_ record: ClientRecord, _ link: LinkRecord) {
    guard var known = links[link.token] else { return }
    known.endAsked = min(known.endAsked ?? .max, record.askedMicroseconds)
    if record.result == .ok { known.endTold = known.endTold ?? record.toldMicroseconds }
    links[link.token] = known
  }

  /// S2: a link that stands is shown, and one that does not is answered like one that never was.
  ///
  /// An end counts from when its client knew of it, and a link stands until its end was asked for: in
  /// between either may be told. An answer that did not come, was cut, or says "not now" proves nothing.
  private func judgeOpening(_ record: ClientRecord, _ link: LinkRecord) {
    guard record.result != .unknown, ![408, 425, 429].contains(record.httpStatus) else { return }
    let known = links[link.token]
    let (asked, told) = (record.askedMicroseconds, record.toldMicroseconds)
    let isRevoked = known?.endTold.map { $0 <= asked } ?? false
    let isExpired = known.map { $0.link.expiresMicroseconds <= asked } ?? false
    let isOver = known == nil || isRevoked || isExpired
    let stands =
      known.map { $0.endAsked == nil && told < $0.link.expiresMicroseconds } ?? false
    findings.check(.s2, exercised: isOver || stands)
    func wrong(_ subject: String, _ what: String) {
      findings.violate(
        .s2, at: told, booking: link.booking, subject: subject,
        "client \(record.client) opened a link to \(link.booking) at \(seconds(asked)) s, \(what)")
    }
    if isOver, record.httpStatus != 404 {
      let why = known == nil ? "which nobody made" : isRevoked ? "taken back" : "run out"
      wrong("open", "\(why), and was answered \(record.httpStatus)")
    }
    if stands, record.httpStatus != 200 {
      wrong("shut", "which stands, and was answered \(record.httpStatus)")
    }
    guard record.httpStatus == 404 else { return }
    if isRevoked { mark("revoked-link-refused") }
    if isExpired { mark("expired-link-refused") }
    if let nothing, nothing != record.body {
      wrong("unlike", "which shows nothing, and that is told in other words than of other links")
    }
    if nothing == nil { nothing = record.body }
  }

  /// S1 of what was shown: of the file of a booking's own client too, since it is handed on.
  private func judgeText(_ record: ClientRecord, _ link: LinkRecord?, of booking: String = "") {
    let booking = link?.booking ?? booking
    guard let trip = known(booking), let offer = trip.offer else { return }
    findings.check(.s1)
    // A path may hold any letters.
    let text = Self.text(record, without: link?.token)
    func wrong(_ what: String) {
      findings.violate(
        .s1, at: record.toldMicroseconds, booking: booking, subject: what,
        "client \(record.client) was shown \(what) of \(booking) by "
          + "\(link == nil ? "its itinerary" : "a link") at "
          + "\(seconds(record.toldMicroseconds)) s")
    }
    let secrets = [
      ("the customer's address", offer.contact.email),
      ("the customer's telephone number", offer.contact.phone ?? ""),
      ("the payer's address", offer.payer?.email ?? ""),
    ]
    for (what, secret) in secrets where !secret.isEmpty && text.contains(secret) { wrong(what) }
    // What vendors call their reservations is for travellers to see, whatever it looks like.
    let ours = trip.group.flatMap(\.placed).map(\.reservation.reference).filter { !$0.isEmpty }
      .reduce(text) { $0.replacing($1, with: "") }
    if let id = Self.identifier(in: ours) { wrong("an identifier, \(id)…") }
    if link?.hidesPrices == true, Self.price(in: text, trip.currency) {
      wrong("a price, which was to be hidden,")
    }
  }

  /// The text of a page, or of a calendar with its folded lines made whole (RFC 5545, 3.1) and its
  /// commas as they are (3.3.11).
  private static func text(_ record: ClientRecord, without token: String?) -> String {
    var text = String(decoding: record.body, as: UTF8.self)
    text = text.replacing("\r\n ", with: "").replacing("\\,", with: ",")
    return token.map { text.replacing($0, with: "") } ?? text
  }

  /// How our identifiers and Stripe's begin: bookings, modifications, options and their components, links; payments, cards, charges, refunds, customers, disputes.
  private static let prefixes = [
    "bk_", "md_", "to_", "cf_", "ch_", "ca_", "sl_", "pi_", "pm_", "re_", "cus_", "du_", "dp_",
  ]

  /// The beginning of a word that is an identifier; nil when there is none.
  private static func identifier(in text: String) -> String? {
    for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
      if let prefix = prefixes.first(where: { word.hasPrefix($0) }) {
        return prefix
      }
    }
    return nil
  }

  /// Whether an amount in a currency stands somewhere.
  private static func price(in text: String, _ currency: String) -> Bool {
    text.split(separator: "\(currency) ", omittingEmptySubsequences: false).dropFirst()
      .contains { $0.first?.isNumber == true }
  }
}

// MARK: At the end

extension ShareChecker {
  /// S3 and S4 over the whole history.
  func conclude(_ history: History, _ at: Int64) {
    for record in history.clients where record.result == .ok && !record.body.isEmpty {
      if let link = record.link, let trip = known(link.booking) { judgeReferences(record, trip) }
    }
    judgeRest(at)
  }

  /// S3: what is opened last names the vendors' live reservations, as travellers know them.
  ///
  /// The history keeps the bodies of last openings only. Of settled trips of which nothing is parked, as
  /// A13. An airline's own order has no name that a
  /// counter knows; its record locator may still be missing, and then the trip says so.
  private func judgeReferences(_ record: ClientRecord, _ trip: AuditedTrip) {
    // Of a changed trip its latest parts, whoever of its modifications booked them.
    let group = trip.group
    guard trip.state == .confirmed, trip.modifications.allSatisfy(\.state.isTerminal),
      group.allSatisfy({
        $0.isSettled && !$0.needsAttention && record.askedMicroseconds >= $0.since
      })
    else { return }
    findings.check(.s3)
    if group.count > 1 { mark("changed-trip-shown") }
    let text = Self.text(record, without: nil)
    for part in trip.shown() {
      let (slot, owner) = (part.slot, part.owner)
      if slot == "flight", owner.warnings.contains(where: { $0.code == "reference-missing" }) {
        continue
      }
      let live = owner.known(part.own).filter(\.isLive).map(\.reservation)
      guard !live.isEmpty, !owner.isGone(part.own), !owner.reportedFailed.contains(part.own)
      else { continue }
      let codes = live.flatMap(APIChecker.codes)
      let names = slot == "flight" && codes.count > live.count ? codes.dropLast() : codes[...]
      guard !names.contains(where: text.contains) else { continue }
      findings.violate(
        .s3, at: record.toldMicroseconds, booking: trip.id, subject: slot,
        "client \(record.client) was shown \(trip.id) (\(record.request.rawValue)) at "
          + "\(seconds(record.toldMicroseconds)) s without the reference of \(slot), "
          + names.joined(separator: " or "))
    }
  }

  /// S4: whoever has the database can open no link: no token is in it, as text or as bytes.
  private func judgeRest(_ at: Int64) {
    for token in tokens {
      findings.check(.s4)
      guard let link = links[token]?.link, let place = read({ try $0.place(of: token) }) ?? nil
      else { continue }
      findings.violate(
        .s4, at: at, booking: link.booking, subject: link.id,
        "the token of the link \(link.id) to \(link.booking) stands in \(place)")
    }
  }
}

import HTTPService
import HTTPTypes
import Wire

/// The state of ``FakeAmadeus`` and everything it decides, without waiting.
struct AmadeusState: Sendable {
  /// An offer on sale and what it costs at present.
  struct Listing: Sendable {
    let offer: FakeAmadeus.Offer
    let flight: AmadeusFlight
    let party: AmadeusParty
    /// The listing that a search made this one from, for another party.
    let base: Int?
    /// The way back of a journey there and back.
    let back: Back?
    var totalMinor: Int64
    var isExpired = false

    /// A way back: its schedule, and what its seats are taken from.
    struct Back: Sendable {
      let flight: AmadeusFlight
      let stock: String
    }

    /// What its seats are taken from, in the order of the flights.
    var stocks: [String] { [offer.flight] + (back.map { [$0.stock] } ?? []) }
  }

  /// What an order is made of, beside its reservation.
  private struct Order: Sendable {
    let offers: [(listing: Int, totalMinor: Int64)]
    let locator: String
    /// From when on the airline's record exists, in microseconds since 1970.
    let locatorFromMicroseconds: Int64
    let travelers: JSONValue?
    let contacts: JSONValue?
    let remarks: JSONValue?
    let agreement: JSONValue?
    /// From when on a flight has moved, by how many minutes, and whether it is the way back.
    let move: (fromMicroseconds: Int64, minutes: Int, isBack: Bool)?
    var refusesSecondCancel = false
    var neverCancellable = false
  }

  /// The lifetime of a token (`expires_in` of the token answer).
  private static let tokenSeconds = 1799
  /// The type of every answer but a token.
  static let contentType = "application/vnd.amadeus+json"

  /// Orders, refusals and requests.
  private(set) var book = ReservationBook(vendor: "amadeus")
  /// Seats of flights.
  var inventory = Inventory()
  /// Orders that their airlines will cancel.
  var agenda = Agenda()
  /// When each token expires, in microseconds since 1970.
  private(set) var tokens: [String: Int64] = [:]
  /// Every offer that was ever put on sale or found by a search.
  private(set) var listings: [Listing] = []
  /// The newest listing of each id.
  private(set) var listingOfID: [String: Int] = [:]
  private var orders: [Order] = []
  private let clientID: String
  private let seed: UInt64

  init(clientID: String, seed: UInt64) {
    self.clientID = clientID
    self.seed = seed
  }

  /// Puts an offer on sale; one of the same id takes the place of the older.
  mutating func list(_ offer: FakeAmadeus.Offer) {
    precondition(offer.seats > 0, "an offer of no seats")
    list(offer, for: AmadeusParty(adults: offer.seats), base: nil)
  }

  /// Puts an offer on sale for a party; `base` is the listing that it was made from.
  mutating func list(
    _ offer: FakeAmadeus.Offer, for party: AmadeusParty, base: Int?, back: Listing.Back? = nil
  ) {
    listingOfID[offer.id] = listings.count
    let flight = base.map { listings[$0].flight } ?? AmadeusFlight(offer, seed: seed)
    let returning = offer.back.map {
      Listing.Back(flight: AmadeusFlight(returning: flight, named: $0, seed: seed), stock: $0)
    }
    listings.append(
      Listing(
        offer: offer, flight: flight, party: party, base: base, back: back ?? returning,
        totalMinor: offer.totalMinor))
  }

  /// Returns an offer as a search would have shown it.
  func listing(_ id: String) -> [UInt8] {
    guard let index = listingOfID[id] else { preconditionFailure("no offer \(id) is on sale") }
    let listing = listings[index]
    let array = JSONWriter.object { text in
      text.array("data") { text in
        listing.flight.write(
          listing.offer, back: listing.back?.flight, for: listing.party,
          totalMinor: listing.offer.totalMinor,
          bookable: listing.offer.seats, shift: .init(), to: &text)
      }
    }
    return Array(array[9..<array.count - 2])  // without {"data":[ and ]}
  }

  /// Returns an id as it stands in bodies: base64 with `/`, `+` and `=` percent-encoded.
  static func wireForm(_ id: String) -> String {
    var out: [UInt8] = []
    for byte in id.utf8 {
      switch byte {
      case UInt8(ascii: "/"): out.append(contentsOf: "%2f".utf8)
      case UInt8(ascii: "+"): out.append(contentsOf: "%2b".utf8)
      case UInt8(ascii: "="): out.append(contentsOf: "%3D".utf8)
      // No id has one; an id that was encoded twice must stay unknown.
      case UInt8(ascii: "%"): out.append(contentsOf: "%25".utf8)
      default: out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Performs the airlines' cancellations that are due.
  mutating func settle(at now: Int64) -> Aftermath {
    var aftermath = Aftermath()
    settle(at: now, &aftermath)
    return aftermath
  }

  /// Cancels an order as the caller's staff asks for it on the phone; nothing when it does not stand.
  mutating func cancelAtDesk(_ reference: String, at now: Int64) -> Aftermath {
    var aftermath = Aftermath()
    settle(at: now, &aftermath)
    guard let index = book.index(reference), book.all[index].status.isLive else { return aftermath }
    cancel(index, by: "desk", baggage: nil, at: now)
    aftermath.changes.append(book.change(index))
    return aftermath
  }

  private mutating func settle(at now: Int64, _ aftermath: inout Aftermath) {
    while let (due, index) = agenda.popDue(at: now) {
      guard book.all[index].status.isLive else { continue }
      cancel(index, by: "vendor", baggage: nil, at: due)
      aftermath.changes.append(book.change(index))
    }
  }

  private mutating func cancel(
    _ index: Int, by canceller: String, baggage: String?, at now: Int64
  ) {
    for offer in orders[index].offers {
      let sold = listings[offer.listing]
      for stock in sold.stocks { inventory.releaseConfirmed(sold.offer.seats, of: stock) }
    }
    book.cancel(index, by: canceller, baggage: baggage, penaltyMinor: 0, at: now)
    agenda.remove(index)
  }

  /// Performs one authenticated call.
  mutating func serve(
    _ operation: AmadeusOperation, _ request: VendorRequest, fault: AmadeusFault?, at now: Int64
  ) -> (HTTPReply, Aftermath) {
    var aftermath = Aftermath()
    settle(at: now, &aftermath)
    var effect: String?
    let refusals = book.refusals.count
    let reply: HTTPReply
    do throws(AmadeusError) {
      switch (fault, operation) {
      case (.tooManyRequests, _): throw .tooManyRequests
      case (.asksToWait(let time), _): throw .wait(time)
      case (.tokenExpired, .search), (.tokenExpired, .price), (.tokenExpired, .create),
        (.tokenExpired, .get), (.tokenExpired, .cancel):
        if let token = request.bearerToken { tokens[String(token)] = now }
        throw .expiredToken
      case (.systemError(order: false), _), (.systemError, .token), (.systemError, .search),
        (.systemError, .price), (.systemError, .get):
        throw .system
      default: break
      }
      switch operation {
      case .token: reply = issueToken(request, at: now)
      case .search:
        let today = WireTime.date(now)
        let query =
          request.method == .get
          ? try AmadeusQuery(query: request.query, today: today)
          : try AmadeusQuery(body: request.body, today: today)
        reply = search(query, at: now)
      case .price: reply = try price(request, fault, at: now)
      case .create:
        let index = try create(request, fault, at: now)
        effect = book.all[index].reference
        aftermath.changes.append(book.change(index))
        if case .cancelledByAirline(let after) = fault {
          let due = now + max(0, after.wireMicroseconds)
          agenda.add(index, due: due)
          aftermath.dues.append(due)
          aftermath.follower = agenda.follower
        }
        if case .systemError = fault { throw .system }
        reply = orderReply(index, status: .created, at: now)
      case .get(let id):
        let index = try find(id)
        guard book.all[index].status.isLive else { throw .orderNotFound }
        reply = orderReply(index, status: .ok, at: now)
      case .cancel(let id):
        let index = try cancel(id, request, fault, at: now)
        aftermath.changes.append(book.change(index))
        if case .systemError = fault { throw .system }
        reply = HTTPReply(HTTPResponse(status: .noContent))
      }
    } catch {
      reply = error.reply
      if operation == .price || operation == .create {
        book.refuseMistake(
          status: error.status, since: refusals, operation: operation.name,
          baggage: request.baggage, at: now)
      }
    }
    if operation == .create {
      book.note(
        ServedRequest(
          operation: "create", baggage: request.baggage, handle: "",
          status: reply.response.status.code, effect: effect, atMicroseconds: now))
    }
    return (reply, aftermath)
  }

  private mutating func issueToken(_ request: VendorRequest, at now: Int64) -> HTTPReply {
    var salt = 0
    var token: String
    repeat {
      var hash = KeyedHash(seed: seed, "amadeus.token", request.baggage, salt: salt)
      token = hash.characters(28, of: KeyedHash.letters)
      salt += 1
    } while tokens[token] != nil
    tokens[token] = now + Int64(Self.tokenSeconds) * WireTime.second
    let body = JSONWriter.object { text in
      text.field("type", "amadeusOAuth2Token")
      text.field("username", "travel@orchestrator.test")
      text.field("application_name", "orchestrator")
      text.field("client_id", clientID)
      text.field("token_type", "Bearer")
      text.field("access_token", token)
      text.field("expires_in", Self.tokenSeconds)
      text.field("state", "approved")
      text.field("scope", "")
    }
    return HTTPReply(status: .ok, contentType: "application/json", body: body)
  }

  // MARK: Price

  private mutating func price(
    _ request: VendorRequest, _ fault: AmadeusFault?, at now: Int64
  ) throws(AmadeusError) -> HTTPReply {
    let (asked, _) = try askedOffers(request, type: "flight-offers-pricing", pricesRequired: false)
    var odd: OddPrice?
    if case .oddPrice(let price) = fault { odd = price }
    for offer in asked {
      if case .repriced(let minor) = fault {
        listings[offer.listing].totalMinor = max(
          0, listings[offer.listing].offer.totalMinor + minor)
      }
      try checkSellable(offer, fault, operation: "price", request, at: now)
      let listing = listings[offer.listing]
      guard available(listing) >= listing.offer.seats else {
        refuse(offer, .unavailable, "price", request, now)
        throw .sellFailure
      }
      if case .priceDiscrepancy = fault {
        throw raisePrice(offer, operation: "price", request, at: now)
      }
      if odd != nil || listing.totalMinor != offer.totalMinor ?? listing.offer.totalMinor {
        refuse(offer, .priceChanged, "price", request, now)
      }
    }
    let dearer = fault == .moreOffers ? listDearer(than: asked[0].listing) : nil
    let body = JSONWriter.object { text in
      text.object("data") { text in
        text.field("type", "flight-offers-pricing")
        text.array("flightOffers") { text in
          for offer in asked { write(offer.listing, odd: odd, shift: .init(), to: &text) }
          if let dearer { write(dearer, shift: .init(), to: &text) }
        }
        text.object("bookingRequirements") { text in
          text.field("emailAddressRequired", true)
          text.field("mobilePhoneNumberRequired", true)
        }
      }
    }
    return HTTPReply(status: .ok, contentType: Self.contentType, body: body)
  }

  /// Puts the same flight on sale once more, at a tenth more; returns the listing.
  private mutating func listDearer(than index: Int) -> Int {
    var offer = listings[index].offer
    offer.id += "-flex"
    offer.totalMinor += offer.totalMinor / 10
    list(offer, for: listings[index].party, base: index, back: listings[index].back)
    return listings.count - 1
  }

  /// Writes a listing as an offer, at its present price unless told otherwise.
  func write(
    _ index: Int, totalMinor: Int64? = nil, odd: OddPrice? = nil, shift: AmadeusFlight.Shift,
    to text: inout JSONWriter
  ) {
    let listing = listings[index]
    listing.flight.write(
      listing.offer, back: listing.back?.flight, for: listing.party,
      totalMinor: totalMinor ?? listing.totalMinor, odd: odd, bookable: available(listing),
      shift: shift, to: &text)
  }

  /// How many can still travel: the seats of the fuller flight.
  private func available(_ listing: Listing) -> Int {
    listing.stocks.reduce(Int.max) { min($0, inventory.available($1)) }
  }

  // MARK: Create

  private mutating func create(
    _ request: VendorRequest, _ fault: AmadeusFault?, at now: Int64
  ) throws(AmadeusError) -> Int {
    let (asked, data) = try askedOffers(request, type: "flight-order", pricesRequired: true)
    try AmadeusPeople.check(
      data, against: asked.map { listings[$0.listing].party }, today: WireTime.date(now))
    let currency = listings[asked[0].listing].offer.currency
    for offer in asked {
      try checkSellable(offer, fault, operation: "create", request, at: now)
      let listing = listings[offer.listing]
      guard listing.offer.currency == currency else {
        throw .invalidData("All offers of an order must have one currency", offer.pointer)
      }
      if case .priceDiscrepancy = fault {
        throw raisePrice(offer, operation: "create", request, at: now)
      }
      if offer.totalMinor != listing.totalMinor {
        refuse(offer, .priceChanged, "create", request, now)
        throw .priceDiscrepancy(
          current: WireMoney.text(listing.totalMinor, listing.offer.currency),
          requested: WireMoney.text(offer.totalMinor ?? 0, listing.offer.currency))
      }
    }
    if case .sellFailure = fault {
      refuse(asked[0], .unavailable, "create", request, now)
      throw .sellFailure
    }
    var held: [(flight: String, seats: Int)] = []
    for offer in asked {
      let wanted = listings[offer.listing]
      for stock in wanted.stocks {
        guard inventory.hold(wanted.offer.seats, of: stock) else {
          for taken in held { inventory.releaseHeld(taken.seats, of: taken.flight) }
          refuse(offer, .unavailable, "create", request, now)
          throw .sellFailure
        }
        held.append((stock, wanted.offer.seats))
      }
    }
    for taken in held { inventory.confirm(taken.seats, of: taken.flight) }

    var locator = ""
    var reference = ""
    var salt = 0
    repeat {
      var hash = KeyedHash(seed: seed, "amadeus.order", request.baggage, salt: salt)
      locator = hash.characters(6, of: KeyedHash.locator)
      let start = hash.characters(10, of: KeyedHash.letters)
      let end = hash.characters(11, of: KeyedHash.letters)
      reference = Self.wireForm("eJzTd9f3\(start)/\(end)==")
      salt += 1
    } while book.index(reference) != nil
    let first = listings[asked[0].listing]
    let travelers = data["travelers"]
    let index = book.add(
      Reservation(
        vendor: book.vendor, reference: reference, clientReference: "", baggage: request.baggage,
        item: asked.map { listings[$0.listing].offer.id }.joined(separator: ","),
        attributes: [
          "pnr=\(locator)", "flight=\(held.map(\.flight).joined(separator: ","))",
          "seats=\(asked.reduce(0) { $0 + listings[$1.listing].offer.seats })",
          "travelers=\(travelers?.array?.count ?? 0)", first.flight.attribute,
        ],
        status: .confirmed, currency: first.offer.currency,
        priceMinor: asked.reduce(0) { $0 + listings[$1.listing].totalMinor },
        createdMicroseconds: now, people: AmadeusPeople.names(travelers)))
    var move: (Int64, Int, Bool)?
    if case .scheduleChange(let after, let minutes, let isBack) = fault {
      // Of what goes one way only that way can move.
      move = (now + after.wireMicroseconds, minutes, isBack && first.back != nil)
      book.noteReschedule(index, from: now + after.wireMicroseconds)
    }
    var locatorFrom = now
    if case .ticketingDelayed(let after) = fault { locatorFrom += after.wireMicroseconds }
    orders.append(
      Order(
        offers: asked.map { ($0.listing, listings[$0.listing].totalMinor) }, locator: locator,
        locatorFromMicroseconds: locatorFrom, travelers: travelers, contacts: data["contacts"],
        remarks: data["remarks"],
        agreement: data["ticketingAgreement"], move: move))
    return index
  }

  // MARK: Get and cancel

  private func find(_ id: String) throws(AmadeusError) -> Int {
    guard let index = book.index(Self.wireForm(id)) else { throw .orderNotFound }
    return index
  }

  private func orderReply(_ index: Int, status: HTTPResponse.Status, at now: Int64) -> HTTPReply {
    let reservation = book.all[index]
    let order = orders[index]
    var shift = AmadeusFlight.Shift()
    if let move = order.move, now >= move.fromMicroseconds {
      if move.isBack { shift.back = Int64(move.minutes) } else { shift.there = Int64(move.minutes) }
    }
    let body = JSONWriter.object { text in
      text.object("data") { text in
        text.field("type", "flight-order")
        text.field("id", reservation.reference)
        text.field("queuingOfficeId", "NCE4D31SB")
        text.array("associatedRecords") { text in
          for offer in order.offers where now >= order.locatorFromMicroseconds {
            text.object { text in
              text.field("reference", order.locator)
              text.field("creationDate", WireTime.milliseconds(reservation.createdMicroseconds))
              text.field("originSystemCode", "GDS")
              text.field("flightOfferId", listings[offer.listing].offer.id)
            }
          }
        }
        text.array("flightOffers") { text in
          for offer in order.offers {
            write(offer.listing, totalMinor: offer.totalMinor, shift: shift, to: &text)
          }
        }
        if let travelers = order.travelers { text.field("travelers", travelers) }
        if let remarks = order.remarks { text.field("remarks", remarks) }
        if let agreement = order.agreement { text.field("ticketingAgreement", agreement) }
        if let contacts = order.contacts { text.field("contacts", contacts) }
      }
    }
    return HTTPReply(status: status, contentType: Self.contentType, body: body)
  }

  private mutating func cancel(
    _ id: String, _ request: VendorRequest, _ fault: AmadeusFault?, at now: Int64
  ) throws(AmadeusError) -> Int {
    let index = try find(id)
    if case .cancelRefusedTwice = fault { orders[index].refusesSecondCancel = true }
    guard book.all[index].status.isLive else {
      throw orders[index].refusesSecondCancel ? .alreadyCancelled : .orderNotFound
    }
    if case .neverCancellable = fault { orders[index].neverCancellable = true }
    if case .cancelRefused = fault { throw .notCancellable }
    if orders[index].neverCancellable { throw .notCancellable }
    cancel(index, by: "caller", baggage: request.baggage, at: now)
    return index
  }

  // MARK: Offers in requests

  private struct AskedOffer {
    let listing: Int
    let totalMinor: Int64?
    let pointer: String
  }

  private func askedOffers(
    _ request: VendorRequest, type: String, pricesRequired: Bool
  ) throws(AmadeusError) -> (offers: [AskedOffer], data: JSONValue) {
    guard let node = JSONValue(parsing: request.body) else { throw .invalidFormat(nil) }
    guard let data = node["data"] else { throw .missing("/data") }
    guard let asked = data["type"] else { throw .missing("/data/type") }
    guard asked.string == type else { throw .invalidFormat("/data/type") }
    guard let offers = data["flightOffers"]?.array, !offers.isEmpty else {
      throw .missing("/data/flightOffers")
    }
    guard offers.count <= 6 else { throw .invalidLength("/data/flightOffers") }
    var result: [AskedOffer] = []
    for (position, offer) in offers.enumerated() {
      let pointer = "/data/flightOffers[\(position)]"
      guard let id = offer["id"]?.string else { throw .missing(pointer + "/id") }
      guard let listing = listingOfID[id] else {
        throw .invalidData("The flight offer is not known", pointer)
      }
      let currency = listings[listing].offer.currency
      let price = offer["price"]
      var total: Int64?
      if let text = price?["grandTotal"] ?? price?["total"] {
        guard let minor = text.string.flatMap({ WireMoney.minor($0, currency) }) else {
          throw .invalidFormat(pointer + "/price/grandTotal")
        }
        if let other = price?["currency"]?.string, other != currency {
          throw .invalidData("The offer is priced in \(currency)", pointer + "/price/currency")
        }
        total = minor
      } else if pricesRequired {
        throw .missing(pointer + "/price/grandTotal")
      }
      result.append(AskedOffer(listing: listing, totalMinor: total, pointer: pointer))
    }
    return (result, data)
  }

  private mutating func checkSellable(
    _ asked: AskedOffer, _ fault: AmadeusFault?, operation: String, _ request: VendorRequest,
    at now: Int64
  ) throws(AmadeusError) {
    if case .quoteExpired = fault { listings[asked.listing].isExpired = true }
    let listing = listings[asked.listing]
    if listing.isExpired || now > listing.offer.expiresMicroseconds {
      refuse(asked, .expired, operation, request, now)
      throw .invalidData("The flight offer is no longer valid", asked.pointer)
    }
    if listing.offer.gone {
      refuse(asked, .unavailable, operation, request, now)
      throw operation == "price" ? .notAvailable(asked.pointer) : .sellFailure
    }
  }

  /// Makes an offer dearer by 1 %, at least one minor unit, and returns the refusal.
  private mutating func raisePrice(
    _ asked: AskedOffer, operation: String, _ request: VendorRequest, at now: Int64
  ) -> AmadeusError {
    let requested = asked.totalMinor ?? listings[asked.listing].totalMinor
    let current = requested + max(1, requested / 100)
    listings[asked.listing].totalMinor = current
    refuse(asked, .priceChanged, operation, request, now)
    let currency = listings[asked.listing].offer.currency
    return .priceDiscrepancy(
      current: WireMoney.text(current, currency), requested: WireMoney.text(requested, currency))
  }

  private mutating func refuse(
    _ asked: AskedOffer, _ reason: Refusal.Reason, _ operation: String, _ request: VendorRequest,
    _ now: Int64
  ) {
    book.refuse(
      listings[asked.listing].offer.id, reason, operation: operation, baggage: request.baggage,
      at: now)
  }
}

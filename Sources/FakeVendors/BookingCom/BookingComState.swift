import HTTPService
import HTTPTypes
import Wire

/// The state of ``FakeBookingCom`` and everything it decides, without waiting.
struct BookingComState: Sendable {
  /// A product at the price that a preview gave it.
  struct Room: Sendable {
    let product: FakeBookingCom.Product
    let priceMinor: Int64
    let adults: Int
    let children: Int
  }

  /// A stay that a preview described: what an order token stands for.
  struct Stay: Sendable {
    let accommodation: Int
    let checkin: String
    let checkout: String
    let rooms: [Room]
    let createdMicroseconds: Int64
    var isExpired = false
    var order: Int?

    var currency: String { rooms[0].product.currency }
    /// How its amounts are told.
    var prices: Prices { Prices(currency: currency, local: rooms[0].product.local) }
    var totalMinor: Int64 { rooms.reduce(0) { $0 + $1.priceMinor } }
    var items: String { rooms.map(\.product.id).joined(separator: ",") }

    /// What cancelling costs at a moment: of each room its fee, at most its price.
    func fee(at now: Int64) -> Int64 {
      rooms.reduce(0) { sum, room in
        let step = room.product.fees.last { $0.fromMicroseconds <= now }
        return sum + min(step?.minor ?? 0, room.priceMinor)
      }
    }
  }

  /// What an order is, beside its reservation.
  struct Order: Sendable {
    let reservation: String
    let pin: String
    let stay: Stay
    let booker: JSONValue
    let visibleFromMicroseconds: Int64
    var updatedMicroseconds: Int64 {
      didSet { entry = nil }
    }
    /// Whether the cancellation that is due is the traveller's own.
    var leavesByTraveller = false
    var neverCancellable = false
    /// What pages of orders say of it, once one has: they show it again and again.
    var entry: [UInt8]?
  }

  /// The lifetime of an order token (developers.booking.com, "Orders preview").
  private static let tokenLifetime: Int64 = 15 * 60 * 1_000_000

  /// Orders, refusals and requests.
  private(set) var book = ReservationBook(vendor: "bookingcom")
  /// Rooms of stocks.
  var inventory = Inventory()
  /// Cancellations by properties.
  var agenda = Agenda()
  var orders: [Order] = []
  private(set) var products: [String: FakeBookingCom.Product] = [:]
  /// The ids of all products, in the order in which they were put on sale.
  private(set) var productIDs: [String] = []
  /// Orders of others that were shown: their labels, by id.
  var strangers: [String: String] = [:]
  /// How many orders a page shows at most, whatever is asked for.
  let pageSize: Int
  private var stays: [String: Stay] = [:]
  private var orderOfReservation: [String: Int] = [:]
  private let seed: UInt64

  init(seed: UInt64, pageSize: Int = 100) {
    self.seed = seed
    self.pageSize = pageSize
  }

  /// Puts a product on sale.
  mutating func list(_ product: FakeBookingCom.Product) {
    precondition(
      zip(product.fees, product.fees.dropFirst()).allSatisfy {
        $0.fromMicroseconds <= $1.fromMicroseconds
      }, "the fees of \(product.id) are not sorted")
    if products.updateValue(product, forKey: product.id) == nil { productIDs.append(product.id) }
  }

  /// Returns the id that an answer carries for support, 26 characters.
  func requestID(_ request: VendorRequest, at now: Int64) -> String {
    var hash = KeyedHash(
      seed: seed, "bookingcom.request", request.baggage, salt: Int(truncatingIfNeeded: now))
    return "01" + hash.characters(24, of: KeyedHash.crockford)
  }

  /// Returns an order by the property's reservation number.
  func order(ofReservation number: String) -> Int? { orderOfReservation[number] }

  /// Performs the cancellations that are due.
  mutating func settle(at now: Int64) -> Aftermath {
    var aftermath = Aftermath()
    settle(at: now, &aftermath)
    return aftermath
  }

  /// Cancels an order as the caller's staff asks for it on the phone, free of charge; nothing when it
  /// does not stand.
  mutating func cancelAtDesk(_ reference: String, at now: Int64) -> Aftermath {
    var aftermath = Aftermath()
    settle(at: now, &aftermath)
    guard let index = book.index(reference), book.all[index].status.isLive else { return aftermath }
    cancel(index, by: "desk", baggage: nil, penaltyMinor: 0, at: now)
    agenda.remove(index)
    aftermath.changes.append(book.change(index))
    return aftermath
  }

  private mutating func settle(at now: Int64, _ aftermath: inout Aftermath) {
    while let (due, index) = agenda.popDue(at: now) {
      let isTraveller = orders[index].leavesByTraveller
      cancel(
        index, by: isTraveller ? "traveller" : "vendor", baggage: nil,
        penaltyMinor: isTraveller ? orders[index].stay.fee(at: due) : 0, at: due)
      aftermath.changes.append(book.change(index))
    }
  }

  /// Performs one authenticated call.
  mutating func serve(
    _ operation: BookingComOperation, _ request: VendorRequest, _ body: JSONValue?,
    fault: BookingComFault?, lookupLag: Duration, at now: Int64
  ) -> (HTTPReply, Aftermath) {
    var aftermath = Aftermath()
    settle(at: now, &aftermath)
    let requestID = requestID(request, at: now)
    var effect: String?
    let refusals = book.refusals.count
    let reply: HTTPReply
    do throws(BookingComError) {
      switch (fault, operation) {
      case (.tooManyRequests, _): throw .tooManyRequests
      case (.asksToWait(let time), _): throw .wait(time)
      case (.internalError(effect: false), _), (.internalError, .preview),
        (.internalError, .details), (.internalError, .search), (.internalError, .availability):
        throw .internalError
      default: break
      }
      guard let body, body.isObject else { throw .malformed }
      switch operation {
      case .search: reply = try search(body, requestID, at: now)
      case .availability: reply = try availability(body, requestID, at: now)
      case .preview: reply = try preview(request, body, fault, requestID, at: now)
      case .details(let accommodations):
        reply = try details(
          body, accommodations: accommodations, request: request, fault, requestID: requestID,
          at: now)
      case .create:
        let index = try create(request, body, fault, lookupLag, at: now)
        effect = book.all[index].reference
        aftermath.changes.append(book.change(index))
        var cancelled: Duration?
        if case .cancelledByProperty(let after) = fault { cancelled = after }
        if case .cancelledByTraveller(let after) = fault {
          cancelled = after
          orders[index].leavesByTraveller = true
        }
        if let after = cancelled {
          let due = now + max(0, after.wireMicroseconds)
          agenda.add(index, due: due)
          aftermath.dues.append(due)
          aftermath.follower = agenda.follower
        }
        if case .internalError = fault { throw .internalError }
        if case .duplicateRequest = fault { throw .duplicate(orders[index].reservation) }
        reply = created(index, requestID)
      case .cancel where fault == .cancelUnderWay:
        reply = Self.reply(requestID) { text in
          text.object("data") { $0.field("status", "in_progress") }
        }
      case .cancel:
        let index = try cancel(request, body, fault, at: now)
        aftermath.changes.append(book.change(index))
        if case .internalError = fault { throw .internalError }
        reply = Self.reply(requestID) { text in
          text.object("data") { $0.field("status", "successful") }
        }
      }
    } catch {
      reply = error.reply(requestID: requestID)
      if operation == .preview || operation == .create {
        book.refuseMistake(
          status: error.status, since: refusals, operation: operation.name,
          baggage: request.baggage, at: now)
      }
    }
    if operation == .create {
      book.note(
        ServedRequest(
          operation: "create", baggage: request.baggage,
          handle: body?["accommodation"]?["label"]?.string ?? "",
          status: reply.response.status.code, effect: effect, atMicroseconds: now))
    }
    return (reply, aftermath)
  }

  /// Returns a 200 with the request's id and what else `body` writes.
  static func reply(
    _ requestID: String, capacity: Int = 768, _ body: (inout JSONWriter) -> Void
  ) -> HTTPReply {
    HTTPReply(
      status: .ok, contentType: "application/json",
      body: JSONWriter.object(capacity: capacity) { text in
        text.field("request_id", requestID)
        body(&text)
      })
  }

  // MARK: Preview

  private mutating func preview(
    _ request: VendorRequest, _ body: JSONValue, _ fault: BookingComFault?, _ requestID: String,
    at now: Int64
  ) throws(BookingComError) -> HTTPReply {
    var stay = try askedStay(body, at: now)
    if case .unavailable = fault {
      refuse(stay, .unavailable, "preview", request, now)
      throw .unavailable(stay.rooms[0].product.id)
    }
    // Rooms of one stock are counted together: two of the last one are not available.
    var wanted: [String: Int] = [:]
    for room in stay.rooms {
      wanted[room.product.stock, default: 0] += 1
      guard !room.product.gone,
        inventory.available(room.product.stock) >= wanted[room.product.stock] ?? 0
      else {
        refuse(stay, .unavailable, "preview", request, now)
        throw .unavailable(room.product.id)
      }
    }
    if case .repriced(let minor) = fault {
      var rooms = stay.rooms
      let first = rooms[0]
      rooms[0] = Room(
        product: first.product, priceMinor: max(0, first.priceMinor + minor),
        adults: first.adults, children: first.children)
      stay = Stay(
        accommodation: stay.accommodation, checkin: stay.checkin, checkout: stay.checkout,
        rooms: rooms, createdMicroseconds: now)
      refuse(stay, .priceChanged, "preview", request, now)
    }
    if case .anotherProduct = fault {
      let first = stay.rooms[0]
      var product = first.product
      product.id = "\(product.id)_other"
      let room = Room(
        product: product, priceMinor: first.priceMinor, adults: first.adults,
        children: first.children)
      stay = Stay(
        accommodation: stay.accommodation, checkin: stay.checkin, checkout: stay.checkout,
        rooms: [room] + stay.rooms.dropFirst(), createdMicroseconds: now)
      book.refuse(
        first.product.id, .unavailable, operation: "preview", baggage: request.baggage, at: now)
    }
    var prices = stay.prices
    var told = WireMoney.text(stay.totalMinor, stay.currency)
    if case .oddPrice(let odd) = fault {
      let price = odd.told(stay.totalMinor, stay.currency)
      told = price.digits
      prices = Prices(currency: price.currency, local: nil)
      refuse(stay, .priceChanged, "preview", request, now)
    }
    var token = ""
    var salt = 0
    repeat {
      var hash = KeyedHash(seed: seed, "bookingcom.token", request.baggage, salt: salt)
      token = hash.characters(40, of: KeyedHash.letters)
      salt += 1
    } while stays[token] != nil
    stays[token] = stay
    return Self.reply(requestID) { text in
      text.object("data") { text in
        text.object("accommodation") { text in
          text.field("id", stay.accommodation)
          prices.writeCurrency(to: &text)
          text.object("general_policies") { text in
            text.object("payment") { text in
              text.array("timings") { text in
                text.value("pay_online_now")
                text.value("pay_at_the_property")
              }
            }
          }
          if prices.local == nil {
            Self.writePrice(told, to: &text)
          } else {
            prices.writePrice(stay.totalMinor, to: &text)
          }
          text.array("products") { text in
            for room in stay.rooms { Self.write(room, to: &text) }
          }
        }
        text.field("order_token", token)
      }
    }
  }

  private func askedStay(_ body: JSONValue, at now: Int64) throws(BookingComError) -> Stay {
    guard let booker = body["booker"] else { throw .missing("booker") }
    guard booker["country"]?.string != nil else { throw .missing("booker.country") }
    guard let asked = body["accommodation"] else { throw .missing("accommodation") }
    guard let id = asked["id"]?.integer else { throw .missing("accommodation.id") }
    guard let checkin = asked["checkin"]?.string else { throw .missing("accommodation.checkin") }
    guard let checkout = asked["checkout"]?.string else { throw .missing("accommodation.checkout") }
    guard checkin.utf8.count == 10, let arrival = WireTime.parse(checkin) else {
      throw .invalid("checkin", "Expected yyyy-mm-dd.")
    }
    guard checkout.utf8.count == 10, let departure = WireTime.parse(checkout), arrival < departure,
      departure - arrival <= 90 * WireTime.day
    else { throw .invalid("checkout", "It must be 1 to 90 days after the checkin.") }
    guard let list = asked["products"]?.array, !list.isEmpty else {
      throw .missing("accommodation.products")
    }
    var rooms: [Room] = []
    for item in list {
      guard let productID = item["id"]?.identifier else {
        throw .missing("accommodation.products.id")
      }
      guard let product = products[productID], product.accommodation == id else {
        throw .invalid("products", "Product '\(productID)' is not of accommodation \(id).")
      }
      if let currency = body["currency"]?.string, currency != product.currency {
        throw .invalid("currency", "Only \(product.currency) is available.")
      }
      guard rooms.allSatisfy({ $0.product.currency == product.currency }) else {
        throw .invalid("products", "The products have different currencies.")
      }
      let allocation = item["allocation"]
      guard let adults = allocation?["number_of_adults"]?.integer, adults > 0 else {
        throw .missing("accommodation.products.allocation.number_of_adults")
      }
      rooms.append(
        Room(
          product: product, priceMinor: product.totalMinor, adults: adults,
          children: allocation?["children"]?.array?.count ?? 0))
    }
    return Stay(
      accommodation: id, checkin: checkin, checkout: checkout, rooms: rooms,
      createdMicroseconds: now)
  }

  // MARK: Create

  private mutating func create(
    _ request: VendorRequest, _ body: JSONValue, _ fault: BookingComFault?, _ lookupLag: Duration,
    at now: Int64
  ) throws(BookingComError) -> Int {
    guard let token = body["order_token"]?.string else { throw .missing("order_token") }
    guard let accommodation = body["accommodation"], accommodation.isObject else {
      throw .missing("accommodation")
    }
    guard let booker = body["booker"] else { throw .missing("booker") }
    guard booker["email"]?.string != nil else { throw .missing("booker.email") }
    guard booker["name"]?["last_name"]?.string != nil else { throw .missing("booker.name") }
    guard let payment = body["payment"] else { throw .missing("payment") }
    guard payment["timing"]?.string != nil else { throw .missing("payment.timing") }
    guard let stay = stays[token] else { throw .invalidToken }
    if case .tokenExpired = fault { stays[token]?.isExpired = true }
    let expired = now - stay.createdMicroseconds >= Self.tokenLifetime
    if expired || stays[token]?.isExpired == true {
      refuse(stay, .expired, "create", request, now)
      throw .expiredToken
    }
    if let order = stay.order { throw .duplicate(orders[order].reservation) }
    if let named = accommodation["products"]?.array {
      for product in named {
        guard let id = product["id"]?.identifier,
          stay.rooms.contains(where: { $0.product.id == id })
        else { throw .invalid("products", "They differ from the previewed ones.") }
      }
    }
    if case .unavailable = fault {
      refuse(stay, .unavailable, "create", request, now)
      throw .unavailable(stay.rooms[0].product.id)
    }
    for (position, room) in stay.rooms.enumerated() {
      guard inventory.hold(1, of: room.product.stock) else {
        for taken in stay.rooms[..<position] { inventory.releaseHeld(1, of: taken.product.stock) }
        refuse(stay, .unavailable, "create", request, now)
        throw .unavailable(room.product.id)
      }
    }
    for room in stay.rooms { inventory.confirm(1, of: room.product.stock) }

    var reference = ""
    var number = ""
    var pin = ""
    var salt = 0
    repeat {
      var hash = KeyedHash(seed: seed, "bookingcom.order", request.baggage, salt: salt)
      reference = hash.digits(15)
      number = hash.digits(12)
      pin = hash.digits(4)
      salt += 1
    } while book.index(reference) != nil || orderOfReservation[number] != nil
    let guests = (accommodation["products"]?.array ?? []).flatMap { $0["guests"]?.array ?? [] }
      .map { $0["name"]?.string ?? "" }
    let index = book.add(
      Reservation(
        vendor: book.vendor, reference: reference,
        clientReference: accommodation["label"]?.string ?? "", baggage: request.baggage,
        item: stay.items,
        attributes: [
          "accommodation=\(stay.accommodation)", "checkin=\(stay.checkin)",
          "checkout=\(stay.checkout)", "rooms=\(stay.rooms.count)",
          "adults=\(stay.rooms.reduce(0) { $0 + $1.adults })",
          "children=\(stay.rooms.reduce(0) { $0 + $1.children })", "reservation=\(number)",
        ],
        status: .confirmed, currency: stay.currency, priceMinor: stay.totalMinor,
        createdMicroseconds: now, people: guests))
    orders.append(
      Order(
        reservation: number, pin: pin, stay: stay, booker: booker,
        visibleFromMicroseconds: now + max(0, lookupLag.wireMicroseconds),
        updatedMicroseconds: now))
    orderOfReservation[number] = index
    stays[token]?.order = index
    return index
  }

  private func created(_ index: Int, _ requestID: String) -> HTTPReply {
    let order = orders[index]
    return Self.reply(requestID) { text in
      text.object("data") { text in
        text.field("order", book.all[index].reference)
        text.object("accommodation") { text in
          text.field("reservation", order.reservation)
          text.field("pincode", order.pin)
        }
        text.object("payment") { $0.null("receipt_url") }
      }
    }
  }

  // MARK: Cancel

  private mutating func cancel(
    _ request: VendorRequest, _ body: JSONValue, _ fault: BookingComFault?, at now: Int64
  ) throws(BookingComError) -> Int {
    let accommodation = body["accommodation"]
    let order = body["order"] ?? accommodation?["order"]
    let number = accommodation?["reservation"]
    guard body["reason"] ?? accommodation?["reason"] != nil else { throw .missing("reason") }
    var found: Int?
    if let order {
      guard let id = order.identifier, let index = book.index(id) else {
        throw .invalid("order", "It is not an order of this affiliate.")
      }
      found = index
    }
    if let number {
      guard let id = number.identifier, let index = orderOfReservation[id],
        found == nil || found == index
      else { throw .invalid("reservation", "It does not belong to the order.") }
      found = index
    }
    guard let index = found else { throw .missing("order") }
    guard book.all[index].status.isLive else { throw .notCancellable }
    if case .cancelConflict = fault { throw .notCancellable }
    if case .neverCancellable = fault { orders[index].neverCancellable = true }
    if orders[index].neverCancellable { throw .notCancellable }
    cancel(
      index, by: "caller", baggage: request.baggage,
      penaltyMinor: orders[index].stay.fee(at: now), at: now)
    agenda.remove(index)
    return index
  }

  private mutating func cancel(
    _ index: Int, by canceller: String, baggage: String?, penaltyMinor: Int64, at now: Int64
  ) {
    for room in orders[index].stay.rooms { inventory.releaseConfirmed(1, of: room.product.stock) }
    book.cancel(index, by: canceller, baggage: baggage, penaltyMinor: penaltyMinor, at: now)
    orders[index].updatedMicroseconds = now
  }

  private mutating func refuse(
    _ stay: Stay, _ reason: Refusal.Reason, _ operation: String, _ request: VendorRequest,
    _ now: Int64
  ) {
    book.refuse(
      stay.items, reason, operation: operation, baggage: request.baggage, at: now)
  }
}

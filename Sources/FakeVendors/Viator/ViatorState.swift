import HTTPService
import HTTPTypes
import Wire

/// The state of ``FakeViator`` and everything it decides, without waiting.
struct ViatorState: Sendable {
  /// What a party asks for.
  struct Party: Sendable, Hashable {
    let product: String
    let option: String
    let startTime: String
    let travelDate: String
    /// Age band and number of travellers, in the order sent.
    let mix: [Band]

    struct Band: Sendable, Hashable {
      let name: String
      let count: Int
    }

    var travelers: Int { mix.reduce(0) { $0 + $1.count } }
  }

  /// What a booking is, beside its reservation.
  struct Booking: Sendable {
    let product: FakeViator.Product
    let party: Party
    /// How and when a pending booking is decided.
    let decision: (due: Int64, confirmed: Bool)?
    var neverCancellable = false
    /// What it is called while it is undecided.
    var undecided = "PENDING"
    /// Who cancels it past the caller, and when.
    var cancellation: (due: Int64, by: String)?
  }

  /// A bookable item as a hold remembers it.
  private struct Hold: Sendable {
    let party: Party
  }

  private static let contentType = "application/json;version=2.0"
  private static let holdMinutes: Int64 = 15
  private static let rateLimit = 150

  /// Bookings, refusals and requests.
  private(set) var book = ReservationBook(vendor: "viator")
  /// Places of stocks.
  var inventory = Inventory()
  /// Pending bookings that will be decided.
  var agenda = Agenda()
  private(set) var bookings: [Booking] = []
  private(set) var products: [String: FakeViator.Product] = [:]
  /// The codes of all products, in the order in which they were put on sale.
  private(set) var productCodes: [String] = []
  private var holds: [String: Hold] = [:]
  private var window: (number: Int64, calls: Int) = (0, 0)
  private let seed: UInt64

  init(seed: UInt64) { self.seed = seed }

  /// Puts a product on sale.
  mutating func list(_ product: FakeViator.Product) {
    precondition(
      (0...100).contains(product.percentageRefundable), "a percentage of \(product.code)")
    if products.updateValue(product, forKey: product.code) == nil {
      productCodes.append(product.code)
    }
  }

  // MARK: Serving

  /// Decides the pending bookings that are due.
  mutating func settle(at now: Int64) -> Aftermath {
    var aftermath = Aftermath()
    settle(at: now, &aftermath)
    return aftermath
  }

  /// Cancels a booking as the caller's staff asks for it on the phone, free of charge; nothing when it
  /// does not stand.
  mutating func cancelAtDesk(_ reference: String, at now: Int64) -> Aftermath {
    var aftermath = Aftermath()
    settle(at: now, &aftermath)
    guard let index = book.index(reference), book.all[index].status.isLive else { return aftermath }
    let stock = bookings[index].product.stock
    if book.all[index].status == .processing {
      inventory.releaseHeld(1, of: stock)
    } else {
      inventory.releaseConfirmed(1, of: stock)
    }
    agenda.remove(index)
    // Whoever cancels by telephone is charged what was quoted.
    book.cancel(
      index, by: "desk", baggage: nil, penaltyMinor: book.all[index].quotedPenaltyMinor ?? 0,
      at: now)
    aftermath.changes.append(book.change(index))
    return aftermath
  }

  private mutating func settle(at now: Int64, _ aftermath: inout Aftermath) {
    while let (due, index) = agenda.popDue(at: now) {
      if let (_, canceller) = bookings[index].cancellation {
        guard book.all[index].status == .confirmed else { continue }
        let penalty =
          canceller == "vendor" ? 0 : book.all[index].priceMinor - refundMinor(index)
        inventory.releaseConfirmed(1, of: bookings[index].product.stock)
        book.cancel(index, by: canceller, baggage: nil, penaltyMinor: penalty, at: due)
        aftermath.changes.append(book.change(index))
        continue
      }
      let stock = bookings[index].product.stock
      if bookings[index].decision?.confirmed == true {
        inventory.confirm(1, of: stock)
        book.setStatus(.confirmed, of: index)
      } else {
        inventory.releaseHeld(1, of: stock)
        book.setStatus(.rejected, of: index)
      }
      aftermath.changes.append(book.change(index))
    }
  }

  /// Performs one authenticated call.
  mutating func serve(
    _ operation: ViatorOperation, _ request: VendorRequest, _ body: JSONValue?,
    fault: ViatorFault?, at now: Int64
  ) -> (HTTPReply, Aftermath) {
    var aftermath = Aftermath()
    settle(at: now, &aftermath)
    var effect: String?
    let refusals = book.refusals.count
    let reply: HTTPReply
    do throws(ViatorError) {
      switch (fault, operation) {
      case (.tooManyRequests, _): throw .tooManyRequests
      case (.asksToWait(let time), _): throw .wait(time)
      case (.unavailable, _): throw .unavailable
      case (.internalError(effect: true), .book), (.internalError(effect: true), .cancel): break
      case (.internalError, _): throw .internalError
      default: break
      }
      if request.method == .post {
        guard let body, body.isObject else { throw .badRequest("Malformed JSON") }
      }
      let body = body ?? .null
      let content: [UInt8]
      switch operation {
      case .search: content = try search(body)
      case .availability: content = try availability(request, body, fault, at: now)
      case .schedule(let code): content = try schedule(of: code, at: now)
      case .bulkSchedules: content = try schedules(body, at: now)
      case .hold: content = try hold(request, body, at: now)
      case .status: content = try status(body)
      case .cancelReasons: content = Self.cancelReasons
      case .cancelQuote(let reference): content = try cancelQuote(reference, fault)
      case .book:
        let result = try makeBooking(request, body, fault, at: now)
        if let made = result.made {
          effect = book.all[made].reference
          aftermath.changes.append(book.change(made))
          if let due = bookings[made].decision?.due ?? bookings[made].cancellation?.due {
            aftermath.dues.append(due)
            aftermath.follower = agenda.follower
          }
        }
        if case .internalError = fault { throw .internalError }
        content = result.content
      case .cancel(let reference):
        let result = try cancel(reference, request, body, fault, at: now)
        if let cancelled = result.cancelled { aftermath.changes.append(book.change(cancelled)) }
        if case .internalError = fault { throw .internalError }
        content = result.content
      }
      reply = dress(
        HTTPReply(status: .ok, contentType: Self.contentType, body: content), request, now)
    } catch {
      reply = refusal(error, request, at: now)
      if [.availability, .hold, .book].contains(operation) {
        book.refuseMistake(
          status: error.status, since: refusals, operation: operation.name,
          baggage: request.baggage, at: now)
      }
    }
    if operation == .book {
      book.note(
        ServedRequest(
          operation: "book", baggage: request.baggage,
          handle: body?["partnerBookingRef"]?.string ?? "",
          status: reply.response.status.code, effect: effect, atMicroseconds: now))
    }
    return (reply, aftermath)
  }

  /// Returns an error as an HTTP reply.
  mutating func refusal(
    _ error: ViatorError, _ request: VendorRequest, at now: Int64
  ) -> HTTPReply {
    let tracking = trackingID(request, now)
    let content = JSONWriter.object { text in
      text.field("code", error.code)
      text.field("message", error.message)
      text.field("timestamp", WireTime.milliseconds(now) + "Z")
      text.field("trackingId", tracking)
    }
    var reply = dress(
      HTTPReply(
        status: HTTPResponse.Status(code: error.status), contentType: Self.contentType,
        body: content), request, now)
    if let seconds = error.retryAfter {
      reply.response.headerFields[VendorField.retryAfter] = String(seconds)
    }
    return reply
  }

  private func trackingID(_ request: VendorRequest, _ now: Int64) -> String {
    var hash = KeyedHash(
      seed: seed, "viator.request", request.baggage, salt: Int(truncatingIfNeeded: now))
    return hash.characters(32, of: KeyedHash.hexadecimal)
  }

  /// Adds the headers that every answer has.
  private mutating func dress(
    _ reply: HTTPReply, _ request: VendorRequest, _ now: Int64
  ) -> HTTPReply {
    let seconds = now / WireTime.second
    if window.number != seconds / 10 { window = (seconds / 10, 0) }
    window.calls += 1
    var reply = reply
    reply.response.headerFields[VendorField.uniqueID] = trackingID(request, now)
    reply.response.headerFields[VendorField.rateLimit] = String(Self.rateLimit)
    reply.response.headerFields[VendorField.rateRemaining] = String(
      max(0, Self.rateLimit - window.calls))
    reply.response.headerFields[VendorField.rateReset] = String(10 - seconds % 10)
    return reply
  }

  // MARK: Availability and hold

  private mutating func availability(
    _ request: VendorRequest, _ body: JSONValue, _ fault: ViatorFault?, at now: Int64
  ) throws(ViatorError) -> [UInt8] {
    let (product, party) = try asked(body)
    var soldOut = product.gone || inventory.available(product.stock) < 1
    if case .soldOut = fault { soldOut = true }
    var odd: OddPrice?
    if case .oddPrice(let price) = fault, !soldOut {
      odd = price
      book.refuse(
        product.code, .priceChanged, operation: "availability", baggage: request.baggage, at: now)
    }
    if soldOut {
      book.refuse(
        product.code, .unavailable, operation: "availability", baggage: request.baggage, at: now)
    }
    return JSONWriter.object { text in
      text.field(
        "currency", odd?.told(product.totalMinor, product.currency).currency ?? product.currency)
      text.field("productCode", product.code)
      text.field("travelDate", party.travelDate)
      text.array("bookableItems") { text in
        text.object { text in
          if !party.option.isEmpty { text.field("productOptionCode", party.option) }
          if !party.startTime.isEmpty { text.field("startTime", party.startTime) }
          text.field("available", !soldOut)
          if soldOut {
            text.field("unavailableReason", "SOLD_OUT")
          } else {
            Self.writePrice(product, party, odd: odd, to: &text)
          }
        }
      }
    }
  }

  private mutating func hold(
    _ request: VendorRequest, _ body: JSONValue, at now: Int64
  ) throws(ViatorError) -> [UInt8] {
    let (product, party) = try asked(body)
    let reference = newReference(request)
    holds[reference] = Hold(party: party)
    let until = WireTime.seconds(now + Self.holdMinutes * WireTime.minute) + "Z"
    return JSONWriter.object { text in
      text.field("bookingRef", reference)
      text.object("bookingHoldInfo") { text in
        text.object("availability") { $0.field("status", "HOLD_NOT_PROVIDED") }
        text.object("pricing") { text in
          text.field("status", "HOLDING")
          text.field("validUntil", until)
        }
      }
      text.field("currency", product.currency)
      Self.writePrice(product, party, to: &text)
    }
  }

  private func asked(
    _ body: JSONValue
  ) throws(ViatorError) -> (FakeViator.Product, Party) {
    guard let code = body["productCode"]?.string else { throw .missing("productCode") }
    guard let date = body["travelDate"]?.string else { throw .missing("travelDate") }
    guard date.utf8.count == 10, WireTime.parse(date) != nil else {
      throw .badRequest("Invalid travelDate")
    }
    guard let currency = body["currency"]?.string else { throw .missing("currency") }
    guard let mix = body["paxMix"]?.array, !mix.isEmpty else { throw .missing("paxMix") }
    var bands: [Party.Band] = []
    for band in mix {
      guard let name = band["ageBand"]?.string, let count = band["numberOfTravelers"]?.integer,
        count > 0
      else { throw .badRequest("Invalid paxMix") }
      bands.append(Party.Band(name: name, count: count))
    }
    guard let product = products[code] else { throw .notFound("Product \(code) not found") }
    guard currency == product.currency else {
      throw .badRequest("Currency \(currency) is not supported for \(code)")
    }
    let party = Party(
      product: code, option: body["productOptionCode"]?.string ?? "",
      startTime: body["startTime"]?.string ?? "", travelDate: date, mix: bands)
    return (product, party)
  }

  /// Returns a reference that no booking and no hold has.
  private func newReference(_ request: VendorRequest) -> String {
    var reference = ""
    var salt = 0
    repeat {
      var hash = KeyedHash(seed: seed, "viator.booking", request.baggage, salt: salt)
      reference = "BR-" + hash.digits(13)
      salt += 1
    } while book.index(reference) != nil || holds[reference] != nil
    return reference
  }

  // MARK: Book and status

  private mutating func makeBooking(
    _ request: VendorRequest, _ body: JSONValue, _ fault: ViatorFault?, at now: Int64
  ) throws(ViatorError) -> (content: [UInt8], made: Int?) {
    let (product, party) = try asked(body)
    guard let clientReference = body["partnerBookingRef"]?.string, !clientReference.isEmpty else {
      throw .missing("partnerBookingRef")
    }
    guard clientReference.utf8.count <= 100 else { throw .badRequest("Invalid partnerBookingRef") }
    guard let firstName = body["bookerInfo"]?["firstName"]?.string,
      let lastName = body["bookerInfo"]?["lastName"]?.string
    else { throw .missing("bookerInfo") }
    guard body["communication"]?["phone"]?.string != nil else {
      throw .missing("communication.phone")
    }
    if let index = book.indices(clientReference: clientReference).first {
      if bookings[index].party == party { return (describe(index), nil) }
      return (Self.rejection("DUPLICATE_BOOKING", clientReference), nil)
    }
    var reference: String?
    if let held = body["bookingRef"]?.string {
      guard let hold = holds[held], hold.party == party else {
        throw .badRequest("Invalid bookingRef")
      }
      holds[held] = nil
      reference = held
    }

    var status = Reservation.Status.confirmed
    var decision: (due: Int64, confirmed: Bool)?
    if case .pending(let after, let confirmed) = fault {
      status = .processing
      decision = (now + max(0, after.wireMicroseconds), confirmed)
    }
    var undecided = "PENDING"
    if case .onHold(let word) = fault {
      status = .processing
      undecided = word
    }
    var accepted = !product.gone
    if case .rejected = fault { accepted = false }
    if accepted { accepted = inventory.hold(1, of: product.stock) }
    if !accepted {
      status = .rejected
      decision = nil
      book.refuse(product.code, .unavailable, operation: "book", baggage: request.baggage, at: now)
    } else if status == .confirmed {
      inventory.confirm(1, of: product.stock)
    }
    let index = book.add(
      Reservation(
        vendor: book.vendor, reference: reference ?? newReference(request),
        clientReference: clientReference, baggage: request.baggage, item: product.code,
        attributes: [
          "travelDate=\(party.travelDate)", "startTime=\(party.startTime)",
          "productOptionCode=\(party.option)", "travelers=\(party.travelers)",
          "paxMix=\(party.mix.map { "\($0.name):\($0.count)" }.joined(separator: ","))",
        ],
        status: status, currency: product.currency, priceMinor: product.totalMinor,
        createdMicroseconds: now, people: ["\(firstName) \(lastName)"]))
    var cancellation: (due: Int64, by: String)?
    switch fault {
    case .cancelledBySupplier(let after) where status == .confirmed:
      cancellation = (now + max(0, after.wireMicroseconds), "vendor")
    case .cancelledByTraveller(let after) where status == .confirmed:
      cancellation = (now + max(0, after.wireMicroseconds), "traveller")
    default: break
    }
    bookings.append(
      Booking(
        product: product, party: party, decision: decision, undecided: undecided,
        cancellation: cancellation))
    if let due = decision?.due ?? cancellation?.due { agenda.add(index, due: due) }
    return (describe(index), index)
  }

  private func status(_ body: JSONValue) throws(ViatorError) -> [UInt8] {
    if let reference = body["bookingRef"]?.string {
      guard let index = book.index(reference) else { throw .notFound("Booking not found") }
      return describe(index)
    }
    guard let reference = body["partnerBookingRef"]?.string else {
      throw .missing("bookingRef or partnerBookingRef")
    }
    guard let index = book.indices(clientReference: reference).first else {
      throw .notFound("Booking not found")
    }
    return describe(index)
  }

  // MARK: Cancel

  private func refundMinor(_ index: Int) -> Int64 {
    let booking = bookings[index]
    guard book.all[index].status == .confirmed else { return book.all[index].priceMinor }
    return WireMoney.percent(booking.product.percentageRefundable, of: book.all[index].priceMinor)
  }

  private func find(_ reference: String) throws(ViatorError) -> Int {
    guard let index = book.index(reference), book.all[index].status != .rejected else {
      throw .notFound("Booking not found")
    }
    return index
  }

  private mutating func cancelQuote(
    _ reference: String, _ fault: ViatorFault?
  ) throws(ViatorError) -> [UInt8] {
    let index = try find(reference)
    let reservation = book.all[index]
    let cancelled = reservation.status == .cancelled
    let refund =
      cancelled
      ? reservation.priceMinor - reservation.penaltyMinor : refundMinor(index)
    if !cancelled { book.noteQuote(index, penaltyMinor: reservation.priceMinor - refund) }
    return JSONWriter.object { text in
      text.field("bookingId", reference)
      if cancelled {
        text.field("status", "CANCELLED")
      } else {
        text.field("status", bookings[index].neverCancellable ? "NOT_CANCELLABLE" : "CANCELLABLE")
      }
      text.object("refundDetails") { text in
        // Six times the figures, in another currency with as many digits: no rounding comes between.
        var (told, factor) = (reservation.currency, Int64(1))
        if case .quoteConverted = fault {
          (told, factor) = (WireMoney.another(than: reservation.currency), 6)
        }
        text.number("itemPrice", WireMoney.text(reservation.priceMinor * factor, told))
        text.number("refundAmount", WireMoney.text(refund * factor, told))
        text.field(
          "refundPercentage",
          reservation.status == .processing ? 100 : bookings[index].product.percentageRefundable)
        text.field("currencyCode", told)
      }
    }
  }

  private mutating func cancel(
    _ reference: String, _ request: VendorRequest, _ body: JSONValue, _ fault: ViatorFault?,
    at now: Int64
  ) throws(ViatorError) -> (content: [UInt8], cancelled: Int?) {
    guard body["reasonCode"]?.string != nil else { throw .missing("reasonCode") }
    let index = try find(reference)
    var declined: String?
    if book.all[index].status == .cancelled {
      declined = "ALREADY_CANCELLED"
    } else {
      if case .neverCancellable = fault { bookings[index].neverCancellable = true }
      if case .cancelDeclined = fault { declined = "NOT_CANCELLABLE" }
      if bookings[index].neverCancellable { declined = "NOT_CANCELLABLE" }
    }
    if declined == nil {
      let penalty = book.all[index].priceMinor - refundMinor(index)
      let stock = bookings[index].product.stock
      if book.all[index].status == .processing {
        inventory.releaseHeld(1, of: stock)
        agenda.remove(index)
      } else {
        inventory.releaseConfirmed(1, of: stock)
      }
      book.cancel(
        index, by: "caller", baggage: request.baggage, penaltyMinor: penalty, at: now)
    }
    let content = JSONWriter.object { text in
      text.field("bookingId", reference)
      if let declined { text.field("reason", declined) }
      text.field("status", declined == nil ? "ACCEPTED" : "DECLINED")
    }
    return (content, declined == nil ? index : nil)
  }
}

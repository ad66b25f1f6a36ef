import HTTPService
import Wire

/// Looking orders up: the only way to find one whose creation was not answered.
extension BookingComState {
  /// Which orders are asked for.
  private struct Query {
    enum Dates { case created, updated }

    let dates: Dates
    /// Whole seconds since 1970, both included.
    let from: Int64
    let to: Int64
    var rows: Int
    /// The place of the first order that earlier pages did not show.
    var start = 0

    /// The token that names the rest of this query.
    func page(from next: Int) -> String {
      "\(dates == .created ? "c" : "u").\(from).\(to).\(rows).\(next)"
    }

    init(dates: Dates, from: Int64, to: Int64, rows: Int) {
      self.dates = dates
      self.from = from
      self.to = to
      self.rows = rows
    }

    init?(page: String) {
      let parts = page.split(separator: ".")
      guard parts.count == 5, parts[0] == "c" || parts[0] == "u", let from = Int64(parts[1]),
        let to = Int64(parts[2]), let rows = Int(parts[3]), (1...100).contains(rows),
        let start = Int(parts[4]), start >= 0
      else { return nil }
      self.init(dates: parts[0] == "c" ? .created : .updated, from: from, to: to, rows: rows)
      self.start = start
    }
  }

  /// Answers `/orders/details` and `/orders/details/accommodations`.
  mutating func details(
    _ body: JSONValue, accommodations: Bool, request: VendorRequest,
    _ fault: BookingComFault? = nil, requestID: String, at now: Int64
  ) throws(BookingComError) -> HTTPReply {
    var found: [Int] = []
    var total: Int
    var next: String?
    var others: [String] = []
    var isLocalOnly = false
    if case .localOnly = fault { isLocalOnly = true }
    if let ids = body["orders"] {
      others = (ids.array ?? []).compactMap(\.identifier).filter { strangers[$0] != nil }
      found = try named(ids, "orders") { book.index($0) }
      total = found.count
    } else if let ids = body["reservations"] {
      found = try named(ids, "reservations") { order(ofReservation: $0) }
      total = found.count
    } else {
      var query = try query(body)
      query.rows = min(query.rows, pageSize)
      if case .alikeLabels = fault { others = showStrangers(request.baggage) }
      total = 0
      for index in candidates(query) where matches(index, query, at: now) {
        total += 1
        guard index >= query.start else { continue }
        if found.count < query.rows {
          found.append(index)
        } else if next == nil {
          next = query.page(from: index)
        }
      }
    }
    if !accommodations {
      for index in found where orders[index].entry == nil {
        orders[index].entry = Self.entry(orders[index], book.all[index])
      }
    }
    return Self.reply(requestID, capacity: 512 + found.count * 768) { text in
      text.array("data") { text in
        for id in others { writeStranger(id, accommodations: accommodations, to: &text) }
        for index in found {
          if !accommodations, let entry = orders[index].entry {
            text.written(entry)
          } else {
            Self.writeAccommodation(
              orders[index], book.all[index], isLocalOnly: isLocalOnly, to: &text)
          }
        }
      }
      text.object("metadata") { text in
        if let next { text.field("next_page", next) } else { text.null("next_page") }
        text.field("total_results", total)
      }
    }
  }

  /// Invents the orders of another program of the same affiliate: with labels that begin, end or go on as
  /// those of the booking that looks.
  private mutating func showStrangers(_ baggage: String) -> [String] {
    let members = baggage.split(separator: ",").map { $0.split(separator: "=") }
    let booking = members.first { $0.count == 2 && $0[0] == "booking" }.map { String($0[1]) } ?? ""
    let labels = [
      booking, "\(booking)0:hotel:1", "x\(booking):hotel:1", "\(booking):hotel:10",
      "\(booking):hotel:1-old", "\(booking):activity-1:1", booking.uppercased() + ":hotel:1",
    ]
    return labels.enumerated().map { position, label in
      let id = "9\(position)\(booking.utf8.reduce(0) { ($0 * 31 + Int($1)) % 10_000_019 })"
      strangers[id] = label
      return id
    }
  }

  /// Writes an order of others.
  private func writeStranger(_ id: String, accommodations: Bool, to text: inout JSONWriter) {
    text.object { text in
      text.field("id", id)
      text.field("status", "booked")
      text.field("label", strangers[id] ?? "")
      if accommodations { text.field("reservation", "8\(id)") }
    }
  }

  private func named(
    _ ids: JSONValue, _ name: String, _ find: (String) -> Int?
  ) throws(BookingComError) -> [Int] {
    guard let ids = ids.array, !ids.isEmpty, ids.count <= 100 else {
      throw .invalid(name, "Expected 1 to 100 ids.")
    }
    var found: [Int] = []
    for id in ids {
      guard let id = id.identifier else { throw .invalid(name, "An id is a string.") }
      if let index = find(id) { found.append(index) }
    }
    return found
  }

  private func query(_ body: JSONValue) throws(BookingComError) -> Query {
    if let page = body["page"] {
      guard let query = page.string.flatMap({ Query(page: $0) }) else {
        throw .invalid("page", "It is not a token of an earlier answer.")
      }
      return query
    }
    let dates: Query.Dates = body["created"] != nil ? .created : .updated
    guard let range = body["created"] ?? body["updated"] else {
      throw BookingComError(
        status: 400, id: "missing_parameter",
        message: "One of the following parameters is missing: 'orders', 'reservations', "
          + "'created', 'updated' and 'page'.")
    }
    func moment(_ name: String) throws(BookingComError) -> Int64 {
      guard let text = range[name]?.string else { throw .missing(name) }
      guard let moment = WireTime.parse(text) else {
        throw .invalid(name, "Expected a date or a date and time.")
      }
      // A date alone means the whole day.
      let wholeDay = name == "to" && text.utf8.count == 10
      return (moment + (wholeDay ? WireTime.day - 1 : 0)) / WireTime.second
    }
    let from = try moment("from")
    let to = try moment("to")
    guard from <= to else { throw .invalid("to", "It is before 'from'.") }
    guard to - from <= 7 * 86_400 else { throw .invalid("to", "The range exceeds 7 days.") }
    var rows = 100
    if let asked = body["rows"] ?? body["maximum_results"] {
      guard let value = asked.integer, (1...100).contains(value) else {
        throw .invalid("rows", "Expected 1 to 100.")
      }
      rows = value
    }
    return Query(dates: dates, from: from, to: to, rows: rows)
  }

  /// Returns the places among which all matches are. O(log n) for creation times, which never fall.
  private func candidates(_ query: Query) -> Range<Int> {
    guard query.dates == .created else { return orders.indices }
    func firstPlace(createdFrom second: Int64) -> Int {
      var low = 0
      var high = orders.count
      while low < high {
        let middle = (low + high) / 2
        if book.all[middle].createdMicroseconds / WireTime.second < second {
          low = middle + 1
        } else {
          high = middle
        }
      }
      return low
    }
    return firstPlace(createdFrom: query.from)..<firstPlace(createdFrom: query.to + 1)
  }

  private func matches(_ index: Int, _ query: Query, at now: Int64) -> Bool {
    guard now >= orders[index].visibleFromMicroseconds else { return false }
    let moment =
      switch query.dates {
      case .created: book.all[index].createdMicroseconds
      case .updated: orders[index].updatedMicroseconds
      }
    return (query.from...query.to).contains(moment / WireTime.second)
  }

  // MARK: Writing

  private static func status(_ reservation: Reservation) -> String {
    if reservation.status.isLive { return "booked" }
    return switch reservation.cancelledBy {
    case "vendor": "cancelled_by_accommodation"
    case "traveller": "cancelled_by_guest"
    default: "cancelled"
    }
  }

  /// Returns what a page of orders says of one.
  private static func entry(_ order: Order, _ reservation: Reservation) -> [UInt8] {
    let status = status(reservation)
    return JSONWriter.object { text in
      text.field("id", reservation.reference)
      text.field("status", status)
      text.field("label", reservation.clientReference)
      text.field("created", moment(reservation.createdMicroseconds))
      text.field("updated", moment(order.updatedMicroseconds))
      text.field("booker", order.booker)
      let prices = order.stay.prices
      prices.writeCurrency(to: &text)
      text.object("price") { prices.write("total", reservation.priceMinor, to: &$0) }
      text.object("accommodations") { text in
        text.field("reservation", order.reservation)
        text.field("label", reservation.clientReference)
        text.field("status", status)
      }
    }
  }

  private static func writeAccommodation(
    _ order: Order, _ reservation: Reservation, isLocalOnly: Bool, to text: inout JSONWriter
  ) {
    let status = status(reservation)
    text.object { text in
      text.field("id", reservation.reference)
      text.field("reservation", order.reservation)
      text.field("pin_code", order.pin)
      text.field("label", reservation.clientReference)
      text.field("status", status)
      text.field("accommodation", order.stay.accommodation)
      text.field("checkin", order.stay.checkin)
      text.field("checkout", order.stay.checkout)
      text.field("created", moment(reservation.createdMicroseconds))
      text.field("updated", moment(order.updatedMicroseconds))
      var prices = order.stay.prices
      prices.isLocalOnly = isLocalOnly
      prices.writeCurrency(to: &text)
      text.object("price") { prices.write("total", reservation.priceMinor, to: &$0) }
      if let cancelled = reservation.cancelledMicroseconds {
        text.object("cancellation_details") { text in
          text.field("at", moment(cancelled))
          prices.write("fee", reservation.penaltyMinor, to: &text)
          prices.write("original_total_price", reservation.priceMinor, to: &text)
        }
      } else {
        text.null("cancellation_details")
      }
      text.array("products") { text in
        for room in order.stay.rooms {
          text.object { text in
            text.field("id", room.product.id)
            text.field("status", status)
            text.object("allocation") { text in
              text.field("number_of_adults", room.adults)
              text.field("number_of_children", room.children)
            }
            text.object("price") { text in
              prices.write("total", room.priceMinor, to: &text)
            }
          }
        }
      }
    }
  }

  private static func moment(_ microseconds: Int64) -> String {
    WireTime.seconds(microseconds) + "+00:00"
  }

  private static func writeAmounts(_ name: String, _ digits: String, to text: inout JSONWriter) {
    text.object(name) { text in
      text.number("accommodation_currency", digits)
      text.number("booker_currency", digits)
    }
  }

  /// Writes the price of a preview, in which nothing is charged beside the base price.
  static func writePrice(_ digits: String, to text: inout JSONWriter) {
    text.object("price") { text in
      writeAmounts("base", digits, to: &text)
      text.array("charges") { _ in }
      writeAmounts("chargeable_online", digits, to: &text)
      writeAmounts("display", digits, to: &text)
      writeAmounts("total", digits, to: &text)
    }
  }

  /// Writes a product of a preview with its fee schedule, or of a search with how many there are.
  static func write(_ room: Room, available: Int? = nil, to text: inout JSONWriter) {
    let prices = Prices(currency: room.product.currency, local: room.product.local)
    text.object { text in
      text.field("id", room.product.id)
      if let available { text.field("number_available", available) }
      text.object("policies") { text in
        text.array("cancellation") { text in
          text.object { text in
            text.field("from", "now")
            prices.write("price", 0, to: &text)
          }
          for fee in room.product.fees {
            text.object { text in
              text.field("from", moment(fee.fromMicroseconds))
              prices.write("price", min(fee.minor, room.priceMinor), to: &text)
            }
          }
        }
        text.object("meal_plan") { text in
          text.array("meals") { _ in }
          text.field("plan", "no_plan")
        }
      }
      prices.writePrice(room.priceMinor, to: &text)
    }
  }
}

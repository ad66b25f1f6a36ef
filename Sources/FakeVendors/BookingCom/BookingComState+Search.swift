import HTTPService
import Wire

/// Accommodation search and availability: what is on sale, before an order is previewed.
///
/// Source: the guides of the Demand API 3.2 (developers.booking.com/demand/docs: "Accommodation quick
/// guide", "Migrating to v3.2" of search and availability): the required members `booker`,
/// `checkin`, `checkout` and `guests`, one location at least, `data` as a list of accommodations, the
/// cheapest product of each in a search, `currency` and prices in two currencies,
/// `number_available`, `metadata.next_page` and `total_results`. Limits and messages are (U).
extension BookingComState {
  /// The members that say where to look. The fake's accommodations are nowhere in particular: all but
  /// `accommodations` are accepted and find everything.
  private static let places = [
    "accommodations", "airport", "city", "coordinates", "country", "district", "landmark", "region",
  ]

  /// What both requests say.
  private struct Wish {
    /// The accommodations wanted; nil for all.
    let accommodations: [Int]?
    let currency: String?
    let rooms: Int
    let adults: Int
    let children: Int
  }

  /// Answers a search: the cheapest product of each accommodation that has rooms.
  func search(_ body: JSONValue, _ requestID: String, at now: Int64) throws(BookingComError)
    -> HTTPReply
  {
    guard Self.places.contains(where: { body[$0] != nil }) else {
      throw .missing(Self.places.joined(separator: "|"))
    }
    let wish = try wish(body, "accommodations", at: now)
    let rows = body["rows"]?.integer ?? 100
    guard (10...100).contains(rows) else { throw .invalid("rows", "It must be 10 to 100.") }
    var start = 0
    if let page = body["page"] {
      guard let offset = page.string.flatMap({ Int($0) }), offset > 0 else {
        throw .invalid("page", "It is not one of this search.")
      }
      start = offset
    }
    var found: [[Room]] = []
    for rooms in offered(wish) {
      guard let cheapest = rooms.min(by: { $0.priceMinor < $1.priceMinor }) else { continue }
      found.append([cheapest])
    }
    if body["sort"]?["by"]?.string == "price" {
      let descending = body["sort"]?["direction"]?.string == "descending"
      // Equal prices keep the order of the catalogue.
      let order = found.enumerated().sorted { left, right in
        let (one, other) = (left.element[0].priceMinor, right.element[0].priceMinor)
        if one != other { return descending ? one > other : one < other }
        return left.offset < right.offset
      }
      found = order.map(\.element)
    }
    let shown = found.dropFirst(start).prefix(rows)
    let more = start + shown.count < found.count
    let extras = body["extras"]?.array?.compactMap(\.string) ?? []
    return Self.reply(requestID) { text in
      text.array("data") { text in
        for rooms in shown {
          write(rooms, wish, products: extras.contains("products"), to: &text)
        }
      }
      text.object("metadata") { text in
        if more {
          text.field("next_page", String(start + shown.count))
        } else {
          text.null("next_page")
        }
        text.field("total_results", found.count)
      }
    }
  }

  /// Answers what accommodations have: every product with rooms.
  func availability(_ body: JSONValue, _ requestID: String, at now: Int64) throws(BookingComError)
    -> HTTPReply
  {
    // 3.1 names one accommodation, 3.2 a list.
    let name = body["accommodation"] == nil ? "accommodations" : "accommodation"
    guard body[name] != nil else { throw .missing("accommodations") }
    let wish = try wish(body, name, at: now)
    return Self.reply(requestID) { text in
      text.array("data") { text in
        for rooms in offered(wish) { write(rooms, wish, products: true, to: &text) }
      }
    }
  }

  private func wish(_ body: JSONValue, _ name: String, at now: Int64) throws(BookingComError)
    -> Wish
  {
    guard let booker = body["booker"] else { throw .missing("booker") }
    guard let country = booker["country"]?.string else { throw .missing("booker.country") }
    guard country.utf8.count == 2 else {
      throw .invalid("booker.country", "Expected two lower-case letters.")
    }
    guard let checkin = body["checkin"]?.string else { throw .missing("checkin") }
    guard let checkout = body["checkout"]?.string else { throw .missing("checkout") }
    guard WireTime.isDate(checkin) else { throw .invalid("checkin", "Expected yyyy-mm-dd.") }
    guard checkin >= WireTime.date(now) else { throw .invalid("checkin", "It is in the past.") }
    guard WireTime.isDate(checkout), let arrival = WireTime.parse(checkin),
      let departure = WireTime.parse(checkout), arrival < departure,
      departure - arrival <= 90 * WireTime.day
    else { throw .invalid("checkout", "It must be 1 to 90 days after the checkin.") }
    guard let guests = body["guests"] else { throw .missing("guests") }
    guard let adults = guests["number_of_adults"]?.integer else {
      throw .missing("guests.number_of_adults")
    }
    guard let rooms = guests["number_of_rooms"]?.integer else {
      throw .missing("guests.number_of_rooms")
    }
    guard rooms > 0, adults >= rooms else {
      throw .invalid("guests", "Every room needs an adult.")
    }
    var accommodations: [Int]?
    if let node = body[name] {
      let ids = node.array?.map(\.integer) ?? [node.integer]
      guard !ids.isEmpty, ids.count <= 100, ids.allSatisfy({ $0 != nil }) else {
        throw .invalid(name, "Expected 1 to 100 ids.")
      }
      accommodations = ids.compactMap { $0 }
    }
    return Wish(
      accommodations: accommodations, currency: body["currency"]?.string, rooms: rooms,
      adults: adults, children: guests["children"]?.array?.count ?? 0)
  }

  /// Returns what fits, by accommodation, in the order in which it was put on sale.
  private func offered(_ wish: Wish) -> [[Room]] {
    var found: [[Room]] = []
    for id in productIDs {
      guard let product = products[id], !product.gone,
        wish.accommodations?.contains(product.accommodation) ?? true,
        wish.currency == nil || wish.currency == product.currency,
        inventory.available(product.stock) >= wish.rooms
      else { continue }
      let room = Room(
        product: product, priceMinor: product.totalMinor, adults: wish.adults,
        children: wish.children)
      let same = found.firstIndex {
        $0[0].product.accommodation == product.accommodation
          && $0[0].product.currency == product.currency
      }
      if let same { found[same].append(room) } else { found.append([room]) }
    }
    return found
  }

  private func write(
    _ rooms: [Room], _ wish: Wish, products: Bool, to text: inout JSONWriter
  ) {
    let first = rooms[0]
    text.object { text in
      text.field("id", first.product.accommodation)
      text.object("currency") { text in
        text.field("accommodation", first.product.currency)
        text.field("booker", first.product.currency)
      }
      let cheapest = rooms.reduce(first.priceMinor) { min($0, $1.priceMinor) }
      Self.writePrice(
        WireMoney.text(cheapest * Int64(wish.rooms), first.product.currency), to: &text)
      if products {
        text.array("products") { text in
          for room in rooms {
            Self.write(room, available: inventory.available(room.product.stock), to: &text)
          }
        }
      }
    }
  }
}

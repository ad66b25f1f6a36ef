import HTTPService
import HTTPTypes
import Wire

/// Flight Offers Search: which offers are found for a party, and what they cost it.
extension AmadeusState {
  /// Answers a search from what is on sale.
  ///
  /// An offer on sale is found as it is by the party it was made for (that many adults), and by any
  /// other party as an offer of its own at the same fare per adult. There and back is an offer of its
  /// own too, of two that are on sale in one currency, at the sum of their fares. Ids depend on offers
  /// and party only, so a search that is repeated finds the same offers. Nothing is drawn and no seat
  /// is taken.
  mutating func search(_ query: AmadeusQuery, at now: Int64) -> HTTPReply {
    var found: [Int] = []
    // Searches add listings; what they add is found by nobody else.
    for there in 0..<listings.count where !query.isOdd {
      guard found.count < query.maximum else { break }
      guard fits(there, query, from: query.origin, to: query.destination, on: query.date, at: now)
      else { continue }
      guard let date = query.returnDate else {
        if let match = match(there, nil, query) { found.append(match) }
        continue
      }
      for back in 0..<listings.count {
        guard found.count < query.maximum else { break }
        guard fits(back, query, from: query.destination, to: query.origin, on: date, at: now),
          listings[back].offer.currency == listings[there].offer.currency
        else { continue }
        if let match = match(there, back, query) { found.append(match) }
      }
    }
    let body = JSONWriter.object { text in
      text.object("meta") { $0.field("count", found.count) }
      text.array("data") { text in
        for index in found { write(index, shift: .init(), to: &text) }
      }
      if let first = found.first {
        text.object("dictionaries") { text in
          text.object("locations") { text in
            for code in [query.origin, query.destination] {
              text.object(code) { $0.field("cityCode", code) }
            }
          }
          text.object("aircraft") { $0.field("320", "AIRBUS A320") }
          text.object("currencies") { text in
            let currency = query.currency ?? listings[first].offer.currency
            text.field(currency, currency)
          }
          text.object("carriers") { text in
            var told: [String] = []
            for index in found {
              let listing = listings[index]
              let flights = [listing.flight] + (listing.back.map { [$0.flight] } ?? [])
              for flight in flights where !told.contains(flight.carrier) {
                told.append(flight.carrier)
                text.field(flight.carrier, flight.carrier)
              }
            }
          }
        }
      }
    }
    return HTTPReply(status: .ok, contentType: Self.contentType, body: body)
  }

  /// Whether an offer on sale is one way of what a query asks for.
  private func fits(
    _ index: Int, _ query: AmadeusQuery, from origin: String, to destination: String,
    on date: String, at now: Int64
  ) -> Bool {
    let listing = listings[index]
    let offer = listing.offer
    let flight = listing.flight
    return listing.base == nil && listingOfID[offer.id] == index && !offer.gone
      && !listing.isExpired && now <= offer.expiresMicroseconds && flight.origin == origin
      && flight.destination == destination && flight.date == date
      && (query.currency == nil || query.currency == offer.currency)
      && (query.cabin == nil || query.cabin == "ECONOMY")
      && (query.included.isEmpty || query.included.contains(flight.carrier))
      && !query.excluded.contains(flight.carrier)
      && inventory.available(offer.flight) >= query.party.seats
  }

  /// Returns the listing by which a query finds an offer, or one there and another back; nil when it
  /// is too dear.
  private mutating func match(_ there: Int, _ back: Int?, _ query: AmadeusQuery) -> Int? {
    let listing = listings[there]
    let offer = listing.offer
    let way = back.map { listings[$0] }
    func fare(_ listing: Listing) -> Int64 { listing.totalMinor / Int64(listing.offer.seats) }
    let adult = fare(listing) + (way.map(fare) ?? 0)
    if let limit = query.maxPrice {
      let limit = WireMoney.minor(String(limit), offer.currency) ?? Int64.max
      guard adult <= limit else { return nil }
    }
    if way == nil, query.party == listing.party { return there }
    let id = "\(offer.id)\(way.map { "+\($0.offer.id)" } ?? "")~\(query.party.name)"
    if let old = listingOfID[id], listings[old].base == there { return old }
    var derived = offer
    derived.id = id
    derived.seats = query.party.seats
    derived.totalMinor = query.party.total(adultMinor: adult)
    if let way {
      derived.expiresMicroseconds = min(offer.expiresMicroseconds, way.offer.expiresMicroseconds)
    }
    list(
      derived, for: query.party, base: there,
      back: way.map { Listing.Back(flight: $0.flight, stock: $0.offer.flight) })
    return listingOfID[id]
  }
}

import HTTPService
import HTTPTypes

/// Flight Offers Search: which offers are found for a party, and what they cost it.
extension AmadeusDesk {
  /// Answers a search from what is on sale.
  ///
  /// An offer on sale is found as it is by the party it was made for (that many adults), and by any
  /// other party as an offer of its own at the same fare per adult; ids depend on offer and party
  /// only, so a search that is repeated finds the same offers. Nothing is drawn and no seat is taken.
  mutating func search(_ query: AmadeusQuery, at now: Int64) -> HTTPReply {
    var found: [Int] = []
    if !query.isReturn {
      for index in listings.indices {
        guard found.count < query.maximum else { break }
        if let match = match(index, query, at: now) { found.append(match) }
      }
    }
    let body = JSONText.object { text in
      text.object("meta") { $0.field("count", found.count) }
      text.array("data") { text in
        for index in found { write(index, shift: 0, to: &text) }
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
            for index in found where !told.contains(listings[index].flight.carrier) {
              told.append(listings[index].flight.carrier)
              text.field(listings[index].flight.carrier, listings[index].flight.carrier)
            }
          }
        }
      }
    }
    return HTTPReply(status: .ok, contentType: Self.contentType, body: body)
  }

  /// Returns the listing by which a query finds an offer; nil when it does not.
  private mutating func match(_ index: Int, _ query: AmadeusQuery, at now: Int64) -> Int? {
    let listing = listings[index]
    let offer = listing.offer
    let flight = listing.flight
    guard listing.base == nil, listingOfID[offer.id] == index, !offer.gone, !listing.isExpired,
      now <= offer.expiresMicroseconds, flight.origin == query.origin,
      flight.destination == query.destination, flight.date == query.date,
      query.currency == nil || query.currency == offer.currency,
      query.cabin == nil || query.cabin == "ECONOMY",
      query.included.isEmpty || query.included.contains(flight.carrier),
      !query.excluded.contains(flight.carrier),
      inventory.available(offer.flight) >= query.party.seats
    else { return nil }
    let adult = listing.totalMinor / Int64(offer.seats)
    if let limit = query.maxPrice {
      let limit = WireMoney.minor(String(limit), offer.currency) ?? Int64.max
      guard adult <= limit else { return nil }
    }
    if query.party == listing.party { return index }
    let id = "\(offer.id)~\(query.party.name)"
    if let old = listingOfID[id], listings[old].base == index { return old }
    var derived = offer
    derived.id = id
    derived.seats = query.party.seats
    derived.totalMinor = query.party.total(adultMinor: adult)
    list(derived, for: query.party, base: index)
    return listingOfID[id]
  }
}

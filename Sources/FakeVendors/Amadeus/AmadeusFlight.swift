import Wire

/// A flight's schedule as it stands in offers and orders, made up from its name.
struct AmadeusFlight: Sendable {
  /// IATA code of the airline.
  let carrier: String
  private let number: String
  /// IATA code of the airport that it leaves from.
  let origin: String
  /// IATA code of the airport that it goes to.
  let destination: String
  private let departure: Int64
  private let length: Int64

  /// Derives the schedule from the flight's name; flights leave 30 to 89 days after their offer
  /// expires, unless the offer says where and when.
  init(_ offer: FakeAmadeus.Offer, seed: UInt64) {
    var hash = KeyedHash(seed: seed, "amadeus.flight", offer.flight)
    let carriers = ["AF", "BA", "IB", "KL", "LH", "LX", "OS", "TP"]
    let airports = ["AMS", "CDG", "FRA", "JFK", "LHR", "LIS", "MAD", "NRT", "SIN", "VIE", "ZRH"]
    carrier = carriers[hash.below(carriers.count)]
    number = hash.digits(4)
    let from = hash.below(airports.count)
    let to = (from + 1 + hash.below(airports.count - 1)) % airports.count
    let day = Self.day(offer.expiresMicroseconds) + 30 + Int64(hash.below(60))
    let minutes = Int64(300 + hash.below(900))
    origin = offer.route?.origin ?? airports[from]
    destination = offer.route?.destination ?? airports[to]
    departure = offer.route?.departureMicroseconds ?? day * WireTime.day + minutes * WireTime.minute
    length = Int64(60 + hash.below(780))
  }

  /// Derives the way back of a flight from its name: a week after it.
  init(returning there: AmadeusFlight, named name: String, seed: UInt64) {
    var hash = KeyedHash(seed: seed, "amadeus.flight", name)
    carrier = there.carrier
    number = hash.digits(4)
    origin = there.destination
    destination = there.origin
    departure =
      (WireTime.days(there.departure) + 7) * WireTime.day
      + Int64(300 + hash.below(900)) * WireTime.minute
    length = there.length
  }

  /// By how many minutes the flights of a journey have moved.
  struct Shift: Sendable {
    var there: Int64 = 0
    var back: Int64 = 0
  }

  /// The day of a moment, between 1970 and 2079: offers may be said to expire never.
  private static func day(_ microseconds: Int64) -> Int64 {
    min(max(WireTime.days(microseconds), 0), 40_000)
  }

  /// The day on which it leaves by its first schedule, as `YYYY-MM-DD`.
  var date: String { WireTime.date(departure) }

  /// When it leaves by its first schedule, as `key=value` of a reservation.
  var attribute: String { "departure=\(WireTime.seconds(departure))" }

  /// Writes a `flight-offer`; `shift` moves its departures and arrivals.
  func write(
    _ offer: FakeAmadeus.Offer, back: AmadeusFlight? = nil, for party: AmadeusParty,
    totalMinor: Int64, odd: OddPrice? = nil, bookable: Int, shift: Shift,
    to text: inout JSONWriter
  ) {
    let legs = [self] + (back.map { [$0] } ?? [])
    let currency = offer.currency
    let told: (digits: String, currency: String) =
      odd?.told(totalMinor, currency) ?? (WireMoney.text(totalMinor, currency), currency)
    let base = WireMoney.text(WireMoney.percent(85, of: totalMinor), currency)
    let lastDay = WireTime.date(Self.day(offer.expiresMicroseconds) * WireTime.day)
    text.object { text in
      text.field("type", "flight-offer")
      text.field("id", offer.id)
      text.field("source", "GDS")
      text.field("instantTicketingRequired", false)
      text.field("nonHomogeneous", false)
      text.field("oneWay", false)
      text.field("lastTicketingDate", lastDay)
      text.field("numberOfBookableSeats", max(1, min(9, bookable)))
      text.array("itineraries") { text in
        for (position, leg) in legs.enumerated() {
          leg.write(
            itinerary: position + 1, shift: position == 0 ? shift.there : shift.back, to: &text)
        }
      }
      text.object("price") { text in
        text.field("currency", told.currency)
        text.field("total", told.digits)
        text.field("base", base)
        text.array("fees") { text in
          text.object { text in
            text.field("amount", WireMoney.text(0, currency))
            text.field("type", "SUPPLIER")
          }
        }
        text.field("grandTotal", told.digits)
      }
      text.object("pricingOptions") { text in
        text.array("fareType") { $0.value("PUBLISHED") }
        text.field("includedCheckedBagsOnly", true)
      }
      text.array("validatingAirlineCodes") { $0.value(carrier) }
      text.array("travelerPricings") { text in
        for (traveler, share) in zip(party.members, party.shares(of: totalMinor)) {
          text.object { text in
            text.field("travelerId", traveler.id)
            text.field("fareOption", "STANDARD")
            text.field("travelerType", traveler.kind.rawValue)
            if let adult = traveler.adult { text.field("associatedAdultId", adult) }
            text.object("price") { text in
              text.field("currency", currency)
              text.field("total", WireMoney.text(share, currency))
              text.field("base", WireMoney.text(WireMoney.percent(85, of: share), currency))
            }
            text.array("fareDetailsBySegment") { text in
              for position in legs.indices {
                text.object { text in
                  text.field("segmentId", "\(position + 1)")
                  text.field("cabin", "ECONOMY")
                  text.field("class", "Y")
                  text.object("includedCheckedBags") { $0.field("quantity", 1) }
                }
              }
            }
          }
        }
      }
    }
  }

  /// Writes one way of a journey, a flight without stops; segments are numbered through the offer.
  private func write(itinerary number: Int, shift: Int64, to text: inout JSONWriter) {
    let duration = "PT\(length / 60)H\(length % 60)M"
    let start = departure + shift * WireTime.minute
    text.object { text in
      text.field("duration", duration)
      text.array("segments") { text in
        text.object { text in
          text.object("departure") { text in
            text.field("iataCode", origin)
            text.field("at", WireTime.seconds(start))
          }
          text.object("arrival") { text in
            text.field("iataCode", destination)
            text.field("at", WireTime.seconds(start + length * WireTime.minute))
          }
          text.field("carrierCode", carrier)
          text.field("number", self.number)
          text.object("aircraft") { $0.field("code", "320") }
          text.object("operating") { $0.field("carrierCode", carrier) }
          text.field("duration", duration)
          text.field("id", "\(number)")
          text.field("numberOfStops", 0)
          text.field("blacklistedInEU", false)
        }
      }
    }
  }
}

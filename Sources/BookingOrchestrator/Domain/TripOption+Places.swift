import Wire

/// What only itineraries need: where and when the parts of a trip are, as its places' clocks say.
///
/// Nothing is booked by it. All of it is optional, since not every search tells it.
extension TripOption {
  /// A place, and a moment there.
  public struct Stop: Sendable, Hashable, Codable {
    /// IATA code of an airport: `MAD`.
    public var code: String?
    /// What people call it.
    public var name: String?
    /// Where it is, in one line.
    public var address: String?
    /// The local time, with its offset from UTC where that is known: `2027-03-01T10:30:00+01:00`.
    public var at: String?
    /// The time zone's name: `Europe/Madrid`.
    public var zone: String?

    /// Creates it from its parts.
    public init(
      code: String? = nil, name: String? = nil, address: String? = nil, at: String? = nil,
      zone: String? = nil
    ) {
      self.code = code
      self.name = name
      self.address = address
      self.at = at
      self.zone = zone
    }

    /// The moment; nil when the stop has none, or none that can be read.
    var moment: LocalMoment? { at.flatMap { LocalMoment($0, zone: zone) } }
  }

  /// One flight without a change of planes.
  public struct Segment: Sendable, Hashable, Codable {
    public var departure: Stop
    public var arrival: Stop
    /// IATA code of the airline: `IB`.
    public var carrier: String?
    /// The flight's number, without the airline: `3166`.
    public var number: String?

    /// Creates it from its parts.
    public init(
      departure: Stop, arrival: Stop, carrier: String? = nil, number: String? = nil
    ) {
      self.departure = departure
      self.arrival = arrival
      self.carrier = carrier
      self.number = number
    }
  }
}

extension TripOption.Flight {
  /// What Amadeus says of where and when an offer flies, in a `flight-offer`.
  ///
  /// Source: Amadeus Flight Offers Search 2.x: `itineraries[].segments[]` with `departure.iataCode`
  /// and `departure.at`, which is local time without an offset.
  private struct Offered: Decodable {
    struct Way: Decodable { var segments: [Segment]? }
    struct Segment: Decodable {
      var departure: Point?
      var arrival: Point?
      var carrierCode: String?
      var number: String?
    }
    struct Point: Decodable {
      var iataCode: String?
      var at: String?
      var stop: TripOption.Stop { TripOption.Stop(code: iataCode, at: at) }
    }
    var itineraries: [Way]?
  }

  /// Where and when it flies: as the option says, or else as its offer does.
  var flown: [TripOption.Segment] {
    if let segments, !segments.isEmpty { return segments }
    // nil is an answer here: an itinerary without the flight's times is better than none.
    let ways = (try? JSONTextDecoder().decode(Offered.self, from: offer))?.itineraries ?? []
    return ways.flatMap { $0.segments ?? [] }.map { segment in
      TripOption.Segment(
        departure: segment.departure?.stop ?? .init(), arrival: segment.arrival?.stop ?? .init(),
        carrier: segment.carrierCode, number: segment.number)
    }
  }
}

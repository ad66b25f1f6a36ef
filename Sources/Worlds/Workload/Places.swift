import BookingOrchestrator
import Wire

/// Where and when the parts of simulated trips are, for their itineraries.
enum Places {
  /// Iceland's clocks are those of UTC all year.
  private static let zone = "Atlantic/Reykjavik"

  /// Where a hotel is, and from when on it takes guests.
  static func arrival(at accommodation: Int, on day: CivilDate) -> TripOption.Stop {
    TripOption.Stop(
      address: "Laugavegur \(accommodation % 180 + 1), Reykjavík", at: "\(day)T15:00:00+00:00",
      zone: zone)
  }

  /// By when its guests leave.
  static func departure(on day: CivilDate) -> TripOption.Stop {
    TripOption.Stop(at: "\(day)T11:00:00+00:00", zone: zone)
  }

  /// Where an activity begins; every second one says only where.
  static func meeting(_ index: Int, on day: CivilDate) -> TripOption.Stop {
    TripOption.Stop(
      name: "Hallgrímskirkja, door \(index + 1)",
      at: index.isMultiple(of: 2) ? "\(day)T09:30:00+00:00" : nil, zone: zone)
  }

  /// A flight's schedule as a trip generator hands it on: read from the offer, with the airports'
  /// names.
  static func segments(ofOffer offer: String) -> [TripOption.Segment]? {
    // nil is an answer here: an offer that cannot be read has no schedule to hand on.
    guard let read = try? JSONTextDecoder().decode(Offer.self, from: offer) else { return nil }
    return read.itineraries.flatMap(\.segments).map { segment in
      TripOption.Segment(
        departure: segment.departure.stop, arrival: segment.arrival.stop,
        carrier: segment.carrierCode, number: segment.number)
    }
  }

  private struct Offer: Decodable {
    struct Way: Decodable { var segments: [Segment] }
    struct Segment: Decodable {
      var departure: Point
      var arrival: Point
      var carrierCode: String
      var number: String
    }
    struct Point: Decodable {
      var iataCode: String
      var at: String
      /// The zone is not told: its rules are not for a simulation to know.
      var stop: TripOption.Stop {
        TripOption.Stop(code: iataCode, name: "Airport \(iataCode)", at: at)
      }
    }
    var itineraries: [Way]
  }
}

import Testing

@testable import BookingOrchestrator

/// Three trips: a plain one, one of ten travellers in four scripts, and one that is cancelled in part.
enum Trips {
  struct Named: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var itinerary: Itinerary
  }

  static let all = [
    Named(testDescription: "plain", itinerary: plain),
    Named(testDescription: "crowd", itinerary: crowd),
    Named(testDescription: "partly", itinerary: partly),
  ]

  static let plain = Itinerary(
    reference: "7K2QPX9D", standing: .confirmed, sentence: "The trip is confirmed.",
    travelers: ["Ada Byron", "Bo Byron"],
    parts: [
      Itinerary.Part(
        kind: .flight, standing: .booked, title: "Iberia",
        references: [.init(name: "Record locator", value: "2ZYVAL")],
        legs: [
          leg(
            "IB 3166", "Madrid-Barajas (MAD)", "2027-03-01T10:30:00+01:00", "Europe/Madrid",
            "Barcelona-El Prat (BCN)", "2027-03-01T11:45:00+01:00", "Europe/Madrid"),
          leg(
            "IB 3167", "Barcelona-El Prat (BCN)", "2027-03-05T18:00:00+01:00", "Europe/Madrid",
            "Madrid-Barajas (MAD)", "2027-03-05T19:15:00+01:00", "Europe/Madrid"),
        ], price: "EUR 600.00", key: "flight"),
      Itinerary.Part(
        kind: .hotel, standing: .booked, title: "Hotel Barcelona",
        references: [.init(name: "Confirmation", value: "5021337421")],
        legs: [
          Itinerary.Leg(
            begin: .init(
              label: "Check-in",
              moment: LocalMoment("2027-03-01T15:00:00+01:00", zone: "Europe/Madrid"),
              place: "Carrer de Mallorca 251, 08008 Barcelona"),
            end: .init(
              label: "Check-out",
              moment: LocalMoment("2027-03-05T11:00:00+01:00", zone: "Europe/Madrid"), place: ""))
        ], price: "EUR 500.00", key: "hotel"),
      Itinerary.Part(
        kind: .activity, standing: .booked, title: "Sagrada Família without the queue",
        provider: "Barcelona Walks",
        references: [.init(name: "Confirmation", value: "BR-580669678")],
        legs: [
          Itinerary.Leg(
            begin: .init(
              label: "Meeting",
              moment: LocalMoment("2027-03-02T09:15:00+01:00", zone: "Europe/Madrid"),
              place: "Plaça de Gaudí, at the pond"))
        ], price: "EUR 71.00", key: "activity-1"),
    ],
    warnings: [],
    advice: [
      "Whatever is wrong: ask the agency that booked the trip, and name booking 7K2QPX9D.",
      "Flight late or cancelled: go to the airline's counter with the record locator; if you will"
        + " arrive late at the hotel, tell it, so that your room is kept.",
      "Hotel or activity does not know you: show its confirmation number, and ask the agency before"
        + " you pay anything again.",
      "Times are those of the places' own clocks. Be at the airport two hours before departure, with"
        + " a passport or identity card in the name above.",
    ],
    prices: .init(
      sums: [.init(name: "Charged", value: "EUR 1171.00")], sentence: "EUR 1171.00 was charged."),
    version: 7, changedAt: Timestamp(microseconds: 1_795_436_926_000_000))

  /// Also ten activities, so that one page is not enough.
  static var crowd: Itinerary {
    var trip = plain
    trip.travelers = [
      "Łucja Świątek", "José María Núñez de la Peña", "Þórunn Ægisdóttir", "Дмитрий Кузнецов",
      "Елена Иванова", "محمد الفارسي", "فاطمة الزهراء", "李小龙", "王芳", "Conan O\u{2019}Neill",
    ]
    trip.parts += (2...10).map { number in
      var activity = plain.parts[2]
      activity.title = "Activity number \(number)"
      activity.references[0].value = "BR-\(580_000_000 + number)"
      activity.key = "activity-\(number)"
      return activity
    }
    return trip
  }

  static var partly: Itinerary {
    var trip = plain
    trip.sentence = "The trip is confirmed, with changes; see below."
    trip.parts[1].standing = .cancelled
    trip.parts[2].standing = .missing
    trip.parts[2].references = []
    trip.parts[0].note = "The airline changed its times; ask it for those that are missing here."
    trip.parts[0].legs[0].end?.moment = nil
    trip.warnings = [
      "The hotel was cancelled by the property; its price is refunded.",
      "Activity 1 (P1) could not be booked; its price is refunded.",
    ]
    trip.prices?.sums.append(.init(name: "Refunded", value: "EUR 571.00"))
    trip.prices?.sentence = "EUR 1171.00 was charged and EUR 571.00 of it refunded."
    return trip
  }

  private static func leg(
    _ title: String, _ from: String, _ departs: String, _ zone: String, _ to: String,
    _ arrives: String, _ there: String
  ) -> Itinerary.Leg {
    Itinerary.Leg(
      title: title,
      begin: .init(label: "Departure", moment: LocalMoment(departs, zone: zone), place: from),
      end: .init(label: "Arrival", moment: LocalMoment(arrives, zone: there), place: to))
  }
}

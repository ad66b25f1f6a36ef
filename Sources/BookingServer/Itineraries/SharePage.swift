import BookingOrchestrator
import Mustache

/// The page that a link shows: server-rendered, without scripts, for phones, screens and paper.
enum SharePage {
  /// Renders a trip.
  static func itinerary(_ itinerary: Itinerary, path: String) -> String {
    render(
      "trip",
      [
        "title": "Itinerary \(itinerary.reference)", "reference": itinerary.reference,
        "standing": itinerary.standing.word, "sentence": itinerary.sentence,
        "isStanding": itinerary.standing == .confirmed,
        "path": path, "travelers": itinerary.travelers,
        "warnings": itinerary.warnings, "hasWarnings": !itinerary.warnings.isEmpty,
        "parts": itinerary.parts.map(part), "advice": itinerary.advice,
        "prices": itinerary.prices.map(prices) as Any? ?? false,
        "changed": itinerary.changedText, "version": String(itinerary.version),
      ])
  }

  /// The page of links that show nothing. It says neither whether there was a trip nor whose.
  static let missing = render("missing", ["title": "Nothing to see here"])

  private static func part(_ part: Itinerary.Part) -> [String: Any] {
    [
      "kind": part.kind.word, "title": part.title, "standing": part.standing.word,
      "isBooked": part.standing == .booked,
      "references": part.references.map(label),
      "legs": part.legs.map { leg in
        [
          "title": leg.title as Any? ?? false,
          "stages": [leg.begin, leg.end].compactMap(\.self).map(stage),
        ] as [String: Any]
      },
      "provider": part.provider as Any? ?? false, "note": part.note as Any? ?? false,
      "price": part.price as Any? ?? false,
    ]
  }

  private static func stage(_ stage: Itinerary.Stage) -> [String: Any] {
    [
      "label": stage.label, "day": stage.moment?.dayText as Any? ?? false,
      "time": stage.moment?.timeText as Any? ?? false,
      "zone": stage.moment?.zoneText as Any? ?? false,
      "place": stage.place.isEmpty ? false as Any : stage.place,
    ]
  }

  private static func label(_ label: Itinerary.Label) -> [String: Any] {
    ["name": label.name, "value": label.value]
  }

  private static func prices(_ prices: Itinerary.Prices) -> [String: Any] {
    ["sums": prices.sums.map(label), "sentence": prices.sentence]
  }

  private static func render(_ name: String, _ values: [String: Any]) -> String {
    guard let html = library?.render(values, withTemplate: name) else {
      // The templates are constants, and a test renders each.
      preconditionFailure("the template '\(name)' cannot be rendered")
    }
    return html
  }

  private static let library: MustacheLibrary? = try? MustacheLibrary(templates: [
    "trip": MustacheTemplate(string: ShareTemplates.head + ShareTemplates.trip),
    "missing": MustacheTemplate(string: ShareTemplates.head + ShareTemplates.missing),
  ])
}

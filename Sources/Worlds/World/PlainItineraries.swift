package import BookingOrchestrator

/// Itineraries in plain words: every member of the value on a line of its own, so that the judge can
/// read whatever a renderer could show.
package struct PlainItineraries: ItineraryRenderer {
  /// Creates it.
  package init() {}

  /// The last line of every document; one without it was cut on its way.
  package static let end = "end of page"

  package func pdf(_ itinerary: Itinerary) throws(RenderingFailed) -> [UInt8] {
    Self.text(Self.lines(itinerary))
  }

  package func page(_ itinerary: Itinerary, path: String) throws(RenderingFailed) -> [UInt8] {
    Self.text(Self.lines(itinerary) + ["pdf: \(path).pdf", "calendar: \(path).ics"])
  }

  package func missingPage() throws(RenderingFailed) -> [UInt8] {
    Self.text(["there is nothing to see here"])
  }

  private static func text(_ lines: [String]) -> [UInt8] {
    Array((lines + [end]).joined(separator: "\n").utf8) + Array("\n".utf8)
  }

  private static func lines(_ itinerary: Itinerary) -> [String] {
    var lines = [
      "reference: \(itinerary.reference)", "standing: \(itinerary.standing.word)",
      "sentence: \(itinerary.sentence)", "version: \(itinerary.version)",
      "changed: \(itinerary.changedText)",
    ]
    lines += itinerary.travelers.map { "traveler: \($0)" }
    for part in itinerary.parts { lines += self.lines(part) }
    lines += itinerary.warnings.map { "warning: \($0)" }
    lines += itinerary.advice.map { "advice: \($0)" }
    if let prices = itinerary.prices {
      lines += prices.sums.map { "\($0.name): \($0.value)" } + ["money: \(prices.sentence)"]
    }
    return lines
  }

  private static func lines(_ part: Itinerary.Part) -> [String] {
    var lines = ["\(part.key): \(part.kind.word), \(part.title), \(part.standing.word)"]
    lines += part.references.map { "  \($0.name): \($0.value)" }
    if let provider = part.provider { lines.append("  provider: \(provider)") }
    if let price = part.price { lines.append("  price: \(price)") }
    if let note = part.note { lines.append("  note: \(note)") }
    for leg in part.legs {
      if let title = leg.title { lines.append("  leg: \(title)") }
      for stage in [leg.begin, leg.end].compactMap(\.self) {
        lines.append("  \(stage.label): \(stage.moment?.text ?? "unknown"), \(stage.place)")
      }
    }
    return lines
  }
}

import BookingOrchestrator

/// What stands on the pages, in the order in which it is read.
enum ItineraryText {
  /// One run of text, in one style, perhaps behind a label.
  struct Block {
    enum Style { case title, heading, body, soft, warning }
    var style = Style.body
    var label: String?
    var text: String
    /// Whether readers find it among the file's bookmarks.
    var isBookmark = false
  }

  /// Blocks that stay on one page where one page is enough for them.
  typealias Section = [Block]

  static func sections(_ itinerary: Itinerary) -> [Section] {
    var sections = [head(itinerary)]
    if !itinerary.warnings.isEmpty {
      sections.append(
        [heading("What has changed")]
          + itinerary.warnings.map { Block(style: .warning, text: $0) })
    }
    sections.append(
      [heading("Travellers")] + itinerary.travelers.map { Block(text: $0) })
    sections += itinerary.parts.map(part)
    if let prices = itinerary.prices { sections.append(money(prices)) }
    sections.append(
      [heading("When something is wrong")] + itinerary.advice.map { Block(text: $0) })
    return sections
  }

  private static func heading(_ text: String) -> Block {
    Block(style: .heading, text: text, isBookmark: true)
  }

  private static func head(_ itinerary: Itinerary) -> Section {
    [
      Block(style: .title, text: "Itinerary \(itinerary.reference)", isBookmark: true),
      Block(text: itinerary.sentence),
      Block(
        style: .soft,
        text: "As the booking stood on \(itinerary.changedText), version \(itinerary.version)."),
    ]
  }

  private static func part(_ part: Itinerary.Part) -> Section {
    var blocks = [heading("\(part.kind.word): \(part.title)")]
    blocks.append(
      Block(
        style: part.standing == .booked ? .body : .warning, label: "Status",
        text: part.standing.word))
    blocks += part.references.map { Block(label: $0.name, text: $0.value) }
    for leg in part.legs {
      if let title = leg.title { blocks.append(Block(label: "Flight", text: title)) }
      for stage in [leg.begin, leg.end].compactMap(\.self) {
        let words = [stage.moment?.text ?? "", stage.place].filter { !$0.isEmpty }
        guard !words.isEmpty else { continue }
        blocks.append(Block(label: stage.label, text: words.joined(separator: ", ")))
      }
    }
    if let provider = part.provider { blocks.append(Block(label: "Provided by", text: provider)) }
    if let price = part.price { blocks.append(Block(label: "Price", text: price)) }
    if let note = part.note { blocks.append(Block(style: .warning, text: note)) }
    return blocks
  }

  private static func money(_ prices: Itinerary.Prices) -> Section {
    [heading("Price")] + prices.sums.map { Block(label: $0.name, text: $0.value) }
      + [Block(style: .soft, text: prices.sentence)]
  }
}

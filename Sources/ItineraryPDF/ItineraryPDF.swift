/// Draws itineraries as PDF with Pango, which sets text in any script, and Cairo, which writes the file.
///
/// The text is real: it can be searched, selected and read aloud in the order of the page. The same
/// itinerary gives the same bytes on a machine with the same fonts: nothing is taken from the clock.
package import BookingOrchestrator
import CPangoCairo

/// Draws itineraries on pages of A4.
package enum ItineraryPDF {
  /// Returns the file.
  package static func draw(_ itinerary: Itinerary) throws(RenderingFailed) -> [UInt8] {
    let sheet = try PDFSheet(
      title: "Itinerary \(itinerary.reference)",
      subject: "\(itinerary.standing.word), version \(itinerary.version)",
      at: itinerary.changedAt)
    let pages = sheet.paginate(ItineraryText.sections(itinerary))
    for (index, page) in pages.enumerated() {
      sheet.draw(page, number: index + 1)
      sheet.drawFoot("Booking \(itinerary.reference), page \(index + 1) of \(pages.count)")
      sheet.endPage()
    }
    return try sheet.finish()
  }
}

package import BookingOrchestrator
import ItineraryPDF

/// What production shows: a PDF that is drawn, and a page that browsers lay out.
package struct DrawnItineraries: ItineraryRenderer {
  /// Creates it.
  package init() {}

  package func pdf(_ itinerary: Itinerary) throws(RenderingFailed) -> [UInt8] {
    try ItineraryPDF.draw(itinerary)
  }

  package func page(_ itinerary: Itinerary, path: String) throws(RenderingFailed) -> [UInt8] {
    Array(SharePage.itinerary(itinerary, path: path).utf8)
  }

  package func missingPage() throws(RenderingFailed) -> [UInt8] { Array(SharePage.missing.utf8) }
}

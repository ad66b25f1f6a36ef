import HTTPService
import HTTPTypes

extension BookingAPI {
  /// `GET /booking/:id/itinerary.pdf` and `.ics`: the trip as a file, for its own client.
  /// - Throws: ``Problem`` `nothing-to-show` for a trip that has no itinerary.
  func itinerary(
    of id: BookingID, as file: ItineraryFile, for client: ClientName
  ) async throws -> HTTPReply {
    let sources: Itinerary.Sources? = try await database.read { db in
      guard try BookingView.version(db, id, of: client) != nil else { return nil }
      return try ItineraryStore.sources(db, id)
    }
    guard let sources else { throw Problem.bookingUnknown(id) }
    guard let itinerary = Itinerary(sources) else { throw Problem.nothingToShow(id) }
    return try reply(with: itinerary, as: file)
  }

  /// Renders a file, under a name that people find again.
  func reply(with itinerary: Itinerary, as file: ItineraryFile) throws -> HTTPReply {
    let body =
      switch file {
      case .pdf: try renderer.pdf(itinerary)
      case .ics: ItineraryCalendar.write(itinerary)
      }
    var reply = HTTPReply(status: .ok, contentType: file.contentType, body: body)
    // References have letters and digits only.
    let name = "itinerary-\(itinerary.reference).\(file.rawValue)"
    let use = file == .pdf ? "inline" : "attachment"
    reply.response.headerFields[.contentDisposition] = #"\#(use); filename="\#(name)""#
    reply.response.headerFields[.cacheControl] = "private, no-store"
    reply.response.headerFields[.xContentTypeOptions] = "nosniff"
    return reply
  }
}

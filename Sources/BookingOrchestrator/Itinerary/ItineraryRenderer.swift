/// Turns itineraries into documents: what production draws, and worlds write down in plain words.
///
/// The same itinerary gives the same bytes, whenever and wherever it is rendered.
public protocol ItineraryRenderer: Sendable {
  /// Returns the itinerary as a PDF.
  func pdf(_ itinerary: Itinerary) throws(RenderingFailed) -> [UInt8]
  /// Returns the page that a link shows.
  /// - Parameter path: the path of the page itself, whose files have it with `.pdf` and `.ics` behind.
  func page(_ itinerary: Itinerary, path: String) throws(RenderingFailed) -> [UInt8]
  /// Returns the page of links that show nothing, whatever the reason.
  func missingPage() throws(RenderingFailed) -> [UInt8]
}

/// Why an itinerary could not be drawn, for whoever runs the server.
public struct RenderingFailed: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public let reason: String
  /// Creates a failure.
  public init(_ reason: String) { self.reason = reason }
  public var description: String { "the itinerary could not be drawn: \(reason)" }
}

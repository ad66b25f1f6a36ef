import Foundation
import Testing

@testable import BookingOrchestrator
@testable import BookingServer

struct SharePageTests {
  static let trip = Itinerary(
    reference: "7K2QPX9D", standing: .confirmed, sentence: "The trip is confirmed.",
    travelers: ["<b>Ada</b> & Co", "李小龙"],
    parts: [
      Itinerary.Part(
        kind: .flight, standing: .booked, title: "Iberia",
        references: [.init(name: "Record locator", value: "2ZYVAL")],
        legs: [
          Itinerary.Leg(
            title: "IB 3166",
            begin: .init(
              label: "Departure",
              moment: LocalMoment("2027-03-01T10:30:00+01:00", zone: "Europe/Madrid"),
              place: "Madrid-Barajas (MAD)"),
            end: .init(label: "Arrival", moment: nil, place: "Barcelona (BCN)"))
        ], note: "Look at the board.", price: "EUR 600.00", key: "flight"),
      Itinerary.Part(
        kind: .activity, standing: .cancelled, title: "Tour", provider: "Walks", references: [],
        legs: [
          Itinerary.Leg(
            begin: .init(label: "Meeting", moment: LocalMoment("2027-03-02"), place: ""))
        ], key: "activity-1"),
    ],
    warnings: ["Activity 1 was cancelled."], advice: ["Call."],
    prices: .init(
      sums: [.init(name: "Charged", value: "EUR 600.00")], sentence: "EUR 600.00 was charged."),
    version: 7, changedAt: Timestamp(microseconds: 1_795_436_926_000_000))

  @Test func thePageShowsAllOfTheTrip() {
    let page = SharePage.itinerary(Self.trip, path: "/share/abc")
    for text in [
      "Itinerary 7K2QPX9D", "2ZYVAL", "Mon 1 Mar 2027", "10:30", "(Europe/Madrid, UTC+1)",
      "Madrid-Barajas (MAD)", "IB 3166", "Look at the board.", "EUR 600.00", "Cancelled",
      "Provided by</dt><dd>Walks", "Activity 1 was cancelled.", "李小龙", "Call.", "version 7",
      #"href="/share/abc.pdf""#, #"href="/share/abc.ics""#,
    ] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test func whatUsersWriteIsText() {
    let page = SharePage.itinerary(Self.trip, path: "/share/abc")
    #expect(page.contains("&lt;b&gt;Ada&lt;/b&gt; &amp; Co"))
  }

  @Test func hiddenPricesLeaveNoSection() {
    var hidden = Self.trip
    hidden.prices = nil
    hidden.parts[0].price = nil
    let page = SharePage.itinerary(hidden, path: "/share/abc")
    #expect(!page.contains("Price") && !page.contains("EUR"))
  }

  @Test func noPageRunsOrLoadsAnything() {
    for page in [SharePage.itinerary(Self.trip, path: "/share/abc"), SharePage.missing] {
      #expect(!page.contains("<script") && !page.contains("src=") && !page.contains("http"))
      #expect(page.contains(#"<html lang="en">"#) && page.contains("</html>"))
    }
  }

  /// For people who want to see it: writes the page into the folder that `ITINERARY_SAMPLES` names.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["ITINERARY_SAMPLES"] != nil))
  func samplesAreWritten() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["ITINERARY_SAMPLES"])
    for (name, page) in [
      ("trip", SharePage.itinerary(Self.trip, path: "/share/abc")), ("missing", SharePage.missing),
    ] {
      try page.write(
        to: URL(filePath: folder).appending(path: "\(name).html"), atomically: true, encoding: .utf8
      )
    }
  }
}

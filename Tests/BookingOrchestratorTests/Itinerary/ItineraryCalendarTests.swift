import Testing

@testable import BookingOrchestrator

struct ItineraryCalendarTests {
  private func itinerary(_ parts: [Itinerary.Part]) -> Itinerary {
    Itinerary(
      reference: "7K2QPX9D", standing: .confirmed, sentence: "", travelers: ["Ada Byron"],
      parts: parts, warnings: [], advice: [], version: 7, changedAt: APITestBed.start)
  }

  private func part(
    _ kind: Itinerary.Part.Kind = .activity, _ standing: Itinerary.Part.Standing = .booked,
    title: String = "Tour", from: String, to: String? = nil, place: String = ""
  ) -> Itinerary.Part {
    Itinerary.Part(
      kind: kind, standing: standing, title: title,
      references: [.init(name: "Confirmation", value: "BR-1")],
      legs: [
        Itinerary.Leg(
          begin: .init(
            label: "Meeting", moment: LocalMoment(from, zone: "Europe/Oslo"), place: place),
          end: to.map { .init(label: "End", moment: LocalMoment($0), place: "") })
      ], key: "activity-1")
  }

  private func lines(_ parts: Itinerary.Part...) -> [String] {
    let text = String(decoding: ItineraryCalendar.write(itinerary(parts)), as: UTF8.self)
    return text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func anEventHasAllThatTheStandardAsksFor() {
    let lines = lines(part(from: "2027-03-01T10:30:00+01:00", place: "Karl Johans gate 1"))
    #expect(
      Array(lines.prefix(9)) == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Booking Orchestrator//Itinerary//EN",
        "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "BEGIN:VEVENT",
        "UID:7k2qpx9d-activity-1@itinerary.invalid", "SEQUENCE:7", "DTSTAMP:20261123T074640Z",
      ])
    #expect(lines.contains("DTSTART:20270301T093000Z"))
    #expect(lines.contains("LOCATION:Karl Johans gate 1"))
    #expect(
      lines.suffix(5) == ["STATUS:CONFIRMED", "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR", ""])
  }

  @Test func timesAreInUTCOrAsThePlacesClocksSay() {
    let known = lines(part(from: "2027-03-01T23:30:00+01:00", to: "2027-03-02T08:00:00+09:00"))
    #expect(known.contains("DTSTART:20270301T223000Z"))
    #expect(known.contains("DTEND:20270301T230000Z"))
    let local = lines(part(from: "2027-03-01T23:30:00", to: "2027-03-02T08:00:00+09:00"))
    #expect(local.contains("DTSTART:20270301T233000"))
    #expect(local.contains("DTEND:20270302T080000"))
    let days = lines(part(from: "2027-03-01", to: "2027-03-05T11:00:00"))
    #expect(days.contains("DTSTART;VALUE=DATE:20270301"))
    #expect(days.contains("DTEND;VALUE=DATE:20270305"))
  }

  /// West over the date line one lands before one left, as clocks go.
  @Test(arguments: [
    ("2027-03-01T18:00:00", "2027-03-01T10:00:00"), ("2027-03-01", "2027-03-01"),
    ("2027-03-01T18:00:00+01:00", "2027-03-01T18:00:00+01:00"),
  ])
  func anEndThatIsNotAfterTheBeginIsLeftOut(_ from: String, _ to: String) {
    let lines = lines(part(from: from, to: to))
    #expect(lines.contains { $0.hasPrefix("DTSTART") })
    #expect(!lines.contains { $0.hasPrefix("DTEND") })
  }

  @Test func textIsEscaped() {
    let lines = lines(part(title: "Tea, cake; \\ and\nmore", from: "2027-03-01"))
    #expect(lines.contains(#"SUMMARY:Tea\, cake\; \\ and\nmore"#))
  }

  @Test func longLinesAreFoldedBetweenCharacters() {
    let title = String(repeating: "王芳 und Þórunn ", count: 12)
    let written = ItineraryCalendar.write(itinerary([part(title: title, from: "2027-03-01")]))
    for line in written.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
      #expect(line.last == UInt8(ascii: "\r"))
      #expect(line.dropLast().count <= 75)
      #expect(String(validating: line, as: UTF8.self) != nil)
    }
    let whole = String(decoding: written, as: UTF8.self).replacing("\r\n ", with: "")
    #expect(whole.contains("SUMMARY:\(title)\r\n"))
  }

  @Test func whatIsCancelledSaysSoAndWhatNeverWasIsNotThere() {
    #expect(lines(part(.hotel, .cancelled, from: "2027-03-01")).contains("STATUS:CANCELLED"))
    #expect(lines(part(.hotel, .booked, from: "2027-03-01")).contains("TRANSP:TRANSPARENT"))
    #expect(!lines(part(.hotel, .missing, from: "2027-03-01")).contains("BEGIN:VEVENT"))
  }
}

import Testing

@testable import BookingOrchestrator

struct LocalMomentTests {
  @Test(
    arguments: [
      ("2027-03-01T10:30:00+01:00", "Mon 1 Mar 2027, 10:30 (Europe/Madrid, UTC+1)"),
      ("2027-03-01T10:30+05:30", "Mon 1 Mar 2027, 10:30 (Europe/Madrid, UTC+5:30)"),
      ("2027-03-01T10:30:00-03:30", "Mon 1 Mar 2027, 10:30 (Europe/Madrid, UTC\u{2212}3:30)"),
      ("2028-02-29T00:05:00Z", "Tue 29 Feb 2028, 00:05 (Europe/Madrid, UTC)"),
      ("2027-03-07T23:59:59", "Sun 7 Mar 2027, 23:59 (Europe/Madrid)"),
      ("1969-12-31", "Wed 31 Dec 1969 (Europe/Madrid)"),
    ])
  func aMomentIsReadAndTold(_ text: String, _ told: String) throws {
    #expect(try #require(LocalMoment(text, zone: "Europe/Madrid")).text == told)
  }

  @Test(arguments: [
    "", "2027-02-29", "2027-03-01 10:30", "2027-03-01T25:00", "2027-03-01T10:30:00+1",
    "2027-03-01T10:30:00+25:00", "2027-03-01T10:30:00.5Z", "2027-03-01T10:30:00.1234Z",
    "2027-03-01T10:30.1234Z", "2027-03-01T10:30:00.12345", "2027-03-01T10:30:00+1:000",
    "2027-03-01T10:30:00 +01:00", "noon",
  ])
  func anythingElseIsNone(_ text: String) { #expect(LocalMoment(text) == nil) }

  @Test func onlyAnOffsetTellsTheMomentInUTC() throws {
    let known = try #require(LocalMoment("2027-03-01T00:30:00+01:00"))
    #expect(known.utc?.isoSeconds == "2027-02-28T23:30:00Z")
    #expect(try #require(LocalMoment("2027-03-01T00:30:00")).utc == nil)
    #expect(try #require(LocalMoment("2027-03-01")).utc == nil)
  }
}

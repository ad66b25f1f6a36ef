import Testing

@testable import BookingOrchestrator

struct CalendarTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"),
      (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
      (1_795_420_000_000_042, "2026-11-23T07:46:40.000042Z"),
      (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
    ] as [(Int64, String)])
  func aMomentIsWrittenInUTC(_ microseconds: Int64, _ text: String) {
    #expect(Timestamp(microseconds: microseconds).iso8601 == text)
  }

  @Test(arguments: ["2027-02-28", "2028-02-29", "2000-02-29", "0001-01-01", "2027-12-31"])
  func aDayThatExistsIsRead(_ text: String) throws {
    let date = try #require(CalendarDate(text))
    #expect(
      text.hasPrefix(String(repeating: "0", count: 4 - "\(date.year)".count) + "\(date.year)-"))
  }

  @Test(arguments: [
    "", "2027-02-29", "2100-02-29", "2027-13-01", "2027-00-10", "2027-04-31", "2027-1-01",
    "27-01-01", "2027/01/01", "2027-01-01T", "0000-01-01", "２０２７-01-01",
  ])
  func aDayThatDoesNotExistIsNot(_ text: String) {
    #expect(CalendarDate(text) == nil)
  }
}

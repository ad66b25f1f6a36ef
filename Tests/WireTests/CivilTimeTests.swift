import Foundation
import Testing

@testable import Wire

struct CivilTimeTests {
  @Test func everyDayIsTheDayAfterTheOneBefore() throws {
    var year = 1
    var month = 1
    var day = 1
    let first = -719_162
    for number in first...(first + 366 * 1_000) {
      let date = CivilDate(daysSince1970: number)
      #expect(date.year == year && date.month == month && date.day == day)
      #expect(date.daysSince1970 == number)
      day += 1
      if CivilDate(year: year, month: month, day: day) == nil { (month, day) = (month + 1, 1) }
      if month == 13 { (year, month) = (year + 1, 1) }
    }
  }

  @Test(arguments: 0..<5 as Range<UInt64>)
  func momentsAreWrittenAndReadAsByFoundation(_ seed: UInt64) throws {
    var random = TestRandom(seed)
    let plain = Date.ISO8601FormatStyle()
    let fine = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    for _ in 0..<500 {
      // From 1700 to 2400: whole milliseconds there are exact in Foundation's `Double`.
      let milliseconds = Int64.random(in: -8_520_336_000_000...13_569_465_600_000, using: &random)
      let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
      let whole = Date(timeIntervalSince1970: (Double(milliseconds) / 1_000).rounded(.down))
      let text = CivilTime.text(milliseconds * 1_000)
      #expect(text == whole.formatted(plain))
      let floor = Int64(whole.timeIntervalSince1970) * 1_000_000
      #expect(CivilTime.parse(text) == floor)
      #expect(try plain.parse(text) == whole)
      let precise = CivilTime.text(milliseconds * 1_000, .milliseconds)
      #expect(CivilTime.parse(precise) == milliseconds * 1_000)
      #expect(try abs(fine.parse(precise).timeIntervalSince(date)) < 0.000_5)
      #expect(CivilTime.date(milliseconds * 1_000).description == String(text.prefix(10)))
    }
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (1_795_436_743_123_456, "2026-11-23T12:25:43.123456Z"),
      (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
      (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
      (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
      (253_402_300_800_000_000, "10000-01-01T00:00:00.000000Z"),
    ] as [(Int64, String)])
  func momentsHaveAllTheirDigits(_ moment: Int64, _ text: String) {
    #expect(CivilTime.text(moment, .microseconds) == text)
    #expect(CivilTime.text(moment, .microseconds.local) == text.dropLast())
    #expect(CivilTime.text(moment, .milliseconds.local) == text.dropLast(4))
    #expect(CivilTime.text(moment, .seconds) == text.dropLast(8) + "Z")
    #expect(CivilTime.text(moment, .seconds.local) == text.dropLast(8))
    if text.utf8.count == 27 { #expect(CivilTime.parse(text) == moment) }
  }

  @Test(
    arguments: [
      ("2026-11-23", 1_795_392_000_000_000), ("2026-11-23T12:25:43", 1_795_436_743_000_000),
      ("2026-11-23T12:25:43.5", 1_795_436_743_500_000),
      ("2026-11-23T12:25:43.1234567Z", 1_795_436_743_123_456),
      ("2026-11-23T13:25:43+01:00", 1_795_436_743_000_000),
      ("2026-11-23T01:55:43.000-10:30", 1_795_436_743_000_000),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000_000), ("2026-11-23T12:25Z", nil),
      ("2026-11-23T24:00:00Z", nil), ("2026-11-23T12:60:00Z", nil), ("2026-02-29", nil),
      ("2026-11-31T00:00:00Z", nil), ("2026-13-01", nil), ("2026-00-01", nil), ("2026-01-00", nil),
      ("2026-1-01", nil), ("2026-11-23 12:25:43Z", nil), ("2026-11-23T12:25:43.Z", nil),
      ("2026-11-23T12:25:43Zx", nil), ("2026-11-23T12:25:43+0100", nil),
      ("2026-11-23T12:25:43+24:00", nil), ("2026-11-23T12:25:43+01:60", nil), ("", nil),
      ("2026-11-23T", nil), ("+026-11-23", nil), ("２０２６-11-23", nil),
    ] as [(String, Int64?)])
  func momentsAreReadFromText(_ text: String, _ moment: Int64?) {
    #expect(CivilTime.parse(text) == moment)
  }

  @Test(arguments: [
    ("2024-02-29", true), ("2023-02-29", false), ("1900-02-29", false), ("2000-02-29", true),
    ("2026-04-31", false), ("0000-01-01", false), ("0001-01-01", true), ("9999-12-31", true),
    ("2026-11-23T", false), ("2026/11/23", false), (" 026-11-23", false),
  ])
  func datesAreDaysOfTheCalendar(_ text: String, _ isOne: Bool) {
    #expect((CivilDate(text) != nil) == isOne)
    if isOne { #expect(CivilDate(text)?.description == text) }
  }

  @Test func daysAreCountedAndCompared() throws {
    let date = try #require(CivilDate("2026-11-23"))
    #expect(date.advanced(by: 38).description == "2026-12-31")
    #expect(date.advanced(by: 39) > date)
    #expect(date.advanced(by: -366 * 2_027).year < 1)
    #expect(CivilTime.start(of: date) == 1_795_392_000_000_000)
    #expect(CivilTime.days(-1) == -1)
    #expect(CivilTime.days(86_400_000_000) == 1)
  }

  @Test(
    arguments: [
      (Duration.zero, 0, 0), (.nanoseconds(1), 0, 1), (.nanoseconds(-1), 0, 0),
      (.nanoseconds(1_999), 1, 2), (.nanoseconds(-1_999), -1, -1),
      (.seconds(2), 2_000_000, 2_000_000),
      (.milliseconds(-1_500), -1_500_000, -1_500_000), (.seconds(Int64.max), .max, .max),
      (.seconds(Int64.min), .min, .min),
    ] as [(Duration, Int64, Int64)])
  func durationsHaveWholeMicroseconds(_ duration: Duration, _ down: Int64, _ up: Int64) {
    #expect(duration.microseconds() == down)
    #expect(duration.microseconds(roundedUp: true) == up)
  }
}

/// A day of the proleptic Gregorian calendar, written as `YYYY-MM-DD`.
///
/// Source of the formulas: Hinnant, "chrono-Compatible Low-Level Date Algorithms" (`days_from_civil`
/// and `civil_from_days`). They count in eras of 400 years (146,097 days) that begin on 1 March, so
/// that the leap day is the last of its year.
package struct CivilDate: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The year; 0 is the one before 1.
  package let year: Int
  /// From 1 to 12.
  package let month: Int
  /// From 1 to 31.
  package let day: Int

  /// Creates a day; nil when the calendar has none such.
  package init?(year: Int, month: Int, day: Int) {
    guard (-1_000_000...1_000_000).contains(year), (1...12).contains(month),
      (1...Self.days(in: month, of: year)).contains(day)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Reads `YYYY-MM-DD` (RFC 3339 `full-date`) from the year 1 on; nil for anything else, and for
  /// days that the calendar does not have.
  package init?(_ text: String) {
    var text = text
    let date = text.withUTF8 { utf8 -> CivilDate? in
      var digits = DigitReader(utf8)
      guard utf8.count == 10, let date = digits.date(), date.year > 0 else { return nil }
      return date
    }
    guard let date else { return nil }
    self = date
  }

  /// Finds the day that is so many days after 1970-01-01.
  package init(daysSince1970 days: Int) {
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    let (era, dayOfEra) = (days + 719_468).dividedDown(by: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// The days since 1970-01-01, negative before.
  package var daysSince1970: Int {
    let (era, yearOfEra) = (month <= 2 ? year - 1 : year).dividedDown(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Returns the day so many days later.
  package func advanced(by days: Int) -> CivilDate {
    CivilDate(daysSince1970: daysSince1970 + days)
  }

  package static func < (a: Self, b: Self) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }

  package var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(10)
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the date's text.
  func append(to bytes: inout [UInt8]) {
    if year < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes.append(decimal: UInt64(year.magnitude), width: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(decimal: UInt64(month), width: 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(decimal: UInt64(day), width: 2)
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension BinaryInteger {
  /// Divides so that the remainder is never negative.
  func dividedDown(by divisor: Self) -> (quotient: Self, remainder: Self) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension [UInt8] {
  /// Appends decimal digits, zeros in front up to a width.
  package mutating func append(decimal value: UInt64, width: Int) {
    let start = count
    append(decimal: value)
    let missing = width - (count - start)
    if missing > 0 {
      insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: missing), at: start)
    }
  }
}

/// Reads fixed numbers of digits and signs from text.
struct DigitReader {
  let text: UnsafeBufferPointer<UInt8>
  private(set) var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { position == text.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func number(_ count: Int) -> Int? {
    guard position + count <= text.count else { return nil }
    var value = 0
    for byte in text[position..<position + count] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    position += count
    return value
  }

  /// Reads a date that the calendar has.
  mutating func date() -> CivilDate? {
    guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }
}

/// A day of the proleptic Gregorian calendar, printed as `YYYY-MM-DD`.
struct CalendarDay: Sendable, Hashable, CustomStringConvertible {
  /// Days since 1970-01-01.
  let number: Int

  /// Creates the day that a moment (microseconds since 1970) falls into, in UTC.
  init(microseconds: Int64) {
    number = Int((microseconds - (microseconds < 0 ? 86_399_999_999 : 0)) / 86_400_000_000)
  }

  private init(number: Int) { self.number = number }

  /// Creates a day from its parts.
  ///
  /// Source of the formulas: Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2014.
  init(year: Int, month: Int, day: Int) {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    number = era * 146_097 + dayOfEra - 719_468
  }

  /// The day this many days later.
  func advanced(by days: Int) -> CalendarDay { CalendarDay(number: number + days) }

  /// Midnight at its beginning, in microseconds since 1970.
  var microseconds: Int64 { Int64(number) * 86_400_000_000 }

  var description: String {
    let z = number + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }
}

/// Moments in microseconds since 1970 (UTC, without leap seconds), as text.
package enum CivilTime {
  /// The length of a second.
  package static let second: Int64 = 1_000_000
  /// The length of a minute.
  package static let minute: Int64 = 60_000_000
  /// The length of an hour.
  package static let hour: Int64 = 3_600_000_000
  /// The length of a day.
  package static let day: Int64 = 86_400_000_000

  /// How a moment is written.
  package struct Style: Sendable, Hashable {
    /// How many digits follow the seconds' point, from 0 (no point) to 6; the rest is cut off.
    package var fraction: Int
    /// Whether `Z` says that it is UTC.
    package var hasZone: Bool

    /// Creates a style.
    package init(fraction: Int = 0, hasZone: Bool = true) {
      self.fraction = fraction
      self.hasZone = hasZone
    }

    /// `2026-11-23T12:25:23Z`
    package static let seconds = Style()
    /// `2026-11-23T12:25:23.000Z`
    package static let milliseconds = Style(fraction: 3)
    /// `2026-11-23T12:25:23.000000Z`
    package static let microseconds = Style(fraction: 6)

    /// The same without a zone.
    package var local: Style { Style(fraction: fraction, hasZone: false) }
  }

  /// Returns a moment as text (RFC 3339, ISO 8601).
  package static func text(_ microseconds: Int64, _ style: Style = .seconds) -> String {
    let (days, rest) = microseconds.dividedDown(by: day)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(28)
    CivilDate(daysSince1970: Int(days)).append(to: &bytes)
    var sign = UInt8(ascii: "T")
    for value in [rest / hour, rest / minute % 60, rest / second % 60] {
      bytes.append(sign)
      bytes.append(decimal: UInt64(value), width: 2)
      sign = UInt8(ascii: ":")
    }
    if style.fraction > 0 {
      bytes.append(UInt8(ascii: "."))
      bytes.append(decimal: UInt64(rest % second), width: 6)
      bytes.removeLast(6 - min(style.fraction, 6))
    }
    if style.hasZone { bytes.append(UInt8(ascii: "Z")) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Returns the day that a moment falls into.
  package static func date(_ microseconds: Int64) -> CivilDate {
    CivilDate(daysSince1970: days(microseconds))
  }

  /// Returns the whole days before a moment, negative before 1970.
  package static func days(_ microseconds: Int64) -> Int {
    Int(microseconds.dividedDown(by: day).quotient)
  }

  /// Returns the moment at which a day begins.
  package static func start(of date: CivilDate) -> Int64 { Int64(date.daysSince1970) * day }

  /// Returns the moment that a text names; nil when it names none.
  ///
  /// Understood: `2026-11-23`, and with `T12:25:23`, a fraction of which six digits count, and `Z`
  /// or `+01:00`. A text without a zone means UTC; a second 60 is the first of the next minute.
  package static func parse(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { parse($0) }
  }

  private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    var digits = DigitReader(text)
    guard let date = digits.date() else { return nil }
    var moment = start(of: date)
    if digits.isAtEnd { return moment }
    guard digits.take("T"), let hours = digits.number(2), digits.take(":"),
      let minutes = digits.number(2), digits.take(":"), let seconds = digits.number(2),
      hours < 24, minutes < 60, seconds < 61
    else { return nil }
    moment += Int64(hours) * hour + Int64(minutes) * minute + Int64(seconds) * second
    if digits.take(".") {
      var unit = second / 10
      guard let first = digits.number(1) else { return nil }
      moment += Int64(first) * unit
      while let digit = digits.number(1) {
        unit /= 10
        moment += Int64(digit) * unit
      }
    }
    if digits.isAtEnd { return moment }
    if digits.take("Z") { return digits.isAtEnd ? moment : nil }
    let isEast = digits.take("+")
    guard isEast || digits.take("-"), let zoneHours = digits.number(2), digits.take(":"),
      let zoneMinutes = digits.number(2), digits.isAtEnd, zoneHours < 24, zoneMinutes < 60
    else { return nil }
    let offset = Int64(zoneHours) * hour + Int64(zoneMinutes) * minute
    return isEast ? moment - offset : moment + offset
  }
}

extension Duration {
  /// Returns the whole microseconds, at most what fits; a part of one is cut off.
  /// - Parameter roundedUp: whether a part of one counts as a whole one, so that no wait ends early.
  package func microseconds(roundedUp: Bool = false) -> Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
    // Both have the same sign.
    let (part, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000)
    let (sum, exceeds) = whole.addingReportingOverflow(roundedUp && rest > 0 ? part + 1 : part)
    guard !overflows, !exceeds else { return seconds < 0 ? .min : .max }
    return sum
  }
}

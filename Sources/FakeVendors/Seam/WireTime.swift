/// Dates and times as the travel vendors write them, to and from microseconds since 1970 (UTC).
///
/// The calendar arithmetic is Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms"
/// (days_from_civil and its inverse), valid for every date that fits.
enum WireTime {
  /// The length of a day.
  static let day: Int64 = 86_400_000_000
  /// The length of a minute.
  static let minute: Int64 = 60_000_000
  /// The length of a second.
  static let second: Int64 = 1_000_000

  /// Returns `2026-11-23`.
  static func date(_ microseconds: Int64) -> String {
    String(decoding: bytes(microseconds).prefix(10), as: UTF8.self)
  }

  /// Returns `2026-11-23T12:25:23`, without a zone.
  static func seconds(_ microseconds: Int64) -> String {
    String(decoding: bytes(microseconds).prefix(19), as: UTF8.self)
  }

  /// Returns `2026-11-23T12:25:23.000`, without a zone.
  static func milliseconds(_ microseconds: Int64) -> String {
    String(decoding: bytes(microseconds), as: UTF8.self)
  }

  /// Returns the moment that a text names; nil when it names none.
  ///
  /// Understood: `2026-11-23`, and with `T12:25:23`, a fraction, and `Z` or `+01:00`.
  static func parse(_ text: String) -> Int64? {
    let utf8 = Array(text.utf8)
    func digits(_ start: Int, _ count: Int) -> Int64? {
      guard start + count <= utf8.count else { return nil }
      var value: Int64 = 0
      for byte in utf8[start..<start + count] {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      return value
    }
    func has(_ character: Unicode.Scalar, at position: Int) -> Bool {
      position < utf8.count && utf8[position] == UInt8(ascii: character)
    }
    guard let year = digits(0, 4), has("-", at: 4), let month = digits(5, 2), has("-", at: 7),
      let dayOfMonth = digits(8, 2), (1...12).contains(month), (1...31).contains(dayOfMonth)
    else { return nil }
    var result = days(year: year, month: month, day: dayOfMonth) * day
    if utf8.count == 10 { return result }
    guard has("T", at: 10), let hour = digits(11, 2), has(":", at: 13), let minutes = digits(14, 2),
      has(":", at: 16), let seconds = digits(17, 2), hour < 24, minutes < 60, seconds < 61
    else { return nil }
    result += (hour * 60 + minutes) * minute + seconds * second
    var at = 19
    if has(".", at: at) {
      at += 1
      var unit: Int64 = 100_000
      let start = at
      while let digit = digits(at, 1) {
        result += digit * unit
        unit /= 10
        at += 1
      }
      guard at > start else { return nil }
    }
    if at == utf8.count { return result }
    if has("Z", at: at) { return at + 1 == utf8.count ? result : nil }
    guard has("+", at: at) || has("-", at: at), let zoneHour = digits(at + 1, 2),
      has(":", at: at + 3), let zoneMinute = digits(at + 4, 2), at + 6 == utf8.count
    else { return nil }
    let offset = (zoneHour * 60 + zoneMinute) * minute
    return has("+", at: at) ? result - offset : result + offset
  }

  /// Whether a text is a day of the calendar as `YYYY-MM-DD`.
  static func isDate(_ text: String) -> Bool {
    // Days that a month does not have come back as days of the next.
    text.utf8.count == 10 && parse(text).map(date) == text
  }

  /// Returns the whole days before a moment, also before 1970.
  static func days(_ microseconds: Int64) -> Int64 {
    microseconds >= 0 ? microseconds / day : -((-microseconds + day - 1) / day)
  }

  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Returns the 23 bytes of `2026-11-23T12:25:23.000`.
  private static func bytes(_ microseconds: Int64) -> [UInt8] {
    let dayNumber = days(microseconds)
    let rest = microseconds - dayNumber * day
    let z = dayNumber + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    var out: [UInt8] = []
    out.reserveCapacity(23)
    func put(_ value: Int64, _ width: Int) {
      var divisor: Int64 = 1
      for _ in 1..<width { divisor *= 10 }
      for _ in 0..<width {
        out.append(0x30 + UInt8(value / divisor % 10))
        divisor /= 10
      }
    }
    put(year, 4)
    out.append(UInt8(ascii: "-"))
    put(month, 2)
    out.append(UInt8(ascii: "-"))
    put(dayOfYear - (153 * shifted + 2) / 5 + 1, 2)
    out.append(UInt8(ascii: "T"))
    put(rest / (60 * minute), 2)
    out.append(UInt8(ascii: ":"))
    put(rest / minute % 60, 2)
    out.append(UInt8(ascii: ":"))
    put(rest / second % 60, 2)
    out.append(UInt8(ascii: "."))
    put(rest / 1000 % 1000, 3)
    return out
  }
}

extension Duration {
  /// The whole microseconds, rounded down.
  var wireMicroseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}

import Wire

/// A moment as the clocks of its place show it.
public struct LocalMoment: Sendable, Hashable {
  /// The clock's reading: microseconds since 1970-01-01T00:00 of that clock.
  let reading: Int64
  /// How far the clock is ahead of UTC, in minutes; nil when nobody said.
  public let offsetMinutes: Int?
  /// The time zone's name, where it is known: `Europe/Madrid`.
  public let zone: String?
  /// Whether only the day is known.
  public let isDay: Bool

  /// Reads `2027-03-01`, `2027-03-01T10:30` or `2027-03-01T10:30:00`, with `Z` or `+01:00` behind a
  /// time where the offset is known; nil for anything else, and for days that no calendar has.
  public init?(_ text: String, zone: String? = nil) {
    let bytes = Array(text.utf8)
    self.zone = zone
    if bytes.count == 10 {
      guard let day = CivilDate(text) else { return nil }
      reading = CivilTime.start(of: day)
      offsetMinutes = nil
      isDay = true
      return
    }
    guard bytes.count >= 16, bytes[10] == UInt8(ascii: "T") else { return nil }
    let hasSeconds = bytes.count >= 19 && bytes[16] == UInt8(ascii: ":")
    let length = hasSeconds ? 19 : 16
    let clock = String(decoding: bytes[..<length], as: UTF8.self) + (hasSeconds ? "" : ":00")
    guard let reading = CivilTime.parse(clock), let offset = Self.offset(bytes[length...]) else {
      return nil
    }
    self.reading = reading
    offsetMinutes = offset.minutes
    isDay = false
  }

  /// The offset at the end; nil when it is none, and none when there is nothing.
  private static func offset(_ bytes: ArraySlice<UInt8>) -> (minutes: Int?, Void)? {
    if bytes.isEmpty { return (nil, ()) }
    if bytes.elementsEqual("Z".utf8) { return (0, ()) }
    // The day is any: what is looked for is how far the offset moves it.
    let midnight = "1970-01-02T00:00:00"
    guard bytes.count == 6, bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-"),
      let moved = CivilTime.parse(midnight + String(decoding: bytes, as: UTF8.self))
    else { return nil }
    return (Int((CivilTime.day - moved) / CivilTime.minute), ())
  }

  /// The same reading of a clock that is so far ahead of UTC.
  func ahead(ofUTC minutes: Int) -> LocalMoment {
    LocalMoment(reading: reading, offsetMinutes: minutes, zone: zone, isDay: isDay)
  }

  private init(reading: Int64, offsetMinutes: Int?, zone: String?, isDay: Bool) {
    self.reading = reading
    self.offsetMinutes = offsetMinutes
    self.zone = zone
    self.isDay = isDay
  }

  /// The moment in UTC; nil when the offset is not known, or only the day is.
  public var utc: Timestamp? {
    guard let offsetMinutes, !isDay else { return nil }
    return Timestamp(microseconds: reading - Int64(offsetMinutes) * CivilTime.minute)
  }

  /// The day, for people: `Mon 1 Mar 2027`.
  public var dayText: String {
    let date = CivilTime.date(reading)
    // 1970-01-01 was a Thursday.
    let weekday = ((date.daysSince1970 + 3) % 7 + 7) % 7
    return "\(Self.weekdays[weekday]) \(date.day) \(Self.months[date.month - 1]) \(date.year)"
  }

  /// The time of day; nil when only the day is known.
  public var timeText: String? {
    isDay ? nil : String(CivilTime.text(reading, .seconds.local).dropFirst(11).prefix(5))
  }

  /// Whose clock it is, for people: `Europe/Madrid, UTC+1`, `UTC+5:30`, or nothing where nobody said.
  public var zoneText: String? {
    let offset = offsetMinutes.map { minutes in
      let (hours, rest) = minutes.magnitude.quotientAndRemainder(dividingBy: 60)
      let part = rest == 0 ? "" : ":\(rest < 10 ? "0" : "")\(rest)"
      return minutes == 0 ? "UTC" : "UTC\(minutes < 0 ? "\u{2212}" : "+")\(hours)\(part)"
    }
    let known = [zone, offset].compactMap(\.self)
    return known.isEmpty ? nil : known.joined(separator: ", ")
  }

  /// All of it, for people: `Mon 1 Mar 2027, 10:30 (Europe/Madrid, UTC+1)`.
  public var text: String {
    var text = dayText
    if let timeText { text += ", \(timeText)" }
    if let zoneText { text += " (\(zoneText))" }
    return text
  }

  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

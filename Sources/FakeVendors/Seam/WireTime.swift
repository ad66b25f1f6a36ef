import Wire

/// Dates and times as the travel vendors write them, to and from microseconds since 1970 (UTC).
enum WireTime {
  /// The length of a day.
  static let day = CivilTime.day
  /// The length of a minute.
  static let minute = CivilTime.minute
  /// The length of a second.
  static let second = CivilTime.second

  /// Returns `2026-11-23`.
  static func date(_ microseconds: Int64) -> String { CivilTime.date(microseconds).description }

  /// Returns `2026-11-23T12:25:23`, without a zone.
  static func seconds(_ microseconds: Int64) -> String {
    CivilTime.text(microseconds, .seconds.local)
  }

  /// Returns `2026-11-23T12:25:23.000`, without a zone.
  static func milliseconds(_ microseconds: Int64) -> String {
    CivilTime.text(microseconds, .milliseconds.local)
  }

  /// Returns the moment that a text names; nil when it names none.
  static func parse(_ text: String) -> Int64? { CivilTime.parse(text) }

  /// Whether a text is a day of the calendar as `YYYY-MM-DD`.
  static func isDate(_ text: String) -> Bool { CivilDate(text) != nil }

  /// Returns the whole days before a moment, also before 1970.
  static func days(_ microseconds: Int64) -> Int64 { Int64(CivilTime.days(microseconds)) }
}

extension Duration {
  /// The whole microseconds, rounded down.
  var wireMicroseconds: Int64 { microseconds() }
}

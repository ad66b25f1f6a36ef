import FoundationEssentials

/// Moments as people and programs write them, to and from microseconds since 1970.
enum CivilTime {
  /// Returns `2026-11-23T12:25:23.5Z` or, at a whole second, `2026-11-23T12:25:23Z`.
  static func text(_ microseconds: Int64) -> String {
    let isWhole = microseconds % 1_000_000 == 0
    return date(microseconds).formatted(
      Date.ISO8601FormatStyle(includingFractionalSeconds: !isWhole))
  }

  /// Returns `2026-11-23`.
  static func day(_ microseconds: Int64) -> String {
    date(microseconds).formatted(Date.ISO8601FormatStyle().year().month().day())
  }

  /// Returns the moment that a text such as `2026-11-23T12:25:23Z` names; nil when it names none.
  static func parse(_ text: String) -> Int64? {
    for hasFraction in [false, true] {
      let style = Date.ISO8601FormatStyle(includingFractionalSeconds: hasFraction)
      if let date = try? style.parse(text) {  // nil: it is written in another way
        return Int64((date.timeIntervalSince1970 * 1e6).rounded())
      }
    }
    return nil
  }

  /// The present wall time in microseconds since 1970.
  static var wall: Int64 { Int64(Date().timeIntervalSince1970 * 1e6) }

  private static func date(_ microseconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(microseconds) / 1e6)
  }
}

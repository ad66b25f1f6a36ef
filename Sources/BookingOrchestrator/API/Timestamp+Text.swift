import Wire

extension Timestamp {
  /// ISO 8601 with microseconds: `2026-11-23T12:28:46.000000Z`.
  var iso8601: String { CivilTime.text(microseconds, .microseconds) }

  /// The day in UTC.
  var date: CivilDate { CivilTime.date(microseconds) }
}

extension Timestamp {
  /// ISO 8601 in whole seconds: `2026-11-23T12:28:46Z`.
  public var isoSeconds: String { CivilTime.text(microseconds, .seconds) }
}

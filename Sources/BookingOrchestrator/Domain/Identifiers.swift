import Wire

/// Names one trip booking, the root of one saga.
public struct BookingID: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
  public let rawValue: String
  /// Creates an id from its text.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// Creates an id from its text.
  public init(_ rawValue: String) { self.rawValue = rawValue }
  public var description: String { rawValue }
}

/// Names one bookable combination of flight, hotel and activities.
public struct TripOptionID: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
  public let rawValue: String
  /// Creates an id from its text.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// Creates an id from its text.
  public init(_ rawValue: String) { self.rawValue = rawValue }
  public var description: String { rawValue }
}

/// A moment on the wall clock: microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
  /// Microseconds since 1970-01-01T00:00:00Z.
  public var microseconds: Int64
  /// Creates a moment.
  public init(microseconds: Int64) { self.microseconds = microseconds }
  public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
  /// The moment this much later.
  public static func + (a: Self, b: Duration) -> Self {
    Timestamp(microseconds: a.microseconds + b.microseconds())
  }
  /// The time from one moment to another.
  public static func - (a: Self, b: Self) -> Duration {
    .microseconds(a.microseconds - b.microseconds)
  }
}

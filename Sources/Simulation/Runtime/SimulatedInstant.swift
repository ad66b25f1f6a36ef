/// A moment of virtual time: microseconds since the world began.
public struct SimulatedInstant: InstantProtocol, Hashable, Sendable, CustomStringConvertible {
  /// Microseconds since the world began.
  public var microseconds: Int64

  /// Creates an instant.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Returns the instant `duration` later, at the end of time at most.
  public func advanced(by duration: Duration) -> Self {
    let (sum, overflow) = microseconds.addingReportingOverflow(duration.wholeMicroseconds)
    return Self(microseconds: overflow ? .max : sum)
  }

  /// Returns the time from here to `other`.
  public func duration(to other: Self) -> Duration {
    .microseconds(other.microseconds &- microseconds)
  }

  public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
  public var description: String { "\(microseconds)us" }
}

extension Duration {
  /// The duration in whole microseconds, rounded up so that no wait ends early; clamped to Int64.
  var wholeMicroseconds: Int64 {
    let (quotient, remainder) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000)
    return Int64(clamping: remainder > 0 ? quotient + 1 : quotient)
  }

  /// The duration for people: "80.0 seconds".
  var inSeconds: String { "\(Double(wholeMicroseconds) / 1e6) seconds" }
}

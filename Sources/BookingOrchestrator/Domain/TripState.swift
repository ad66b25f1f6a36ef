/// The public state of a trip.
public enum TripState: String, Sendable, Hashable, Codable, CaseIterable {
  case pending = "PENDING"
  case validating = "VALIDATING"
  case processing = "PROCESSING"
  case confirmed = "CONFIRMED"
  case failed = "FAILED"
  case cancelling = "CANCELLING"
  case cancelled = "CANCELLED"

  /// Every legal transition; all others are defects.
  public static let transitions: [(from: TripState, to: TripState)] = [
    (.pending, .validating),
    (.validating, .processing), (.validating, .failed), (.validating, .cancelling),
    (.processing, .confirmed), (.processing, .failed), (.processing, .cancelling),
    (.confirmed, .cancelling),
    (.cancelling, .cancelled),
  ]

  /// Whether a trip may go from one state to another in one step.
  public static func allows(_ from: TripState, _ to: TripState) -> Bool {
    transitions.contains { $0.from == from && $0.to == to }
  }

  /// Whether the traveller has the final answer (what follows is a new cause, or a parked item).
  public var isTerminal: Bool {
    switch self {
    case .confirmed, .failed, .cancelled: true
    case .pending, .validating, .processing, .cancelling: false
    }
  }
}

/// Something the traveller must know although the trip stands.
public struct TripWarning: Sendable, Hashable, Codable {
  /// The slot concerned: `activity-2`, `hotel`, `flight`.
  public var slot: String
  /// `activity-unavailable`, `activity-failed`, `activity-cancelled-by-supplier`,
  /// `flight-cancelled-by-airline`, `hotel-cancelled-by-property`, `hotel-cancelled-by-traveller`,
  /// `reference-missing`, `schedule-changed`.
  public var code: String
  /// A sentence for the traveller.
  public var message: String

  /// The code of an activity that could not be booked and is refunded.
  static let activityFailed = "activity-failed"
  /// The code of a flight that leaves at another time than it was booked for.
  static let scheduleChanged = "schedule-changed"

  /// What is said of a flight that leaves at another time, both as its airline writes them.
  static func departs(at new: String, insteadOf old: String) -> String {
    "now departs at \(new) instead of \(old)"
  }

  /// When the flight leaves now, as its airline writes it; nil when this is about something else.
  var newDeparture: String? {
    guard code == Self.scheduleChanged, let before = message.firstRange(of: "departs at "),
      let after = message.firstRange(of: " instead of ")
    else { return nil }
    return String(message[before.upperBound..<after.lowerBound])
  }
}

/// Why a trip failed, as the client is told.
public struct TripFailure: Sendable, Hashable, Codable {
  /// A stable code: `payment-declined`, `flight-unavailable`, `hotel-price-changed`, …
  public var code: String
  /// A sentence that a traveller's agent can act on.
  public var message: String
}

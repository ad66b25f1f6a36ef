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

  /// Whether the trip has ended without standing, so that there is nothing left to cancel.
  var holdsNothing: Bool { self == .cancelled || self == .failed }

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

  /// When one leg of a flight leaves, of which there may be several: there, onwards, and back.
  struct Departure: Sendable, Hashable {
    /// From 0.
    var leg: Int
    /// As its airline writes it.
    var at: String
  }

  /// What is said of legs that leave at other times, both as their airline writes them.
  static func departs(_ changes: [(new: Departure, old: String)]) -> String {
    changes.map { new, old in
      let leg = new.leg == 0 ? "" : "on leg \(new.leg + 1) "
      return "now departs \(leg)at \(new.at) instead of \(old)"
    }.joined(separator: "; ")
  }

  /// When the legs leave that have moved; empty when this is about something else.
  var newDepartures: [Departure] {
    code == Self.scheduleChanged
      ? message.split(separator: "; ").compactMap(Departure.init(toldIn:)) : []
  }
}

extension TripWarning.Departure {
  /// Reads what ``TripWarning/departs(_:)`` says of one leg.
  fileprivate init?(toldIn text: Substring) {
    guard let start = text.firstRange(of: "now departs "),
      let end = text.firstRange(of: " instead of "), start.upperBound <= end.lowerBound,
      let at = text[start.upperBound..<end.lowerBound].firstRange(of: "at ")
    else { return nil }
    let which = text[start.upperBound..<at.lowerBound].split(separator: " ").last
    leg = (which.flatMap { Int($0) } ?? 1) - 1
    self.at = String(text[at.upperBound..<end.lowerBound])
  }
}

/// Why a trip failed, as the client is told.
public struct TripFailure: Sendable, Hashable, Codable {
  /// A stable code: `payment-declined`, `flight-unavailable`, `hotel-price-changed`, …
  public var code: String
  /// A sentence that a traveller's agent can act on.
  public var message: String
}

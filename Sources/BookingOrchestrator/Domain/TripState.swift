/// The public state of a trip.
public enum TripState: String, Sendable, Hashable, Codable, CaseIterable {
  case pending = "PENDING"
  case validating = "VALIDATING"
  case processing = "PROCESSING"
  case confirmed = "CONFIRMED"
  case failed = "FAILED"
  case cancelling = "CANCELLING"
  case cancelled = "CANCELLED"

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
  /// `activity-unavailable`, `activity-failed`, `hotel-cancelled-by-property`, `schedule-changed`.
  public var code: String
  /// A sentence for the traveller.
  public var message: String
}

/// Why a trip failed, as the client is told.
public struct TripFailure: Sendable, Hashable, Codable {
  /// A stable code: `payment-declined`, `flight-unavailable`, `hotel-price-changed`, …
  public var code: String
  /// A sentence that a traveller's agent can act on.
  public var message: String
}

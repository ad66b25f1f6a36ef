/// One thing that a saga does and may have to undo.
///
/// Done in the order intent, charge, flight, hotel, activities, and last the capture where the charge only
/// holds the money; undone in the reverse order.
enum Slot: Sendable, Hashable, Comparable {
  /// The payment intent, created but not confirmed: no money moves.
  case intent
  /// Its confirmation: the charge.
  case charge
  case flight
  case hotel
  /// An activity, counted from 1.
  case activity(Int)
  /// The partial refund of an activity that was charged but could not be booked.
  case activityRefund(Int)
  /// The refund of a hotel that the property cancelled.
  case hotelRefund
  /// The refund of a flight that the airline cancelled.
  case flightRefund
  /// The capture of a charge that only holds the money, once the trip is booked.
  case capture
  /// A refund of what a modification leaves over, counted from 1.
  case changeRefund(Int)

  /// The word that stands in tables, keys and headers.
  var text: String {
    switch self {
    case .intent: "intent"
    case .charge: "charge"
    case .flight: "flight"
    case .hotel: "hotel"
    case .activity(let number): "activity-\(number)"
    case .activityRefund(let number): "refund-activity-\(number)"
    case .hotelRefund: "refund-hotel"
    case .flightRefund: "refund-flight"
    case .capture: "capture"
    case .changeRefund(let number): "refund-change-\(number)"
    }
  }

  /// Reads the word; nil for one that this version does not know.
  init?(text: String) {
    switch text {
    case "intent": self = .intent
    case "charge": self = .charge
    case "flight": self = .flight
    case "hotel": self = .hotel
    case "refund-hotel": self = .hotelRefund
    case "refund-flight": self = .flightRefund
    case "capture": self = .capture
    default:
      if text.hasPrefix("activity-"), let number = Int(text.dropFirst(9)), number > 0 {
        self = .activity(number)
      } else if text.hasPrefix("refund-activity-"), let number = Int(text.dropFirst(16)), number > 0
      {
        self = .activityRefund(number)
      } else if text.hasPrefix("refund-change-"), let number = Int(text.dropFirst(14)), number > 0 {
        self = .changeRefund(number)
      } else {
        return nil
      }
    }
  }

  /// Who does it.
  var service: Service {
    switch self {
    case .intent, .charge, .activityRefund, .hotelRefund, .flightRefund, .changeRefund, .capture:
      .stripe
    case .flight: .flight
    case .hotel: .hotel
    case .activity: .activity
    }
  }
}

/// A vendor, as the circuit breakers and the capabilities know it.
enum Service: String, Sendable, Hashable, CaseIterable {
  case stripe, flight, hotel, activity
}

/// Whether a step brings something about or takes it back.
enum Direction: String, Sendable, Hashable {
  case forward = "do"
  case undo
}

/// What is said to travellers, in answers and mails alike.
///
/// Nothing is called uncharged or unbooked unless the database proves it: while an outcome is open,
/// or parked, the words say so.
extension BookingView {
  /// One honest sentence or two about where the booking stands.
  var message: String {
    switch state {
    case .pending, .validating:
      return "The booking was received and is being checked. \(money)"
    case .processing where failure != nil:
      return "The trip could not be booked and is being undone. \(money)"
    case .processing:
      guard open.isEmpty else {
        return
          "The booking is in progress; the outcome of \(Self.list(open.map { Self.name($0.slot) }))"
          + " is not known yet. Ask for this booking again; do not book the trip a second time."
      }
      return "The booking is in progress. Ask for this booking again;"
        + " do not book the trip a second time."
    case .confirmed:
      let parts =
        warnings.isEmpty
        ? "The trip is confirmed." : "The trip is confirmed, with a warning about parts of it."
      let trip = parts + changeMessage
      return parked.isEmpty ? trip : "\(trip) Something is still being settled by our staff."
    case .failed:
      return "The trip could not be booked. \(outcome)"
    case .cancelling:
      return "The trip is being cancelled. \(money)"
    case .cancelled:
      return "The trip is cancelled. \(outcome)"
    }
  }

  /// Why a trip failed, for the traveller: what a vendor said word by word is for their agent.
  static func sentence(for failure: TripFailure) -> String {
    switch failure.code {
    case "payment-declined", "payment-refused":
      "The card could not be charged. Try another card, or ask the bank that issued it."
    case "payment-mismatch":
      "The card was charged another amount than the trip costs. What was charged is given back."
    case "payment-expired":
      "The hold on the card ended before the trip was booked, and the card was not charged. Try again."
    case "deadline-passed", "validation-timed-out":
      "The trip could not be completed in time. Try again."
    case "flight-offer-expired":
      "The price of the flight was no longer held. Choose the trip again."
    case "flight-price-changed", "hotel-price-changed":
      "The price of the \(part(of: failure)) has changed. Choose the trip again at its new price."
    case let code where code.hasPrefix("flight-") || code.hasPrefix("hotel-"):
      "The \(part(of: failure)) could not be booked. Choose another trip."
    default: "The trip could not be booked. Choose it again, or another one."
    }
  }

  private static func part(of failure: TripFailure) -> String {
    failure.code.hasPrefix("flight-") ? "flight" : "hotel"
  }

  /// What is left of a trip that ended without standing: bookings, money, and parked items.
  var outcome: String {
    let settled = isSettled ? "Nothing is booked. \(money)" : money
    return parked.isEmpty ? settled : "\(settled) Something is still being settled by our staff."
  }

  /// What happened to the traveller's money, as far as it is proven.
  var money: String {
    let charge = text(charged)
    if isMoneyUnknown {
      return charged == 0
        ? "Whether the card was charged is not known yet; this is being looked into."
        : "\(charge) was charged and \(text(refunded)) is known to be refunded;"
          + " the outcome of a payment or refund is not known yet."
    }
    if charged == 0 {
      // While the saga moves, a charge may be about to start.
      return state.isTerminal
        ? "Nothing was charged\(release)." : "Nothing has been charged so far\(hold)."
    }
    if refunded == charged { return "The payment of \(charge) was refunded in full." }
    let parts =
      (refunded == 0 ? [] : ["\(text(refunded)) of it refunded"])
      + (chargedBack == 0 ? [] : ["\(text(chargedBack)) of it given back by your bank"])
    let known = (["\(charge) was charged"] + parts).joined(separator: " and ")
    if open.contains(where: { $0.isUndo && Self.isMoney($0.slot) }) {
      return refunded == 0
        ? "\(known); a refund is on its way." : "\(known); a further refund is on its way."
    }
    if chargedBack > 0, refunded + chargedBack >= charged { return "\(known)." }
    if wasSettledByHand { return "\(known); the rest was settled by our staff." }
    if state == .cancelled, !needsAttention {
      return "\(known); the rest covers the suppliers' cancellation fees."
    }
    return "\(known)."
  }

  /// What is held on the card, as the end of a sentence; nothing when nothing is.
  private var hold: String {
    guard let held = payment?.held, held > 0 else { return "" }
    return "; \(text(held)) is held on the card"
  }

  /// What was held on the card and is released, as the end of a sentence; nothing when nothing was.
  private var release: String {
    guard let payment, payment.status == "CANCELED", let held = payment.authorized else {
      return hold
    }
    return "; the hold of \(text(held)) on the card was released"
  }

  /// A sentence for each parked item: what it is about and that somebody is on it.
  var parked: [String] {
    guard needsAttention else { return [] }
    guard !attention.isEmpty else { return ["Our staff is looking into this booking."] }
    return attention.map { item in
      let name = Self.name(item.slot)
      return switch item.reason {
      case "flight-order-lost":
        "It is not known whether the airline made a flight order in your name; our staff is checking."
      case "refund-failed":
        "A refund could not be paid to you; the money is owed to you and our staff is on it."
      case "undo-refused" where Self.isMoney(item.slot):
        "A refund was refused by the payment service; our staff is settling it."
      case "undo-refused":
        "The cancellation of \(name) was refused by the supplier; our staff is settling it."
      case "payment-disputed":
        "Your bank disputes the payment; what becomes of the money is settled when it has decided."
      case "payment-mismatch":
        "The payment does not match the booking; our staff is checking it."
      default:
        "The outcome of \(name) is not known; our staff is finding out."
      }
    }
  }

  /// An amount in the trip's currency, for people: `EUR 12.50`.
  func text(_ minorUnits: Int64) -> String {
    "\(total.currency) \(Money(minorUnits: minorUnits, currency: total.currency).decimalText)"
  }

  /// The traveller's word for a slot: `the payment`, `activity 2`.
  static func name(_ slot: String) -> String {
    switch slot {
    case "intent", "charge", "capture": "the payment"
    case "flight": "the flight"
    case "hotel": "the hotel"
    case _ where slot.hasPrefix("refund"): "the refund"
    case _ where slot.hasPrefix("activity-"): "activity \(slot.dropFirst("activity-".count))"
    default: slot
    }
  }

  /// Whether nothing can still be booked: every part is known not to stand, and nothing is parked.
  private var isSettled: Bool {
    !needsAttention && open.allSatisfy { Self.isMoney($0.slot) }
      && components.allSatisfy { ["PENDING", "FAILED", "CANCELLED"].contains($0.status) }
  }

  /// Whether a charge may have happened that is not counted, or a parked call about money may have.
  private var isMoneyUnknown: Bool {
    open.contains { !$0.isUndo && Self.isMoney($0.slot) }
      || attention.contains {
        $0.reason == "payment-mismatch" || $0.reason == "outcome-unknown" && Self.isMoney($0.slot)
      }
      || needsAttention && attention.isEmpty
  }

  private static func isMoney(_ slot: String) -> Bool {
    slot == "intent" || slot == "charge" || slot == "capture" || slot.hasPrefix("refund")
  }

  private static func list(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return "\(names.dropLast().joined(separator: ", ")) and \(last)"
  }
}

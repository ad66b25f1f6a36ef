/// What an operator decides about a parked item: a row of the booking's inbox, carried out by the
/// booking's owner.
package struct OperatorCommand: Sendable, Hashable, Codable {
  /// The decisions there are.
  package enum Verb: String, Sendable, Hashable, Codable, CaseIterable {
    /// Try the parked undo or refund again, as a new generation.
    case retry
    /// It was settled by hand: what was to be undone is undone, what was owed is paid.
    case markDone = "mark-done"
    /// Nothing more will be done about it.
    case abandon
  }

  /// What is decided.
  package var verb: Verb
  /// The item's slot and reason, which name it within its booking.
  package var slot: String
  package var reason: String
  /// Who decided.
  package var by: String
  /// Why, in the operator's words.
  package var note: String

  /// Creates a command.
  package init(verb: Verb, slot: String, reason: String, by: String, note: String) {
    self.verb = verb
    self.slot = slot
    self.reason = reason
    self.by = by
    self.note = note
  }

  /// Why a retry is out of the question for items of a reason; nil when one may be safe.
  package static func whyNoRetry(reason: String) -> String? {
    switch reason {
    case "refund-failed", "undo-refused": nil
    case "flight-order-lost":
      "whether the airline made the order cannot be found out by calling it: ask the consolidator,"
        + " cancel what there is, then mark the item done"
    case "payment-disputed":
      "the customer's bank decides: answer or accept the dispute in Stripe's dashboard; the item is"
        + " closed when Stripe tells how it ended"
    case "payment-mismatch":
      "no call can mend a payment that differs: compare with Stripe, put it right there, then mark"
        + " the item done"
    default: "no call is known to be safe for it: settle it by hand, then mark the item done"
    }
  }
}

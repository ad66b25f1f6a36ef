/// A rare situation by name: a scenario can demand that its seeds reach it.
package struct Mark: Sendable, Hashable {
  package let name: String
  /// What has happened when it is reached.
  package let meaning: String
}

/// All sometimes-marks that a world or an auditor can count.
package enum MarkCatalogue {
  package static let all: [Mark] = [
    Mark(name: "decline", meaning: "a card was declined"),
    Mark(name: "sold-out", meaning: "a vendor had nothing left to sell"),
    Mark(name: "double-click-joined", meaning: "a second click got the booking of the first"),
    Mark(
      name: "foreign-booking-refused",
      meaning: "a client asked for a booking of another one and was told that there is none"),
    Mark(
      name: "bad-request-refused", meaning: "a request that no vendor could serve was refused"),
    Mark(
      name: "awkward-person-booked",
      meaning: "a trip was confirmed for people whose names are hard to write"),
    Mark(
      name: "activity-failed-trip-confirmed",
      meaning: "a trip was confirmed although one of its activities failed"),
    Mark(name: "revoked-link-refused", meaning: "a link that was taken back was opened in vain"),
    Mark(name: "expired-link-refused", meaning: "a link that had run out was opened in vain"),
    Mark(
      name: "hook-given-up", meaning: "a client's receiver took an event for no try of a whole day"),
    Mark(name: "hook-resent", meaning: "an operator had an event that was given up sent again"),
    Mark(name: "cancel-while-processing", meaning: "a client cancelled before the trip was done"),
    Mark(name: "cancel-after-confirmed", meaning: "a client cancelled a confirmed trip"),
    Mark(name: "trip-changed", meaning: "a trip was changed into another one"),
    Mark(name: "trip-changed-again", meaning: "a trip that had been changed was changed again"),
    Mark(
      name: "change-replaced-change",
      meaning: "a change replaced what an earlier change had booked"),
    Mark(name: "change-held", meaning: "what a change cost more was held, and captured in the end"),
    Mark(name: "changed-trip-shown", meaning: "a link showed what a changed trip has become"),
    Mark(name: "change-refused", meaning: "a change came to nothing, and the trip stood as it was"),
    Mark(
      name: "second-change-refused", meaning: "a second change was refused while one was under way"),
    Mark(
      name: "cancel-while-changing", meaning: "a cancellation came while a change was under way"),
    Mark(name: "changed-trip-cancelled", meaning: "a trip was cancelled after it had been changed"),
    Mark(
      name: "twice-changed-trip-cancelled",
      meaning: "a trip was cancelled after it had been changed more than once"),
    Mark(name: "change-left-over", meaning: "a change left money over, which was refunded"),
    Mark(name: "webhook-before-reply", meaning: "an event came before the answer to its cause"),
    Mark(name: "webhook-twice", meaning: "an event was delivered a second time"),
    Mark(name: "refund-after-lost-response", meaning: "a refund whose answer was lost was settled"),
    Mark(name: "undo-after-lost-response", meaning: "a step whose answer was lost was undone"),
    Mark(name: "charge-found-after-500", meaning: "a charge was found behind a 500"),
    Mark(name: "key-outlived", meaning: "an operation was repeated after its key had expired"),
    Mark(name: "hotel-found-by-lookup", meaning: "a lost hotel order was found by its label"),
    Mark(name: "duplicate-request-resolved", meaning: "a duplicate_request was settled by look-up"),
    Mark(name: "flight-order-lost", meaning: "a flight order's answer was lost and it was parked"),
    Mark(name: "late-effect-undone", meaning: "an effect that came after its undo was undone"),
    Mark(name: "refund-failed", meaning: "Stripe reported a refund as failed"),
    Mark(name: "undo-refused", meaning: "a vendor refused for ever to cancel something"),
    Mark(name: "operator-retry", meaning: "an operator had something parked tried again"),
    Mark(name: "operator-mark-done", meaning: "an operator settled something parked by hand"),
    Mark(name: "operator-abandon", meaning: "an operator gave something parked up"),
    Mark(name: "operator-escalate", meaning: "an operator decided with a word of a newer version"),
    Mark(
      name: "operator-refused",
      meaning: "an operator's decision was not taken: it was settled, decided or not to be retried"),
    Mark(name: "refund-by-hand", meaning: "somebody refunded a payment in Stripe's dashboard"),
    Mark(
      name: "refund-by-hand-void", meaning: "a refund by hand failed or was cancelled after a while"
    ),
    Mark(
      name: "paid-again-by-hand",
      meaning: "another program charged a payment that carried a trip's metadata"),
    Mark(
      name: "foreign-payment", meaning: "another program charged a payment that named no trip"),
    Mark(name: "dispute-lost", meaning: "a bank gave a customer the money back"),
    Mark(name: "enquiry", meaning: "a bank asked about a payment and took nothing"),
    Mark(name: "dispute-won", meaning: "a dispute was opened and won"),
    Mark(
      name: "refused-while-disputed",
      meaning: "Stripe refused a refund because the payment was disputed"),
    Mark(
      name: "cancelled-by-hand",
      meaning: "somebody cancelled a payment intent before its confirmation"),
    Mark(
      name: "confirmed-by-hand", meaning: "another program confirmed a payment intent before we did"
    ),
    Mark(name: "pending-activity-confirmed", meaning: "a PENDING activity was confirmed"),
    Mark(name: "pending-activity-cancelled", meaning: "a PENDING activity was cancelled"),
    Mark(name: "undo-after-crash", meaning: "an undo was carried out by a later incarnation"),
    Mark(name: "recovery-crashed", meaning: "the orchestrator died while it recovered"),
    Mark(name: "schedule-change-noticed", meaning: "an airline's change was noticed"),
    Mark(name: "airline-cancellation-noticed", meaning: "an airline's cancellation was noticed"),
    Mark(
      name: "supplier-cancellation-noticed",
      meaning: "an activity cancelled by its supplier or by the traveller was noticed"),
    Mark(name: "property-cancellation-noticed", meaning: "a hotel's own cancellation was noticed"),
    Mark(
      name: "guest-cancellation-noticed",
      meaning: "a hotel that the traveller cancelled at the property was noticed"),
    Mark(
      name: "hold-expired", meaning: "a bank took its authorisation back before it was captured"),
    Mark(name: "hold-released", meaning: "a trip was undone whose card had only held the money"),
    Mark(
      name: "hold-captured-in-part",
      meaning: "less than was held was taken, as part of the trip had failed"),
    Mark(name: "captured-by-hand", meaning: "somebody captured a hold by hand"),
    Mark(
      name: "captured-by-hand-in-part",
      meaning: "somebody captured a part of a hold by hand; the rest was released"),
    Mark(name: "voided-by-hand", meaning: "somebody cancelled a hold by hand"),
  ]
}

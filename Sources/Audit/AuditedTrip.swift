import FakeVendors
import Scenarios

/// What the auditor has learned of one accepted trip while the world ran.
final class AuditedTrip {
  let id: String
  /// Position in order of acceptance, from 0.
  let index: Int
  let client: Int?
  let offer: OfferedTrip?
  let customer: String
  let clientKey: String
  /// Virtual microseconds.
  let createdAt: Int64
  /// Virtual microseconds.
  let deadline: Int64

  /// What a modification changes; nil for a booking.
  var change: AuditedChange?
  /// The modifications of a booking, in the order of their acceptance.
  var modifications: [AuditedTrip] = []

  // From the orchestrator's events.
  var state = AuditedState.pending
  var needsAttention = false
  var version = 0
  var epoch: Int64 = 0
  /// States in the order of their events, with virtual times; only changes.
  var passed: [Passage] = []

  // From the vendors' ledgers.
  var intents: [StripeLedger.PaymentIntent] = []
  /// Payments of another program that name this trip.
  var foreign: [StripeLedger.PaymentIntent] = []
  var refunds: [StripeLedger.Refund] = []
  var disputes: [StripeLedger.Dispute] = []
  var placed: [Placed] = []
  /// Slots that a vendor truthfully refused, with the refused operation.
  var refused: [(slot: String, operation: String)] = []
  /// Slots whose order was refused for the age of its token alone, which a new one mends.
  var outdated: [String] = []
  /// Whether a payment of it waited for its customer, who is not there to be asked.
  var neededCustomer = false
  /// Slots whose requests a vendor refused for how they were written, with the refused operation.
  var mistaken: [(slot: String, operation: String)] = []
  /// Activities that the traveller was told had failed, whatever became of them later.
  var reportedFailed: Set<String> = []
  /// What its traveller was warned of, as concluded.
  var warnings: [StoredTrip.Warning] = []
  /// What is parked, as concluded.
  var parked: [StoredTrip.Attention] = []
  /// What operators closed without having it tried again: done by hand, or abandoned.
  var closedByHand: [StoredTrip.Attention] = []
  /// Whether every mail that was written about it was taken by the mail service.
  var isMailed = false
  /// What it must have cost its customer, in minor units, as concluded; nil before.
  var expectedNet: Int64?
  /// Whether it is in a final state with nothing due, as concluded.
  var isSettled = false
  /// Virtual time of the last thing that a vendor did by itself: settled what was pending, failed a
  /// refund, cancelled a room.
  var lastNews: Int64 = 0

  // From the wire.
  var trails: [StepHistory] = []
  var lookups: [LookupHistory] = []
  /// When Stripe's list of the payment's refunds was asked for, and when it came; virtual.
  var refundLists: [(asked: Int64, answered: Int64)] = []
  var firstUndo: Int64?
  var ambiguousMails = 0
  var crashes = 0
  var lastCrash: Int64?

  init(
    id: String, index: Int, client: Int?, offer: OfferedTrip?, customer: String,
    clientKey: String, createdAt: Int64, deadline: Int64
  ) {
    self.id = id
    self.index = index
    self.client = client
    self.offer = offer
    self.customer = customer
    self.clientKey = clientKey
    self.createdAt = createdAt
    self.deadline = deadline
  }

  /// A state and the moment it was committed.
  struct Passage {
    var state: AuditedState
    var version: Int
    /// Virtual microseconds.
    var at: Int64
  }

  /// A reservation and where it belongs.
  struct Placed {
    var reservation: Reservation
    var baggage: CallTags
    /// Virtual time at which the vendor made it.
    var at: Int64
    /// Whether it was seen while its vendor had not decided yet.
    var wasPending: Bool
    /// Whether it was made after an undo of the trip had been sent.
    var isLate: Bool
    var slot: String { baggage.slot }
    var isLive: Bool { reservation.status.isLive }
  }
}

// MARK: - What was offered

extension AuditedTrip {
  /// What the vendors' offers add up to, in minor units; 0 for an unknown offer. Of a modification: what
  /// its parts cost more than what they replace.
  var total: Int64 { due(leavingOut: 0) }
  /// ISO 4217, upper case; empty for an unknown offer.
  var currency: String { offer?.currency ?? "" }
  var activityCount: Int { offer?.activities.count ?? 0 }
  var allActivitySlots: [String] { (0..<activityCount).map { "activity-\($0 + 1)" } }
  /// The activities that are part of it and its own to book.
  var activitySlots: [String] { allActivitySlots.filter { isOwn($0) && !isOut($0) } }

  /// Returns the offered price of a slot in minor units; nil for a slot that was not offered.
  func price(_ slot: String) -> Int64? {
    guard let offer else { return nil }
    switch slot {
    case "flight": return offer.flight.price
    case "hotel": return offer.hotel.price
    default: return activityIndex(slot).map { offer.activities[$0].price }
    }
  }

  /// Returns the vendor's name of what was offered in a slot.
  func item(_ slot: String) -> String? {
    guard let offer else { return nil }
    switch slot {
    case "flight": return offer.flight.item
    case "hotel": return offer.hotel.item
    default: return activityIndex(slot).map { offer.activities[$0].item }
    }
  }

  /// What was offered in an activity's slot; nil when there was no such.
  func activity(_ slot: String) -> OfferedTrip.Activity? {
    activityIndex(slot).flatMap { offer?.activities[$0] }
  }

  private func activityIndex(_ slot: String) -> Int? {
    guard slot.hasPrefix("activity-"), let number = Int(slot.dropFirst(9)),
      number >= 1, number <= activityCount
    else { return nil }
    return number - 1
  }
}

// MARK: - What is true

extension AuditedTrip {
  var captured: Int64 { intents.reduce(0) { $0 + $1.capturedMinor } }
  var refunded: Int64 {
    refunds.reduce(0) { $0 + ($1.status == "succeeded" ? $1.amountMinor : 0) }
  }
  /// What banks took back for good: disputes that were lost.
  var chargedBack: Int64 {
    disputes.reduce(0) { $0 + ($1.status == "lost" ? $1.amountMinor : 0) }
  }
  /// Captured less refunded and less what banks took back, in minor units.
  var net: Int64 { captured - refunded - chargedBack }

  /// What refunds that failed at Stripe were to give back, whose items operators closed without another
  /// try: it was paid another way, or is theirs to answer for. In minor units.
  var refundsClosedByHand: Int64 {
    let items = closedByHand.filter { $0.reason == "refund-failed" }
    return refunds.reduce(0) { sum, refund in
      let isVoid = refund.status == "failed" || refund.status == "canceled"
      return isVoid && items.contains { $0.names(refund.id) } ? sum + refund.amountMinor : sum
    }
  }

  /// Whether operators closed a refund that Stripe had refused: how much it was no book tells.
  var isRefundClosedByHand: Bool {
    closedByHand.contains {
      $0.reason == "undo-refused" && ($0.slot == "charge" || $0.slot.hasPrefix("refund-"))
    }
  }

  /// Whether a slot was cancelled at its vendor, past the orchestrator.
  func isGone(_ slot: String) -> Bool {
    placed.contains { $0.slot == slot && $0.reservation.isGone }
  }

  /// The reservations of a slot that the orchestrator can know of: all but flight orders that a copy of
  /// their request made, when the network delivered it twice. Amadeus has neither a key nor a search,
  /// and answered the request itself.
  func known(_ slot: String) -> [Placed] {
    var known: [Placed] = []
    for made in placed where made.slot == slot {
      func isTwin(_ other: Placed) -> Bool {
        other.slot == slot && other.reservation.reference != made.reservation.reference
          && other.baggage.generation == made.baggage.generation
          && other.baggage.attempt == made.baggage.attempt
      }
      // Which of two its answer named is told by which of them was cancelled again.
      let isCopy =
        slot == "flight"
        && (isOfRefusedOriginal(made) || known.contains(where: isTwin)
          || (made.isLive
            && placed.contains { isTwin($0) && $0.reservation.cancelledBy == "caller" }))
      if !isCopy { known.append(made) }
    }
    return known
  }

  /// Whether the network delivered a request twice, and only the copy was taken: its answer was no.
  private func isOfRefusedOriginal(_ made: Placed) -> Bool {
    trails.contains {
      $0.slot == made.slot && $0.direction == "do" && $0.generation == made.baggage.generation
        && $0.copies > 0 && $0.succeededEnds == 0 && $0.ambiguousEnds == 0 && !$0.diedOpen
    }
  }

  /// The reservation that fills a slot; nil when none does.
  func live(_ slot: String) -> Placed? { known(slot).first(where: \.isLive) }
  func wasConfirmed(_ slot: String) -> Bool {
    placed.contains {
      $0.slot == slot
        && ($0.reservation.status == .confirmed || $0.reservation.status == .cancelled)
    }
  }
  var everConfirmed: Bool { passed.contains { $0.state == .confirmed } }
  /// When the trip reached the state it is in now; virtual.
  var since: Int64 { passed.last?.at ?? createdAt }

  /// The trail of an operation, made when there is none.
  func trail(_ slot: String, _ direction: String, _ generation: Int) -> Int {
    if let known = trails.firstIndex(where: {
      $0.generation == generation && $0.slot == slot && $0.direction == direction
    }) {
      return known
    }
    trails.append(StepHistory(slot: slot, direction: direction, generation: generation))
    return trails.count - 1
  }
}

/// The sends and answers of one operation: a slot, a direction, a generation.
struct StepHistory {
  let slot: String
  let direction: String
  let generation: Int
  var sends = 0
  var highestAttempt = 0
  /// Virtual times of the first and the last three sends, latest first.
  var firstSent: Int64 = 0
  var lastSent: (Int64, Int64, Int64) = (.min / 2, .min / 2, .min / 2)
  var key = ""
  var payloadHash: [UInt8] = []
  /// Answers that say for certain what happened.
  var definitiveEnds = 0
  /// Time-outs, broken connections, 5xx and unreadable answers.
  var ambiguousEnds = 0
  var succeededEnds = 0
  var lastEnd: Int64 = 0
  var lastStatus = 0
  var sawServerError = false
  var sawConflict = false
  /// Answered 4xx for good; nothing may be sent again.
  var refusedFor: Int?
  /// Whether it was ever answered 4xx for good, deaths of the process or not.
  var wasRefused = false
  /// Whether a card was refused: answered 402.
  var wasDeclined = false
  /// No earlier resend than this, by `Retry-After`; virtual.
  var notBefore: Int64 = 0
  /// The process died after a send and before its answer can have been noted for certain.
  var diedOpen = false
  /// Deliveries of a copy of a send.
  var copies = 0
}

/// The answers to the reads of one slot (price, preview, availability).
struct LookupHistory {
  let slot: String
  var reads = 0
  /// How often what was offered was asked after (price, preview, availability) and refused for good.
  var refusals = 0
  /// The attempts of validation that were answered well, if not whole, by operation; looked up by key
  /// only.
  var understood: [String: Int] = [:]
  /// The last price that was told and that nobody can pay: by which operation, at which
  /// attempt, when (virtual).
  var oddPrice: (operation: String, attempt: Int, at: Int64)?
}

extension Reservation {
  /// Whether it was cancelled past the caller: by the vendor, or by the traveller there.
  var isGone: Bool { cancelledBy == "vendor" || cancelledBy == "traveller" }
}

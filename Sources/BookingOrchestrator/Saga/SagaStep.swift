/// One side effect: written down before it happens, and again when its outcome is known.
struct SagaStep: Sendable, Hashable {
  /// What a step is the step of.
  struct Key: Sendable, Hashable {
    var slot: Slot
    var direction: Direction
  }

  /// What is known of a step's effect.
  enum Status: String, Sendable, Hashable {
    /// Written down; about to be sent, or sent and not answered yet.
    case intent = "INTENT"
    /// Sent, and its outcome is not known (or not final: a pending refund, a pending activity).
    case unknown = "UNKNOWN"
    /// It took effect; `reference` names what came of it.
    case done = "DONE"
    /// It had no effect and never will.
    case rejected = "REJECTED"
    /// Nobody but an operator can go on.
    case needsAttention = "NEEDS_ATTENTION"
  }

  let key: Key
  /// Counts logical tries from 1; a new one begins only after the old one was rejected.
  let generation: Int
  /// Counts sends within the generation.
  var attempt: Int
  let idempotencyKey: String
  let request: PreparedRequest
  let payloadHash: String
  /// Why it happens: `book`, `rollback`, `cancel`, `activity-1`, `vendor-cancel`.
  let cause: String
  var status: Status
  var reference: String?
  var reason: String?
  var firstSent: Timestamp?
  var lastSent: Timestamp?

  /// Not to be touched before this moment.
  var notBefore: Timestamp?
  /// Looks taken at the vendor since the last send; below zero when the latest of them brought nothing,
  /// so that it is to be looked again and yet not at the pace of a first look.
  var lookups = 0

  // Not stored.

  /// Whether it has been inserted already.
  var isStored = false
  /// Whether it differs from what is stored.
  var isChanged = false

  /// How many looks there were since the last send, whatever they brought.
  var looks: Int { abs(lookups) }
  /// Whether nothing was seen since the last send.
  var isUnseen: Bool { lookups <= 0 }

  /// Whether its outcome is still open.
  var isOpen: Bool { status == .intent || status == .unknown }
}

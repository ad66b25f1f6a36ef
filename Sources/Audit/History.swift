/// Everything that happened in one world, append-only, in order; times are microseconds of virtual
/// time since the world began.
package struct History: Sendable {
  /// All HTTP exchanges, by sequence.
  package var calls: [CallRecord] = []
  /// All faults that fired.
  package var faults: [FaultRecord] = []
  /// What clients were told.
  package var clients: [ClientRecord] = []
  /// Crashes and restarts of the orchestrator.
  package var crashes: [CrashRecord] = []
  /// How often each sometimes-mark was reached.
  package var marks: [String: Int] = [:]

  /// Creates the history of a world in which nothing has happened.
  /// - Parameter bookings: so many are made; room for what most of them cause is taken at once,
  ///   because growing what has become large copies all of it.
  package init(bookings: Int = 0) {
    calls.reserveCapacity(bookings * 16)
    clients.reserveCapacity(bookings * 8)
  }
}

extension History {
  /// Counts that a sometimes-mark was reached.
  package mutating func mark(_ name: String) { marks[name, default: 0] += 1 }
}

/// One HTTP exchange as the network saw it.
package struct CallRecord: Sendable {
  package var sequence: Int
  package var sentMicroseconds: Int64
  /// The sender: `orchestrator-1`, `stripe`, `clients`.
  package var node: String
  /// `stripe`, `flight`, `hotel`, `activity`, `mail`, `hooks`, `orchestrator`.
  package var service: String
  /// The vendor's operation: `payment_intents.confirm`, `create`, `book`, `webhook`.
  package var operation: String
  /// From the baggage (or the client's own booking); empty when unknown.
  package var bookingID: String
  package var slot: String
  /// `do`, `undo` or empty.
  package var direction: String
  package var generation: Int
  package var attempt: Int
  package var epoch: Int64
  package var idempotencyKey: String
  /// `ok` (2xx), `fail` (other answers), `unknown` (none).
  package var outcome: String
  /// 0 when no answer came.
  package var httpStatus: Int
  /// The status of an answer that came while the caller stood still, who may hear it when it goes on; 0
  /// where none did.
  package var unheardStatus = 0
  package var latencyMicroseconds: Int64
  /// Name of the fault that hit it; empty when none.
  package var fault: String

  /// The status as its service's word: the page of somebody in between says no more than a bad gateway's.
  package var ownStatus: Int { fault == "foreign-page" ? 502 : httpStatus }

  package init(
    sequence: Int, sentMicroseconds: Int64, node: String, service: String, operation: String,
    bookingID: String, slot: String, direction: String, generation: Int, attempt: Int, epoch: Int64,
    idempotencyKey: String, outcome: String, httpStatus: Int, latencyMicroseconds: Int64,
    fault: String
  ) {
    self.sequence = sequence
    self.sentMicroseconds = sentMicroseconds
    self.node = node
    self.service = service
    self.operation = operation
    self.bookingID = bookingID
    self.slot = slot
    self.direction = direction
    self.generation = generation
    self.attempt = attempt
    self.epoch = epoch
    self.idempotencyKey = idempotencyKey
    self.outcome = outcome
    self.httpStatus = httpStatus
    self.latencyMicroseconds = latencyMicroseconds
    self.fault = fault
  }
}

/// One fault that fired.
package struct FaultRecord: Sendable {
  package var sequence: Int
  package var atMicroseconds: Int64
  /// `response-lost`, `decline`, `crash`, …
  package var kind: String
  package var service: String
  package var operation: String
  package var bookingID: String
  package var attempt: Int
  package var detail: String

  package init(
    sequence: Int, atMicroseconds: Int64, kind: String, service: String, operation: String,
    bookingID: String, attempt: Int, detail: String
  ) {
    self.sequence = sequence
    self.atMicroseconds = atMicroseconds
    self.kind = kind
    self.service = service
    self.operation = operation
    self.bookingID = bookingID
    self.attempt = attempt
    self.detail = detail
  }
}

/// What one client asked and was told.
package struct ClientRecord: Sendable {
  package enum Request: String, Sendable {
    case register, book, cancel, look, modify
    /// To book its own option under another key.
    case rival
    /// Of the option that the trip is changed into.
    case registerChange = "register-change"
    /// Of a booking that another client made.
    case foreignCancel = "foreign-cancel"
    /// Of a booking that another client made.
    case foreignLook = "foreign-look"
    /// Of a booking that another client made.
    case foreignShare = "foreign-share"
    /// Makes a link; opens it, or its calendar; ends it.
    case share
    case openLink = "open-link"
    case revokeLink = "revoke-link"
    /// Its own itinerary as a file.
    case itinerary
    /// Its own booking by HEAD, and a path by a method that it does not have.
    case head
    case otherMethod = "other-method"
  }
  package enum Result: String, Sendable { case ok, fail, unknown }
  package var client: Int
  package var request: Request
  package var key: String
  /// Whether the body was the client's true one (false: the same key with another body).
  package var trueBody: Bool
  package var askedMicroseconds: Int64
  package var toldMicroseconds: Int64
  package var result: Result
  package var httpStatus: Int
  /// From the answer; empty when there was none.
  package var bookingID: String
  /// The state told; empty when there was none.
  package var state: String
  package var needsAttention: Bool
  /// The warnings' slots told.
  package var warnings: [String]
  /// The `code` of problem details; empty when there was none.
  package var problem: String
  /// The booking that was asked for, where another client made it; else empty.
  package var foreignBooking = ""
  /// The member that the request lacked, as a JSON Pointer; empty when it lacked none.
  package var lacking = ""
  /// The `pointer` of problem details; empty when there was none.
  package var pointer = ""
  /// The answer's body, as it came; the history keeps that of last looks only.
  package var body: [UInt8] = []
  /// The link that it is about; nil where it is about none.
  package var link: LinkRecord?
  /// The answer's `Retry-After` in seconds, `Allow` and `Location`; nil where it had none.
  package var retryAfter: Int?
  package var allow: String?
  package var location: String?

  package init(
    client: Int, request: Request, key: String, trueBody: Bool, askedMicroseconds: Int64,
    toldMicroseconds: Int64, result: Result, httpStatus: Int, bookingID: String, state: String,
    needsAttention: Bool, warnings: [String], problem: String, foreignBooking: String = "",
    pointer: String = "", body: [UInt8] = []
  ) {
    self.client = client
    self.request = request
    self.key = key
    self.trueBody = trueBody
    self.askedMicroseconds = askedMicroseconds
    self.toldMicroseconds = toldMicroseconds
    self.result = result
    self.httpStatus = httpStatus
    self.bookingID = bookingID
    self.state = state
    self.needsAttention = needsAttention
    self.warnings = warnings
    self.problem = problem
    self.foreignBooking = foreignBooking
    self.pointer = pointer
    self.body = body
  }
}

/// One end of an orchestrator process: a crash, or a stop.
package struct CrashRecord: Sendable {
  package var atMicroseconds: Int64
  /// `timer`, `before-commit`, `after-commit`, `before-send`, `after-send`; ``stopped`` and ``cutOff``.
  package var point: String
  package var node: String
  package var incarnation: Int
  /// Whether recovery of an earlier crash, or an undo, was still under way.
  package var duringRecovery: Bool

  /// The point of a stop in good order.
  package static let stopped = "stop"
  /// The point of a stop whose time was up before it was in order.
  package static let cutOff = "stop-cut-off"
  /// Whether the process had been asked to stop, and had all the time to.
  package var isStop: Bool { point == Self.stopped || point == Self.cutOff }

  package init(
    atMicroseconds: Int64, point: String, node: String, incarnation: Int, duringRecovery: Bool
  ) {
    self.atMicroseconds = atMicroseconds
    self.point = point
    self.node = node
    self.incarnation = incarnation
    self.duringRecovery = duringRecovery
  }
}

/// One event as it came to a client's receiver, and what that made of it.
package struct HookVisit: Sendable {
  /// The receiver.
  package var authority: String
  /// The event's id, as its body says it; empty when it says none.
  package var event: String
  /// Whether the receiver's own reckoning of the signature comes to what was sent.
  package var isSigned: Bool
  /// Whether the receiver has kept the event, whatever it answers.
  package var isTaken: Bool

  package init(authority: String, event: String, isSigned: Bool, isTaken: Bool) {
    self.authority = authority
    self.event = event
    self.isSigned = isSigned
    self.isTaken = isTaken
  }
}

/// What one operator decided about one parked item.
package struct DecisionRecord: Sendable {
  package var atMicroseconds: Int64
  package var bookingID: String
  /// The item's number.
  package var item: Int64
  package var slot: String
  package var reason: String
  /// When the item had been parked; virtual.
  package var parkedMicroseconds: Int64
  /// `retry`, `mark-done`, `abandon`, or a word that nobody knows.
  package var verb: String
  /// Who; each decision of a world has a name of its own.
  package var by: String
  package var note: String
  /// Why the orchestrator's own tool did not take it; empty when it did.
  package var refusal: String
  /// How many items the operators' overview said were open just before; nil when nobody looked.
  package var toldOpen: Int?

  package init(
    atMicroseconds: Int64, bookingID: String, item: Int64, slot: String, reason: String,
    parkedMicroseconds: Int64, verb: String, by: String, note: String, refusal: String
  ) {
    self.atMicroseconds = atMicroseconds
    self.bookingID = bookingID
    self.item = item
    self.slot = slot
    self.reason = reason
    self.parkedMicroseconds = parkedMicroseconds
    self.verb = verb
    self.by = by
    self.note = note
    self.refusal = refusal
  }
}

/// A link as its client knows it.
package struct LinkRecord: Sendable, Hashable {
  /// The booking that it shows.
  package var booking: String
  /// What opens it.
  package var token: String
  /// What it is called among the booking's links; empty when no orchestrator made it.
  package var id: String
  /// Whether it was asked to show no prices.
  package var hidesPrices: Bool
  /// When it ends by itself, in virtual microseconds.
  package var expiresMicroseconds: Int64

  package init(
    booking: String, token: String, id: String, hidesPrices: Bool, expiresMicroseconds: Int64
  ) {
    self.booking = booking
    self.token = token
    self.id = id
    self.hidesPrices = hidesPrices
    self.expiresMicroseconds = expiresMicroseconds
  }
}

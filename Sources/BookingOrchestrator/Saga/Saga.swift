/// The decisions of one trip booking, free of I/O, clocks and randomness.
///
/// Events go in, a ``Reaction`` comes out: what to write down, then what to do. The driver writes
/// before it does, so at any moment a crash leaves rows from which the same saga can be rebuilt.
/// What is persisted: the trip's row with its ``SagaPlan``, and one row per step.
struct Saga: Sendable {
  let id: BookingID
  let option: TripOption
  let request: TripRequest
  /// Make requests ready; the saga never sends with them.
  let vendors: VendorClients
  let createdAt: Timestamp
  let deadline: Timestamp

  private(set) var state: TripState
  var plan: SagaPlan
  /// The latest generation of every step, in the order of their making.
  var steps: [SagaStep] = []
  var warnings: [TripWarning]
  var failure: TripFailure?
  var needsAttention: Bool
  /// What is parked and open.
  var parked: [ParkedItem] = []
  var finishedAt: Timestamp?

  // Of this drive only.

  var version: Int
  var epoch: Int64
  /// The offer as priced by this process; priced again after a restart.
  var priced: PricedFlight?
  var preview: (HotelPreview, at: Timestamp)?
  /// Activities found available by this process (true) or gone (false).
  var availability: [Int: Bool] = [:]
  /// When Stripe's list of the payment's refunds was last asked for, and last read.
  var refundsAsked: Timestamp?
  var refundsListed: Timestamp?
  /// When Stripe's list of the payment's disputes was last asked for.
  var disputesAsked: Timestamp?
  /// The payment intents that were given up unanswered: somebody may confirm one all the same.
  var earlierIntents: [SagaStep] = []
  /// What the trip's row holds at present, so that only changes are written.
  var storedPlan: SagaPlan?
  var storedWarnings: [TripWarning] = []
  /// The hash of the trip's latest event; nil until this drive has written one.
  var storedHash: String?

  // Collected for the reaction.

  private var moves: [TripState] = []
  var changes: [SagaChange] = []
  var story: [String] = []
  /// Asked before anything is sent: nil to go ahead, or the moment when a service's breaker lets
  /// the next call through.
  var admit: @Sendable (Service) -> Timestamp? = { _ in nil }
  /// What a breaker put off in this reaction, the earliest first to go on.
  private var deferral: (service: Service, until: Timestamp)?
  /// Until when a request may go out that the latest commit intended; nil when nothing was committed.
  var sendBefore: Timestamp?
  /// Draws the jitter of a delay.
  var jitter: @Sendable (Slot, Int) -> Double = { _, _ in 0.5 }
}

extension Saga {
  /// Rebuilds a saga from its rows; steps are added afterwards.
  init(
    id: BookingID, option: TripOption, request: TripRequest, vendors: VendorClients,
    createdAt: Timestamp, deadline: Timestamp, state: TripState, plan: SagaPlan,
    warnings: [TripWarning], failure: TripFailure?, needsAttention: Bool, finishedAt: Timestamp?,
    version: Int, epoch: Int64
  ) {
    self.id = id
    self.option = option
    self.request = request
    self.vendors = vendors
    self.createdAt = createdAt
    self.deadline = deadline
    self.state = state
    self.plan = plan
    self.warnings = warnings
    self.failure = failure
    self.needsAttention = needsAttention
    self.finishedAt = finishedAt
    self.version = version
    self.epoch = epoch
  }
}

/// What a saga remembers beside its steps, as JSON in the trip's row.
struct SagaPlan: Sendable, Hashable, Codable {
  /// Where it stands.
  enum Phase: String, Sendable, Hashable, Codable {
    case validating, booking, undoing
    /// A confirmed trip is looked after, and refunds of its parts are followed.
    case monitoring = "standing"
    /// An undone trip waits for its refunds to be paid out. The stored words are older than the names.
    case awaitingRefunds = "settling"
    /// Nothing is left to do, or only something that an operator must do.
    case ended
  }
  /// Why it is undone.
  enum Cause: String, Sendable, Hashable, Codable { case rollback, cancel }

  var phase = Phase.validating
  var cause: Cause?
  /// Activities gone at validation: not charged, not booked.
  var leftOut: [Int] = []
  /// Activities that were charged but not booked.
  var failed: [Int] = []
  var paymentIntent: String?
  var hotelReservation: String?
  /// What vendors kept, per slot, in minor units; present once known.
  var penalties: [String: Int64] = [:]
  /// Activities whose penalty was told after the cancellation.
  var finalPenalties: [String] = []
  /// Until when pending activities are waited for.
  var activitiesUntil: Int64?
  /// The departures of the flight's segments when it was booked, with a comma between; nil when they were
  /// not told.
  var departure: String?
  /// When a standing trip is to be looked after.
  var inspectAt: Int64?
  var flightInspected = false
  var hotelInspected = false
  /// The property cancelled the hotel.
  var hotelGone = false
  /// What was cancelled at other vendors; nil while nothing is known, as in rows of older versions.
  var gone: Gone?
  /// A refused hotel order was looked for once more, after everything on the wire had arrived.
  var hotelLookedTwice = false
  /// That look found an order: a copy of the refused request had made it.
  var hotelCameLate = false
  /// The customer asked for a cancellation.
  var cancelAsked = false
  /// Undos of an ended trip that operators wanted tried again and that are under way; nil for none.
  var retried: [String]?
  /// Money refunded (succeeded) so far, by refund.
  var refunds: [Refund] = []
  /// When Stripe told of more refunded money than is known here; nil once its list was read.
  var refundsInDoubt: Int64?
  /// When Stripe told of a dispute that is not known here as it told; nil once its list was read, as in
  /// rows of older versions.
  var disputesInDoubt: Int64?
  /// What refunds asked for that Stripe had refused, and operators closed, before others were asked for; in
  /// minor units, nil for nothing.
  var closedRefused: Int64?
  /// By how much the refunds so far were rounded up; nil for nothing, as in rows of older versions.
  var rounded: Int64?
  /// What is known of a hold on the card; nil before there is one, and for what is taken at once.
  var hold: Hold?
  /// Set in a modification; nil in a booking.
  var modifies: Modifies?
  /// The modifications of this booking, in the order of their acceptance; nil for none, as in rows of
  /// older versions.
  var modifications: [Change]?
  /// What failed before there was a step to note it in.
  var tries = Tries()

  /// Reads and first sends that are to be tried again: how often they failed, and when to go on.
  struct Tries: Sendable, Hashable, Codable {
    struct Entry: Sendable, Hashable, Codable {
      var failures: Int
      var notBefore: Timestamp
    }
    private(set) var entries: [String: Entry] = [:]

    subscript(_ action: SagaAction) -> Entry? {
      get { entries[action.name] }
      set { entries[action.name] = newValue }
    }

    /// When each may go on, in no particular order.
    var moments: [Timestamp] { entries.values.map(\.notBefore) }  // order: only the earliest counts
  }

  struct Refund: Sendable, Hashable, Codable {
    var id: String
    var slot: String
    var amount: Int64
    /// pending, succeeded, failed
    var status: String
    /// What people are to pay in its place, as it was made by somebody else and came to nothing; in minor
    /// units, nil for nothing.
    var left: Int64?
  }
}

// MARK: - Events in, reaction out

extension Saga {
  /// Begins a drive: a fresh claim of the trip by this process.
  mutating func begin(_ inbox: [SagaMessage], at now: Timestamp) -> Reaction {
    for index in steps.indices where steps[index].status == .intent {
      // The owner before us may have sent it or not: nobody can tell.
      settleDoubt(index, reason: "the process died before the answer was noted", at: now)
    }
    return react([], inbox, at: now)
  }

  /// Takes in what happened and says what to do next.
  mutating func react(_ events: [SagaEvent], _ inbox: [SagaMessage], at now: Timestamp) -> Reaction
  {
    for event in events { take(event, at: now) }
    for message in inbox { take(message, at: now) }
    var actions: [SagaAction] = []
    // Each round either finds something to do, comes to rest, or moves to another phase.
    while true {
      let before = plan.phase
      actions = next(at: now)
      if !actions.isEmpty || plan.phase == before { break }
    }
    for index in steps.indices { writeDown(index) }
    let (wake, deferred) = actions.isEmpty ? nextWake(after: now) : (nil, nil)
    let reaction = Reaction(
      changes: changes, moves: moves, actions: actions, wake: wake, deferred: deferred,
      story: story.joined(separator: "; "))
    deferral = nil
    changes = []
    moves = []
    story = []
    return reaction
  }

  private mutating func next(at now: Timestamp) -> [SagaAction] {
    switch plan.phase {
    case .validating: validate(at: now)
    case .booking: book(at: now)
    case .undoing: undo(at: now)
    case .monitoring: monitor(at: now)
    case .awaitingRefunds: settle(at: now)
    case .ended: []
    }
  }

  private mutating func take(_ event: SagaEvent, at now: Timestamp) {
    switch event {
    case .flightPriced(let outcome): flightPriced(outcome, at: now)
    case .hotelPreviewed(let outcome): hotelPreviewed(outcome, at: now)
    case .activityChecked(let number, let outcome): activityChecked(number, outcome, at: now)
    case .answered(let key, let answer): answered(key, answer, at: now)
    case .lookedUp(let key, let result): lookedUp(key, result, at: now)
    }
  }

  /// Goes to another public state.
  mutating func move(to next: TripState) {
    precondition(TripState.allows(state, next), "\(id): \(state.rawValue) to \(next.rawValue)")
    state = next
    moves.append(next)
  }

  /// When to wake a resting saga: the earliest moment at which something may go on; and whether it
  /// is a breaker that it waits for.
  private func nextWake(after now: Timestamp) -> (Timestamp?, Reaction.Deferral?) {
    if plan.phase == .ended { return (nil, nil) }
    var moments = plan.tries.moments
    if let deferral { moments.append(deferral.until) }
    moments += steps.compactMap { step in
      isWaited(step) ? (step.notBefore ?? now) : nil
    }
    if plan.phase == .monitoring, let inspectAt = plan.inspectAt {
      moments.append(Timestamp(microseconds: inspectAt))
    }
    if plan.phase == .validating || plan.phase == .booking {
      moments.append(deadline + .milliseconds(1))
    }
    if plan.phase == .booking, let until = plan.activitiesUntil {
      moments.append(Timestamp(microseconds: until))
    }
    let later = moments.filter { $0 > now }
    let wake = later.min() ?? now + .seconds(60)
    guard let deferral, deferral.until == wake else { return (wake, nil) }
    let otherwise = later.filter { $0 > wake }.min()
    let latest = now + RetryPolicy.deferral
    return (
      wake, .init(service: deferral.service, until: otherwise.map { min($0, latest) } ?? latest)
    )
  }

  /// Whether something is still to come of a step.
  func isWaited(_ step: SagaStep) -> Bool { step.isOpen || step.notBefore != nil }
}

// MARK: - Steps

extension Saga {
  func index(_ slot: Slot, _ direction: Direction) -> Int? {
    steps.firstIndex { $0.key.slot == slot && $0.key.direction == direction }
  }

  func step(_ slot: Slot, _ direction: Direction) -> SagaStep? {
    index(slot, direction).map { steps[$0] }
  }

  /// Writes down that a step is about to happen for the first time, or again after a rejection.
  mutating func intend(
    _ slot: Slot, _ direction: Direction, _ request: PreparedRequest, cause: String,
    at now: Timestamp
  ) -> [SagaAction] {
    let key = SagaStep.Key(slot: slot, direction: direction)
    let old = index(slot, direction)
    let generation = old.map { steps[$0].generation + 1 } ?? 1
    if let old {
      precondition(!steps[old].isOpen, "\(id) \(slot.text): a new try over an open one")
    }
    if isDeferred(slot.service) {
      // Nothing is written: the breaker defers the decision, not the call.
      plan.tries[.send(key)] = .init(failures: 0, notBefore: now)
      return []
    }
    plan.tries[.send(key)] = nil
    let step = SagaStep(
      key: key, generation: generation, attempt: 1,
      idempotencyKey: "\(id):\(slot.text):\(direction.rawValue):\(generation)", request: request,
      payloadHash: request.payloadHash, cause: cause, status: .intent, reference: nil, reason: nil,
      firstSent: now, lastSent: now)
    if let old {
      writeDown(old)
      if slot == .intent { earlierIntents.append(steps[old]) }
      steps[old] = step
    } else {
      steps.append(step)
    }
    store(index(slot, direction)!, "\(direction == .undo ? "undo of " : "")\(slot.text) intended")
    return [.send(key)]
  }

  /// Asks the breaker of a service whether a call has to wait.
  ///
  /// What waits stays due: the breaker may close long before the pause is over, and whoever is woken then
  /// must find it to do.
  mutating func isDeferred(_ service: Service) -> Bool {
    guard let moment = admit(service) else { return false }
    if deferral.map({ moment < $0.until }) ?? true { deferral = (service, moment) }
    return true
  }

  /// Sends an open step once more: the same key, the same bytes.
  mutating func resend(_ index: Int, at now: Timestamp) -> [SagaAction] {
    if isDeferred(steps[index].key.slot.service) {
      steps[index].notBefore = now
      steps[index].isChanged = true
      return []
    }
    steps[index].attempt += 1
    steps[index].reason = nil
    steps[index].lastSent = now
    steps[index].lookups = 0
    steps[index].notBefore = nil
    steps[index].status = .intent
    store(index, "\(steps[index].key.slot.text) sent again")
    return [.send(steps[index].key)]
  }

  /// Looks at the vendor, unless it is too early or the breaker is open.
  mutating func lookUp(_ index: Int, _ what: SagaAction.Lookup, at now: Timestamp) -> [SagaAction] {
    if let moment = steps[index].notBefore, moment > now { return [] }
    if isDeferred(steps[index].key.slot.service) {
      steps[index].notBefore = now
      steps[index].isChanged = true
      return []
    }
    steps[index].lookups = steps[index].looks + 1
    return [.lookUp(steps[index].key, what)]
  }

  /// Whether a step may be touched now.
  func isDue(_ index: Int, at now: Timestamp) -> Bool {
    steps[index].notBefore.map { $0 <= now } ?? true
  }

  /// Has a step wait for a back-off, or for as long as the vendor asked.
  mutating func postpone(_ index: Int, _ retry: Retry?, at now: Timestamp) {
    let step = steps[index]
    // A new key is not a new beginning: Stripe, when it is busy, stays so under another one.
    let before =
      step.key.slot.service == .stripe ? RetryPolicy.confirmations * (step.generation - 1) : 0
    let tries = before + step.attempt + step.looks
    let delay = RetryPolicy.delay(afterAttempt: tries, fraction: jitter(step.key.slot, tries))
    steps[index].notBefore = now + max(delay, retry?.after ?? .zero)
    steps[index].isChanged = true
  }

  mutating func store(_ index: Int, _ what: String) {
    steps[index].isChanged = true
    story.append(what)
  }

  /// Puts a changed step among what is to be written.
  mutating func writeDown(_ index: Int) {
    guard steps[index].isChanged else { return }
    changes.append(.step(steps[index]))
    steps[index].isChanged = false
    steps[index].isStored = true
  }

  mutating func finish(_ index: Int, _ reference: String?, _ what: String) {
    steps[index].status = .done
    steps[index].reference = reference ?? steps[index].reference
    steps[index].reason = nil
    steps[index].notBefore = nil
    store(index, what)
  }

  mutating func reject(_ index: Int, _ reason: String) {
    steps[index].status = .rejected
    steps[index].reason = reason
    steps[index].notBefore = nil
    let key = steps[index].key
    store(index, "\(key.direction == .undo ? "undo of " : "")\(key.slot.text) rejected: \(reason)")
  }

  /// Notes that nobody knows whether a step took effect.
  mutating func settleDoubt(_ index: Int, reason: String, at now: Timestamp) {
    if steps[index].key == .init(slot: .flight, direction: .forward) {
      parkFlight(index, reason: reason)
      return
    }
    steps[index].status = .unknown
    steps[index].reason = reason
    store(index, "\(steps[index].key.slot.text) unknown: \(reason)")
  }

  /// Hands an item to an operator.
  mutating func park(
    _ index: Int, reason: String, known: [(String, String)], advice: String
  ) {
    steps[index].status = .needsAttention
    steps[index].notBefore = nil
    let key = steps[index].key
    store(index, "\(key.slot.text) parked: \(reason)")
    attend(
      AttentionItem(
        slot: key.slot, reason: reason, reference: steps[index].reference,
        known: JSONObject.text(known), advice: advice))
  }

  mutating func attend(_ item: AttentionItem) {
    needsAttention = true
    let open = ParkedItem(slot: item.slot.text, reason: item.reason)
    if !parked.contains(open) { parked.append(open) }
    changes.append(.attention(item))
  }
}

import FakeVendors
package import GRDB
import HTTPService

/// Judges one world while it runs and when it is quiet.
///
/// Recomputes money and inventory from the fakes' ledgers and the offers, never from the
/// orchestrator's arithmetic. All calls come on the simulator's thread. While the world runs every
/// check is incremental: it looks at the one thing that changed. Under ambiguity bounds are asserted;
/// exact values only in ``conclude(_:at:)``, and only of trips that are settled.
///
/// Each family of invariants has a ``Checker`` of its own, with its own state; the auditor tells them what
/// happens. The reasoning why a check cannot cry wolf stands at the check.
package final class Auditor: HistoryObserver, Checker, @unchecked Sendable {
  // Unchecked: confined to the simulator's thread, like everything that belongs to one world.

  let context: AuditContext
  private let people: PeopleChecker
  private let webhooks: WebhookChecker
  private let messages: MessageChecker
  private let vendors: VendorChecker
  private let money: MoneyChecker
  private let durability: DurabilityChecker
  private let understanding: UnderstandingChecker
  private let calls: CallChecker
  private let liveness: LivenessChecker
  private let outcomes: OutcomeChecker
  private let parking: ParkingChecker
  private let api: APIChecker
  private let patience: PatienceChecker
  private let operators: OperatorChecker
  private let inbox: InboxChecker
  private let pace: PaceChecker
  private let stops: StopChecker
  private let drives: DriveChecker
  private let tokens: TokenChecker
  private let backOff: BackOffChecker
  private let captures: CaptureChecker
  private let shares: ShareChecker
  private let modifications: ModificationChecker
  private let hooks: HookChecker
  /// Which faults met which states of trips.
  let reach: FaultReachCounter

  /// Creates an auditor of a world.
  package convenience init(_ sources: AuditSources) {
    self.init(
      books: VendorLedgers(sources), database: sources.database, offers: sources.offers,
      changes: sources.changes, hooks: sources.hooks, client: sources.client,
      epochMicroseconds: sources.epochMicroseconds)
  }

  /// Creates an auditor over any books.
  package init(
    books: VendorLedgers, database: DatabaseQueue, offers: @escaping @Sendable (Int) -> OfferedTrip,
    changes: @escaping @Sendable (Int, String) -> OfferedTrip? = { _, _ in nil },
    hooks: @escaping @Sendable (Int) -> String? = { _ in nil },
    client: @escaping @Sendable (_ bookingID: String) -> Int?, epochMicroseconds: Int64
  ) {
    context = AuditContext(
      books: books, database: database, offers: offers, changes: changes, hooks: hooks,
      client: client, epochMicroseconds: epochMicroseconds)
    people = PeopleChecker(context)
    webhooks = WebhookChecker(context)
    messages = MessageChecker(context, people)
    vendors = VendorChecker(context, people)
    money = MoneyChecker(context, vendors, webhooks)
    modifications = ModificationChecker(context, money, vendors)
    durability = DurabilityChecker(context, money, vendors, modifications)
    understanding = UnderstandingChecker(context)
    calls = CallChecker(context, understanding)
    liveness = LivenessChecker(context, vendors)
    outcomes = OutcomeChecker(context, vendors, webhooks)
    parking = ParkingChecker(context, money)
    api = APIChecker(context)
    patience = PatienceChecker(context)
    operators = OperatorChecker(context)
    inbox = InboxChecker(context)
    pace = PaceChecker(context)
    stops = StopChecker(context)
    drives = DriveChecker(context)
    tokens = TokenChecker(context)
    backOff = BackOffChecker(context)
    captures = CaptureChecker(context)
    shares = ShareChecker(context)
    self.hooks = HookChecker(context, api)
    reach = FaultReachCounter(context)
    context.readAlong = { [unowned durability] in durability.catchUp($0) }
  }

  // MARK: While it runs. `at` is virtual time in microseconds since the world began.

  /// Tells the checkers of those families that an event bears on.
  package func observe(_ event: HistoryEvent, at: Int64) {
    context.processes.observe(event, at)
    reach.observe(event)
    stops.observe(event, at)
    drives.observe(event, at)
    defer { noteUnderWay(event) }
    switch event {
    case .ledgerChanged(.paymentIntent(let id)):
      money.paymentIntentChanged(id, at)
      captures.paymentIntentChanged(id, at)
    case .ledgerChanged(.refund(let id)): money.refundChanged(id, at)
    case .ledgerChanged(.dispute(let id)): money.disputeChanged(id, at)
    case .ledgerChanged(.reservation(let vendor, let reference)):
      vendors.reservationChanged(vendor, reference, at)
      modifications.reservationChanged(vendor, reference, at)
    case .ledgerChanged(.webhook), .ledgerChanged(.message): break
    case .committed:
      durability.catchUp(at)
      liveness.judgeClaims(at)
      understanding.committed(at)
      messages.committed(at)
      operators.committed(at)
      hooks.committed(at)
    case .sent(let call, let record) where record.service == "mail":
      patience.sent(record, at)
      messages.judgeSend(call, record, at)
    case .sent(let call, let record):
      patience.sent(record, at)
      pace.sent(record, at)
      tokens.sent(record, at)
      backOff.sent(record, at)
      guard record.isMutating else { break }
      captures.sent(record, at)
      understanding.sent(record, at)
      calls.judgeSend(call, record, at)
      operators.judgeSend(record, at)
    case .delivered(_, let record, let copy): calls.noteDelivery(record, copy: copy, at)
    case .arrived(let call, let record): api.noteArrival(call, record, at)
    case .ended(let record, let wait):
      pace.ended(record, wait, at)
      tokens.ended(record, at)
      backOff.ended(record, wait, at)
      calls.judgeEnd(record, wait, at)
      patience.ended(record, wait, at)
      messages.noteEnd(record, wait, at)
      money.noteDisputedRefusal(record)
    case .told(let record) where record.link != nil: shares.told(record)
    case .told(let record):
      api.judgeTold(record)
      modifications.told(record)
    case .crashed(let record):
      messages.noteDeath()
      lost(record.node, at)
      liveness.expectTakeovers(at)
    case .paused(let node, _):
      messages.noteDeath()
      lost(node, at)
      liveness.expectTakeovers(at)
    case .stopping: liveness.noteStopping()
    case .reported: break
    // What came while it stood still may concern trips that are another's by now.
    case .resumed(let node, _): lost(node, at)
    case .started(_, let incarnation):
      goOn(at)
      liveness.started(incarnation: incarnation, at)
    case .decided(let decision):
      operators.noteDecision(decision)
      backOff.forget()
    case .hookSent(let call, let record): hooks.judgeSend(call, record, at)
    case .hookVisited(let visit): hooks.noteVisit(visit, at)
    case .hookEnded(let record, let wait): hooks.noteEnd(record, wait, at)
    case .hookResent(let event): hooks.noteResent(event, at)
    case .quietBegan: context.quietSince = at
    }
  }

  private func noteUnderWay(_ event: HistoryEvent) {
    switch event {
    case .sent(_, let record), .hookSent(_, let record): context.underWay.sent(record)
    case .ended(let record, _), .hookEnded(let record, _): context.underWay.ended(record)
    case .crashed(let record): context.underWay.died(record.node)
    default: break
    }
  }

  /// What a process had not written down may be lost; those that run go on.
  private func lost(_ node: String, _ at: Int64) {
    liveness.noteDeath()
    messages.forgetEfforts()
    inbox.noteDeath(at)
    understanding.noteDeath(at)
    calls.noteDeath(at)
    patience.noteDeath(at)
    tokens.noteDeath(node, at)
    backOff.forget()
    hooks.noteDeath(at)
    if context.processes.isAnyRunning { goOn(at) }
  }

  /// A process begins, or goes on with what another has left.
  private func goOn(_ at: Int64) {
    pace.started(at)
    patience.started(at)
    messages.started(at)
    inbox.started(at)
    hooks.started(at)
  }

  // MARK: At the end.

  /// The booking that keeps the world from being finished, in a sentence, or nil: every accepted
  /// booking terminal or parked, nothing owed, nothing due, outbox empty.
  package func unfinished() -> String? {
    if let trip = context.firstUnfinished() {
      return "\(trip.id) is \(trip.state.rawValue) since \(seconds(trip.since)) s"
    }
    if let waiting = money.waiting { return waiting }
    return read { try $0.somethingDue(epoch: epoch) ?? $0.openStep() } ?? nil
  }

  /// Judges everything that can be judged only now, over the whole history.
  package func conclude(_ history: History, at: Int64) {
    durability.catchUp(at)
    webhooks.catchUpInbox()
    money.catchUpLedger(at)
    vendors.catchUpRefusals()
    liveness.judgeClaims(at)
    understanding.judgeUnderstood(.max)
    webhooks.noteRepeatedDeliveries()
    // What a trip must have cost depends on what its modification gave up.
    for trip in trips where trip.change != nil { _ = durability.stored(trip, at) }
    for trip in trips { concludeTrip(trip, at) }
    for trip in trips { modifications.conclude(trip, at) }
    durability.concludeStore(at)
    vendors.concludeCapacities(at)
    webhooks.concludeWebhooks(history, at)
    webhooks.judgeBelief(history)
    messages.concludeMails(at)
    api.concludeClients(history, at)
    people.concludePeople(history, at)
    api.concludeLastLooks(history)
    inbox.conclude(history, at)
    backOff.conclude(at)
    shares.conclude(history, at)
    hooks.conclude(at)
    outcomes.concludeIdle(at)
  }

  /// Judges one trip at the end.
  ///
  /// Exact values are asked only of a settled trip: in a final state, nothing due, nothing pending
  /// at Stripe. One that is not settled is L1's finding once the quiet has lasted long enough.
  private func concludeTrip(_ trip: AuditedTrip, _ at: Int64) {
    guard var stored = durability.stored(trip, at) else { return }
    parking.noteAttention(trip, stored)
    trip.parked = stored.attention
    operators.conclude(trip, stored, at)
    messages.judgeKept(trip, stored, at)
    // What an operator closed without another try is as little to be had from a vendor as before.
    stored.attention += trip.closedByHand
    money.setAsideGivenUp(trip, stored)
    liveness.judgeLiveness(trip, stored, at)
    patience.concludePatience(trip, stored, at)
    let isPending =
      trip.intents.contains { $0.status == "processing" }
      || trip.refunds.contains { $0.status == "pending" || $0.status == "requires_action" }
    let isSettled =
      trip.state.isTerminal && stored.wake == nil && !isPending && stored.openInbox == 0
    trip.isSettled = isSettled
    guard isSettled, trip.offer != nil else {
      trip.expectedNet = money.expectedNet(trip, stored)
      return
    }
    money.concludeMoney(trip, stored, at)
    captures.conclude(trip, stored, at)
    vendors.concludeReservations(trip, stored, at)
    if trip.state == .confirmed {
      vendors.judgeConfirmed(trip, warned: stored.warnings.map(\.slot), isQuiet: true, at)
    }
    durability.judgeReferences(trip, stored, at)
    outcomes.judgeOutcome(trip, stored, at)
    parking.judgeParking(trip, stored, at)
    messages.judgeOutbox(trip, stored, at)
    durability.judgeEnds(trip, stored, at)
    noteMarks(trip, stored)
  }

  /// Results of all invariants, in the order of the catalogue.
  package var results: [InvariantResult] { findings.results }

  /// All violations, in order of time (bounded per invariant; the count in results is exact).
  package var violations: [Violation] { findings.violations }

  /// All parked items, in order of time.
  package func attentionRows() -> [AttentionRow] { parking.attention }

  /// Sometimes-marks that the auditor itself has seen (name → how often).
  package var marks: [String: Int] { context.marks }
}

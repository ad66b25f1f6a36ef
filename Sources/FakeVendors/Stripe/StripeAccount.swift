/// All objects of one Stripe account and the rules by which they change.
///
/// Pure: time comes in as a parameter, nothing is awaited, nothing is random. Every method is one
/// atomic step; what the outside must hear of it gathers in ``effects`` until it is taken.
struct StripeAccount: Sendable {
  /// Who caused a change.
  struct Cause: Sendable {
    /// The call's `baggage`, verbatim.
    var baggage = ""
    /// The idempotency key; empty when there is none.
    var key = ""
    /// What ids are derived from; see ``StripeHash/identity(baggage:key:)``.
    var identity: UInt64 = 0
    /// The call's id; nil when Stripe itself is the cause.
    var requestID: String?
  }

  /// What the outside must hear of.
  struct Effects: Sendable {
    /// Changed objects, in order.
    var changes: [LedgerChange] = []
    /// Positions of new events in ``StripeAccount/events``, in order.
    var events: [Int] = []
    /// Whether something was planned for later, which somebody must wake up for.
    var planned = false
  }

  /// A payment intent and what Stripe does not show.
  struct IntentRecord: Sendable {
    var object: StripeSnapshot<StripeIntent>
    /// What the ids of everything that belongs to the payment are derived from.
    let root: UInt64
    let cause: Cause
    let createdMicroseconds: Int64
    var capturedMicroseconds: Int64?
    /// When the whole amount was authorised, and when the intent was cancelled, by whomever.
    var heldMicroseconds: Int64?
    var canceledMicroseconds: Int64?
    var declineCode: String?
    /// What somebody did to it past the caller: `canceled` or `confirmed`; to a hold `captured` or `voided`.
    var doneByHand: String?
    /// Position of the payment that another program made of it with a copy of its metadata.
    var copy: Int?
    var charges = 0
    var events = 0
    /// Positions in ``StripeAccount/refunds``.
    var refunds: [Int] = []
  }

  /// A refund and what Stripe does not show.
  struct RefundRecord: Sendable {
    var object: StripeSnapshot<RefundObject>
    /// Position of its intent in ``StripeAccount/intents``.
    let intent: Int
    let cause: Cause
    let createdMicroseconds: Int64
    var updatedMicroseconds: Int64
  }

  /// An event and its deliveries.
  struct EventRecord: Sendable {
    let event: StripeSnapshot<EventObject>
    let baggage: String
    var attempts = 0
    var delivered = false
    /// The statuses of answers that were no 2xx, in order.
    var refusals: [Int] = []
    /// Whether some endpoint subscribes to it.
    var isSubscribed = false
    /// Deliveries that are due or under way, duplicates included.
    var outstanding = 0
  }

  /// Something that Stripe does by itself, later.
  enum Later: Sendable {
    case refundSettles(Int, succeeds: Bool)
    case refundFails(Int)
    case intentResolves(Int, succeeds: Bool)
    case holdExpires(Int)
    /// A pending refund is cancelled.
    case refundCanceled(Int)
    /// Somebody refunds a part of an intent by hand.
    case deskRefunds(
      Int, partsPerMillion: Int64, pending: StripeFault.Pending?, isMislabelled: Bool)
    /// Somebody cancels an intent, or confirms it, past the caller.
    case deskCancels(Int)
    case deskConfirms(Int)
    /// Somebody captures a part of a hold by hand, or cancels it.
    case deskCaptures(Int, partsPerMillion: Int64)
    case deskVoids(Int)
    /// Another program charges an intent's customer once more, and gives that payment back.
    case deskPays(Int, returnedAfter: Duration, isNamed: Bool)
    /// It gives its payment back: of a copy so much, and in such words, as a refund of the model's.
    case deskReturns(Int, like: Int?)
    /// The customer's bank disputes an intent's charge, and decides so much later.
    case bankDisputes(Int, decidedAfter: Duration, isWon: Bool)
    case disputeEnds(String, isWon: Bool)
    /// The bank asks about an intent's charge, and no more so much later.
    case bankAsks(Int, closedAfter: Duration)
    case enquiryEnds(String)
    /// Nobody has sent evidence in time.
    case disputeIsDue(String)
    case sessionExpires(String)
  }

  var ids: StripeIDs
  private(set) var customers = StripeShelf<CustomerObject>()
  private(set) var paymentMethods = StripeShelf<PaymentMethodObject>()
  private(set) var charges = StripeShelf<ChargeObject>()
  private(set) var disputes = StripeShelf<DisputeObject>()
  private(set) var transactions = StripeShelf<StripeTransaction>()
  private(set) var sessions = StripeShelf<StripeSession>()
  /// The Checkout Session that a payment was made by.
  private(set) var sessionOfIntent: [String: String] = [:]
  private(set) var intents: [IntentRecord] = []
  private(set) var intentPositions: [String: Int] = [:]
  private(set) var intentsOfBooking: [String: [Int]] = [:]
  private(set) var refunds: [RefundRecord] = []
  private(set) var refundPositions: [String: Int] = [:]
  var events: [EventRecord] = []
  private(set) var eventPositions: [String: Int] = [:]
  /// How many events there were about each object that belongs to no payment.
  private var eventsOfObject: [String: UInt64] = [:]
  private var later = StripeDueQueue<Later>()
  private(set) var effects = Effects()

  init(seed: UInt64) { ids = StripeIDs(seed: seed) }

  /// Returns and forgets what the outside must hear of.
  mutating func takeEffects() -> Effects {
    let taken = effects
    effects = Effects()
    return taken
  }

  // MARK: Time

  /// When the next thing is due that still matters, in microseconds since 1970.
  var nextDue: Int64? {
    mutating get {
      while let (due, item) = later.first {
        if matters(item) { return due }
        _ = later.pop(dueBy: due)
      }
      return nil
    }
  }

  /// Does everything that is due, at the time at which it was due.
  mutating func settle(now: Int64) {
    while let (due, item) = later.pop(dueBy: now) {
      guard matters(item) else { continue }
      switch item {
      case .refundSettles(let refund, true): refundSucceeds(refund, at: due)
      case .refundSettles(let refund, false), .refundFails(let refund):
        refundFails(refund, at: due)
      case .intentResolves(let intent, let succeeds):
        resolve(intent, succeeds: succeeds, at: due)
      case .holdExpires(let intent): expireHold(intent, at: due)
      case .refundCanceled(let refund): refundIsCanceled(refund, at: due)
      case .deskRefunds(let intent, let share, let pending, let isMislabelled):
        let others = isMislabelled ? metadata(besides: intent) : StripeMetadata()
        refundByHand(intent, partsPerMillion: share, pending: pending, at: due) {
          $0.metadata = others
        }
      case .deskCancels(let intent): cancelByHand(intent, at: due)
      case .deskConfirms(let intent): confirmByHand(intent, at: due)
      case .deskCaptures(let intent, let share):
        captureByHand(intent, partsPerMillion: share, at: due)
      case .deskVoids(let intent): voidByHand(intent, at: due)
      case .deskPays(let intent, let delay, let isNamed):
        payAgainByHand(intent, returnedAfter: delay, isNamed: isNamed, at: due)
      case .deskReturns(let intent, let model): returnByHand(intent, like: model, at: due)
      case .bankDisputes(let intent, let delay, let isWon):
        disputeByBank(intent, decidedAfter: delay, isWon: isWon, at: due)
      case .disputeEnds(let id, let isWon):
        endDispute(id, won: isWon, cause: disputeCause(id), now: due)
      case .bankAsks(let intent, let delay): bankAsks(intent, closedAfter: delay, at: due)
      case .enquiryEnds(let id): endEnquiry(id, at: due)
      case .disputeIsDue(let id): disputeRunsOut(id, at: due)
      case .sessionExpires(let id): expireSession(id, cause: Cause(), now: due)
      }
    }
  }

  /// Plans something.
  mutating func schedule(_ item: Later, after delay: Duration, from now: Int64) {
    later.insert(item, due: now &+ delay.wholeMicroseconds)
    effects.planned = true
  }

  private func matters(_ item: Later) -> Bool {
    switch item {
    case .refundSettles(let refund, _), .refundCanceled(let refund):
      refunds[refund].object.value.status == .pending
    case .refundFails(let refund): refunds[refund].object.value.status == .succeeded
    case .intentResolves(let intent, _): intents[intent].object.value.status == .processing
    case .holdExpires(let intent), .deskCaptures(let intent, _), .deskVoids(let intent):
      intents[intent].object.value.status == .requiresCapture
    case .deskRefunds(let intent, _, _, _), .bankDisputes(let intent, _, _),
      .bankAsks(let intent, _),
      .deskPays(let intent, _, _), .deskReturns(let intent, _):
      intents[intent].object.value.status == .succeeded
    case .deskCancels(let intent), .deskConfirms(let intent):
      intents[intent].object.value.status == .requiresConfirmation
    case .disputeEnds(let id, _): disputes[id]?.value.isOpen ?? false
    case .enquiryEnds(let id): disputes[id]?.value.status == .warningNeedsResponse
    case .disputeIsDue(let id): disputes[id]?.value.status == .needsResponse
    case .sessionExpires(let id): sessions[id]?.value.status == .open
    }
  }

  // MARK: Objects

  /// A customer that was not deleted; nil when there is none.
  func liveCustomer(_ id: String) -> StripeSnapshot<CustomerObject>? {
    customers[id].flatMap { $0.value.isDeleted ? nil : $0 }
  }

  /// Registers a customer; keeps the one there is.
  mutating func addCustomer(_ customer: CustomerObject) -> StripeSnapshot<CustomerObject> {
    if let known = customers[customer.id] { return known }
    return replaceCustomer(customer)
  }

  /// Adds a customer or replaces the one of that id.
  mutating func replaceCustomer(_ customer: CustomerObject) -> StripeSnapshot<CustomerObject> {
    customers.put(customer, id: customer.id)
  }

  /// Adds or replaces a dispute.
  mutating func putDispute(_ dispute: DisputeObject) {
    disputes.put(dispute, id: dispute.id)
    effects.changes.append(.dispute(id: dispute.id))
  }

  /// Notes what somebody did to an intent past the caller.
  mutating func note(byHand deed: String, _ position: Int) {
    intents[position].doneByHand = deed
  }

  /// Adds a movement of the balance.
  mutating func book(_ transaction: StripeTransaction) {
    transactions.put(transaction, id: transaction.id)
  }

  /// Adds or replaces a Checkout Session.
  @discardableResult
  mutating func putSession(_ session: StripeSession) -> StripeSnapshot<StripeSession> {
    if let intent = session.paymentIntent { sessionOfIntent[intent] = session.id }
    return sessions.put(session, id: session.id)
  }

  /// Registers a payment method or replaces the one of that id.
  mutating func add(_ method: PaymentMethodObject) -> StripeSnapshot<PaymentMethodObject> {
    paymentMethods.put(method, id: method.id)
  }

  /// Adds an intent and returns its position.
  mutating func add(_ record: IntentRecord) -> Int {
    let position = intents.count
    let intent = record.object.value
    precondition(intentPositions.updateValue(position, forKey: intent.id) == nil, "id minted twice")
    intents.append(record)
    if let booking = intent.metadata["booking"] {
      intentsOfBooking[booking, default: []].append(position)
    }
    effects.changes.append(.paymentIntent(id: intent.id))
    return position
  }

  /// Changes an intent and what is kept beside it.
  mutating func changeIntent(
    _ position: Int, _ change: (inout StripeIntent, inout IntentRecord) -> Void
  ) {
    var intent = intents[position].object.value
    let booking = intent.metadata["booking"]
    change(&intent, &intents[position])
    intents[position].object = StripeSnapshot(intent)
    if intent.metadata["booking"] != booking {
      if let booking { intentsOfBooking[booking]?.removeAll { $0 == position } }
      if let booking = intent.metadata["booking"] {
        intentsOfBooking[booking, default: []].append(position)
      }
    }
    effects.changes.append(.paymentIntent(id: intent.id))
  }

  /// Changes what is kept beside an intent; the intent itself stays as it is.
  mutating func changeIntentQuietly(_ position: Int, _ change: (inout IntentRecord) -> Void) {
    change(&intents[position])
  }

  /// Adds or replaces a charge.
  mutating func put(_ charge: ChargeObject) { charges.put(charge, id: charge.id) }

  /// Changes a charge.
  mutating func changeCharge(_ id: String, _ change: (inout ChargeObject) -> Void) {
    guard var charge = charges[id]?.value else { preconditionFailure("no such charge: \(id)") }
    change(&charge)
    charges.put(charge, id: id)
  }

  /// Adds a refund and returns its position.
  mutating func add(_ record: RefundRecord) -> Int {
    let position = refunds.count
    let id = record.object.value.id
    precondition(refundPositions.updateValue(position, forKey: id) == nil, "id minted twice")
    refunds.append(record)
    intents[record.intent].refunds.append(position)
    effects.changes.append(.refund(id: id))
    return position
  }

  /// Changes a refund.
  mutating func changeRefund(
    _ position: Int, at now: Int64, _ change: (inout RefundObject) -> Void
  ) {
    var refund = refunds[position].object.value
    let status = refund.status
    change(&refund)
    refunds[position].object = StripeSnapshot(refund)
    if refund.status != status { refunds[position].updatedMicroseconds = now }
    effects.changes.append(.refund(id: refund.id))
  }

  /// Records an event about an object of the payment at `position`, as the object is now.
  mutating func emit(
    _ type: String, _ object: StripeBody, of position: Int, cause: Cause, at now: Int64
  ) {
    let root = intents[position].root
    intents[position].events += 1
    let branch = StripeHash.mix(root ^ 0x65_7674 &+ UInt64(intents[position].events) << 32)
    let id = ids.id("evt_", payment: root, branch: branch)
    let event = EventObject(
      id: id, type: type, createdMicroseconds: now, object: object, requestID: cause.requestID,
      idempotencyKey: cause.requestID == nil || cause.key.isEmpty ? nil : cause.key)
    effects.events.append(events.count)
    eventPositions[id] = events.count
    events.append(EventRecord(event: StripeSnapshot(event), baggage: cause.baggage))
  }

  /// Records an event about an object that belongs to no payment.
  mutating func emit(_ type: String, _ object: StripeBody, cause: Cause, at now: Int64) {
    let count = eventsOfObject[object.id, default: 0] + 1
    eventsOfObject[object.id] = count
    let root = StripeHash.mix(StripeHash.of(object.id.utf8) ^ 0x65_7674)
    let id = ids.id("evt_", payment: root, branch: StripeHash.mix(root &+ count))
    let event = EventObject(
      id: id, type: type, createdMicroseconds: now, object: object, requestID: cause.requestID,
      idempotencyKey: cause.requestID == nil || cause.key.isEmpty ? nil : cause.key)
    effects.events.append(events.count)
    eventPositions[id] = events.count
    events.append(EventRecord(event: StripeSnapshot(event), baggage: cause.baggage))
  }

  /// Records an event that Stripe sends beside the one at `position`: of the same object, in a form or
  /// of a type that the receiver need not know. Returns its position.
  mutating func accompany(_ position: Int, _ companion: WebhookPlan.Companion) -> Int {
    let record = events[position]
    var event = record.event.value
    let root = StripeHash.mix(StripeHash.of(event.id.utf8) ^ 0x63_6f6d)
    switch companion {
    case .unknown:
      let resource = event.type.split(separator: ".").dropLast().joined(separator: ".")
      event.type = resource + ".something_new"
    case .thin:
      event.type = "v1." + event.type
      event.isThin = true
    }
    let branch = StripeHash.mix(root &+ (event.isThin ? 1 : 2))
    event.id = ids.id("evt_", payment: root, branch: branch)
    eventPositions[event.id] = events.count
    events.append(EventRecord(event: StripeSnapshot(event), baggage: record.baggage))
    return events.count - 1
  }

  /// Records an event about the intent at `position`.
  mutating func emit(_ type: String, intent position: Int, cause: Cause, at now: Int64) {
    emit(type, .intent(intents[position].object), of: position, cause: cause, at: now)
  }

  /// Records an event about a charge of the payment at `position`.
  mutating func emit(
    _ type: String, charge id: String, of position: Int, cause: Cause, at now: Int64
  ) {
    guard let charge = charges[id] else { preconditionFailure("no such charge: \(id)") }
    emit(type, .charge(charge), of: position, cause: cause, at: now)
  }
}

extension Duration {
  /// The duration in whole microseconds, rounded down; at most about 292,000 years.
  var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
    guard !overflows else { return seconds < 0 ? Int64.min / 2 : Int64.max / 2 }
    return product &+ attoseconds / 1_000_000_000_000
  }
}

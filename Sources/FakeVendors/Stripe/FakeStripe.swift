public import HTTPService
import HTTPTypes
import Synchronization

/// A stateful fake of Stripe's payment API.
///
/// A call passes, in this order: authentication, routing, its plan (``FaultInjector``, asked once), the rate
/// limiter, the idempotency layer, the object lock, its processing time, the checks of its
/// parameters, and then its whole effect in one atomic step. Nothing happens when the processing time
/// is cut short. Operations are named as in `payment_intents.create`, `.retrieve`, `.list`, `.update`,
/// `.confirm`, `.capture`, `.cancel`, `.increment_authorization`; `refunds.create`, `.retrieve`,
/// `.list`, `.update`, `.cancel`, `.expire`; `disputes.close`; ``StripeOperation`` has them all.
///
/// ## Fidelity
///
/// | matter | here |
/// |---|---|
/// | Bodies | all fields of current API versions for cards, compact instead of indented |
/// | Form bodies | nested keys, `[]`, `[0]`, percent-encoded brackets, `+`; an empty value is unset |
/// | Parameters | unknown, missing, empty and malformed ones refused with Stripe's texts; what is known but changes nothing here is accepted |
/// | Currencies | Stripe's list, its minimums where it publishes them, at most 99,999,999 (INR, COP, IDR more); KWD, BHD, JOD, OMR, TND end in 0; ISK and UGX in 00 |
/// | Payment intents | all states of cards, automatic and manual capture, hold of 7 days, 3-D Secure, `processing`; ``authenticate(_:succeeds:)`` plays the customer |
/// | Refunds | recorded texts in the recorded order of checks; pending, failing later; cancel is always unsupported, as for cards |
/// | Idempotency | as documented; execution is taken to begin once parameters and ids were found valid, so those refusals are not kept |
/// | A replay | takes at most 20 ms and meets no fault but the rate limiter |
/// | Locks | a second change of one payment is refused at once; Stripe waits a while first |
/// | Events | recorded types and order, snapshots of that moment, ids not sortable by time |
/// | Webhooks | one endpoint, signed per attempt, three days of retries |
/// | `automatic_async` | captured at once |
/// | Expansion | every object that the fake has, four levels deep; other known properties stay ids |
/// | Disputes | after the charge of `pm_card_createDispute`, or when ``dispute(_:reason:)`` says; evidence decides; lost after seven days without any |
/// | Checkout Sessions | ``pay(_:with:email:)`` plays the customer; they expire by themselves |
/// | Balance | one currency per charge, pending for two days, a fee of 2.9 % |
/// | Not here | Checkout Sessions that set up or subscribe, multicapture, incremental authorisation (refused), several accounts |
/// | Not established (U) | the `type` of the 409; texts of a confirm in a state other than succeeded, of a bad multiple, of the 500; 404 for an unknown payment in a new refund; parameters compared before the conflict; webhook retry intervals and timeout; delays of the refund test cards |
public final class FakeStripe: HTTPService {
  /// Everything that changes, behind one lock that is never held across an await.
  struct State: Sendable {
    var account: StripeAccount
    var keys: StripeKeys
    /// Payments that some call is changing.
    var locked: Set<String> = []
    var requests: [StripeLedger.Request] = []
    var webhooks = StripeWebhooks()
  }

  let environment: ServiceEnvironment
  let state: Mutex<State>
  private let faultInjector: any FaultInjector<StripeFault>
  private let authorizations: (bearer: String, basic: String)

  /// Creates an account without any objects.
  /// - Parameters:
  ///   - apiKey: the only secret key that is accepted.
  ///   - seed: what ids are derived from.
  ///   - keyLifetime: how long an idempotency key is kept; Stripe promises at least 24 hours.
  public init(
    environment: ServiceEnvironment, faultInjector: any FaultInjector<StripeFault>, apiKey: String,
    seed: UInt64, keyLifetime: Duration = .seconds(86_400)
  ) {
    self.environment = environment
    self.faultInjector = faultInjector
    authorizations = StripeHeaders.authorizations(apiKey)
    state = Mutex(
      State(account: StripeAccount(seed: seed), keys: StripeKeys(lifetime: keyLifetime)))
  }

  /// Registers a customer, so that intents may name it. Idempotent.
  public func addCustomer(id: String) {
    let created = environment.now() / 1_000_000
    state.withLock { state in
      _ = state.account.addCustomer(CustomerObject(id: id, created: created))
    }
  }

  /// Registers a payment method under an id of one's own, as if the card behind a test token had been
  /// entered in a form.
  ///
  /// - Returns: false when there is no such token (Stripe documentation, Testing, Cards).
  @discardableResult
  public func addPaymentMethod(id: String, like token: String) -> Bool {
    guard let card = StripeCard.token(token) else { return false }
    let created = environment.now() / 1_000_000
    state.withLock { state in
      _ = state.account.add(PaymentMethodObject(id: id, card: card, created: created))
    }
    return true
  }

  /// Plays the customer who is asked for 3-D Secure; false when the intent asks for nothing.
  public func authenticate(_ id: String, succeeds: Bool) -> Bool {
    let now = environment.now()
    let (done, effects) = state.withLock { state in
      state.account.settle(now: now)
      let done =
        state.account.intentPositions[id].map {
          state.account.authenticate($0, succeeds: succeeds, now: now)
        } ?? false
      return (done, state.account.takeEffects())
    }
    _ = publish(effects, now: now)
    return done
  }

  /// Answers one API call.
  public func respond(to call: HTTPCall) async throws -> HTTPReply {
    var visit = Visit(call)
    guard let authorization = call.request.headerFields[.authorization] else {
      return refuse(.noKey, &visit)
    }
    guard authorization == authorizations.bearer || authorization == authorizations.basic else {
      return refuse(.wrongKey(StripeHeaders.key(in: authorization)), &visit)
    }
    guard let route = StripeRoute(method: call.request.method.rawValue, path: visit.path) else {
      return refuse(
        .unknownURL(method: call.request.method.rawValue, path: String(visit.path)), &visit)
    }
    visit.operation = route.operation.rawValue
    if !route.operation.isPost { visit.key = nil }
    let plan = faultInjector.plan(
      for: ServiceCall(
        service: "stripe", operation: visit.operation, baggage: visit.cause.baggage,
        handle: visit.key ?? ""))
    if case .rateLimited = plan.fault { return refuse(.rateLimited, &visit) }
    if case .rateLimitedFor(let wait) = plan.fault {
      return refuse(.rateLimited(for: wait), &visit)
    }

    let form = route.operation.isPost ? StripeForm(call.body) : StripeForm(visit.query.utf8)
    let command: Result<StripeCommand, StripeError>
    do throws(StripeError) {
      let valid = try StripeCommand(route, form)
      visit.expansion = try StripeExpansion(form, of: route.operation)
      command = .success(valid)
    } catch {
      command = .failure(error)
    }

    let lock: String?
    switch admit(&visit, command, form) {
    case .execute(let locked): lock = locked
    case .refuse(let error): return refuse(error, &visit)
    case .replay(let answer):
      try await sleep(min(plan.latency, .milliseconds(20)))
      return reply(answer, visit, isReplay: true)
    }
    do {
      if case .atWork(let time) = plan.fault {
        try await sleep(min(time, .seconds(300)))
      } else {
        try await sleep(plan.latency)
      }
    } catch {
      state.withLock { state in
        if let key = visit.key { state.keys.release(key) }
        if let lock { state.locked.remove(lock) }
      }
      throw error
    }
    return await perform(command, visit, fault: plan.fault, lock: lock)
  }

  // MARK: For the auditor

  /// All payment intents, in order of creation.
  public var paymentIntents: [StripeLedger.PaymentIntent] {
    state.withLock { state in state.account.intents.indices.map { state.account.ledgerIntent($0) } }
  }

  /// All refunds, in order of creation.
  public var refunds: [StripeLedger.Refund] {
    state.withLock { state in state.account.refunds.indices.map { state.account.ledgerRefund($0) } }
  }

  /// All events, in order of creation.
  public var events: [StripeLedger.Event] {
    state.withLock { state in state.account.events.indices.map { state.account.ledgerEvent($0) } }
  }

  /// All requests that were answered, refused ones included, in the order of their answers.
  public var requests: [StripeLedger.Request] { state.withLock { $0.requests } }

  /// One payment intent. O(1).
  public func paymentIntent(_ id: String) -> StripeLedger.PaymentIntent? {
    state.withLock { state in
      state.account.intentPositions[id].map { state.account.ledgerIntent($0) }
    }
  }

  /// One refund. O(1).
  public func refund(_ id: String) -> StripeLedger.Refund? {
    state.withLock { state in
      state.account.refundPositions[id].map { state.account.ledgerRefund($0) }
    }
  }

  /// All disputes, in order of creation.
  public var disputes: [StripeLedger.Dispute] {
    state.withLock { state in
      state.account.disputes.objects.map { state.account.ledgerDispute($0.value) }
    }
  }

  /// One dispute. O(1).
  public func dispute(_ id: String) -> StripeLedger.Dispute? {
    state.withLock { state in
      state.account.disputes[id].map { state.account.ledgerDispute($0.value) }
    }
  }

  /// The refunds of one payment intent, in order of creation. O(number of its refunds).
  public func refunds(ofPaymentIntent id: String) -> [StripeLedger.Refund] {
    state.withLock { state in
      guard let position = state.account.intentPositions[id] else { return [] }
      return state.account.intents[position].refunds.map { state.account.ledgerRefund($0) }
    }
  }

  /// The payment intents whose metadata names a booking, in order of creation. O(their number).
  public func paymentIntents(ofBooking booking: String) -> [StripeLedger.PaymentIntent] {
    state.withLock { state in
      (state.account.intentsOfBooking[booking] ?? []).map { state.account.ledgerIntent($0) }
    }
  }
}

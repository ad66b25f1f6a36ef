import Synchronization

// How a customer pays on Stripe's page. Source: Stripe documentation, How Checkout works: the payment
// intent is made when the customer pays, a declined customer may try another card on the same page, and
// `checkout.session.completed` follows the events of the payment (order of recorded events (U)).

/// What came of a customer who pays.
public enum CheckoutOutcome: Sendable, Hashable {
  /// The session is complete.
  case completed
  /// The card was declined or waits for the customer; the session stays open.
  case stillOpen(status: String)
  /// There is no such open session of mode `payment`, or no such card.
  case refused(String)
}

extension FakeStripe {
  /// Plays a customer who pays a Checkout Session with a test card.
  public func pay(_ session: String, with method: String, email: String?) -> CheckoutOutcome {
    let now = environment.now()
    let (outcome, effects) = state.withLock { state in
      state.account.settle(now: now)
      let outcome = state.account.pay(session, with: method, email: email, now: now)
      return (outcome, state.account.takeEffects())
    }
    _ = publish(effects, now: now)
    return outcome
  }

  /// Plays a cardholder who disputes a payment with the bank; false when there is nothing to dispute.
  public func dispute(_ paymentIntent: String, reason: String) -> Bool {
    let now = environment.now()
    let (done, effects) = state.withLock { state in
      state.account.settle(now: now)
      let done =
        state.account.intentPositions[paymentIntent].map {
          state.account.disputeByHand($0, reason: reason, at: now)
        } ?? false
      return (done, state.account.takeEffects())
    }
    _ = publish(effects, now: now)
    return done
  }

  /// Why a payment may be disputed.
  public static var disputeReasons: [String] { DisputeObject.reasons }
}

extension StripeAccount {
  mutating func pay(
    _ id: String, with method: String, email: String?, now: Int64
  ) -> CheckoutOutcome {
    guard var session = sessions[id]?.value, session.status == .open else {
      return .refused("there is no open session '\(id)'")
    }
    guard session.mode == "payment", let amount = session.amountTotal,
      let currency = session.currency
    else { return .refused("only sessions of mode payment can be paid") }
    guard StripeCard.token(method) != nil else { return .refused("no test card '\(method)'") }
    session.paidEmail =
      session.customerEmail ?? session.customer.flatMap {
        customers[$0]?.value.email
      } ?? email
    guard amount > 0 else {
      session.paymentStatus = .notRequired
      complete(session, now: now)
      return .completed
    }
    putSession(session)
    let attempts = session.paymentIntent.flatMap { intentPositions[$0] }.map {
      intents[$0].charges + 1
    }
    let identity = StripeHash.of("\(id)/\(attempts ?? 0)".utf8)
    let cause = Cause(identity: identity)
    let confirmation = StripeCommand.Confirmation(
      paymentMethod: method, offSession: false, errorOnRequiresAction: false,
      returnURL: session.successURL)
    do throws(StripeError) {
      let position: Int
      if let intent = session.paymentIntent, let known = intentPositions[intent] {
        position = known
      } else {
        position = try createIntent(
          StripeCommand.NewIntent(session, amount, currency), cause: cause, fault: nil, now: now)
        session.paymentIntent = intents[position].object.value.id
        putSession(session)
      }
      try confirm(position, confirmation, cause: cause, fault: nil, now: now)
      return completeSession(ofIntent: position, now: now)
        ? .completed : .stillOpen(status: intents[position].object.value.status.rawValue)
    } catch {
      return .stillOpen(status: error.code ?? "")
    }
  }

  /// Completes the session of a payment that has gone through; false while it has not.
  @discardableResult
  mutating func completeSession(ofIntent position: Int, now: Int64) -> Bool {
    let intent = intents[position].object.value
    guard let id = sessionOfIntent[intent.id], var session = sessions[id]?.value else {
      return false
    }
    switch intent.status {
    case .succeeded: session.paymentStatus = .paid
    // Held money is not the merchant's yet.
    case .requiresCapture: session.paymentStatus = .unpaid
    case .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .processing, .canceled:
      return false
    }
    if session.status == .open {
      complete(session, now: now)
    } else {
      putSession(session)
    }
    return true
  }

  private mutating func complete(_ session: StripeSession, now: Int64) {
    var session = session
    session.status = .complete
    if session.customer == nil, session.customerCreation == "always" {
      let root = StripeHash.of(session.id.utf8, from: 5)
      let customer = CustomerObject(
        id: ids.short("cus_", root: root, count: 14), created: now / 1_000_000,
        email: session.paidEmail)
      session.customer = customer.id
      emit("customer.created", .customer(addCustomer(customer)), cause: Cause(), at: now)
      if let intent = session.paymentIntent, let position = intentPositions[intent] {
        changeIntent(position) { intent, _ in intent.customer = customer.id }
      }
    }
    emit(
      "checkout.session.completed", .session(putSession(session)), cause: Cause(), at: now)
  }
}

extension StripeCommand.NewIntent {
  /// What a session asks of its payment.
  fileprivate init(_ session: StripeSession, _ amount: Int64, _ currency: StripeCurrency) {
    let data = session.payment
    self.init(
      amount: amount, currency: currency, captureMethod: data.captureMethod ?? "automatic_async",
      confirmationMethod: "automatic", customer: session.customer,
      details: StripeCommand.Details(
        description: data.description, metadata: data.metadata, clearsMetadata: false,
        receiptEmail: data.receiptEmail),
      paymentMethodTypes: ["card"])
  }
}

/// Deterministic, stateful fakes of the services that a travel booking needs: Stripe, Amadeus,
/// Booking.com, Viator and a mail API.
///
/// Each fake is an `HTTPService` that speaks its vendor's real wire format, keeps state, and enforces
/// the vendor's own rules. What it does *wrong* is never its own decision: a ``FaultInjector`` is asked once
/// per call how long the call takes and which of the vendor's known failures it meets. Each fake has a
/// ledger, written for an auditor and never read by the orchestrator. No fake shares a type, a codec
/// or a constant with the clients that call it: a shared mistake would be invisible.

/// What a fake is given by whoever runs it: time, and nothing else.
public struct ServiceEnvironment: Sendable {
  /// The clock that processing times are slept on.
  public let clock: any Clock<Duration>
  /// Returns the present time in microseconds since 1970-01-01T00:00:00Z.
  public let now: @Sendable () -> Int64
  /// Is told of every change of a ledger, at the moment it happens and before the caller learns of it.
  public let watch: @Sendable (LedgerChange) -> Void

  /// Creates an environment.
  public init(
    clock: any Clock<Duration>,
    now: @escaping @Sendable () -> Int64,
    watch: @escaping @Sendable (LedgerChange) -> Void = { _ in }
  ) {
    self.clock = clock
    self.now = now
    self.watch = watch
  }
}

/// One call as a fake sees it before doing anything with it.
public struct ServiceCall: Sendable, Hashable {
  /// `stripe`, `flight`, `hotel`, `activity` or `mail`.
  public let service: String
  /// The vendor's operation, for example `payment_intents.confirm`; each fake documents its own.
  public let operation: String
  /// The request's W3C `baggage` header, verbatim; empty when there is none. The fakes never act on
  /// it; they only note it in their ledgers, as an access log would.
  public let baggage: String
  /// The idempotency handle that came with the call: Stripe's `Idempotency-Key`, Viator's
  /// `partnerBookingRef`, Booking.com's `label`; empty when there is none.
  public let handle: String

  /// Creates a call.
  public init(service: String, operation: String, baggage: String, handle: String) {
    self.service = service
    self.operation = operation
    self.baggage = baggage
    self.handle = handle
  }
}

/// How one call goes: how long the service works on it, and what goes wrong.
public struct CallPlan<Fault: Sendable>: Sendable {
  /// The processing time; the effect happens at its end.
  public var latency: Duration
  /// What goes wrong, if anything.
  public var fault: Fault?

  /// Creates a plan.
  public init(latency: Duration = .zero, fault: Fault? = nil) {
    self.latency = latency
    self.fault = fault
  }
}

/// Decides how each call to one service goes.
public protocol FaultInjector<Fault>: Sendable {
  /// The failures that the service knows.
  associatedtype Fault: Sendable
  /// Returns the plan of one call; asked exactly once per call that passes authentication.
  func plan(for call: ServiceCall) -> CallPlan<Fault>
}

/// A fault injector under which every call succeeds at once.
public struct NoFaults<Fault: Sendable>: FaultInjector {
  /// Creates it.
  public init() {}
  public func plan(for call: ServiceCall) -> CallPlan<Fault> { CallPlan() }
}

/// A change of a fake's ledger.
public enum LedgerChange: Sendable, Hashable {
  /// A payment intent came to be or changed.
  case paymentIntent(id: String)
  /// A refund came to be or changed.
  case refund(id: String)
  /// A dispute was opened or changed.
  case dispute(id: String)
  /// A reservation at a vendor came to be or changed.
  case reservation(vendor: String, reference: String)
  /// An event was handed to a webhook endpoint (each attempt).
  case webhook(event: String)
  /// A message was accepted for delivery.
  case message(id: String)
}

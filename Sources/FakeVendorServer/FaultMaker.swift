import FakeVendors
import Simulation

/// Makes the fakes' own faults out of orders.
enum FaultMaker {
  /// Returns Stripe's fault.
  static func stripe(_ order: FaultRule) -> StripeFault? {
    let told = order.parameters
    return switch order.fault.name {
    case "decline":
      .decline(
        code: told.code ?? "card_declined",
        declineCode: told.declineCode ?? (told.code == nil ? "generic_decline" : nil))
    case "requires-action": .requiresAction
    case "processing": .processing(resolvesAfter: told.delay(60), succeeds: told.succeeds ?? true)
    case "rate-limited": .rateLimited
    case "lock-timeout": .lockTimeout
    case "error-500": .internalError(effect: told.hasEffect ?? false)
    case "refund-pending":
      .refundPending(settlesAfter: told.delay(3600), succeeds: told.succeeds ?? true)
    case "refund-by-hand":
      .refundByHand(after: told.delay(3600), partsPerMillion: 1_000_000)
    case "dispute":
      .disputed(
        after: told.delay(3600), decidedAfter: told.delay(3600), isWon: told.succeeds ?? false)
    case "cancelled-by-hand": .cancelledByHand(after: told.delay(1))
    case "confirmed-by-hand": .confirmedByHand(after: told.delay(1))
    case "refund-fails-later": .refundFailsLater(after: told.delay(3600))
    default: nil
    }
  }

  /// Returns Amadeus's fault.
  static func amadeus(_ order: FaultRule) -> AmadeusFault? {
    let told = order.parameters
    return switch order.fault.name {
    case "sell-failure": .sellFailure
    case "price-discrepancy": .priceDiscrepancy
    case "repriced": .repriced(byMinor: told.minor ?? 1000)
    case "price-odd": .oddPrice(.digits)
    case "quote-expired": .quoteExpired
    case "error-500": .systemError(order: told.hasEffect ?? false)
    case "too-many-requests": .tooManyRequests
    case "token-expired": .tokenExpired
    case "schedule-change":
      .scheduleChange(after: told.delay(3600), minutes: told.minutes ?? 120)
    case "cancelled-by-airline": .cancelledByAirline(after: told.delay(3600))
    case "cancel-refused-twice": .cancelRefusedTwice
    default: nil
    }
  }

  /// Returns Booking.com's fault.
  static func bookingCom(_ order: FaultRule) -> BookingComFault? {
    let told = order.parameters
    return switch order.fault.name {
    case "unavailable": .unavailable
    case "repriced": .repriced(byMinor: told.minor ?? 1000)
    case "price-odd": .oddPrice(.digits)
    case "token-expired": .tokenExpired
    case "duplicate-request": .duplicateRequest
    case "error-500": .internalError(effect: told.hasEffect ?? false)
    case "too-many-requests": .tooManyRequests
    case "cancelled-by-property": .cancelledByProperty(after: told.delay(3600))
    case "cancelled-by-traveller": .cancelledByTraveller(after: told.delay(3600))
    case "cancel-conflict": .cancelConflict
    default: nil
    }
  }

  /// Returns Viator's fault.
  static func viator(_ order: FaultRule) -> ViatorFault? {
    let told = order.parameters
    return switch order.fault.name {
    case "sold-out": .soldOut
    case "rejected": .rejected
    case "pending": .pending(resolvesAfter: told.delay(60), confirmed: told.succeeds ?? true)
    case "error-500": .internalError(effect: told.hasEffect ?? false)
    case "unavailable": .unavailable
    case "too-many-requests": .tooManyRequests
    case "cancelled-by-supplier": .cancelledBySupplier(after: told.delay(3600))
    case "cancelled-by-traveller": .cancelledByTraveller(after: told.delay(3600))
    case "cancel-declined": .cancelDeclined
    case "never-cancellable": .neverCancellable
    default: nil
    }
  }

  /// Returns the mail API's fault.
  static func mail(_ order: FaultRule) -> MailFault? {
    switch order.fault.name {
    case "message-refused": .refused
    case "error-500": .internalError(accepted: order.parameters.hasEffect ?? false)
    case "too-many-requests": .tooManyRequests
    default: nil
    }
  }

  /// Returns the network's fault.
  static func network(_ order: FaultRule) -> NetworkFault? {
    let told = order.parameters
    return switch order.fault.name {
    case "refused": .refused
    case "request-lost": .requestLost
    case "reset-before": .resetBefore
    case "response-lost": .responseLost
    case "reset-after": .resetAfter
    case "late-effect": .lateEffect(told.delay(30))
    case "delivered-twice": .deliveredTwice(told.delay(1))
    case "truncated": .truncated
    case "garbled": .garbled
    case "bad-gateway": .badGateway(effect: told.hasEffect ?? false)
    default: nil
    }
  }

  /// Changes how an event reaches its endpoint.
  static func apply(_ order: FaultRule, to plan: inout WebhookPlan) {
    switch order.fault.name {
    case "webhook-delay": plan.delay = order.parameters.delay(60)
    case "webhook-early": plan.delay = .zero
    case "webhook-twice": plan.duplicates.append(order.parameters.delay(1))
    case "webhook-forged": plan.forged = true
    case "webhook-stale": plan.stale = true
    default: break
    }
  }
}

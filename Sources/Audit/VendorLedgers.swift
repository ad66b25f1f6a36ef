package import FakeVendors

/// What the vendors know to be true, as an auditor reads it.
///
/// A thin layer of closures over the fakes' ledgers, so that each invariant can be shown a truth
/// that no fake would ever come to.
package struct VendorLedgers: Sendable {
  package var paymentIntents: @Sendable () -> [StripeLedger.PaymentIntent]
  package var paymentIntent: @Sendable (_ id: String) -> StripeLedger.PaymentIntent?
  package var refund: @Sendable (_ id: String) -> StripeLedger.Refund?
  package var dispute: @Sendable (_ id: String) -> StripeLedger.Dispute? = { _ in nil }
  package var events: @Sendable () -> [StripeLedger.Event]
  /// One reservation by vendor (`amadeus`, `bookingcom`, `viator`) and reference.
  package var reservation: @Sendable (_ vendor: String, _ reference: String) -> Reservation?
  package var capacities: @Sendable () -> [Capacity]
  /// The refusals of a vendor from a position in its log on.
  package var refusals: @Sendable (_ vendor: String, _ from: Int) -> [VendorRefusal]
  package var messages: @Sendable () -> [FakeMail.Message]

  /// Vendors that keep reservations and log refusals.
  static let vendors = ["amadeus", "bookingcom", "viator"]
}

/// An answer that told the orchestrator "not available" or "another price".
package struct VendorRefusal: Sendable, Hashable {
  /// The refused request's baggage, verbatim.
  package var baggage: String
  package var item: String
  package var operation: String
  /// Microseconds since 1970.
  package var atMicroseconds: Int64
  /// Whether nothing but the request itself was wrong.
  package var isMistake: Bool
  /// Whether the token of an order was too old: nothing of what was offered was refused.
  package var isOutdated: Bool

  package init(
    baggage: String, item: String, operation: String, atMicroseconds: Int64,
    isMistake: Bool = false, isOutdated: Bool = false
  ) {
    self.baggage = baggage
    self.item = item
    self.operation = operation
    self.atMicroseconds = atMicroseconds
    self.isMistake = isMistake
    self.isOutdated = isOutdated
  }
}

extension VendorRefusal {
  init(_ refusal: Refusal, hasTokens: Bool) {
    self.init(
      baggage: refusal.baggage, item: refusal.item, operation: refusal.operation,
      atMicroseconds: refusal.atMicroseconds, isMistake: refusal.reason == .malformed,
      isOutdated: hasTokens && refusal.reason == .expired)
  }
}

extension VendorLedgers {
  /// Opens the books of the fakes.
  package init(_ sources: AuditSources) {
    let stripe = sources.stripe
    let amadeus = sources.amadeus
    let bookingCom = sources.bookingCom
    let viator = sources.viator
    let mail = sources.mail
    self.init(
      paymentIntents: { stripe.paymentIntents },
      paymentIntent: { stripe.paymentIntent($0) },
      refund: { stripe.refund($0) },
      dispute: { stripe.dispute($0) },
      events: { stripe.events },
      reservation: { vendor, reference in
        switch vendor {
        case "amadeus": amadeus.reservation(reference)
        case "bookingcom": bookingCom.reservation(reference)
        default: viator.reservation(reference)
        }
      },
      capacities: { amadeus.capacities + bookingCom.capacities + viator.capacities },
      refusals: { vendor, from in
        let log =
          switch vendor {
          case "amadeus": amadeus.availabilityRefusals
          case "bookingcom": bookingCom.availabilityRefusals
          default: viator.availabilityRefusals
          }
        return log[min(from, log.count)...].map {
          VendorRefusal($0, hasTokens: vendor == "bookingcom")
        }
      },
      messages: { mail.messages })
  }
}

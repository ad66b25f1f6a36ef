/// The keys of services and of the network between them.
extension ScenarioLanguage {
  typealias Exclusive<Part> = (what: String, shares: (Part) -> [Share])

  static var services: [Field<Scenario.Services>] {
    [
      .section(
        "stripe", \.stripe, stripe + bent(\.common) + common(\.common),
        exclusive: [
          onNetwork(\.common),
          (
            "faults",
            {
              [
                $0.rateLimited, $0.lockTimeout, $0.error500, $0.decline, $0.requiresAction,
                $0.processing.share, $0.refundByHand.share, $0.dispute.share,
                $0.cancelledByHand.share, $0.confirmedByHand.share,
              ]
            }
          ),
        ], "payments"),
      .section(
        "flight", \.flight, flight + bent(\.common) + common(\.common),
        exclusive: [
          onNetwork(\.common),
          (
            "faults",
            {
              [
                $0.sellFailure, $0.priceDiscrepancy, $0.repriced, $0.priceOdd, $0.quoteExpired,
                $0.error500,
                $0.tooManyRequests, $0.tokenExpired, $0.scheduleChange.share,
                $0.cancelledByAirline.share,
              ]
            }
          ),
        ], "flights (Amadeus)"),
      .section(
        "hotel", \.hotel, hotel + bent(\.common) + common(\.common),
        exclusive: [
          onNetwork(\.common),
          (
            "faults",
            {
              [
                $0.unavailable, $0.repriced, $0.priceOdd, $0.tokenExpired, $0.duplicateRequest,
                $0.error500,
                $0.tooManyRequests,
              ]
            }
          ),
        ], "hotels (Booking.com)"),
      .section(
        "activity", \.activity, activity + bent(\.common) + common(\.common),
        exclusive: [
          onNetwork(\.common),
          (
            "faults",
            {
              [
                $0.soldOut, $0.rejected, $0.pending.share, $0.error500, $0.unavailable,
                $0.tooManyRequests, $0.cancelledBySupplier.share, $0.cancelledByTraveller.share,
              ]
            }
          ),
        ], "activities (Viator)"),
      .section(
        "mail", \.mail, mail + common(\.common),
        exclusive: [onNetwork(\.common), ("faults", { [$0.error500, $0.refused] })], "mail"),
    ]
  }

  static func network(latency: String) -> [Field<Scenario.Network>] {
    [
      .distribution(latency, \.latency, "time on the wire, one way"),
      .share("refused", \.refused, "the connection is refused"),
      .share("request-lost", \.requestLost, "the request vanishes, nothing happens"),
      .share("reset-before", \.resetBefore, "the connection breaks before the request arrives"),
      .share("response-lost", \.responseLost, "the service acts, its answer vanishes"),
      .share("reset-after", \.resetAfter, "the service acts, the connection breaks as it answers"),
      .chance(
        "late-effect", \.lateEffect, "the connection breaks, the request arrives later all the same"
      ),
      .chance("delivered-twice", \.deliveredTwice, "the request arrives a second time, later"),
      .share("truncated", \.truncated, "the answer's body is cut short"),
      .share("garbled", \.garbled, "the answer's body is not what its content type says"),
      .share("bad-gateway", \.badGateway, "a proxy answers 502 with an HTML page"),
    ]
  }

  static var networkExclusive: Exclusive<Scenario.Network> {
    (
      "network faults",
      {
        [
          $0.refused, $0.requestLost, $0.resetBefore, $0.responseLost, $0.resetAfter,
          $0.lateEffect.share, $0.deliveredTwice.share, $0.truncated, $0.garbled, $0.badGateway,
        ]
      }
    )
  }

  private static func onNetwork<Service>(
    _ path: KeyPath<Service, Scenario.Common>
  ) -> Exclusive<Service> {
    let inner = networkExclusive
    return (inner.what, { inner.shares($0[keyPath: path].network) })
  }

  private static func common<Service>(
    _ path: WritableKeyPath<Service, Scenario.Common>
  ) -> [Field<Service>] {
    let own: [Field<Scenario.Common>] = [
      .distribution("latency", \.latency, "processing time of a call"),
      .chance("slow", \.slow, "calls that take this long instead"),
    ]
    return own.map { $0.within(path) }
      + network(latency: "network-latency").map { $0.within(path.appending(path: \.network)) }
  }

  /// Answers whose status and ids are whole, and little else; drawn apart from the other faults.
  private static func bent<Service>(
    _ path: WritableKeyPath<Service, Scenario.Common>
  ) -> [Field<Service>] {
    let own: [Field<Scenario.Common>] = [
      .share("incomplete", \.incomplete, "an answer of success lacks optional members"),
      .share(
        "odd-forms", \.oddForms,
        "an answer of success has optional members of other types, words nobody knows, and more"),
    ]
    return own.map { $0.within(path) }
  }

  private static var stripe: [Field<Scenario.Stripe>] {
    [
      .share("decline", \.decline, "the card is declined"),
      .share("requires-action", \.requiresAction, "the bank wants the customer to authenticate"),
      .chance(
        "processing", \.processing, fails: \.processingFails,
        "the payment is processing first and resolves after this"),
      .share("rate-limited", \.rateLimited, "429 before the idempotency layer"),
      .share("lock-timeout", \.lockTimeout, "429 lock_timeout"),
      .share("error-500", \.error500, "a stored 500, half of them after the effect"),
      .chance(
        "refund-pending", \.refundPending, fails: \.refundPendingFails,
        "the refund is pending first and resolves after this"),
      .chance("refund-fails-later", \.refundFailsLater, "a succeeded refund fails after this"),
      .chance(
        "refund-by-hand", \.refundByHand,
        "somebody refunds the payment in Stripe's dashboard, this long after it"),
      .share(
        "refund-by-hand-all", \.refundByHandAll, "of those refunds, how many are of all of it"),
      .chance(
        "refund-by-hand-pending", \.refundByHandPending, fails: \.refundByHandPendingFails,
        "of those refunds, how many are pending first and resolve after this; `fails` of them fail or are cancelled"
      ),
      .chance(
        "dispute", \.dispute, "the customer's bank disputes the payment, this long after it"),
      .distribution("dispute-open", \.disputeOpen, "from a dispute's opening to its decision"),
      .share("dispute-won", \.disputeWon, "of the disputes, how many are won; the others are lost"),
      .chance(
        "cancelled-by-hand", \.cancelledByHand,
        "somebody cancels the payment intent, this long after it was made, before it is confirmed"),
      .chance(
        "confirmed-by-hand", \.confirmedByHand,
        "another program confirms the payment intent, this long after it was made"),
      .section(
        "webhook", \.self,
        [
          .distribution("delay", \.webhookDelay, "from an event to its first delivery"),
          .share("early", \.webhookEarly, "arrives before the answer to the call that caused it"),
          .share("twice", \.webhookTwice, "delivered a second time"),
          .share("forged", \.webhookForged, "accompanied by one with a wrong signature"),
          .share("stale", \.webhookStale, "accompanied by one with an old timestamp"),
          .share("unknown", \.webhookUnknown, "accompanied by one of a type that nobody knows"),
          .share("thin", \.webhookThin, "accompanied by one in Stripe's newer, thin form"),
          .share("incomplete", \.webhookIncomplete, "an event lacks optional members"),
          .share(
            "odd-forms", \.webhookOddForms,
            "an event has optional members of other types, words nobody knows, and more"),
          .share(
            "hollow", \.webhookHollow,
            "a payment's event lacks its object, or the id, status or amount in it"),
        ], "how events reach the orchestrator"),
    ]
  }

  private static var flight: [Field<Scenario.Flight>] {
    [
      .share("sell-failure", \.sellFailure, "the airline does not sell the seats"),
      .share("price-discrepancy", \.priceDiscrepancy, "the order is refused since the price moved"),
      .share("repriced", \.repriced, "validation finds another price"),
      .share(
        "price-odd", \.priceOdd,
        "validation is told a price that nobody can pay: too many digits, another currency, none"),
      .share("quote-expired", \.quoteExpired, "the offer is no longer known"),
      .share("error-500", \.error500, "a 500, half of them with an order behind it"),
      .share("too-many-requests", \.tooManyRequests, "429"),
      .share("token-expired", \.tokenExpired, "the access token is refused before its time"),
      .chance("schedule-change", \.scheduleChange, "the airline moves the flight, this long after"),
      .chance("cancelled-by-airline", \.cancelledByAirline, "the airline cancels, this long after"),
      .share(
        "cancel-refused-twice", \.cancelRefusedTwice, "a cancel succeeds only at the third try"),
    ]
  }

  private static var hotel: [Field<Scenario.Hotel>] {
    [
      .share("unavailable", \.unavailable, "the room cannot be ordered"),
      .share("repriced", \.repriced, "the preview shows another price"),
      .share(
        "price-odd", \.priceOdd,
        "the preview shows a price that nobody can pay: too many digits, another currency, none"),
      .share("token-expired", \.tokenExpired, "the order token has expired"),
      .share("duplicate-request", \.duplicateRequest, "the order is said to exist already"),
      .share("error-500", \.error500, "a 500, half of them with an order behind it"),
      .share("too-many-requests", \.tooManyRequests, "429"),
      .chance("cancelled-by-property", \.cancelledByProperty, "the hotel cancels, this long after"),
      .chance(
        "cancelled-by-traveller", \.cancelledByTraveller,
        "the traveller cancels at the property, for its fee, this long after"),
      .share("cancel-conflict", \.cancelConflict, "a cancel is answered 409"),
      .distribution("lookup-lag", \.lookupLag, "how long a new order is invisible to look-ups"),
      .share("penalty", \.penalty, "products whose cancellation costs something at once"),
    ]
  }

  private static var activity: [Field<Scenario.Activity>] {
    [
      .share("sold-out", \.soldOut, "the activity is sold out"),
      .share("rejected", \.rejected, "REJECTED inside a 200"),
      .chance(
        "pending", \.pending, fails: \.pendingRejected,
        "PENDING first, resolved after this; `fails` of them are rejected"),
      .share("error-500", \.error500, "a 500, half of them with a booking behind it"),
      .share("unavailable", \.unavailable, "503"),
      .share("too-many-requests", \.tooManyRequests, "429"),
      .chance(
        "cancelled-by-supplier", \.cancelledBySupplier, "the supplier cancels, this long after"),
      .chance(
        "cancelled-by-traveller", \.cancelledByTraveller,
        "the traveller cancels at the supplier, on its terms, this long after"),
      .share("cancel-declined", \.cancelDeclined, "a cancel is refused and works a little later"),
      .share("never-cancellable", \.neverCancellable, "a cancel is refused for ever"),
      .share("penalty", \.penalty, "products whose cancellation costs something"),
    ]
  }

  private static var mail: [Field<Scenario.Mail>] {
    [
      .share("error-500", \.error500, "a 500, half of them after the message was taken"),
      .share("message-refused", \.refused, "the message is refused for good"),
    ]
  }
}

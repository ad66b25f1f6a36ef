/// What a saga wants done outside; each ends in exactly one ``SagaEvent``.
enum SagaAction: Sendable, Hashable {
  case priceFlight
  case previewHotel
  case checkActivity(Int)
  /// Send the request of an open step, whose attempt is already written down.
  case send(SagaStep.Key)
  /// Find out about a step, or about what it made.
  case lookUp(SagaStep.Key, Lookup)

  /// A stable name of what is done, for what is remembered of failures.
  var name: String {
    switch self {
    case .priceFlight: "price-flight"
    case .previewHotel: "preview-hotel"
    case .checkActivity(let number): "check-activity-\(number)"
    case .send(let key): "\(key.direction.rawValue)-\(key.slot.text)"
    case .lookUp(let key, _): "look-\(key.direction.rawValue)-\(key.slot.text)"
    }
  }

  /// What is looked at.
  enum Lookup: Sendable, Hashable {
    case paymentIntent(id: String)
    case refund(id: String)
    case refunds(paymentIntent: String)
    case disputes(paymentIntent: String)
    case flightOrder(id: String)
    case hotelOrder(id: String)
    case hotelByLabel(String, from: Timestamp, to: Timestamp)
    case activityStatus(partnerBookingRef: String)
    case activityCancelQuote(bookingRef: String)
  }
}

/// What happened outside.
enum SagaEvent: Sendable {
  case flightPriced(Outcome<PricedFlight>)
  case hotelPreviewed(Outcome<HotelPreview>)
  case activityChecked(Int, Outcome<ActivityAvailability>)
  case answered(SagaStep.Key, Answer)
  case lookedUp(SagaStep.Key, LookupResult)

  /// The answer to a step's request.
  enum Answer: Sendable {
    case paymentIntent(Outcome<StripePaymentIntent>)
    case refund(Outcome<StripeRefund>)
    case flightOrder(Outcome<FlightOrder>)
    case hotelOrder(Outcome<HotelOrder>)
    case activity(Outcome<ActivityBooking>)
    case activityCancellation(Outcome<ActivityCancellation>)
    case cancelled(Outcome<Bool>)
  }

  /// What a look showed.
  enum LookupResult: Sendable {
    case paymentIntent(Outcome<StripePaymentIntent>)
    case refund(Outcome<StripeRefund>)
    case refunds(Outcome<[StripeRefund]>)
    case disputes(Outcome<[StripeDispute]>)
    case flightOrder(Outcome<FlightOrder>)
    case hotelOrder(Outcome<HotelOrderDetails>)
    case hotelOrders(Outcome<[HotelOrderDetails]>)
    case activity(Outcome<ActivityBooking>)
    case cancelQuote(Outcome<ActivityCancelQuote>)
  }
}

/// What a saga wants written down, all of it in one transaction with the trip's own row.
enum SagaChange: Sendable {
  case step(SagaStep)
  case component(Slot, ComponentChange)
  case payment(PaymentChange)
  case ledger(LedgerPosting)
  case attention(AttentionItem)
  case resolved(Resolution)
  case mail(MailKind)
  case applied(inbox: Int64, result: String)
  case releaseOption
  /// Told to the booking that a modification changes.
  case notice(BookingID, ChangeNotice)
  /// A modification is to be cancelled with its trip.
  case cancel(BookingID)
}

/// A component's row after something happened to it.
struct ComponentChange: Sendable, Hashable {
  /// PENDING, BOOKED, FAILED, CANCELLED, UNKNOWN, NEEDS_ATTENTION.
  var status: String
  var reference: String?
  var confirmation: String?
  var pnr: String?
  var error: String?
}

/// What happened to the payment.
enum PaymentChange: Sendable, Hashable {
  case opened(Money)
  case intentCreated(String)
  case captured(charge: String?)
  /// The card holds the amount, and nothing was taken.
  case held(charge: String?)
  /// So much of what was held was taken, in minor units.
  case heldCaptured(Int64)
  case failed
  case canceled
  /// The sum refunded so far, and the latest refund.
  case refunded(total: Int64, refund: String)
}

/// A balanced pair of ledger entries.
struct LedgerPosting: Sendable, Hashable {
  /// Unique: posting the same thing twice is an error.
  var txn: String
  var debit: String
  var credit: String
  var amount: Money
  var cause: String
}

/// Something that only an operator can finish.
struct AttentionItem: Sendable, Hashable {
  var slot: Slot
  /// One of ``reasons``.
  var reason: String
  var reference: String?
  /// What is known, as JSON.
  var known: String
  /// What an operator should do.
  var advice: String

  /// Why something is parked.
  static let reasons = [
    "flight-order-lost", "outcome-unknown", "payment-disputed", "payment-mismatch",
    "refund-failed", "undo-refused",
  ]
}

/// What a saga does next.
struct Reaction: Sendable {
  /// Written first, in one transaction.
  var changes: [SagaChange]
  /// The public states that the trip went through, the last being its present one.
  var moves: [TripState] = []
  /// Done then, side by side. When there are none the saga rests.
  var actions: [SagaAction]
  /// When it wants to be woken, if it rests and is not finished.
  var wake: Timestamp?
  /// Set when the next thing it waits for is a breaker.
  var deferred: Deferral?
  /// What happened, for the event log.
  var story: String

  /// A rest until the breaker of a service lets calls through.
  struct Deferral: Sendable, Hashable {
    var service: Service
    /// When to go on whatever the breaker does: it closes unseen when the process dies.
    var until: Timestamp
  }

  /// By how many versions the trip moves on: one, or one for each state it went through.
  var versions: Int { max(1, moves.count) }
}

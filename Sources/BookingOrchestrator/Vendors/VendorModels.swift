/// What the clients tell of Stripe's payment intents.
struct StripePaymentIntent: Sendable, Hashable, Codable {
  var id: String
  /// The word on the wire: `succeeded`, `requires_payment_method`, `processing`, …
  var status: String
  var amount: Int64
  var amountReceived: Int64
  /// Lower case, as Stripe writes it.
  var currency: String
  var latestCharge: String?
  var metadata: [String: String]
  /// Seconds since 1970.
  var created: Int64
  /// Code and decline code of the last payment error, when there was one.
  var lastErrorCode: String?
  var lastDeclineCode: String?
  /// What is held and may be captured; nil unless it waits for that, as in rows of older versions.
  var amountCapturable: Int64?
  /// Whether it succeeded and does not tell how much was received: ``amountReceived`` is then all of it,
  /// which is wrong where somebody captured a part.
  var isReceivedUntold: Bool?
}

/// What the clients tell of Stripe's refunds.
struct StripeRefund: Sendable, Hashable, Codable {
  var id: String
  /// pending, requires_action, succeeded, failed, canceled.
  var status: String
  var amount: Int64
  var currency: String
  var paymentIntent: String?
  var metadata: [String: String]
  var failureReason: String?
  var created: Int64
}

/// What the clients tell of Stripe's payment methods.
struct StripePaymentMethod: Sendable, Hashable, Codable {
  var id: String
  var type: String
  var cardBrand: String?
  var last4: String?
}

/// A verified event from Stripe.
struct StripeEvent: Sendable, Hashable, Codable {
  var id: String
  var type: String
  var created: Int64
  /// Filled for `payment_intent.*`.
  var paymentIntent: StripePaymentIntent?
  /// Filled for `refund.*` and `charge.refund.updated`.
  var refund: StripeRefund?
  /// Filled for `charge.refunded`.
  var charge: StripeCharge?
  /// Filled for `charge.dispute.*`.
  var dispute: StripeDispute?
}

/// What is read of Stripe's disputes.
struct StripeDispute: Sendable, Hashable, Codable {
  var id: String
  var paymentIntent: String?
  var amount: Int64
  /// Lower case, as Stripe writes it.
  var currency: String
  /// needs_response, under_review, won, lost, warning_needs_response, …
  var status: String
  /// fraudulent, product_not_received, …
  var reason: String?
}

/// What is read of Stripe's charges.
struct StripeCharge: Sendable, Hashable, Codable {
  var id: String
  var paymentIntent: String?
  /// All that was refunded of it, pending refunds included, by whomever.
  var amountRefunded: Int64
}

/// An offer as priced now.
struct PricedFlight: Sendable, Hashable, Codable {
  /// The `flight-offer` object to book with, as JSON bytes.
  var offer: [UInt8]
  var total: Money
  /// The offer's own id, for the entity check.
  var offerID: String
}

/// A flight order.
struct FlightOrder: Sendable, Hashable, Codable {
  /// As received: percent-encoded, to be put into paths as it is.
  var id: String
  /// The record locator.
  var pnr: String
  var total: Money?
  /// The departure of each segment in order, there and back, ISO 8601 local times; "" where one is not
  /// told, and none when how many there are is not.
  var departures: [String] = []
}

/// A preview of a hotel order.
struct HotelPreview: Sendable, Hashable, Codable {
  /// Lives 15 minutes.
  var orderToken: String
  var total: Money
  var accommodationID: Int
  var productIDs: [String]
}

/// A new hotel order.
struct HotelOrder: Sendable, Hashable, Codable {
  var order: String
  var reservation: String
  var pincode: String?
}

/// A hotel order looked up.
struct HotelOrderDetails: Sendable, Hashable, Codable {
  var order: String
  var reservation: String
  var label: String?
  /// booked, cancelled, cancelled_by_guest, cancelled_by_accommodation, stayed, no_show.
  var status: String
  var total: Money?
  /// What the property kept, when cancelled.
  var cancellationFee: Money?

  /// Whether somebody cancelled it; a stay that was or was missed stands.
  var isCancelled: Bool { status.hasPrefix("cancelled") }
}

/// Whether an activity can be booked now.
struct ActivityAvailability: Sendable, Hashable, Codable {
  var available: Bool
  var productCode: String
  /// SOLD_OUT, NOT_OPERATING, …
  var reason: String?
  var total: Money?
}

/// An activity booking.
struct ActivityBooking: Sendable, Hashable, Codable {
  /// CONFIRMED, REJECTED, PENDING, CANCELED, IN_PROGRESS, ON_HOLD, FAILED.
  var status: String
  var bookingRef: String
  var rejectionReason: String?
  var total: Money?
}

/// What cancelling an activity would give back.
struct ActivityCancelQuote: Sendable, Hashable, Codable {
  /// CANCELLABLE, CANCELLED, NOT_CANCELLABLE.
  var status: String
  var itemPrice: Money?
  var refundAmount: Money?
}

/// The answer to a cancellation of an activity.
struct ActivityCancellation: Sendable, Hashable, Codable {
  var accepted: Bool
  /// ALREADY_CANCELLED, NOT_CANCELLABLE.
  var reason: String?
}

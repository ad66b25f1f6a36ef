/// What each vendor's documents leave optional in answers of success, and what nobody may need.
///
/// Paths begin at the body; `*` stands for every element of an array. Those that end in `?` may be
/// absent or null, but say what they say when they are there; those that end in `=` are texts that
/// are passed on to people, or ids, and may be missing or of another type, but never another text,
/// which nobody could tell from the right one. What decides is apart (``decisive(_:_:)``): ids and
/// statuses, the total that is compared with the offer, and what a cancellation costs. What labels and
/// metadata find is in neither.
enum OptionalMembers {
  /// One member, or several of the same kind.
  struct Member {
    /// From the body, with dots.
    var path: String
    /// Whether it may be empty or of another type.
    var mayBend: Bool
    /// Whether it may be a word that nobody knows.
    var mayBeNew: Bool
  }

  /// Returns what is optional in the answers of an operation, named as ``CallRouter`` does.
  static func of(_ service: String, _ operation: String) -> [Member] {
    members(paths(service, operation))
  }

  private static func members(_ paths: [String]) -> [Member] {
    paths.map { path in
      switch path.last {
      case "?": Member(path: String(path.dropLast()), mayBend: false, mayBeNew: false)
      case "=": Member(path: String(path.dropLast()), mayBend: true, mayBeNew: false)
      default: Member(path: path, mayBend: true, mayBeNew: true)
      }
    }
  }

  private static func paths(_ service: String, _ operation: String) -> [String] {
    switch service {
    case "stripe": stripe(operation)
    case "flight": flight(operation)
    case "hotel": hotel(operation)
    case "activity": activity(operation)
    default: []
    }
  }

  /// Returns what decides in the answers of an operation: without one of these they prove nothing.
  static func decisive(_ service: String, _ operation: String) -> [Member] {
    members(decisivePaths(service, operation))
  }

  private static func decisivePaths(_ service: String, _ operation: String) -> [String] {
    switch (service, operation) {
    case ("stripe", "payment_intents.list"), ("stripe", "refunds.list"):
      ["data=", "data.*.id=", "data.*.status"]
    case ("stripe", let name)
    where name.hasPrefix("payment_intents.") || name.hasPrefix("refunds."):
      ["id=", "status", "amount=", "currency="]
    case ("flight", "token"): ["access_token="]
    case ("flight", "price"):
      [
        "data=", "data.flightOffers=", "data.flightOffers.*.id=",
        "data.flightOffers.*.price.grandTotal",
      ]
    case ("flight", "create"), ("flight", "get"): ["data=", "data.id="]
    case ("hotel", "preview"):
      [
        "data=", "data.order_token=", "data.accommodation=", "data.accommodation.price.total",
        "data.accommodation.products.*.id=",
      ]
    case ("hotel", "create"): ["data=", "data.order=", "data.accommodation.reservation="]
    case ("hotel", "cancel"): ["data=", "data.status"]
    case ("hotel", "details"):
      ["data=", "data.*.id=", "data.*.status", "data.*.cancellation_details.fee="]
    case ("activity", "availability"):
      ["productCode=", "bookableItems=", "bookableItems.*.available="]
    case ("activity", "book"), ("activity", "status"): ["status", "bookingRef="]
    case ("activity", "cancel"): ["status"]
    case ("activity", "cancel-quote"):
      ["status", "refundDetails=", "refundDetails.refundAmount", "refundDetails.currencyCode="]
    default: []
    }
  }

  /// Source: Stripe's OpenAPI document, schemas `payment_intent`, `refund` and `payment_method`: what
  /// is not `required`, or `nullable`.
  private static func stripe(_ operation: String) -> [String] {
    switch operation {
    case "payment_intents.list":
      intent.filter { $0 != "metadata" }.map { "data.*." + $0 } + ["url", "object"]
    case "refunds.list":
      refund.filter { $0 != "metadata" }.map { "data.*." + $0 } + ["url", "object"]
    case let name where name.hasPrefix("payment_intents."): intent
    case let name where name.hasPrefix("refunds."): refund
    case "payment_methods.retrieve":
      [
        "billing_details", "card", "card.brand", "card.checks", "card.last4", "customer",
        "metadata", "livemode", "created",
      ]
    default: []
    }
  }

  /// Returns what is optional in an event of Stripe; whose object it is about stays.
  ///
  /// Source: Stripe's OpenAPI document, schema `event`; for the objects those of the answers.
  static func ofEvent(_ type: String) -> [Member] {
    let object: [String]
    if type.hasPrefix("payment_intent.") {
      object = intent.filter { $0 != "metadata" }
    } else if type.hasPrefix("refund.") {
      object = refund.filter { $0 != "metadata" && $0 != "payment_intent" }
    } else if type.hasPrefix("charge.dispute.") {
      object = ["balance_transactions", "evidence", "evidence_details", "metadata", "reason"]
    } else {
      object = []
    }
    let paths =
      [
        "object", "api_version", "created", "livemode", "pending_webhooks", "request",
        "request.id", "request.idempotency_key",
      ] + object.map { "data.object." + $0 }
    return paths.map { Member(path: $0, mayBend: true, mayBeNew: true) }
  }

  /// What decides in a payment's event.
  static let decisiveOfEvent = [
    "data", "data.object", "data.object.id", "data.object.status", "data.object.amount",
    "data.object.currency",
  ]

  /// Where the objects of events tell amounts, in minor units.
  static let amountsOfEvent = [
    "data.object.amount", "data.object.amount_received", "data.object.amount_captured",
    "data.object.amount_refunded",
  ]

  /// Where they tell the currency.
  static let currencyOfEvent = "data.object.currency"

  /// Whether events of a type are about an object that has an amount and a currency.
  static func tellsOfMoney(_ type: String) -> Bool {
    ["payment_intent.", "refund.", "charge."].contains { type.hasPrefix($0) }
  }

  private static let intent = [
    "amount_capturable", "amount_details", "amount_received", "application",
    "application_fee_amount", "automatic_payment_methods", "canceled_at", "cancellation_reason",
    "client_secret", "customer", "description", "latest_charge", "metadata", "next_action",
    "payment_method", "payment_method_options", "processing", "receipt_email", "review",
    "shipping", "statement_descriptor", "transfer_data", "transfer_group", "object", "livemode",
    "created",
  ]

  private static let refund = [
    "balance_transaction", "charge", "destination_details", "metadata", "payment_intent", "reason",
    "receipt_number", "source_transfer_reversal", "transfer_reversal", "object", "created",
  ]

  /// Source: Amadeus for Developers, OpenAPI documents of Flight Offers Price, Flight Create Orders
  /// and Flight Order Management: of an order only `type`, `flightOffers` and `travelers` of the
  /// request are required, of an offer `type` and `id`. A record locator is told to the traveller.
  private static func flight(_ operation: String) -> [String] {
    switch operation {
    case "token":
      ["type", "username", "application_name", "client_id", "token_type", "state", "scope"]
    case "price":
      [
        "data.type", "data.bookingRequirements", "data.flightOffers.*.instantTicketingRequired",
        "data.flightOffers.*.nonHomogeneous", "data.flightOffers.*.oneWay",
        "data.flightOffers.*.lastTicketingDate", "data.flightOffers.*.numberOfBookableSeats",
        "data.flightOffers.*.price.base", "data.flightOffers.*.price.fees",
        "data.flightOffers.*.price.currency?", "data.flightOffers.*.pricingOptions",
        "data.flightOffers.*.validatingAirlineCodes",
      ]
    case "create", "get":
      [
        "data.type", "data.queuingOfficeId", "data.travelers", "data.contacts", "data.remarks",
        "data.ticketingAgreement", "data.associatedRecords", "data.associatedRecords.*",
        "data.associatedRecords.*.reference=", "data.associatedRecords.*.creationDate",
        "data.associatedRecords.*.originSystemCode", "data.associatedRecords.*.flightOfferId",
        "data.flightOffers", "data.flightOffers.*", "data.flightOffers.*.id",
        "data.flightOffers.*.price", "data.flightOffers.*.price.grandTotal",
        "data.flightOffers.*.price.currency", "data.flightOffers.*.itineraries",
        "data.flightOffers.*.itineraries.*.segments",
        "data.flightOffers.*.itineraries.*.segments.*.departure",
      ]
    default: []
    }
  }

  /// Source: Booking.com Demand API 3.2, OpenAPI document.
  private static func hotel(_ operation: String) -> [String] {
    switch operation {
    case "preview":
      [
        "request_id", "data.accommodation.general_policies", "data.accommodation.price.base",
        "data.accommodation.price.charges", "data.accommodation.price.chargeable_online",
        "data.accommodation.price.display", "data.accommodation.products.*.policies",
        "data.accommodation.products.*.price",
      ]
    case "create":
      [
        "request_id", "data.accommodation.pincode", "data.payment", "data.payment.receipt_url",
      ]
    case "cancel": ["request_id"]
    case "details":
      [
        "request_id", "metadata.total_results", "data.*.created", "data.*.updated",
        "data.*.booker", "data.*.accommodations", "data.*.pin_code", "data.*.accommodation",
        "data.*.checkin", "data.*.checkout", "data.*.price", "data.*.products",
      ]
    default: []
    }
  }

  /// Source: Viator Partner API v2, OpenAPI document.
  private static func activity(_ operation: String) -> [String] {
    switch operation {
    case "availability":
      [
        "currency?", "travelDate", "bookableItems.*.productOptionCode", "bookableItems.*.startTime",
        "bookableItems.*.unavailableReason", "bookableItems.*.lineItems",
        "bookableItems.*.totalPrice.price.recommendedRetailPrice",
        "bookableItems.*.totalPrice.price.partnerNetPrice",
        "bookableItems.*.totalPrice.price.bookingFee",
      ]
    case "book", "status":
      [
        "partnerBookingRef", "currency", "rejectionReasonCode", "nextPollAt", "lineItems",
        "totalPrice", "totalPrice.price", "cancellationPolicy", "voucherInfo",
      ]
    case "cancel-quote": ["bookingId"]
    case "cancel": ["bookingId"]
    default: []
    }
  }
}

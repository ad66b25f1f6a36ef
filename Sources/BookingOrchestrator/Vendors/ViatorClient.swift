import HTTPService
import HTTPTypes
import Wire

/// Speaks Viator's Partner API v2.
///
/// Source: Viator Partner API v2 (OpenAPI). A booking may take more than 90 s and may have been made
/// although it was answered with a time-out or an error; the same `partnerBookingRef` never books
/// twice, so it is asked for by `/bookings/status` or sent again. Refusals come inside a 200.
struct ViatorClient: Sendable {
  private let exchange: VendorExchange
  private let contactPhone: String

  init(_ configuration: VendorConfiguration, transport: any HTTPTransport) {
    exchange = VendorExchange(
      vendor: "Viator", baseURL: configuration.viatorURL, transport: transport,
      timeout: configuration.activityTimeout,
      fields: [
        HTTPField(name: .init(known: "exp-api-key"), value: configuration.viatorAPIKey),
        HTTPField(name: .accept, value: "application/json;version=2.0"),
        HTTPField(name: .acceptLanguage, value: "en-US"),
      ],
      contentType: "application/json;version=2.0")
    contactPhone = configuration.contactPhone
  }

  /// Asks whether an activity can be booked, and at which price.
  ///
  /// An option names a product only: of a product's options the first that is available counts.
  func availability(
    _ activity: TripOption.Activity, currency: Currency, _ context: CallContext
  ) async throws -> Outcome<ActivityAvailability> {
    let body = exchange.encode(WireItem(activity, currency))
    return try await ask(.post, "/partner/availability/check", body: body, context) { reply in
      guard let answer = exchange.decode(WireAvailability.self, from: reply) else { return nil }
      let items = answer.bookableItems.elements
      let available = items.first(where: \.available)
      // An option that cannot be read may be the one that is to be had.
      guard available != nil || !answer.bookableItems.isPartial else { return nil }
      let item = available ?? items.first
      return ActivityAvailability(
        available: item?.available ?? false, productCode: answer.productCode,
        reason: item?.unavailableReason,
        total: item?.totalPrice?.money(answer.currency ?? currency.code))
    }
  }

  /// Prepares a booking for a party of adults.
  func book(
    _ activity: TripOption.Activity, currency: Currency, partnerBookingRef: String,
    booker: TripRequest.Customer
  ) -> PreparedRequest {
    let item = WireItem(activity, currency)
    return PreparedRequest(
      method: "POST", path: "/partner/bookings/book",
      body: exchange.encode(
        WireBook(
          bookerInfo: .init(firstName: booker.firstName, lastName: booker.lastName),
          communication: .init(email: booker.email, phone: booker.phone ?? contactPhone),
          currency: item.currency, partnerBookingRef: partnerBookingRef, paxMix: item.paxMix,
          productCode: item.productCode, travelDate: item.travelDate)))
  }

  /// Prepares a cancellation.
  func cancel(bookingRef: String) -> PreparedRequest {
    PreparedRequest(
      method: "POST", path: "/partner/bookings/\(PercentCoding.encode(bookingRef))/cancel",
      body: exchange.encode(WireCancel(reasonCode: "Customer_Service.I_canceled_my_entire_trip")))
  }

  /// Sends a booking; done with whatever status the answer has, REJECTED included.
  func sendBook(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<ActivityBooking>
  {
    try await exchange.send(.post, request.path, body: request.body, context) { reply in
      read(reply, booking)
    }
  }

  /// Sends a cancellation; done also when it is declined.
  func sendCancel(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<ActivityCancellation>
  {
    try await exchange.send(.post, request.path, body: request.body, context) { reply in
      read(reply) { reply in
        guard let answer = exchange.decode(WireCancellation.self, from: reply) else { return nil }
        switch answer.status {
        case "ACCEPTED": return ActivityCancellation(accepted: true)
        case "DECLINED": return ActivityCancellation(accepted: false, reason: answer.reason)
        default: return nil
        }
      }
    }
  }

  /// Looks a booking up; rejected with code `NOT_FOUND` when Viator knows no such reference.
  func status(partnerBookingRef: String, _ context: CallContext) async throws
    -> Outcome<ActivityBooking>
  {
    let body = exchange.encode(WireStatus(partnerBookingRef: partnerBookingRef))
    return try await ask(.post, "/partner/bookings/status", body: body, context, booking)
  }

  /// Asks what a cancellation would give back.
  func cancelQuote(bookingRef: String, _ context: CallContext) async throws
    -> Outcome<ActivityCancelQuote>
  {
    let path = "/partner/bookings/\(PercentCoding.encode(bookingRef))/cancel-quote"
    return try await ask(.get, path, context) { reply in
      guard let answer = exchange.decode(WireQuote.self, from: reply),
        WireQuote.statuses.contains(answer.status)
      else { return nil }
      let refund = answer.refundDetails
      let price = Money(wire: refund?.itemPrice, currencyCode: refund?.currencyCode)
      let back = Money(wire: refund?.refundAmount, currencyCode: refund?.currencyCode)
      // A quote without its amounts is none: what the supplier keeps would be taken for nothing.
      guard price != nil && back != nil || answer.status == WireQuote.never else { return nil }
      return ActivityCancelQuote(status: answer.status, itemPrice: price, refundAmount: back)
    }
  }
}

extension ViatorClient {
  /// A call without effect: a 503 with `Retry-After` asks to come back later.
  private func ask<Value>(
    _ method: HTTPRequest.Method, _ path: String, body: [UInt8] = [], _ context: CallContext,
    _ parse: (HTTPReply) -> Value?
  ) async throws -> Outcome<Value> {
    try await exchange.send(method, path, body: body, context) { reply in
      if reply.status == 503, let after = reply.retryAfter {
        return .retry(Retry(reason: "Viator answered 503", after: after))
      }
      return read(reply, parse)
    }
  }

  private func read<Value>(_ reply: HTTPReply, _ parse: (HTTPReply) -> Value?) -> Outcome<Value> {
    switch reply.status {
    case 200:
      guard let value = parse(reply) else { return exchange.unreadable(reply) }
      return .done(value)
    case 400, 404, 406:
      // Documented refusals of the request itself. A body in another shape is a proxy's.
      guard let error = exchange.decode(WireFailure.self, from: reply) else {
        return exchange.unreadable(reply)
      }
      return .rejected(
        Rejection(
          code: reply.status == 404 ? "NOT_FOUND" : error.code, message: error.message ?? "",
          httpStatus: reply.status))
    default:
      return exchange.indefinite(reply)
    }
  }

  private func booking(_ reply: HTTPReply) -> ActivityBooking? {
    guard let answer = exchange.decode(WireBooking.self, from: reply),
      WireBooking.statuses.contains(answer.status)
    else { return nil }
    // What was refused need not have a reference; what stands must, or it cannot be cancelled.
    let refused = answer.status == "REJECTED" || answer.status == "FAILED"
    guard let reference = answer.bookingRef?.text ?? (refused ? "" : nil) else { return nil }
    return ActivityBooking(
      status: answer.status, bookingRef: reference, rejectionReason: answer.rejectionReasonCode,
      total: answer.totalPrice?.money(answer.currency))
  }
}

private struct WireItem: Encodable {
  var currency: String
  var paxMix: [Party]
  var productCode: String
  var travelDate: String

  struct Party: Encodable {
    var ageBand: String
    var numberOfTravelers: Int
  }

  init(_ activity: TripOption.Activity, _ currency: Currency) {
    self.currency = currency.code
    paxMix = [Party(ageBand: "ADULT", numberOfTravelers: activity.travelers)]
    productCode = activity.productCode
    travelDate = activity.travelDate
  }
}

private struct WireBook: Encodable {
  var bookerInfo: Booker
  var communication: Communication
  var currency: String
  var partnerBookingRef: String
  var paxMix: [WireItem.Party]
  var productCode: String
  var travelDate: String

  struct Booker: Encodable {
    var firstName: String
    var lastName: String
  }

  struct Communication: Encodable {
    var email: String
    var phone: String
  }
}

private struct WireCancel: Encodable {
  var reasonCode: String
}

private struct WireStatus: Encodable {
  var partnerBookingRef: String
}

private struct WireAvailability: Decodable {
  @Decoration var currency: String?
  @Identity var productCode: String
  var bookableItems: Readable<Item>

  struct Item: Decodable {
    var available: Bool
    @Decoration var unavailableReason: String?
    @Decoration var totalPrice: WirePrice?
  }
}

/// What we pay Viator is `partnerTotalPrice`; the retail price is a recommendation.
private struct WirePrice: Decodable {
  @Decoration var price: Content?

  struct Content: Decodable {
    @Decoration var partnerTotalPrice: WireAmount?
  }

  func money(_ currency: String?) -> Money? {
    Money(wire: price?.partnerTotalPrice, currencyCode: currency)
  }
}

private struct WireBooking: Decodable {
  var status: String
  @Decoration var bookingRef: WireText?
  @Decoration var rejectionReasonCode: String?
  @Decoration var currency: String?
  @Decoration var totalPrice: WirePrice?

  /// What is known; another word says neither that it is booked nor that it is not.
  static let statuses: Set = [
    "CONFIRMED", "REJECTED", "PENDING", "CANCELED", "IN_PROGRESS", "ON_HOLD", "FAILED",
  ]
}

private struct WireCancellation: Decodable {
  var status: String
  @Decoration var reason: String?
}

private struct WireQuote: Decodable {
  var status: String
  @Decoration var refundDetails: Refund?

  /// Of what cannot be cancelled nothing need be told.
  static let never = "NOT_CANCELLABLE"
  static let statuses: Set = ["CANCELLABLE", "CANCELLED", never]

  struct Refund: Decodable {
    @Decoration var itemPrice: WireAmount?
    @Decoration var refundAmount: WireAmount?
    @Decoration var currencyCode: String?
  }
}

private struct WireFailure: Decodable {
  @Identity var code: String
  @Decoration var message: String?
}

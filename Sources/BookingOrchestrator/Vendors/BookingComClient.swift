import HTTPService
import HTTPTypes

/// Speaks Booking.com's Demand API 3.2.
///
/// It has no handle against doing things twice: an order whose answer was lost is looked up by its
/// `label` over the time in which it can have been created. Source: Demand API 3.2 (OpenAPI).
struct BookingComClient: Sendable {
  let exchange: VendorExchange
  private let contactPhone: String
  private let defaultCountry: String

  init(_ configuration: VendorConfiguration, transport: any HTTPTransport) {
    exchange = VendorExchange(
      vendor: "Booking.com", baseURL: configuration.bookingComURL, transport: transport,
      timeout: configuration.hotelTimeout,
      fields: [
        HTTPField(name: .authorization, value: "Bearer \(configuration.bookingComAPIKey)"),
        HTTPField(
          name: .init(known: "X-Affiliate-Id"), value: String(configuration.bookingComAffiliateID)),
      ],
      contentType: "application/json")
    contactPhone = configuration.contactPhone
    defaultCountry = configuration.defaultCountry
  }

  /// Asks for today's price, and for the token that an order needs.
  func preview(
    _ hotel: TripOption.Hotel, currency: Currency, booker: TripRequest.Customer,
    _ context: CallContext
  ) async throws -> Outcome<HotelPreview> {
    let body = exchange.encode(
      BookingComWire.PreviewRequest(
        accommodation: .init(
          checkin: hotel.checkin, checkout: hotel.checkout, id: hotel.accommodationId,
          products: [
            .init(
              allocation: .init(children: [], number_of_adults: hotel.adults), id: hotel.productId)
          ]),
        booker: .init(country: country(of: booker), platform: "desktop"), currency: currency.code))
    return try await exchange.send(.post, "/3.2/orders/preview", body: body, context) { reply in
      guard reply.status == 200 else { return refusal(reply) }
      guard let data = exchange.decode(BookingComWire.Preview.self, from: reply)?.data,
        let price = data.accommodation.price?.total
      else { return exchange.unreadable(reply) }
      let products = data.accommodation.products.elements.map(\.id)
      // One that cannot be read may be the one that was asked for.
      guard products.contains(hotel.productId) || !data.accommodation.products.isPartial else {
        return exchange.unreadable(reply)
      }
      let currencies = data.accommodation.currency
      // The amount that was asked for is judged before the property's own may stand in for it.
      if let rejection = price.unpayable(
        in: currencies, preferring: currency, httpStatus: reply.status)
      {
        return .rejected(rejection)
      }
      guard let total = price.money(in: currencies, preferring: currency) else {
        return exchange.unreadable(reply)
      }
      return .done(
        HotelPreview(
          orderToken: data.order_token, total: total, accommodationID: Int(data.accommodation.id),
          productIDs: products))
    }
  }

  /// Prepares an order that we pay for online from our own wallet: the traveller has paid us.
  func createOrder(
    token: String, label: String, hotel: TripOption.Hotel, booker: TripRequest.Customer,
    guests: [TripRequest.Traveler]
  ) -> PreparedRequest {
    let request = BookingComWire.CreateRequest(
      accommodation: .init(
        label: label,
        products: [
          .init(
            guests: guests.map {
              .init(email: booker.email, name: "\($0.firstName) \($0.lastName)")
            },
            id: hotel.productId)
        ]),
      booker: .init(
        address: .init(country: country(of: booker)), email: booker.email, language: "en-gb",
        name: .init(first_name: booker.firstName, last_name: booker.lastName),
        telephone: booker.phone ?? contactPhone),
      order_token: token,
      payment: .init(method: "wallet", timing: "pay_online_now"))
    return PreparedRequest(
      method: "POST", path: "/3.2/orders/create", body: exchange.encode(request))
  }

  /// Prepares a cancellation.
  func cancelOrder(_ order: String, reservation: String) -> PreparedRequest {
    let request = BookingComWire.CancelRequest(
      accommodation: .init(reason: "The trip was cancelled.", reservation: reservation),
      order: order)
    return PreparedRequest(
      method: "POST", path: "/3.2/orders/cancel", body: exchange.encode(request))
  }

  /// Sends an order.
  ///
  /// 409 `duplicate_request` is unknown: the order exists or is being made, so look it up by label.
  func sendCreate(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<HotelOrder>
  {
    try await exchange.send(.post, request.path, body: request.body, context) { reply in
      guard reply.status == 200 else { return refusal(reply) }
      guard let data = exchange.decode(BookingComWire.Created.self, from: reply)?.data else {
        return exchange.unreadable(reply)
      }
      return .done(
        HotelOrder(
          order: data.order, reservation: data.accommodation.reservation,
          pincode: data.accommodation.pincode?.text))
    }
  }

  /// Sends a cancellation.
  ///
  /// Rejected with `cancel_conflict` on 409: look the order up to learn whether it is cancelled.
  func sendCancel(_ request: PreparedRequest, _ context: CallContext) async throws -> Outcome<Bool>
  {
    try await exchange.send(.post, request.path, body: request.body, context) { reply in
      if reply.status == 409, let error = error(in: reply) {
        return .rejected(
          Rejection(code: "cancel_conflict", message: error.message ?? error.id, httpStatus: 409))
      }
      guard reply.status == 200 else { return refusal(reply) }
      guard let data = exchange.decode(BookingComWire.Cancelled.self, from: reply)?.data,
        data.status == "successful"
      else { return exchange.unreadable(reply) }
      return .done(true)
    }
  }

  /// Reads one order; rejected with code `not_found` when Booking.com does not list it.
  ///
  /// Amounts are in `currency` when one is asked for, else in the property's own.
  func details(order: String, currency: Currency? = nil, _ context: CallContext) async throws
    -> Outcome<HotelOrderDetails>
  {
    switch try await details(orders: [order], currency: currency, context) {
    case .done(let found):
      if let asked = found.first(where: { $0.order == order }) { return .done(asked) }
      return .rejected(
        Rejection(code: "not_found", message: "no order \(order)", httpStatus: 200))
    case .rejected(let rejection): return .rejected(rejection)
    case .retry(let retry): return .retry(retry)
    case .unknown(let retry): return .unknown(retry)
    }
  }

  /// The outcome of any status but 200: definitive in Booking.com's own words only.
  func refusal<Value>(_ reply: HTTPReply) -> Outcome<Value> {
    let error = error(in: reply)
    switch reply.status {
    case 400, 404, 409:
      guard let error else { return exchange.unreadable(reply) }
      guard reply.status != 409 || error.id == "order_unavailable" else {
        let reference = error.reservation.map { ", reservation \($0.text)" } ?? ""
        return exchange.indefinite(reply, detail: "\(error.id)\(reference)")
      }
      return .rejected(
        Rejection(
          code: error.id, message: error.message ?? "", httpStatus: reply.status,
          reference: error.reservation?.text))
    default:
      return exchange.indefinite(reply, detail: error?.message)
    }
  }

  private func error(in reply: HTTPReply) -> BookingComWire.Failure.Item? {
    exchange.decode(BookingComWire.Failure.self, from: reply)?.errors.elements.first
  }

  /// Countries are in lower case here. Source: Demand API 3.2, `countryId`.
  private func country(of booker: TripRequest.Customer) -> String {
    (booker.country ?? defaultCountry).lowercased()
  }
}

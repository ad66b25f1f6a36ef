import HTTPService
import HTTPTypes

/// Speaks Amadeus' Flight Offers Price, Flight Create Orders and Flight Order Management.
///
/// Fetches and renews its OAuth2 token by itself; concurrent callers share one fetch. Nothing here
/// is idempotent and an order can be found by its id only, so that an order whose answer was lost
/// stays unknown. Source: Amadeus for Developers, OpenAPI specifications of the three services.
struct AmadeusClient: Sendable {
  private let exchange: VendorExchange
  private let tokens: AmadeusTokens

  init(
    _ configuration: VendorConfiguration, transport: any HTTPTransport, wallClock: any WallClock
  ) {
    func exchange(contentType: String) -> VendorExchange {
      VendorExchange(
        vendor: "Amadeus", baseURL: configuration.amadeusURL, transport: transport,
        timeout: configuration.flightTimeout,
        fields: [HTTPField(name: .accept, value: "application/vnd.amadeus+json, application/json")],
        contentType: contentType)
    }
    self.exchange = exchange(contentType: "application/vnd.amadeus+json")
    tokens = AmadeusTokens(
      exchange: exchange(contentType: "application/x-www-form-urlencoded"), wallClock: wallClock,
      clientID: configuration.amadeusClientID, clientSecret: configuration.amadeusClientSecret)
  }

  /// Prices an offer as of now.
  ///
  /// The offer goes out and comes back as the bytes it is. `currency` counts only when the answer
  /// names none: compare the total's currency with what was offered.
  func price(_ flight: TripOption.Flight, currency: Currency, _ context: CallContext) async throws
    -> Outcome<PricedFlight>
  {
    var body = Array(#"{"data":{"flightOffers":["#.utf8)
    body += flight.offer.utf8
    body += #"],"type":"flight-offers-pricing"}}"#.utf8
    return try await send(
      .post, "/v1/shopping/flight-offers/pricing", body: body, extra: Self.asGet, context
    ) { reply in
      guard reply.status == 200 else { return refusal(reply) }
      guard
        let offer = exchange.decode(WirePricing.self, from: reply)?.data.flightOffers.first?.offer,
        let bytes = RawJSON.firstElement(ofArrayAt: ["data", "flightOffers"], in: reply.body)
      else { return exchange.unreadable(reply) }
      let price = offer.price
      let code = price?.currency ?? currency.code
      if let rejection = Rejection(
        unpayable: price?.grandTotal, currencyCode: code, httpStatus: reply.status)
      {
        return .rejected(rejection)
      }
      guard let total = Money(wire: price?.grandTotal, currencyCode: code) else {
        return exchange.unreadable(reply)
      }
      return .done(PricedFlight(offer: bytes, total: total, offerID: offer.id))
    }
  }

  /// Prepares an order for travellers numbered from 1.
  func createOrder(offer: [UInt8], travelers: [TripRequest.Traveler], contact: TripRequest.Customer)
    -> PreparedRequest
  {
    let people = travelers.enumerated().map { index, traveler in
      WireTraveler(
        dateOfBirth: traveler.dateOfBirth, id: String(index + 1),
        name: WireName(airline: traveler.firstName, traveler.lastName))
    }
    let contacts = [
      WireContact(
        addresseeName: WireName(airline: contact.firstName, contact.lastName),
        emailAddress: contact.email,
        phones: contact.phone.map { [WirePhone(deviceType: "MOBILE", number: digits($0))] },
        purpose: "STANDARD")
    ]
    var body = Array(#"{"data":{"contacts":"#.utf8)
    body += exchange.encode(contacts)
    body += #","flightOffers":["#.utf8
    body += offer
    body += #"],"travelers":"#.utf8
    body += exchange.encode(people)
    body += #","type":"flight-order"}}"#.utf8
    return PreparedRequest(method: "POST", path: "/v1/booking/flight-orders", body: body)
  }

  /// Prepares a cancellation.
  func cancelOrder(_ id: String) -> PreparedRequest {
    // The id came percent-encoded and is used as it came.
    PreparedRequest(method: "DELETE", path: "/v1/booking/flight-orders/\(id)", body: [])
  }

  /// Sends an order.
  func sendCreate(_ request: PreparedRequest, _ context: CallContext) async throws
    -> Outcome<FlightOrder>
  {
    try await send(.post, request.path, body: request.body, context, orderOrRefusal)
  }

  /// Sends a cancellation.
  ///
  /// Done also when the order is gone already (404 1797): cancelling is idempotent for us.
  func sendCancel(_ request: PreparedRequest, _ context: CallContext) async throws -> Outcome<Bool>
  {
    try await send(.delete, request.path, context) { reply in
      switch reply.status {
      case 200, 204: .done(true)
      // A 404 that is not Amadeus' own (a proxy's page) proves nothing about the order.
      case 404 where error(in: reply) != nil: .done(true)
      default: refusal(reply)
      }
    }
  }

  /// Reads an order.
  func order(_ id: String, _ context: CallContext) async throws -> Outcome<FlightOrder> {
    try await send(.get, "/v1/booking/flight-orders/\(id)", context, orderOrRefusal)
  }

  /// Pricing is a query in a POST. Source: Flight Offers Price, header parameters.
  private static let asGet = [
    HTTPField(name: .init(known: "X-HTTP-Method-Override"), value: "GET")
  ]
}

extension AmadeusClient {
  /// Sends with a token; when the token is refused, once more with a new one.
  ///
  /// Amadeus' own 401 is answered before anything is executed, so this is safe for an order, too.
  private func send<Value>(
    _ method: HTTPRequest.Method, _ path: String, body: [UInt8] = [], extra: [HTTPField] = [],
    _ context: CallContext, _ read: (HTTPReply) -> Outcome<Value>
  ) async throws -> Outcome<Value> {
    var wasRefused = false
    while true {
      let token: String
      switch try await tokens.token(context) {
      case .token(let good): token = good
      case .failed(let retry): return .retry(retry)
      }
      let authorization = HTTPField(name: .authorization, value: "Bearer \(token)")
      switch try await exchange.answer(
        method, path, body: body, extra: extra + [authorization], context)
      {
      case .reply(let reply) where reply.status == 401 && !reply.isPage:
        tokens.forget(token)
        if wasRefused { return read(reply) }
        wasRefused = true
      case .reply(let reply): return read(reply)
      case .notSent(let retry): return .retry(retry)
      case .unknown(let retry): return .unknown(retry)
      }
    }
  }

  private func orderOrRefusal(_ reply: HTTPReply) -> Outcome<FlightOrder> {
    guard reply.isSuccess else { return refusal(reply) }
    guard let order = exchange.decode(WireOrder.self, from: reply)?.data else {
      return exchange.unreadable(reply)
    }
    let offer = order.flightOffers?.elements.first
    let records = order.associatedRecords?.elements ?? []
    return .done(
      FlightOrder(
        id: order.id,
        // An order without a locator is an order all the same: without its id it could not be undone.
        pnr: records.lazy.compactMap { $0.reference?.text }.first ?? "",
        total: Money(wire: offer?.price?.grandTotal, currencyCode: offer?.price?.currency),
        departures: offer?.departures ?? []))
  }

  /// The outcome of any status but success: 400 and 404 are definitive in Amadeus' own words only.
  private func refusal<Value>(_ reply: HTTPReply) -> Outcome<Value> {
    let error = error(in: reply)
    switch reply.status {
    case 400, 404:
      guard let error else { return exchange.unreadable(reply) }
      return .rejected(
        Rejection(
          code: error.code, message: error.text, httpStatus: reply.status))
    default:
      return exchange.indefinite(reply, detail: error.map { "\($0.code) \($0.text)" })
    }
  }

  private func error(in reply: HTTPReply) -> WireErrors.Item? {
    exchange.decode(WireErrors.self, from: reply)?.errors.elements.first
  }

  /// Telephone numbers are digits only. Source: Flight Create Orders, `Phone.number`.
  private func digits(_ phone: String) -> String {
    String(decoding: phone.utf8.filter { (0x30...0x39).contains($0) }, as: UTF8.self)
  }
}

private struct WirePricing: Decodable {
  var data: Content

  struct Content: Decodable {
    var flightOffers: [First]
  }

  /// Only the first element is read: what stands behind it need not be an offer.
  struct First: Decodable {
    var offer: WireOffer?

    init(from decoder: any Decoder) {
      offer = try? WireOffer(from: decoder)
    }
  }
}

private struct WireOffer: Decodable {
  @Identity var id: String
  @Decoration var price: WirePrice?
}

private struct WirePrice: Decodable {
  @Decoration var currency: String?
  @Decoration var grandTotal: WireAmount?
}

/// An order: its id decides that it exists, all else decorates it.
private struct WireOrder: Decodable {
  var data: Content

  struct Content: Decodable {
    @Identity var id: String
    @Decoration var associatedRecords: Readable<Record>?
    @Decoration var flightOffers: Readable<Offer>?
  }

  struct Record: Decodable {
    @Decoration var reference: WireText?
  }

  /// An offer in an order; its id is of no use any more.
  struct Offer: Decodable {
    @Decoration var price: WirePrice?
    @Decoration var itineraries: Readable<Itinerary>?

    /// Which segment is which is known only where all can be read.
    var departures: [String] {
      guard let itineraries, !itineraries.isPartial else { return [] }
      let ways = itineraries.elements.map(\.segments)
      guard ways.allSatisfy({ $0?.isPartial == false }) else { return [] }
      return ways.flatMap { $0?.elements ?? [] }.map { $0.departure?.at?.text ?? "" }
    }
  }

  struct Itinerary: Decodable {
    @Decoration var segments: Readable<Segment>?
  }

  struct Segment: Decodable {
    @Decoration var departure: Departure?
  }

  struct Departure: Decodable {
    @Decoration var at: WireText?
  }
}

private struct WireErrors: Decodable {
  var errors: Readable<Item>

  struct Item: Decodable {
    @Identity var code: String
    @Decoration var title: String?
    @Decoration var detail: String?

    var text: String {
      switch (title, detail) {
      case (let title?, let detail?): "\(title): \(detail)"
      case (let title, let detail): title ?? detail ?? ""
      }
    }
  }
}

private struct WireName: Encodable {
  var firstName: String
  var lastName: String

  /// Writes a name in an airline's letters; one that has none of them, which no checked name is, as
  /// it came.
  init(airline first: String, _ last: String) {
    firstName = AirlineName.of(first) ?? first
    lastName = AirlineName.of(last) ?? last
  }
}

private struct WireTraveler: Encodable {
  var dateOfBirth: String
  var id: String
  var name: WireName
}

private struct WireContact: Encodable {
  var addresseeName: WireName
  var emailAddress: String
  var phones: [WirePhone]?
  var purpose: String
}

private struct WirePhone: Encodable {
  var deviceType: String
  var number: String
}

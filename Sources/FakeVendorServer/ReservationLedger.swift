import FakeVendors

/// What a travel vendor knows to be true: reservations, stock, refusals, requests to reserve.
struct ReservationLedger: Encodable {
  struct Item: Encodable {
    let reference, clientReference, status, item, currency: String
    let attributes: [String]
    let priceMinor, penaltyMinor: Int64
    let baggage: String
    let createdUs: Int64
    let cancelledUs: Int64?
    let cancelledBy, cancelBaggage: String?
  }
  struct Stock: Encodable {
    let item: String
    let total, available, held, confirmed: Int
  }
  struct Refused: Encodable {
    let item, operation, reason, baggage: String
    let atUs: Int64
  }
  struct Request: Encodable {
    let operation, handle, baggage: String
    let status: Int
    let effect: String?
    let atUs: Int64

    init(_ request: ServedRequest) {
      operation = request.operation
      handle = request.handle
      baggage = request.baggage
      status = request.status
      effect = request.effect
      atUs = request.atMicroseconds
    }
  }

  let reservations: [Item]
  let stocks: [Stock]
  let refusals: [Refused]
  let requests: [Request]

  init(
    _ reservations: [Reservation], _ capacities: [Capacity], _ refusals: [Refusal],
    _ requests: [ServedRequest]
  ) {
    self.reservations = reservations.map {
      Item(
        reference: $0.reference, clientReference: $0.clientReference, status: $0.status.rawValue,
        item: $0.item, currency: $0.currency, attributes: $0.attributes,
        priceMinor: $0.priceMinor, penaltyMinor: $0.penaltyMinor, baggage: $0.baggage,
        createdUs: $0.createdMicroseconds, cancelledUs: $0.cancelledMicroseconds,
        cancelledBy: $0.cancelledBy, cancelBaggage: $0.cancelBaggage)
    }
    stocks = capacities.map {
      Stock(
        item: $0.item, total: $0.total, available: $0.available, held: $0.held,
        confirmed: $0.confirmed)
    }
    self.refusals = refusals.map {
      Refused(
        item: $0.item, operation: $0.operation, reason: $0.reason.rawValue, baggage: $0.baggage,
        atUs: $0.atMicroseconds)
    }
    self.requests = requests.map(Request.init)
  }
}

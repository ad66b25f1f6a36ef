import HTTPService

@testable import BookingOrchestrator

/// Leads one saga by the hand: answers its actions and moves its clock.
struct SagaRig {
  var saga: Saga
  var now = Timestamp(microseconds: 1_000_000_000)
  var reaction: Reaction
  /// Everything that was ever written.
  var written: [SagaChange] = []

  /// A trip with as many activities as prices are given; flight 300.00, hotel 200.00.
  init(
    activities: [Int64] = [], deadline: Duration = .seconds(3_600), currency code: String = "USD",
    capture: CaptureTime? = nil
  ) {
    let currency = Currency(code: code)!  // Sold in.
    let option = TripOption(
      tripOptionId: TripOptionID("to_1"), currency: currency,
      flight: .init(
        componentId: "f", amount: 30_000, offer: "{}", offerId: "of_1", expiresAt: nil),
      hotel: .init(
        componentId: "h", amount: 20_000, accommodationId: 7, productId: "p_1",
        checkin: "2027-01-01", checkout: "2027-01-03", adults: 2),
      activities: activities.enumerated().map {
        .init(
          componentId: "a\($0.offset)", amount: $0.element, productCode: "P\($0.offset + 1)",
          travelDate: "2027-01-02", travelers: 2)
      })
    var request = TripRequest(
      tripOptionId: option.tripOptionId, amount: option.total!.minorUnits, currency: currency,
      paymentMethodId: "pm_card_visa",
      customer: .init(id: "c1", email: "a@example.com", firstName: "Ada", lastName: "L"),
      travelers: [.init(firstName: "Ada", lastName: "L", dateOfBirth: "1990-01-01")])
    request.capture = capture
    let nowhere = NoTransport()
    let configuration = VendorConfiguration()
    saga = Saga(
      id: BookingID("bk_1"), option: option, request: request,
      vendors: VendorClients(
        stripe: StripeClient(configuration, transport: nowhere),
        amadeus: AmadeusClient(configuration, transport: nowhere, wallClock: NoClock()),
        bookingCom: BookingComClient(configuration, transport: nowhere),
        viator: ViatorClient(configuration, transport: nowhere)),
      createdAt: now, deadline: now + deadline, state: .pending, plan: SagaPlan(), warnings: [],
      failure: nil, needsAttention: false, finishedAt: nil, version: 1, epoch: 1)
    reaction = saga.begin([], at: now)
    written = reaction.changes
  }

  /// What the saga wants done.
  var actions: [SagaAction] { reaction.actions }

  /// Tells what happened, a second later.
  mutating func tell(_ events: SagaEvent..., inbox: [SagaMessage] = []) {
    now = now + .seconds(1)
    reaction = saga.react(events, inbox, at: now)
    written += reaction.changes
  }

  /// Lets the saga sleep until it wants to be woken.
  mutating func wake() {
    now = max(now, reaction.wake ?? now) + .milliseconds(1)
    reaction = saga.react([], [], at: now)
    written += reaction.changes
  }

  /// Lets time pass, then wakes it.
  mutating func pass(_ duration: Duration) {
    now = now + duration
    reaction = saga.react([], [], at: now)
    written += reaction.changes
  }

  /// Lets the process die and another take the trip over.
  mutating func crash() {
    let old = saga
    saga.priced = nil
    saga.preview = nil
    saga.availability = [:]
    precondition(old.steps.count == saga.steps.count)
    now = now + .seconds(200)
    reaction = saga.begin([], at: now)
    written += reaction.changes
  }
}

// The usual answers.
extension SagaRig {
  static func key(_ slot: Slot, _ direction: Direction = .forward) -> SagaStep.Key {
    .init(slot: slot, direction: direction)
  }
  static let lost = Retry(reason: "timed out after 80 s", after: nil)

  func money(_ minor: Int64) -> Money { Money(minorUnits: minor, currency: saga.option.currency) }

  func intent(_ status: String) -> StripePaymentIntent {
    StripePaymentIntent(
      id: "pi_1", status: status, amount: saga.charge.minorUnits,
      amountReceived: status == "succeeded" ? saga.charge.minorUnits : 0,
      currency: saga.charge.currency.code.lowercased(),
      latestCharge: status == "succeeded" ? "ch_1" : nil, metadata: ["booking": "bk_1"], created: 0)
  }

  func refund(_ id: String, _ status: String, _ amount: Int64, cause: String, generation: Int = 1)
    -> StripeRefund
  {
    StripeRefund(
      id: id, status: status, amount: amount, currency: saga.charge.currency.code.lowercased(),
      paymentIntent: "pi_1",
      metadata: ["booking": "bk_1", "cause": cause, "generation": "\(generation)"], created: 0)
  }

  mutating func validate(gone: Set<Int> = []) {
    let flight = PricedFlight(offer: Array("{}".utf8), total: money(30_000), offerID: "of_1")
    let hotel = HotelPreview(
      orderToken: "tok", total: money(20_000), accommodationID: 7, productIDs: ["p_1"])
    var events: [SagaEvent] = [.flightPriced(.done(flight)), .hotelPreviewed(.done(hotel))]
    for (index, activity) in saga.option.activities.enumerated() {
      events.append(
        .activityChecked(
          index + 1,
          .done(
            ActivityAvailability(
              available: !gone.contains(index + 1), productCode: activity.productCode,
              total: money(activity.amount)))))
    }
    now = now + .seconds(1)
    reaction = saga.react(events, [], at: now)
    written += reaction.changes
  }

  mutating func openIntent() {
    tell(.answered(Self.key(.intent), .paymentIntent(.done(intent("requires_confirmation")))))
  }
  mutating func charge() {
    tell(.answered(Self.key(.charge), .paymentIntent(.done(intent("succeeded")))))
  }
  mutating func bookFlight() {
    tell(
      .answered(
        Self.key(.flight),
        .flightOrder(.done(FlightOrder(id: "fo_1", pnr: "ABCDEF", departures: ["D1"])))))
  }
  mutating func bookHotel() {
    tell(
      .answered(
        Self.key(.hotel), .hotelOrder(.done(HotelOrder(order: "ho_1", reservation: "r_1")))))
  }
  mutating func bookActivity(_ number: Int, _ status: String = "CONFIRMED") {
    tell(
      .answered(
        Self.key(.activity(number)),
        .activity(.done(ActivityBooking(status: status, bookingRef: "BR-\(number)")))))
  }
  mutating func rejectHotel() {
    tell(
      .answered(
        Self.key(.hotel),
        .hotelOrder(
          .rejected(Rejection(code: "order_unavailable", message: "gone", httpStatus: 409)))))
  }
  mutating func bookAll() {
    validate()
    openIntent()
    charge()
    bookFlight()
    bookHotel()
    for number in saga.option.activities.indices.map({ $0 + 1 }) { bookActivity(number) }
  }

  /// The attention items handed to operators so far.
  var parked: [String] {
    written.compactMap { if case .attention(let item) = $0 { item.reason } else { nil } }
  }
  /// The amounts posted to the account of money held at Stripe, refunds negative.
  var ledger: [Int64] {
    written.compactMap {
      guard case .ledger(let posting) = $0 else { return nil }
      if posting.debit == "stripe" { return posting.amount.minorUnits }
      if posting.credit == "stripe" { return -posting.amount.minorUnits }
      return nil
    }
  }
}

/// A transport for sagas under test, which never send.
struct NoTransport: HTTPTransport {
  func send(_ call: HTTPCall, timeout: Duration) async throws -> HTTPReply {
    throw TransportError(effect: .none, reason: "nothing is sent here")
  }
}

/// A clock for clients under test that never look at it.
struct NoClock: WallClock {
  func now() -> Timestamp { Timestamp(microseconds: 0) }
}

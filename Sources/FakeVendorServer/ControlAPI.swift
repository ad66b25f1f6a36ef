import FakeVendors
import HTTPService
import HTTPTypes
import Wire

/// Answers the control endpoints, which every port serves beside its fake: paths that begin with `/_`.
final class ControlAPI: Sendable {
  private let clock: VendorClock
  private let rules: FaultRules
  private let catalogue: Catalogue
  private let webhooks: WebhookRegistration
  private let stripe: FakeStripe
  private let fired: @Sendable () -> [ScenarioPlay.Fired]
  private let ledger: @Sendable (VendorName) -> Ledger
  private let settled: @Sendable () async throws -> Void

  init(
    clock: VendorClock, rules: FaultRules, catalogue: Catalogue, webhooks: WebhookRegistration,
    stripe: FakeStripe, fired: @escaping @Sendable () -> [ScenarioPlay.Fired],
    ledger: @escaping @Sendable (VendorName) -> Ledger,
    settled: @escaping @Sendable () async throws -> Void
  ) {
    self.clock = clock
    self.rules = rules
    self.catalogue = catalogue
    self.webhooks = webhooks
    self.stripe = stripe
    self.fired = fired
    self.ledger = ledger
    self.settled = settled
  }

  private static let endpoints = [
    "GET /_clock", "POST /_clock/advance", "GET /_ledger", "GET /_faults", "POST /_faults",
    "DELETE /_faults", "GET /_faults/fired", "GET /_catalogue", "GET /_catalogue?trip=1",
    "POST /_catalogue",
    "GET /_webhook", "PUT /_webhook", "DELETE /_webhook", "POST /_authenticate",
    "POST /_checkout", "POST /_dispute",
  ]

  /// Answers one control request that came to a service's port.
  func respond(to call: HTTPCall, at vendor: VendorName) async throws -> HTTPReply {
    do {
      return try await answer(call, vendor)
    } catch let error as ControlError {
      return try .json(error, status: error.status)
    }
  }

  private func answer(_ call: HTTPCall, _ vendor: VendorName) async throws -> HTTPReply {
    let parts = (call.request.path ?? "").split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let query = parts.count > 1 ? String(parts[1]) : ""
    switch (call.request.method, parts.first) {
    case (.get, "/_clock"): return try .json(ClockReading(clock))
    case (.post, "/_clock/advance"): return try await advance(call.body)
    case (.get, "/_ledger"): return try .json(ledger(vendor))
    case (.get, "/_faults"): return try .json(rules.pending)
    case (.get, "/_faults/fired"): return try .json(fired())
    case (.post, "/_faults"):
      let orders = try FaultRule.read(try JSONValue.control(call.body), at: vendor)
      return try .json(rules.place(orders))
    case (.delete, "/_faults"):
      rules.clear()
      return try .json(rules.pending)
    case (.get, "/_catalogue"):
      return try query.isEmpty ? .json(CatalogueListing(catalogue)) : trip(query)
    case (.post, "/_catalogue"):
      catalogue.add(try Catalogue.Stock(try JSONValue.control(call.body), now: clock.microseconds))
      return try .json(CatalogueListing(catalogue))
    case (.get, "/_webhook"): return try .json(webhooks.target)
    case (.put, "/_webhook"):
      webhooks.set(try WebhookTarget(try JSONValue.control(call.body)))
      return try .json(webhooks.target)
    case (.delete, "/_webhook"):
      webhooks.set(nil)
      return try .json(webhooks.target)
    case (.post, "/_authenticate"): return try authenticate(call.body)
    case (.post, "/_checkout"): return try payCheckout(call.body)
    case (.post, "/_dispute"): return try dispute(call.body)
    default:
      throw ControlError("no such control endpoint", known: Self.endpoints, status: .notFound)
    }
  }

  private func advance(_ body: [UInt8]) async throws -> HTTPReply {
    let members = try JSONValue.control(body).members("the request", known: ["seconds", "to"])
    let now = clock.microseconds
    let target: Int64
    switch (members["seconds"], members["to"]) {
    case (let seconds?, nil):
      guard let value = seconds.double, (0...315_360_000).contains(value) else {
        throw ControlError("'seconds' is not a number from 0 to 315,360,000")
      }
      target = now + Int64((value * 1e6).rounded())
    case (nil, let to?):
      guard let moment = to.double.map({ Int64($0 * 1e6) }) ?? to.string.flatMap(CivilTime.parse)
      else {
        throw ControlError("'to' is neither seconds since 1970 nor such as 2027-01-31T12:00:00Z")
      }
      guard moment >= now else { throw ControlError("'to' is in the past; time only goes forward") }
      guard moment - now <= 315_360_000_000_000 else {
        throw ControlError("'to' is more than ten years ahead")
      }
      target = moment
    default: throw ControlError("give either 'seconds' or 'to'", known: ["seconds", "to"])
    }
    guard try await clock.move(to: target, settled: settled) else {
      throw ControlError("the clock is being moved by another request", status: .conflict)
    }
    return try .json(ClockReading(clock))
  }

  private func trip(_ query: String) throws -> HTTPReply {
    guard query.hasPrefix("trip="), let number = Int(query.dropFirst("trip=".count)),
      let trip = catalogue.trips.first(where: { $0.number == number })
    else {
      throw ControlError(
        "no such trip", known: catalogue.trips.map { "trip=\($0.number)" }, status: .notFound)
    }
    return try .plainJSON(TripOptionBody(trip, offer: catalogue.offerJSON(trip.flight)))
  }

  private func authenticate(_ body: [UInt8]) throws -> HTTPReply {
    let members = try JSONValue.control(body).members(
      "the request", known: ["payment_intent", "succeeds"])
    guard let id = members["payment_intent"]?.string else {
      throw ControlError("'payment_intent' is not a text")
    }
    guard stripe.authenticate(id, succeeds: members["succeeds"]?.bool ?? true) else {
      throw ControlError("\(id) does not wait for its customer", status: .conflict)
    }
    return try .json(["payment_intent": id])
  }

  /// Plays the customer on a Checkout Session's page.
  private func payCheckout(_ body: [UInt8]) throws -> HTTPReply {
    let members = try JSONValue.control(body).members(
      "the request", known: ["session", "payment_method", "email"])
    guard let id = members["session"]?.string else {
      throw ControlError("'session' is not a text")
    }
    let method = members["payment_method"]
    guard method == nil || method?.string != nil else {
      throw ControlError("'payment_method' is not a text")
    }
    switch stripe.pay(id, with: method?.string ?? "pm_card_visa", email: members["email"]?.string) {
    case .completed: return try .json(["session": id, "status": "complete"])
    case .stillOpen(let status): return try .json(["session": id, "status": "open", "why": status])
    case .refused(let why): throw ControlError(why, status: .conflict)
    }
  }

  /// Plays a cardholder at the bank.
  private func dispute(_ body: [UInt8]) throws -> HTTPReply {
    let members = try JSONValue.control(body).members(
      "the request", known: ["payment_intent", "reason"])
    guard let id = members["payment_intent"]?.string else {
      throw ControlError("'payment_intent' is not a text")
    }
    let reason = members["reason"]?.string ?? "fraudulent"
    guard FakeStripe.disputeReasons.contains(reason) else {
      throw ControlError("no dispute has the reason '\(reason)'", known: FakeStripe.disputeReasons)
    }
    guard stripe.dispute(id, reason: reason) else {
      throw ControlError("\(id) has nothing that can be disputed", status: .conflict)
    }
    return try .json(["payment_intent": id])
  }
}

/// The fakes' clock as `GET /_clock` shows it.
private struct ClockReading: Encodable {
  let mode: String
  /// ISO 8601, UTC.
  let now: String
  /// Microseconds since 1970.
  let nowUs: Int64
  /// The earliest moment that something in the fakes waits for, in microseconds since 1970.
  let nextUs: Int64?

  init(_ clock: VendorClock) {
    mode = clock.mode.rawValue
    nowUs = clock.microseconds
    now = CivilTime.text(nowUs, .short(nowUs))
    nextUs = clock.nextDeadline
  }
}

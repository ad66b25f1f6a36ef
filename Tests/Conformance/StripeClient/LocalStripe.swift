import FoundationEssentials
import HTTPService
import HTTPSockets
import HTTPTypes
import Testing

@testable import BookingOrchestrator

/// A Stripe fake that others wrote (PyPI `localstripe`), and our client pointed at it.
struct LocalStripe {
  /// `LOCALSTRIPE_URL`, without which there is nothing to run against.
  static let url = ProcessInfo.processInfo.environment["LOCALSTRIPE_URL"]

  let transport = SocketTransport()
  let client: StripeClient
  let context = CallContext(
    booking: BookingID("bk_1"), slot: "charge", direction: "do", generation: 1, attempt: 1,
    epoch: 1, idempotencyKey: "bk_1:charge:do:1")

  /// Runs a body with a client, and closes its connections.
  static func run(_ body: (LocalStripe) async throws -> Void) async throws {
    var configuration = VendorConfiguration()
    configuration.stripeURL = try #require(url)
    configuration.stripeSecretKey = "sk_test_12345"
    let local = LocalStripe(configuration)
    do {
      try await body(local)
    } catch {
      try await local.transport.shutDown()
      throw error
    }
    try await local.transport.shutDown()
  }

  private init(_ configuration: VendorConfiguration) {
    client = StripeClient(configuration, transport: transport)
  }

  /// An amount in US dollars.
  func dollars(cents: Int64) throws -> Money {
    Money(minorUnits: cents, currency: try #require(Currency(code: "USD")))
  }

  /// Our request to create an intent, as our client sends it to Stripe.
  func creation(cents: Int64 = 2500, method: String = "pm_card_visa") throws -> PreparedRequest {
    client.createPaymentIntent(
      amount: try dollars(cents: cents), customer: nil, paymentMethod: method,
      booking: BookingID("bk_1"), generation: 1)
  }

  /// Our request for a refund, as our client sends it to Stripe.
  func refund(of intent: String, cents: Int64?) throws -> PreparedRequest {
    client.createRefund(
      paymentIntent: intent, amount: try cents.map(dollars), booking: BookingID("bk_1"),
      cause: "rollback", generation: 1)
  }

  /// Creates an intent that waits to be confirmed.
  func create(cents: Int64 = 2500, method: String = "pm_card_visa") async throws
    -> StripePaymentIntent
  {
    // localstripe knows nothing of `confirmation_method`, a parameter of Stripe's.
    let request = try creation(cents: cents, method: method).without("confirmation_method")
    return try #require(try await client.sendPaymentIntent(request, context).value)
  }

  /// Creates and confirms an intent.
  func pay(cents: Int64 = 2500) async throws -> StripePaymentIntent {
    let intent = try await create(cents: cents)
    let confirmation = client.confirmPaymentIntent(intent.id)
    return try #require(try await client.sendPaymentIntent(confirmation, context).value)
  }
}

extension PreparedRequest {
  /// The same request without one of its parameters.
  func without(_ parameter: String) -> PreparedRequest {
    let fields = String(decoding: body, as: UTF8.self).split(separator: "&")
    let kept = fields.filter { !$0.hasPrefix("\(parameter)=") }
    return PreparedRequest(
      method: method, path: path, body: Array(kept.joined(separator: "&").utf8))
  }
}

extension Outcome {
  /// What was done or read; nil for every other outcome.
  var value: Value? {
    if case .done(let value) = self { value } else { nil }
  }

  /// The vendor's definitive no; nil for every other outcome.
  var rejection: Rejection? {
    if case .rejected(let rejection) = self { rejection } else { nil }
  }
}

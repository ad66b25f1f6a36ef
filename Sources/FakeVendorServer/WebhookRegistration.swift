import FakeVendors
import HTTPService
import Synchronization
import Wire

/// Where Stripe's events go, as whoever runs the fakes says.
package struct WebhookTarget: Sendable, Hashable, Encodable {
  /// `http://127.0.0.1:8080/webhooks/stripe`
  package var url: String
  /// The signing secret, `whsec_…`.
  package var secret: String
  /// The event types that are sent; empty means all.
  package var types: [String]

  /// The secret that signs when no other is given.
  package static let usualSecret = VendorKeys().stripeWebhook

  package init(url: String, secret: String = usualSecret, types: [String] = []) {
    self.url = url
    self.secret = secret
    self.types = types
  }

  /// Whether a text is the URL of a web server.
  package static func isURL(_ text: String) -> Bool {
    ["http://", "https://"].contains { text.hasPrefix($0) && text.count > $0.count }
  }

  /// Reads a target as it is put.
  init(_ json: JSONValue) throws(ControlError) {
    let members = try json.members("a webhook", known: ["url", "secret", "types"])
    guard let url = members["url"]?.string, Self.isURL(url) else {
      throw ControlError("'url' does not begin with http:// or https://")
    }
    self.init(url: url)
    if let secret = members["secret"] {
      guard let text = secret.string, text.hasPrefix("whsec_") else {
        throw ControlError("'secret' does not begin with whsec_")
      }
      self.secret = text
    }
    if let types = members["types"] {
      guard case .array(let list) = types else { throw ControlError("'types' is not a list") }
      self.types = try Self.types(list)
    }
  }

  /// Reads event types; `*` alone means all, as at Stripe.
  private static func types(_ list: [JSONValue]) throws(ControlError) -> [String] {
    var types: [String] = []
    for entry in list {
      guard let type = entry.string else { throw ControlError("'types' holds what is no text") }
      guard type == "*" || FakeStripe.eventTypes.contains(type) else {
        throw ControlError(
          "no event of type '\(type)' is ever sent", known: ["*"] + FakeStripe.eventTypes)
      }
      types.append(type)
    }
    return types.contains("*") ? [] : types
  }
}

/// Keeps the target of Stripe's events and makes the fake's endpoint of it.
final class WebhookRegistration: Sendable {
  private let current: Mutex<WebhookTarget?>
  private let stripe: FakeStripe
  private let transport: any HTTPTransport
  private let planner: WebhookPlanner

  init(
    _ target: WebhookTarget?, stripe: FakeStripe, transport: any HTTPTransport,
    planner: WebhookPlanner
  ) {
    current = Mutex(target)
    self.stripe = stripe
    self.transport = transport
    self.planner = planner
  }

  /// Where events go at present.
  var target: WebhookTarget? { current.withLock { $0 } }

  /// The fake's endpoint; nil when events go nowhere.
  var endpoint: WebhookEndpoint? {
    target.map { [planner] in
      WebhookEndpoint(
        transport: transport, url: $0.url, secret: $0.secret, types: $0.types,
        plan: { planner.plan($0, $1) }, rewrite: { planner.rewrite($0, $1) })
    }
  }

  /// Sends events somewhere else from now on, or nowhere.
  func set(_ target: WebhookTarget?) {
    current.withLock { $0 = target }
    stripe.deliver(to: endpoint)
  }
}

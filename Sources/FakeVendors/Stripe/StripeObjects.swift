/// An immutable picture of an object: events and stored answers keep it and encode it when asked.
final class StripeSnapshot<Value: Sendable>: Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}

/// Metadata in the order in which it was set.
struct StripeMetadata: Sendable, Hashable {
  private(set) var entries: [StripeForm.Field] = []

  subscript(_ key: String) -> String? { entries.first { $0.key == key }?.value }

  /// The entries as a dictionary.
  var dictionary: [String: String] {
    Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
  }

  /// Sets what is given; an empty value removes its key.
  mutating func merge(_ changes: [StripeForm.Field]) {
    for change in changes {
      let index = entries.firstIndex { $0.key == change.key }
      switch (index, change.value.isEmpty) {
      case (let index?, true): entries.remove(at: index)
      case (let index?, false): entries[index] = change
      case (nil, false): entries.append(change)
      case (nil, true): break
      }
    }
  }

  /// Removes everything.
  mutating func removeAll() { entries.removeAll() }
}

/// A payment intent as Stripe's API shows it.
struct StripeIntent: Sendable {
  /// Source: Stripe documentation, The Payment Intents API, lifecycle.
  enum Status: String, Sendable {
    case requiresPaymentMethod = "requires_payment_method"
    case requiresConfirmation = "requires_confirmation"
    case requiresAction = "requires_action"
    case processing
    case requiresCapture = "requires_capture"
    case canceled
    case succeeded
  }

  var id: String
  var amount: Int64
  var amountCapturable: Int64 = 0
  var amountReceived: Int64 = 0
  /// `allow_redirects` of automatic payment methods; nil when they are off.
  var automaticPaymentMethods: String?
  var canceledAt: Int64?
  var cancellationReason: String?
  var captureMethod: String
  var clientSecret: String
  var confirmationMethod: String
  /// Seconds since 1970.
  var created: Int64
  var currency: StripeCurrency
  var customer: String?
  var description: String?
  var lastError: StripeSnapshot<StripeError>?
  var latestCharge: String?
  var metadata = StripeMetadata()
  var paymentMethod: String?
  var paymentMethodTypes: [String]
  var receiptEmail: String?
  var returnURL: String?
  var setupFutureUsage: String?
  var statementDescriptor: String?
  var statementDescriptorSuffix: String?
  var status: Status
  var transferGroup: String?
}

/// A charge as Stripe's API shows it.
struct ChargeObject: Sendable {
  enum Status: String, Sendable { case succeeded, pending, failed }

  var id: String
  var amount: Int64
  var amountCaptured: Int64 = 0
  var amountRefunded: Int64 = 0
  var balanceTransaction: String?
  var captured = false
  /// Seconds since 1970.
  var created: Int64
  var currency: StripeCurrency
  var customer: String?
  var description: String?
  var disputed = false
  var failure: StripeSnapshot<StripeError>?
  var metadata: StripeMetadata
  var paid = false
  var paymentIntent: String
  var paymentMethod: PaymentMethodObject
  var receiptEmail: String?
  var refunded = false
  var riskScore: Int64
  var statementDescriptor: String?
  var statementDescriptorSuffix: String?
  var status: Status

  /// How long a hold on a card lasts. Source: Stripe documentation, Place a hold on a payment method.
  static let holdSeconds: Int64 = 7 * 86_400
}

/// A refund as Stripe's API shows it.
struct RefundObject: Sendable {
  enum Status: String, Sendable {
    case pending
    case requiresAction = "requires_action"
    case succeeded, failed, canceled

    /// Whether the money is, or may still be, on its way to the customer.
    var counts: Bool {
      switch self {
      case .pending, .requiresAction, .succeeded: true
      case .failed, .canceled: false
      }
    }
  }

  var id: String
  var amount: Int64
  var balanceTransaction: String?
  var charge: String
  /// Seconds since 1970.
  var created: Int64
  var currency: StripeCurrency
  var failureBalanceTransaction: String?
  var failureReason: String?
  var metadata = StripeMetadata()
  var paymentIntent: String
  var pendingReason: String?
  var reason: String?
  var status: Status
}

/// A payment method as Stripe's API shows it; cards only.
struct PaymentMethodObject: Sendable {
  var id: String
  var card: StripeCard
  /// Seconds since 1970.
  var created: Int64
  var customer: String?
  var name: String?
  var email: String?
  var expiryMonth: Int64 = 12
  var expiryYear: Int64 = 2030
  /// Whether it was detached: it can never be used again.
  var isSpent = false
  var metadata = StripeMetadata()
}

/// A customer as Stripe's API shows it.
struct CustomerObject: Sendable, Hashable {
  var id: String
  /// Seconds since 1970.
  var created: Int64
  var description: String?
  var email: String?
  var name: String?
  /// Whether nothing but its id is left.
  var isDeleted = false
  var metadata = StripeMetadata()
}

/// An event as Stripe's API shows it; `object` is as it was when the event happened.
struct EventObject: Sendable {
  var id: String
  var type: String
  /// Microseconds since 1970.
  var createdMicroseconds: Int64
  var object: StripeBody
  var requestID: String?
  var idempotencyKey: String?
  /// Whether it is written in the newer form, which names its object and does not show it.
  var isThin = false
}

/// What an answer says, before it is bytes.
enum StripeBody: Sendable {
  case intent(StripeSnapshot<StripeIntent>)
  case charge(StripeSnapshot<ChargeObject>)
  case refund(StripeSnapshot<RefundObject>)
  case paymentMethod(StripeSnapshot<PaymentMethodObject>)
  case customer(StripeSnapshot<CustomerObject>)
  case event(StripeSnapshot<EventObject>, pendingWebhooks: Int)
  case dispute(StripeSnapshot<DisputeObject>)
  case transaction(StripeSnapshot<StripeTransaction>, isAvailable: Bool)
  case session(StripeSnapshot<StripeSession>)
  case lineItem(StripeLineItem)
  case balance(StripeBalance)
  /// An object with other objects in place of their ids, by property.
  indirect case expanded(StripeBody, [String: StripeBody])
  case list(url: String, hasMore: Bool, [StripeBody])
  /// One page of a search; `next` is what asks for the page after it.
  case search(url: String, next: String?, [StripeBody])
  case error(StripeSnapshot<StripeError>)

  /// The id of the object; empty for lists and errors.
  var id: String {
    switch self {
    case .intent(let object): object.value.id
    case .dispute(let object): object.value.id
    case .transaction(let object, _): object.value.id
    case .session(let object): object.value.id
    case .lineItem(let item): item.id
    case .expanded(let object, _): object.id
    case .charge(let object): object.value.id
    case .refund(let object): object.value.id
    case .paymentMethod(let object): object.value.id
    case .customer(let object): object.value.id
    case .event(let object, _): object.value.id
    case .balance, .list, .search, .error: ""
    }
  }
}

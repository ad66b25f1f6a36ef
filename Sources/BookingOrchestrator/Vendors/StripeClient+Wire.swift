/// Stripe's objects as Stripe writes them, as far as they are read.
enum StripeWire {
  /// What Stripe writes as an id, or as the whole object where it expands it.
  ///
  /// Source: Stripe API reference, Expanding responses.
  struct Reference: Decodable, Sendable {
    var id: String

    private enum CodingKeys: String, CodingKey { case id }

    init(from decoder: any Decoder) throws {
      if let id = try? decoder.singleValueContainer().decode(String.self) {
        self.id = id
      } else {
        id = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .id)
      }
    }
  }

  /// A whole number that decorates.
  struct Whole: Decodable, Sendable {
    var value: Int64

    init(from decoder: any Decoder) throws { value = try WholeNumber(from: decoder).wrappedValue }
  }

  /// A payment intent as Stripe writes it, as far as it is read.
  struct Intent: Decodable, Sendable {
    @Identity var id: String
    var status: String
    @WholeNumber var amount: Int64
    @Decoration var amountReceived: Whole?
    @Decoration var amountCapturable: Whole?
    var currency: String
    @Decoration var latestCharge: Reference?
    @Decoration var metadata: ReadableTexts?
    @Decoration var created: Whole?
    @Decoration var lastPaymentError: PaymentError?

    struct PaymentError: Decodable, Sendable {
      @Decoration var code: String?
      @Decoration var declineCode: String?

      enum CodingKeys: String, CodingKey {
        case code
        case declineCode = "decline_code"
      }
    }

    enum CodingKeys: String, CodingKey {
      case id, status, amount, currency, metadata, created
      case amountReceived = "amount_received"
      case amountCapturable = "amount_capturable"
      case latestCharge = "latest_charge"
      case lastPaymentError = "last_payment_error"
    }

    /// What the clients tell of it.
    var model: StripePaymentIntent {
      StripePaymentIntent(
        id: id, status: status, amount: amount,
        // Stripe's schema does not require it; a payment that succeeded is charged whole, unless it was
        // held first.
        amountReceived: amountReceived?.value ?? (status == "succeeded" ? amount : 0),
        currency: currency, latestCharge: latestCharge?.id.asChargeID,
        metadata: metadata?.texts ?? [:],
        created: created?.value ?? 0,
        lastErrorCode: lastPaymentError?.code, lastDeclineCode: lastPaymentError?.declineCode,
        // Not required either; it is the whole amount that is held, and none that is not.
        amountCapturable: status == "requires_capture" ? amountCapturable?.value ?? amount : nil,
        isReceivedUntold: status == "succeeded" && amountReceived == nil ? true : nil)
    }
  }

  /// A refund as Stripe writes it, as far as it is read.
  struct Refund: Decodable, Sendable {
    @Identity var id: String
    @Decoration var status: String?
    @WholeNumber var amount: Int64
    var currency: String
    @Decoration var paymentIntent: Reference?
    @Decoration var metadata: ReadableTexts?
    @Decoration var failureReason: String?
    @Decoration var created: Whole?

    enum CodingKeys: String, CodingKey {
      case id, status, amount, currency, metadata, created
      case paymentIntent = "payment_intent"
      case failureReason = "failure_reason"
    }

    /// What the clients tell of it.
    var model: StripeRefund {
      StripeRefund(
        // Stripe's schema lets the status be null: not known yet, so to be asked for again.
        id: id, status: status ?? "pending", amount: amount, currency: currency,
        paymentIntent: paymentIntent?.id, metadata: metadata?.texts ?? [:],
        failureReason: failureReason, created: created?.value ?? 0)
    }
  }

  /// A charge as Stripe writes it, as far as it is read.
  struct Charge: Decodable, Sendable {
    var id: String
    var paymentIntent: Reference?
    var amountRefunded: Int64?

    enum CodingKeys: String, CodingKey {
      case id
      case paymentIntent = "payment_intent"
      case amountRefunded = "amount_refunded"
    }

    /// What the clients tell of it.
    var model: StripeCharge {
      StripeCharge(
        id: id, paymentIntent: paymentIntent?.id, amountRefunded: amountRefunded ?? 0)
    }
  }

  /// A dispute as Stripe writes it, as far as it is read.
  struct Dispute: Decodable, Sendable {
    var id: String
    var paymentIntent: Reference?
    var amount: Int64
    var currency: String
    var status: String
    var reason: String?

    enum CodingKeys: String, CodingKey {
      case id, amount, currency, status, reason
      case paymentIntent = "payment_intent"
    }

    /// What the clients tell of it.
    var model: StripeDispute {
      StripeDispute(
        id: id, paymentIntent: paymentIntent?.id, amount: amount, currency: currency,
        status: status, reason: reason)
    }
  }

  /// A payment method as Stripe writes it, as far as it is read.
  struct PaymentMethod: Decodable, Sendable {
    @Identity var id: String
    var type: String
    @Decoration var card: Card?

    struct Card: Decodable, Sendable {
      @Decoration var brand: String?
      @Decoration var last4: WireText?
    }

    /// What the clients tell of it.
    var model: StripePaymentMethod {
      StripePaymentMethod(id: id, type: type, cardBrand: card?.brand, last4: card?.last4?.text)
    }
  }

  /// One page of a list.
  struct Page<Item: Decodable & Sendable>: Decodable, Sendable {
    var data: [Item]
    var hasMore: Bool

    enum CodingKeys: String, CodingKey {
      case data
      case hasMore = "has_more"
    }
  }

  /// Stripe's error envelope.
  struct Failure: Decodable, Sendable {
    var error: Content

    struct Content: Decodable, Sendable {
      var type: String
      @Decoration var code: String?
      @Decoration var declineCode: String?
      @Decoration var message: String?
      @Decoration var paymentIntent: Intent?

      enum CodingKeys: String, CodingKey {
        case type, code, message
        case declineCode = "decline_code"
        case paymentIntent = "payment_intent"
      }

      /// The code that a rejection carries; some of Stripe's refusals have a type only.
      func rejectionCode(status: Int) -> String {
        if type == "idempotency_error" { return type }
        if let code, !code.isEmpty { return code }
        return status == 404 ? "resource_missing" : type
      }
    }
  }
}

extension String {
  /// Itself as the id of a charge; nil when it is none.
  ///
  /// Source: Stripe API reference, "The Charge object": `ch_`; charges of some other payment methods are
  /// `py_` (WooCommerce Payments, pull request 5358). Of one that begins otherwise the payment's id is kept.
  fileprivate var asChargeID: String? {
    hasPrefix("ch_") || hasPrefix("py_") ? self : nil
  }
}

/// A refusal in Stripe's shape.
///
/// Sources: Stripe API reference, Errors; Stripe documentation, Error codes, Decline codes; the
/// texts of state errors as recorded from Stripe's test mode. Texts marked (U) are not established.
struct StripeError: Error, Sendable {
  /// `api_error`, `card_error`, `idempotency_error` or `invalid_request_error`.
  var type: StaticString = "invalid_request_error"
  var status = 400
  var code: String?
  var declineCode: String?
  var param: String?
  var message: String
  var charge: String?
  var intent: StripeSnapshot<StripeIntent>?
  var paymentMethod: StripeSnapshot<PaymentMethodObject>?
  /// Whether execution had begun, so that the answer is kept under the idempotency key.
  ///
  /// Refusals of parameters, of unknown objects and of conflicts come before execution.
  var isStored = false
  /// The value of `Stripe-Rate-Limited-Reason`.
  var rateLimitedReason: String?
  /// The value of `Retry-After`, in seconds.
  var retryAfter: Int64?
}

// MARK: - Transport

extension StripeError {
  static let noKey = StripeError(
    status: 401,
    message: "You did not provide an API key. You need to provide your API key in the "
      + "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
      + "YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
      + "can help at https://support.stripe.com/.")

  static func wrongKey(_ key: String) -> StripeError {
    let hidden = String(repeating: "*", count: max(0, key.count - 12))
    return StripeError(
      status: 401, message: "Invalid API Key provided: \(key.prefix(8))\(hidden)\(key.suffix(4))")
  }

  static func unknownURL(method: String, path: String) -> StripeError {
    StripeError(
      status: 404,
      message: "Unrecognized request URL (\(method): \(path)). Please see "
        + "https://stripe.com/docs or we can help at https://support.stripe.com/.")
  }

  static let rateLimited = StripeError(
    status: 429, code: "rate_limit",
    message: "Request rate limit exceeded. Learn more about rate limits here "
      + "https://stripe.com/docs/rate-limits.", rateLimitedReason: "global-rate")

  static func rateLimited(for wait: Duration) -> StripeError {
    var error = rateLimited
    error.retryAfter = max(1, wait.wholeMicroseconds / 1_000_000)
    return error
  }

  /// The text is (U). Source: Stripe documentation, Error codes, `balance_insufficient`.
  static let cannotPayNow = StripeError(
    code: "balance_insufficient",
    message: "Your Stripe balance does not cover this refund.", isStored: true)

  static let lockTimeout = StripeError(
    status: 429, code: "lock_timeout",
    message: "This object cannot be accessed right now because another API request or Stripe "
      + "process is currently accessing it. If you see this error intermittently, retry the "
      + "request. If you see this error frequently and are making multiple concurrent requests "
      + "to a single object, make your requests serially or at a lower rate.")

  /// The text is (U).
  static let internalError = StripeError(
    type: "api_error", status: 500,
    message: "An unknown error occurred. Please contact support@stripe.com.", isStored: true)
}

// MARK: - Idempotency

extension StripeError {
  static let emptyKey = StripeError(message: "Idempotency Key must be a non-empty string.")

  /// The text is (U).
  static let longKey = StripeError(
    message: "Idempotency Key must be at most 255 characters long.")

  static func otherParameters(_ key: String) -> StripeError {
    StripeError(
      type: "idempotency_error",
      message: "Keys for idempotent requests can only be used with the same parameters they were "
        + "first used with. Try using a key other than '\(key)' if you meant to execute a "
        + "different request.")
  }

  static func otherEndpoint(_ key: String, first: String, now: String) -> StripeError {
    StripeError(
      type: "idempotency_error",
      message: "Keys for idempotent requests can only be used for the same endpoint they were "
        + "first used for ('\(first)' vs '\(now)'). Try using a key other than '\(key)' if you "
        + "meant to execute a different request.")
  }

  /// The `type` is (U): sources disagree.
  static func keyInUse(_ key: String) -> StripeError {
    StripeError(
      type: "idempotency_error", status: 409, code: "idempotency_key_in_use",
      message: "There is currently another in-progress request using this Idempotent Key (that "
        + "probably means you submitted twice, and the other request is still going through): "
        + "\(key). Please try again later.")
  }
}

// MARK: - Parameters

extension StripeError {
  static func unknown(_ param: String) -> StripeError {
    StripeError(
      code: "parameter_unknown", param: param, message: "Received unknown parameter: \(param)")
  }

  static func missing(_ param: String) -> StripeError {
    StripeError(
      code: "parameter_missing", param: param, message: "Missing required param: \(param).")
  }

  static func empty(_ param: String) -> StripeError {
    StripeError(
      code: "parameter_invalid_empty", param: param,
      message: "You passed an empty string for '\(param)'. We assume empty values are an attempt "
        + "to unset a parameter; however '\(param)' cannot be unset. You should remove "
        + "'\(param)' from your request or supply a non-empty value.")
  }

  static func notAnInteger(_ param: String, _ value: String) -> StripeError {
    StripeError(
      code: "parameter_invalid_integer", param: param, message: "Invalid integer: \(value)")
  }

  static func notABoolean(_ param: String, _ value: String) -> StripeError {
    StripeError(param: param, message: "Invalid boolean: \(value)")
  }

  static func tooLow(_ param: String, least: Int64) -> StripeError {
    StripeError(
      code: "parameter_invalid_integer", param: param,
      message: "This value must be greater than or equal to \(least).")
  }

  static func tooHigh(_ param: String, most: Int64) -> StripeError {
    StripeError(
      code: "parameter_invalid_integer", param: param,
      message: "This value must be less than or equal to \(most).")
  }

  static func choice(_ param: String, _ choices: [String]) -> StripeError {
    let list = choices.dropLast().joined(separator: ", ")
    return StripeError(
      param: param, message: "Invalid \(param): must be one of \(list), or \(choices.last ?? "")")
  }

  static func invalidCurrency(_ code: String) -> StripeError {
    StripeError(
      param: "currency",
      message: "Invalid currency: \(code). Stripe currently supports these currencies: "
        + StripeCurrency.list)
  }

  static func tooSmall(_ currency: StripeCurrency) -> StripeError {
    StripeError(
      code: "amount_too_small", param: "amount",
      message: "Amount must be at least \(currency.formatWithCode(currency.minimum))")
  }

  static func tooLarge(_ currency: StripeCurrency) -> StripeError {
    StripeError(
      code: "amount_too_large", param: "amount",
      message: "Amount must be no more than \(currency.format(currency.maximum))")
  }

  /// The text is (U); the rule is documented under Currencies.
  static func badStep(_ param: String, _ currency: StripeCurrency) -> StripeError {
    StripeError(
      code: "parameter_invalid_integer", param: param,
      message: "Invalid amount: amounts in \(currency.code) must be a multiple of "
        + "\(currency.step).")
  }

  static func notExpandable(_ property: String) -> StripeError {
    StripeError(param: "expand", message: "This property cannot be expanded (\(property)).")
  }

  static func longMetadata(key: String, value: String) -> StripeError {
    StripeError(
      param: "metadata[\(key)]",
      message: "Metadata values can have up to 500 characters, but you passed in a value that is "
        + "\(value.count) characters. Invalid value: \(value)")
  }

  static func longMetadataKey(_ key: String) -> StripeError {
    StripeError(
      param: "metadata",
      message: "Metadata keys can have up to 40 characters, but you passed in a key that is "
        + "\(key.count) characters. Invalid key: \(key)")
  }

  static let tooMuchMetadata = StripeError(
    param: "metadata", message: "You can have up to 50 metadata keys.")

  /// - Parameter status: 404 for an id in the path, 400 for one in a parameter.
  static func noSuch(_ kind: String, _ id: String, param: String, status: Int = 404) -> StripeError
  {
    StripeError(
      status: status, code: "resource_missing", param: param,
      message: "No such \(kind): '\(id)'")
  }

  static let needsReturnURL = StripeError(
    message: "This PaymentIntent is configured to accept payment methods enabled in your "
      + "Dashboard. Because some of these payment methods might redirect your customer off of "
      + "your page, you must provide a `return_url`. If you don't want to accept redirect-based "
      + "payment methods, set `automatic_payment_methods[enabled]` to `true` and "
      + "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and "
      + "Payment Intents.")

  static let incorrectNumber = StripeError(
    type: "card_error", status: 402, code: "incorrect_number", param: "number",
    message: "Your card number is incorrect.", isStored: true)
}

// MARK: - Payment intents

extension StripeError {
  private static func wrongState(_ intent: StripeSnapshot<StripeIntent>, _ message: String)
    -> StripeError
  {
    StripeError(
      code: "payment_intent_unexpected_state", message: message, intent: intent, isStored: true)
  }

  static func cannotCapture(_ intent: StripeSnapshot<StripeIntent>) -> StripeError {
    wrongState(
      intent,
      "This PaymentIntent could not be captured because it has a status of "
        + "\(intent.value.status.rawValue). Only a PaymentIntent with one of the following "
        + "statuses may be captured: requires_capture.")
  }

  static func alreadyCaptured(_ intent: StripeSnapshot<StripeIntent>) -> StripeError {
    wrongState(
      intent,
      "The remaining amount on this PaymentIntent could not be captured because the remainder of "
        + "the authorized amount has been released.")
  }

  static func captureTooLarge(_ intent: StripeSnapshot<StripeIntent>) -> StripeError {
    StripeError(
      code: "amount_too_large", param: "amount_to_capture",
      message: "The payment could not be captured because the requested capture amount is "
        + "greater than the amount you can capture for this charge.", intent: intent,
      isStored: true)
  }

  static func cannotCancel(_ intent: StripeSnapshot<StripeIntent>) -> StripeError {
    wrongState(
      intent,
      "You cannot cancel this PaymentIntent because it has a status of "
        + "\(intent.value.status.rawValue). Only a PaymentIntent with one of the following "
        + "statuses may be canceled: requires_payment_method, requires_capture, "
        + "requires_reauthorization, requires_confirmation, requires_action, expired, processing.")
  }

  /// The text for a succeeded intent is recorded; the one for other states is (U).
  static func cannotConfirm(_ intent: StripeSnapshot<StripeIntent>) -> StripeError {
    if intent.value.status == .succeeded {
      return wrongState(
        intent,
        "You cannot confirm this PaymentIntent because it has already succeeded after being "
          + "previously confirmed.")
    }
    return wrongState(
      intent,
      "You cannot confirm this PaymentIntent because it has a status of "
        + "\(intent.value.status.rawValue). Only a PaymentIntent with one of the following "
        + "statuses may be confirmed: requires_confirmation, requires_action.")
  }

  static func missingMethod(_ intent: StripeSnapshot<StripeIntent>?) -> StripeError {
    var error = StripeError(
      code: "payment_intent_unexpected_state",
      message: "You cannot confirm this PaymentIntent because it's missing a payment method. You "
        + "can either update the PaymentIntent with a payment method and then confirm it again, "
        + "or confirm it again directly with a payment method or ConfirmationToken.")
    error.intent = intent
    error.isStored = intent != nil
    return error
  }

  static func cannotUpdate(_ param: String, _ intent: StripeSnapshot<StripeIntent>) -> StripeError {
    wrongState(
      intent,
      "This PaymentIntent's \(param) could not be updated because it has a status of "
        + "\(intent.value.status.rawValue). You may only update the \(param) of a PaymentIntent "
        + "with one of the following statuses: requires_payment_method, requires_confirmation, "
        + "requires_action.")
  }

  /// The text is (U).
  static func cannotIncrement(_ intent: StripeSnapshot<StripeIntent>) -> StripeError {
    wrongState(
      intent,
      "This PaymentIntent is not eligible for incremental authorization: its charge does not "
        + "support it, or it has a status of \(intent.value.status.rawValue).")
  }
}

// MARK: - Cards

extension StripeError {
  /// A decline; the message follows from the codes. Source: Stripe documentation, Testing.
  static func declined(code: String, declineCode: String?) -> StripeError {
    let message =
      switch declineCode ?? code {
      case "insufficient_funds": "Your card has insufficient funds."
      case "expired_card": "Your card has expired."
      case "incorrect_cvc": "Your card's security code is incorrect."
      case "processing_error":
        "An error occurred while processing your card. Try again in a little bit."
      case "card_velocity_exceeded":
        "Your card was declined for making repeated attempts too frequently or exceeding its "
          + "amount limit."
      case "authentication_required":
        "Your card was declined. This transaction requires authentication."
      default: "Your card was declined."
      }
    return StripeError(
      type: "card_error", status: 402, code: code, declineCode: declineCode,
      param: code == "incorrect_cvc" ? "cvc" : code == "expired_card" ? "exp_month" : nil,
      message: message, isStored: true)
  }
}

// MARK: - Refunds

extension StripeError {
  static let refundOfNothing = StripeError(
    message: "One of the following params should be provided for this request: payment_intent or "
      + "charge.")

  static func noSuccessfulCharge(_ intent: String) -> StripeError {
    StripeError(
      message: "This PaymentIntent (\(intent)) does not have a successful charge to refund.",
      isStored: true)
  }

  static func uncaptured(_ intent: String) -> StripeError {
    StripeError(
      message: "This uncaptured Charge was created by a PaymentIntent (\(intent)). You must cancel "
        + "the PaymentIntent to reverse the authorization. To cancel the PaymentIntent, use the "
        + "cancel endpoint: /v1/payment_intents/\(intent)/cancel.", isStored: true)
  }

  static func disputed(_ charge: String) -> StripeError {
    StripeError(
      code: "charge_disputed",
      message: "Charge \(charge) has been charged back; cannot issue a refund.", isStored: true)
  }

  static func alreadyRefunded(_ charge: String) -> StripeError {
    StripeError(
      code: "charge_already_refunded", message: "Charge \(charge) has already been refunded.",
      isStored: true)
  }

  static func refundTooLarge(_ amount: Int64, left: Int64, _ currency: StripeCurrency)
    -> StripeError
  {
    StripeError(
      param: "amount",
      message: "Refund amount (\(currency.format(amount))) is greater than unrefunded amount on "
        + "charge (\(currency.format(left)))", isStored: true)
  }

  static let cancelUnsupported = StripeError(
    message: "Canceling this refund is unsupported.", isStored: true)

  /// The text is (U).
  static func cannotExpire(_ status: RefundObject.Status) -> StripeError {
    StripeError(
      message: "You cannot expire this refund because it has a status of \(status.rawValue). Only "
        + "a refund with a status of requires_action may be expired.", isStored: true)
  }
}

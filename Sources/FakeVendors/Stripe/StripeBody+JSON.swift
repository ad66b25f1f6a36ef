// Every field of the shapes that Stripe's own schema (stripe/openapi) requires, and those that its
// test mode was recorded to send. A null stands where Stripe writes one; errors omit what is absent.

extension StripeBody {
  /// Encodes the answer.
  /// - Parameter log: the request and the second that `request_log_url` of an error names.
  func encoded(log: (request: String, seconds: Int64)? = nil) -> [UInt8] {
    var json = StripeJSON()
    write(to: &json, log: log)
    return json.bytes
  }

  func write(to json: inout StripeJSON, log: (request: String, seconds: Int64)? = nil) {
    switch self {
    case .intent(let intent): intent.value.write(to: &json)
    case .dispute(let dispute): dispute.value.write(to: &json)
    case .transaction(let transaction, let isAvailable):
      transaction.value.write(to: &json, isAvailable: isAvailable)
    case .session(let session): session.value.write(to: &json)
    case .lineItem(let item): item.write(to: &json)
    case .balance(let balance): balance.write(to: &json)
    case .expanded(let body, let objects):
      json.expansions = objects
      body.write(to: &json)
      json.expansions = [:]
    case .search(let url, let next, let objects):
      json.raw(#"{"object":"search_result","data":["#)
      for (index, object) in objects.enumerated() {
        if index > 0 { json.raw(",") }
        object.write(to: &json)
      }
      json.bool(#"],"has_more":"#, next != nil)
      json.string(#","next_page":"#, orNull: next)
      json.string(#","url":"#, url)
      json.raw("}")
    case .charge(let charge): charge.value.write(to: &json)
    case .refund(let refund): refund.value.write(to: &json)
    case .paymentMethod(let method): method.value.write(to: &json)
    case .customer(let customer): customer.value.write(to: &json)
    case .event(let event, let pending): event.value.write(to: &json, pendingWebhooks: pending)
    case .list(let url, let hasMore, let objects):
      json.raw(#"{"object":"list","data":["#)
      for (index, object) in objects.enumerated() {
        if index > 0 { json.raw(",") }
        object.write(to: &json)
      }
      json.bool(#"],"has_more":"#, hasMore)
      json.string(#","url":"#, url)
      json.raw("}")
    case .error(let error):
      json.raw(#"{"error":"#)
      error.value.write(to: &json, withIntent: true, log: log)
      json.raw("}")
    }
  }
}

extension StripeIntent {
  func write(to json: inout StripeJSON) {
    json.string(#"{"id":"#, id)
    json.int(#","object":"payment_intent","amount":"#, amount)
    json.int(#","amount_capturable":"#, amountCapturable)
    json.int(#","amount_details":{"tip":{}},"amount_received":"#, amountReceived)
    json.raw(#","application":null,"application_fee_amount":null,"automatic_payment_methods":"#)
    if let automaticPaymentMethods {
      json.string(#"{"allow_redirects":"#, automaticPaymentMethods)
      json.raw(#","enabled":true}"#)
    } else {
      json.raw("null")
    }
    json.int(#","canceled_at":"#, orNull: canceledAt)
    json.string(#","cancellation_reason":"#, orNull: cancellationReason)
    json.string(#","capture_method":"#, captureMethod)
    json.string(#","client_secret":"#, clientSecret)
    json.string(#","confirmation_method":"#, confirmationMethod)
    json.int(#","created":"#, created)
    json.string(#","currency":"#, currency.code)
    json.reference(#","customer":"#, "customer", orNull: customer)
    json.string(#","description":"#, orNull: description)
    json.raw(#","last_payment_error":"#)
    if let lastError {
      json.closed { lastError.value.write(to: &$0, withIntent: false) }
    } else {
      json.raw("null")
    }
    json.reference(#","latest_charge":"#, "latest_charge", orNull: latestCharge)
    json.object(#","livemode":false,"metadata":"#, metadata.entries)
    if status == .requiresAction {
      json.raw(#","next_action":{"type":"use_stripe_sdk","use_stripe_sdk":{"#)
      json.raw(
        #""type":"three_d_secure_redirect","stripe_js":"https://hooks.stripe.com/3d_secure""#)
      json.raw("}}")
    } else {
      json.raw(#","next_action":null"#)
    }
    json.reference(
      #","on_behalf_of":null,"payment_method":"#, "payment_method", orNull: paymentMethod)
    json.raw(#","payment_method_options":{"card":{"installments":null,"mandate_options":null,"#)
    json.raw(#""network":null,"request_three_d_secure":"automatic"}}"#)
    json.array(#","payment_method_types":"#, paymentMethodTypes)
    json.string(#","processing":null,"receipt_email":"#, orNull: receiptEmail)
    json.string(#","review":null,"setup_future_usage":"#, orNull: setupFutureUsage)
    json.string(#","shipping":null,"statement_descriptor":"#, orNull: statementDescriptor)
    json.string(#","statement_descriptor_suffix":"#, orNull: statementDescriptorSuffix)
    json.string(#","status":"#, status.rawValue)
    json.string(#","transfer_data":null,"transfer_group":"#, orNull: transferGroup)
    json.raw("}")
  }
}

extension ChargeObject {
  /// What stands on the card's statement: the account's prefix, then the charge's suffix; cut at 22
  /// characters. Source: Stripe documentation, Statement descriptors.
  private var calculatedStatementDescriptor: String {
    guard let suffix = statementDescriptorSuffix else { return "TRAVEL" }
    return String("TRAVEL* \(suffix)".prefix(22))
  }

  func write(to json: inout StripeJSON) {
    json.string(#"{"id":"#, id)
    json.int(#","object":"charge","amount":"#, amount)
    json.int(#","amount_captured":"#, amountCaptured)
    json.int(#","amount_refunded":"#, amountRefunded)
    json.raw(#","application":null,"application_fee":null,"application_fee_amount":null"#)
    json.reference(#","balance_transaction":"#, "balance_transaction", orNull: balanceTransaction)
    json.raw(#","billing_details":"#)
    paymentMethod.writeBillingDetails(to: &json)
    json.string(#","calculated_statement_descriptor":"#, calculatedStatementDescriptor)
    json.bool(#","captured":"#, captured)
    json.int(#","created":"#, created)
    json.string(#","currency":"#, currency.code)
    json.reference(#","customer":"#, "customer", orNull: customer)
    json.string(#","description":"#, orNull: description)
    json.bool(#","disputed":"#, disputed)
    json.string(
      #","failure_balance_transaction":null,"failure_code":"#, orNull: failure?.value.code)
    json.string(#","failure_message":"#, orNull: failure?.value.message)
    json.object(#","fraud_details":{},"livemode":false,"metadata":"#, metadata.entries)
    json.raw(#","on_behalf_of":null,"outcome":"#)
    writeOutcome(to: &json)
    json.bool(#","paid":"#, paid)
    json.reference(#","payment_intent":"#, "payment_intent", orNull: paymentIntent)
    json.string(#","payment_method":"#, paymentMethod.id)
    json.raw(#","payment_method_details":{"card":"#)
    writeCard(to: &json)
    json.string(#","type":"card"},"receipt_email":"#, orNull: receiptEmail)
    json.bool(#","receipt_number":null,"receipt_url":null,"refunded":"#, refunded)
    if let refunds = json.expansions["refunds"] {
      json.raw(#","refunds":"#)
      json.closed { refunds.write(to: &$0) }
    }
    json.raw(#","review":null,"shipping":null,"source_transfer":null"#)
    json.string(#","statement_descriptor":"#, orNull: statementDescriptor)
    json.string(#","statement_descriptor_suffix":"#, orNull: statementDescriptorSuffix)
    json.string(#","status":"#, status.rawValue)
    json.raw(#","transfer_data":null,"transfer_group":null}"#)
  }

  private func writeOutcome(to json: inout StripeJSON) {
    if let failure {
      json.string(
        #"{"network_status":"declined_by_network","reason":"#,
        failure.value.declineCode ?? failure.value.code ?? "generic_decline")
      json.int(#","risk_level":"normal","risk_score":"#, riskScore)
      json.raw(#","seller_message":"The bank did not return any further details with this "#)
      json.raw(#"decline.","type":"issuer_declined"}"#)
    } else if status == .pending {
      json.raw(#"{"network_status":"approved_by_network","reason":null,"risk_level":"not_"#)
      json.raw(#"assessed","seller_message":"Payment pending.","type":"authorized"}"#)
    } else {
      json.raw(#"{"network_status":"approved_by_network","reason":null,"risk_level":"normal""#)
      json.int(#","risk_score":"#, riskScore)
      json.raw(#","seller_message":"Payment complete.","type":"authorized"}"#)
    }
  }

  private func writeCard(to json: inout StripeJSON) {
    let authorized: Int64? = failure == nil ? amount : nil
    json.int(#"{"amount_authorized":"#, orNull: authorized)
    json.string(#","brand":"#, paymentMethod.card.brand)
    json.int(#","capture_before":"#, orNull: authorized.map { _ in created + Self.holdSeconds })
    json.raw(#","checks":{"address_line1_check":null,"address_postal_code_check":null,"#)
    json.raw(#""cvc_check":"pass"},"country":"US""#)
    json.int(#","exp_month":"#, paymentMethod.expiryMonth)
    json.int(#","exp_year":"#, paymentMethod.expiryYear)
    json.string(
      #","extended_authorization":{"status":"disabled"},"fingerprint":"#, paymentMethod.fingerprint)
    json.raw(#","funding":"credit","incremental_authorization":{"status":"unavailable"}"#)
    json.string(#","installments":null,"last4":"#, paymentMethod.card.last4)
    json.raw(#","mandate":null,"multicapture":{"status":"unavailable"}"#)
    json.string(#","network":"#, paymentMethod.card.brand)
    json.int(#","overcapture":{"maximum_amount_capturable":"#, amount)
    json.raw(#","status":"unavailable"},"three_d_secure":null,"wallet":null}"#)
  }
}

extension RefundObject {
  func write(to json: inout StripeJSON) {
    json.string(#"{"id":"#, id)
    json.int(#","object":"refund","amount":"#, amount)
    json.reference(#","balance_transaction":"#, "balance_transaction", orNull: balanceTransaction)
    json.reference(#","charge":"#, "charge", orNull: charge)
    json.int(#","created":"#, created)
    json.string(#","currency":"#, currency.code)
    json.raw(#","destination_details":{"card":{"reference_status":"pending","reference_type":"#)
    json.raw(#""acquirer_reference_number","type":"#)
    json.raw(status == .pending ? #""pending"}"# : #""refund"}"#)
    json.object(#","type":"card"},"metadata":"#, metadata.entries)
    json.reference(#","payment_intent":"#, "payment_intent", orNull: paymentIntent)
    json.string(#","reason":"#, orNull: reason)
    json.raw(#","receipt_number":null,"source_transfer_reversal":null"#)
    json.string(#","status":"#, status.rawValue)
    json.raw(#","transfer_reversal":null"#)
    json.string(#","failure_reason":"#, orNothing: failureReason)
    if let failureBalanceTransaction {
      json.reference(
        #","failure_balance_transaction":"#, "failure_balance_transaction",
        orNull: failureBalanceTransaction)
    }
    json.string(#","pending_reason":"#, orNothing: pendingReason)
    json.raw("}")
  }
}

extension PaymentMethodObject {
  /// What tells two cards apart without telling their numbers.
  var fingerprint: String {
    var bytes: [UInt8] = []
    StripeHash.appendBase62(StripeHash.of(card.number.utf8), count: 16, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  func write(to json: inout StripeJSON) {
    json.string(#"{"id":"#, id)
    json.raw(#","object":"payment_method","allow_redisplay":"unspecified","billing_details":"#)
    writeBillingDetails(to: &json)
    json.string(#","card":{"brand":"#, card.brand)
    json.raw(#","checks":{"address_line1_check":null,"address_postal_code_check":null,"#)
    json.string(#""cvc_check":"unchecked"},"country":"US","display_brand":"#, card.brand)
    json.int(#","exp_month":"#, expiryMonth)
    json.int(#","exp_year":"#, expiryYear)
    json.string(#","fingerprint":"#, fingerprint)
    json.string(#","funding":"credit","generated_from":null,"last4":"#, card.last4)
    json.string(#","networks":{"available":["#, card.brand)
    json.raw(#"],"preferred":null},"regulated_status":"unregulated","#)
    json.raw(#""three_d_secure_usage":{"supported":true},"wallet":null}"#)
    json.int(#","created":"#, created)
    json.reference(#","customer":"#, "customer", orNull: customer)
    json.object(#","livemode":false,"metadata":"#, metadata.entries)
    json.raw(#","type":"card"}"#)
  }

  func writeBillingDetails(to json: inout StripeJSON) {
    json.raw(#"{"address":{"city":null,"country":null,"line1":null,"line2":null,"#)
    json.string(#""postal_code":null,"state":null},"email":"#, orNull: email)
    json.string(#","name":"#, orNull: name)
    json.raw(#","phone":null,"tax_id":null}"#)
  }
}

extension CustomerObject {
  func write(to json: inout StripeJSON) {
    json.string(#"{"id":"#, id)
    if isDeleted {
      json.raw(#","object":"customer","deleted":true}"#)
      return
    }
    json.raw(#","object":"customer","address":null,"balance":0"#)
    json.int(#","created":"#, created)
    json.string(
      #","currency":null,"default_source":null,"delinquent":false,"description":"#,
      orNull: description)
    json.string(#","discount":null,"email":"#, orNull: email)
    json.raw(#","invoice_settings":{"custom_fields":null,"default_payment_method":null,"#)
    json.object(
      #""footer":null,"rendering_options":null},"livemode":false,"metadata":"#, metadata.entries)
    json.string(#","name":"#, orNull: name)
    json.raw(#","phone":null,"preferred_locales":[],"shipping":null,"tax_exempt":"none","#)
    json.raw(#""test_clock":null}"#)
  }
}

extension EventObject {
  func write(to json: inout StripeJSON, pendingWebhooks: Int) {
    json.string(#"{"id":"#, id)
    if isThin { return writeThin(to: &json) }
    json.raw(#","object":"event","api_version":"2026-10-28.endive","created":"#)
    json.int("", createdMicroseconds / 1_000_000)
    json.raw(#","data":{"object":"#)
    object.write(to: &json)
    json.int(#"},"livemode":false,"pending_webhooks":"#, Int64(pendingWebhooks))
    json.string(#","request":{"id":"#, orNull: requestID)
    json.string(#","idempotency_key":"#, orNull: idempotencyKey)
    json.string(#"},"type":"#, type)
    json.raw("}")
  }

  /// Writes the rest of a thin event. Source: Stripe API reference, API v2, the Event object.
  private func writeThin(to json: inout StripeJSON) {
    json.string(
      #","object":"v2.core.event","context":null,"created":"#,
      WireTime.milliseconds(createdMicroseconds))
    json.string(#","livemode":false,"reason":null,"related_object":{"id":"#, object.id)
    let kind = type.split(separator: ".").dropFirst().dropLast().joined(separator: ".")
    json.string(#","type":"#, kind)
    json.string(#","url":"#, "/v1/\(kind)s/\(object.id)")
    json.string(#"},"type":"#, type)
    json.raw("}")
  }
}

extension StripeError {
  /// - Parameter withIntent: false inside an intent, which does not contain itself.
  func write(
    to json: inout StripeJSON, withIntent: Bool, log: (request: String, seconds: Int64)? = nil
  ) {
    json.raw(#"{"type":""#)
    json.raw(type)
    json.raw(#"""#)
    json.string(#","code":"#, orNothing: code)
    json.string(#","decline_code":"#, orNothing: declineCode)
    json.string(#","charge":"#, orNothing: charge)
    if let code {
      json.string(
        #","doc_url":"#,
        "https://stripe.com/docs/error-codes/" + String(code.map { $0 == "_" ? "-" : $0 }))
    }
    json.string(#","message":"#, message)
    json.string(#","param":"#, orNothing: param)
    if withIntent, let intent {
      json.raw(#","payment_intent":"#)
      intent.value.write(to: &json)
    }
    if let paymentMethod {
      json.raw(#","payment_method":"#)
      paymentMethod.value.write(to: &json)
    }
    if let log {
      json.string(
        #","request_log_url":"#,
        "https://dashboard.stripe.com/test/logs/\(log.request)?t=\(log.seconds)")
    }
    json.raw("}")
  }
}

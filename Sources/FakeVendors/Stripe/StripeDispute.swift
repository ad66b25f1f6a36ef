/// A dispute as Stripe's API shows it. Source: `Dispute` of Stripe's Python library 16.1.0, which is
/// generated from Stripe's OpenAPI description.
struct DisputeObject: Sendable {
  /// States of a dispute of a card's charge.
  enum Status: String, Sendable {
    case needsResponse = "needs_response"
    case underReview = "under_review"
    case won, lost
    /// An enquiry: the bank asks, and takes nothing. Source: Stripe documentation, "Disputes",
    /// inquiries.
    case warningNeedsResponse = "warning_needs_response"
    case warningClosed = "warning_closed"
  }

  var id: String
  var amount: Int64
  var charge: String
  /// Seconds since 1970.
  var created: Int64
  var currency: StripeCurrency
  /// Seconds since 1970 until which evidence is accepted.
  var dueBy: Int64
  var evidence: [StripeForm.Field] = []
  var metadata = StripeMetadata()
  var paymentIntent: String
  var reason: String
  var status = Status.needsResponse
  var submissions: Int64 = 0
  /// What was withdrawn and given back.
  var transactions: [StripeSnapshot<StripeTransaction>] = []
  /// When it was opened and decided, in microseconds since 1970; not shown.
  var openedMicroseconds: Int64
  var closedMicroseconds: Int64?

  /// Whether it is not decided yet.
  var isOpen: Bool { status == .needsResponse || status == .underReview }
  /// Whether it is an enquiry: no money moves, and the charge may be refunded.
  var isEnquiry: Bool { status == .warningNeedsResponse || status == .warningClosed }

  /// How long evidence is accepted; networks differ, this is chosen here (U).
  static let responseSeconds: Int64 = 7 * 86_400

  /// Why a dispute may be. Source: Stripe documentation, Dispute categories.
  static let reasons = [
    "bank_cannot_process", "check_returned", "credit_not_processed", "customer_initiated",
    "debit_not_authorized", "duplicate", "fraudulent", "general", "incorrect_account_details",
    "insufficient_funds", "noncompliant", "product_not_received", "product_unacceptable",
    "subscription_canceled", "unrecognized",
  ]

  /// What evidence may say. Source: `Dispute.Evidence` of the same library, but for what the networks'
  /// own programmes ask (`enhanced_evidence`, `appeal`).
  static let evidenceNames = [
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
  ]

  func write(to json: inout StripeJSON) {
    json.string(#"{"id":"#, id)
    json.int(#","object":"dispute","amount":"#, amount)
    json.raw(#","balance_transactions":["#)
    for (index, transaction) in transactions.enumerated() {
      if index > 0 { json.raw(",") }
      json.closed { transaction.value.write(to: &$0, isAvailable: true) }
    }
    json.reference(#"],"charge":"#, "charge", orNull: charge)
    json.int(#","created":"#, created)
    json.string(#","currency":"#, currency.code)
    json.raw(#","enhanced_eligibility_types":[],"evidence":{"#)
    for name in Self.evidenceNames {
      json.quoted(name)
      json.string(":", orNull: evidence.last { $0.key == name }?.value)
      json.raw(",")
    }
    json.int(#""enhanced_evidence":{}},"evidence_details":{"due_by":"#, dueBy)
    json.bool(#","enhanced_eligibility":{},"has_evidence":"#, !evidence.isEmpty)
    json.int(#","past_due":false,"submission_count":"#, submissions)
    json.bool(#"},"is_charge_refundable":"#, isEnquiry)
    json.raw(#","livemode":false"#)
    json.object(#","metadata":"#, metadata.entries)
    json.reference(#","payment_intent":"#, "payment_intent", orNull: paymentIntent)
    json.string(
      #","payment_method_details":{"card":{"brand":"visa","case_type":"#,
      isEnquiry ? "inquiry" : "chargeback")
    json.raw(#","network_reason_code":"10.4"},"type":"card"}"#)
    json.string(#","reason":"#, reason)
    json.string(#","status":"#, status.rawValue)
    json.raw("}")
  }
}

/// Calls about disputes.
enum StripeDisputeCommand: Sendable {
  case retrieve(String)
  case list(StripeCommand.Page, charge: String?, paymentIntent: String?)
  case update(
    String, evidence: [StripeForm.Field], metadata: [StripeForm.Field], clears: Bool, submit: Bool)
  case close(String)

  init(_ operation: StripeOperation, _ id: String, _ form: StripeForm) throws(StripeError) {
    switch operation {
    case .listDisputes:
      self = .list(
        try StripeCommand.Page(form), charge: form.string("charge"),
        paymentIntent: form.string("payment_intent"))
    case .updateDispute:
      let evidence = form.entries("evidence")
      for field in evidence where !DisputeObject.evidenceNames.contains(field.key) {
        throw .unknown("evidence[\(field.key)]")
      }
      self = .update(
        id, evidence: evidence, metadata: try form.metadata(),
        clears: form.raw("metadata")?.isEmpty ?? false,
        submit: try form.boolean("submit") ?? true)
    case .closeDispute: self = .close(id)
    default: self = .retrieve(id)
    }
  }
}

extension StripeError {
  /// The text is (U).
  static func closedDispute(_ status: DisputeObject.Status) -> StripeError {
    StripeError(
      message: "This dispute is already closed: it has a status of \(status.rawValue).",
      isStored: true)
  }
}

/// Calls that look at charges, the balance and its movements.
enum StripeMoneyCommand: Sendable {
  case retrieveCharge(String)
  case updateCharge(
    String, description: String?, receiptEmail: String?, [StripeForm.Field], clears: Bool)
  case listCharges(
    StripeCommand.Page, customer: String?, paymentIntent: String?, transferGroup: String?)
  case balance
  case retrieveTransaction(String)
  case listTransactions(StripeCommand.Page, currency: String?, source: String?, type: String?)

  init(_ route: StripeRoute, _ form: StripeForm) throws(StripeError) {
    switch route.operation {
    case .updateCharge:
      self = .updateCharge(
        route.id, description: form.raw("description"),
        receiptEmail: try form.email("receipt_email"), try form.metadata(),
        clears: form.raw("metadata")?.isEmpty ?? false)
    case .listCharges:
      self = .listCharges(
        try StripeCommand.Page(form), customer: form.string("customer"),
        paymentIntent: form.string("payment_intent"),
        transferGroup: form.string("transfer_group"))
    case .retrieveBalance: self = .balance
    case .retrieveTransaction: self = .retrieveTransaction(route.id)
    case .listTransactions:
      self = .listTransactions(
        try StripeCommand.Page(form), currency: form.string("currency")?.lowercased(),
        source: form.string("source"), type: form.string("type"))
    default: self = .retrieveCharge(route.id)
    }
  }
}

extension StripeAccount {
  mutating func execute(_ command: StripeMoneyCommand, now: Int64) throws(StripeError)
    -> StripeBody
  {
    switch command {
    case .retrieveCharge(let id): return .charge(try charge(named: id))
    case .updateCharge(let id, let description, let email, let metadata, let clears):
      var merged = try charge(named: id).value.metadata
      try merged.mergeWithinLimits(metadata, clears: clears)
      changeCharge(id) { charge in
        charge.metadata = merged
        if let description { charge.description = description.isEmpty ? nil : description }
        if let email { charge.receiptEmail = email }
      }
      return .charge(try charge(named: id))
    case .listCharges(let page, let customer, let paymentIntent, let transferGroup):
      return try list(
        page, charges, url: "/v1/charges", kind: "charge",
        where: {
          // Charges of the fake belong to no transfer group.
          transferGroup == nil && (customer == nil || $0.customer == customer)
            && (paymentIntent == nil || $0.paymentIntent == paymentIntent)
        }, created: { $0.created }, body: { .charge($0) })
    case .balance: return .balance(balance(now: now))
    case .retrieveTransaction(let id):
      guard let transaction = transactions[id] else {
        throw .noSuch("balance transaction", id, param: "id")
      }
      return body(of: transaction, now: now)
    case .listTransactions(let page, let currency, let source, let type):
      return try list(
        page, transactions, url: "/v1/balance_transactions", kind: "balance transaction",
        where: {
          (currency == nil || $0.currency.code == currency)
            && (source == nil || $0.source == source) && (type == nil || "\($0.type)" == type)
        }, created: { $0.created }, body: { body(of: $0, now: now) })
    }
  }

  private func charge(named id: String) throws(StripeError) -> StripeSnapshot<ChargeObject> {
    guard let charge = charges[id] else { throw .noSuch("charge", id, param: "id") }
    return charge
  }
}

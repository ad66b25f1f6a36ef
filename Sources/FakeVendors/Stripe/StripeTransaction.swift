/// One movement of the account's balance as Stripe's API shows it.
///
/// Source: `BalanceTransaction` of Stripe's Python library 16.1.0; Stripe documentation, Balance
/// transaction types. Chosen here: no conversion of currencies, money is available two days after a
/// charge, and a charge costs 2.9 % (no fixed part, as its amount differs by currency).
struct StripeTransaction: Sendable {
  var id: String
  /// Signed: what leaves the balance is negative.
  var amount: Int64
  /// Seconds since 1970.
  var availableOn: Int64
  /// Seconds since 1970.
  var created: Int64
  var currency: StripeCurrency
  var description: String?
  var fee: Int64 = 0
  var reportingCategory: StaticString
  /// The charge, refund or dispute that moved the money.
  var source: String
  var type: StaticString

  /// What the balance changes by.
  var net: Int64 { amount - fee }

  /// How long money of a charge is pending.
  static let pendingSeconds: Int64 = 2 * 86_400

  func write(to json: inout StripeJSON, isAvailable: Bool) {
    json.string(#"{"id":"#, id)
    json.int(#","object":"balance_transaction","amount":"#, amount)
    json.int(#","available_on":"#, availableOn)
    json.int(#","balance_type":"payments","created":"#, created)
    json.string(#","currency":"#, currency.code)
    json.string(#","description":"#, orNull: description)
    json.int(#","exchange_rate":null,"fee":"#, fee)
    if fee == 0 {
      json.raw(#","fee_details":[]"#)
    } else {
      json.int(#","fee_details":[{"amount":"#, fee)
      json.string(#","application":null,"currency":"#, currency.code)
      json.raw(#","description":"Stripe processing fees","type":"stripe_fee"}]"#)
    }
    json.int(#","net":"#, net)
    json.string(#","reporting_category":"#, "\(reportingCategory)")
    json.reference(#","source":"#, "source", orNull: source)
    json.string(#","status":"#, isAvailable ? "available" : "pending")
    json.string(#","type":"#, "\(type)")
    json.raw("}")
  }
}

/// What the account has in one currency.
struct StripeBalance: Sendable {
  /// Code, available and pending amount, in the order in which the currencies first appeared.
  var amounts: [(code: String, available: Int64, pending: Int64)] = []

  func write(to json: inout StripeJSON) {
    json.raw(#"{"object":"balance","available":"#)
    write(to: &json, \.available)
    json.raw(#","connect_reserved":[],"livemode":false,"pending":"#)
    write(to: &json, \.pending)
    json.raw("}")
  }

  private func write(
    to json: inout StripeJSON,
    _ amount: (((code: String, available: Int64, pending: Int64)) -> Int64)
  ) {
    json.raw("[")
    for (index, entry) in amounts.enumerated() {
      if index > 0 { json.raw(",") }
      json.int(#"{"amount":"#, amount(entry))
      json.string(#","currency":"#, entry.code)
      json.int(#","source_types":{"card":"#, amount(entry))
      json.raw("}}")
    }
    json.raw("]")
  }
}

extension StripeAccount {
  /// Returns a movement as it stands now.
  func body(of transaction: StripeSnapshot<StripeTransaction>, now: Int64) -> StripeBody {
    .transaction(transaction, isAvailable: transaction.value.availableOn <= now / 1_000_000)
  }

  /// Books what a charge brought.
  mutating func bookCharge(_ id: String, now: Int64) {
    guard let charge = charges[id]?.value, let transaction = charge.balanceTransaction else {
      return
    }
    // The test card `bypassPending` is the one whose money is available at once.
    let waits = charge.paymentMethod.card.number != "4000000000000077"
    book(
      StripeTransaction(
        id: transaction, amount: charge.amountCaptured,
        availableOn: now / 1_000_000 + (waits ? StripeTransaction.pendingSeconds : 0),
        created: now / 1_000_000, currency: charge.currency, description: charge.description,
        fee: charge.amountCaptured * 29 / 1000, reportingCategory: "charge", source: id,
        type: "charge"))
  }

  /// Books what a refund took, or its return when the refund failed.
  mutating func bookRefund(_ position: Int, now: Int64) {
    let refund = refunds[position].object.value
    let failed = refund.status == .failed
    guard let id = failed ? refund.failureBalanceTransaction : refund.balanceTransaction else {
      return
    }
    book(
      StripeTransaction(
        id: id, amount: failed ? refund.amount : -refund.amount, availableOn: now / 1_000_000,
        created: now / 1_000_000, currency: refund.currency,
        description: failed ? "REFUND FAILURE" : "REFUND FOR CHARGE",
        reportingCategory: failed ? "refund_failure" : "refund", source: refund.id,
        type: failed ? "refund_failure" : "refund"))
  }

  /// What the account has now.
  func balance(now: Int64) -> StripeBalance {
    var balance = StripeBalance()
    for transaction in transactions.objects {
      let value = transaction.value
      let isAvailable = value.availableOn <= now / 1_000_000
      var index = balance.amounts.firstIndex { $0.code == value.currency.code }
      if index == nil {
        balance.amounts.append((value.currency.code, 0, 0))
        index = balance.amounts.count - 1
      }
      guard let index else { continue }
      if isAvailable {
        balance.amounts[index].available += value.net
      } else {
        balance.amounts[index].pending += value.net
      }
    }
    if balance.amounts.isEmpty { balance.amounts = [("usd", 0, 0)] }
    return balance
  }
}

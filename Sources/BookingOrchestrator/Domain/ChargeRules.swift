/// What Stripe takes of amounts in one currency, in minor units.
///
/// Source: Stripe documentation, Currencies (docs.stripe.com/currencies): "Three-decimal currencies"
/// (charges and refunds end in 0), "Minimum charge amount by currency", "Maximum charge amounts": of its
/// two sets the stricter one, which holds for every card and payment method (eight digits, nine in
/// INR). What it says of COP and IDR, and its special cases ISK and UGX (two decimals that must be 00),
/// HUF and TWD (whole units in payouts only), are about currencies that are not sold in.
struct ChargeRules: Sendable, Hashable {
  /// What every charge and every refund is a multiple of.
  let step: Int64
  /// The least amount of a charge. Where Stripe publishes none it converts from that of the
  /// account's settlement currency, which nobody can foretell: then one ``step``.
  let least: Int64
  /// The greatest amount of a charge: eight digits, in INR nine.
  let most: Int64

  /// Returns the rules of a currency.
  init(_ currency: Currency) {
    step = Self.threeDecimal.contains(currency.code) ? 10 : 1
    least = Self.minimums[currency.code] ?? step
    most = currency.code == "INR" ? 999_999_999 : 99_999_999
  }

  /// Rounds what is owed to a customer up to what can be refunded.
  ///
  /// Charges and earlier refunds are multiples, and so is what is left of a charge: the result never
  /// exceeds it unless the amount itself does. For the same reason no rest is too small to refund.
  func refundable(_ owed: Int64) -> Int64 {
    let over = owed % step
    return over == 0 ? owed : owed - over + step
  }

  private static let threeDecimal: Set<String> = ["BHD", "JOD", "KWD", "OMR", "TND"]
  private static let minimums: [String: Int64] = [
    "AED": 200, "AUD": 50, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1_500, "DKK": 250, "EUR": 50,
    "GBP": 30, "HKD": 400, "ILS": 50, "INR": 50, "JPY": 50, "KRW": 50, "MXN": 1_000, "NOK": 300,
    "NZD": 50, "PLN": 200, "SEK": 300, "SGD": 50, "THB": 1_000, "USD": 50, "ZAR": 50,
  ]
}

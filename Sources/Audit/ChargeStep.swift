/// What Stripe's amounts are multiples of, as the auditor reads Stripe's documentation by itself.
///
/// Source: Stripe documentation, Currencies (docs.stripe.com/currencies), "Three-decimal currencies"
/// and "Special cases".
enum ChargeStep {
  /// Returns the step of a currency, in minor units.
  static func of(_ currency: String) -> Int64 {
    switch currency {
    case "BHD", "JOD", "KWD", "OMR", "TND": 10
    case "ISK", "UGX": 100
    default: 1
    }
  }

  /// Returns what a customer pays of an amount: a fraction of a step cannot be kept from a refund,
  /// and is the business's loss.
  static func kept(_ amount: Int64, _ currency: String) -> Int64 {
    amount - amount % of(currency)
  }
}

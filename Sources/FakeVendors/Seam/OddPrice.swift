/// A price that nobody can pay for what is sold, told by a pricing or preview that succeeds.
///
/// Vendors convert currencies and round late, so answers come with more digits than money has, in the
/// currency of the property, or with nothing to pay.
public enum OddPrice: String, Sendable, Hashable, CaseIterable {
  /// More digits than the currency has: 291.004 USD.
  case digits
  /// The same figure in another currency than the listing's.
  case currency
  case zero
  case negative

  /// Returns what is written in place of an amount: its digits and its currency.
  func told(_ minor: Int64, _ currency: String) -> (digits: String, currency: String) {
    let digits = WireMoney.text(minor, currency)
    switch self {
    case .digits: return (digits + (WireMoney.exponent(currency) == 0 ? ".4" : "4"), currency)
    case .currency: return (digits, currency == "EUR" ? "USD" : "EUR")
    case .zero: return (WireMoney.text(0, currency), currency)
    case .negative: return (WireMoney.text(-minor, currency), currency)
    }
  }
}
